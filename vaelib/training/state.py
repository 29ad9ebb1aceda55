"""Where a run stands at the end of an epoch: weights, moments of the optimizer, random generator. Taken, put back, carried on."""

from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.optim import Optimizer

from vaelib.training.history import History

MOMENTS = ("step", "exp_avg", "exp_avg_sq")
ODD = 0x9E3779B97F4A7C15  # spreads the seeds of later runs over 63 bits


class LastFit(NamedTuple):
    """What `fit` leaves on the model as `model.last_fit`, so that another `fit` goes on: with new noise and warm moments."""

    history: History  # of the last call, also of one that was interrupted
    epochs: int  # whole epochs behind the model, over all calls
    seed: int
    generator: Tensor  # its state, uint8
    moments: dict[str, Tensor]  # "WEIGHT.exp_avg" and the like


class Snapshot(NamedTuple):
    """Copies of everything that the next epoch depends on, the images and the settings aside."""

    weights: dict[str, Tensor]  # the model's state_dict
    moments: dict[str, Tensor]
    generator: Tensor


def take(model: nn.Module, optimizer: Optimizer, generator: Generator) -> Snapshot:
    """The run as it stands."""
    moments = {name: tensor.clone() for name, tensor in moments_of(model, optimizer).items()}
    return Snapshot(weights_of(model), moments, generator.get_state())


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """Copies of the model's weights and buffers."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def put_back(snapshot: Snapshot, model: nn.Module, optimizer: Optimizer, generator: Generator) -> None:
    """The run as it stood."""
    load_weights(model, snapshot.weights)
    load_moments(model, optimizer, snapshot.moments)
    generator.set_state(snapshot.generator)


@torch.no_grad()
def load_weights(model: nn.Module, weights: dict[str, Tensor]) -> None:
    """Copy weights and buffers into the model, whose own tensors stay what they are."""
    for name, tensor in model.state_dict().items():
        tensor.copy_(weights[name])


def moments_of(model: nn.Module, optimizer: Optimizer) -> dict[str, Tensor]:
    """Adam's moments under the names of their weights, none before the first step."""
    return {
        f"{name}.{kind}": optimizer.state[weight][kind]
        for name, weight in model.named_parameters()
        if weight in optimizer.state
        for kind in MOMENTS
    }


def load_moments(model: nn.Module, optimizer: Optimizer, moments: dict[str, Tensor]) -> None:
    """Give a weight its moments where they are known and still fit; the others begin anew."""
    for group in optimizer.param_groups:
        trained = set(map(id, group["params"]))
        for name, weight in model.named_parameters():
            optimizer.state.pop(weight, None)
            known = {kind: moments[f"{name}.{kind}"] for kind in MOMENTS if f"{name}.{kind}" in moments}
            if id(weight) in trained and known and known["exp_avg"].shape == weight.shape:
                optimizer.state[weight] = {
                    "step": known["step"].clone().to(weight.device),
                    "exp_avg": known["exp_avg"].to(weight, copy=True),
                    "exp_avg_sq": known["exp_avg_sq"].to(weight, copy=True),
                }


def begin(model: nn.Module, optimizer: Optimizer, seed: int) -> tuple[Generator, int]:
    """The generator and the number of epochs behind the model, which `fit` has trained before or not.

    A first run draws from the seed itself. A later run with the same seed draws on from where the former stopped, so that two
    calls of 5 epochs are one of 10; with another seed, from a mixture of it and the epochs behind. No run draws what another drew.
    """
    weight = next(model.parameters())
    generator = Generator(weight.device if weight.device.type != "meta" else "cpu")
    last: LastFit | None = getattr(model, "last_fit", None)
    if last is None:
        return generator.manual_seed(seed), 0
    load_moments(model, optimizer, last.moments)
    if last.seed == seed and len(last.generator) == len(generator.get_state()):
        generator.set_state(last.generator)
    else:
        generator.manual_seed((seed + ODD * max(last.epochs, 1)) % 2**63)
    return generator, last.epochs
