"""Regular grids over one or two latents: where the cells are, what a cell may hide, and which box and step come next. No models.

`values` are logarithms of a density at the middles of the cells, one axis for each latent; a box is (low, high) for each latent.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

BORDER_MASS = 1e-6  # a grid whose outermost cells may hold more of the mass is made wider
DEPTH = 30.0  # nats below the highest cell: a cell that cannot rise above holds less than e**-30 of its mass
UNSEEN = 14.0  # nats below the whole: less than a millionth of it
TELLING = 16.0  # nats between two neighbours: a standard deviation is then less than half a cell, and the cells tell little of its mass
STEEP = 32.0  # the same for a quarter of a cell: two steps from fine enough

Box = list[tuple[float, float]]


def middles(box: Box, points: list[int]) -> Tensor:
    """The middles of the cells, (n, latent) in float64, the last latent running fastest."""
    axes = []
    for (low, high), n in zip(box, points, strict=True):
        axes.append(low + (high - low) / n * (torch.arange(n, dtype=torch.float64) + 0.5))
    return torch.cartesian_prod(*axes).reshape(-1, len(box))


def sizes(box: Box, points: list[int]) -> list[float]:
    """The sides of one cell."""
    return [(high - low) / n for (low, high), n in zip(box, points, strict=True)]


class Level(NamedTuple):
    """A grid that has been computed, and what its values tell; `read` makes one."""

    box: Box
    values: Tensor
    whole: Tensor  # the logarithm of the sum of exp(values)
    slopes: list[Tensor]  # for each axis the larger of the differences to the two neighbours
    ceilings: Tensor  # what the values may reach within each cell
    alive: Tensor  # which cells may reach to within DEPTH of the highest


def read(box: Box, values: Tensor) -> Level:
    """What the values on a grid tell, where their logarithm is smooth.

    Between two cells of a parabola its top stands above both by at most a quarter of the step to the next cell. Half of the largest
    step leaves room for ridges that run askew and for what is no parabola.
    """
    slopes = []
    for axis in range(values.dim()):
        steps = values.diff(dim=axis).abs().nan_to_num(nan=0.0, posinf=0.0)  # towards -inf nothing rises
        none = torch.zeros_like(values.narrow(axis, 0, 1))
        slopes.append(torch.maximum(torch.cat([none, steps], axis), torch.cat([steps, none], axis)))
    ceilings = values + (slopes[0] if len(slopes) == 1 else torch.maximum(*slopes)) / 2
    return Level(box, values, values.flatten().logsumexp(0), slopes, ceilings, ceilings > values.max() - DEPTH)


def hidden(level: Level) -> float:
    """What the cells may hide, as a part of the whole: those whose own value is nothing, beside neighbours too steep to tell."""
    unsure = level.alive & (level.values < level.whole - UNSEEN) & (level.ceilings - level.values > TELLING / 2)
    return (level.ceilings[unsure] - level.whole).clamp(max=100.0).exp().sum().item()


def widened(level: Level) -> Box | None:
    """A wider box where the outermost cells of some side may hold too much, else None."""
    wider = []
    for axis, (low, high) in enumerate(level.box):
        mass = [(level.ceilings.select(axis, side) - level.whole).clamp(max=100.0).exp().sum().item() for side in (0, -1)]
        half = (high - low) / 2
        wider.append((low - half * (mass[0] > BORDER_MASS), high + half * (mass[1] > BORDER_MASS)))
    return wider if wider != level.box else None


def narrowed(level: Level) -> Box | None:
    """The box around the cells that are alive, with two to spare, where that is less than half of some side; else None."""
    narrower = []
    for (low, high), (first, last), n in zip(level.box, _extent(level.alive), level.values.shape, strict=True):
        step = (high - low) / n
        narrower.append((max(low, low + (first - 2) * step), min(high, low + (last + 3) * step)))
    if all(after[1] - after[0] > 0.5 * (before[1] - before[0]) for before, after in zip(level.box, narrower, strict=True)):
        return None
    return narrower


def finer(level: Level) -> list[int]:
    """Twice the points along every axis; along the steepest ones alone while the steps there are too steep to tell anything."""
    steepest = [slopes[level.alive].max().item() for slopes in level.slopes]
    steep = [step > STEEP and step > max(steepest) / 2 for step in steepest]
    return [n * 2 if grows or not any(steep) else n for n, grows in zip(level.values.shape, steep, strict=True)]


def cropped(level: Level) -> Level:
    """The same without the lines of cells, beyond two, outside all that are alive."""
    spans = [(max(0, first - 2), min(n, last + 3)) for (first, last), n in zip(_extent(level.alive), level.values.shape, strict=True)]
    box, parts = [], tuple(slice(*span) for span in spans)
    for (low, high), (first, last), n in zip(level.box, spans, level.values.shape, strict=True):
        box.append((low + (high - low) * (first / n), low + (high - low) * (last / n)))
    return level._replace(
        box=box,
        values=level.values[parts],
        slopes=[one[parts] for one in level.slopes],
        ceilings=level.ceilings[parts],
        alive=level.alive[parts],
    )


def _extent(alive: Tensor) -> list[tuple[int, int]]:
    """For each axis the first and the last place of a cell that is alive."""
    places = [alive.movedim(axis, 0).flatten(1).any(1) if alive.dim() > 1 else alive for axis in range(alive.dim())]
    return [tuple(place.nonzero()[[0, -1], 0].tolist()) for place in places]


def at_least(points: int, box: Box, steps: list[float]) -> list[int]:
    """As many points for each latent, or more where the cells would otherwise be larger than `steps`."""
    return [max(points, math.ceil((high - low) / step - 1e-9)) for (low, high), step in zip(box, steps, strict=True)]


def inherited(box: Box, points: list[int], coarser: Level) -> Tensor:
    """For each cell of a grid within a coarser one the value of the cell that holds its middle."""
    return _within(coarser.values, box, points, coarser.box)


def wanted(box: Box, points: list[int], coarser: Level) -> Tensor:
    """Which cells of a grid lie in a cell of a coarser one that is alive, or beside one."""
    pool = torch.nn.functional.max_pool1d if len(box) == 1 else torch.nn.functional.max_pool2d
    near = pool(coarser.alive.float()[None, None], 3, stride=1, padding=1)[0, 0].bool()
    return _within(near, box, points, coarser.box)


def _within(field: Tensor, box: Box, points: list[int], outer: Box) -> Tensor:
    for axis, (old, (low, high), n, (start, stop)) in enumerate(zip(field.shape, box, points, outer, strict=True)):
        middle = low + (high - low) / n * (torch.arange(n, dtype=torch.float64) + 0.5)
        place = ((middle - start) / (stop - start) * old).floor().long().clamp(0, old - 1)
        field = field.index_select(axis, place)
    return field


def volume(box: Box, points: list[int]) -> float:
    """The length or area of one cell."""
    return math.prod(sizes(box, points))
