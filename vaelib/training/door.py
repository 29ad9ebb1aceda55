"""What `fit`, `evaluate` and `score` refuse at the door, and the words in which they do. Nothing here draws or trains."""

import math
from numbers import Real

import torch
from torch import Tensor

from vaelib.bounds import Elbo, elbo
from vaelib.model import VAE, evaluating
from vaelib.schedules import Schedule, constant

CHUNK = 1000  # images looked at at once: a memory-mapped set is never held whole


def as_schedule(name: str, value: float | Schedule) -> Schedule:
    """A number or a schedule as a schedule that refuses what is no finite number >= 0, at its start now and at each step."""
    schedule = value if callable(value) else constant(value)

    def checked(progress: float) -> float:
        now = schedule(progress)
        if not isinstance(now, Real) or isinstance(now, bool) or not math.isfinite(now) or now < 0:
            raise ValueError(f"{name} must be a finite number >= 0 throughout, got {now!r} at progress {progress:g}")
        return float(now)

    checked(0.0)
    return checked


def pixels_of(x: Tensor, dtype: torch.dtype) -> Tensor:
    """Images in the model's dtype: bytes are greys of 0..255 and stand for x / 255."""
    return x if x.dtype == dtype else x.to(dtype).div_(255)


def check_model(model: VAE) -> None:
    """Raises ValueError for weights that are half or not finite, and under autocast."""
    for name, weight in model.named_parameters():
        if weight.dtype == torch.float16:
            raise ValueError("model must not be float16, whose range ends at 65504 and overflows here; call model.float() or .bfloat16()")
        if weight.device.type != "meta" and not torch.isfinite(weight).all():
            count = int((~torch.isfinite(weight)).sum())
            raise ValueError(f"model must have finite weights, got {count} in {name} that are NaN or infinite; begin with a fresh model")
    device = device_of(model).type
    if device != "meta" and torch.is_autocast_enabled(device):
        raise ValueError(
            "this must run outside torch.autocast, which keeps stale copies of the weights and rounds sums of nats; "
            "for speed use model.bfloat16() or torch.set_float32_matmul_precision('medium')"
        )


def device_of(model: VAE) -> torch.device:
    """Where the model's weights lie."""
    return next(model.parameters()).device


def dtype_of(model: VAE) -> torch.dtype:
    """The floating-point type of the model's weights."""
    return next(model.parameters()).dtype


@torch.no_grad()
def check_images(model: VAE, name: str, x: Tensor) -> float:
    """The largest absolute value of a set of images. Raises ValueError unless they are as the model and its likelihood want them."""
    wanted = f"{name} must be a tensor of shape (n, {model.pixels}) with n >= 1"
    if not isinstance(x, Tensor):
        raise ValueError(f"{wanted}, got {type(x).__name__}{_way_out(x)}")
    if x.dim() != 2 or x.shape[1] != model.pixels or len(x) == 0:
        flat = x.dim() > 2 and len(x) > 0 and math.prod(x.shape[1:]) == model.pixels
        raise ValueError(f"{wanted}, got {tuple(x.shape)}" + ("; flatten the images: x.flatten(1)" if flat else ""))
    dtype, device = dtype_of(model), device_of(model)
    if x.dtype not in (dtype, torch.uint8):
        way = {torch.float32: "x.float()", torch.float64: "x.double()"}.get(dtype, f"x.to({dtype})")
        raise ValueError(f"{name} must have the model's dtype {dtype}, or be bytes of 0..255 (uint8), got {x.dtype}; call {way}")
    if x.device != device:
        raise ValueError(f"{name} must lie where the model does, on {device}, got {x.device}; call x.to({str(device)!r}) or model.to(...)")
    largest = 0.0
    if device.type == "meta":
        return largest
    for start in range(0, len(x), CHUNK):
        rows = pixels_of(x[start : start + CHUNK], dtype)
        reach = max(abs(value.item()) for value in torch.aminmax(rows))
        if not math.isfinite(reach):
            raise ValueError(f"{name} must be finite, got {_not_finite(x)} values that are NaN or infinite")
        try:  # the likelihood knows its own support
            model.likelihood.check(rows)
        except ValueError as error:
            raise ValueError(f"{name} is not what the model's likelihood describes: {error}") from error
        largest = max(largest, reach)
    return largest


@torch.no_grad()
def check_parts(model: VAE, x: Tensor) -> Elbo:
    """The ELBO of two images with z at the mean of q. Raises ValueError unless encoder, decoder and likelihood give the right shapes.

    It is tried with three draws of two images: three and two are no usual number of pixels or latents, so that no shape fits by chance.
    """
    with evaluating(model):
        rows = pixels_of(x[:2], dtype_of(model))
        noise = torch.zeros(3, len(rows), model.latent_dim, dtype=rows.dtype, device=rows.device)
        return elbo(rows, model.encode(rows), noise, decode=model.decode, likelihood=model.likelihood, prior=model.prior)


def check_tosses(model: VAE, x_validation: Tensor | None) -> None:
    """Raises ValueError where x cannot be the probabilities of pixels to be tossed, or the validation images are not tosses."""
    try:
        model.likelihood.check(torch.full((1, model.pixels), 2.0, dtype=dtype_of(model), device=device_of(model)))
    except ValueError:
        pass
    else:
        raise ValueError(
            "resample_pixels tosses each pixel to 0 or 1 and is for binary pixels, got a likelihood whose pixels may be 2: "
            f"{model.likelihood}; leave resample_pixels out"
        )
    if x_validation is None:
        return
    one = 255 if x_validation.dtype == torch.uint8 else 1
    if not all(((part == 0) | (part == one)).all() for part in x_validation.split(CHUNK)):
        raise ValueError(
            f"x_validation must hold 0 and {one} where resample_pixels tosses x, or the two scores would not compare; "
            "got greys: binarize it once, with a seed"
        )


def _not_finite(x: Tensor) -> int:
    return sum(int((~torch.isfinite(part)).sum()) for part in x.split(CHUNK))


def _way_out(x: object) -> str:
    if type(x).__module__.split(".")[0] == "numpy":
        return "; call torch.from_numpy(x), then .float() unless it holds bytes"
    if isinstance(x, torch.utils.data.DataLoader | torch.utils.data.Dataset):
        return (
            "; batches are drawn here, from one tensor in memory or mapped from a file (torch.from_file): hand over the images themselves"
        )
    if isinstance(x, tuple):
        return "; a VAE is trained on images alone: hand over x of (x, y)"
    if isinstance(x, list):
        return "; call torch.stack(x) on a list of tensors, torch.tensor(x) on numbers"
    return ""
