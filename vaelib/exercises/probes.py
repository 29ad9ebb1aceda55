"""What a loss does, found out by probing it: which error of the pixels, which KL, and their weights. Never by names or source text.

The loss meets an encoder and a decoder whose answers are random tensors drawn anew. Its gradient for each of them is compared with the
gradients of the errors and KLs below; what fits none is unknown. No words about what is right or wrong: losses.py has them.
"""

import inspect
import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from vaelib.likelihoods import Bernoulli
from vaelib.posteriors import DiagonalGaussian
from vaelib.priors import StandardNormal

FITS = 1e-4  # of the largest entry: a loss may add 1e-8 inside a logarithm
KINDS = ("loss(x, output, mean, log_var)", "loss(model, x)")

# The gradient of one image's error for the decoder's output, from x and the output.
ERRORS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "squared error": lambda x, o: 2 * (o - x),
    "binary cross-entropy of logits": lambda x, o: o.sigmoid() - x,
    "binary cross-entropy of probabilities": lambda x, o: (o - x) / (o * (1 - o)),
    "squared error of a sigmoid": lambda x, o: 2 * (o.sigmoid() - x) * o.sigmoid() * (1 - o.sigmoid()),
    "absolute error": lambda x, o: (o - x).sign(),
}
BERNOULLI = ("binary cross-entropy of logits", "binary cross-entropy of probabilities")
# The gradient of one image's KL for mean m and log-variance v; z is the draw where one was seen.
KLS: dict[str, Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]] = {
    "KL": lambda m, v: (m, (v.exp() - 1) / 2),
    "log_var read as log std": lambda m, v: (m, (2 * v).exp() - 1),
    "std in the variance's place": lambda m, v: (m, ((v / 2).exp() / 2 - 1) / 2),
    "half of log_var": lambda m, v: (m, ((v / 2).exp() - 1) / 4),
    "variance squared": lambda m, v: (m, (2 * (2 * v).exp() - 1) / 2),
    "variance counted twice": lambda m, v: (m, (2 * v.exp() - 1) / 2),
    "mean not squared": lambda m, v: (torch.full_like(m, 0.5), (v.exp() - 1) / 2),
    "mean left out": lambda m, v: (torch.zeros_like(m), (v.exp() - 1) / 2),
    "mean subtracted": lambda m, v: (-m, (v.exp() - 1) / 2),
    "log left out": lambda m, v: (m, v.exp() / 2),
    "log added": lambda m, v: (m, (v.exp() + 1) / 2),
    "variance left out": lambda m, v: (m, torch.full_like(v, -0.5)),
    "KL(p, q)": lambda m, v: (m * (-v).exp(), (1 - (1 + m**2) * (-v).exp()) / 2),
}
DRAWN_KLS: dict[str, Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]] = {
    "KL": lambda m, v, z: (z, (z * (z - m) - 1) / 2),
    "variance counted twice": lambda m, v, z: (z, (z * (z - m) + v.exp() - 1) / 2),
}


class Trace(NamedTuple):
    """One call of a loss: what it was given (leaves of the graph), the value, its gradients, and the z that it gave to the decoder."""

    x: Tensor
    output: Tensor
    mean: Tensor
    log_var: Tensor
    value: Tensor
    gradients: tuple[Tensor, Tensor, Tensor]  # for output, mean and log_var
    z: Tensor | None


class Part(NamedTuple):
    """A term of a loss: its name above, None where it is unknown, "" where it has no gradient; the weight of one image's sum."""

    name: str | None
    weight: float
    powers: dict[str, float | None]  # how the weight falls with batch, pixels or latents: 1 where it is divided by their number
    rule: str = ""  # "absolute" or "floor", where that is done to it


class Model:
    """Stands in for a VAE: its encoder and decoder answer with the tensors of a trace, and it remembers what it was asked to decode."""

    def __init__(self, output: Tensor, mean: Tensor, log_var: Tensor):
        self._output, self._q = output, DiagonalGaussian(mean, log_var)
        self.asked: list[Tensor] = []
        self.likelihood, self.prior = Bernoulli(), StandardNormal(mean.shape[-1])
        self.latent_dim, self.pixels = mean.shape[-1], output.shape[-1]

    def encode(self, x: Tensor) -> DiagonalGaussian:
        return self._q

    def decode(self, z: Tensor) -> Tensor:
        self.asked.append(z)
        return self._output.expand(*z.shape[:-2], *self._output.shape)


def generator(seed: int | None) -> torch.Generator:
    """A generator of its own: from the seed, or from the machine's randomness where there is none."""
    made = torch.Generator()
    if seed is None:
        made.seed()
    else:
        made.manual_seed(seed)
    return made


def takes_model(loss: Callable) -> bool:
    """Whether a loss is loss(model, x), and not loss(x, output, mean, log_var), by the number of arguments that it must be given."""
    if not callable(loss):
        raise TypeError(f"loss must be a function, {KINDS[0]} or {KINDS[1]}, got {type(loss).__name__}")
    try:
        kinds = [one for one in inspect.signature(loss).parameters.values() if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    except ValueError:
        kinds = []
    needed = sum(one.default is one.empty for one in kinds)
    if needed == 2 or (needed < 2 and len(kinds) == 2):
        return True
    if needed <= 4 <= len(kinds):
        return False
    raise TypeError(f"loss must be {KINDS[0]} or {KINDS[1]}, got a function of {needed} arguments; wrap it in a lambda")


def trace(loss: Callable, sizes: dict[str, int], generator: torch.Generator) -> Trace:
    """Calls the loss on images, outputs and codes drawn anew: x of zeros and ones, outputs in (0.05, 0.95), float64.

    Raises ValueError where the loss gives no single finite number.
    """
    batch, pixels, latent_dim = sizes["batch"], sizes["pixels"], sizes["latent_dim"]
    x, output = torch.rand(2, batch, pixels, dtype=torch.float64, generator=generator).unbind()
    mean, log_var = (one.clone().requires_grad_() for one in torch.randn(2, batch, latent_dim, dtype=torch.float64, generator=generator))
    return call(loss, x.round(), (0.05 + 0.9 * output).requires_grad_(), mean, log_var)


def call(loss: Callable, x: Tensor, output: Tensor, mean: Tensor, log_var: Tensor) -> Trace:
    """Calls the loss once: x and output (batch, pixels), mean and log_var (batch, latent); errors as in `trace`."""
    model = Model(output, mean, log_var)
    value = loss(model, x) if takes_model(loss) else loss(x, output, mean, log_var)
    if not isinstance(value, Tensor) or value.numel() != 1:
        got = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(f"a loss must return one number, a tensor of shape (), got {got}: sum or average it over the batch")
    value = value.reshape(())
    if not torch.isfinite(value):
        raise ValueError(f"the loss is {value.item()} for outputs between 0.05 and 0.95 and ordinary codes; it must be finite")
    leaves = (output, mean, log_var)
    found = torch.autograd.grad(value, leaves, allow_unused=True, retain_graph=True) if value.requires_grad else (None,) * 3
    by_output, by_mean, by_log_var = (torch.zeros_like(one) if got is None else got for one, got in zip(leaves, found, strict=True))
    return Trace(x, output, mean, log_var, value, (by_output, by_mean, by_log_var), model.asked[0] if model.asked else None)


def error_of(one: Trace) -> tuple[str | None, float]:
    """(name, weight) of the error, by the gradient for the output."""
    return _closest(one.gradients[0], {name: gradient(one.x, one.output.detach()) for name, gradient in ERRORS.items()})


def kl_of(one: Trace) -> tuple[str | None, float, str]:
    """(name, weight, rule) of the KL, by the gradients for mean and log_var."""
    m, v = one.mean.detach(), one.log_var.detach()
    got = torch.stack(one.gradients[1:])
    known = {name: torch.stack(gradient(m, v)) for name, gradient in KLS.items()}
    name, weight = _closest(got, known)
    if name is None and one.z is not None and one.z.shape[-2:] == m.shape:
        z = one.z.detach()  # with an axis of samples or without
        drawn = {key: [g.expand_as(z).reshape(-1, *m.shape).mean(0) for g in gradient(m, v, z)] for key, gradient in DRAWN_KLS.items()}
        name, weight = _closest(got, {key: torch.stack(pair) for key, pair in drawn.items()})
    if name is not None:
        return name, weight, ""
    counted = (got != 0).any(0)  # of a floor, each coordinate has both gradients or none
    if 0.02 < counted.double().mean() < 0.98:
        name, weight = _closest(got * counted, {key: value * counted for key, value in known.items()})
        if name is not None:
            return name, weight, "floor"
    name, weight = _closest(got.abs(), {key: value.abs() for key, value in known.items()})
    return name, weight, "absolute" if name is not None else ""


def part(loss: Callable, read: Callable[[Trace], tuple], sizes: dict[str, int], generator: torch.Generator) -> Part:
    """One term of the loss, its weight measured twice at these sizes and once at each size doubled."""
    first, again = (read(trace(loss, sizes, generator)) for _ in range(2))
    name, weight, rule = (*first, "")[:3]
    same = again[0] == name and math.isclose(abs(again[1]), abs(weight), rel_tol=10 * FITS)
    if name is None or not same:
        return Part(None, math.nan, {})
    if name == "":
        return Part("", 0.0, {})
    if again[1] * weight < 0:  # the sign goes with the draw
        rule = "absolute"
    powers: dict[str, float | None] = {}
    for size in sizes:
        doubled = {key: 2 * value if key == size else value for key, value in sizes.items()}
        try:
            other = read(trace(loss, doubled, generator))
        except (RuntimeError, ValueError):  # written for one size of image
            powers[size] = None
            continue
        ratio = weight / other[1] if other[0] == name and other[1] else math.nan
        power = math.log2(ratio) if ratio > 0 else math.nan
        powers[size] = round(power) + 0.0 if abs(power - round(power)) < 0.01 else None
    return Part(name, weight, powers, rule)


def _closest(got: Tensor, known: dict[str, Tensor]) -> tuple[str | None, float]:
    """The name of the tensor that `got` is a multiple of, and the multiple; "" where `got` is zero, None where it fits none."""
    largest = got.abs().max().item()
    if largest == 0:
        return "", 0.0
    for name, one in known.items():
        weight = ((got * one).sum() / (one * one).sum()).item()
        if (got - weight * one).abs().max().item() <= FITS * largest:
            return name, weight
    return None, math.nan
