"""The spectra of the two data sets that the book speaks of: eigenvalues of the covariance of their images. No images."""

import json
from pathlib import Path

import torch
from torch import Tensor

MOST_EIGENVALUES = 64
_FILE = Path(__file__).with_name("spectra.json")  # made by benchmarks/spectra.py


def data_spectrum(name: str) -> Tensor:
    """(64,): the largest eigenvalues, falling, of the covariance of the training images of "digits8" or "mnist", pixels in [0, 1].

    The sum of all eigenvalues is the total variance of the pixels; each is that of one principal component. float64, four digits.
    Raises ValueError on another name.
    """
    stored = read_spectra()
    if name not in stored:
        raise ValueError(f"wanted the name of a data set, {' or '.join(map(repr, stored))}, got {name!r}")
    return torch.tensor(stored[name]["eigenvalues"], dtype=torch.float64)


def read_spectra() -> dict[str, dict]:
    """name -> {"pixels": int, "eigenvalues": list of floats}."""
    return json.loads(_FILE.read_text(encoding="utf-8"))
