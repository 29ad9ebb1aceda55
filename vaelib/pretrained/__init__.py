"""The book's trained models: their files, their cards and how to load them. How they were made is in `recipes`.

Each model is NAME.encoder.safetensors, NAME.decoder.safetensors, NAME.codes.safetensors (codes of a set, for the pictures)
and NAME.json, the model card; all four carry the same 16 digits, so that no file of another training is taken for one of these.
`python -m vaelib.pretrained NAME` trains it again.
"""

import json
import re
from pathlib import Path

import torch
from torch import Tensor

from vaelib.files import read_tensors, shortened
from vaelib.model import VAE
from vaelib.storage import FORMAT, opened, read_parts

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
    """The model as the book's pages run it: int8 weights dequantized, torch's default dtype, evaluation mode, gradients off.

    Raises OSError when a file is damaged or the files do not belong together.
    """
    for part in ("encoder", "decoder"):
        _require_same_model(name, read_tensors(file_path(name, part))[1], part)
    return read_parts(file_path(name, "encoder"), file_path(name, "decoder"))


def card(name: str) -> dict:
    """The model card: recipe, seed, data and its hash, ELBO of the stored file on the test images with its terms, sizes."""
    return json.loads(file_path(name, "encoder").with_name(f"{name}.json").read_text())


def read_codes(name: str) -> dict[str, Tensor]:
    """Codes of a set of images, float32: mean, log_var (n, latent); label (n,) int64; slant and thickness (n,) of the images
    as `vaelib.moments` measures them; and any stored projections (n, 2). Raises OSError as `load` does."""
    tensors, metadata = read_codes_file(file_path(name, "codes"))
    _require_same_model(name, metadata, "codes")
    return {key: value.long() if key == "label" else value.float() for key, value in tensors.items()}


def read_codes_file(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors, as they are stored, and metadata of any codes file. Raises OSError when it does not hold just what it must."""
    tensors, metadata = opened(path, "codes")
    _check_codes(path, tensors, metadata)
    return tensors, metadata


def _require_same_model(name: str, metadata: dict[str, str], part: str) -> None:
    wanted = {"format": FORMAT, "part": part, "model": card(name).get("model")}
    got = {key: metadata.get(key) for key in wanted}
    if got != wanted:
        raise OSError(f"{file_path(name, part)} must be the {part} of {name}'s card, {wanted}, got {shortened(got)}")


def _check_codes(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    mean = tensors.get("mean")
    if mean is None or mean.dim() != 2 or mean.numel() == 0:
        raise OSError(f"{path} must hold mean of shape (n, latent), got {None if mean is None else tuple(mean.shape)}")
    n, latent = mean.shape
    shapes = {"mean": (n, latent), "log_var": (n, latent), "label": (n,), "slant": (n,), "thickness": (n,)}
    views: dict[str, tuple[int, ...]] = {"pca": (n, 2), "pca.components": (2, latent), "pca.centre": (latent,)}
    perplexities = [one for one in metadata.get("perplexities", "").split(",") if one]
    if perplexities or views.keys() & tensors.keys():
        if not perplexities or not all(re.fullmatch("[1-9][0-9]{0,3}", one) for one in perplexities):
            raise OSError(
                f'{path} must name the perplexities of its views, such as "5,30", got {shortened(metadata.get("perplexities"))!r}'
            )
        shapes |= views | {f"tsne.{one}": (n, 2) for one in perplexities}
    wanted = shapes
    for key in wanted.keys() | tensors.keys():
        tensor, shape = tensors.get(key), wanted.get(key)
        kind = torch.uint8 if key == "label" else torch.float32 if key in ("pca.components", "pca.centre") else torch.float16
        if tensor is None or shape is None or tuple(tensor.shape) != shape or tensor.dtype != kind:
            got = "no such tensor" if tensor is None else f"{tuple(tensor.shape)} in {tensor.dtype}"
            raise OSError(f"{path} must hold {shortened(key)} as {shape} in {kind}, got {got}")
        if not torch.isfinite(tensor).all():
            raise OSError(f"{path} must hold finite numbers, got NaN or infinity in {key}")
    if tensors["label"].max() > 9:
        raise OSError(f"{path} must hold labels 0 to 9, got {tensors['label'].max()}")
