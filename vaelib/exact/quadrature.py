"""Sums over a grid of z for any decoder of one or two latents: log p(x) and p(z|x) of one image, and bounds without draws.

The cost grows as points**latent, which is why there is no third latent here.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vaelib.bounds import Elbo
from vaelib.distributions import gaussian_log_prob, kl_per_dimension, reparameterize

EXTENT = 8.0  # the first grid spans [-EXTENT, EXTENT] in each latent
POINTS = {1: 512, 2: 128}  # of the first grid, for each latent
MOST_POINTS = {1: 2**20, 2: 1024}
BORDER_MASS = 1e-6  # a grid with more of the posterior in its outermost cells is made wider
TOLERANCE = 1e-3  # nats; a grid is made finer until log p(x) moves by less
DEPTH = 30.0  # nats below the peak; what lies lower everywhere beyond a line is cut off, as it holds less than e**-30 a cell
ROUNDS = 60
BATCH = 1024  # points decoded at a time: few enough for a processor's cache, which is twice as fast


class Grid(NamedTuple):
    """What quadrature found for one image: p(z|x) on a regular grid that holds all but a millionth of it.

    log_prob () is log p(x) in nats; z (n, latent) the middles of the cells, the last latent running fastest; log_density (n,) is
    log p(z|x) there; cell is the length or area of one cell; shape says how the n points lie, one number for each latent.
    """

    log_prob: Tensor
    z: Tensor
    log_density: Tensor
    cell: float
    shape: tuple[int, ...]

    @property
    def mean(self) -> Tensor:
        """E[z|x], (latent,)."""
        return self._mass() @ self.z

    @property
    def covariance(self) -> Tensor:
        """Cov[z|x], (latent, latent)."""
        centred = self.z - self.mean
        return (centred * self._mass().unsqueeze(-1)).T @ centred

    def kl_from(self, mean: Tensor, log_var: Tensor) -> Tensor:
        """KL(N(mean, diag exp(log_var)) || p(z|x)) in nats, (): mean and log_var (latent,).

        Raises ValueError where the grid does not hold q, since a sum over a part of q would be no divergence.
        """
        log_q = gaussian_log_prob(self.z, mean.to(self.z), log_var.to(self.z))
        q = log_q.exp() * self.cell
        if abs(q.sum().item() - 1) > 1e-3:
            raise ValueError(
                f"the grid holds {q.sum().item():.3f} of q, and 1 is wanted: q reaches beyond the posterior or is finer than a cell; "
                "take log_prob minus elbo_by_quadrature instead"
            )
        return (q * (log_q - self.log_density)).sum()

    def _mass(self) -> Tensor:
        return self.log_density.exp() * self.cell


@torch.no_grad()
def quadrature(x: Tensor, *, decode: Callable, likelihood, latent_dim: int) -> Grid:
    """log p(x) = log of the integral of p(x|z) N(z; 0, I), and p(z|x), for one image x (pixels,) and 1 or 2 latents.

    decode maps z (n, latent) to (n, pixels); likelihood has log_prob(x, output). The grid widens until its outermost cells hold less
    than 1e-6 of the posterior, narrows to where the posterior is, and refines until log p(x) moves by less than 1e-3 nats.
    Raises ValueError on a wrong x or latent_dim, ArithmeticError when the sum does not settle (a decoder with NaN, a density too rough).
    """
    if latent_dim not in POINTS:
        raise ValueError(f"latent_dim must be 1 or 2, got {latent_dim!r}: a grid over more latents costs too much")
    if not isinstance(x, Tensor) or x.dim() != 1 or len(x) == 0 or not torch.isfinite(x).all():
        got = f"shape {tuple(x.shape)}" if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(f"x must be one finite image of shape (pixels,), got {got}")
    box = [(-EXTENT, EXTENT)] * latent_dim
    points, previous = POINTS[latent_dim], None
    for _ in range(ROUNDS):
        z, cell = _cells(box, points)
        log_joint = _log_joint(x, z, decode, likelihood)
        if not log_joint.isfinite().any() or log_joint.isnan().any():
            raise ArithmeticError("log p(x, z) is not a number on the grid: does the decoder give NaN or infinity?")
        value = log_joint.logsumexp(0) + math.log(cell)
        shaped = log_joint.reshape([points] * latent_dim)
        wider = _widened(box, shaped)
        narrower = None if wider else _narrowed(box, shaped)
        if wider or narrower:
            box, previous = wider or narrower, None
            if narrower:  # its cells are finer for the same number of points: half of them may settle log p(x) already
                points = POINTS[latent_dim] // 2
            continue
        if previous is not None and abs(value - previous) < TOLERANCE:
            return Grid(value, z, log_joint - value, cell, (points,) * latent_dim)
        previous, points = value, 2 * points
        if points > MOST_POINTS[latent_dim]:
            break
    raise ArithmeticError(f"log p(x) did not settle to {TOLERANCE} nats on a grid of {points} points a latent over {box}")


def elbo_by_quadrature(x: Tensor, mean: Tensor, log_var: Tensor, *, decode: Callable, likelihood, nodes: int = 24) -> Elbo:
    """The ELBO with its expectation summed over Gauss-Hermite nodes, not drawn: terms (batch,), in nats, for 1 or 2 latents.

    x (batch, pixels); mean, log_var (batch, latent); nodes ** latent decodes for each image. Exact for log-likelihoods that are
    polynomials of z of degree < 2 * nodes. Raises ValueError on wrong shapes.
    """
    if mean.dim() != 2 or mean.shape[1] not in POINTS or log_var.shape != mean.shape or x.shape[:-1] != mean.shape[:1]:
        raise ValueError(
            "x, mean and log_var must have shapes (batch, pixels), (batch, latent) and (batch, latent) with 1 or 2 latents, "
            f"got {tuple(x.shape)}, {tuple(mean.shape)} and {tuple(log_var.shape)}"
        )
    places, weights = (torch.tensor(values).to(mean) for values in np.polynomial.hermite_e.hermegauss(nodes))
    latent = mean.shape[1]
    noise = torch.cartesian_prod(*[places] * latent).reshape(-1, 1, latent)
    weight = torch.cartesian_prod(*[weights / weights.sum()] * latent).reshape(-1, latent).prod(-1, keepdim=True)
    parts = noise.split(max(1, BATCH // max(1, len(x))))
    log_likelihood = torch.cat([likelihood.log_prob(x, decode(reparameterize(mean, log_var, part))) for part in parts])
    return Elbo((weight * log_likelihood).sum(0), kl_per_dimension(mean, log_var))


def _cells(box: list[tuple[float, float]], points: int) -> tuple[Tensor, float]:
    """Middles of points**latent equal cells, (n, latent), and the size of one."""
    steps = [(high - low) / points for low, high in box]
    axes = [low + step * (torch.arange(points, dtype=torch.float64) + 0.5) for (low, _), step in zip(box, steps)]
    return torch.cartesian_prod(*axes).reshape(-1, len(box)), math.prod(steps)


def _log_joint(x: Tensor, z: Tensor, decode: Callable, likelihood) -> Tensor:
    parts = [likelihood.log_prob(x, decode(part.to(x.dtype))) for part in z.split(BATCH)]
    zero = torch.zeros_like(z)
    return torch.cat(parts).double() + gaussian_log_prob(z, zero, zero)


def _widened(box, log_joint):
    """A wider box where the outermost cells of some side hold too much, else None."""
    mass = log_joint.flatten().softmax(0).reshape(log_joint.shape)
    wider = []
    for axis, (low, high) in enumerate(box):
        first, last = mass.select(axis, 0).sum() > BORDER_MASS, mass.select(axis, -1).sum() > BORDER_MASS
        half = (high - low) / 2
        wider.append((low - half * first.item(), high + half * last.item()))
    return wider if wider != box else None


def _narrowed(box, log_joint):
    """The box around all that lies less than DEPTH below the peak, where that is less than half of some side; else None."""
    high_enough = log_joint > log_joint.max() - DEPTH
    narrower = []
    for axis, (low, high) in enumerate(box):
        held = high_enough.movedim(axis, 0).flatten(1).any(1) if log_joint.dim() > 1 else high_enough
        first, last = held.nonzero()[[0, -1], 0].tolist()
        step = (high - low) / len(held)
        narrower.append((max(low, low + (first - 2) * step), min(high, low + (last + 3) * step)))
    if all(after[1] - after[0] > 0.5 * (before[1] - before[0]) for before, after in zip(box, narrower)):
        return None
    return narrower
