"""The largest eigenvalues of the covariance of each data set's training images; writes vaelib/exercises/spectra.json.

`VAELIB_DATA_DIR=... .venv/bin/python benchmarks/spectra.py`, with pixels in [0, 1], four significant digits. No image is stored.
"""

import json
from pathlib import Path

import torch

from vaelib.data import load_digits8, load_mnist
from vaelib.exercises import MOST_EIGENVALUES

FILE = Path(__file__).parents[1] / "vaelib" / "exercises" / "spectra.json"


def largest(x):
    """The MOST_EIGENVALUES largest eigenvalues of the covariance of images x (n, pixels), falling."""
    return torch.linalg.eigvalsh(torch.cov(x.double().T)).flip(0)[:MOST_EIGENVALUES]


if __name__ == "__main__":
    spectra = {}
    for name, data in (("digits8", load_digits8()), ("mnist", load_mnist())):
        eigenvalues = [float(f"{value:.4g}") for value in largest(data.x_train).clamp(min=0).tolist()]
        spectra[name] = {"pixels": data.x_train.shape[1], "eigenvalues": eigenvalues}
    FILE.write_text(json.dumps(spectra) + "\n", encoding="utf-8")
