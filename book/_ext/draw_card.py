"""Draws book/_static/card.png, the picture that a link to the book shows in a chat. No page loads it, and no photograph is in it."""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from PIL import Image

from vaelib import pretrained

CARD = Path(__file__).resolve().parents[1] / "_static" / "card.png"
COLUMNS, ROWS, SIDE = 21, 11, 28
SIZE = (12, 6.3)  # inches at 100 dots: what link previews crop least


def draw():
    model = pretrained.load("mnist-2d")
    across, up = torch.linspace(-2.4, 2.4, COLUMNS), torch.linspace(1.6, -1.6, ROWS)
    plane = torch.stack([across.repeat(ROWS), up.repeat_interleave(COLUMNS)], dim=1)
    images = model.likelihood.mean(model.decode(plane)).reshape(ROWS, COLUMNS, SIDE, SIDE)
    sheet = images.permute(0, 2, 1, 3).reshape(ROWS * SIDE, COLUMNS * SIDE)
    figure = plt.figure(figsize=SIZE, dpi=100, facecolor="black")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.imshow(sheet.numpy(), cmap="gray", aspect="auto", interpolation="lanczos")
    axes.axis("off")
    figure.text(
        0.5,
        0.5,
        "Variational Autoencoders\nby Hand",
        color="white",
        size=44,
        weight="bold",
        ha="center",
        va="center",
        linespacing=1.3,
        bbox={"facecolor": "black", "edgecolor": "none", "pad": 18},
    )
    figure.savefig(CARD)
    plt.close(figure)
    Image.open(CARD).convert("L").quantize(12).save(CARD, optimize=True)


if __name__ == "__main__":
    draw()
    print(f"{CARD.name}: {CARD.stat().st_size / 1000:.0f} kB")
