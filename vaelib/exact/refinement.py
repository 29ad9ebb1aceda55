"""The best diagonal Gaussian for single images under a fixed decoder: one q for each image, found by gradient steps. No networks."""

import math
from collections.abc import Callable
from numbers import Real
from typing import NamedTuple

import torch
from torch import Tensor

from vaelib.bounds import elbo
from vaelib.checks import require_values, whole
from vaelib.posteriors import DiagonalGaussian


class Refined(NamedTuple):
    """mean and log_var (batch, latent), for each image those of its best step; history (steps + 1, batch): the ELBO on the given noise.

    The ELBO of what is returned is `history.max(0)`, in nats.
    """

    mean: Tensor
    log_var: Tensor
    history: Tensor


def refine(
    x: Tensor, mean: Tensor, log_var: Tensor, noise: Tensor, *, decode: Callable, likelihood, steps: int = 200, learning_rate: float = 0.05
) -> Refined:
    """Raise the ELBO of each image over its own (mean, log_var) by `steps` steps of Adam, the decoder held still.

    x (batch, pixels); mean, log_var (batch, latent), where to begin; noise (samples, batch, latent), kept for all steps, so that the
    bound that is raised is one function: many draws, or `torch.cat([noise, -noise])`, keep it near the true one. This is variational
    inference without amortization, as in Cremer et al. 2018, sec. 5. A step that leads to NaN or downwards is never what is returned.
    Raises ValueError on wrong shapes, steps or learning_rate, and where the ELBO to begin with is not finite.
    """
    steps = whole("steps", steps, least=0)
    if not (isinstance(learning_rate, Real) and 0 < learning_rate < math.inf):
        raise ValueError(f"learning_rate must be a finite number > 0, got {learning_rate!r}")
    require_values("x", x)
    mean, log_var = (start.detach().clone().requires_grad_() for start in (mean, log_var))
    optimizer = torch.optim.Adam([mean, log_var], lr=learning_rate, maximize=True)
    best, highest, history = [mean.detach().clone(), log_var.detach().clone()], None, []
    for step in range(steps + 1):
        total = elbo(x, DiagonalGaussian(mean, log_var), noise, decode=decode, likelihood=likelihood).total
        history.append(total.detach())
        if highest is None:
            if not torch.isfinite(total).all():
                raise ValueError(f"the ELBO must be finite to begin with, got {total.tolist()}: begin at another mean and log_var")
            highest = history[0]
        higher = history[-1] > highest  # never where it is NaN
        highest = torch.where(higher, history[-1], highest)
        best = [torch.where(higher.unsqueeze(-1), now.detach(), then) for now, then in zip((mean, log_var), best, strict=True)]
        if step < steps:
            # the images share no parameter, so the sum's gradient is each image's own; the decoder's weights collect none
            mean.grad, log_var.grad = torch.autograd.grad(total.sum(), [mean, log_var])
            optimizer.step()
    return Refined(*best, torch.stack(history))
