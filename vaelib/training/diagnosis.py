"""Words for a run that cannot go on: how large the numbers are that overflow, and what to change. Nothing is changed here."""

import math

import torch
from torch import Tensor

from vaelib.bounds import elbo
from vaelib.model import VAE
from vaelib.training.door import dtype_of, pixels_of

IMAGES = 256


def not_finite(model: VAE, x: Tensor, where: str) -> str:
    """A sentence: what is not finite, the largest |log_var|, |x| and gradient on the first images with the present weights, a cure."""
    rows = pixels_of(x[:IMAGES], dtype_of(model))
    noise = torch.zeros(len(rows), model.latent_dim, dtype=rows.dtype, device=rows.device)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    with torch.enable_grad():
        q = model.encode(rows)
        total = elbo(rows, q, noise, decode=model.decode, likelihood=model.likelihood, prior=model.prior).total.mean()
        slopes = torch.autograd.grad(total, weights, allow_unused=True)
    slope = max((one.abs().max().item() for one in slopes if one is not None), default=math.nan)
    log_var = getattr(q, "log_var", None)
    largest = math.nan if log_var is None else log_var.abs().max().item()
    sizes = {"|log_var|": largest, "|x|": rows.abs().max().item(), "gradient": slope}
    shown = ", ".join(f"{name} {value:.3g}" for name, value in sizes.items() if not (name == "|log_var|" and log_var is None))
    if largest > 60 or (not math.isfinite(largest) and log_var is not None):
        cure = "exp(log_var) overflows, which no learning_rate mends: make the encoder's log_var smaller, or begin with a fresh model"
    elif sizes["|x|"] > 50:
        cure = "scale x to values around 1, then try a smaller learning_rate"
    else:
        cure = "try a smaller learning_rate"
    return f"{where} not finite; {cure} (largest with the weights as they are now: {shown})"
