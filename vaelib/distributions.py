"""Diagonal Gaussians as functions of tensors: log-density, KL, sampling map. No networks, no random numbers, no averages.

Shapes: the last axis is one event; a result has the shape of the rest. Units: nats. `log_var` is log(std**2), always.
"""

import math

from torch import Tensor


def gaussian_log_prob(x: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """log N(x; mean, diag exp(log_var)) in nats: (..., d) -> (...).

    Source: Kingma & Welling 2014, App. C.2. Raises ValueError when the last axes differ.
    """
    _require_same_event("x", x, "mean", mean)
    _require_same_event("mean", mean, "log_var", log_var)
    squared_error = (x - mean) ** 2 * (-log_var).exp()
    return -0.5 * (math.log(2 * math.pi) + log_var + squared_error).sum(-1)


def kl_per_dimension(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL of each coordinate of N(mean, diag exp(log_var)) from N(0, 1), in nats: (..., latent) -> (..., latent).

    Source: Kingma & Welling 2014, App. B. The latent space's per-dimension monitor; its sum is `kl_to_standard_normal`.
    """
    _require_same_event("mean", mean, "log_var", log_var)
    return 0.5 * (mean**2 + log_var.expm1() - log_var)


def kl_to_standard_normal(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(mean, diag exp(log_var)) || N(0, I)) in nats: (..., latent) -> (...). Kingma & Welling 2014, App. B."""
    return kl_per_dimension(mean, log_var).sum(-1)


def kl_between_gaussians(mean_q: Tensor, log_var_q: Tensor, mean_p: Tensor, log_var_p: Tensor) -> Tensor:
    """KL(N(mean_q, diag exp(log_var_q)) || N(mean_p, diag exp(log_var_p))) in nats: (..., d) -> (...).

    The order matters: the first pair is the distribution the expectation is taken under.
    """
    for name, tensor in (("log_var_q", log_var_q), ("mean_p", mean_p), ("log_var_p", log_var_p)):
        _require_same_event("mean_q", mean_q, name, tensor)
    log_ratio = log_var_q - log_var_p
    distance = (mean_q - mean_p) ** 2 * (-log_var_p).exp()
    return 0.5 * (distance + log_ratio.expm1() - log_ratio).sum(-1)


def reparameterize(mean: Tensor, log_var: Tensor, noise: Tensor) -> Tensor:
    """z = mean + std * noise with std = exp(log_var / 2): (..., latent) each -> (..., latent).

    With noise ~ N(0, I) this is a draw from N(mean, diag std**2), differentiable in mean and log_var.
    Source: Kingma & Welling 2014, sec. 2.4. Leading axes of `noise` (samples) broadcast.
    """
    _require_same_event("mean", mean, "log_var", log_var)
    _require_same_event("mean", mean, "noise", noise)
    return mean + (0.5 * log_var).exp() * noise


def _require_same_event(name_a: str, a: Tensor, name_b: str, b: Tensor) -> None:
    for name, tensor in ((name_a, a), (name_b, b)):
        if not isinstance(tensor, Tensor):
            raise ValueError(f"{name} must be a tensor, got {type(tensor).__name__}")
    # Broadcasting (batch, 1) against (batch, d) is legal in torch and always a mistake here.
    if a.dim() == 0 or b.dim() == 0 or a.shape[-1] != b.shape[-1]:
        raise ValueError(f"{name_a} and {name_b} must agree on their last axis, got shapes {tuple(a.shape)} and {tuple(b.shape)}")
