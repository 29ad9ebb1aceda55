"""Gradients of an average over draws, E_q[f(z)], for the parameters of q: three ways to estimate them, and their common form.

Each returns f at every draw, (samples, batch) or (batch,), as a tensor whose *gradient* is the estimator; average it and call backward.
The value is the same in all three. What else f depends on, a decoder's weights, gets its ordinary gradient from each. No optimizer.
"""

from collections.abc import Callable

from torch import Tensor

from vaelib.posteriors import Posterior

Cost = Callable[[Tensor], Tensor]  # z (..., latent) -> (...)
Estimator = Callable[[Cost, Posterior, Tensor], Tensor]


def pathwise(f: Cost, q: Posterior, noise: Tensor) -> Tensor:
    """f(z) at z = q.draw(noise), through which the gradient flows: the reparameterization trick. Unbiased where f has slopes.

    noise (..., batch, latent) -> (..., batch). Source: Kingma & Welling 2014, sec. 2.4. Raises ValueError on wrong shapes.
    """
    return _values(f, q.draw(noise))


def detached(f: Cost, q: Posterior, noise: Tensor) -> Tensor:
    """f(z) with z cut from the graph: the trick forgotten. No gradient reaches q; biased unless the true gradient is 0.

    noise (..., batch, latent) -> (..., batch). Raises ValueError on wrong shapes.
    """
    return _values(f, q.draw(noise).detach())


def score_function(f: Cost, q: Posterior, noise: Tensor, *, baseline: Tensor | float | str = 0.0) -> Tensor:
    """f(z) with the gradient (f(z) - baseline) grad log q(z), z held fixed. Unbiased for any f, a step or a table among them.

    baseline: anything that z does not change, as wide as the batch or a number: it moves no average and may take away most of the
    variance. "others" takes for each sample the mean of f over the other samples, which needs noise (samples, batch, latent), at least 2.
    noise (..., batch, latent) -> (..., batch). Source: Williams 1992; "others": Mnih & Rezende 2016. Raises ValueError on wrong shapes.
    """
    z = q.draw(noise).detach()
    value = _values(f, z)
    if isinstance(baseline, str):
        if baseline != "others" or value.dim() < 2 or len(value) < 2:
            got = f"{baseline!r} for costs of shape {tuple(value.shape)}"
            raise ValueError(f'baseline must be a number, a tensor, or "others" with 2 samples or more, got {got}')
        baseline = (value.sum(0) - value).detach() / (len(value) - 1)
    weight = (value - baseline).detach()
    if weight.shape != value.shape:
        raise ValueError(f"baseline must broadcast to {tuple(value.shape)}, got a tensor that makes it {tuple(weight.shape)}")
    log_q = q.log_prob(z)
    return value + weight * (log_q - log_q.detach())


def _values(f: Cost, z: Tensor) -> Tensor:
    value = f(z)
    if not isinstance(value, Tensor) or value.shape != z.shape[:-1]:
        got = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(f"f must return one number for each draw, shape {tuple(z.shape[:-1])}, got {got}")
    return value
