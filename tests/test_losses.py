"""Readers' losses: explain_loss against the Gaussian log-likelihood and the linear model, check_vae on right and wrong losses."""

import math

import pytest
import torch
from sklearn.decomposition import PCA
from torch.nn import functional as F
from torch.testing import assert_close

from vaelib import elbo
from vaelib.data import load_digits8, load_mnist
from vaelib.distributions import kl_to_standard_normal
from vaelib.exercises import MOST_EIGENVALUES, check_vae, data_spectrum, explain_loss
from vaelib.likelihoods import Bernoulli, Gaussian

SEEDS = [None, 1, 2]


def half(mean, log_var):
    return -0.5 * (1 + log_var - mean**2 - log_var.exp())


def bce(x, output):
    return F.binary_cross_entropy_with_logits(output, x, reduction="none")


def drawn(mean, log_var):
    return mean + torch.exp(log_var / 2) * torch.randn_like(mean)


RIGHT = {
    "sums": lambda x, o, m, v: F.binary_cross_entropy(o, x, reduction="sum") + half(m, v).sum(),
    "means over the batch": lambda x, o, m, v: (bce(x, o).sum(1) + half(m, v).sum(1)).mean(),
    "clamped logarithms": lambda x, o, m, v: (
        -(x * (o + 1e-8).log() + (1 - x) * (1 - o + 1e-8).log()).sum(-1).mean() + half(m, v).sum(-1).mean()
    ),
    "another scale": lambda x, o, m, v: 7.3 * (bce(x, o).sum() + half(m, v).sum()) / len(x),
    "squares": lambda x, o, m, v: ((x - o) ** 2).sum() + half(m, v).sum(),
    "a width of a tenth": lambda x, o, m, v: -Gaussian(0.1).double().log_prob(x, o).mean() + kl_to_standard_normal(m, v).mean(),
    "free bits": lambda x, o, m, v: bce(x, o).sum(-1).mean() + half(m, v).clamp(min=0.4).sum(-1).mean(),
    "an absolute value that changes nothing": lambda x, o, m, v: bce(x, o).sum() + half(m, v).sum().abs(),
    "torch.distributions": lambda x, o, m, v: (
        -torch.distributions.Bernoulli(logits=o).log_prob(x).sum()
        + torch.distributions.kl_divergence(torch.distributions.Normal(m, (v / 2).exp()), torch.distributions.Normal(0.0, 1.0)).sum()
    ),
}
WRONG = {
    "sign of the KL": (lambda x, o, m, v: bce(x, o).sum() - half(m, v).sum(), "sign of the KL is flipped"),
    "sign of the error": (lambda x, o, m, v: -bce(x, o).sum() + half(m, v).sum(), "sign of the error is flipped"),
    "the ELBO": (lambda x, o, m, v: -bce(x, o).sum() - half(m, v).sum(), "this is the ELBO and not its negative"),
    "mean over pixels": (lambda x, o, m, v: F.mse_loss(o, x) + half(m, v).sum(1).mean(), "mean over the 40 pixels"),
    "mean over latents": (lambda x, o, m, v: bce(x, o).sum(1).mean() + half(m, v).mean(), "mean over the 6 latents"),
    "axis of the batch": (lambda x, o, m, v: bce(x, o).sum(1).mean() + half(m, v).sum(0).mean(), "the axes are exchanged"),
    "batch": (lambda x, o, m, v: bce(x, o).sum() + half(m, v).sum(1).mean(), "balance changes with the batch size"),
    "log_var as log std": (lambda x, o, m, v: bce(x, o).sum() + half(m, 2 * v).sum(), "takes log_var for log std"),
    "std for variance": (
        lambda x, o, m, v: bce(x, o).sum() - 0.5 * (1 + v - m**2 - (v / 2).exp()).sum(),
        "standard deviation exp(log_var / 2) where the variance",
    ),
    "std as variance": (lambda x, o, m, v: bce(x, o).sum() + half(m, v / 2).sum(), "wherever the variance belongs"),
    "counted twice": (lambda x, o, m, v: bce(x, o).sum() + (half(m, v) + 0.5 * v.exp()).sum(), "counts q's variance twice"),
    "no half": (lambda x, o, m, v: bce(x, o).sum() + 2 * half(m, v).sum(), "weight 2 where the ELBO has 1: the half before it is missing"),
    "beta": (lambda x, o, m, v: bce(x, o).sum() + 4 * half(m, v).sum(), "weight 4 where the ELBO has 1: a beta-VAE's loss is no bound"),
    "bits": (lambda x, o, m, v: bce(x, o).sum() + half(m, v).sum() / math.log(2), "in bits"),
    "absolute": (lambda x, o, m, v: bce(x, o).sum() + (-0.5 * (1 + v - m**2 - (v / 2).exp())).abs().sum(), "an absolute value hides"),
    "detached": (lambda x, o, m, v: bce(x, o).sum() + half(m, v).sum().item(), "a value and no gradient"),
    "no KL": (lambda x, o, m, v: bce(x, o).sum(), "this is an autoencoder"),
    "no error": (lambda x, o, m, v: half(m, v).sum() + 0 * o.sum(), "no effect on the loss"),
    "no square": (lambda x, o, m, v: bce(x, o).sum() - 0.5 * (1 + v - m - v.exp()).sum(), "has the mean where its square belongs"),
    "no mean": (lambda x, o, m, v: bce(x, o).sum() - 0.5 * (1 + v - v.exp()).sum(), "leaves out the mean"),
    "no log": (lambda x, o, m, v: bce(x, o).sum() + 0.5 * (m**2 + v.exp()).sum(), "leaves out log_var"),
    "the other KL": (
        lambda x, o, m, v: bce(x, o).sum() + 0.5 * ((1 + m**2) / v.exp() - 1 + v).sum(),
        "the KL is the other one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_loss_is_called_right_however_it_is_written(name, seed):
    verdict = check_vae(RIGHT[name], seed=seed)
    assert verdict.right, str(verdict)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_loss_is_told_its_fault(name, seed):
    loss, said = WRONG[name]
    verdict = check_vae(loss, seed=seed)
    assert not verdict.right and said in str(verdict), str(verdict)
    assert len(verdict.faults) == (2 if name == "absolute" else 1), str(verdict)


@pytest.mark.parametrize(
    "loss",
    [
        lambda x, o, m, v: bce(x, o).sum() * half(m, v).sum(),
        lambda x, o, m, v: ((x - o) ** 2).sum().sqrt() + half(m, v).sum(),
        lambda x, o, m, v: ((x - o) ** 4).sum() + half(m, v).sum(),
        lambda x, o, m, v: bce(x, o).sum() + (m**4).sum() + v.cosh().sum(),
        lambda x, o, m, v: bce(x, o).sum() + half(m, v).sum() ** 2,
    ],
)
def test_what_is_not_known_is_called_unknown(loss):
    verdict = check_vae(loss)
    assert not verdict.right and verdict.unknown and not verdict.faults, str(verdict)


# Losses of a model and a batch: the draw is judged too.
def with_draw(draw):
    def loss(model, x):
        mean, log_var = model.encode(x)
        return bce(x, model.decode(draw(mean, log_var))).sum(-1).mean() + half(mean, log_var).sum(-1).mean()

    return loss


def library(model, x):
    q = model.encode(x)
    return -elbo(x, q, torch.randn_like(q.mean), decode=model.decode, likelihood=Bernoulli()).total.mean()


def library_with_samples(model, x):
    q = model.encode(x)
    return -elbo(x, q, torch.randn(3, *q.mean.shape, dtype=x.dtype), decode=model.decode, likelihood=Bernoulli()).total.mean()


def by_one_draw(twice=0.0):
    def loss(model, x):
        mean, log_var = model.encode(x)
        z = drawn(mean, log_var)
        kl = 0.5 * (z**2 - ((z - mean) ** 2 / log_var.exp()) - log_var + twice * log_var.exp())
        return (bce(x, model.decode(z)).sum(-1) + kl.sum(-1)).mean()

    return loss


@pytest.mark.parametrize("loss", [with_draw(drawn), library, library_with_samples, by_one_draw()])
def test_a_right_loss_of_a_model_is_called_right(loss):
    verdict = check_vae(loss)
    assert verdict.right, str(verdict)


DRAWS = {
    "variance": (lambda m, v: m + v.exp() * torch.randn_like(m), "multiplied by exp(log_var), the variance"),
    "log_var": (lambda m, v: m + v * torch.randn_like(m), "multiplied by log_var itself"),
    "unit": (lambda m, v: m + torch.randn_like(m) + 0 * v, "whatever log_var is"),
    "mean": (lambda m, v: m, "with no noise"),
    "one noise": (lambda m, v: m + (v / 2).exp() * torch.randn_like(m[:1]), "one noise serves all images"),
    "uniform": (lambda m, v: m + (v / 2).exp() * torch.rand_like(m), "is not N(0, 1)"),
    "detached": (lambda m, v: drawn(m, v).detach(), "the trick was forgotten"),
    "mean detached": (lambda m, v: drawn(m.detach(), v), "no gradient to mean"),
    "log_var detached": (lambda m, v: drawn(m, v.detach()), "no gradient to log_var"),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_wrong_draw_is_told_its_fault(name):
    draw, said = DRAWS[name]
    for verdict in (check_vae(with_draw(draw)), check_vae(RIGHT["sums"], draw=draw)):
        assert not verdict.right and len(verdict.faults) == 1 and said in verdict.faults[0], str(verdict)


def test_an_estimate_of_the_kl_that_counts_the_variance_twice_is_noticed():
    assert "twice" in str(check_vae(by_one_draw(twice=1.0)))


def test_the_same_verdict_for_names_that_lie():
    honest = WRONG["sign of the KL"][0]
    lying = lambda elbo, kl, beta, loss: bce(elbo, kl).sum() - half(beta, loss).sum()  # noqa: E731
    assert check_vae(honest, seed=3) == check_vae(lying, seed=3)


def test_a_loss_written_for_one_size_of_image_is_judged_at_that_size():
    loss = lambda x, o, m, v: F.mse_loss(o.view(-1, 1, 28, 28), x.view(-1, 1, 28, 28)) * 784 + half(m, v).sum(-1).mean()  # noqa: E731
    assert check_vae(loss, pixels=784, latent_dim=20).right
    found = explain_loss(loss, pixels=784, latent_dim=20)
    assert found.likelihood == "gaussian" and math.isclose(found.variance, 0.5, rel_tol=1e-6)


@pytest.mark.parametrize("bad", [3, lambda x: x, lambda a, b, c: a])
def test_what_is_no_loss_is_refused(bad):
    with pytest.raises(TypeError, match=r"loss must be"):
        check_vae(bad)


@pytest.mark.parametrize(
    ("bad", "said"),
    [(lambda x, o, m, v: o - x, "one number"), (lambda x, o, m, v: 3.0, "one number"), (lambda x, o, m, v: o.sum() * math.nan, "finite")],
)  # fmt: skip
def test_a_loss_that_gives_no_number_is_refused(bad, said):
    with pytest.raises(ValueError, match=said):
        check_vae(bad)


# explain_loss


def negative_log_gaussian(x, output, variance):
    return -torch.distributions.Normal(output, math.sqrt(variance)).log_prob(x).sum(-1)


@pytest.mark.parametrize(("error", "reduction", "batch_kl", "beta"), [
    ("squared error", "mean", "batch mean", 1.0), ("squared error", "batch mean", "batch mean", 1.0),
    ("half squared error", "sum", "sum", 1.0),
    ("squared error", "mean", "mean", 1.0), ("squared error", "batch mean", "batch mean", 4.0), ("squared error", "sum", "mean", 0.3),
])  # fmt: skip
def test_the_variance_that_is_told_is_that_of_the_gaussian_with_the_same_gradient(error, reduction, batch_kl, beta):
    """The loss as written and -ELBO with that variance differ by a scale and a constant: their gradients are parallel."""
    sizes = {"pixels": 30, "latent_dim": 5, "batch": 16}
    found = explain_loss(error=error, error_reduction=reduction, kl_reduction=batch_kl, beta=beta, **sizes)
    generator = torch.Generator().manual_seed(0)
    x, output = torch.rand(2, 16, 30, generator=generator, dtype=torch.float64)
    mean, log_var = torch.randn(2, 16, 5, generator=generator, dtype=torch.float64)
    leaves = [one.clone().requires_grad_() for one in (output, mean, log_var)]
    reduce = {"sum": torch.sum, "mean": torch.mean, "batch mean": lambda one: one.sum(-1).mean()}
    scale = 0.5 if error.startswith("half") else 1.0
    ours = reduce[reduction](scale * (x - leaves[0]) ** 2) + beta * reduce[batch_kl](half(*leaves[1:]))
    theirs = (negative_log_gaussian(x, leaves[0], found.variance) + half(*leaves[1:]).sum(-1)).mean()
    a, b = (torch.cat([one.flatten() for one in torch.autograd.grad(loss, leaves)]) for loss in (ours, theirs))
    assert_close(a / a.norm(), b / b.norm(), rtol=1e-10, atol=1e-12)


def test_a_mean_over_784_pixels_is_a_variance_of_392_and_kills_every_latent_of_mnist():
    spectrum = torch.tensor([5.31, 3.7, 3.2, 2.8, 2.5, 2.3])
    found = explain_loss(error="squared error", error_reduction="mean", pixels=784, latent_dim=20, spectrum=spectrum)
    assert math.isclose(found.variance, 392) and found.alive == 0 and "sum" in found.fix.lower() and "392" in str(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loss_that_is_probed_is_told_what_its_settings_are_told(seed):
    sizes = {"pixels": 64, "latent_dim": 8, "batch": 32}
    mse = lambda x, o, m, v: F.mse_loss(o, x) + 0.5 * half(m, v).sum(-1).mean()  # noqa: E731
    wanted = explain_loss(error="squared error", error_reduction="mean", beta=0.5, **sizes)
    found = explain_loss(mse, **sizes, seed=seed)
    assert math.isclose(found.variance, wanted.variance, rel_tol=1e-9) and found.likelihood == "gaussian"
    summed = lambda x, o, m, v: F.binary_cross_entropy(o, x) + half(m, v).mean()  # noqa: E731
    assert math.isclose(explain_loss(summed, **sizes, seed=seed).beta, 64 / 8, rel_tol=1e-6)


@pytest.mark.parametrize("name", ["no error", "sign of the KL", "log_var as log std"])
def test_a_loss_that_is_no_sum_of_an_error_and_the_kl_is_not_explained_away(name):
    assert explain_loss(WRONG[name][0], pixels=20, latent_dim=4).likelihood == "unknown"


def test_the_waterline_is_where_the_fitted_linear_model_drops_a_latent():
    """In probabilistic PCA with a fixed variance the optimal weights keep the eigenvalues above it (Tipping & Bishop 1999)."""
    spectrum = torch.tensor([4.0, 2.0, 1.0, 0.3])
    for variance, kept in [(0.2, 4), (0.5, 3), (1.5, 2), (3.0, 1), (5.0, 0)]:
        weight = torch.zeros(4, requires_grad=True)
        with torch.no_grad():
            weight.copy_(torch.full((4,), 0.3))
        optimizer = torch.optim.Adam([weight], lr=0.05)
        for _ in range(600):  # the exact log-likelihood of each axis under weight^2 + variance
            loss = 0.5 * (torch.log(weight**2 + variance) + spectrum / (weight**2 + variance)).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        found = explain_loss(
            error="squared error", error_reduction="sum", kl_reduction="sum", beta=2 * variance, pixels=9, latent_dim=4, spectrum=spectrum
        )
        assert found.alive == int((weight.abs() > 0.05).sum()) == kept


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "give either"), ({"error": "mse"}, "wanted error one of"), ({"error": "bce", "error_reduction": "none"}, "reductions among"),
        ({"error": "bce", "beta": -1}, "beta must be"), ({"error": "bce", "pixels": 0}, "pixels must be"),
        ({"error": "bce", "loss": lambda x, o, m, v: o.sum()}, "give either"),
        ({"error": "squared error", "spectrum": torch.tensor([math.nan])}, "spectrum"),
    ],
)  # fmt: skip
def test_settings_that_are_unknown_are_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        explain_loss(**({"pixels": 4, "latent_dim": 2} | settings))


@pytest.mark.parametrize("name", ["digits8", pytest.param("mnist", marks=pytest.mark.mnist)])
def test_a_stored_spectrum_is_that_of_principal_components(name):
    x = (load_digits8() if name == "digits8" else load_mnist()).x_train.double().numpy()
    wanted = torch.tensor(PCA(MOST_EIGENVALUES, svd_solver="covariance_eigh").fit(x).explained_variance_)
    assert_close(data_spectrum(name), wanted, rtol=6e-4, atol=1e-9)


def test_a_spectrum_that_is_not_stored_is_refused():
    with pytest.raises(ValueError, match="wanted the name of a data set, 'digits8' or 'mnist', got 'cifar'"):
        data_spectrum("cifar")
