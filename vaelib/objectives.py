"""What `fit` maximizes: functions of a model, images and noise that return named terms. No minus sign, no optimizer.

An objective of one's own is such a function: `fit(model, x, objective=mine)`. Whatever it maximizes, it also returns the ELBO's
terms, so that histories compare.
"""

import math
from collections.abc import Callable
from numbers import Real
from typing import NamedTuple

import torch
from torch import Tensor

from vaelib.bounds import Elbo, elbo, importance_weighted_bound
from vaelib.estimators import Estimator
from vaelib.model import VAE


class Terms(NamedTuple):
    """What an objective says of a batch. fit climbs the average of `value`; the history records the averages of the rest."""

    value: Tensor  # (batch,)
    elbo: Elbo  # of the same draws
    others: dict[str, Tensor] = {}  # (batch,) each, under names of one's own  # noqa: RUF012


Objective = Callable[[VAE, Tensor, Tensor, float], Terms]


def weighted_elbo(model: VAE, x: Tensor, noise: Tensor, beta: float) -> Terms:
    """log-likelihood - beta * KL: the ELBO at beta = 1 (Kingma & Welling 2014), the objective of Higgins et al. 2017 elsewhere.

    x (batch, pixels); noise (batch, latent), or (samples, batch, latent) for an average over draws of z.
    """
    terms = elbo(x, model.encode(x), noise, decode=model.decode, likelihood=model.likelihood, prior=model.prior)
    return Terms(terms.log_likelihood - beta * terms.kl, terms)


def free_bits(model: VAE, x: Tensor, noise: Tensor, beta: float, *, nats: float) -> Terms:
    """log-likelihood - beta * sum over latents of max(average KL, nats): `fit(..., objective=partial(free_bits, nats=0.2))`.

    The average is that of the batch. A latent whose KL is below `nats` (>= 0) is charged for them all the same, so that nothing pushes
    it further down; at 0 this is `weighted_elbo`. Source: Kingma et al. 2016, app. C.8, with a group for each latent. Among processes
    each takes the average of its share of the batch. Raises ValueError on other `nats`.
    """
    if isinstance(nats, bool) or not isinstance(nats, Real) or not (math.isfinite(nats) and nats >= 0):
        raise ValueError(f"nats must be a finite number >= 0, the KL that each latent has for free, got {nats!r}")
    terms = weighted_elbo(model, x, noise, beta).elbo
    above = terms.kl_per_dimension.mean(0) > nats
    charged = torch.where(above, terms.kl_per_dimension, torch.full_like(terms.kl_per_dimension, nats)).sum(-1)
    return Terms(terms.log_likelihood - beta * charged, terms)


def importance_weighted(model: VAE, x: Tensor, noise: Tensor, beta: float) -> Terms:
    """The importance-weighted bound of Burda et al. 2016 with as many samples as the noise has; recorded as `bound`.

    Raises ValueError unless beta is 1, as this bound has no term for it to multiply.
    """
    if beta != 1:
        raise ValueError(f"beta must be 1 for the importance-weighted bound, which has no KL to weigh, got {beta:g}")
    q, likelihood, prior = model.encode(x), model.likelihood, model.prior
    decoded: list[Tensor] = []

    def decode(z: Tensor) -> Tensor:  # the two bounds are of the same draws: they are decoded once
        if not decoded:
            decoded.append(model.decode(z))
        return decoded[0]

    bound = importance_weighted_bound(x, q, noise, decode=decode, likelihood=likelihood, prior=prior)
    return Terms(bound, elbo(x, q, noise, decode=decode, likelihood=likelihood, prior=prior), {"bound": bound})


def estimated_elbo(model: VAE, x: Tensor, noise: Tensor, beta: float, *, estimator: Estimator) -> Terms:
    """The weighted ELBO whose gradient for q comes from an estimator: `fit(..., objective=partial(estimated_elbo, estimator=detached))`.

    The KL keeps its own gradient, in closed form where the prior knows one. Shapes as in `weighted_elbo`.
    """
    q = model.encode(x)
    terms = elbo(x, q, noise, decode=model.decode, likelihood=model.likelihood, prior=model.prior)
    drawn = estimator(lambda z: model.likelihood.log_prob(x, model.decode(z)), q, noise)
    return Terms((drawn.mean(0) if drawn.dim() > 1 else drawn) - beta * terms.kl, terms)
