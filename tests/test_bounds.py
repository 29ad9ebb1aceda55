"""The bounds on a model whose log p(x) is known: a linear decoder with Gaussian pixels (probabilistic PCA, Tipping & Bishop 1999)."""

import pytest
import torch
from torch.distributions import MultivariateNormal

from vaelib.bounds import Elbo, elbo, importance_weighted_bound
from vaelib.distributions import kl_between_gaussians, kl_to_standard_normal
from vaelib.likelihoods import Bernoulli, Gaussian

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
    return mean, -precision.log() * torch.ones_like(mean)


def noise(samples, seed=0):
    return torch.randn(samples, len(X), 1, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


SETTINGS = {"decode": decode, "likelihood": Gaussian(STD).double()}


def test_at_the_true_posterior_the_elbo_is_the_log_evidence():
    terms = elbo(X, *posterior(X), noise(200_000), **SETTINGS)
    torch.testing.assert_close(terms.total, log_evidence(X), atol=0.01, rtol=0)  # Monte Carlo, 2e5 draws


def test_at_the_true_posterior_one_importance_sample_is_exact():
    bound = importance_weighted_bound(X, *posterior(X), noise(1), **SETTINGS)
    torch.testing.assert_close(bound, log_evidence(X), atol=1e-7, rtol=0)


def test_elsewhere_the_gap_is_the_kl_to_the_posterior():
    mean, log_var = posterior(X)
    q = mean + 0.3, log_var + 0.5
    terms = elbo(X, *q, noise(200_000), **SETTINGS)
    gap = kl_between_gaussians(*q, mean, log_var)
    assert (gap > 0.1).all()
    torch.testing.assert_close(terms.total, log_evidence(X) - gap, atol=0.02, rtol=0)  # Monte Carlo, 2e5 draws


def test_the_importance_weighted_bound_rises_towards_the_log_evidence():
    mean, log_var = posterior(X)
    q = mean + 0.3, log_var + 0.5
    averages = []
    for samples in (1, 5, 50):
        draws = torch.stack([importance_weighted_bound(X, *q, noise(samples, seed), **SETTINGS) for seed in range(3000)])
        averages.append(draws.mean(0))
    assert (averages[0] < averages[1]).all() and (averages[1] < averages[2]).all()
    assert (averages[2] < log_evidence(X) + 0.01).all()
    assert (log_evidence(X) - averages[2] < 0.05).all()


def test_with_one_sample_the_importance_weighted_bound_is_the_elbo_on_average():
    q = torch.zeros(2, 1, dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64)
    weighted = torch.stack([importance_weighted_bound(X, *q, noise(1, seed), **SETTINGS) for seed in range(20_000)])
    terms = elbo(X, *q, noise(200_000), **SETTINGS)
    assert ((weighted.mean(0) - terms.total).abs() < 4 * weighted.std(0) / 20_000**0.5 + 0.01).all()


def test_the_terms_are_per_example_and_subtract_to_the_total():
    mean, log_var = torch.randn(2, 4, 2, generator=torch.Generator().manual_seed(0))
    x = torch.ones(4, 3)
    terms = elbo(x, mean, log_var, torch.zeros(4, 2), decode=lambda z: z.sum(-1, keepdim=True) * torch.ones(3), likelihood=Bernoulli())
    assert isinstance(terms, Elbo) and terms.log_likelihood.shape == terms.kl.shape == (4,)
    torch.testing.assert_close(terms.kl, kl_to_standard_normal(mean, log_var))
    torch.testing.assert_close(terms.total, terms.log_likelihood - terms.kl)


def test_many_samples_average_the_log_likelihood_not_the_latents():
    q = posterior(X)
    draws = noise(7)
    each = torch.stack([elbo(X, *q, draw, **SETTINGS).log_likelihood for draw in draws])
    torch.testing.assert_close(elbo(X, *q, draws, **SETTINGS).log_likelihood, each.mean(0))


@pytest.mark.parametrize("bound", [elbo, importance_weighted_bound])
@pytest.mark.parametrize("shape", [(3, 1), (2, 2), (0, 2, 1), (1, 3, 1), (1, 1, 2, 1)])
def test_noise_of_another_shape_is_refused(bound, shape):
    q = torch.zeros(2, 1, dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64)
    with pytest.raises(ValueError, match="noise"):
        bound(X, *q, torch.zeros(shape, dtype=torch.float64), **SETTINGS)


@pytest.mark.parametrize("bound", [elbo, importance_weighted_bound])
@pytest.mark.parametrize("x, mean, log_var", [
    ((1, 3), (2, 1), (2, 1)), ((3,), (2, 1), (2, 1)), ((2, 3), (2, 1), (1, 1)), ((2, 3), (1,), (1,)), ((3, 3), (2, 1), (2, 1)),
])  # fmt: skip
def test_nothing_broadcasts_in_silence(bound, x, mean, log_var):
    tensors = [torch.zeros(shape, dtype=torch.float64) for shape in (x, mean, log_var)]
    with pytest.raises(ValueError) as error:
        bound(*tensors, torch.zeros(5, *mean, dtype=torch.float64), **SETTINGS)
    assert str(x) in str(error.value) and str(mean) in str(error.value)


@pytest.mark.parametrize("bound", [elbo, importance_weighted_bound])
def test_a_decoder_of_another_shape_and_things_that_are_no_tensors_are_refused(bound):
    q = torch.zeros(2, 1, dtype=torch.float64), torch.zeros(2, 1, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"decode must give \(4, 2, 3\) for z of shape \(4, 2, 1\), got \(3,\)"):
        bound(X, *q, noise(4), decode=lambda z: torch.zeros(3), likelihood=SETTINGS["likelihood"])
    with pytest.raises(ValueError, match="x must be a tensor, got ndarray"):
        bound(X.numpy(), *q, noise(4), **SETTINGS)
