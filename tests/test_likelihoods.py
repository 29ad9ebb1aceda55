"""Bernoulli and Gaussian pixels against torch.distributions; draws against their means; refusals."""

import math

import pytest
import torch
from torch import distributions

from vaelib.likelihoods import Bernoulli, Gaussian


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def test_bernoulli_log_prob_agrees_with_torch(generator):
    logits = 4 * torch.randn(5, 7, generator=generator, dtype=torch.float64)
    x = torch.bernoulli(torch.full((5, 7), 0.5, dtype=torch.float64), generator=generator)
    expected = distributions.Bernoulli(logits=logits).log_prob(x).sum(-1)
    torch.testing.assert_close(Bernoulli().log_prob(x, logits), expected)


def test_all_binary_images_share_a_probability_of_one():
    x = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 4)
    logits = torch.tensor([0.3, -2.0, 1.1, 0.0])
    assert abs(Bernoulli().log_prob(x, logits).exp().sum().item() - 1) < 1e-6


def test_greys_do_not_make_a_density():
    """The trap of binary cross-entropy on grey pixels: over [0, 1] its exponential integrates to far less than 1."""
    x = torch.linspace(0, 1, 2001, dtype=torch.float64)[:, None]
    for logit in (-3.0, 0.0, 3.0):
        density = Bernoulli().log_prob(x, torch.tensor([logit], dtype=torch.float64)).exp()
        assert torch.trapezoid(density, x[:, 0]) < 0.55


def test_extreme_logits_stay_finite():
    logits = torch.tensor([1e4, -1e4])
    assert Bernoulli().log_prob(torch.tensor([1.0, 0.0]), logits) == 0
    assert Bernoulli().log_prob(torch.tensor([0.0, 1.0]), logits) == -2e4


def test_gaussian_log_prob_agrees_with_torch(generator):
    x, output = torch.randn(2, 5, 7, generator=generator, dtype=torch.float64)
    expected = distributions.Normal(output, 0.3).log_prob(x).sum(-1)
    torch.testing.assert_close(Gaussian(0.3).double().log_prob(x, output), expected)


def test_a_learned_std_settles_at_the_root_mean_square_residual(generator):
    likelihood = Gaussian(1.0, learn_std=True)
    x = 0.2 * torch.randn(4000, 3, generator=generator)
    optimizer = torch.optim.Adam(likelihood.parameters(), lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        (-likelihood.log_prob(x, torch.zeros_like(x)).mean()).backward()
        optimizer.step()
    assert abs(likelihood.std.item() - x.square().mean().sqrt().item()) < 1e-4


def test_a_fixed_std_is_not_trained():
    assert not any(p.requires_grad for p in Gaussian(0.5).parameters())


@pytest.mark.parametrize("likelihood, output", [(Bernoulli(), -0.8), (Gaussian(0.4), -0.8)])
def test_draws_average_to_the_mean(likelihood, output, generator):
    outputs = torch.full((200_000, 1), output)
    draws = likelihood.sample(outputs, generator)
    standard_error = draws.std().item() / len(draws) ** 0.5
    assert abs(draws.mean().item() - likelihood.mean(outputs)[0].item()) < 4 * standard_error


def test_bernoulli_draws_are_pixels_that_are_on_or_off(generator):
    assert set(Bernoulli().sample(torch.zeros(50, 4), generator).unique().tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("x, words", [
    (torch.tensor([0.0, 255.0]), ("[0, 1]", "255", "by 255")),
    (torch.tensor([0.0, 16.0]), ("[0, 1]", "16", "divide by 16")),
    (torch.tensor([0.0, 700.0]), ("[0, 1]", "Gaussian")),
    (torch.tensor([0.0, -0.1]), ("[0, 1]", "-0.1", "normalization", "Gaussian")),
    (torch.tensor([0.0, -3e-8]), ("rounding", "clamp(0, 1)")),
    (torch.tensor([0.5, 1 + 2e-7]), ("rounding", "clamp(0, 1)")),
    (torch.tensor([0.0, math.nan]), ("[0, 1]", "nan")),
])  # fmt: skip
def test_bernoulli_refuses_what_is_no_image_and_names_the_cure_for_what_came(x, words):
    with pytest.raises(ValueError) as error:
        Bernoulli().check(x)
    assert all(word in str(error.value) for word in words)
    assert "255" in words or "255" not in str(error.value)


@pytest.mark.parametrize("x, words", [(torch.zeros(3), ("(3,)", "(2,)")), (torch.zeros(0, 2), ("at least one image", "(0, 2)"))])
def test_shapes_that_do_not_fit_are_refused(x, words):
    for likelihood in (Bernoulli(), Gaussian()):
        with pytest.raises(ValueError) as error:
            likelihood.log_prob(x, torch.zeros(2))
        assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize("std", [0, -1.0, math.nan, math.inf, "0.1", True, torch.zeros(2), torch.ones(2, 2)])
def test_a_gaussian_needs_a_positive_std(std):
    with pytest.raises(ValueError, match="std must be"):
        Gaussian(std)


def test_gaussian_refuses_nan():
    with pytest.raises(ValueError, match="NaN"):
        Gaussian().check(torch.tensor([math.nan]))


def test_one_std_a_column_is_a_product_of_normals_and_learns_each_residual(generator):
    std = torch.tensor([0.1, 1.0, 3.0], dtype=torch.float64)
    x, output = torch.randn(2, 5, 3, generator=generator, dtype=torch.float64)
    expected = distributions.Normal(output, std).log_prob(x).sum(-1)
    torch.testing.assert_close(Gaussian(std).double().log_prob(x, output), expected)
    likelihood = Gaussian([1.0, 1.0, 1.0], learn_std=True)
    data = torch.randn(4000, 3, generator=generator) * std.float()
    optimizer = torch.optim.Adam(likelihood.parameters(), lr=0.05)
    for _ in range(400):
        optimizer.zero_grad()
        (-likelihood.log_prob(data, torch.zeros_like(data)).mean()).backward()
        optimizer.step()
    torch.testing.assert_close(likelihood.std, data.square().mean(0).sqrt(), rtol=1e-3, atol=1e-4)


def test_a_constant_column_cannot_push_a_learned_std_below_its_floor():
    likelihood = Gaussian(torch.ones(2), learn_std=True)
    optimizer = torch.optim.Adam(likelihood.parameters(), lr=0.5)
    for _ in range(200):
        optimizer.zero_grad()
        (-likelihood.log_prob(torch.zeros(8, 2), torch.zeros(8, 2)).mean()).backward()
        optimizer.step()
    assert likelihood.std.min() >= likelihood.min_std == 1e-3
    with pytest.raises(ValueError, match="min_std must be a number >= 0 below std"):
        Gaussian(0.1, learn_std=True, min_std=0.1)


def test_a_std_is_exact_in_double_precision_and_can_be_set_and_shown():
    assert Gaussian(0.1).double().std.item() == 0.1
    likelihood = Gaussian(1.0, learn_std=True)
    likelihood.std = torch.tensor(0.25)
    assert abs(likelihood.std.item() - 0.25) < 1e-7
    assert repr(likelihood) == "Gaussian(std=0.25, learn_std=True)"
    with pytest.raises(ValueError, match="std must"):
        likelihood.std = -1.0


@pytest.mark.parametrize("likelihood", [Bernoulli(), Gaussian(0.3)])
def test_gradients_per_example_by_vmap_are_those_of_autograd(likelihood, generator):
    x, output = torch.rand(5, 7, generator=generator).round(), torch.randn(5, 7, generator=generator)
    each = torch.func.vmap(torch.func.grad(likelihood.log_prob, argnums=1))(x, output)
    output.requires_grad_()
    (whole,) = torch.autograd.grad(likelihood.log_prob(x, output).sum(), output)
    torch.testing.assert_close(each, whole)
