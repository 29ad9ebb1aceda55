"""Numbers that change during training, as functions of progress in [0, 1]: for the learning rate and for beta. No optimizer."""

import math
from collections.abc import Callable

Schedule = Callable[[float], float]


def constant(value: float) -> Schedule:
    """The same value throughout."""
    return lambda progress: value


def linear(start: float, end: float, *, until: float = 1.0) -> Schedule:
    """From start to end while progress goes from 0 to `until` (in (0, 1]), then end. KL warm-up is linear(0, 1, until=...)."""
    if not 0 < until <= 1:
        raise ValueError(f"until must lie in (0, 1], got {until!r}")
    return lambda progress: start + (end - start) * min(progress / until, 1.0)


def cosine(peak: float, *, warm_up: float = 0.02) -> Schedule:
    """Linear rise to `peak` over the first `warm_up` of training (in [0, 1)), then half a cosine down to 0."""
    if not (math.isfinite(peak) and peak >= 0):
        raise ValueError(f"peak must be a finite number >= 0, got {peak!r}")
    if not 0 <= warm_up < 1:
        raise ValueError(f"warm_up must lie in [0, 1), got {warm_up!r}")

    def at(progress: float) -> float:
        if progress < warm_up:
            return peak * progress / warm_up
        return 0.5 * peak * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up)))

    return at
