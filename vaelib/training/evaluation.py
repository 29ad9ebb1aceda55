"""How good a trained model is on a set of images: the ELBO's terms of each image, and a tighter bound. Nothing is changed."""

import math
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from vaelib.bounds import Elbo, elbo, importance_weighted_bound
from vaelib.checks import require_values, seeded, whole
from vaelib.model import VAE, evaluating
from vaelib.noise import standard_normal
from vaelib.training.door import check_images, check_model, check_parts, device_of, dtype_of, pixels_of

EVALUATION_BATCH = 1000
PIECE = 1000  # draws of one image at once: part of what a seed means, so that no setting changes a score
AT_ONCE = 1 << 22  # numbers in a batch of decoded draws, 16 MB in float32


class Score(NamedTuple):
    """A lower bound on log p(x) of each image, (n,), in nats."""

    bound: Tensor

    @property
    def mean(self) -> float:
        """The average over the images."""
        return self.bound.double().mean().item()

    @property
    def standard_error(self) -> float:
        """Of the mean, as the images vary; NaN for a single image."""
        return self.bound.double().std().item() / math.sqrt(len(self.bound))


@torch.no_grad()
def evaluate(model: VAE, x: Tensor, *, samples: int = 1, seed: int = 0) -> Elbo:
    """The ELBO's two terms of each image, (n,) each, in nats, the expectation over `samples` draws of z. No gradient.

    x: (n, pixels), as `fit` takes it. The model is read in evaluation mode. Raises ValueError as `fit` does.
    """
    generator, samples = _at_the_door(model, x, samples, seed)
    with evaluating(model):
        parts = [_terms(model, pixels_of(batch, dtype_of(model)), samples, generator) for batch in x.split(EVALUATION_BATCH)]
    return Elbo(*(torch.cat(term) for term in zip(*parts, strict=True)))


def _terms(model: VAE, x: Tensor, samples: int, generator: Generator) -> Elbo:
    q = model.encode(x)
    closed, log_likelihood, kl = model.prior.kl(q), torch.zeros(()), torch.zeros(())
    for _ in range(samples):  # one draw at a time: memory stays that of one batch
        noise = standard_normal((len(x), model.latent_dim), generator, like=x)
        terms = elbo(x, q, noise, decode=model.decode, likelihood=model.likelihood, prior=model.prior)
        log_likelihood = log_likelihood + terms.log_likelihood / samples
        kl = kl + terms.kl_per_dimension / samples
    return Elbo(log_likelihood, kl if closed is None else closed)


@torch.no_grad()
def score(model: VAE, x: Tensor, *, samples: int = 100, seed: int = 0) -> Score:
    """The importance-weighted bound of each image with `samples` draws of z: log of the average weight, in nats (Burda et al. 2016).

    It lies between the ELBO and log p(x) in expectation, and rises with `samples`. However many there are, memory stays that of
    PIECE decoded images. Each image has its own draws, one image after another. Raises ValueError as `fit` does.
    """
    generator, samples = _at_the_door(model, x, samples, seed)
    size = min(samples, PIECE)
    images = max(1, AT_ONCE // (size * model.pixels)) if samples <= PIECE else 1
    with evaluating(model):
        parts = [_bound(model, pixels_of(batch, dtype_of(model)), samples, generator) for batch in x.split(images)]
    return Score(torch.cat(parts))


def _bound(model: VAE, x: Tensor, samples: int, generator: Generator) -> Tensor:
    q, pieces = model.encode(x), []
    for start in range(0, samples, PIECE):
        count = min(PIECE, samples - start)
        noise = torch.stack([standard_normal((count, model.latent_dim), generator, like=x) for _ in x], dim=1)
        bound = importance_weighted_bound(x, q, noise, decode=model.decode, likelihood=model.likelihood, prior=model.prior)
        pieces.append(bound + math.log(count / samples))
    return torch.stack(pieces).logsumexp(0)


def _at_the_door(model: VAE, x: Tensor, samples: int, seed: int) -> tuple[Generator, int]:
    check_model(model)
    check_images(model, "x", x)
    require_values("x", x)
    samples, generator = whole("samples", samples), seeded(seed, device_of(model))
    check_parts(model, x)
    return generator, samples
