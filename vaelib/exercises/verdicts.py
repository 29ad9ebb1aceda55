"""Whether a loss is that of a VAE, judged by what it does, with the faults named. How its parts are found: probes.py and draws.py."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch

from vaelib.checks import whole
from vaelib.exercises import draws, probes

SIZES = {"batch": 24, "pixels": 40, "latent_dim": 6}
WRONG_KL = {
    "log_var read as log std": "the KL takes log_var for log std: its variance is exp(2 log_var). Write log_var.exp() for the variance",
    "std in the variance's place": "the KL has the standard deviation exp(log_var / 2) where the variance exp(log_var) belongs",
    "half of log_var": "the KL is that of the variance exp(log_var / 2): it has the standard deviation wherever the variance belongs",
    "variance squared": "the KL squares the variance: exp(2 log_var) stands where exp(log_var) belongs",
    "variance counted twice": "the KL counts q's variance twice; its minimum lies at a standard deviation of 0.71, not at 1",
    "mean not squared": "the KL has the mean where its square belongs, so it can be made as negative as one likes",
    "mean left out": "the KL leaves out the mean: codes may stray at no cost",
    "mean subtracted": "the KL subtracts mean^2 where it should add it: it rewards codes far from 0",
    "log left out": "the KL leaves out log_var: nothing keeps the variance from 0",
    "log added": "the KL adds log_var where it should subtract it: nothing keeps the variance from 0",
    "variance left out": "the KL leaves out exp(log_var): nothing keeps the variance from growing",
    "KL(p, q)": "the KL is the other one, KL(p || q); the ELBO has KL(q || p)",
}


class Verdict(NamedTuple):
    """right: no fault, nothing unknown; faults and unknown: a sentence each; measured: what was seen. str() gives all."""

    right: bool
    faults: tuple[str, ...]
    unknown: tuple[str, ...]
    measured: tuple[str, ...]

    def __str__(self) -> str:
        told = "Right: -ELBO, up to a scale." if self.right else "Not the loss of a VAE:" if self.faults else "It cannot be told:"
        return "\n".join(
            [told, *(f"- {line}." for line in (*self.faults, *self.unknown)), *(f"  measured: {line}" for line in self.measured)]
        )


class _Notes(NamedTuple):
    faults: list[str]
    unknown: list[str]
    measured: list[str]


def check_vae(loss: Callable, *, draw: Callable | None = None, seed: int | None = None, **sizes: int) -> Verdict:
    """Grades a loss by what it does: loss(x, output, mean, log_var) or loss(model, x), one number to minimize; draw(mean, log_var) -> z.

    A loss(model, x) is also judged by the z that it hands to model.decode. Any scale of the whole and any variance of Gaussian pixels is
    right; a Bernoulli decoder's KL must have weight 1. The probes are drawn anew where no seed is given; sizes: batch, pixels and
    latent_dim of the probes, for a loss that is written for certain ones.
    Source: Kingma & Welling 2014, eq. 10 and app. B. Raises TypeError or ValueError for what is no loss.
    """
    if extra := set(sizes) - set(SIZES):
        raise TypeError(f"the sizes are {', '.join(SIZES)}; got {', '.join(sorted(extra))}")
    sizes = SIZES | {name: whole(name, value, least=2) for name, value in sizes.items()}
    generator, notes = probes.generator(seed), _Notes([], [], [])
    error, kl = (probes.part(loss, read, sizes, generator) for read in (probes.error_of, probes.kl_of))
    _judge_error(error, notes)
    _judge_kl(kl, notes, lambda: _value_moves(loss, sizes, generator))
    if error.name and kl.name and not error.rule and not kl.rule:
        _judge_weights(error, kl, sizes, notes)
    if draw is not None or probes.takes_model(loss):
        found = draws.judge(loss if draw is None else draw, sizes, generator, alone=draw is not None)
        notes.faults.extend(found)
        notes.measured.append("z, compared with q over many draws")
    return Verdict(not notes.faults and not notes.unknown, tuple(notes.faults), tuple(notes.unknown), tuple(notes.measured))


def _judge_error(error: probes.Part, notes: _Notes) -> None:
    if error.name is None:
        notes.unknown.append(f"the pixels' error is none of: {', '.join(probes.ERRORS)}; or the terms are not simply added")
    elif error.name == "":
        notes.faults.append("the decoder's output has no effect on the loss: the log-likelihood is missing or detached")
    else:
        notes.measured.append(f"{error.name}, {error.weight:.4g} times its sum over an image's pixels")
        if error.weight < 0:
            notes.faults.append("the sign of the error is flipped: minimizing this makes the reconstruction worse")
        if error.name == "squared error of a sigmoid":
            notes.measured.append("a sigmoid stands before the squared error: right where all data lies between 0 and 1")
        if error.name == "absolute error":
            notes.measured.append("the absolute error is that of a Laplace decoder")


def _judge_kl(kl: probes.Part, notes: _Notes, value_moves: Callable[[], bool]) -> None:
    if kl.name is None:
        notes.unknown.append("the gradient for mean and log_var is of no KL that is known here; or the terms are not simply added")
    elif kl.name == "" and value_moves():
        notes.faults.append("the KL has a value and no gradient: mean and log_var were detached on the way, or .item() was taken")
    elif kl.name == "":
        notes.faults.append("there is no KL: this is an autoencoder, and nothing brings the codes to the prior")
    else:
        notes.measured.append(f"a gradient of \u201c{kl.name}\u201d, {kl.weight:.4g} times its sum over an image's latents")
        if kl.name in WRONG_KL:
            notes.faults.append(WRONG_KL[kl.name])
        if kl.rule == "absolute":
            notes.faults.append(
                "an absolute value hides it where the KL, or the draw's estimate of it, is negative, and turns its gradient round"
            )
        elif kl.rule == "floor":
            notes.measured.append("below a floor a coordinate's KL is not counted (free bits)")
        if kl.weight < 0 and kl.rule != "absolute":
            notes.faults.append("the sign of the KL is flipped: minimizing this drives q away from the prior")


def _judge_weights(error: probes.Part, kl: probes.Part, sizes: dict[str, int], notes: _Notes) -> None:
    if error.weight < 0 and kl.weight < 0:
        notes.faults[:] = [fault for fault in notes.faults if "flipped" not in fault]
        notes.faults.append("this is the ELBO and not its negative: an optimizer that minimizes it makes the model worse")
    before, ratio = len(notes.faults), abs(kl.weight / error.weight)
    batch = error.powers["batch"], kl.powers["batch"]
    parted = None not in batch and batch[0] != batch[1]
    if error.powers["pixels"] == 1:
        much = sizes["pixels"]
        notes.measured.append("the error falls with the number of pixels: give pixels= where a factor in the loss makes up for it")
        if ratio > 0.4 * much:
            notes.faults.append(f"the error is a mean over the {much} pixels where a sum belongs: the KL weighs {much} times too much")
    if kl.powers["latent_dim"] == 1 and parted and batch[1] == 0:
        notes.faults.append("the KL is summed over the batch and averaged over the latents: the axes are exchanged")
    elif kl.powers["latent_dim"] == 1:
        notes.faults.append(f"the KL is a mean over the {sizes['latent_dim']} latents where a sum over the last axis belongs")
    elif parted:
        notes.faults.append("one term is averaged over the batch and the other is not: their balance changes with the batch size")
    if error.name == "squared error":
        notes.measured.append(f"as a Gaussian decoder at beta 1: pixels of variance {ratio / 2:.4g}")
    elif error.name in probes.BERNOULLI and len(notes.faults) == before and not math.isclose(ratio, 1, rel_tol=1e-3):
        known = {2.0: "the half before it is missing", 0.5: "it is halved twice", 1 / math.log(2): "it is in bits, the error in nats"}
        why = next((words for value, words in known.items() if math.isclose(ratio, value, rel_tol=1e-3)), "a beta-VAE's loss is no bound")
        notes.faults.append(f"the KL has weight {ratio:.4g} where the ELBO has 1: {why}")


def _value_moves(loss: Callable, sizes: dict[str, int], generator: torch.Generator) -> bool:
    """Whether the loss's value changes with mean and log_var alone."""
    one = probes.trace(loss, sizes, generator)
    values = []
    with torch.random.fork_rng(devices=[]):
        state = torch.random.get_rng_state()
        for shift in (0.0, 0.5):
            torch.random.set_rng_state(state)
            mean, log_var = ((part.detach() + shift).requires_grad_() for part in (one.mean, one.log_var))
            values.append(probes.call(loss, one.x, one.output, mean, log_var).value.item())
    return not math.isclose(*values, rel_tol=1e-9, abs_tol=1e-12)
