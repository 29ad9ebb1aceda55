"""Looking at a trained latent space: codes of a set, decoded grids, straight lines and single-axis walks. No pictures."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from vaelib.checks import require_values
from vaelib.model import VAE, evaluating

BATCH = 1000  # images at a time: memory stays that of one batch


class Codes(NamedTuple):
    """q(z|x) of each image: mean and log_var, each (n, latent)."""

    mean: Tensor
    log_var: Tensor


@torch.no_grad()
def encode_set(model: VAE, x: Tensor) -> Codes:
    """x (n, pixels) -> Codes, each (n, latent). Raises ValueError on an empty or wrongly shaped x."""
    if not isinstance(x, Tensor) or x.dim() != 2 or len(x) == 0 or x.shape[1] != model.pixels:
        got = tuple(x.shape) if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(f"x must be a tensor of shape (n, {model.pixels}) with n >= 1, got {got}")
    require_values("x", x)
    if not torch.isfinite(x).all():
        raise ValueError("x must be finite, got NaN or infinity")
    with evaluating(model):
        parts = [model.encode(batch) for batch in x.split(BATCH)]
    return Codes(*(torch.cat(part) for part in zip(*parts, strict=True)))


def grid(extent: float = 3.0, steps: int = 20) -> Tensor:
    """The points of a square lattice over [-extent, extent]^2: (steps*steps, 2), top row first, left to right, as a picture is read."""
    if not (0 < extent < math.inf and isinstance(steps, int) and steps >= 2):
        raise ValueError(f"grid wants a finite extent > 0 and a whole number of steps >= 2, got extent={extent!r}, steps={steps!r}")
    axis = torch.linspace(-extent, extent, steps)
    vertical, horizontal = torch.meshgrid(axis.flip(0), axis, indexing="ij")
    return torch.stack([horizontal.flatten(), vertical.flatten()], -1)


def decode_grid(model: VAE, *, extent: float = 3.0, steps: int = 20) -> Tensor:
    """E[x|z] on `grid`: (steps*steps, pixels) in the grid's order. Raises ValueError unless the model has two latents."""
    if model.latent_dim != 2:
        raise ValueError(f"decode_grid wants a model with latent_dim 2, got {model.latent_dim}")
    return decode_mean(model, grid(extent, steps))


def traverse(model: VAE, z: Tensor, dimension: int, values: Sequence[float] | Tensor) -> Tensor:
    """E[x|z] while one coordinate of z (latent,) takes each of `values`: (len(values), pixels)."""
    if not isinstance(z, Tensor) or z.shape != (model.latent_dim,):
        raise ValueError(f"z must have shape ({model.latent_dim},), got {tuple(z.shape) if isinstance(z, Tensor) else type(z).__name__}")
    if not 0 <= dimension < model.latent_dim:
        raise ValueError(f"dimension must be 0 to {model.latent_dim - 1}, got {dimension!r}")
    path = z.repeat(len(values), 1)
    path[:, dimension] = torch.as_tensor(values).to(path)
    return decode_mean(model, path)


def interpolate(model: VAE, z_start: Tensor, z_end: Tensor, steps: int) -> Tensor:
    """E[x|z] along the straight line from z_start to z_end, both (latent,), ends included: (steps, pixels)."""
    for name, z in (("z_start", z_start), ("z_end", z_end)):
        if z.shape != (model.latent_dim,):
            raise ValueError(f"{name} must have shape ({model.latent_dim},), got {tuple(z.shape)}")
    if not (isinstance(steps, int) and steps >= 2):
        raise ValueError(f"steps must be a whole number >= 2, got {steps!r}")
    weight = torch.linspace(0, 1, steps).to(z_start)[:, None]
    return decode_mean(model, torch.lerp(z_start, z_end.to(z_start), weight))


@torch.no_grad()
def decode_mean(model: VAE, z: Tensor) -> Tensor:
    """E[x|z] of each z (n, latent): (n, pixels), in batches, z brought to the model's dtype and device first."""
    weight = next(model.decoder.parameters(), z)
    with evaluating(model):
        return torch.cat([model.likelihood.mean(model.decode(part)) for part in z.to(weight).split(BATCH)])
