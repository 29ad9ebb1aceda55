"""The best diagonal Gaussian for single images under a fixed decoder: one q for each image, found by gradient steps. No networks."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from vaelib.bounds import elbo
from vaelib.posteriors import DiagonalGaussian


class Refined(NamedTuple):
    """mean and log_var (batch, latent) after the last step; history (steps + 1, batch): the ELBO on the given noise, in nats."""

    mean: Tensor
    log_var: Tensor
    history: Tensor


def refine(
    x: Tensor, mean: Tensor, log_var: Tensor, noise: Tensor, *, decode: Callable, likelihood, steps: int = 200, learning_rate: float = 0.05
) -> Refined:
    """Raise the ELBO of each image over its own (mean, log_var) by `steps` steps of Adam, the decoder held still.

    x (batch, pixels); mean, log_var (batch, latent), where to begin; noise (samples, batch, latent), kept for all steps, so that the
    bound that is raised is one function: many draws, or `torch.cat([noise, -noise])`, keep it near the true one. This is variational
    inference without amortization, as in Cremer et al. 2018, sec. 5. Raises ValueError on wrong shapes, steps or learning_rate.
    """
    if not (isinstance(steps, int) and steps >= 0 and learning_rate > 0):
        raise ValueError(f"steps must be a whole number >= 0 and learning_rate > 0, got {steps!r} and {learning_rate!r}")
    mean, log_var = (start.detach().clone().requires_grad_() for start in (mean, log_var))
    optimizer = torch.optim.Adam([mean, log_var], lr=learning_rate, maximize=True)
    history = []
    for step in range(steps + 1):
        total = elbo(x, DiagonalGaussian(mean, log_var), noise, decode=decode, likelihood=likelihood).total
        history.append(total.detach())
        if step < steps:
            # the images share no parameter, so the sum's gradient is each image's own; the decoder's weights collect none
            mean.grad, log_var.grad = torch.autograd.grad(total.sum(), [mean, log_var])
            optimizer.step()
    return Refined(mean.detach(), log_var.detach(), torch.stack(history))
