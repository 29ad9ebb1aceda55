"""Whether z is drawn as q says: mean + exp(log_var / 2) * noise, one noise for each image, with a gradient. Found by drawing."""

from collections.abc import Callable

import torch
from torch import Tensor

from vaelib.exercises import probes

BATCH = 4000
FAR = 6  # standard errors: a right draw is called wrong once in five hundred million times
# What the deviation z - mean may have been scaled by instead of exp(log_var / 2).
SCALES: dict[str, Callable[[Tensor], Tensor]] = {
    "exp(log_var), the variance": lambda v: v.exp(),
    "exp(2 log_var)": lambda v: (2 * v).exp(),
    "log_var itself": lambda v: v,
    "exp(log_var / 4)": lambda v: (v / 4).exp(),
    "1, whatever log_var is": lambda v: torch.ones_like(v),
    "the square root of |log_var|": lambda v: v.abs().sqrt(),
}


def judge(function: Callable, sizes: dict[str, int], generator: torch.Generator, *, alone: bool) -> list[str]:
    """The faults of draw(mean, log_var) -> z where `alone`, else of the z that loss(model, x) decodes."""
    mean, log_var = (
        one.clone().requires_grad_() for one in torch.randn(2, BATCH, sizes["latent_dim"], dtype=torch.float64, generator=generator)
    )
    if alone:
        z = function(mean, log_var)
    else:
        x, output = torch.rand(2, BATCH, sizes["pixels"], dtype=torch.float64, generator=generator).unbind()
        z = probes.call(function, x.round(), (0.05 + 0.9 * output).requires_grad_(), mean, log_var).z
    if not isinstance(z, Tensor):
        return ["nothing was decoded: model.decode(z) was never called"]
    if z.shape[-2:] != mean.shape:
        return [f"z must have shape (batch, latent) = {tuple(mean.shape)}, got {tuple(z.shape)}"]
    z = z.reshape(-1, *mean.shape)[0]
    faults = _spread(z.detach(), mean.detach(), log_var.detach())
    return [*faults, *_gradient(z, mean, log_var, bool(faults))]


def _spread(z: Tensor, mean: Tensor, log_var: Tensor) -> list[str]:
    deviation = z - mean
    if deviation.abs().max() < 1e-9:
        return ["z is q's mean, with no noise: what is then computed is no bound"]
    if _standard(deviation * (-log_var / 2).exp()):
        noise = deviation * (-log_var / 2).exp()
        return ["one noise serves all images: draw it with the shape of mean"] if noise.std(0).max() < 1e-6 else []
    for words, scale in SCALES.items():
        if _standard(deviation / scale(log_var)):
            return [f"the noise is multiplied by {words}, and not by the standard deviation exp(log_var / 2)"]
    noise = deviation * (-log_var / 2).exp()
    if noise.std(0).max() < 1e-6:
        return ["one noise serves all images: draw it with the shape of mean"]
    return [f"(z - mean) / exp(log_var / 2) has mean {noise.mean():.3f} and standard deviation {noise.std():.3f}, and is not N(0, 1)"]


def _standard(noise: Tensor) -> bool:
    """Whether numbers look like draws from N(0, 1), by their first, second and fourth moment."""
    count = noise.numel()
    moments = (noise.mean() - 0, (noise**2).mean() - 1, (noise**4).mean() - 3)
    return all(abs(off) <= FAR * (variance / count) ** 0.5 for off, variance in zip(moments, (1, 2, 96), strict=True))


def _gradient(z: Tensor, mean: Tensor, log_var: Tensor, spread_is_wrong: bool) -> list[str]:
    found = torch.autograd.grad(z.sum(), (mean, log_var), allow_unused=True, retain_graph=True) if z.requires_grad else (None, None)
    by_mean, by_log_var = (torch.zeros_like(mean) if one is None else one for one in found)
    if not by_mean.any() and not by_log_var.any():
        return ["z carries no gradient to mean and log_var: the encoder is detached from the reconstruction (the trick was forgotten)"]
    if not by_mean.any():
        return ["z carries no gradient to mean"]
    if spread_is_wrong:
        return []
    if not by_log_var.any():
        return ["z carries no gradient to log_var"]
    wanted = (z - mean).detach() / 2
    if not torch.allclose(by_mean, torch.ones_like(mean)) or not torch.allclose(by_log_var, wanted, rtol=1e-6, atol=1e-9):
        return ["z has the right values and the wrong gradient: wanted dz/dmean = 1 and dz/dlog_var = (z - mean) / 2"]
    return []
