"""What a run saw, one row an epoch: the ELBO's terms on the training and the validation images, the learning rate and beta."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

FLUSH_EVERY = 64


class Terms(NamedTuple):
    """One row an epoch, averages per image, in nats. elbo = log_likelihood - kl; kl = kl_per_dimension.sum(1)."""

    elbo: np.ndarray  # (epochs,)
    log_likelihood: np.ndarray  # (epochs,)
    kl: np.ndarray  # (epochs,)
    kl_per_dimension: np.ndarray  # (epochs, latent)
    others: dict[str, np.ndarray] | None = None  # (epochs,) each: what the objective names besides


class History(NamedTuple):
    """What `fit` saw. train: averaged over the epoch's batches while the weights moved; validation: after the epoch, or None."""

    train: Terms
    validation: Terms | None
    learning_rate: np.ndarray | None = None  # (epochs,), as it stood at the epoch's last step
    beta: np.ndarray | None = None  # (epochs,), likewise
    best_epoch: int | None = None  # counted from 0: the highest validation ELBO


class Sums:
    """Sums over the images of an epoch. They stay tensors until asked for: reading one number a step costs more than the arithmetic."""

    def __init__(self):
        self.waiting: dict[str, list[Tensor]] = {}
        self.total: dict[str, Tensor] = {}

    def add(self, **terms: Tensor) -> None:
        """One batch: (batch,) or (batch, k) each."""
        for name, term in terms.items():
            waiting = self.waiting.setdefault(name, [])
            waiting.append(term.detach())
            if len(waiting) == FLUSH_EVERY:
                self._flush(name)

    def _flush(self, name: str) -> None:
        if self.waiting[name]:
            # In double where the device has it, so that a long epoch's sum is as good as a short one's.
            batch = torch.cat(self.waiting[name])
            part = batch.sum(0, dtype=torch.float32 if batch.device.type == "mps" else torch.float64)
            self.total[name] = self.total[name] + part if name in self.total else part
            self.waiting[name] = []

    def tensors(self) -> dict[str, Tensor]:
        """The sums so far, () or (k,) each."""
        for name in self.waiting:
            self._flush(name)
        return self.total


class Rows:
    """The rows of a history while it grows: what `fit` writes, a checkpoint keeps and `History` shows."""

    def __init__(self, columns: dict[str, np.ndarray] | None = None):
        self.columns = dict(columns or {})
        self.count = len(self.columns.get("learning_rate", ()))

    def __len__(self) -> int:
        return self.count

    def add(self, **values: np.ndarray | float) -> None:
        """One epoch."""
        for name, value in values.items():
            row = np.asarray(value, dtype=np.float64)
            column = self.columns.get(name, np.zeros((0, *row.shape)))
            if len(column) == self.count:  # twice as long at a time, so that many epochs do not cost their square
                column = np.concatenate([column, np.zeros((self.count + 16, *row.shape))])
            column[self.count] = row
            self.columns[name] = column
        self.count += 1

    def arrays(self) -> dict[str, np.ndarray]:
        """Each column, (epochs,) or (epochs, k). Rows that are added later do not change it."""
        return {name: column[: self.count] for name, column in self.columns.items()} if self.count else {}

    def history(self) -> History:
        """The history of the epochs so far."""
        arrays = self.arrays()
        validation = _terms(arrays, "validation.")
        best = None if validation is None else int(np.argmax(validation.elbo))
        empty = np.zeros(0)
        train = _terms(arrays, "train.") or Terms(empty, empty, empty, np.zeros((0, 0)))
        return History(train, validation, arrays.get("learning_rate", empty), arrays.get("beta", empty), best)


def _terms(arrays: dict[str, np.ndarray], prefix: str) -> Terms | None:
    mine = {name.removeprefix(prefix): column for name, column in arrays.items() if name.startswith(prefix)}
    if not mine:
        return None
    log_likelihood, kl = mine.pop("log_likelihood"), mine.pop("kl_per_dimension")
    return Terms(log_likelihood - kl.sum(1), log_likelihood, kl.sum(1), kl, mine or None)
