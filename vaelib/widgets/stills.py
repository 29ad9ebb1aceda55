"""The small pictures that stand for a widget where no script runs: arrays -> PNG bytes. No traits, no models, no pyplot.

Each is an opaque white card, so that it reads the same on a light and on a dark page, reduced to a few colours, so that it is small.
"""

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from vaelib.figures import CLASS_COLOURS

INK, MUTED, ACCENT = "#1c2430", "#566171", "#0b5cad"
DOTS_PER_INCH = 100
MOST_DOTS = 500  # more make the file large and the card grey
GREYS = 16


def card(width: int, height: int) -> Figure:
    """An empty white card of width x height pixels."""
    figure = Figure(figsize=(width / DOTS_PER_INCH, height / DOTS_PER_INCH), dpi=DOTS_PER_INCH, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def plane(figure: Figure, place: tuple[float, float, float, float], title: str):
    """Axes at place (left, bottom, width, height, in parts of the card) with a frame, a title and no ticks."""
    axes = figure.add_axes(place)
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=9, color=INK, pad=4)
    for side in axes.spines.values():
        side.set(color="#c4c9d0", linewidth=0.8)
    return axes


def scatter(axes, points: np.ndarray, groups: Sequence[int], colours: Sequence[str] = CLASS_COLOURS) -> None:
    """Points (n, 2) in the colours of their groups; every k-th only, so that about MOST_DOTS remain."""
    every = -(-len(points) // MOST_DOTS)
    axes.scatter(*points[::every].T, s=3.0, c=[colours[group] for group in groups[::every]], linewidths=0)


def marker(axes, point: np.ndarray | Sequence[float]) -> None:
    """A ring at point (2,) that stands out on every colour."""
    axes.plot(*point, marker="o", markersize=9, fillstyle="none", color="white", markeredgewidth=4)
    axes.plot(*point, marker="o", markersize=9, fillstyle="none", color=INK, markeredgewidth=1.8)


def bell(z: np.ndarray, mean: float, std: float) -> np.ndarray:
    """The density of N(mean, std^2) at z."""
    return np.exp(-(((z - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))


def bars(figure: Figure, place: tuple[float, float, float, float], title: str, rows: Sequence[tuple[str, float, str]]) -> None:
    """Rows (words, value, colour) as bars from 0, each with its words and value above it."""
    axes = plane(figure, place, title)
    longest = max(1e-9, *(value for _, value, _ in rows))
    for row, (words, value, colour) in enumerate(rows):
        axes.barh(-row, value, height=0.36, color=colour)
        axes.text(0.01 * longest, -row + 0.24, f"{words} {value:.2f}", va="bottom", fontsize=9, color=INK)
    axes.set(xlim=(0, 1.05 * longest), ylim=(0.35 - len(rows), 0.75))


def pixels(figure: Figure, place: tuple[float, float, float, float], title: str, means: np.ndarray) -> None:
    """A decoded square image, means (pixels,) in [0, 1], drawn as ink on paper, as the widget does."""
    side = round(len(means) ** 0.5)
    levels = np.round(means.reshape(side, side) * (GREYS - 1)) / (GREYS - 1)  # few levels: equal on another machine
    plane(figure, place, title).imshow(levels, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")


def png(figure: Figure, more: Sequence[str] = ()) -> bytes:
    """The card as PNG bytes in a fixed palette with `more` colours, naming neither a date nor a version."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)  # by `card`
    canvas.draw()
    drawn = np.asarray(canvas.buffer_rgba())[..., :3]
    colours, places = np.unique(drawn.reshape(-1, 3), axis=0, return_inverse=True)
    palette = _palette(more)
    distance = ((colours[:, None, :].astype(int) - palette[None]) ** 2).sum(-1)
    image = Image.fromarray(distance.argmin(1).astype(np.uint8)[places].reshape(drawn.shape[:2]))
    image.putpalette(palette.flatten().tolist())
    written = io.BytesIO()
    image.save(written, format="png", optimize=True)
    return written.getvalue()


def _palette(more: Sequence[str]) -> np.ndarray:
    """(entries, 3): greys, and every colour of ours at full strength and twice thinned by white for smooth edges."""
    entries = [[round(255 * level / (GREYS - 1))] * 3 for level in range(GREYS)]
    for colour in (*CLASS_COLOURS, INK, MUTED, ACCENT, *more):
        full = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        entries += [[round(255 + (channel - 255) * strength) for channel in full] for strength in (1.0, 0.66, 0.33)]
    return np.array(entries)
