"""p(z), the law of the latents before an image is seen: N(0, I), and what any other prior must answer."""

import math
from typing import Protocol

import torch
from torch import Generator, Tensor, nn

from vaelib.checks import require_last_axis, whole
from vaelib.noise import standard_normal
from vaelib.posteriors import Posterior


class Prior(Protocol):
    """What the bounds and the samplers ask of a prior. z (..., latent); nats.

    `kl(q)` gives KL(q || prior) where a closed form is known, (batch, latent) or, where it does not split over the latents,
    (batch, 1); and None where none is known: the bound then estimates it from its draws.
    """

    latent_dim: int

    def log_prob(self, z: Tensor) -> Tensor: ...

    def sample(self, n: int, generator: Generator) -> Tensor: ...

    def kl(self, q: Posterior) -> Tensor | None: ...


class StandardNormal(nn.Module):
    """p(z) = N(0, I) over latent_dim coordinates. Source: Kingma & Welling 2014."""

    kind = "standard normal"
    _place: Tensor

    def __init__(self, latent_dim: int):
        super().__init__()
        self.latent_dim = whole("latent_dim", latent_dim)
        self.register_buffer("_place", torch.zeros(0), persistent=False)  # tells dtype and device, as `.to()` leaves them

    def spec(self) -> dict:
        """The words that a stored file keeps."""
        return {"kind": self.kind, "latent_dim": self.latent_dim}

    def log_prob(self, z: Tensor) -> Tensor:
        """log N(z; 0, I): (..., latent) -> (...), in nats."""
        require_last_axis("z", z, self.latent_dim)
        return standard_normal_log_prob(z)

    def sample(self, n: int, generator: Generator) -> Tensor:
        """n draws of z: (n, latent)."""
        return standard_normal((whole("n", n), self.latent_dim), generator, self._place)

    def kl(self, q: Posterior) -> Tensor | None:
        """KL(q || N(0, I)) of each coordinate, (..., latent), in nats; None where q knows no closed form."""
        return q.kl_to_standard_normal()


def standard_normal_log_prob(z: Tensor) -> Tensor:
    """log N(z; 0, I): (..., latent) -> (...), in nats."""
    return -0.5 * (math.log(2 * math.pi) + z**2).sum(-1)
