"""Convolutional networks: plain strided convolutions, each halving the side of the image, and their mirror.

There is no batch normalization: with it the output for one image would depend on the others in its batch, so neither q(z|x) nor
the bound would be a function of x, and training and evaluation would be two models.
"""

from collections.abc import Sequence
from itertools import pairwise

from torch import Generator, Tensor, nn

from vaelib.checks import require_last_axis, whole
from vaelib.networks.start import conv, conv_transpose, linear
from vaelib.posteriors import DiagonalGaussian


class ConvEncoder(nn.Module):
    """q(z|x) for square images of side * side pixels, row by row: strided convolutions, then one linear layer for each head.

    channels: of each convolution; the side must be divisible by 2 for each. generator: of the first weights.
    Raises ValueError on sizes below 1 and on a side that cannot be halved so often.
    """

    kind = "conv encoder"

    def __init__(self, side: int, latent_dim: int, *, channels: Sequence[int] = (16, 32), generator: Generator | None = None):
        super().__init__()
        generator = generator or Generator().manual_seed(0)
        self.side, self.latent_dim, self.channels = whole("side", side), whole("latent_dim", latent_dim), _checked(side, channels)
        self.pixels = self.side**2
        self.hidden = nn.ModuleList(conv(a, b, generator) for a, b in pairwise([1, *self.channels]))
        features = self.channels[-1] * (self.side >> len(self.channels)) ** 2
        self.mean, self.log_var = linear(features, self.latent_dim, generator), linear(features, self.latent_dim, generator)

    def spec(self) -> dict:
        """The words that a stored file keeps."""
        return {"kind": self.kind, "side": self.side, "latent_dim": self.latent_dim, "channels": self.channels}

    def forward(self, x: Tensor) -> DiagonalGaussian:
        """x (..., side * side) -> q(z|x): mean and log_var, each (..., latent)."""
        require_last_axis("x", x, self.pixels)
        h = x.reshape(-1, 1, self.side, self.side)
        for layer in self.hidden:
            h = layer(h).relu()
        h = h.reshape(*x.shape[:-1], -1)
        return DiagonalGaussian(self.mean(h), self.log_var(h))


class ConvDecoder(nn.Module):
    """The mirror of `ConvEncoder`: one linear layer, then transposed convolutions up to side * side pixels.

    channels: of the encoder, in the encoder's order. numbers: what the likelihood takes for each pixel, outermost in the output.
    """

    kind = "conv decoder"

    def __init__(
        self, latent_dim: int, side: int, *, channels: Sequence[int] = (16, 32), numbers: int = 1, generator: Generator | None = None
    ):
        super().__init__()
        generator = generator or Generator().manual_seed(0)
        self.latent_dim, self.side, self.channels = whole("latent_dim", latent_dim), whole("side", side), _checked(side, channels)
        self.numbers = whole("numbers", numbers)
        self.outputs = self.numbers * self.side**2
        self._small = self.side >> len(self.channels)
        self.input = linear(self.latent_dim, self.channels[-1] * self._small**2, generator)
        widths = [*reversed(self.channels), self.numbers]
        self.hidden = nn.ModuleList(conv_transpose(a, b, generator) for a, b in pairwise(widths))

    def spec(self) -> dict:
        """The words that a stored file keeps."""
        return {
            "kind": self.kind,
            "latent_dim": self.latent_dim,
            "side": self.side,
            "channels": self.channels,
            "numbers": self.numbers,
        }

    def forward(self, z: Tensor) -> Tensor:
        """z (..., latent) -> (..., numbers * side * side)."""
        require_last_axis("z", z, self.latent_dim)
        h = self.input(z).reshape(-1, self.channels[-1], self._small, self._small)
        for layer in self.hidden:
            h = layer(h.relu())
        return h.reshape(*z.shape[:-1], self.outputs)


def _checked(side: int, channels: Sequence[int]) -> list[int]:
    if not isinstance(channels, list | tuple) or not channels:
        raise ValueError(f"channels must be a list or tuple of at least one width such as (16, 32), got {channels!r}")
    widths = [whole("each of channels", width) for width in channels]
    if side % 2 ** len(widths):
        raise ValueError(f"side must be divisible by {2 ** len(widths)}, a half for each of {len(widths)} convolutions, got {side}")
    return widths
