"""Lower bounds on log p(x), per example and in nats: the ELBO and the importance-weighted bound. No optimizer, no minus sign.

Both take the encoder's (mean, log_var), the noise that makes z, and two callables: `decode` (z -> the decoder's output) and
`likelihood` (an object with `log_prob(x, output)`). Randomness comes in as `noise`, so a bound is a plain function.
"""

import math
from typing import Callable, NamedTuple

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
    noise = _with_sample_axis(mean, noise)
    output = decode(reparameterize(mean, log_var, noise))
    return Elbo(likelihood.log_prob(x, output).mean(0), kl_to_standard_normal(mean, log_var))


def importance_weighted_bound(
    x: Tensor, mean: Tensor, log_var: Tensor, noise: Tensor, *, decode: Callable, likelihood
) -> Tensor:
    """log (1/K) sum_k p(x, z_k) / q(z_k|x) for K = samples: (batch,), in nats.

    At K = 1 its expectation is the ELBO; it grows with K towards log p(x). Source: Burda et al. 2016, eq. 8.
    Shapes and errors as in `elbo`.
    """
    noise = _with_sample_axis(mean, noise)
    z = reparameterize(mean, log_var, noise)
    log_prior = gaussian_log_prob(z, torch.zeros_like(z), torch.zeros_like(z))
    log_weight = likelihood.log_prob(x, decode(z)) + log_prior - gaussian_log_prob(z, mean, log_var)
    return log_weight.logsumexp(0) - math.log(len(noise))


def _with_sample_axis(mean: Tensor, noise: Tensor) -> Tensor:
    if noise.dim() == mean.dim():
        noise = noise.unsqueeze(0)
    if noise.dim() != mean.dim() + 1 or noise.shape[1:] != mean.shape or len(noise) == 0:
        raise ValueError(
            f"noise must have shape {tuple(mean.shape)} or (samples, {', '.join(map(str, mean.shape))}) with samples >= 1, "
            f"got {tuple(noise.shape)}"
        )
    return noise
