"""Diagonal Gaussians as functions of tensors: log-density, KL, sampling map. No networks, no random numbers, no averages.

Shapes: the last axis is one event; a result has the shape of the rest. Units: nats. `log_var` is log(std**2), always.
"""

import math

from torch import Tensor

from vaelib.checks import require_same_event


def gaussian_log_prob(x: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """log N(x; mean, diag exp(log_var)) in nats: (..., d) -> (...).

    Source: Kingma & Welling 2014, App. C.2. Raises ValueError when the last axes differ.
    """
    require_same_event("x", x, "mean", mean)
    require_same_event("mean", mean, "log_var", log_var)
    # The deviation is scaled before it is squared: exp(-log_var) overflows float32 from log_var = -89 on, where x = mean gives 0 * inf.
    deviation = (x - mean) * (-0.5 * log_var).exp()
    return -0.5 * (math.log(2 * math.pi) + log_var + deviation**2).sum(-1)


def gaussian_log_prob_of_draw(log_var: Tensor, noise: Tensor) -> Tensor:
    """log q(z) at z = mean + exp(log_var / 2) * noise, from the noise itself, in nats: (..., d) each -> (...).

    The deviation of z in standard deviations is the noise; taken from z it is lost to rounding where std is small beside the mean.
    """
    require_same_event("log_var", log_var, "noise", noise)
    return -0.5 * (math.log(2 * math.pi) + log_var + noise**2).sum(-1)


def kl_per_dimension(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL of each coordinate of N(mean, diag exp(log_var)) from N(0, 1), in nats: (..., latent) -> (..., latent).

    Source: Kingma & Welling 2014, App. B. The latent space's per-dimension monitor; its sum is `kl_to_standard_normal`.
    """
    require_same_event("mean", mean, "log_var", log_var)
    return 0.5 * (mean**2 + log_var.expm1() - log_var)


def kl_to_standard_normal(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(mean, diag exp(log_var)) || N(0, I)) in nats: (..., latent) -> (...). Kingma & Welling 2014, App. B."""
    return kl_per_dimension(mean, log_var).sum(-1)


def kl_between_gaussians(mean_q: Tensor, log_var_q: Tensor, mean_p: Tensor, log_var_p: Tensor) -> Tensor:
    """KL(N(mean_q, diag exp(log_var_q)) || N(mean_p, diag exp(log_var_p))) in nats: (..., d) -> (...).

    The order matters: the first pair is the distribution the expectation is taken under.
    """
    for name, tensor in (("log_var_q", log_var_q), ("mean_p", mean_p), ("log_var_p", log_var_p)):
        require_same_event("mean_q", mean_q, name, tensor)
    log_ratio = log_var_q - log_var_p
    distance = ((mean_q - mean_p) * (-0.5 * log_var_p).exp()) ** 2
    return 0.5 * (distance + log_ratio.expm1() - log_ratio).sum(-1)


def reparameterize(mean: Tensor, log_var: Tensor, noise: Tensor) -> Tensor:
    """z = mean + std * noise with std = exp(log_var / 2): (..., latent) each -> (..., latent).

    With noise ~ N(0, I) this is a draw from N(mean, diag std**2), differentiable in mean and log_var.
    Source: Kingma & Welling 2014, sec. 2.4. Leading axes of `noise` (samples) broadcast.
    """
    require_same_event("mean", mean, "log_var", log_var)
    require_same_event("mean", mean, "noise", noise)
    return mean + (0.5 * log_var).exp() * noise
