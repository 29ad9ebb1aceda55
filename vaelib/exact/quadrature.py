"""Sums over a grid of z for any decoder of one or two latents: log p(x) and p(z|x) of one image, and bounds without draws.

The cost grows as points**latent, which is why there is no third latent here.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from vaelib.bounds import Elbo
from vaelib.checks import whole
from vaelib.distributions import gaussian_log_prob, kl_per_dimension, reparameterize
from vaelib.exact import cells

EXTENT = 8.0  # the first grid spans [-EXTENT, EXTENT] in each latent
POINTS = {1: 512, 2: 128}  # of the first grid, for each latent
WHOLE = 2**16  # a grid of no more cells is decoded whole; of a larger one, what a coarser grid has ruled out is left
MOST_CELLS, MOST_DECODED = 2**23, 2**20  # of one grid
TOLERANCE = 1e-3  # nats; a grid is made finer until log p(x) moves by less
ROUNDS = 60
BATCH = 1024  # points decoded at a time: few enough for a processor's cache, which is twice as fast


class Grid(NamedTuple):
    """What quadrature found for one image: p(z|x) on a regular grid that holds all but a millionth of it, in float64.

    log_prob () is log p(x) in nats; z (n, latent) the middles of the cells, the last latent running fastest; log_density (n,) is
    log p(z|x) there, -inf where a large grid was not decoded since p(z|x) is less than e**-30 of its highest value;
    cell is the length or area of one cell; shape says how the n points lie, one number for each latent.
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
        known = self.log_density.isfinite()
        q = torch.where(known, log_q.exp() * self.cell, 0.0)
        if not abs(q.sum().item() - 1) <= 1e-3:
            raise ValueError(
                f"the grid holds {q.sum().item():.3f} of q, and 1 is wanted: q reaches beyond the posterior or is finer than a cell; "
                "take log_prob minus elbo_by_quadrature instead"
            )
        return (q * (log_q - torch.where(known, self.log_density, 0.0))).sum()

    def _mass(self) -> Tensor:
        return self.log_density.exp() * self.cell


@torch.no_grad()
def quadrature(x: Tensor, *, decode: Callable, likelihood, latent_dim: int) -> Grid:
    """log p(x) = log of the integral of p(x|z) N(z; 0, I), and p(z|x), for one image x (pixels,) and 1 or 2 latents.

    decode maps z (n, latent) to (n, pixels); likelihood has log_prob(x, output). The grid widens until its outermost cells hold less
    than 1e-6 of the posterior, narrows to where the posterior is, and refines until log p(x) moves by less than 1e-3 nats and no cell
    may hide more. A mode that is narrower than a cell is found where log p(x, z) rises towards it smoothly, as it does for decoders
    that are smooth over a cell of the first grid, 1/32 for one latent and 1/8 for two. Without gradients.
    Raises ValueError on a wrong x or latent_dim, ArithmeticError when the sum does not settle (a decoder with NaN, a density too rough).
    """
    if latent_dim not in POINTS:
        raise ValueError(f"latent_dim must be 1 or 2, got {latent_dim!r}: a grid over more latents costs too much")
    if not isinstance(x, Tensor) or x.dim() != 1 or len(x) == 0 or x.is_meta or not torch.isfinite(x).all():
        got = f"shape {tuple(x.shape)} on {x.device}" if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(f"x must be one finite image of shape (pixels,), got {got}")
    _require_home(x, decode)
    box, points = [(-EXTENT, EXTENT)] * latent_dim, [POINTS[latent_dim]] * latent_dim
    coarser, previous = None, None
    for _ in range(ROUNDS):
        z, cell = cells.middles(box, points), cells.volume(box, points)
        wanted = cells.wanted(box, points, coarser) if coarser and len(z) > WHOLE else torch.ones(points, dtype=torch.bool)
        if wanted.sum() > MOST_DECODED:
            break
        values = cells.inherited(box, points, coarser) if coarser else torch.empty(points, dtype=torch.float64)
        values[wanted] = _log_joint(x, z[wanted.flatten()], decode, likelihood)
        if not values.isfinite().any() or values.isnan().any():
            raise ArithmeticError("log p(x, z) is not a number on the grid: does the decoder give NaN or infinity?")
        level = cells.read(box, values)
        value = level.whole + math.log(cell)
        if wider := cells.widened(level):
            box, coarser, previous = wider, None, None
            continue
        if narrower := cells.narrowed(level):
            # Its cells are finer: half of the first grid's points may settle log p(x) already. Later grids keep their step.
            least = cells.sizes(box, points) if coarser else [math.inf] * latent_dim
            points = cells.at_least(POINTS[latent_dim] // 2, narrower, least)
            box, coarser, previous = narrower, level, None
            continue
        if previous is not None and abs(value - previous) < TOLERANCE and cells.hidden(level) < TOLERANCE:
            log_density = torch.where(wanted, values - value, -math.inf).flatten()
            home = x.device, torch.float32 if x.device.type == "mps" else torch.float64  # which knows no float64
            return Grid(value.to(*home), z.to(*home), log_density.to(*home), cell, tuple(points))
        coarser = level if 2**latent_dim * len(z) <= WHOLE else cells.cropped(level)
        box, points = coarser.box, cells.finer(coarser)
        previous = value if points == [2 * n for n in coarser.values.shape] else None
        if math.prod(points) > MOST_CELLS:
            break
    shown = " x ".join(map(str, points)), " x ".join(f"[{low:g}, {high:g}]" for low, high in box)
    raise ArithmeticError(f"log p(x) did not settle to {TOLERANCE} nats with {shown[0]} points on {shown[1]}")


def elbo_by_quadrature(x: Tensor, mean: Tensor, log_var: Tensor, *, decode: Callable, likelihood, nodes: int = 24) -> Elbo:
    """The ELBO with its expectation summed over Gauss-Hermite nodes, not drawn: terms (batch,), in nats, for 1 or 2 latents.

    x (batch, pixels); mean, log_var (batch, latent); nodes ** latent decodes for each image. Exact for log-likelihoods that are
    polynomials of z of degree < 2 * nodes. Memory is that of 1,024 decodes at a time, with gradients too, which decode once more.
    Raises ValueError on wrong shapes, nodes, and an x that is not of the decoder's dtype and device.
    """
    if mean.dim() != 2 or mean.shape[1] not in POINTS or log_var.shape != mean.shape or x.shape[:-1] != mean.shape[:1]:
        raise ValueError(
            "x, mean and log_var must have shapes (batch, pixels), (batch, latent) and (batch, latent) with 1 or 2 latents, "
            f"got {tuple(x.shape)}, {tuple(mean.shape)} and {tuple(log_var.shape)}"
        )
    _require_home(x, decode)
    places, weights = (torch.from_numpy(values).to(mean) for values in np.polynomial.hermite_e.hermegauss(whole("nodes", nodes)))
    latent = mean.shape[1]
    noise = torch.cartesian_prod(*[places] * latent).reshape(-1, 1, latent)
    weight = torch.cartesian_prod(*[weights / weights.sum()] * latent).reshape(-1, latent).prod(-1, keepdim=True)
    parts = noise.split(max(1, BATCH // max(1, len(x))))
    score = lambda part: likelihood.log_prob(x, decode(reparameterize(mean, log_var, part)))  # noqa: E731
    log_likelihood = torch.cat([_recomputed(score, part) for part in parts])
    return Elbo((weight * log_likelihood).sum(0), kl_per_dimension(mean, log_var))


def _log_joint(x: Tensor, z: Tensor, decode: Callable, likelihood) -> Tensor:
    """log p(x, z) in float64 on the processor; decoded where x is, in its dtype."""
    parts = [likelihood.log_prob(x, decode(part.to(x))).cpu().double() for part in z.split(BATCH)]
    zero = torch.zeros_like(z)
    return torch.cat(parts) + gaussian_log_prob(z, zero, zero)


def _recomputed(function: Callable, part: Tensor) -> Tensor:
    """function(part), whose graph keeps `part` alone and computes the rest again for a gradient; torch.func knows no such graph."""
    try:
        return checkpoint(function, part, use_reentrant=False, preserve_rng_state=False)
    except RuntimeError as error:
        if "saved tensor hooks" not in str(error):
            raise
        return function(part)


def _require_home(x: Tensor, decode: Callable) -> None:
    module = decode if isinstance(decode, nn.Module) else getattr(decode, "__self__", None)
    weight = next(module.parameters(), None) if isinstance(module, nn.Module) else None
    if weight is not None and (weight.dtype, weight.device) != (x.dtype, x.device):
        wanted, got = (f"{one.dtype} on {one.device}" for one in (weight, x))
        raise ValueError(f"x must be {wanted}, as the decoder's weights are, got {got}: take x.to({weight.dtype}).to('{weight.device}')")
