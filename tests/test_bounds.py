"""The bounds on a model whose log p(x) is known: a linear decoder with Gaussian pixels (probabilistic PCA, Tipping & Bishop 1999)."""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal

from vaelib.bounds import Elbo, elbo, importance_weighted_bound
from vaelib.distributions import kl_between_gaussians, kl_to_standard_normal
from vaelib.likelihoods import Bernoulli, Gaussian
from vaelib.posteriors import DiagonalGaussian
from vaelib.priors import StandardNormal

STD = 0.5
SLOPE = torch.tensor([[1.0], [-0.7], [0.4]], dtype=torch.float64)
X = torch.tensor([[0.9, -0.3, 0.5], [-1.5, 0.2, 0.1]], dtype=torch.float64)


def decode(z):
    return z @ SLOPE.T


def log_evidence(x):
    covariance = SLOPE @ SLOPE.T + STD**2 * torch.eye(3, dtype=torch.float64)
    return MultivariateNormal(torch.zeros(3, dtype=torch.float64), covariance).log_prob(x)


def posterior(x):
    precision = 1 + (SLOPE**2).sum() / STD**2
    mean = (x @ SLOPE) / STD**2 / precision
    return DiagonalGaussian(mean, -precision.log() * torch.ones_like(mean))


def noise(samples, seed=0):
    return torch.randn(samples, len(X), 1, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def repeated(q, samples, times):
    """The importance-weighted bound with fresh noise, `times` times in one batch: (times, len(X))."""
    x = X.repeat(times, 1)
    many = DiagonalGaussian(q.mean.repeat(times, 1), q.log_var.repeat(times, 1))
    draws = torch.randn(samples, len(x), 1, generator=torch.Generator().manual_seed(samples), dtype=torch.float64)
    return importance_weighted_bound(x, many, draws, **SETTINGS).reshape(times, len(X))


SETTINGS = {"decode": decode, "likelihood": Gaussian(STD).double()}


def test_at_the_true_posterior_the_elbo_is_the_log_evidence():
    terms = elbo(X, posterior(X), noise(200_000), **SETTINGS)
    torch.testing.assert_close(terms.total, log_evidence(X), atol=0.01, rtol=0)  # Monte Carlo, 2e5 draws


def test_at_the_true_posterior_one_importance_sample_is_exact():
    bound = importance_weighted_bound(X, posterior(X), noise(1), **SETTINGS)
    torch.testing.assert_close(bound, log_evidence(X), atol=1e-7, rtol=0)


def test_elsewhere_the_gap_is_the_kl_to_the_posterior():
    mean, log_var = posterior(X)
    q = DiagonalGaussian(mean + 0.3, log_var + 0.5)
    terms = elbo(X, q, noise(200_000), **SETTINGS)
    gap = kl_between_gaussians(*q, mean, log_var)
    assert (gap > 0.1).all()
    torch.testing.assert_close(terms.total, log_evidence(X) - gap, atol=0.02, rtol=0)  # Monte Carlo, 2e5 draws


def test_the_importance_weighted_bound_rises_towards_the_log_evidence():
    mean, log_var = posterior(X)
    q = DiagonalGaussian(mean + 0.3, log_var + 0.5)
    averages = []
    for samples in (1, 5, 50):
        averages.append(repeated(q, samples, 3000).mean(0))
    assert (averages[0] < averages[1]).all() and (averages[1] < averages[2]).all()
    assert (averages[2] < log_evidence(X) + 0.01).all()
    assert (log_evidence(X) - averages[2] < 0.05).all()


def test_with_one_sample_the_importance_weighted_bound_is_the_elbo_on_average():
    q = DiagonalGaussian(torch.zeros(2, 1, dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64))
    weighted = repeated(q, 1, 20_000)
    terms = elbo(X, q, noise(200_000), **SETTINGS)
    assert ((weighted.mean(0) - terms.total).abs() < 4 * weighted.std(0) / 20_000**0.5 + 0.01).all()


def test_the_terms_are_per_example_and_subtract_to_the_total():
    mean, log_var = torch.randn(2, 4, 2, generator=torch.Generator().manual_seed(0))
    x = torch.ones(4, 3)
    q = DiagonalGaussian(mean, log_var)
    terms = elbo(x, q, torch.zeros(4, 2), decode=lambda z: z.sum(-1, keepdim=True) * torch.ones(3), likelihood=Bernoulli())
    assert isinstance(terms, Elbo) and terms.log_likelihood.shape == terms.kl.shape == (4,)
    torch.testing.assert_close(terms.kl, kl_to_standard_normal(mean, log_var))
    torch.testing.assert_close(terms.total, terms.log_likelihood - terms.kl)


def test_many_samples_average_the_log_likelihood_not_the_latents():
    q = posterior(X)
    draws = noise(7)
    each = torch.stack([elbo(X, q, draw, **SETTINGS).log_likelihood for draw in draws])
    torch.testing.assert_close(elbo(X, q, draws, **SETTINGS).log_likelihood, each.mean(0))


@pytest.mark.parametrize("bound", [elbo, importance_weighted_bound])
@pytest.mark.parametrize("shape", [(3, 1), (2, 2), (0, 2, 1), (1, 3, 1), (1, 1, 2, 1)])
def test_noise_of_another_shape_is_refused(bound, shape):
    q = DiagonalGaussian(torch.zeros(2, 1, dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64))
    with pytest.raises(ValueError, match="noise"):
        bound(X, q, torch.zeros(shape, dtype=torch.float64), **SETTINGS)


@pytest.mark.parametrize("bound", [elbo, importance_weighted_bound])
@pytest.mark.parametrize("x, mean, log_var", [
    ((1, 3), (2, 1), (2, 1)), ((3,), (2, 1), (2, 1)), ((2, 3), (2, 1), (1, 1)), ((2, 3), (1,), (1,)), ((3, 3), (2, 1), (2, 1)),
])  # fmt: skip
def test_nothing_broadcasts_in_silence(bound, x, mean, log_var):
    pixels, *q = (torch.zeros(shape, dtype=torch.float64) for shape in (x, mean, log_var))
    with pytest.raises(ValueError) as error:
        bound(pixels, DiagonalGaussian(*q), torch.zeros(5, *mean, dtype=torch.float64), **SETTINGS)
    assert str(x) in str(error.value) and str(mean) in str(error.value)


@pytest.mark.parametrize("bound", [elbo, importance_weighted_bound])
def test_a_decoder_of_another_shape_and_things_that_are_no_tensors_are_refused(bound):
    q = DiagonalGaussian(torch.zeros(2, 1, dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64))
    with pytest.raises(ValueError, match=r"decode must give \(4, 2, 3\) for z of shape \(4, 2, 1\), got \(3,\)"):
        bound(X, q, noise(4), decode=lambda z: torch.zeros(3), likelihood=SETTINGS["likelihood"])
    with pytest.raises(ValueError, match="x must be a tensor, got ndarray"):
        bound(X.numpy(), q, noise(4), **SETTINGS)


def test_a_log_prob_that_sums_over_images_is_refused():
    class Summed(Bernoulli):
        def log_prob(self, x, logits):
            return super().log_prob(x, logits).sum()

    q = DiagonalGaussian(torch.zeros(2, 1), torch.zeros(2, 1))
    with pytest.raises(ValueError, match=r"log_prob must be \(samples, batch\).* \(4, 2\), got \(\)"):
        elbo(torch.ones(2, 3), q, torch.zeros(4, 2, 1), decode=lambda z: z.expand(4, 2, 3), likelihood=Summed())


@pytest.mark.parametrize("log_var", [-25.0, -60.0, -89.0, -100.0, 20.0])
def test_however_narrow_or_wide_q_is_the_importance_weighted_bound_is_its_closed_form(log_var):
    """With a decoder that ignores z the weight is p(x) N(z; 0, 1) / q(z): at K = 1 an expression of the noise, here in float64 by hand."""
    noise = torch.tensor([[[0.7]]])
    q = DiagonalGaussian(torch.tensor([[10.0]]), torch.tensor([[log_var]]))
    bound = importance_weighted_bound(torch.ones(1, 3), q, noise, decode=lambda z: 0 * z.expand(1, 1, 3), likelihood=Bernoulli())
    z = 10 + math.exp(log_var / 2) * noise.double().item()
    by_hand = -3 * math.log(2) - z**2 / 2 + (log_var + 0.7**2) / 2
    assert abs(bound.item() - by_hand) <= 1e-5 * max(1, abs(by_hand))


def test_a_narrow_q_has_finite_gradients():
    mean, log_var = torch.tensor([[10.0]], requires_grad=True), torch.tensor([[-100.0]], requires_grad=True)
    settings = {"decode": lambda z: z.expand(1, 1, 3), "likelihood": Bernoulli()}
    importance_weighted_bound(torch.ones(1, 3), DiagonalGaussian(mean, log_var), torch.ones(1, 1, 1), **settings).sum().backward()
    # d/dmean of sum_j log sigmoid(z) - z^2 / 2 at z = 10, and d/dlog_var of log_var / 2 beside terms of size exp(-50)
    assert abs(mean.grad.item() - (3 / (1 + math.exp(10)) - 10)) < 1e-5 and abs(log_var.grad.item() - 0.5) < 1e-6


def test_where_the_prior_knows_no_closed_form_the_kl_is_estimated_without_bias():
    class Drawn(StandardNormal):
        def kl(self, q):
            return None

    q = DiagonalGaussian(torch.tensor([[0.5, -1.0]]), torch.tensor([[-1.0, 0.3]]))
    noise = torch.randn(200_000, 1, 2, generator=torch.Generator().manual_seed(0))
    settings = {"decode": lambda z: z.sum(-1, keepdim=True), "likelihood": Bernoulli()}
    drawn = elbo(torch.ones(1, 1), q, noise, **settings, prior=Drawn(2))
    closed = elbo(torch.ones(1, 1), q, noise, **settings, prior=StandardNormal(2))
    assert drawn.kl_per_dimension.shape == (1, 1) and closed.kl_per_dimension.shape == (1, 2)
    assert abs(drawn.kl - closed.kl) < 0.02  # Monte Carlo, 2e5 draws
    assert torch.equal(drawn.log_likelihood, closed.log_likelihood)
