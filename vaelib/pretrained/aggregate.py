"""The aggregate posterior of a model with two latents, over all the images that it was trained on, and how it fills the prior."""

import math

import torch
from torch import Tensor

from vaelib.distributions import gaussian_log_prob, kl_to_standard_normal

EDGE, STEP, CELL = 6.0, 0.01, 10  # the lattice reaches from -EDGE to EDGE; a cell is CELL by CELL of its points
PLACES = ((1.65, -0.11), (-0.34, -1.85))  # where chapter 4 looks


def density(mean: Tensor, log_var: Tensor, chunk: int = 5000) -> Tensor:
    """(1/n) sum_i q(z|x_i) on the lattice, float64, from codes of shape (n, 2). Each q is a column times a row."""
    axis = torch.arange(-EDGE, EDGE, STEP, dtype=torch.float64)[:, None, None]
    total = torch.zeros(len(axis), len(axis), dtype=torch.float64)
    for some, wide in zip(mean.double().split(chunk), log_var.double().split(chunk), strict=True):
        across, along = (gaussian_log_prob(axis, some[:, i, None], wide[:, i, None]).exp() for i in (0, 1))
        total += across @ along.T
    return total / len(mean)


def filling(mean: Tensor, log_var: Tensor) -> dict:
    """From codes (n, 2): average KL, mismatch and information in nats, the variance of each latent, and the share of the prior's
    draws that fall where the aggregate, averaged over cells of 0.1 by 0.1, is less than a tenth of the prior."""
    axis = torch.arange(-EDGE, EDGE, STEP, dtype=torch.float64)
    log_prior = -0.5 * (axis[:, None] ** 2 + axis**2) - math.log(2 * math.pi)
    q = density(mean, log_var)
    mismatch = ((torch.xlogy(q, q) - q * log_prior).sum() * STEP**2).item()
    kl = kl_to_standard_normal(mean.double(), log_var.double()).mean().item()
    found, expected = (cells(values) for values in (q, log_prior.exp()))
    share = (expected * (found < expected / 10)).sum().item() * (CELL * STEP) ** 2
    variance = mean.double().var(0, correction=0) + log_var.double().exp().mean(0)
    against = found / expected
    where = [[math.floor((one + EDGE) / (CELL * STEP)) for one in place] for place in PLACES]
    return {
        "images": len(mean),
        "kl": round(kl, 3),
        "mismatch": round(mismatch, 3),
        "information": round(kl - mismatch, 3),
        "variance": [round(one, 3) for one in variance.tolist()],
        "holes": round(share, 4),
        "against_prior": [[*place, round(against[i, j].item(), 3)] for place, (i, j) in zip(PLACES, where, strict=True)],
    }


def cells(values: Tensor) -> Tensor:
    """The lattice's values averaged over cells."""
    side = len(values) // CELL
    return values.reshape(side, CELL, side, CELL).mean((1, 3))
