"""What the decoder's output means: Bernoulli pixels or Gaussian pixels. log p(x|z), its mean and a draw. No networks but one scale.

Shapes: x and output (..., pixels), leading axes broadcast; log_prob sums over pixels and returns (...). Units: nats.
"""

import math

import torch
from torch import Generator, Tensor, nn


class Bernoulli(nn.Module):
    """Binary pixels, the decoder gives logits: p(x_j = 1 | z) = sigmoid(logits_j)."""

    def log_prob(self, x: Tensor, logits: Tensor) -> Tensor:
        """sum_j x_j logits_j - log(1 + exp(logits_j)): (..., pixels) -> (...), in nats.

        x must be 0 or 1 for this to be a likelihood. Values in between are accepted, since greys as soft targets are
        common practice, but the result is then no log-probability of x (Loaiza-Ganem & Cunningham 2019).
        Raises ValueError on a wrong last axis or values outside [0, 1].
        """
        _require_pixels(x, logits)
        low, high = torch.aminmax(x)
        if not (low >= 0 and high <= 1):
            raise ValueError(
                f"Bernoulli pixels must lie in [0, 1], got values from {low.item():g} to {high.item():g}; "
                "divide images of 0..255 by 255, then binarize"
            )
        return (x * logits - nn.functional.softplus(logits)).sum(-1)

    def mean(self, logits: Tensor) -> Tensor:
        """E[x|z] = sigmoid(logits): (..., pixels) -> (..., pixels), in [0, 1]."""
        return logits.sigmoid()

    def sample(self, logits: Tensor, generator: Generator) -> Tensor:
        """One draw of every pixel: (..., pixels) -> (..., pixels) of 0 and 1."""
        return torch.bernoulli(logits.sigmoid(), generator=generator)


class Gaussian(nn.Module):
    """Real-valued pixels with one shared standard deviation: p(x|z) = N(output, std**2 I).

    std: the standard deviation (not the variance), > 0, in units of x. learn_std: let `fit` train it (one number).
    """

    def __init__(self, std: float = 1.0, *, learn_std: bool = False):
        super().__init__()
        if not (isinstance(std, (int, float)) and math.isfinite(std) and std > 0):
            raise ValueError(f"std must be a finite number > 0, got {std!r}")
        self.log_std = nn.Parameter(torch.tensor(math.log(std)), requires_grad=learn_std)

    @property
    def std(self) -> Tensor:
        """The standard deviation, shape ()."""
        return self.log_std.exp()

    def log_prob(self, x: Tensor, output: Tensor) -> Tensor:
        """log N(x; output, std**2 I): (..., pixels) -> (...), in nats. Raises ValueError on a wrong last axis or NaN."""
        _require_pixels(x, output)
        if not torch.isfinite(x).all():
            raise ValueError("Gaussian pixels must be finite, got NaN or infinity in x")
        squared_error = ((x - output) / self.std) ** 2
        return -(0.5 * (math.log(2 * math.pi) + squared_error) + self.log_std).sum(-1)

    def mean(self, output: Tensor) -> Tensor:
        """E[x|z] = output: (..., pixels) -> (..., pixels)."""
        return output

    def sample(self, output: Tensor, generator: Generator) -> Tensor:
        """One draw of every pixel: output + std * noise, (..., pixels) -> (..., pixels)."""
        noise = torch.randn(output.shape, generator=generator, dtype=output.dtype)
        return output + self.std * noise


def _require_pixels(x: Tensor, output: Tensor) -> None:
    if x.dim() == 0 or output.dim() == 0 or x.shape[-1] != output.shape[-1]:
        raise ValueError(
            f"x and the decoder's output must have the same number of pixels, got shapes {tuple(x.shape)} and {tuple(output.shape)}"
        )
    if x.numel() == 0:
        raise ValueError(f"x must hold at least one image, got shape {tuple(x.shape)}")
