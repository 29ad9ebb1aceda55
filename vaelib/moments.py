"""Slant and stroke thickness, measured from the pixels of square images whose value 1 is ink. No models, no labels, no pictures.

Both take images (batch, pixels), values >= 0, rows from the top, and return (batch,). Both raise ValueError on another shape,
NaN, or an image without ink.
"""

import math

import torch
from torch import Tensor

from vaelib.checks import require_values

GAUSS = (0.5 - math.sqrt(1 / 12), 0.5 + math.sqrt(1 / 12))  # the two nodes of Gauss and Legendre on [0, 1]


def slant(images: Tensor) -> Tensor:
    """How far the ink leans: the shear of x for each unit of y upwards, without a unit. (batch, pixels) -> (batch,).

    cov(x, y) / var(y) over the ink, the slope of the line x = a + slant * y that fits it best. An upright stroke has 0, one
    that leans to the right like an italic letter has tan(angle from the vertical) > 0. Shearing an image by s adds s.
    Raises ValueError on ink in a single row too, which leans nowhere. Second-order central moments: M. R. Teague,
    Image analysis via the general theory of moments, Journal of the Optical Society of America 70, 1980.
    """
    ink, side = _squares(images)
    place = torch.arange(side, dtype=images.dtype, device=images.device)
    total = ink.sum((1, 2))
    x = place - (ink.sum(1) @ place / total)[:, None]
    y = (ink.sum(2) @ place / total)[:, None] - place  # rows run downwards, y upwards
    height = (ink.sum(2) * y**2).sum(1)
    if not (height > 0).all():
        raise ValueError(f"slant wants ink in two rows or more, got all of it in one row of {_named(height <= 0)}")
    return torch.einsum("brc,br,bc->b", ink, y, x) / height


def thickness(images: Tensor) -> Tensor:
    """The width of the strokes in pixels: 2 * ink / length of the edges. (batch, pixels) -> (batch,).

    A stroke of width w and length l has ink w l and edges of 2 l. The length of the edges is the isotropic total variation of the
    picture, interpolated bilinearly and with no ink around it. Drawn lines of 2 to 4 pixels measure within 5 % of 2 * area /
    perimeter at any angle. A thinner one measures wider where it falls between two pixels and greys both: a line of 1.5 pixels
    by up to a third, one of 1 pixel up to twice its width. So does a blurred stroke, whose ink spreads.
    """
    ink, _ = _squares(images)
    framed = torch.nn.functional.pad(ink, (1, 1, 1, 1))
    across, down = framed.diff(dim=2), framed.diff(dim=1)
    top, bottom, left, right = across[:, :-1], across[:, 1:], down[:, :, :-1], down[:, :, 1:]
    # within the cell between four pixels the interpolated picture has a linear gradient; two nodes a side average its length
    lengths = [torch.hypot(torch.lerp(top, bottom, v), torch.lerp(left, right, u)) for u in GAUSS for v in GAUSS]
    return 2 * ink.sum((1, 2)) / (sum(lengths[1:], lengths[0]) / len(lengths)).sum((1, 2))


def _squares(images: Tensor) -> tuple[Tensor, int]:
    if not isinstance(images, Tensor) or not images.is_floating_point():
        got = images.dtype if isinstance(images, Tensor) else type(images).__name__
        raise ValueError(f"images must be a floating-point tensor of shape (batch, pixels), got {got}")
    side = math.isqrt(images.shape[1]) if images.dim() == 2 else 0
    if side < 1 or side**2 != images.shape[1] or len(images) == 0:
        raise ValueError(f"images must have shape (batch, pixels), batch >= 1, pixels a square number, got {tuple(images.shape)}")
    require_values("images", images)
    if not torch.isfinite(images).all() or images.min() < 0:
        raise ValueError(f"ink must be finite and >= 0, got values from {images.min():g} to {images.max():g}")
    empty = images.sum(1) <= 0
    if empty.any():
        raise ValueError(f"every image must have ink, got none in {_named(empty)}")
    return images.reshape(-1, side, side), side


def _named(chosen: Tensor) -> str:
    places = chosen.nonzero().flatten().tolist()
    shown = ", ".join(map(str, places[:5])) + (", ..." if len(places) > 5 else "")
    return f"{'image' if len(places) == 1 else 'images'} {shown} (of {len(chosen)})"
