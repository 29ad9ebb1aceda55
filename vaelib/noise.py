"""Random numbers that follow a tensor: standard normal noise, and pixels tossed with the probability they hold.

A number is drawn on the generator's own device, so that one seed gives one stream, and then moved to where it is needed.
"""

import torch
from torch import Generator, Tensor

from vaelib.checks import require_generator, require_values


def standard_normal(shape: tuple[int, ...], generator: Generator, like: Tensor) -> Tensor:
    """Draws from N(0, 1) of the given shape, with the dtype and on the device of `like`. Raises ValueError for no generator."""
    require_generator(generator)
    return torch.randn(shape, generator=generator, dtype=like.dtype, device=generator.device).to(like.device)


def noise_like(tensor: Tensor, generator: Generator) -> Tensor:
    """Draws from N(0, 1) with the shape, dtype and device of `tensor`."""
    return standard_normal(tuple(tensor.shape), generator, tensor)


def toss(probability: Tensor, generator: Generator) -> Tensor:
    """One Bernoulli draw for each entry, unchecked: same shape, dtype and device, values 0 and 1."""
    uniform = torch.rand(probability.shape, generator=generator, dtype=probability.dtype, device=generator.device)
    return uniform.to(probability.device).lt_(probability)  # in place: no second copy of the pixels


def binarize(x: Tensor, *, generator: Generator) -> Tensor:
    """One Bernoulli draw per pixel with probability x: same shape, values 0 and 1.

    Drawn once before training this is static binarization; drawn for every batch, dynamic (`fit(resample_pixels=True)`).
    Raises ValueError on values outside [0, 1], NaN, or a generator that is none.
    """
    if not isinstance(x, Tensor) or not x.is_floating_point():
        raise ValueError(f"x must be a floating-point tensor in [0, 1], got {x.dtype if isinstance(x, Tensor) else type(x).__name__}")
    require_generator(generator)
    require_values("x", x)
    if x.isnan().any():
        raise ValueError(f"x must lie in [0, 1], got {int(x.isnan().sum())} values that are NaN (nan)")
    if x.numel() and not (x.min() >= 0 and x.max() <= 1):
        raise ValueError(f"x must lie in [0, 1], got {x.min():g} to {x.max():g}; divide images of 0..255 by 255")
    return toss(x, generator)
