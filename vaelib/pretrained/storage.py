"""Weight files that torch and the book's pages both read: int8 rows in safetensors. No training, no model cards.

An encoder and a decoder are separate files. A dense layer L is `L.weight` (int8, out x in) with `L.weight.scale` (float32,
one per row; weight = int8 * scale) and `L.bias` (float32). A layer of fewer than SMALL_LAYER weights keeps them in float32:
the layers beside the latent are that small, and rounding them moves the whole latent space. safetensors runs no code on
loading and checks its own bounds.
"""

import json
import os
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from vaelib.model import VAE
from vaelib.networks import Decoder, Encoder

FORMAT = "vaelib 1"
LIKELIHOOD = "bernoulli"
SMALL_LAYER = 4096


def quantize_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    """weight (out, in) -> int8 (out, in) and float32 scale (out,), the largest entry of a row at 127."""
    scale = weight.abs().amax(1).clamp(min=1e-12) / 127
    return (weight / scale[:, None]).round().to(torch.int8), scale.float()


def write_network(network: Encoder | Decoder, path: Path) -> None:
    """Write one network of a model with Bernoulli pixels. The file appears whole or not at all: written beside, then moved.

    Raises ValueError when a weight is NaN or infinite.
    """
    tensors = {}
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Linear):
            weight = layer.weight.detach().float()
            if not (torch.isfinite(weight).all() and torch.isfinite(layer.bias).all()):
                raise ValueError(f"weights must be finite, got NaN or infinity in layer {name}")
            if weight.numel() >= SMALL_LAYER:
                weight, tensors[f"{name}.weight.scale"] = quantize_rows(weight)
            tensors |= {f"{name}.weight": weight, f"{name}.bias": layer.bias.detach().float()}
    part = "encoder" if isinstance(network, Encoder) else "decoder"
    metadata = {"format": FORMAT, "part": part, "activation": network.activation, "likelihood": LIKELIHOOD}
    write_tensors(tensors, path, metadata)


def write_tensors(tensors: dict[str, Tensor], path: Path, metadata: dict[str, str]) -> None:
    """Write named tensors to a safetensors file, whole or not at all; the same tensors and metadata make the same bytes."""
    temporary = path.with_suffix(".partial")
    temporary.write_bytes(_in_order(save({name: t.contiguous() for name, t in tensors.items()}, metadata=metadata)))
    os.replace(temporary, path)


def _in_order(file: bytes) -> bytes:
    """A safetensors file with its metadata sorted by name: the library writes them in an order that changes from run to run."""
    end = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the format aligns the tensors to eight bytes
    return len(text).to_bytes(8, "little") + text + file[end:]


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """All tensors and the metadata of a safetensors file. Raises OSError that names the file when it is missing or damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
    except FileNotFoundError as error:
        raise OSError(f"{path} must be a safetensors file, got no file there") from error
    except OSError as error:
        raise OSError(f"{path} must be a safetensors file, got something that cannot be read: {error}") from error
    except SafetensorError as error:
        raise OSError(f"{path} must be a whole safetensors file, got a damaged one: {error}") from error


def read_network(path: Path) -> Encoder | Decoder:
    """The network a file holds, weights dequantized to float32. Raises OSError on a damaged file or one of another kind."""
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT or metadata.get("part") not in ("encoder", "decoder"):
        raise OSError(f"{path} must be an encoder or decoder in format {FORMAT!r}, got metadata {metadata}")
    if metadata.get("likelihood") != LIKELIHOOD:
        raise OSError(f"{path} must hold a network for Bernoulli pixels, got likelihood {metadata.get('likelihood')!r}")
    try:
        state = {name: _dequantized(name, tensors) for name in tensors if not name.endswith(".scale")}
        depth = sum(name.startswith("hidden.") and name.endswith(".weight") for name in state)
        hidden = [len(state[f"hidden.{i}.bias"]) for i in range(depth)]
        inputs = state["hidden.0.weight" if depth else "mean.weight"].shape[1]
        settings = {"hidden": hidden, "activation": metadata["activation"]}
        if metadata["part"] == "encoder":
            network = Encoder(inputs, len(state["mean.bias"]), **settings)
        else:
            network = Decoder(inputs, len(state["output.bias"]), **settings)
        network.load_state_dict(state)
    except (KeyError, IndexError, RuntimeError, TypeError, ValueError) as error:
        shapes = {name: tuple(tensor.shape) for name, tensor in sorted(tensors.items())}
        raise OSError(f"{path} must hold the layers of one {metadata['part']}, got {shapes}: {error}") from error
    if not all(torch.isfinite(weight).all() for weight in network.parameters()):
        raise OSError(f"{path} must hold finite weights, got NaN or infinity")
    return network


def read_model(encoder_path: Path, decoder_path: Path) -> VAE:
    """A VAE from its two files, in evaluation mode, gradients off. Raises OSError when they do not belong together."""
    encoder, decoder = read_network(encoder_path), read_network(decoder_path)
    if not (isinstance(encoder, Encoder) and isinstance(decoder, Decoder)):
        kinds = f"{type(encoder).__name__} and {type(decoder).__name__}"
        raise OSError(f"{encoder_path} and {decoder_path} must be an encoder and a decoder, got {kinds}")
    sizes = (encoder.pixels, encoder.mean.out_features), (decoder.output.out_features, decoder.latent_dim)
    if sizes[0] != sizes[1]:
        raise OSError(f"{encoder_path} and {decoder_path} must agree on (pixels, latent), got {sizes[0]} and {sizes[1]}")
    model = VAE(*sizes[0], hidden=[layer.out_features for layer in encoder.hidden], activation=encoder.activation)
    model.encoder, model.decoder = encoder, decoder
    return model.eval().requires_grad_(False)


def _dequantized(name: str, tensors: dict[str, Tensor]) -> Tensor:
    tensor = tensors[name]
    if tensor.dtype == torch.int8:
        return tensor.float() * tensors[f"{name}.scale"][:, None]
    return tensor.float()
