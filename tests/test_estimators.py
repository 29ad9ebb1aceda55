"""Three estimators of the gradient of E_q[f(z)]: one value, the closed-form gradient where they are unbiased, and what each costs."""

import math
from functools import partial

import pytest
import torch
from torch.testing import assert_close

from vaelib import dense_vae, fit, load_digits8
from vaelib.estimators import detached, pathwise, score_function
from vaelib.objectives import estimated_elbo
from vaelib.posteriors import DiagonalGaussian

DRAWS = 200_000


def bowl(z):
    return (z**2 + torch.sin(z)).sum(-1)


def step(z):
    return (z > 0).to(z.dtype).sum(-1)


def bowl_gradient(mean, log_var):
    """Of E[z^2 + sin z] = mean^2 + var + exp(-var / 2) sin(mean), by hand."""
    var = math.exp(log_var)
    by_mean = 2 * mean + math.exp(-var / 2) * math.cos(mean)
    return by_mean, var * (1 - 0.5 * math.exp(-var / 2) * math.sin(mean))


def step_gradient(mean, log_var):
    """Of P(z > 0) = Phi(mean / std), by hand."""
    std = math.exp(log_var / 2)
    density = math.exp(-0.5 * (mean / std) ** 2) / math.sqrt(2 * math.pi)
    return density / std, -0.5 * density * mean / std


def gradients(estimator, f, mean, log_var, seed=0, draws=DRAWS):
    """The estimator's gradient for mean and log_var at each draw, (draws, 2)."""
    generator = torch.Generator().manual_seed(seed)
    leaves = [torch.full((draws, 1), value, dtype=torch.float64, requires_grad=True) for value in (mean, log_var)]
    noise = torch.randn(draws, 1, generator=generator, dtype=torch.float64)
    value = estimator(f, DiagonalGaussian(*leaves), noise).sum()
    found = torch.autograd.grad(value, leaves, allow_unused=True) if value.requires_grad else (None, None)
    return torch.cat([torch.zeros(draws, 1, dtype=torch.float64) if one is None else one for one in found], 1)


PLACES = [(1.0, -1.0), (-0.7, 0.4), (0.2, -2.0)]


@pytest.mark.parametrize(("mean", "log_var"), PLACES)
@pytest.mark.parametrize("estimator", [pathwise, score_function, partial(score_function, baseline=1.3)])
def test_the_average_is_the_closed_form_gradient(estimator, mean, log_var):
    found = gradients(estimator, bowl, mean, log_var)
    wanted = torch.tensor(bowl_gradient(mean, log_var), dtype=torch.float64)
    assert ((found.mean(0) - wanted).abs() < 5 * found.std(0) / DRAWS**0.5).all()


@pytest.mark.parametrize(("mean", "log_var"), PLACES)
def test_a_step_has_no_slope_and_only_the_score_function_finds_its_gradient(mean, log_var):
    wanted = torch.tensor(step_gradient(mean, log_var), dtype=torch.float64)
    found = gradients(score_function, step, mean, log_var)
    assert ((found.mean(0) - wanted).abs() < 5 * found.std(0) / DRAWS**0.5).all()
    assert not gradients(pathwise, step, mean, log_var).any() and wanted.abs().max() > 0.05


@pytest.mark.parametrize(("mean", "log_var"), PLACES)
def test_each_draw_is_what_the_formula_says(mean, log_var):
    noise = torch.randn(50, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    std = math.exp(log_var / 2)
    z = mean + std * noise
    slope, cost = 2 * z + torch.cos(z), z**2 + torch.sin(z)
    by_path = torch.cat([slope, slope * std * noise / 2], 1)
    by_score = cost * torch.cat([noise / std, (noise**2 - 1) / 2], 1)
    assert_close(gradients(pathwise, bowl, mean, log_var, draws=50), by_path, rtol=1e-10, atol=1e-12)
    assert_close(gradients(score_function, bowl, mean, log_var, draws=50), by_score, rtol=1e-9, atol=1e-10)
    assert not gradients(detached, bowl, mean, log_var, draws=50).any()


@pytest.mark.parametrize("seed", range(3))
def test_a_baseline_keeps_the_average_and_takes_variance_away(seed):
    value = bowl_value = 1 + math.exp(-1) + math.exp(-math.exp(-1) / 2) * math.sin(1)  # E[f] at mean 1, log_var -1
    plain, quiet = (gradients(partial(score_function, baseline=b), bowl, 1.0, -1.0, seed=seed) for b in (0.0, value))
    assert ((plain.mean(0) - quiet.mean(0)).abs() < 5 * plain.std(0) / DRAWS**0.5).all() and bowl_value > 1
    assert (plain.var(0) > 1.5 * quiet.var(0)).all()


def test_the_mean_of_the_other_samples_is_a_baseline_without_bias():
    """Over pairs of draws: the average is the gradient, and the estimator is zero where all samples cost the same."""
    leaves = [torch.full((DRAWS, 1), value, dtype=torch.float64, requires_grad=True) for value in (1.0, -1.0)]
    noise = torch.randn(2, DRAWS, 1, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found = torch.cat(
        torch.autograd.grad(score_function(bowl, DiagonalGaussian(*leaves), noise, baseline="others").mean(0).sum(), leaves), 1
    )
    wanted = torch.tensor(bowl_gradient(1.0, -1.0), dtype=torch.float64)
    assert ((found.mean(0) - wanted).abs() < 5 * found.std(0) / DRAWS**0.5).all()
    flat = score_function(lambda z: 3 + 0 * z.sum(-1), DiagonalGaussian(*leaves), noise, baseline="others").sum()
    assert not torch.cat(torch.autograd.grad(flat, leaves), 1).any()


@pytest.mark.parametrize("estimator", [pathwise, detached, score_function])
def test_the_value_and_the_gradient_of_what_f_holds_are_the_same_in_all(estimator):
    weight = torch.tensor([1.5, -0.5], dtype=torch.float64, requires_grad=True)
    q = DiagonalGaussian(torch.ones(4, 2, dtype=torch.float64), torch.zeros(4, 2, dtype=torch.float64, requires_grad=True))
    noise = torch.randn(3, 4, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    value = estimator(lambda z: (z @ weight) ** 2, q, noise)
    z = q.draw(noise).detach()
    assert value.shape == (3, 4)
    assert_close(value, (z @ weight) ** 2)
    (found,) = torch.autograd.grad(value.sum(), weight)
    assert_close(found, (2 * (z @ weight)[..., None] * z).sum((0, 1)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda q, e: pathwise(lambda z: z, q, e), r"one number for each draw, shape \(3, 4\), got \(3, 4, 2\)"),
        (lambda q, e: detached(lambda z: 1.0, q, e), "got float"),
        (lambda q, e: score_function(bowl, q, e, baseline="mean"), "baseline must be"),
        (lambda q, e: score_function(bowl, q, e[0], baseline="others"), "2 samples or more"),
        (lambda q, e: score_function(bowl, q, e, baseline=torch.zeros(5, 3, 4)), "must broadcast"),
    ],
)
def test_wrong_shapes_are_refused(call, said):
    q = DiagonalGaussian(torch.zeros(4, 2), torch.zeros(4, 2))
    with pytest.raises(ValueError, match=said):
        call(q, torch.zeros(3, 4, 2))


@pytest.mark.parametrize("seed", range(3))
def test_without_the_trick_a_vae_learns_its_decoder_and_q_becomes_the_prior(seed):
    x = (load_digits8()[0][:600] > 0.5).float()
    found = {}
    for name, estimator in (("trick", pathwise), ("cut", detached), ("score", partial(score_function, baseline="others"))):
        model = dense_vae(64, 4, hidden=(64,), seed=seed)
        objective = partial(estimated_elbo, estimator=estimator)
        found[name] = fit(model, x, epochs=40, samples=2, seed=seed, objective=objective, learning_rate=3e-3).train
    assert found["cut"].elbo[-1] > found["cut"].elbo[0] + 5 and found["cut"].kl[-1] < 0.05
    assert found["trick"].kl[-1] > 2 and found["score"].kl[-1] > 0.5
    assert found["trick"].elbo[-1] > found["cut"].elbo[-1] + 2
