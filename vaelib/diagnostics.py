"""What the latents of a trained model carry: the KL of each, which are active, the information about x, and a verdict. Nothing is trained.

Each takes a model whose q is a diagonal Gaussian and images x (n, pixels), n >= 2, in the model's dtype; nats, averages over the set.
All raise ValueError on other images.
"""

import math
from numbers import Real
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from vaelib.checks import require_tensor, seeded, whole
from vaelib.latent import BATCH, Codes, encode_set
from vaelib.model import VAE, evaluating
from vaelib.noise import noise_like
from vaelib.posteriors import DiagonalGaussian

AT_ONCE = 1 << 22  # numbers in a table of draws against images
ACTIVE = 0.01  # the threshold of Burda et al. 2016, of a variance of means; here also of nats


class Aggregate(NamedTuple):
    """The average KL in two parts, floats in nats: kl = information + marginal_kl. standard_error is that of either part."""

    information: float
    marginal_kl: float
    kl: float
    standard_error: float


class Latent(NamedTuple):
    """One latent: its average KL and the nats that its redraw is heard by, the variance of its means, and "used" or what else it is."""

    kl: float
    variance: float
    heard: float
    state: str


class Verdict(NamedTuple):
    """What `verdict` saw: each latent, the nats by which a redraw of all of z is heard, the directions that would pay, and sentences."""

    latents: tuple[Latent, ...]
    heard: float
    room: int | None
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def kl_of_each_latent(model: VAE, x: Tensor) -> Tensor:
    """The KL of each latent from the prior, averaged over x: (latent,). Raises ValueError where the prior has no closed form for each."""
    codes = _codes(model, x)
    kl = model.prior.kl(DiagonalGaussian(*codes))
    if kl is None or kl.shape != codes.mean.shape:
        raise ValueError("the prior must give the KL of each latent in closed form, got one that does not split over the latents")
    return kl.mean(0)


def variance_of_means(model: VAE, x: Tensor) -> Tensor:
    """How far the means of q move from image to image: their variance over x, (latent,)."""
    return _codes(model, x).mean.var(0, correction=0)


def active_units(model: VAE, x: Tensor, *, threshold: float = ACTIVE) -> Tensor:
    """Whether each latent is active: the variance over x of the mean of q is above the threshold, (latent,) of bool.

    Source: Burda et al. 2016, sec. 5.2. A latent whose q is narrow but the same for every image has a KL and is not active.
    """
    _check_threshold(threshold)
    return variance_of_means(model, x) > threshold


@torch.no_grad()
def aggregate(model: VAE, x: Tensor, *, samples: int = 1, seed: int = 0) -> Aggregate:
    """I_q(x; z) and KL(q(z) || p(z)), where q(z) is the average of q(z|x) over the images given: Hoffman & Johnson 2016.

    The images' own q(z) is summed over all n of them, so for this set both are without bias; `samples` draws of z for each image leave
    the standard error. As estimates for the images that the set was drawn from they are biased: the information is too small, never
    above log n, and the marginal KL too large by as much.
    """
    codes, generator = _codes(model, x), seeded(seed, x.device)
    mean, log_var = (part.double() for part in codes)
    per_draw = []
    for _ in range(whole("samples", samples)):
        z = DiagonalGaussian(mean, log_var).draw(noise_like(mean, generator))
        per_draw.append(_log_q(z, mean, log_var))
    own, mixed = (torch.stack(one) for one in zip(*per_draw, strict=True))
    information = (own - mixed).mean(0)
    closed = model.prior.kl(DiagonalGaussian(mean, log_var))
    if closed is None:
        raise ValueError("the prior must have a closed form of KL(q || p), got one without")
    kl = closed.sum(-1).mean().item()
    found = information.mean().item()
    return Aggregate(found, kl - found, kl, information.std().item() / math.sqrt(len(x)))


def verdict(model: VAE, x: Tensor, *, beta: float = 1.0, threshold: float = ACTIVE, seed: int = 0) -> Verdict:
    """Which latents are used, which say nothing, and whether that is right, from how the model behaves on x.

    A latent *says* something where it is active, and is *heard* where the decoder's pixels move when it is redrawn from the prior: by the
    KL between the two p(x|z), above the threshold. `room` counts the directions in which the images still miss the decoder's mean by
    more than beta times what images drawn by the model itself miss it by: so many more latents would pay for themselves, to second order.
    It is None for pixels of several numbers. x must be as in training: greys that were tossed there, tossed. beta: the KL's weight there.
    """
    _check_threshold(threshold)
    if isinstance(beta, bool) or not isinstance(beta, Real) or not (math.isfinite(beta) and beta > 0):
        raise ValueError(f"beta must be a finite number > 0, got {beta!r}")
    codes, generator = _codes(model, x), seeded(seed, x.device)
    variance = codes.mean.var(0, correction=0).tolist()
    kl = kl_of_each_latent(model, x).tolist()
    heard = [_heard(model, codes, [k], generator) for k in range(model.latent_dim)]
    latents = tuple(Latent(*row, _state(*row, threshold)) for row in zip(kl, variance, heard, strict=True))
    together = _heard(model, codes, list(range(model.latent_dim)), generator)
    room = _room(model, x, codes, beta, generator)
    return Verdict(latents, together, room, tuple(_sentences(latents, together, room, threshold)))


def _state(kl: float, variance: float, heard: float, threshold: float) -> str:
    if variance > threshold:
        return "used" if heard > threshold else "not heard"
    if kl > threshold:
        return "the same for all"
    return "noise" if heard > threshold else "unused"


def _sentences(latents: tuple[Latent, ...], heard: float, room: int | None, threshold: float) -> list[str]:
    states = [one.state for one in latents]
    at = {state: [k + 1 for k, one in enumerate(states) if one == state] for state in states}
    told = [f"{states.count('used')} of {len(states)} latents are used."]
    if heard <= threshold:
        told.append(f"The decoder ignores z: a redraw of all of z moves the pixels by {heard:.2g} nats.")
    for state, words in (
        ("not heard", "tell images apart, and the decoder does not listen: their KL is paid for nothing."),
        ("the same for all", "have a KL and say the same of every image: it is paid for nothing."),
        ("noise", "say nothing of the image, and the decoder listens: they are noise to it."),
    ):
        if state in at:
            told.append(f"Latents {', '.join(map(str, at[state]))} {words}")
    idle = len(states) - states.count("used")
    if room is None:
        told.append("Whether more latents would pay cannot be told for these pixels.")
    elif idle and room:
        told.append(f"Collapsed: {min(idle, room)} of the {idle} that are not used would pay for themselves.")
    elif idle:
        told.append(f"Rightly unused: what the images still miss is no wider than the pixels' noise, so the other {idle} would not pay.")
    elif room:
        told.append(f"All latents are used, and {room} more would pay for themselves.")
    return told


@torch.no_grad()
def _heard(model: VAE, codes: Codes, dimensions: list[int], generator: Generator) -> float:
    """The average over images of log p(m|z) - log p(m|z'), m the mean of x under z and z' redrawn: for Bernoulli and Gaussian a KL."""
    z = DiagonalGaussian(*codes).draw(noise_like(codes.mean, generator))
    other = z.clone()
    other[:, dimensions] = model.prior.sample(len(z), generator).to(z)[:, dimensions]
    total = 0.0
    with evaluating(model):
        for here, there in zip(z.split(BATCH), other.split(BATCH), strict=True):
            output = model.decode(here)
            pixels = model.likelihood.mean(output)
            total += (model.likelihood.log_prob(pixels, output) - model.likelihood.log_prob(pixels, model.decode(there))).sum().item()
    return total / len(z)


def _room(model: VAE, x: Tensor, codes: Codes, beta: float, generator: Generator, draws: int = 16, redrawn: int = 4) -> int | None:
    """How many directions of the decoder's output have a score that varies by more than beta times what the pixels' noise explains.

    The noise is seen on as many images that the model draws from the same codes: rare ink makes it wider than any formula for large sets.
    """
    if model.likelihood.numbers != 1:
        return None
    score, curvature, noise = torch.zeros_like(x), torch.zeros_like(x[0]), []
    with evaluating(model):
        for draw in range(draws):
            with torch.no_grad():
                output = model.decode(DiagonalGaussian(*codes).draw(noise_like(codes.mean, generator)))
            slope, bend = _slope_and_bend(model, x, output)
            score, curvature = score + slope / draws, curvature - bend.mean(0) / draws
            if draw < redrawn:
                noise.append(_slope_and_bend(model, model.likelihood.sample(output, generator), output)[0])
    if not (curvature > 0).all():
        return None
    edge = max(_spread(one, curvature)[-1].item() for one in noise)
    return int((_spread(score, curvature) > beta * edge).sum())


def _slope_and_bend(model: VAE, x: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
    """The first and second derivative of log p(x|z) by each entry of the decoder's output, (n, pixels) each."""
    with torch.enable_grad():
        output = output.detach().requires_grad_()
        (slope,) = torch.autograd.grad(model.likelihood.log_prob(x, output).sum(), output, create_graph=True)
        (bend,) = torch.autograd.grad(slope.sum(), output)
    return slope.detach(), bend.detach()


def _spread(score: Tensor, curvature: Tensor) -> Tensor:
    """The eigenvalues, rising, of the covariance of scores in units of the curvature: what all images miss alike is no latent's matter."""
    scaled = ((score - score.mean(0)) / curvature.sqrt()).double()
    return torch.linalg.eigvalsh(scaled.T @ scaled / len(scaled))


def _log_q(z: Tensor, mean: Tensor, log_var: Tensor) -> tuple[Tensor, Tensor]:
    """log q(z_i|x_i) and log q(z_i), (n,) each, where z (n, latent) has one draw for each image."""
    of_all = []
    for part in z.split(max(1, AT_ONCE // mean.numel())):
        table = DiagonalGaussian(mean, log_var).log_prob(part[:, None])
        of_all.append(table.logsumexp(1) - math.log(len(mean)))
    return DiagonalGaussian(mean, log_var).log_prob(z), torch.cat(of_all)


def _codes(model: VAE, x: Tensor) -> Codes:
    require_tensor("x", x)
    if x.dim() == 2 and len(x) < 2:
        raise ValueError(f"x must hold at least 2 images, as a latent can only tell apart what is there, got {len(x)}")
    codes = encode_set(model, x)
    if not all(torch.isfinite(part).all() for part in codes):
        raise ValueError("model must give finite codes, got NaN or infinity")
    return codes


def _check_threshold(threshold: float) -> None:
    if isinstance(threshold, bool) or not isinstance(threshold, Real) or not (math.isfinite(threshold) and threshold > 0):
        raise ValueError(f"threshold must be a finite number > 0, got {threshold!r}")
