"""Pictures of models and their training: arrays in, a matplotlib Figure out. No training, no widgets, nothing shown or saved.

Every function returns a Figure that pyplot has let go of: a notebook shows it once, as the last expression of a cell.
"""

import math
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Generator, Tensor

from vaelib.latent import decode_grid, decode_mean, encode_set
from vaelib.model import VAE, evaluating
from vaelib.training import History

# Ten classes a colour-blind reader can tell apart, the same ten as in the book's widgets.
CLASS_COLOURS = (
    "#e920fc", "#ffaf07", "#b00a69", "#05dcce", "#4c8bb7", "#d82815", "#501b89", "#a0c86f", "#1004fe", "#58301d",
)  # fmt: skip
# Seven even steps each, from leaning left over upright to leaning right, and from thin to thick strokes.
SLANT_COLOURS = (
    "#003f96", "#4a5999", "#6f769b", "#8e949d", "#9c7569", "#9e5438", "#983000",
)  # fmt: skip
THICKNESS_COLOURS = (
    "#d97e22", "#be6935", "#a35441", "#88404a", "#6b2c51", "#4d1a57", "#240a5c",
)  # fmt: skip


def training_curves(history: History) -> Figure:
    """ELBO, log-likelihood and KL against epochs, in nats per image; and the KL of each latent dimension."""
    figure = _figure((7, 4.6))
    axes = figure.subplots(2, 2, sharex=True).flat
    epochs = range(1, len(history.train.elbo) + 1)
    for axis, name in zip(axes, ("elbo", "log_likelihood", "kl"), strict=False):
        axis.plot(epochs, getattr(history.train, name), label="training")
        if history.validation is not None:
            axis.plot(epochs, getattr(history.validation, name), "--", label="validation")
        axis.set(title={"elbo": "ELBO", "log_likelihood": "log-likelihood", "kl": "KL"}[name])
    for axis in axes[:3:2]:
        axis.set_ylabel("nats per image")
    for axis in axes[2:]:
        axis.set_xlabel("epoch")
    axes[0].legend()
    for dimension, curve in enumerate((history.validation or history.train).kl_per_dimension.T):
        axes[3].plot(epochs, curve, label=f"$z_{{{dimension + 1}}}$")
    axes[3].set(title="KL per dimension", xlabel="epoch", ylim=(0, None))
    axes[3].legend(ncols=2, fontsize="small")
    return figure


def reconstructions(model: VAE, x: Tensor) -> Figure:
    """Top: the images x (n, pixels). Bottom: E[x|z] at z = mean of q(z|x)."""
    return rows({"x": x, "E[x|z]": decode_mean(model, encode_set(model, x).mean)})


@torch.no_grad()
def samples(model: VAE, n: int, *, generator: Generator) -> Figure:
    """n draws of z from the prior. Top: the mean E[x|z]. Bottom: one draw of the pixels from p(x|z), which is what a sample is."""
    with evaluating(model):
        output = model.decode(model.prior.sample(n, generator))
    draw = model.likelihood.sample(output, generator)
    return rows({"E[x|z]": model.likelihood.mean(output), "a draw of x given z": draw})


def latent_scatter(points: Tensor, labels: Tensor, *, axis: Axes | None = None, title: str = "") -> Figure:
    """points (n, 2) coloured by class label (n,), with the ten-class legend. Draws into `axis` where one is given."""
    if points.dim() != 2 or points.shape[1] != 2 or len(points) != len(labels):
        raise ValueError(f"points and labels must have shapes (n, 2) and (n,), got {tuple(points.shape)}, {tuple(labels.shape)}")
    if labels.is_floating_point():
        raise ValueError(f"labels must be whole numbers, got {labels.dtype}")
    axis = _figure((5, 4.4)).subplots() if axis is None else axis
    for label in labels.unique().tolist():
        chosen = _array(points[labels == label])
        axis.scatter(chosen[:, 0], chosen[:, 1], s=6, color=CLASS_COLOURS[label % 10], label=str(label), linewidths=0)
    axis.set(title=title, aspect="equal")
    axis.legend(markerscale=3, fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return axis.figure.get_figure(root=True)


def manifold(model: VAE, *, extent: float = 3.0, steps: int = 15) -> Figure:
    """E[x|z] over a lattice of the plane [-extent, extent]^2, as one picture. Two latents only (`latent.decode_grid` says so)."""
    side = _side(model.pixels)
    images = decode_grid(model, extent=extent, steps=steps).reshape(steps, steps, side, side)
    sheet = images.transpose(1, 2).reshape(steps * side, steps * side)
    figure = _figure((5, 5))
    axis = figure.subplots()
    axis.imshow(_array(sheet), cmap="gray_r", vmin=0, vmax=1, extent=(-extent, extent, -extent, extent))
    axis.set(xlabel="$z_1$", ylabel="$z_2$")
    return figure


def rows(images: dict[str, Tensor]) -> Figure:
    """One row of square images (n, pixels) for each title, the title at its left end; every row of the same n."""
    columns = len(next(iter(images.values()), ()))
    if columns == 0:
        raise ValueError("a picture wants at least one row of at least one image, got none")
    if {len(row_images) for row_images in images.values()} != {columns}:
        raise ValueError(f"every row must have the same number of images, got {[len(i) for i in images.values()]}")
    figure = _figure((columns, 1.2 * len(images)))
    axes = figure.subplots(len(images), columns, squeeze=False)
    for axes_row, (title, row_images) in zip(axes, images.items(), strict=True):
        for axis, image in zip(axes_row, row_images, strict=True):
            show_digit(axis, image)
        axes_row[0].set_title(title, loc="left", fontsize=10 * max(1, columns / 6))  # as in a row: for a phone
    return figure


def row(images: Sequence[Tensor] | Tensor, titles: Sequence[str] | None = None) -> Figure:
    """Square images (pixels,) side by side, each under its title where titles are given."""
    titles = [""] * len(images) if titles is None else titles
    if len(titles) != len(images) or len(images) == 0:
        raise ValueError(f"a row wants at least one image, and a title for each, got {len(images)} images and {len(titles)} titles")
    figure = _figure((1.7 * len(images), 2.1))
    axes = figure.subplots(1, len(images), squeeze=False)
    for axis, image, title in zip(axes[0], images, titles, strict=True):
        show_digit(axis, image)
        axis.set_title(title, fontsize=2.8 * max(3, len(images)))  # a page makes a long row as narrow as a short one
    return figure


def show_digit(axis: Axes, image: Tensor) -> None:
    """Draw one square image (pixels,) in ink on paper, without ticks."""
    side = _side(len(image))
    axis.imshow(_array(image.reshape(side, side)), cmap="gray_r", vmin=0, vmax=1)
    axis.set_axis_off()


def _side(pixels: int) -> int:
    side = math.isqrt(pixels)
    if side * side != pixels:
        raise ValueError(f"an image must be square to be drawn, got {pixels} pixels")
    return side


def _array(values: Tensor) -> np.ndarray:
    return values.detach().float().cpu().numpy()


def _figure(size: tuple[float, float]) -> Figure:
    """An empty figure that pyplot has made, so that notebooks know how to show it, and closed, so that no error leaves one open."""
    figure = plt.figure(figsize=size, layout="constrained")
    plt.close(figure)
    return figure
