"""Lower bounds on log p(x), per example and in nats: the ELBO and the importance-weighted bound. No optimizer, no minus sign.

Both take the encoder's (mean, log_var), the noise that makes z, and two callables: `decode` (z -> the decoder's output) and
`likelihood` (an object with `log_prob(x, output)`). Randomness comes in as `noise`, so a bound is a plain function.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from vaelib.distributions import gaussian_log_prob, kl_to_standard_normal, reparameterize


class Elbo(NamedTuple):
    """The two terms of the bound, each (batch,), in nats: log p(x) >= log_likelihood - kl = total."""

    log_likelihood: Tensor
    kl: Tensor

    @property
    def total(self) -> Tensor:
        """The ELBO itself, (batch,), in nats. Larger is better; `fit` minimizes its negative."""
        return self.log_likelihood - self.kl


def elbo(x: Tensor, mean: Tensor, log_var: Tensor, noise: Tensor, *, decode: Callable, likelihood) -> Elbo:
    """E_q[log p(x|z)] - KL(q(z|x) || N(0, I)), the expectation by Monte Carlo, the KL in closed form.

    x (batch, pixels); mean, log_var (batch, latent); noise (batch, latent) for one sample, (samples, batch, latent) for more.
    Returns Elbo with terms of shape (batch,), in nats. Source: Kingma & Welling 2014, eq. 10. Raises ValueError on wrong shapes.
    """
    noise = _checked_noise(x, mean, log_var, noise)
    output = _decoded(decode, reparameterize(mean, log_var, noise), x)
    return Elbo(likelihood.log_prob(x, output).mean(0), kl_to_standard_normal(mean, log_var))


def importance_weighted_bound(x: Tensor, mean: Tensor, log_var: Tensor, noise: Tensor, *, decode: Callable, likelihood) -> Tensor:
    """log (1/K) sum_k p(x, z_k) / q(z_k|x) for K = samples: (batch,), in nats.

    At K = 1 its expectation is the ELBO; it grows with K towards log p(x). Source: Burda et al. 2016, eq. 8.
    Shapes and errors as in `elbo`.
    """
    noise = _checked_noise(x, mean, log_var, noise)
    z = reparameterize(mean, log_var, noise)
    output = _decoded(decode, z, x)
    log_prior = gaussian_log_prob(z, torch.zeros_like(z), torch.zeros_like(z))
    log_weight = likelihood.log_prob(x, output) + log_prior - gaussian_log_prob(z, mean, log_var)
    return log_weight.logsumexp(0) - math.log(len(noise))


def _checked_noise(x: Tensor, mean: Tensor, log_var: Tensor, noise: Tensor) -> Tensor:
    for name, tensor in (("x", x), ("mean", mean), ("log_var", log_var), ("noise", noise)):
        if not isinstance(tensor, Tensor):
            raise ValueError(f"{name} must be a tensor, got {type(tensor).__name__}")
    # One image against many codes would broadcast without a word, and average over the wrong thing.
    if mean.dim() < 2 or log_var.shape != mean.shape or x.shape[:-1] != mean.shape[:-1]:
        raise ValueError(
            "x, mean and log_var must have shapes (batch, pixels), (batch, latent) and (batch, latent), "
            f"got {tuple(x.shape)}, {tuple(mean.shape)} and {tuple(log_var.shape)}"
        )
    if noise.dim() == mean.dim():
        noise = noise.unsqueeze(0)
    if noise.dim() != mean.dim() + 1 or noise.shape[1:] != mean.shape or len(noise) == 0:
        raise ValueError(
            f"noise must have shape {tuple(mean.shape)} or (samples, {', '.join(map(str, mean.shape))}) with samples >= 1, "
            f"got {tuple(noise.shape)}"
        )
    return noise


def _decoded(decode: Callable, z: Tensor, x: Tensor) -> Tensor:
    output = decode(z)
    if output.shape != (*z.shape[:-1], x.shape[-1]):
        wanted = (*z.shape[:-1], x.shape[-1])
        raise ValueError(f"decode must give {wanted} for z of shape {tuple(z.shape)}, got {tuple(output.shape)}")
    return output
