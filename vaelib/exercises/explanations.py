"""What model a loss fits, in words and numbers, from its settings or from the loss itself. Whether it is right: verdicts.py.

A weighted sum a * error + b * KL has one number that counts, b / a. For the squared error it is twice the variance of a Gaussian
decoder; for the binary cross-entropy it is beta.
"""

import math
from collections.abc import Callable
from numbers import Real
from typing import NamedTuple

from torch import Tensor

from vaelib.checks import require_values, whole
from vaelib.exercises import probes

REDUCTIONS = ("sum", "mean", "batch mean")
SETTINGS = {"squared error": 1.0, "half squared error": 0.5, "bce": 1.0}


class Explanation(NamedTuple):
    """What model a loss fits; str() gives words and fix.

    variance: of each pixel, at beta 1, for squared errors, else None; beta: the weight of the KL for a Bernoulli decoder, else None;
    alive: how many latents survive on the given spectrum in the linear model, or None. fix: the line that ends the commonest slip, or "".
    """

    likelihood: str  # "gaussian", "bernoulli" or "unknown"
    variance: float | None
    beta: float | None
    alive: int | None
    words: str
    fix: str

    def __str__(self) -> str:
        return f"{self.words} {self.fix}".strip()


def explain_loss(
    loss: Callable | None = None,
    *,
    error: str | None = None,
    error_reduction: str = "mean",
    kl_reduction: str = "batch mean",
    beta: float = 1.0,
    pixels: int,
    latent_dim: int,
    batch: int = 128,
    spectrum: Tensor | None = None,
    seed: int | None = None,
) -> Explanation:
    """What model is fitted by error + beta * KL, from its settings or from a function that is probed.

    loss: loss(x, output, mean, log_var) or loss(model, x), one number, for x (batch, pixels). Or error: "squared error", "half squared
    error" or "bce", with the reductions: "sum" over everything, "mean" over everything, "batch mean" (summed over pixels or latents,
    averaged over the batch). spectrum (any,): the eigenvalues of the data's covariance, in the pixels' own units; a latent of the linear
    model survives where eigenvalue > variance. seed: of the probes, which are drawn anew where none is given.
    Source: Lucas et al. 2019 for the linear model. Raises ValueError on settings that are unknown.
    """
    sizes = {"batch": whole("batch", batch), "pixels": whole("pixels", pixels), "latent_dim": whole("latent_dim", latent_dim)}
    if (loss is None) == (error is None):
        raise ValueError("give either a loss or the name of an error, " + ", ".join(map(repr, SETTINGS)))
    if loss is not None:
        generator = probes.generator(seed)
        found, kl = (probes.part(loss, read, sizes, generator) for read in (probes.error_of, probes.kl_of))
        if not found.name or kl.name not in ("KL", "") or found.rule or kl.rule or found.weight <= 0 or kl.weight < 0:
            said = f"error: {found.name or 'unknown'}, KL: {kl.name or 'unknown'}"
            words = f"This is no weighted sum of a known error and the KL ({said})."
            return Explanation("unknown", None, None, None, words, "check_vae says more.")
        return _explained(found.name, kl.weight / found.weight, pixels, latent_dim, spectrum)
    if error not in SETTINGS or error_reduction not in REDUCTIONS or kl_reduction not in REDUCTIONS:
        wanted = f"error one of {list(SETTINGS)} and the reductions among {list(REDUCTIONS)}"
        raise ValueError(f"wanted {wanted}, got {error!r}, {error_reduction!r} and {kl_reduction!r}")
    if not isinstance(beta, Real) or not 0 <= beta < math.inf:
        raise ValueError(f"beta must be a finite number >= 0, got {beta!r}")
    weight = SETTINGS[error] * _share(error_reduction, batch, pixels)
    name = probes.BERNOULLI[0] if error == "bce" else "squared error"
    return _explained(name, float(beta) * _share(kl_reduction, batch, latent_dim) / weight, pixels, latent_dim, spectrum)


def _explained(error: str, ratio: float, pixels: int, latent_dim: int, spectrum: Tensor | None) -> Explanation:
    if error in probes.BERNOULLI:
        words = f"A Bernoulli decoder with the KL at weight beta = {ratio:.4g}: "
        if math.isclose(ratio, 1, rel_tol=1e-3):
            return Explanation("bernoulli", None, ratio, None, words + "the negative ELBO, for pixels that are 0 or 1.", "")
        more = (
            "more than the ELBO asks, so latents are given up early."
            if ratio > 1
            else "less than the ELBO asks, so the codes stray from the prior."
        )
        return Explanation("bernoulli", None, ratio, None, words + more, _fix(ratio, pixels, latent_dim))
    if error != "squared error":
        words = f"Through the {error} no Gaussian's and no Bernoulli's log-likelihood is maximized that is known here."
        return Explanation("unknown", None, None, None, words, "")
    variance = ratio / 2
    if not variance:
        return Explanation("gaussian", 0.0, None, None, "An autoencoder: without a KL the pixels' variance is taken as 0.", "")
    words = f"A Gaussian decoder whose pixels have variance {variance:.4g} (standard deviation {math.sqrt(variance):.4g}) at beta 1, "
    words += f"or variance 1 at beta {variance:.4g}: the two are one knob."
    alive = None
    if spectrum is not None:
        require_values("spectrum", spectrum)
        if not spectrum.isfinite().all():
            raise ValueError("spectrum must be finite: the eigenvalues of the data's covariance")
        alive = min(latent_dim, int((spectrum > variance).sum()))
        words += f" In the linear model {alive} of {latent_dim} latents survive, those whose eigenvalue is above {variance:.4g};"
        words += f" the largest is {spectrum.max().item():.4g}."
    return Explanation("gaussian", variance, None, alive, words, _fix(ratio, pixels, latent_dim))


def _fix(ratio: float, pixels: int, latent_dim: int) -> str:
    """The line that mends a mean where a sum belongs; ratio is the KL's weight over the error's, for sums 1 or, halved, 2."""
    slips = {float(pixels): "", 2.0 * pixels: "", pixels / latent_dim: "both", 1 / latent_dim: "KL", 2 / latent_dim: "KL"}
    near = [kind for value, kind in slips.items() if latent_dim > 2 and math.isclose(ratio, value, rel_tol=1e-3)]
    if not near:
        return ""
    parts = [] if near[0] == "KL" else [f"the error over the {pixels} pixels: error.sum(-1).mean()"]
    parts += [f"the KL over the {latent_dim} latents: kl.sum(-1).mean()"] if near[0] else []
    return f"Sum {' and '.join(parts)}; average over the batch alone."


def _share(reduction: str, batch: int, width: int) -> float:
    return {"sum": 1.0, "batch mean": 1 / batch, "mean": 1 / (batch * width)}[reduction]
