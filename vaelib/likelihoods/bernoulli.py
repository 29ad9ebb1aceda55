"""Bernoulli pixels: each is 0 or 1, and the decoder gives its logit."""

import math

import torch
from torch import Generator, Tensor, nn

from vaelib.checks import require_values
from vaelib.likelihoods.protocol import require_pixels
from vaelib.noise import toss

ROUNDING = 1e-6  # values this far outside [0, 1] come from rounding, not from another scale


class Bernoulli(nn.Module):
    """Binary pixels, the decoder gives logits: p(x_j = 1 | z) = sigmoid(logits_j)."""

    kind = "bernoulli"
    numbers = 1

    def spec(self) -> dict:
        """The words that a stored file keeps."""
        return {"kind": self.kind}

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless every pixel lies in [0, 1]; the message goes by the range that came.

        0 or 1 is wanted for a likelihood; values in between pass, since greys as soft targets are common practice.
        """
        require_values("x", x)
        low, high = (value.item() for value in torch.aminmax(x))  # both are NaN where any value is
        if low >= 0 and high <= 1:
            return
        if math.isnan(low):
            raise ValueError(f"Bernoulli pixels must lie in [0, 1], got {int(x.isnan().sum())} values that are NaN (nan)")
        raise ValueError(f"Bernoulli pixels must lie in [0, 1], got values from {low:g} to {high:g}; {_cure(low, high)}")

    def log_prob(self, x: Tensor, logits: Tensor) -> Tensor:
        """sum_j x_j logits_j - log(1 + exp(logits_j)): (..., pixels) -> (...), in nats.

        x must be 0 or 1 for this to be a likelihood. Values in between are accepted, since greys as soft targets are
        common practice, but the result is then no log-probability of x (Loaiza-Ganem & Cunningham 2019).
        Raises ValueError on a wrong last axis. The values of x are the business of `check`.
        """
        require_pixels(x, logits)
        on = logits @ x if x.dim() == 1 else (x * logits).sum(-1)  # one image under many logits, as quadrature asks, is one product
        return on - nn.functional.softplus(logits).sum(-1)

    def mean(self, logits: Tensor) -> Tensor:
        """E[x|z] = sigmoid(logits): (..., pixels) -> (..., pixels), in [0, 1]."""
        return logits.sigmoid()

    def sample(self, logits: Tensor, generator: Generator) -> Tensor:
        """One draw of every pixel: (..., pixels) -> (..., pixels) of 0 and 1."""
        return toss(logits.sigmoid(), generator)


def _cure(low: float, high: float) -> str:
    if low >= -ROUNDING and high <= 1 + ROUNDING:
        return "that is rounding: use x.clamp(0, 1)"
    if low < 0:
        return "negative values come from a normalization: undo it and binarize, or take likelihood=Gaussian(...) for real-valued pixels"
    if high <= 16:
        return "if these are greys of 0..16, divide by 16, then binarize; real-valued data want likelihood=Gaussian(...)"
    if high <= 255:
        return "divide images of 0..255 by 255, then binarize"
    return "scale greys to [0, 1], then binarize; real-valued data want likelihood=Gaussian(...)"
