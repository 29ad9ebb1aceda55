"""fit: the one training loop, the one minus sign and the one seed. No networks, no files, no printing."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from vaelib.bounds import Elbo, elbo
from vaelib.model import VAE
from vaelib.noise import binarize, noise_like
from vaelib.schedules import Schedule, constant

EVALUATION_BATCH = 1000


class Terms(NamedTuple):
    """One row an epoch, averages per image, in nats. elbo = log_likelihood - kl; kl = kl_per_dimension.sum(1)."""

    elbo: np.ndarray  # (epochs,)
    log_likelihood: np.ndarray  # (epochs,)
    kl: np.ndarray  # (epochs,)
    kl_per_dimension: np.ndarray  # (epochs, latent)


class History(NamedTuple):
    """What `fit` saw. train: averaged over the epoch's batches while the weights moved; validation: after the epoch, or None."""

    train: Terms
    validation: Terms | None


def fit(
    model: VAE,
    x: Tensor,
    *,
    x_validation: Tensor | None = None,
    epochs: int = 10,
    batch_size: int = 128,
    learning_rate: float | Schedule = 1e-3,
    beta: float | Schedule = 1.0,
    resample_pixels: bool = False,
    seed: int = 0,
    progress: bool = False,
    on_epoch: Callable[[int], None] | None = None,
) -> History:
    """Maximize the ELBO of the images x by Adam, in place, and return the history.

    A run that is interrupted keeps the weights it had reached.

    x, x_validation: (n, pixels), of the model's dtype, held in memory. learning_rate, beta: a number, or a schedule from
    progress in [0, 1]. beta multiplies the KL in the objective alone; the history always records the ELBO itself.
    resample_pixels: x holds probabilities, and each batch is binarized anew (dynamic binarization, Salakhutdinov & Murray
    2008); x_validation must then be binary, binarized once. seed: of the order, the noise and the pixels, never of the weights.
    on_epoch(epoch) is called after each epoch, e.g. to keep an average of the weights.
    Raises ValueError on wrong shapes, NaN, values outside [0, 1] for Bernoulli pixels, or settings out of range, before
    anything is changed; RuntimeError when the objective or the weights stop being finite.
    """
    weights = [p for p in model.parameters() if p.requires_grad]
    if not weights:
        raise ValueError("model must have weights to train, got one whose gradients are off; call model.requires_grad_(True)")
    _check_images(model, "x", x)
    if x_validation is not None:
        _check_images(model, "x_validation", x_validation)
        if resample_pixels and not ((x_validation == 0) | (x_validation == 1)).all():
            raise ValueError(
                "x_validation must hold 0 and 1 where resample_pixels tosses x, or the two scores would not compare; "
                "got greys: binarize it once, with a seed"
            )
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        _require_whole(name, value)
    rate_at, beta_at = _as_schedule("learning_rate", learning_rate), _as_schedule("beta", beta)

    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(weights, lr=1.0, fused=True)
    step, total_steps = 0, epochs * -(-len(x) // batch_size)
    train_rows, validation_rows = [], []
    for epoch in tqdm(range(epochs), desc="epoch", disable=not progress):
        # Sums stay tensors until the epoch ends: reading one number a step would cost more than the arithmetic.
        sums = torch.zeros(1 + model.latent_dim, dtype=torch.float64)
        for index in torch.randperm(len(x), generator=generator).split(batch_size):
            batch = binarize(x[index], generator=generator) if resample_pixels else x[index]
            optimizer.param_groups[0]["lr"] = rate_at(step / total_steps)
            q = model.encode(batch)
            noise = noise_like(q.mean, generator)
            terms = elbo(batch, q, noise, decode=model.decode, likelihood=model.likelihood, prior=model.prior)
            loss = -(terms.log_likelihood - beta_at(step / total_steps) * terms.kl).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                sums[0] += terms.log_likelihood.sum()
                sums[1:] += terms.kl_per_dimension.sum(0)
            step += 1
        train_rows.append((sums / len(x)).numpy())
        if not (np.isfinite(train_rows[-1]).all() and all(torch.isfinite(p).all() for p in weights)):
            raise RuntimeError(f"training stopped: ELBO or weights of epoch {epoch + 1} are not finite; try a smaller learning_rate")
        if x_validation is not None:
            validation_rows.append(_average(model, x_validation, seed=seed))
        if on_epoch is not None:
            on_epoch(epoch)
    return History(_terms(train_rows), _terms(validation_rows) if validation_rows else None)


@torch.no_grad()
def evaluate(model: VAE, x: Tensor, *, samples: int = 1, seed: int = 0) -> Elbo:
    """The ELBO's two terms of each image, (n,) each, in nats, the expectation over `samples` draws of z. No gradient.

    Raises ValueError as `fit` does.
    """
    _check_images(model, "x", x)
    _require_whole("samples", samples)
    generator = torch.Generator().manual_seed(seed)
    parts = []
    for batch in x.split(EVALUATION_BATCH):
        q = model.encode(batch)
        log_likelihood = torch.zeros(len(batch), dtype=batch.dtype)
        for _ in range(samples):  # one draw at a time: memory stays that of one batch
            terms = elbo(batch, q, noise_like(q.mean, generator), decode=model.decode, likelihood=model.likelihood, prior=model.prior)
            log_likelihood += terms.log_likelihood / samples
        parts.append(Elbo(log_likelihood, terms.kl_per_dimension))
    return Elbo(*(torch.cat(term) for term in zip(*parts)))


def _average(model: VAE, x: Tensor, *, seed: int) -> np.ndarray:
    terms = evaluate(model, x, seed=seed)
    return torch.cat([terms.log_likelihood.double().mean()[None], terms.kl_per_dimension.double().mean(0)]).numpy()


def _terms(rows: list[np.ndarray]) -> Terms:
    table = np.stack(rows)
    log_likelihood, kl = table[:, 0], table[:, 1:]
    return Terms(log_likelihood - kl.sum(1), log_likelihood, kl.sum(1), kl)


def _as_schedule(name: str, value: float | Schedule) -> Schedule:
    schedule = value if callable(value) else constant(value)

    def checked(progress: float) -> float:
        now = schedule(progress)
        if not isinstance(now, Real) or isinstance(now, bool) or not np.isfinite(now) or now < 0:
            raise ValueError(f"{name} must be a finite number >= 0 throughout, got {now!r} at progress {progress:g}")
        return float(now)

    checked(0.0)  # a bad constant is refused before anything is changed
    return checked


def _require_whole(name: str, value: int) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number >= 1, got {value!r}")


def _check_images(model: VAE, name: str, x: Tensor) -> None:
    wanted = f"{name} must be a tensor of shape (n, {model.pixels}) with n >= 1"
    if not isinstance(x, Tensor):
        raise ValueError(f"{wanted}, got {type(x).__name__}")
    if x.dim() != 2 or x.shape[1] != model.pixels or len(x) == 0:
        raise ValueError(f"{wanted}, got {tuple(x.shape)}")
    dtype = next(model.parameters()).dtype
    if x.dtype != dtype:
        raise ValueError(f"{name} must have the model's dtype {dtype}, got {x.dtype}")
    if not torch.isfinite(x).all():
        raise ValueError(f"{name} must be finite, got {int((~torch.isfinite(x)).sum())} values that are NaN or infinite")
    try:  # the likelihood knows its own support and says so before a step is taken
        model.likelihood.check(x)
    except ValueError as error:
        raise ValueError(f"{name} is not what the model's likelihood describes: {error}") from error
