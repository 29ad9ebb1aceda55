"""Lower bounds on log p(x), per example and in nats: the ELBO and the importance-weighted bound. No optimizer, no minus sign.

Both take q (the encoder's q(z|x)), the noise that makes z, a callable `decode` (z -> the decoder's output), the likelihood that
gives the output a meaning, and the prior (N(0, I) where none is given). Randomness comes in as `noise`, so a bound is a plain function.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

from vaelib.checks import require_tensor
from vaelib.likelihoods import Likelihood
from vaelib.posteriors import Posterior
from vaelib.priors import Prior, standard_normal_log_prob


class Elbo(NamedTuple):
    """The two terms of the bound, in nats: log p(x) >= log_likelihood - kl = total.

    log_likelihood (batch,); kl_per_dimension (batch, latent), or (batch, 1) where the KL does not split over the latents.
    """

    log_likelihood: Tensor
    kl_per_dimension: Tensor

    @property
    def kl(self) -> Tensor:
        """KL(q(z|x) || p(z)), (batch,), in nats: the sum over dimensions."""
        return self.kl_per_dimension.sum(-1)

    @property
    def total(self) -> Tensor:
        """The ELBO itself, (batch,), in nats. Larger is better; `fit` minimizes its negative."""
        return self.log_likelihood - self.kl


def elbo(
    x: Tensor, q: Posterior, noise: Tensor, *, decode: Callable[[Tensor], Tensor], likelihood: Likelihood, prior: Prior | None = None
) -> Elbo:
    """E_q[log p(x|z)] - KL(q(z|x) || p(z)), the first expectation by Monte Carlo, the KL in closed form where the prior knows one.

    x (batch, pixels); q over (batch, latent); noise (batch, latent) for one sample, (samples, batch, latent) for more.
    Where the prior knows no closed form the KL is the average of log q(z|x) - log p(z) over the same draws, and may come out negative.
    Returns Elbo, in nats. Source: Kingma & Welling 2014, eq. 10. Raises ValueError on wrong shapes.
    """
    several = _several(x, q, noise)  # an axis of length one would cost time in every step of training
    z = q.draw(noise)
    log_likelihood = _log_likelihood(x, z, decode, likelihood)
    kl = q.kl_to_standard_normal() if prior is None else prior.kl(q)
    if kl is None:
        drawn = q.log_prob_of_draw(noise) - _log_prior(prior, z)
        kl = (drawn.mean(0) if several else drawn).unsqueeze(-1)
    return Elbo(log_likelihood.mean(0) if several else log_likelihood, kl)


def importance_weighted_bound(
    x: Tensor, q: Posterior, noise: Tensor, *, decode: Callable[[Tensor], Tensor], likelihood: Likelihood, prior: Prior | None = None
) -> Tensor:
    """log (1/K) sum_k p(x, z_k) / q(z_k|x) for K = samples: (batch,), in nats.

    At K = 1 its expectation is the ELBO; it grows with K towards log p(x). Source: Burda et al. 2016, eq. 8.
    Shapes and errors as in `elbo`.
    """
    log_weight = log_importance_weights(x, q, noise, decode=decode, likelihood=likelihood, prior=prior)
    return log_weight.logsumexp(0) - math.log(len(log_weight))


def log_importance_weights(
    x: Tensor, q: Posterior, noise: Tensor, *, decode: Callable[[Tensor], Tensor], likelihood: Likelihood, prior: Prior | None = None
) -> Tensor:
    """log p(x, z_k) - log q(z_k|x) of each draw: (samples, batch), in nats. Shapes and errors as in `elbo`."""
    noise = noise if _several(x, q, noise) else noise.unsqueeze(0)
    z = q.draw(noise)
    return _log_likelihood(x, z, decode, likelihood) + _log_prior(prior, z) - q.log_prob_of_draw(noise)


def _log_prior(prior: Prior | None, z: Tensor) -> Tensor:
    return standard_normal_log_prob(z) if prior is None else prior.log_prob(z)


def _several(x: Tensor, q: Posterior, noise: Tensor) -> bool:
    """Whether the noise has an axis of samples. Raises ValueError unless x, q and the noise fit each other."""
    if isinstance(q, Tensor) or not hasattr(q, "draw"):
        raise ValueError(f"q must be a distribution such as model.encode(x) or DiagonalGaussian(mean, log_var), got {type(q).__name__}")
    require_tensor("x", x)
    for name, value in q._asdict().items() if hasattr(q, "_asdict") else ():
        require_tensor(name, value)
    require_tensor("noise", noise)
    mean = q.mean
    shapes = {name: tuple(value.shape) for name, value in q._asdict().items()} if hasattr(q, "_asdict") else {"mean": tuple(mean.shape)}
    # One image against many codes would broadcast without a word, and average over the wrong thing.
    if mean.dim() < 2 or len(set(shapes.values())) > 1 or x.shape[:-1] != mean.shape[:-1]:
        got = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"x and q must have shapes (batch, pixels) and (batch, latent), got x {tuple(x.shape)}, {got}")
    several = noise.dim() == mean.dim() + 1
    if (noise.shape[1:] if several else noise.shape) != mean.shape or (several and len(noise) == 0):
        raise ValueError(
            f"noise must have shape {tuple(mean.shape)} or (samples, {', '.join(map(str, mean.shape))}) with samples >= 1, "
            f"got {tuple(noise.shape)}"
        )
    return several


def _log_likelihood(x: Tensor, z: Tensor, decode: Callable[[Tensor], Tensor], likelihood: Likelihood) -> Tensor:
    output = decode(z)
    wanted = (*z.shape[:-1], getattr(likelihood, "numbers", 1) * x.shape[-1])
    if output.shape != wanted:
        raise ValueError(f"decode must give {wanted} for z of shape {tuple(z.shape)}, got {tuple(output.shape)}")
    log_prob = likelihood.log_prob(x, output)
    if log_prob.shape != z.shape[:-1]:
        raise ValueError(
            f"likelihood.log_prob must be (samples, batch), one number for each draw and image, here {tuple(z.shape[:-1])}, "
            f"got {tuple(log_prob.shape)}: sum over the last axis, the pixels, and over nothing else"
        )
    return log_prob
