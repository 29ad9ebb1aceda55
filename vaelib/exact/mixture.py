"""A mixture of diagonal Gaussians: the latent is the number of a component, so the posterior is a table. No fitting."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from vaelib.bounds import Elbo
from vaelib.checks import holds_somewhere
from vaelib.distributions import gaussian_log_prob

SUM_TOLERANCE = 1e-5  # by how much probabilities may miss one


class Mixture(NamedTuple):
    """p(x) = sum_k weight_k N(x; mean_k, diag exp(log_var_k)): weight (k,), mean and log_var (k, d). Source: Bishop 2006, sec. 9.2.

    Its methods raise ValueError on shapes that do not fit and on weights that are no probabilities.
    """

    weight: Tensor
    mean: Tensor
    log_var: Tensor

    def log_joint(self, x: Tensor) -> Tensor:
        """log p(x, z = k): (batch, d) -> (batch, k), in nats; -inf for a component of weight 0."""
        self._check(x)
        return self.weight.log() + gaussian_log_prob(x.unsqueeze(-2), self.mean, self.log_var)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x): (batch, d) -> (batch,), in nats."""
        return self.log_joint(x).logsumexp(-1)

    def posterior(self, x: Tensor) -> Tensor:
        """p(z = k | x), the responsibilities: (batch, d) -> (batch, k), rows sum to 1."""
        return self.log_joint(x).softmax(-1)

    def elbo(self, x: Tensor, q: Tensor) -> Elbo:
        """E_q[log p(x|z)] - KL(q || weight) as sums over k, exact: q (batch, k), rows sum to 1. Terms (batch,), in nats.

        The KL is infinite where q visits a component of weight 0.
        """
        self._check(x)
        if q.shape != (len(x), len(self.weight)) or not _are_probabilities(q):
            raise ValueError(
                f"q must have shape {(len(x), len(self.weight))}, no negative entries and rows that sum to 1, got {_described(q)}"
            )
        log_likelihood = gaussian_log_prob(x.unsqueeze(-2), self.mean, self.log_var)
        kl = torch.xlogy(q, q) - torch.xlogy(q, self.weight)
        return Elbo((q * log_likelihood).sum(-1), kl.sum(-1, keepdim=True))

    def _check(self, x: Tensor) -> None:
        shape = tuple(self.mean.shape)
        if self.weight.dim() != 1 or len(shape) != 2 or shape[0] != len(self.weight) or self.log_var.shape != self.mean.shape:
            raise ValueError(
                f"weight, mean and log_var must have shapes (k,), (k, d) and (k, d), "
                f"got {tuple(self.weight.shape)}, {shape} and {tuple(self.log_var.shape)}"
            )
        if not _are_probabilities(self.weight):
            raise ValueError(f"weight must hold probabilities that sum to 1, got {_described(self.weight)}")
        if x.dim() != 2 or x.shape[1] != shape[1] or holds_somewhere(~x.isfinite()):
            raise ValueError(f"x must be finite and have shape (batch, {shape[1]}), got {_described(x)}")


def _are_probabilities(p: Tensor) -> bool:
    """No entry below 0 or NaN, and every row of the last axis sums to 1."""
    return not (holds_somewhere(~(p >= 0)) or holds_somewhere(~((p.sum(-1) - 1).abs() < SUM_TOLERANCE)))


def _described(values: Tensor) -> str:
    low, high = (values.min().item(), values.max().item()) if values.numel() else (math.nan, math.nan)
    return f"shape {tuple(values.shape)} with values from {low:g} to {high:g}"
