"""Gaussians against torch.distributions, Monte Carlo, and their limits."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Independent, Normal, kl_divergence

from vaelib.distributions import (
    gaussian_log_prob,
    kl_between_gaussians,
    kl_per_dimension,
    kl_to_standard_normal,
    reparameterize,
)

finite = st.floats(-5, 5)
pairs = st.lists(st.tuples(finite, finite), min_size=1, max_size=6)


def oracle(mean, log_var):
    return Independent(Normal(mean, (log_var / 2).exp()), 1)


def split(rows):
    return torch.tensor(rows, dtype=torch.float64).T


@settings(deadline=None, max_examples=60)
@given(pairs)
def test_kl_to_the_prior_agrees_with_torch_and_is_never_negative(rows):
    mean, log_var = split(rows)
    kl = kl_to_standard_normal(mean, log_var)
    torch.testing.assert_close(kl, kl_divergence(oracle(mean, log_var), oracle(0 * mean, 0 * mean)))
    assert kl >= 0
    torch.testing.assert_close(kl_per_dimension(mean, log_var).sum(-1), kl)


@settings(deadline=None, max_examples=60)
@given(pairs, pairs)
def test_kl_between_two_gaussians_agrees_with_torch(rows_q, rows_p):
    n = min(len(rows_q), len(rows_p))
    q, p = split(rows_q[:n]), split(rows_p[:n])
    torch.testing.assert_close(kl_between_gaussians(*q, *p), kl_divergence(oracle(*q), oracle(*p)))
    assert kl_between_gaussians(*q, *q) == 0


def test_kl_is_zero_only_at_the_prior():
    zero = torch.zeros(3, dtype=torch.float64)
    assert kl_to_standard_normal(zero, zero) == 0
    for dimension in range(3):
        moved = zero.clone()
        moved[dimension] = 1e-3
        assert kl_to_standard_normal(moved, zero) > 0
        assert kl_to_standard_normal(zero, moved) > 0


def test_kl_keeps_its_digits_near_the_prior():
    log_var = torch.tensor([1e-6], dtype=torch.float64)  # exp(x) - 1 - x loses them all; expm1 does not
    expected = 0.25e-12  # 0.5 * (x**2 / 2), the series' first term
    assert abs(kl_to_standard_normal(torch.zeros_like(log_var), log_var).item() / expected - 1) < 1e-3


def test_kl_is_the_expected_log_ratio():
    generator = torch.Generator().manual_seed(1)
    mean, log_var = torch.tensor([0.7, -1.0], dtype=torch.float64), torch.tensor([-0.5, 0.3], dtype=torch.float64)
    z = reparameterize(mean, log_var, torch.randn(400_000, 2, generator=generator, dtype=torch.float64))
    ratio = gaussian_log_prob(z, mean, log_var) - gaussian_log_prob(z, 0 * mean, 0 * mean)
    standard_error = ratio.std() / len(z) ** 0.5
    assert abs(ratio.mean() - kl_to_standard_normal(mean, log_var)) < 4 * standard_error


@settings(deadline=None, max_examples=60)
@given(pairs, st.lists(finite, min_size=6, max_size=6))
def test_log_density_agrees_with_torch(rows, x):
    mean, log_var = split(rows)
    x = torch.tensor(x[: len(mean)], dtype=torch.float64)
    torch.testing.assert_close(gaussian_log_prob(x, mean, log_var), oracle(mean, log_var).log_prob(x))


def test_a_log_density_integrates_to_one():
    x = torch.linspace(-12, 12, 4001, dtype=torch.float64)[:, None]
    density = gaussian_log_prob(x, torch.tensor([0.4]), torch.tensor([0.8])).exp()
    assert abs(torch.trapezoid(density, x[:, 0]).item() - 1) < 1e-6


def test_the_sample_has_the_mean_and_std_it_names():
    noise = torch.randn(200_000, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    z = reparameterize(torch.tensor([2.0]).double(), torch.tensor([1.4]).double(), noise)
    assert abs(z.mean().item() - 2) < 4 * z.std().item() / 200_000**0.5
    assert abs(z.std().item() - torch.tensor(0.7).exp().item()) < 0.02


def test_the_gradient_passes_through_the_sample():
    mean = torch.tensor([0.3, -0.2], dtype=torch.float64, requires_grad=True)
    log_var = torch.tensor([0.1, -1.0], dtype=torch.float64, requires_grad=True)
    noise = torch.tensor([1.5, -0.4], dtype=torch.float64)
    reparameterize(mean, log_var, noise).sum().backward()
    torch.testing.assert_close(mean.grad, torch.ones(2, dtype=torch.float64))
    torch.testing.assert_close(log_var.grad, 0.5 * (log_var / 2).exp().detach() * noise)


@pytest.mark.parametrize("function, shapes, words", [
    (kl_to_standard_normal, ((4, 2), (4, 3)), ("(4, 2)", "(4, 3)")),
    (kl_to_standard_normal, ((4, 1), (4, 3)), ("(4, 1)", "(4, 3)")),
    (reparameterize, ((4, 2), (4, 2), (4, 1)), ("(4, 2)", "(4, 1)")),
    (gaussian_log_prob, ((4, 1), (4, 2), (4, 2)), ("(4, 1)", "(4, 2)")),
    (kl_between_gaussians, ((2,), (2,), (1,), (2,)), ("(2,)", "(1,)")),
    (gaussian_log_prob, ((), (2,), (2,)), ("()", "(2,)")),
])  # fmt: skip
def test_shapes_that_would_broadcast_by_accident_are_refused(function, shapes, words):
    with pytest.raises(ValueError) as error:
        function(*(torch.zeros(shape) for shape in shapes))
    assert all(word in str(error.value) for word in words)
