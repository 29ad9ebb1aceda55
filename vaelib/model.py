"""The VAE: an encoder, a decoder and the likelihood that gives the decoder's output a meaning. No loss, no data, no training."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vaelib.likelihoods import Bernoulli
from vaelib.networks import Decoder, Encoder


class VAE(nn.Module):
    """p(x, z) = p(x|z) N(z; 0, I) with the approximate posterior q(z|x) = N(mean(x), diag exp(log_var(x))).

    pixels, latent_dim: sizes. hidden: widths of the encoder's hidden layers; the decoder mirrors them.
    activation: "relu", "silu" or "tanh". likelihood: `Bernoulli()` (default) or `Gaussian(...)`.
    seed: of the initial weights; the same seed gives the same weights on one platform and torch version.
    Raises ValueError on sizes below 1 and on anything else it cannot build from. Source: Kingma & Welling 2014.
    """

    def __init__(
        self,
        pixels: int,
        latent_dim: int,
        *,
        hidden: Sequence[int] = (128,),
        activation: str = "relu",
        likelihood: nn.Module | None = None,
        seed: int = 0,
    ):
        super().__init__()
        if not isinstance(seed, int):
            raise ValueError(f"seed must be a whole number, got {seed!r}")
        if likelihood is not None and not isinstance(likelihood, nn.Module):
            raise ValueError(f"likelihood must be an object such as Bernoulli() or Gaussian(), got {likelihood!r}")
        self.pixels, self.latent_dim = pixels, latent_dim
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.encoder = Encoder(pixels, latent_dim, hidden=hidden, activation=activation)
            mirrored = tuple(reversed(hidden))
            self.decoder = Decoder(latent_dim, pixels, hidden=mirrored, activation=activation)
        self.likelihood = Bernoulli() if likelihood is None else likelihood

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (batch, pixels) -> mean, log_var of q(z|x), each (batch, latent)."""
        return self.encoder(x)

    def decode(self, z: Tensor) -> Tensor:
        """z (..., latent) -> the likelihood's parameter (..., pixels): logits for Bernoulli, the mean for Gaussian."""
        return self.decoder(z)
