"""The pictures show the numbers they were given."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from vaelib import dense_vae, figures
from vaelib.latent import decode_grid
from vaelib.training import History, Terms


@pytest.fixture
def model():
    return dense_vae(16, 2, hidden=(8,)).requires_grad_(False)


def drawn(axis):
    return np.asarray(axis.get_images()[0].get_array())


def terms(epochs, seed):
    log_likelihood, kl = -np.random.default_rng(seed).random(epochs), np.random.default_rng(seed).random((epochs, 3))
    return Terms(log_likelihood - kl.sum(1), log_likelihood, kl.sum(1), kl)


@pytest.mark.parametrize("validation", [None, terms(4, 1)])
def test_training_curves_draw_every_series(validation):
    train = terms(4, 0)
    figure = figures.training_curves(History(train, validation))
    for axis, name in zip(figure.axes, ("elbo", "log_likelihood", "kl"), strict=False):
        np.testing.assert_array_equal(axis.lines[0].get_ydata(), getattr(train, name))
        assert len(axis.lines) == (1 if validation is None else 2)
    assert len(figure.axes[3].lines) == 3


def test_reconstructions_show_the_image_above_its_mean(model):
    x = torch.rand(3, 16, generator=torch.Generator().manual_seed(0))
    axes = figures.reconstructions(model, x).axes
    expected = model.decode(model.encode(x)[0]).sigmoid()
    np.testing.assert_allclose(drawn(axes[1]).ravel(), x[1], atol=1e-6)
    np.testing.assert_allclose(drawn(axes[4]).ravel(), expected[1], atol=1e-6)


def test_samples_show_the_mean_above_a_draw_of_pixels(model):
    axes = figures.samples(model, 2, generator=torch.Generator().manual_seed(0)).axes
    assert set(np.unique(drawn(axes[2]))) <= {0.0, 1.0}
    assert 0 < drawn(axes[0]).min() and drawn(axes[0]).max() < 1


def test_a_row_puts_each_image_under_its_title():
    images = torch.rand(3, 16, generator=torch.Generator().manual_seed(0))
    axes = figures.row(images, ["a", "b", "c"]).axes
    assert [axis.get_title() for axis in axes] == ["a", "b", "c"]
    np.testing.assert_allclose(drawn(axes[2]).ravel(), images[2])
    long = figures.row(torch.rand(6, 16), ["a"] * 6)
    size = [axis.title.get_fontsize() / figure.get_figwidth() for figure in (long, axes[0].figure) for axis in figure.axes]
    np.testing.assert_allclose(size, size[0])  # a phone makes both as wide as itself
    first = figures.rows({"x": torch.rand(12, 16)}).axes[0]
    (title,) = first.findobj(lambda one: getattr(one, "get_text", str)() == "x")
    assert title.get_fontsize() == 20  # twice as wide as six images, twice as large
    with pytest.raises(ValueError, match="3 images and 2 titles"):
        figures.row(images, ["a", "b"])
    with pytest.raises(ValueError, match=r"same number of images, got \[3, 2\]"):
        figures.rows({"x": images, "y": images[:2]})


def test_a_scatter_names_each_class():
    points, labels = torch.randn(50, 2), torch.arange(50) % 4
    figure = figures.latent_scatter(points, labels)
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["0", "1", "2", "3"]
    np.testing.assert_allclose(figure.axes[0].collections[2].get_offsets(), points[labels == 2], rtol=1e-6)


def test_the_manifold_puts_each_digit_where_its_z_is(model):
    picture = drawn(figures.manifold(model, extent=2.0, steps=3).axes[0])
    images = decode_grid(model, extent=2.0, steps=3).reshape(3, 3, 4, 4)
    np.testing.assert_allclose(picture[0:4, 8:12], images[0, 2], atol=1e-6)  # top right
    np.testing.assert_allclose(picture[8:12, 0:4], images[2, 0], atol=1e-6)  # bottom left


def test_what_is_no_picture_is_refused():
    with pytest.raises(ValueError, match="square"):
        figures.manifold(dense_vae(15, 2))
    with pytest.raises(ValueError, match=r"\(4, 3\), \(4,\)"):
        figures.latent_scatter(torch.zeros(4, 3), torch.zeros(4))
    with pytest.raises(ValueError, match=r"whole numbers, got torch\.float32"):
        figures.latent_scatter(torch.zeros(4, 2), torch.zeros(4))


def test_figures_are_closed():
    import matplotlib.pyplot as plt

    assert isinstance(figures.latent_scatter(torch.zeros(2, 2), torch.arange(2)), Figure)
    assert plt.get_fignums() == []
