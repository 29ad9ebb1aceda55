"""Dense networks: an encoder x -> q(z|x) and a decoder z -> the likelihood's numbers. Layers of any depth.

The names of the layers are the names in the weight files that the book's pages read.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn

from vaelib.checks import require_last_axis, whole
from vaelib.networks.start import linear
from vaelib.posteriors import DiagonalGaussian

ACTIVATIONS = {"relu": torch.relu, "silu": nn.functional.silu, "tanh": torch.tanh}


class Encoder(nn.Module):
    """q(z|x): hidden layers, then one linear layer for the mean and one for the log-variance.

    pixels, latent_dim: sizes >= 1. hidden: widths of the hidden layers. activation: "relu", "silu" or "tanh".
    generator: of the first weights. Raises ValueError on a size below 1 or an unknown activation.
    """

    kind = "dense encoder"

    def __init__(
        self, pixels: int, latent_dim: int, *, hidden: Sequence[int] = (128,), activation: str = "relu", generator: Generator | None = None
    ):
        super().__init__()
        generator = generator or Generator().manual_seed(0)
        self.pixels, self.latent_dim = whole("pixels", pixels), whole("latent_dim", latent_dim)
        self.activation = _checked_activation(activation)
        widths = [self.pixels, *_checked_hidden(hidden)]
        self.hidden = nn.ModuleList(linear(a, b, generator) for a, b in pairwise(widths))
        self.mean = linear(widths[-1], self.latent_dim, generator)
        self.log_var = linear(widths[-1], self.latent_dim, generator)

    def spec(self) -> dict:
        """The words that a stored file keeps."""
        hidden = [layer.out_features for layer in self.hidden]
        return {"kind": self.kind, "pixels": self.pixels, "latent_dim": self.latent_dim, "hidden": hidden, "activation": self.activation}

    def forward(self, x: Tensor) -> DiagonalGaussian:
        """x (..., pixels) -> q(z|x): mean and log_var, each (..., latent). log_var is log(std**2)."""
        require_last_axis("x", x, self.pixels)
        h = x
        for layer in self.hidden:
            h = ACTIVATIONS[self.activation](layer(h))
        return DiagonalGaussian(self.mean(h), self.log_var(h))


class Decoder(nn.Module):
    """p(x|z) up to its likelihood: hidden layers, then one linear layer. Logits for Bernoulli pixels: no sigmoid inside.

    outputs: pixels times the numbers that the likelihood takes for each. Other arguments and errors as in `Encoder`.
    """

    kind = "dense decoder"

    def __init__(
        self, latent_dim: int, outputs: int, *, hidden: Sequence[int] = (128,), activation: str = "relu", generator: Generator | None = None
    ):
        super().__init__()
        generator = generator or Generator().manual_seed(0)
        self.latent_dim, self.outputs = whole("latent_dim", latent_dim), whole("outputs", outputs)
        self.activation = _checked_activation(activation)
        widths = [self.latent_dim, *_checked_hidden(hidden)]
        self.hidden = nn.ModuleList(linear(a, b, generator) for a, b in pairwise(widths))
        self.output = linear(widths[-1], self.outputs, generator)

    def spec(self) -> dict:
        """The words that a stored file keeps."""
        hidden = [layer.out_features for layer in self.hidden]
        return {"kind": self.kind, "latent_dim": self.latent_dim, "outputs": self.outputs, "hidden": hidden, "activation": self.activation}

    def forward(self, z: Tensor) -> Tensor:
        """z (..., latent) -> (..., outputs)."""
        require_last_axis("z", z, self.latent_dim)
        h = z
        for layer in self.hidden:
            h = ACTIVATIONS[self.activation](layer(h))
        return self.output(h)


def _checked_hidden(hidden: Sequence[int]) -> list[int]:
    if not isinstance(hidden, list | tuple):
        raise ValueError(f"hidden must be a list or tuple of widths such as (128,), got {hidden!r}")
    return [whole("each hidden width", width) for width in hidden]


def _checked_activation(activation: str) -> str:
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {activation!r}")
    return activation
