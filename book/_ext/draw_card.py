"""Draws what stands outside of the pages or in front of them: the picture of a link to the book, the README's, and the front page's figure.

`python book/_ext/draw_card.py` writes book/_static/card.png, which a chat shows, book/pictures/readme-*.png, and book/front_door.html, the
stored widget of the front page. No photograph is in them.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from PIL import Image

from vaelib import drawings, figures, pretrained
from vaelib.widgets import FrontDoor
from vaelib.widgets.mount import page_html

BOOK = Path(__file__).resolve().parents[1]
CARD, FIGURE = BOOK / "_static" / "card.png", BOOK / "front_door.html"
README = {scheme: BOOK / "pictures" / f"readme-{scheme}.png" for scheme in ("light", "dark")}
SIZE = (12, 6.3)  # inches at 100 dots: what link previews crop least
EXTENT = 3.0
PAPER, INK = {"light": "#ffffff", "dark": "#0d1117"}, {"light": "#1c2430", "dark": "#e8ecf1"}
ACCENT = {"light": "#0b5cad", "dark": "#6cb2ff"}
MODEL = "mnist-2d"


def strip(axes, scheme):
    """The pictures of the tour's places between two lines of the drawing: a digit, its two numbers, a digit."""
    model = pretrained.load(MODEL).float()
    x = drawings.read("stroke 3").float()
    z = model.encode(x[None]).mean[0]
    decoded = model.likelihood.mean(model.decode(z[None]))[0]
    codes = pretrained.read_codes(MODEL)
    left, middle, right = axes
    for place, picture in ((left, x), (right, decoded)):
        place.imshow(picture.reshape(28, 28), cmap="gray_r" if scheme == "light" else "gray", vmin=0, vmax=1, interpolation="nearest")
    colours = [figures.CLASS_COLOURS[label] for label in codes["label"].tolist()]
    middle.scatter(*codes["mean"].T, s=5, c=colours, linewidths=0, alpha=0.8)
    middle.plot(*z, "o", markersize=17, fillstyle="none", color=PAPER[scheme], markeredgewidth=7)
    middle.plot(*z, "o", markersize=17, fillstyle="none", color=ACCENT[scheme], markeredgewidth=3.5)
    middle.set(xlim=(-EXTENT, EXTENT), ylim=(-EXTENT, EXTENT), aspect="equal")
    for one in axes:
        one.set(xticks=[], yticks=[], facecolor=PAPER[scheme])
        for side in one.spines.values():
            side.set(color="#8b96a5", linewidth=1)


def door(figure, bottom, height, scheme):
    """Sheet, plane and picture from left to right, with the names of the two networks between them."""
    across = figure.get_figheight() / figure.get_figwidth()
    small, large = 0.5 * height * across, height * across
    gap = (1 - 0.12 - 2 * small - large) / 2
    lefts = (0.06, 0.06 + small + gap, 0.06 + small + 2 * gap + large)
    widths = (small, large, small)
    axes = [
        figure.add_axes((left, bottom + (height - width / across) / 2, width, width / across))
        for left, width in zip(lefts, widths, strict=True)
    ]
    strip(axes, scheme)
    for left, name in ((lefts[0] + small, "encoder"), (lefts[1] + large, "decoder")):
        middle = bottom + height / 2
        figure.text(left + gap / 2, middle + 0.02, name, color=ACCENT[scheme], size=14, weight="bold", ha="center", va="bottom")
        arrow = {"arrowstyle": "-|>", "color": ACCENT[scheme], "linewidth": 3, "mutation_scale": 22}
        points = [(left + edge * gap, middle) for edge in (0.15, 0.85)]
        figure.add_artist(plt.matplotlib.patches.FancyArrowPatch(*points, transform=figure.transFigure, **arrow))


def save(figure, path, colours):
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, facecolor=figure.get_facecolor(), dpi=100)
    plt.close(figure)
    Image.open(path).convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)


def draw_card(scheme="light"):
    figure = plt.figure(figsize=SIZE, dpi=100, facecolor=PAPER[scheme])
    figure.text(0.5, 0.9, "Variational Autoencoders by Hand", color=INK[scheme], size=38, weight="bold", ha="center", va="center")
    figure.text(0.5, 0.075, "A book to play with: draw a digit, drag the point", color=INK[scheme], size=22, ha="center", va="center")
    door(figure, 0.15, 0.66, scheme)
    save(figure, CARD, 48)


def draw_readme(scheme):
    figure = plt.figure(figsize=(10, 4), dpi=100, facecolor=PAPER[scheme])
    door(figure, 0.04, 0.92, scheme)
    save(figure, README[scheme], 48)


def store_figure():
    widget = FrontDoor()
    FIGURE.write_text(page_html(widget.page_name, widget.state(), widget._file_names(), widget.still()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    torch.set_num_threads(1)
    draw_card()
    for scheme in README:
        draw_readme(scheme)
    store_figure()
    for path in (CARD, *README.values(), FIGURE):
        print(f"{path.relative_to(BOOK)}: {path.stat().st_size / 1000:.0f} kB")
