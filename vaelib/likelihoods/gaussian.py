"""Gaussian pixels: each is a real number, the decoder gives its mean, and the standard deviation is shared by all images."""

import math
from numbers import Real

import torch
from torch import Generator, Tensor, nn

from vaelib.checks import require_values
from vaelib.likelihoods.protocol import require_pixels
from vaelib.noise import standard_normal


class Gaussian(nn.Module):
    """Real-valued pixels: p(x|z) = N(output, diag std**2), one std for all pixels or one for each.

    std: the standard deviation (not the variance), > 0, in units of x: a number, or a tensor or list (pixels,).
    learn_std: let `fit` train it. min_std: a floor under a learned std, in units of x; by default a thousandth of the smallest `std`
    given. Without one a pixel that never changes would make the density grow without end as its std shrinks.
    """

    kind = "gaussian"
    numbers = 1
    log_factor: nn.Parameter
    _start: Tensor
    learn_std: bool
    min_std: float

    def __init__(self, std: float | Tensor | list[float] = 1.0, *, learn_std: bool = False, min_std: float | None = None):
        super().__init__()
        start = _checked_std(std)
        if min_std is None:
            min_std = 1e-3 * start.min().item() if learn_std else 0.0
        if isinstance(min_std, bool) or not isinstance(min_std, Real) or not 0 <= min_std < start.min().item():
            raise ValueError(f"min_std must be a number >= 0 below std, got {min_std!r} for a least std of {start.min().item():g}")
        # What is learned is a factor, so that the std given is exact in float32 and in float64 alike.
        self.log_factor = nn.Parameter(torch.zeros(start.shape), requires_grad=bool(learn_std))
        self._start, self.learn_std, self.min_std = start, bool(learn_std), float(min_std)

    def extra_repr(self) -> str:
        shown = f"{self.std.item():.4g}" if self._start.dim() == 0 else f"{len(self._start)} values"
        return f"std={shown}, learn_std={self.learn_std}"

    def spec(self) -> dict:
        """The words that a stored file keeps; what was learned is a tensor beside them."""
        return {"kind": self.kind, "std": self._start.tolist(), "learn_std": self.learn_std, "min_std": self.min_std}

    @property
    def std(self) -> Tensor:
        """The standard deviation, shape () or (pixels,), in units of x."""
        std = self._start.to(self.log_factor) * self.log_factor.exp()
        return (std**2 + self.min_std**2).sqrt() if self.learn_std else std

    @std.setter
    def std(self, value: float | Tensor) -> None:
        """Set it by hand, for example to the root mean square of the residuals, which is its best value for a given decoder."""
        start = _checked_std(value if isinstance(value, Tensor) else float(value))
        if start.shape != self._start.shape or not (start > self.min_std).all():
            raise ValueError(f"std must have shape {tuple(self._start.shape)} and lie above min_std = {self.min_std:g}, got {value!r}")
        squared = start**2 - self.min_std**2 if self.learn_std else start**2
        self.log_factor.data = (0.5 * squared.log() - self._start.log()).to(self.log_factor)

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless x is finite and has as many pixels as there are stds."""
        require_values("x", x)
        if not torch.isfinite(x).all():
            raise ValueError("Gaussian pixels must be finite, got NaN or infinity in x")
        if self._start.dim() and x.shape[-1] != len(self._start):
            raise ValueError(f"x must have as many pixels as std, got {x.shape[-1]} and {len(self._start)}")

    def log_prob(self, x: Tensor, output: Tensor) -> Tensor:
        """log N(x; output, diag std**2): (..., pixels) -> (...), in nats. Raises ValueError on a wrong last axis."""
        require_pixels(x, output)
        if self._start.dim() and x.shape[-1] != len(self._start):
            raise ValueError(f"x must have as many pixels as std, got {x.shape[-1]} and {len(self._start)}")
        std = self.std
        return -(0.5 * (math.log(2 * math.pi) + ((x - output) / std) ** 2) + std.log()).sum(-1)

    def mean(self, output: Tensor) -> Tensor:
        """E[x|z] = output: (..., pixels) -> (..., pixels)."""
        return output

    def sample(self, output: Tensor, generator: Generator) -> Tensor:
        """One draw of every pixel: output + std * noise, (..., pixels) -> (..., pixels)."""
        return output + self.std * standard_normal(tuple(output.shape), generator, output)


def _checked_std(std: float | Tensor | list[float]) -> Tensor:
    if isinstance(std, bool) or not isinstance(std, Real | Tensor | list):
        raise ValueError(f"std must be a finite number > 0, or one for each pixel, got {std!r}")
    if isinstance(std, Tensor):
        require_values("std", std)
    values = torch.as_tensor(std, dtype=torch.float64).detach().cpu().clone()
    if values.dim() > 1 or values.numel() == 0 or not (torch.isfinite(values).all() and (values > 0).all()):
        shown = repr(std) if values.dim() == 0 else f"shape {tuple(values.shape)}"
        raise ValueError(f"std must be a finite number > 0, or one for each pixel, shape (pixels,), got {shown}")
    return values
