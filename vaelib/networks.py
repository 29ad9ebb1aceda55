"""The two networks: an encoder x -> (mean, log_var) and a decoder z -> logits. No loss, no sampling, no device.

Dense layers of any depth; the names of the layers are the names in the weight files that the book's pages read.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

ACTIVATIONS = {"relu": torch.relu, "silu": nn.functional.silu, "tanh": torch.tanh}


class Encoder(nn.Module):
    """q(z|x): hidden layers, then one linear layer for the mean and one for the log-variance.

    pixels, latent_dim: sizes >= 1. hidden: widths of the hidden layers. activation: "relu", "silu" or "tanh".
    Raises ValueError on a size below 1 or an unknown activation.
    """

    def __init__(self, pixels: int, latent_dim: int, *, hidden: Sequence[int] = (128,), activation: str = "relu"):
        super().__init__()
        widths = [pixels, *_checked_hidden(pixels, latent_dim, hidden, activation)]
        self.pixels, self.activation = pixels, activation
        self.hidden = _dense_stack(widths)
        self.mean = nn.Linear(widths[-1], latent_dim)
        self.log_var = nn.Linear(widths[-1], latent_dim)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (..., pixels) in [0, 1] -> mean, log_var, each (..., latent). log_var is log(std**2)."""
        _require_last_axis("x", x, self.pixels)
        h = x
        for layer in self.hidden:
            h = ACTIVATIONS[self.activation](layer(h))
        return self.mean(h), self.log_var(h)


class Decoder(nn.Module):
    """p(x|z) up to its likelihood: hidden layers, then one linear layer. The output is logits: no sigmoid inside.

    Arguments and errors as in `Encoder`.
    """

    def __init__(self, latent_dim: int, pixels: int, *, hidden: Sequence[int] = (128,), activation: str = "relu"):
        super().__init__()
        widths = [latent_dim, *_checked_hidden(pixels, latent_dim, hidden, activation)]
        self.latent_dim, self.activation = latent_dim, activation
        self.hidden = _dense_stack(widths)
        self.output = nn.Linear(widths[-1], pixels)

    def forward(self, z: Tensor) -> Tensor:
        """z (..., latent) -> logits (..., pixels)."""
        _require_last_axis("z", z, self.latent_dim)
        h = z
        for layer in self.hidden:
            h = ACTIVATIONS[self.activation](layer(h))
        return self.output(h)


def _dense_stack(widths: list[int]) -> nn.ModuleList:
    return nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))


def _checked_hidden(pixels: int, latent_dim: int, hidden: Sequence[int], activation: str) -> Sequence[int]:
    if not isinstance(hidden, (list, tuple)):
        raise ValueError(f"hidden must be a list or tuple of widths such as (128,), got {hidden!r}")
    for name, size in (("pixels", pixels), ("latent_dim", latent_dim), *(("each hidden width", h) for h in hidden)):
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise ValueError(f"{name} must be a whole number >= 1, got {size!r}")
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    return hidden


def _require_last_axis(name: str, tensor: Tensor, size: int) -> None:
    if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
        got = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
        raise ValueError(f"{name} must be a floating-point tensor of shape (batch, {size}), got {got}")
    if tensor.dim() == 0 or tensor.shape[-1] != size:
        raise ValueError(f"{name} must have shape (batch, {size}), got {tuple(tensor.shape)}")
