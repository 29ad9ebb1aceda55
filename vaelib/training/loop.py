"""fit: the one training loop, the one minus sign and the one seed. No networks, no files but checkpoints, no printing."""

import inspect
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor
from torch.optim import Adam
from tqdm import tqdm

from vaelib.checks import require_values, whole
from vaelib.model import VAE, evaluating
from vaelib.noise import standard_normal, toss
from vaelib.objectives import Objective, weighted_elbo
from vaelib.schedules import Schedule, never_arrives
from vaelib.training import adam, checkpoint, distributed, state
from vaelib.training.diagnosis import not_finite
from vaelib.training.door import as_schedule, check_images, check_model, check_parts, check_tosses, dtype_of, pixels_of
from vaelib.training.evaluation import evaluate
from vaelib.training.history import History, Rows, Sums

FAR = 50  # a network starts with outputs around 1: data this far away ask to be scaled


def fit(
    model: VAE,
    x: Tensor,
    *labels: object,
    x_validation: Tensor | None = None,
    epochs: int = 10,
    batch_size: int = 128,
    learning_rate: float | Schedule = 1e-3,
    beta: float | Schedule = 1.0,
    resample_pixels: bool = False,
    objective: Objective = weighted_elbo,
    samples: int = 1,
    patience: int | None = None,
    keep_best: bool = False,
    checkpoints: str | Path | None = None,
    checkpoint_every: int = 1,
    seed: int = 0,
    progress: bool = False,
    on_epoch: Callable[[int, History], bool | None] | None = None,
) -> History:
    """Maximize the ELBO of the images x by Adam, in place, and return the history.

    x, x_validation: (n, pixels) of the model's dtype, or bytes (uint8), which stand for x / 255. In memory, or mapped from a file
    (`torch.from_file`) where they are larger than it: a batch is read at a time. learning_rate, beta: a number, or a schedule from
    progress in [0, 1]; beta multiplies the KL in the objective alone, and the history records the ELBO itself. resample_pixels: x holds
    probabilities, and each batch is binarized anew (Salakhutdinov & Murray 2008); x_validation must then be binary, binarized once.
    objective, samples: what is maximized (see `vaelib.objectives`) and how many draws of z it gets for an image.
    patience: stop after so many epochs without a better validation ELBO, and keep the best epoch's weights; keep_best: keep them anyway.
    checkpoints: a folder. The same call again goes on from what it holds, to the weights of a run that was never stopped, bit for bit
    on one machine. checkpoint_every: epochs between two. progress: show a bar.
    on_epoch(epoch, history) is called after each epoch, with the history so far; it may return True to stop.
    seed: of the order, the noise and the pixels, never of the weights. A model that was fitted before goes on (see `state.begin`).

    Networks are in training mode here, in evaluation mode for the validation, and then as they were. However the run ends, the model has
    the weights it had reached (the best, where they are kept), and `model.last_fit.history` what was seen.
    Raises ValueError on wrong images or settings, before anything is changed; RuntimeError when the objective or the weights stop being
    finite, with the weights from before that epoch.
    """
    if labels:
        raise ValueError(f"fit takes the images alone, as a VAE learns without labels, got {1 + len(labels)} tensors: call fit(model, x)")
    weights = [p for p in model.parameters() if p.requires_grad]
    if not weights:
        raise ValueError("model must have weights to train, got one whose gradients are off; call model.requires_grad_(True)")
    epochs, batch_size, samples = whole("epochs", epochs), whole("batch_size", batch_size), whole("samples", samples)
    checkpoint_every, seed = whole("checkpoint_every", checkpoint_every), whole("seed", seed, least=0)
    patience = None if patience is None else whole("patience", patience)
    keep_best = keep_best or patience is not None
    rate_at, beta_at = as_schedule("learning_rate", learning_rate), as_schedule("beta", beta)
    check_model(model)
    largest = check_images(model, "x", x)
    require_values("x", x)
    if x_validation is not None:
        check_images(model, "x_validation", x_validation)
    elif keep_best:
        raise ValueError("patience and keep_best go by the validation ELBO: pass x_validation, images that are not trained on")
    if resample_pixels:
        check_tosses(model, x_validation)
    if on_epoch is not None:
        _check_callback(on_epoch)
    if not torch.isfinite(check_parts(model, x).total).all():
        raise ValueError(not_finite(model, x, "the ELBO must be finite before training, got one that is"))
    _warn(model, largest, epochs, learning_rate=learning_rate, beta=beta)

    optimizer = Adam(weights, lr=1.0, fused=True)
    generator, behind = state.begin(model, optimizer, seed)
    rows, best, done, stopped = Rows(), {}, 0, False
    folder, run = (None if checkpoints is None else Path(checkpoints)), {}
    if folder is not None:
        run = checkpoint.settings(
            model, x, x_validation, rate_at, beta_at, epochs=epochs, batch_size=batch_size, seed=seed, samples=samples,
            resample_pixels=resample_pixels, patience=patience, keep_best=keep_best,
            objective=getattr(objective, "__qualname__", type(objective).__qualname__),
        )  # fmt: skip
        before = checkpoint.newest(folder, run, behind)
        if before is not None and before.epoch > epochs:
            raise ValueError(f"epochs must be at least the {before.epoch} that {folder} holds, got {epochs}")
        distributed.wait()  # every process has read before one writes
        if before is not None:
            rows, best, done, stopped = Rows(before.rows), before.best, before.epoch, before.stopped
            state.put_back(before.snapshot, model, optimizer, generator)
    saved = done if done else -1

    def reached() -> checkpoint.Checkpoint:
        return checkpoint.Checkpoint(run, len(rows), behind, stopped, state.take(model, optimizer, generator), best, rows.arrays())

    def save() -> None:
        nonlocal saved
        if folder is not None and saved < last.epoch and distributed.rank() == 0:
            checkpoint.write(folder, last)
            saved = last.epoch

    last = reached()  # the end of the last whole epoch, in one piece: an interrupt never finds half of it

    step = distributed.stepping(model, objective)
    steps = -(-len(x) // batch_size)
    shown = tqdm(total=epochs, initial=done, desc="epoch", disable=not progress or distributed.rank() > 0)
    try:
        save()  # a folder that cannot be written to is known before the first epoch is spent
        with evaluating(model, mode=True), shown:
            for epoch in range(done, 0 if stopped else epochs):
                sums, rate, weight = _epoch(
                    model, step, optimizer, generator, x, [(epoch * steps + i) / (epochs * steps) for i in range(steps)],
                    batch_size=batch_size, samples=samples, resample_pixels=resample_pixels, rate_at=rate_at, beta_at=beta_at,
                )  # fmt: skip
                row: dict[str, np.ndarray] = {
                    f"train.{name}": distributed.summed(total).cpu().numpy() / len(x) for name, total in sums.tensors().items()
                }
                if not all(np.isfinite(v).all() for v in row.values()) or not all(torch.isfinite(p).all() for p in weights):
                    state.put_back(last.snapshot, model, optimizer, generator)
                    raise RuntimeError(not_finite(model, x, f"training stopped: ELBO or weights of epoch {epoch + 1} are"))
                if x_validation is not None:
                    row |= {f"validation.{name}": average for name, average in _validate(model, x_validation, seed).items()}
                rows.add(**row, learning_rate=rate, beta=weight)
                history = rows.history()
                stopped = distributed.any_of(on_epoch is not None and on_epoch(epoch, history) is True, x.device)
                if keep_best and history.best_epoch == epoch:
                    best = state.weights_of(model)
                stopped = stopped or (patience is not None and epoch - (history.best_epoch or 0) >= patience)
                last = reached()
                if (epoch + 1) % checkpoint_every == 0 or stopped or epoch + 1 == epochs:
                    save()
                shown.update()
                shown.set_postfix(elbo=f"{history.train.elbo[-1]:.2f}")
                if stopped:
                    break
    except KeyboardInterrupt as error:
        save()
        if folder is not None:
            error.add_note(
                f"fit was stopped after {last.epoch} of {epochs} epochs, kept in {folder}; the same call of fit goes on from there"
            )
        raise
    finally:
        if best:
            state.load_weights(model, best)
        moments = state.moments_of(model, optimizer)
        model.last_fit = state.LastFit(Rows(last.rows).history(), behind + last.epoch, seed, generator.get_state(), moments)
    return model.last_fit.history


def _epoch(
    model: VAE, step: Callable, optimizer: Adam, generator: Generator, x: Tensor, progress: list[float], *, batch_size: int,
    samples: int, resample_pixels: bool, rate_at: Schedule, beta_at: Schedule,
) -> tuple[Sums, float, float]:  # fmt: skip
    sums, dtype, leading = Sums(), dtype_of(model), (samples,) if samples > 1 else ()
    weights, update = optimizer.param_groups[0]["params"], adam.stepping(optimizer)
    order = torch.randperm(len(x), generator=generator, device=generator.device)
    for now, index in zip(progress, order.split(batch_size), strict=True):
        rate, beta = rate_at(now), beta_at(now)
        batch = pixels_of(x.index_select(0, index), dtype)
        if resample_pixels:
            batch = toss(batch, generator)
        noise = standard_normal((*leading, len(index), model.latent_dim), generator, batch)
        terms = step(distributed.share(batch), distributed.share(noise, len(leading)), beta)
        for weight in weights:
            weight.grad = None
        # What Adam descends is minus the average over the batch. Among processes, the gradients are averaged over them.
        terms.value.sum().backward(terms.value.new_full((), -distributed.world() / len(index)))
        update(rate)
        sums.add(log_likelihood=terms.elbo.log_likelihood, kl_per_dimension=terms.elbo.kl_per_dimension, **terms.others)
    return sums, rate, beta


def _validate(model: VAE, x: Tensor, seed: int) -> dict[str, np.ndarray]:
    terms = evaluate(model, x, seed=seed)
    return {name: term.double().mean(0).cpu().numpy() for name, term in zip(terms._fields, terms, strict=True)}


def _check_callback(on_epoch: Callable) -> None:
    try:
        inspect.signature(on_epoch).bind(0, None)
    except TypeError as error:
        raise ValueError(f"on_epoch must take two arguments, (epoch, history), got a function for which {error}") from error
    except ValueError:  # some built-in functions do not tell
        return


def _warn(model: VAE, largest: float, epochs: int, **schedules: float | Schedule) -> None:
    for name, schedule in schedules.items():
        words = never_arrives(schedule, epochs) if callable(schedule) else None
        if words:
            warnings.warn(f"{name} {words}; a schedule is a function of progress in [0, 1], not of epochs or steps", stacklevel=3)
    std = getattr(model.likelihood, "std", None)
    if std is not None and largest > FAR and largest > FAR * (reach := torch.as_tensor(std).max().item()):
        warnings.warn(f"x reaches {largest:g} where the likelihood's std is {reach:g}; scale x to values around 1", stacklevel=3)
