"""The book's trained models: their files, their cards and how to load them. How they were made is in `recipes`.

Each model is NAME.encoder.safetensors, NAME.decoder.safetensors, NAME.codes.safetensors (codes of a set, for the pictures)
and NAME.json, the model card. `python -m vaelib.pretrained NAME` trains it again.
"""

import json
from pathlib import Path

from torch import Tensor

from vaelib.model import VAE
from vaelib.pretrained.storage import read_model, read_tensors

FOLDER = Path(__file__).parent
PARTS = ("encoder", "decoder", "codes")


def names() -> list[str]:
    """The models that are here, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def file_path(name: str, part: str) -> Path:
    """Where a part ("encoder", "decoder" or "codes") of a model lies. Raises ValueError on an unknown name or part."""
    if name not in names():
        raise ValueError(f"name must be one of {', '.join(names())}, got {name!r}")
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}, got {part!r}")
    return FOLDER / f"{name}.{part}.safetensors"


def load(name: str) -> VAE:
    """The model as the book's pages run it: int8 weights dequantized to float32, evaluation mode, gradients off."""
    return read_model(file_path(name, "encoder"), file_path(name, "decoder"))


def card(name: str) -> dict:
    """The model card: recipe, seed, data and its hash, ELBO of the stored file on the test images with its terms, sizes."""
    return json.loads(file_path(name, "encoder").with_name(f"{name}.json").read_text())


def read_codes(name: str) -> dict[str, Tensor]:
    """Codes of a set of images, float32: mean, log_var (n, latent); label (n,) int64; slant and thickness (n,) of the images
    as `vaelib.moments` measures them; and any stored projections (n, 2)."""
    tensors, _ = read_tensors(file_path(name, "codes"))
    return {key: value.long() if key == "label" else value.float() for key, value in tensors.items()}
