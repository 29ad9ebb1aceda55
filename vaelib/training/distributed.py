"""Several processes that train one model: what each may know of the others. With one process, all of it does nothing.

`torchrun --nproc-per-node=N -m vaelib train ...` starts them. Every process holds (or maps) the same images, draws the same order,
pixels and noise from the same seed, and takes its share of each batch, so that N processes walk the path of one.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from vaelib.model import VAE
from vaelib.objectives import Objective, Terms


def rank() -> int:
    """The number of this process, 0 for the one that writes files."""
    return dist.get_rank() if _together() else 0


def world() -> int:
    """How many processes there are."""
    return dist.get_world_size() if _together() else 1


def share(tensor: Tensor, dim: int = 0) -> Tensor:
    """This process's part of a batch that all of them hold."""
    return tensor if world() == 1 else tensor.tensor_split(world(), dim)[rank()]


def summed(tensor: Tensor) -> Tensor:
    """The sum over all processes."""
    if world() > 1:
        dist.all_reduce(tensor)
    return tensor


def any_of(flag: bool, device: torch.device) -> bool:
    """Whether any process says so."""
    return bool(summed(torch.tensor(float(flag), device=device)) > 0) if world() > 1 else flag


def wait() -> None:
    """Until every process is here."""
    if world() > 1:
        dist.barrier()


class _Step(nn.Module):
    """The objective as a module, which is what DistributedDataParallel sums gradients for."""

    def __init__(self, model: VAE, objective: Objective):
        super().__init__()
        self.model, self.objective = model, objective

    def forward(self, x: Tensor, noise: Tensor, beta: float) -> Terms:
        return self.objective(self.model, x, noise, beta)


def stepping(model: VAE, objective: Objective):
    """objective(model, ...) without its first argument; among several processes, one whose gradients are averaged over them."""
    if world() == 1:
        return lambda x, noise, beta: objective(model, x, noise, beta)
    return DistributedDataParallel(_Step(model, objective))


@contextmanager
def processes(device: torch.device) -> Iterator[None]:
    """Join the processes that torchrun started, and leave them again; nothing where there is one. gloo on a CPU, nccl on GPUs."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def _together() -> bool:
    return dist.is_available() and dist.is_initialized()
