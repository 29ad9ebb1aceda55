"""fit: its objective, its history, its seeds, what it learns and what it refuses."""

import math

import numpy as np
import pytest
import torch

from vaelib import Gaussian, binarize, dense_vae, evaluate, fit, load_digits8
from vaelib.schedules import constant, cosine, linear


@pytest.fixture(scope="module")
def digits():
    return load_digits8()


@pytest.fixture(scope="module")
def trained(digits):
    model = dense_vae(64, 2)
    x_test = binarize(digits.x_test, generator=torch.Generator().manual_seed(0))
    history = fit(model, digits.x_train, x_validation=x_test, epochs=15, learning_rate=3e-3, resample_pixels=True)
    return model, history, x_test


def test_training_beats_the_best_model_without_latents(trained, digits):
    """The independent-pixel Bernoulli at the training mean is the best a decoder can do that ignores z."""
    rate = digits.x_train.mean(0).clamp(1e-3, 1 - 1e-3)
    _, history, x_test = trained
    baseline = (x_test * rate.log() + (1 - x_test) * (1 - rate).log()).sum(-1).mean()
    assert history.validation.elbo[-1] > baseline + 1
    assert history.validation.elbo[-1] > history.validation.elbo[0]


def test_the_history_is_the_elbo_and_its_terms(trained):
    model, history, x_test = trained
    for terms in (history.train, history.validation):
        assert terms.elbo.shape == terms.log_likelihood.shape == terms.kl.shape == (15,)
        assert terms.kl_per_dimension.shape == (15, 2)
        np.testing.assert_allclose(terms.elbo, terms.log_likelihood - terms.kl)
        np.testing.assert_allclose(terms.kl, terms.kl_per_dimension.sum(1))
        assert (terms.kl_per_dimension >= 0).all()
    last = evaluate(model, x_test)
    assert abs(last.total.mean().item() - history.validation.elbo[-1]) < 1e-4


def test_the_same_seed_repeats_and_another_does_not(digits):
    def run(seed):
        model = dense_vae(64, 2)
        fit(model, digits.x_train[:200], epochs=2, resample_pixels=True, seed=seed)
        return torch.cat([p.detach().flatten() for p in model.parameters()])

    assert torch.equal(run(1), run(1)) and not torch.equal(run(1), run(2))


def test_one_step_goes_down_the_gradient_of_minus_the_elbo(digits):
    """Adam's first step is -rate * sign(gradient), so the sign of the loss and the weight of the KL can be read off."""
    x = binarize(digits.x_train[:64], generator=torch.Generator().manual_seed(0))
    for beta in (0.0, 1.0, 4.0):
        model, reference = dense_vae(64, 2), dense_vae(64, 2)
        fit(model, x, epochs=1, batch_size=64, learning_rate=1e-3, beta=beta, seed=7)
        generator = torch.Generator().manual_seed(7)
        order = torch.randperm(64, generator=generator)
        mean, log_var = reference.encode(x[order])
        z = mean + (log_var / 2).exp() * torch.randn(mean.shape, generator=generator)
        logits = reference.decode(z)
        cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, x[order], reduction="sum")
        kl = -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum()
        ((cross_entropy + beta * kl) / 64).backward()
        for moved, start in zip(model.parameters(), reference.parameters()):
            clear = start.grad.abs() > 1e-5
            step = (moved - start).detach()[clear]
            torch.testing.assert_close(step, -1e-3 * start.grad[clear].sign(), atol=2e-5, rtol=0)  # Adam's eps


def test_a_huge_beta_collapses_the_posterior_onto_the_prior(digits):
    model = dense_vae(64, 2)
    history = fit(model, digits.x_train, epochs=20, learning_rate=3e-3, beta=50.0, resample_pixels=True)
    assert history.train.kl[-1] < 0.05


def test_a_gaussian_likelihood_learns_its_std(digits):
    model = dense_vae(64, 2, likelihood=Gaussian(1.0, learn_std=True))
    fit(model, digits.x_train, epochs=10, learning_rate=1e-2)
    assert 0.1 < model.likelihood.std.item() < 0.4


def test_evaluate_is_per_image_and_steadier_with_more_samples(trained):
    model, _, x_test = trained
    one, many = evaluate(model, x_test), evaluate(model, x_test, samples=20)
    assert one.log_likelihood.shape == one.kl.shape == (297,)
    assert torch.equal(one.kl, many.kl) and not one.log_likelihood.requires_grad
    spread = [torch.stack([evaluate(model, x_test[:50], samples=n, seed=s).total.mean() for s in range(8)]).std() for n in (1, 30)]
    assert spread[1] < spread[0]


def test_on_epoch_is_called_after_each_epoch(digits):
    seen = []
    fit(dense_vae(64, 2), digits.x_train[:100], epochs=3, on_epoch=seen.append)
    assert seen == [0, 1, 2]


def test_schedules_start_and_end_where_they_say():
    assert constant(0.3)(0.9) == 0.3
    warm_up = linear(0, 1, until=0.5)
    assert (warm_up(0), warm_up(0.25), warm_up(0.5), warm_up(1)) == (0, 0.5, 1, 1)
    rate = cosine(2e-3, warm_up=0.1)
    assert rate(0) == 0 and abs(rate(0.1) - 2e-3) < 1e-12 and abs(rate(1)) < 1e-12 and abs(rate(0.55) - 1e-3) < 1e-12
    for bad in (0, 1.5):
        with pytest.raises(ValueError, match="until"):
            linear(0, 1, until=bad)
    with pytest.raises(ValueError, match="warm_up"):
        cosine(1.0, warm_up=1.0)


@pytest.mark.parametrize("bad, words", [
    (lambda x: x * 255, "[0, 1]"),
    (lambda x: x[0], "(n, 64) with n >= 1, got (64,)"),
    (lambda x: x[:0], "got (0, 64)"),
    (lambda x: x[:, :60], "got (1500, 60)"),
    (lambda x: x.reshape(-1, 8, 8), "got (1500, 8, 8)"),
    (lambda x: x.index_fill(0, torch.tensor([3]), math.nan), "64 values that are NaN"),
    (lambda x: x.double(), "dtype torch.float32, got torch.float64"),
    (lambda x: x.numpy(), "got ndarray"),
])  # fmt: skip
@pytest.mark.parametrize("name", ["x", "x_validation"])
def test_bad_images_are_refused_before_anything_changes(digits, bad, words, name):
    model = dense_vae(64, 2)
    before = [p.clone() for p in model.parameters()]
    images = {"x": digits.x_train} | {name: bad(digits.x_train)}
    with pytest.raises(ValueError) as error:
        fit(model, images.pop("x"), epochs=1, **images)
    assert words in str(error.value)
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), before))


@pytest.mark.parametrize("setting", [
    {"epochs": 0}, {"batch_size": 0}, {"batch_size": 2.5}, {"epochs": True}, {"learning_rate": -1e-3}, {"learning_rate": math.nan},
    {"learning_rate": True}, {"beta": "1"}, {"beta": lambda progress: math.nan}, {"learning_rate": lambda progress: -1.0},
])  # fmt: skip
def test_settings_out_of_range_are_refused_by_name(digits, setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        fit(dense_vae(64, 2), digits.x_train, **setting)


@pytest.mark.parametrize("settings", [{"epochs": 3, "learning_rate": 1e4}, {"epochs": 1, "batch_size": 1500, "learning_rate": 1e38}])
def test_a_run_that_blows_up_says_so(digits, settings):
    with pytest.raises(RuntimeError, match="not finite; try a smaller learning_rate"):
        fit(dense_vae(64, 2), digits.x_train, **settings)


def test_numpy_numbers_are_numbers(digits):
    history = fit(dense_vae(64, 2), digits.x_train[:100], epochs=np.int64(2), learning_rate=np.float32(1e-3))
    assert len(history.train.elbo) == 2


def test_greys_are_no_validation_of_tosses(digits):
    with pytest.raises(ValueError, match="x_validation must hold 0 and 1"):
        fit(dense_vae(64, 2), digits.x_train, x_validation=digits.x_test, resample_pixels=True)


def test_a_model_whose_gradients_are_off_is_refused(digits):
    with pytest.raises(ValueError, match=r"requires_grad_\(True\)"):
        fit(dense_vae(64, 2).requires_grad_(False), digits.x_train)


def test_an_interrupted_run_keeps_the_weights_it_reached(digits):
    def stop(epoch):
        raise KeyboardInterrupt

    stopped, whole = dense_vae(64, 2), dense_vae(64, 2)
    with pytest.raises(KeyboardInterrupt):
        fit(stopped, digits.x_train, epochs=1, on_epoch=stop)
    fit(whole, digits.x_train, epochs=1)
    assert all(torch.equal(a, b) for a, b in zip(stopped.parameters(), whole.parameters()))


def test_evaluate_refuses_what_fit_refuses(digits):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        evaluate(dense_vae(64, 2), digits.x_test * 16)
    with pytest.raises(ValueError, match="samples"):
        evaluate(dense_vae(64, 2), digits.x_test, samples=0)
