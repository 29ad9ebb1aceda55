"""What wider and deeper networks reached on 500 of the 8x8 digits: a stored sweep. `benchmarks/capacity.py` makes it in some 15 minutes."""

from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from vaelib.files import read_tensors
from vaelib.pretrained import FOLDER

SWEEP = FOLDER / "digits8.capacity.safetensors"
TOSSES = ("once", "anew")  # the training images are tossed once before training, or anew for each batch
DEPTHS = (1, 2, 3)
WIDTHS = (4, 8, 16, 32, 64, 128, 256)
SEEDS = (0, 1, 2)
LATENTS = 8
SHEET = 12  # draws from the prior, decoded by the model of the first seed
LEVELS = 16  # of grey in a stored sheet
PAIRS = {"dense": ((12,), (38,), (130,)), "convolutional": ((4, 8), (8, 16), (16, 32))}  # of nearly equal numbers of weights


class Capacity(NamedTuple):
    """train, held_out: the ELBO of an image in nats. kl: its KL on held-out images. All (toss, depth, width, seed), in the order of the
    constants above. weights (depth, width): how many numbers are trained. sheets (toss, depth, width, SHEET, 64): the means of decoded
    draws, in [0, 1].

    pair_train, pair_held_out (kind, size, seed), pair_weights (kind, size), pair_sheets (kind, size, SHEET, 64): the same of `PAIRS`,
    all tossed anew.
    """

    train: Tensor
    held_out: Tensor
    kl: Tensor
    weights: Tensor
    sheets: Tensor
    pair_train: Tensor
    pair_held_out: Tensor
    pair_weights: Tensor
    pair_sheets: Tensor


def read_capacity(path: Path = SWEEP) -> Capacity:
    """The stored sweep. Raises OSError on a missing or damaged file."""
    tensors, _ = read_tensors(path)
    missing = set(Capacity._fields) - set(tensors)
    if missing:
        raise OSError(f"{path} must hold the tensors of a sweep, got none called {', '.join(sorted(missing))}")
    sheets = {name: tensors[name].float() / LEVELS for name in ("sheets", "pair_sheets")}
    return Capacity(**{name: tensors[name] for name in Capacity._fields} | sheets)
