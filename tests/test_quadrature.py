"""Quadrature loses no mode: densities with modes narrower than a cell against sums on grids that are as fine as they need to be."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from vaelib import Gaussian, exact
from vaelib.exact import cells

STD = 0.02


def generator(seed):
    return torch.Generator().manual_seed(seed)


def log_normal(x, mean, std):
    """log N(x; mean, std**2) summed over x (n,), for each mean (m,), in float64: the sums over n are taken first."""
    squares = (x**2).sum() - 2 * mean * x.sum() + len(x) * mean**2
    return -0.5 * squares / std**2 - len(x) * (math.log(std) + 0.5 * math.log(2 * math.pi))


def sum_over_a_line(x, decode, std, step=1e-5):
    """log of the integral of N(x; decode(z), std**2) N(z; 0, 1) over -1.5 ... 2.5, 400,000 points."""
    z = torch.arange(-1.5, 2.5, step, dtype=torch.float64)
    return (log_normal(x, decode(z), std) - 0.5 * z**2 - 0.5 * math.log(2 * math.pi)).logsumexp(0) + math.log(step)


def bent(z):
    return (z - 0.31) ** 2


def test_two_narrow_modes_of_one_latent_are_both_held():
    """784 pixels, std 0.02: the modes at -0.49 and 1.11 are 400 times narrower than they are apart."""
    x = torch.full((784,), 0.64, dtype=torch.float64)
    found = exact.quadrature(x, decode=lambda z: bent(z).expand(-1, 784), likelihood=Gaussian(STD).double(), latent_dim=1)
    assert_close(found.log_prob, sum_over_a_line(x, bent, STD), rtol=0, atol=1e-3)
    right = (found.log_density.exp() * found.cell)[found.z[:, 0] > 0.31].sum()
    odds = math.exp(-(1.11**2 - 0.49**2) / 2)  # the likelihood treats both alike; the prior does not
    assert_close(right.item(), odds / (1 + odds), rtol=0, atol=1e-3)


def test_two_narrow_modes_of_two_latents_are_both_held():
    """64 pixels a coordinate: log p(x) is the sum of two integrals over a line."""
    x = STD * torch.randn(2, 64, generator=generator(0), dtype=torch.float64) + torch.tensor([[0.64], [0.0]])
    likelihood = Gaussian(STD).double()

    def decode(z):
        return torch.stack([bent(z[..., 0]), z[..., 1]], -1).repeat_interleave(64, -1)

    found = exact.quadrature(x.flatten(), decode=decode, likelihood=likelihood, latent_dim=2)
    truth = sum_over_a_line(x[0], bent, STD) + sum_over_a_line(x[1], lambda z: z, STD)
    assert_close(found.log_prob, truth, rtol=0, atol=1e-3)
    narrow = torch.tensor([[-0.49, x[1].mean().item()]], dtype=torch.float64), torch.tensor([[-13.0, -12.0]], dtype=torch.float64)
    bound = exact.elbo_by_quadrature(x.reshape(1, -1), *narrow, decode=decode, likelihood=likelihood).total.item()
    assert bound < found.log_prob.item()  # as every lower bound is
    left = (found.log_density.exp() * found.cell)[found.z[:, 0] < 0.31].sum().item()
    assert 0.55 < left < 0.65


def rough(seed, latent, pixels, std):
    """A decoder with several modes, an image that one z explains, and log p(x, z)."""
    random = generator(seed)
    weights = [4 * torch.rand(latent, pixels, generator=random, dtype=torch.float64) - 2 for _ in range(3)]
    pitch = 1 + 3 * torch.rand(1, generator=random).item()

    def decode(z):
        return torch.sin(pitch * z) @ weights[0] + 0.5 * z**2 @ weights[1] + 0.5 * z @ weights[2]

    middle = 2 * torch.rand(1, latent, generator=random, dtype=torch.float64) - 1
    x = decode(middle)[0] + std * torch.randn(pixels, generator=random, dtype=torch.float64)

    def log_joint(z):
        error = ((x - decode(z)) ** 2).sum(-1) / std**2 + 2 * pixels * math.log(std) + (z**2).sum(-1)
        return -0.5 * (error + (pixels + latent) * math.log(2 * math.pi))

    return x, decode, log_joint


@given(seed=st.integers(0, 2**31 - 1), thin=st.floats(0, 1.7))
@settings(max_examples=8, deadline=None)
def test_random_decoders_of_one_latent_agree_with_a_sum_over_a_million_points(seed, thin):
    std = 10 ** (-1 - thin)
    x, decode, log_joint = rough(seed, 1, 3, std)
    found = exact.quadrature(x, decode=decode, likelihood=Gaussian(std).double(), latent_dim=1)
    z = torch.linspace(-12, 12, 2**20, dtype=torch.float64)
    by_hand = log_joint(z[:, None]).logsumexp(0) + (z[1] - z[0]).log()
    assert_close(found.log_prob, by_hand, rtol=0, atol=1e-3)


@pytest.mark.parametrize("seed, std", [(15, 0.035), (17, 0.05)])
def test_random_decoders_of_two_latents_agree_with_a_sum_over_nine_million_points(seed, std):
    x, decode, log_joint = rough(seed, 2, 2, std)
    found = exact.quadrature(x, decode=decode, likelihood=Gaussian(std).double(), latent_dim=2)
    axis = torch.linspace(-9, 9, 3000, dtype=torch.float64)
    rows = [log_joint(torch.cartesian_prod(part, axis)).logsumexp(0) for part in axis.split(100)]
    by_hand = torch.stack(rows).logsumexp(0) + 2 * (axis[1] - axis[0]).log()
    assert_close(found.log_prob, by_hand, rtol=0, atol=1e-3)


def ring(std):
    """p(x|z) = N(1; |z|, std**2) and its evidence: a sum over the radius, whose density under N(0, I) is r exp(-r**2 / 2)."""
    radius = torch.linspace(1e-6, 4, 400_000, dtype=torch.float64)
    log_joint = -0.5 * ((1 - radius) / std) ** 2 - math.log(std) - 0.5 * math.log(2 * math.pi) + radius.log() - 0.5 * radius**2
    evidence = log_joint.logsumexp(0) + (radius[1] - radius[0]).log()
    found = exact.quadrature(
        torch.ones(1, dtype=torch.float64), decode=lambda z: z.norm(dim=-1, keepdim=True), likelihood=Gaussian(std).double(), latent_dim=2
    )
    return found, evidence


def test_a_thin_ring_is_followed_all_around():
    found, evidence = ring(0.005)
    assert_close(found.log_prob, evidence, rtol=0, atol=1e-3)
    assert found.mean.abs().max() < 1e-6
    # the middle of the ring was ruled out by a coarser grid, and is told from what was decoded
    assert found.log_density.max().isfinite() and (found.log_density == -math.inf).any()
    assert found.log_density[found.z.norm(dim=1) < 0.5].eq(-math.inf).all()


def test_a_q_where_nothing_was_decoded_has_no_divergence():
    found, _ = ring(0.005)
    q = torch.zeros(2, dtype=torch.float64), torch.full((2,), -6.0, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"the grid holds 0\.000 of q"):
        found.kl_from(*q)


def test_a_density_too_rough_is_told_and_not_answered():
    with pytest.raises(ArithmeticError, match=r"did not settle to 0\.001 nats with .* points on \["):
        ring(1e-6)


@pytest.mark.parametrize("width", [0.3, 0.05, 0.002])
@pytest.mark.parametrize("offset", [0.0, 0.3, 0.5])
def test_no_cell_of_a_parabola_rises_above_its_ceiling(width, offset):
    """The top of a Gaussian's logarithm, 0, lies in a cell whose ceiling reaches it, wherever it lies and however narrow it is."""
    z = torch.arange(-4, 5, dtype=torch.float64) + offset
    for values in (-0.5 * (z / width) ** 2, -0.5 * ((z / width) ** 2 + ((z + 0.2) / width)[:, None] ** 2)):
        level = cells.read([(-4.5, 4.5)] * values.dim(), values)
        assert level.ceilings.max() >= 0 and level.alive.any()


def test_the_decoder_and_the_image_are_of_one_dtype():
    model = torch.nn.Linear(2, 3)
    with pytest.raises(ValueError, match=r"x must be torch.float32 on cpu, as the decoder's weights are, got torch.float64 on cpu"):
        exact.quadrature(torch.zeros(3).double(), decode=model, likelihood=Gaussian(1.0), latent_dim=2)


def test_the_default_dtype_changes_nothing():
    before = torch.get_default_dtype()
    x, decode = torch.tensor([0.5, 1.0]), torch.nn.Linear(2, 2)
    likelihood = Gaussian(0.5)
    one = exact.quadrature(x, decode=decode, likelihood=likelihood, latent_dim=2)
    try:
        torch.set_default_dtype(torch.float64)
        other = exact.quadrature(x, decode=decode, likelihood=likelihood, latent_dim=2)
    finally:
        torch.set_default_dtype(before)
    assert one.log_prob == other.log_prob and one.z.dtype == other.z.dtype == torch.float64


def test_the_bound_holds_no_graph_of_its_decodes():
    """What autograd keeps between the two passes is counted; the gradient is that of the plain sum all the same."""
    weight = torch.randn(2, 64, generator=generator(0), dtype=torch.float64).requires_grad_()
    x = torch.zeros(5, 64, dtype=torch.float64)
    q = [torch.zeros(5, 2, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    kept = []

    def keep(tensor):
        kept.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        bound = exact.elbo_by_quadrature(x, *q, decode=lambda z: z @ weight, likelihood=Gaussian(1.0).double())
    assert sum(kept) < 24**2 * 5 * 8  # the output of one decode alone would be 24**2 * 5 * 64 numbers
    found = torch.autograd.grad(bound.total.sum(), [*q, weight])
    model = exact.LinearGaussian(weight.T, torch.zeros(64, dtype=torch.float64), 1.0)
    for ours, exactly in zip(found, torch.autograd.grad(model.elbo(x, *q).total.sum(), [*q, weight]), strict=True):
        assert_close(ours, exactly, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("nodes", [0, 2.5, -3, None])
def test_nodes_are_counted(nodes):
    zero = torch.zeros(1, 2)
    with pytest.raises(ValueError, match="nodes must be a whole number >= 1"):
        exact.elbo_by_quadrature(zero, zero, zero, decode=lambda z: z, likelihood=Gaussian(1.0), nodes=nodes)
