"""Checkpoints: one safetensors file an epoch, in which JSON says whose it is. No pickle, no training.

A file appears whole or not at all: it is written beside its place, flushed to the disk, then moved. The last KEPT stay.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from vaelib.files import read_tensors, shortened, write_tensors
from vaelib.schedules import Schedule
from vaelib.training.state import Snapshot

FORMAT = "vaelib checkpoint 1"
KEPT = 2
GROUPS = ("weights", "moments", "best", "rows", "generator")


class Checkpoint(NamedTuple):
    """A run at the end of an epoch, as a file holds it."""

    run: dict  # the settings that decide the weights, as JSON knows them: a checkpoint of other settings is refused
    epoch: int  # epochs done in this run
    behind: int  # epochs behind the model before this run
    stopped: bool  # the run ended before its last epoch, on purpose
    snapshot: Snapshot
    best: dict[str, Tensor]  # the weights of the best epoch, where they are kept
    rows: dict[str, np.ndarray]  # of the history


def settings(
    model: nn.Module, x: Tensor, x_validation: Tensor | None, rate_at: Schedule, beta_at: Schedule, *, epochs: int, **others: object
) -> dict:
    """What decides the weights of a run, in words that JSON knows: settings, shapes of the model, hashes of the images."""
    shapes = {name: [str(tensor.dtype), *tensor.shape] for name, tensor in model.state_dict().items()}
    rate, beta = (_course(schedule) for schedule in (rate_at, beta_at))
    moving = isinstance(rate, str) or isinstance(beta, str)
    hashes = {name: None if images is None else _digest({"x": images})[:16] for name, images in (("x", x), ("x_validation", x_validation))}
    model_hash = hashlib.sha256(json.dumps(shapes, sort_keys=True).encode()).hexdigest()[:16]
    epochs_wanted = epochs if moving else "any"  # a run at constant settings may be made longer
    return others | hashes | {"learning_rate": rate, "beta": beta, "epochs": epochs_wanted, "model": model_hash}


def _course(schedule: Schedule) -> float | str:
    values = [schedule(i / 20) for i in range(20)]
    if len({*values}) == 1:
        return values[0]
    return f"from {values[0]:g} to {values[-1]:g} ({hashlib.sha256(json.dumps(values).encode()).hexdigest()[:8]})"


def path_of(folder: Path, epoch: int) -> Path:
    """Where the checkpoint of an epoch lies."""
    return folder / f"epoch-{epoch:06d}.safetensors"


def write(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write one checkpoint, then remove all but the last KEPT. Raises OSError that says what is left; nothing earlier is lost."""
    groups = {
        "weights": checkpoint.snapshot.weights,
        "moments": checkpoint.snapshot.moments,
        "best": checkpoint.best,
        "rows": {name: torch.from_numpy(np.ascontiguousarray(column)) for name, column in checkpoint.rows.items()},
        "generator": {"state": checkpoint.snapshot.generator},
    }
    tensors = {f"{group}/{name}": t.cpu().contiguous() for group, members in groups.items() for name, t in members.items()}
    words = {"run": checkpoint.run, "epoch": checkpoint.epoch, "behind": checkpoint.behind, "stopped": checkpoint.stopped}
    metadata = {"format": FORMAT, "state": json.dumps(words, sort_keys=True), "sha256": _digest(tensors)}
    path = path_of(folder, checkpoint.epoch)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_tensors(tensors, path, metadata)
        _flush_folder(folder)
    except OSError as error:
        left = found(folder)
        kept = f"{left[-1].name} is whole: " if left else ""
        raise OSError(
            f"the checkpoint of epoch {checkpoint.epoch} could not be written to {folder}: {error.strerror or error}; "
            f"{kept}make room, or choose a folder that can be written to, and call fit again"
        ) from error
    for old in found(folder)[:-KEPT]:
        old.unlink()
    for leftover in folder.glob(".*.partial"):  # of a run that was killed while it wrote
        leftover.unlink(missing_ok=True)
    return path


def found(folder: Path) -> list[Path]:
    """The checkpoints of a folder, the oldest first."""
    return sorted(folder.glob("epoch-[0-9]*.safetensors")) if folder.is_dir() else []


def newest(folder: Path, run: dict, behind: int) -> Checkpoint | None:
    """The last checkpoint of this run; None where there is none. Raises OSError when it is damaged, ValueError when it is another's."""
    paths = found(folder)
    if not paths:
        return None
    path = paths[-1]
    checkpoint = read(path)
    one, other = checkpoint.run, run
    differing = [
        f"{name} is {other.get(name)!r} here and {one.get(name)!r} there"
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    ]
    if differing:
        raise ValueError(
            f"{path} is the checkpoint of another run: {'; '.join(differing)}. Use its settings to go on with it, or another folder"
        )
    if checkpoint.behind != behind:
        raise ValueError(
            f"{path} is the checkpoint of a run that began with {checkpoint.behind} epochs behind the model, and this one has {behind}: "
            "give each call of fit a folder of its own"
        )
    return checkpoint


def read(path: Path) -> Checkpoint:
    """One checkpoint. Raises OSError when the file is truncated, damaged or no checkpoint of `fit`."""
    others = [other for other in found(path.parent) if other != path]
    way = f"delete it to go on from {others[-1].name}" if others else "delete it to begin anew"
    try:
        tensors, metadata = read_tensors(path)
    except OSError as error:
        raise OSError(f"{error}; {way}") from error
    if metadata.get("format") != FORMAT:
        raise OSError(f"{path} must be a checkpoint in format {FORMAT!r}, got {shortened(metadata.get('format'))!r}; {way}")
    groups: dict[str, dict[str, Tensor]] = {group: {} for group in GROUPS}
    try:
        if metadata["sha256"] != _digest(tensors):
            raise ValueError("the tensors are not those that were written")
        for name, tensor in tensors.items():
            group, member = name.split("/", 1)
            groups[group][member] = tensor
        words, generator = json.loads(metadata["state"]), groups["generator"]["state"]
        snapshot = Snapshot(groups["weights"], groups["moments"], generator)
        rows = {name: column.numpy() for name, column in groups["rows"].items()}
        return Checkpoint(words["run"], words["epoch"], words["behind"], words["stopped"], snapshot, groups["best"], rows)
    except (KeyError, ValueError, TypeError) as error:
        raise OSError(f"{path} must be a whole checkpoint, got a damaged one: {shortened(error)}; {way}") from error


def _digest(tensors: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _flush_folder(folder: Path) -> None:
    # The file's name is on the disk only when its folder is. Where folders cannot be opened (Windows), moving has to do.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
