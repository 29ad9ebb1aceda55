"""Models in files that say in words what they hold: the format "vaelib 2", which torch and the book's pages both read.

The metadata name the networks, the likelihood and the prior; the tensors are exactly those that the words imply. What a reader
does not know is refused. `save` and `load` keep a whole model in one file; the pages' encoder and decoder are separate files, their
large matrices in int8: `L.weight` (out x in) with `L.weight.scale` (float32, one per row; weight = int8 * scale), or in float16.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from vaelib.files import read_tensors, shortened, write_tensors
from vaelib.likelihoods import Bernoulli, Gaussian
from vaelib.model import VAE
from vaelib.networks import ConvDecoder, ConvEncoder, Decoder, Encoder
from vaelib.priors import StandardNormal

FORMAT = "vaelib 2"
SMALL_LAYER = 4096  # a matrix of fewer weights stays float32: those beside the latent are that small, and rounding them moves all of it
KINDS = {part.kind: part for part in (Encoder, Decoder, ConvEncoder, ConvDecoder, Bernoulli, Gaussian, StandardNormal)}
FLOATS = (torch.float32, torch.float64, torch.bfloat16)
PARTS = ("encoder", "decoder", "likelihood", "prior")


def save(model: VAE, path: str | Path) -> None:
    """Write a model to one file, whole or not at all, its weights as they are.

    Raises ValueError when a weight is NaN or infinite, or a part cannot say what it is (`spec`); OSError when the disk refuses.
    """
    tensors = {f"{part}.{name}": tensor for part in PARTS for name, tensor in _state(model, part).items()}
    metadata = {"format": FORMAT, "part": "model", "model": identity(model), "pixels": str(model.pixels)}
    write_tensors(tensors, Path(path), metadata | {part: _words(model, part) for part in PARTS})


def load(path: str | Path, *, kinds: Mapping[str, type] | None = None) -> VAE:
    """The model that `save` wrote, in evaluation mode, gradients on.

    kinds: for parts of your own, the class for each `kind` that its `spec()` names; it is called with the other entries.
    Raises OSError on a damaged file, one of another format, or one with a part that nobody knows.
    """
    path = Path(path)
    tensors, metadata = opened(path, "model")
    parts = {part: _built(path, metadata, part, _under(tensors, part), kinds, keep_dtype=True) for part in PARTS}
    if rest := sorted(name for name in tensors if name.split(".")[0] not in PARTS):
        raise OSError(f"{path} must hold only the tensors of its parts, got {shortened(rest[0])!r} too")
    return _composed(path, parts, pixels=metadata.get("pixels")).eval()


def write_parts(model: VAE, encoder_path: Path, decoder_path: Path, *, half: Sequence[str] = ()) -> None:
    """Write a model as the pages fetch it: the encoder in one file, decoder, likelihood and prior in another, matrices in int8.

    half: matrices to keep in float16 instead, such as "encoder.hidden.1.weight": twice the bytes, a thousandth of the error.
    Raises ValueError as `save` does, and for a name in `half` that is no large matrix of the model.
    """
    kept = {part: {name for name in half if name.startswith(f"{part}.")} for part in ("encoder", "decoder")}
    packed = {part: _quantized(_state(model, part), {name.split(".", 1)[1] for name in kept[part]}) for part in kept}
    if unknown := sorted(set(half) - kept["encoder"] - kept["decoder"]):
        raise ValueError(f"half must name matrices of the encoder or decoder, got {unknown[0]!r}")
    head = {"format": FORMAT, "model": identity(model)}
    posterior = json.dumps({"kind": "diagonal gaussian"})
    encoder = head | {"part": "encoder", "network": _words(model, "encoder"), "posterior": posterior}
    decoder = head | {"part": "decoder", "network": _words(model, "decoder")}
    decoder |= {part: _words(model, part) for part in ("likelihood", "prior")}
    beside = {f"{part}.{name}": tensor for part in ("likelihood", "prior") for name, tensor in _state(model, part).items()}
    write_tensors(packed["encoder"], encoder_path, encoder)
    write_tensors(packed["decoder"] | beside, decoder_path, decoder)


def read_parts(encoder_path: Path, decoder_path: Path) -> VAE:
    """A VAE from its two files, dequantized, in torch's default dtype and evaluation mode, gradients off.

    Raises OSError on a damaged file, and when the two do not come from one trained model.
    """
    encoder_tensors, about_encoder = opened(encoder_path, "encoder")
    decoder_tensors, about_decoder = opened(decoder_path, "decoder")
    if about_encoder["model"] != about_decoder["model"]:
        raise OSError(
            f"{encoder_path} and {decoder_path} must come from one trained model, got {about_encoder['model']} and {about_decoder['model']}"
        )
    if _spec(encoder_path, about_encoder, "posterior") != {"kind": "diagonal gaussian"}:
        raise OSError(f"{encoder_path} must give a diagonal gaussian, got {shortened(about_encoder.get('posterior'))}")
    beside = {part: _under(decoder_tensors, part) for part in ("likelihood", "prior")}
    own = {name: tensor for name, tensor in decoder_tensors.items() if name.split(".")[0] not in beside}
    parts = {
        "encoder": _built(encoder_path, about_encoder, "network", encoder_tensors),
        "decoder": _built(decoder_path, about_decoder, "network", own),
    } | {part: _built(decoder_path, about_decoder, part, tensors) for part, tensors in beside.items()}
    return _composed(decoder_path, parts, pixels=None).eval().requires_grad_(False)


def identity(model: VAE) -> str:
    """16 hexadecimal digits that stand for these weights: all files of one trained model carry the same."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode() + tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:16]


def quantize_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    """weight (out, in) -> int8 (out, in) and float32 scale (out,), the largest entry of a row at 127."""
    scale = weight.abs().amax(1).clamp(min=1e-12) / 127
    return (weight / scale[:, None]).round().to(torch.int8), scale.float()


def _quantized(state: dict[str, Tensor], half: set[str]) -> dict[str, Tensor]:
    large = {name for name, tensor in state.items() if tensor.dim() == 2 and tensor.numel() >= SMALL_LAYER}
    if half - large:
        raise ValueError(
            f"half must name matrices of {SMALL_LAYER} weights or more, one of {', '.join(sorted(large))}, got {min(half - large)!r}"
        )
    tensors = {}
    for name, tensor in state.items():
        tensors[name] = tensor.half() if name in half else tensor.float()
        if not torch.isfinite(tensors[name]).all():
            raise ValueError(f"{name} must lie within the range of float16 to be kept in it")
        if name in large - half:
            tensors[name], tensors[f"{name}.scale"] = quantize_rows(tensor.float())
    return tensors


def _state(model: VAE, part: str) -> dict[str, Tensor]:
    module = getattr(model, part)
    state = {name: tensor.detach() for name, tensor in module.state_dict().items()} if isinstance(module, nn.Module) else {}
    for name, tensor in state.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"weights must be finite to be stored, got NaN or infinity in {part}.{name}")
    return state


def _words(model: VAE, part: str) -> str:
    module = getattr(model, part)
    if not callable(getattr(module, "spec", None)):
        raise ValueError(
            f"{part} {type(module).__name__} must say what it is to be stored: give it a method spec() that returns "
            '{"kind": a name, and each argument it is built with}'
        )
    spec = module.spec()
    known = KINDS.get(spec.get("kind"))
    if known is not None and type(module) is not known:
        raise ValueError(f'{part} {type(module).__name__} must have a kind of its own, got "{spec["kind"]}", which is {known.__name__}')
    return json.dumps(spec)


def opened(path: Path, part: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of a file of that part. Raises OSError when it is damaged, of another format or of another part."""
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT or metadata.get("part") != part:
        got = f"format {shortened(metadata.get('format'))!r}, part {shortened(metadata.get('part'))!r}"
        raise OSError(f"{path} must be the {part} of a model, in format {FORMAT!r}, got {got}")
    if len(metadata.get("model", "")) != 16 or set(metadata["model"]) - set("0123456789abcdef"):
        raise OSError(f"{path} must name its trained model in 16 hexadecimal digits, got {shortened(metadata.get('model'))!r}")
    return tensors, metadata


def _spec(path: Path, metadata: dict[str, str], part: str) -> dict:
    try:
        spec = json.loads(metadata[part], parse_constant=lambda word: None)
    except (KeyError, ValueError, RecursionError) as error:
        raise OSError(f"{path} must say in words what its {part} is, got {shortened(metadata.get(part))!r}") from error
    if not isinstance(spec, dict) or not isinstance(spec.get("kind"), str):
        raise OSError(f"{path} must say in words what its {part} is, got {shortened(metadata[part])!r}")
    return spec


def _built(
    path: Path,
    metadata: dict[str, str],
    part: str,
    tensors: dict[str, Tensor],
    kinds: Mapping[str, type] | None = None,
    *,
    keep_dtype: bool = False,
):
    """The part that a spec describes, with its tensors. Nothing large is built before every shape has been checked."""
    spec = _spec(path, metadata, part)
    known = KINDS | dict(kinds or {})
    if spec["kind"] not in known:
        raise OSError(
            f"{path} holds a {part} of kind {shortened(spec['kind'])!r}, which is none of {', '.join(known)}; "
            "load(path, kinds={kind: class}) takes one of your own"
        )
    settings = {name: value for name, value in spec.items() if name != "kind"}
    try:
        if part in ("network", "encoder", "decoder"):
            with torch.device("meta"):
                module = known[spec["kind"]](**settings)
            _dequantized(tensors, module)
        module = known[spec["kind"]](**settings)
        state = _dequantized(tensors, module)
        if isinstance(module, nn.Module):
            for dtype in {tensor.dtype for tensor in state.values() if keep_dtype and tensor.is_floating_point()}:
                module.to(dtype)
            module.load_state_dict(state)
        if spec["kind"] in KINDS and _canonical(module.spec()) != _canonical(spec):
            raise ValueError(f"a {spec['kind']} of these words would say {json.dumps(module.spec())}")
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise OSError(f"{path} must hold the {part} that its words describe, {shortened(metadata[part])}: {shortened(error)}") from error
    return module


def _canonical(spec: dict) -> str:
    """Words in one order and 3 as 3.0, so that equal ones are equal; true is not 1."""
    return json.dumps(json.loads(json.dumps(spec), parse_int=float), sort_keys=True)


def _dequantized(tensors: dict[str, Tensor], module: object) -> dict[str, Tensor]:
    """The tensors under the names and of the shapes that the module wants, int8 rows times their scale. Raises ValueError on any other."""
    state: dict[str, Tensor] = {}
    used = set()
    for name, wanted in module.state_dict().items() if isinstance(module, nn.Module) else ():
        shape = wanted.shape
        if name not in tensors or tensors[name].shape != shape:
            got = tuple(tensors[name].shape) if name in tensors else "none"
            raise ValueError(f"{name} must have shape {tuple(shape)}, got {got}")
        tensor = tensors[name]
        used.add(name)
        if tensor.dtype == torch.int8 and len(shape) == 2:
            scale = tensors.get(f"{name}.scale")
            if scale is None or scale.dtype != torch.float32 or scale.shape != shape[:1]:
                raise ValueError(f"{name}.scale must be float32 of shape {(shape[0],)}")
            used.add(f"{name}.scale")
            tensor = tensor.float() * scale[:, None]
        if tensor.dtype == torch.float16 and len(shape) == 2:
            tensor = tensor.float()
        if tensor.dtype != wanted.dtype and tensor.dtype not in FLOATS:
            raise ValueError(f"{name} must be a float, or int8 with a scale for each row, got {tensor.dtype}")
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{name} must be finite, got NaN or infinity")
        state[name] = tensor
    if tensors.keys() - used:
        raise ValueError(f"no tensor called {sorted(tensors.keys() - used)[0]!r} is wanted")
    return state


def _under(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    return {name.removeprefix(f"{part}."): tensor for name, tensor in tensors.items() if name.startswith(f"{part}.")}


def _composed(path: Path, parts: dict, *, pixels: str | None) -> VAE:
    try:
        known = int(pixels) if pixels is not None else None
        return VAE(parts["encoder"], parts["decoder"], likelihood=parts["likelihood"], prior=parts["prior"], pixels=known)
    except ValueError as error:
        raise OSError(f"{path} must hold parts that fit each other: {error}") from error
