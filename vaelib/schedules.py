"""Numbers that change during training, as functions of progress in [0, 1]: for the learning rate and for beta. No optimizer.

A schedule is any callable from progress to a number. Those made here are tuples of their settings: they compare, print and
pickle, so a checkpoint can tell whether it belongs to a run.
"""

import math
from numbers import Integral, Real
from typing import NamedTuple, Protocol


class Schedule(Protocol):
    """From progress in [0, 1] to a number."""

    def __call__(self, progress: float, /) -> float: ...


class Constant(NamedTuple):
    """What `constant` returns."""

    value: float

    def __call__(self, progress: float) -> float:
        return self.value


class Linear(NamedTuple):
    """What `linear` returns."""

    start: float
    end: float
    until: float

    def __call__(self, progress: float) -> float:
        return self.start + (self.end - self.start) * min(progress / self.until, 1.0)


class Cosine(NamedTuple):
    """What `cosine` returns."""

    peak: float
    warm_up: float

    def __call__(self, progress: float) -> float:
        if progress < self.warm_up:
            return self.peak * progress / self.warm_up
        return 0.5 * self.peak * (1 + math.cos(math.pi * (progress - self.warm_up) / (1 - self.warm_up)))


class Cyclical(NamedTuple):
    """What `cyclical` returns."""

    start: float
    end: float
    cycles: int
    rise: float

    def __call__(self, progress: float) -> float:
        place = progress * self.cycles
        within = place - min(math.floor(place), self.cycles - 1)  # the last cycle ends high, at progress 1
        return self.start + (self.end - self.start) * min(within / self.rise, 1.0)


def constant(value: float) -> Constant:
    """The same value throughout."""
    return Constant(value)


def linear(start: float, end: float, *, until: float = 1.0) -> Linear:
    """From start to end while progress goes from 0 to `until` (in (0, 1]), then end. KL warm-up is linear(0, 1, until=...)."""
    _require_finite(start=start, end=end)
    if not 0 < until <= 1:
        raise ValueError(f"until must lie in (0, 1], a part of the run and not a number of epochs, got {until!r}")
    return Linear(start, end, until)


def cosine(peak: float, *, warm_up: float = 0.02) -> Cosine:
    """Linear rise to `peak` over the first `warm_up` of training (in [0, 1)), then half a cosine down to 0."""
    if not (isinstance(peak, Real) and math.isfinite(peak) and peak >= 0):
        raise ValueError(f"peak must be a finite number >= 0, got {peak!r}")
    if not 0 <= warm_up < 1:
        raise ValueError(f"warm_up must lie in [0, 1), a part of the run and not a number of epochs, got {warm_up!r}")
    return Cosine(peak, warm_up)


def cyclical(start: float, end: float, *, cycles: int = 4, rise: float = 0.5) -> Cyclical:
    """`cycles` times in a run: from start to end over the first `rise` (in (0, 1]) of a cycle, then end. Source: Fu et al. 2019."""
    _require_finite(start=start, end=end)
    if not isinstance(cycles, Integral) or isinstance(cycles, bool) or cycles < 1:
        raise ValueError(f"cycles must be a whole number >= 1, got {cycles!r}")
    if not 0 < rise <= 1:
        raise ValueError(f"rise must lie in (0, 1], a part of one cycle, got {rise!r}")
    return Cyclical(start, end, int(cycles), rise)


def never_arrives(schedule: Schedule, epochs: int) -> str | None:
    """In words, that a schedule seems to count epochs or steps where progress in [0, 1] is counted; None where it does not.

    The sign of it: it levels off far past the end of the run, and the run takes it less than half of the way there.
    """
    try:
        first, last, far, farther = (float(schedule(at)) for at in (0.0, 1.0, 1000.0 * epochs, 2000.0 * epochs))
    except Exception:  # a function that is not defined past 1 does not count epochs
        return None
    if abs(far - farther) <= 1e-9 * abs(far - first) and abs(last - first) < 0.5 * abs(far - first):
        return f"goes from {first:g} to {last:g} while progress goes from 0 to 1, though it levels off at {far:g} later"
    return None


def _require_finite(**numbers: float) -> None:
    for name, number in numbers.items():
        if not isinstance(number, Real) or isinstance(number, bool) or not math.isfinite(number):
            raise ValueError(f"{name} must be a finite number, got {number!r}")
