"""The 8x8 digits as a page fetches them: one file, greys in sixteenths. `python -m vaelib.pretrained.images` writes it."""

from pathlib import Path

import torch
from torch import Tensor

from vaelib.data import load_digits8
from vaelib.files import read_tensors, write_tensors
from vaelib.pretrained import FOLDER
from vaelib.storage import FORMAT

LEVELS = 16
IMAGES = FOLDER / "digits8.images.safetensors"


def write_images(path: Path = IMAGES) -> None:
    """grey (1797, 64) uint8 in 0..16 and label (1797,) uint8 of `load_digits8()`: the training images, whose number is stored, first."""
    data = load_digits8()
    grey = (LEVELS * torch.cat([data.x_train, data.x_test])).round().to(torch.uint8)
    label = torch.cat([data.y_train, data.y_test]).to(torch.uint8)
    about = {"format": FORMAT, "part": "images", "levels": str(LEVELS), "train": str(len(data.x_train))}
    write_tensors({"grey": grey, "label": label}, path, about)


def read_images(path: Path = IMAGES) -> tuple[Tensor, Tensor]:
    """x (1797, 64) float32 in [0, 1] and label (1797,) int64. Raises OSError on a damaged file."""
    tensors, _ = read_tensors(path)
    return tensors["grey"].float() / LEVELS, tensors["label"].long()


if __name__ == "__main__":
    write_images()
