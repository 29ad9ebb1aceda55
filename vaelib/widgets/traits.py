"""Numbers that a widget can draw: traits that accept any sequence or scalar and refuse what is not finite. No widgets."""

import math
from collections.abc import Mapping, Set
from reprlib import repr as short
from typing import Any

import numpy as np
import traitlets

SUM_TOLERANCE = 1e-5  # by how much stored, rounded probabilities may miss one


class Number(traitlets.TraitType):
    """A finite number between two bounds, kept as a float (NumPy and torch scalars included)."""

    default_value = 0.0

    def __init__(self, low: float, high: float, default_value: float = 0.0, read_only: bool = False):
        super().__init__(default_value, read_only=read_only)
        self.low, self.high = float(low), float(high)

    def validate(self, obj: object, value: object) -> float:
        number = _finite(value)
        if number is None or not self.low <= number <= self.high:
            raise traitlets.TraitError(f"{self.name} must be a number from {self.low:g} to {self.high:g}, got {short(value)}")
        return number


class Seed(traitlets.Int):
    """What repeats the draws of a figure, or None: each view then begins with draws of its own, and tells their seed."""

    def __init__(self):
        super().__init__(None, min=0, max=2**31 - 1, allow_none=True)


class Point(traitlets.TraitType):
    """A point of the latent space: `length` finite numbers, kept as a list of floats (tuples, arrays and tensors included)."""

    def __init__(self, length: int):
        super().__init__()
        self.length = length

    def make_dynamic_default(self) -> list[float]:
        return [0.0] * self.length

    def validate(self, obj: object, value: object) -> list[float]:
        if isinstance(value, (Mapping, Set)):  # iterating would give keys, or numbers in no order
            raise traitlets.TraitError(f"{self.name} must be {self.length} finite numbers, got a {type(value).__name__}: {short(value)}")
        numbers = _rows(value, (self.length,))
        if numbers is None:
            raise traitlets.TraitError(f"{self.name} must be {self.length} finite numbers, got {short(value)}")
        return numbers


class Bounded(traitlets.TraitType):
    """Numbers between two bounds, in rows of a fixed shape such as (3,) or (3, 2), kept as nested lists of floats."""

    def __init__(self, shape: tuple[int, ...], low: float, high: float):
        super().__init__()
        self.shape, self.low, self.high = shape, float(low), float(high)

    def make_dynamic_default(self) -> list:
        return np.full(self.shape, min(self.high, max(self.low, 0.0))).tolist()

    def validate(self, obj: object, value: object) -> list:
        numbers = _rows(value, self.shape, self.low, self.high)
        if numbers is None:
            size = " x ".join(map(str, self.shape))
            raise traitlets.TraitError(f"{self.name} must be {size} numbers from {self.low:g} to {self.high:g}, got {short(value)}")
        return numbers


class Probabilities(traitlets.TraitType):
    """`count` probabilities of at least `least`, kept as a list of floats that sum to 1."""

    def __init__(self, count: int, least: float = 0.0):
        super().__init__()
        self.count, self.least = count, float(least)

    def make_dynamic_default(self) -> list[float]:
        return [1 / self.count] * self.count

    def validate(self, obj: object, value: object) -> list[float]:
        numbers = _rows(value, (self.count,), self.least - SUM_TOLERANCE)
        if numbers is None or abs(sum(numbers) - 1) > SUM_TOLERANCE:
            raise traitlets.TraitError(
                f"{self.name} must be {self.count} probabilities of at least {self.least:g} that sum to 1, got {short(value)}"
            )
        return [number / sum(numbers) for number in numbers]


def _rows(value: Any, shape: tuple[int, ...], low: float = -math.inf, high: float = math.inf) -> list | None:
    """Finite numbers between the bounds as nested lists of that shape, or None."""
    try:
        entries = [] if isinstance(value, (str, bytes, Mapping, Set)) else list(value)
    except TypeError:  # not a sequence
        return None
    if len(entries) != shape[0]:
        return None
    rows: list[Any] = [_rows(entry, shape[1:], low, high) if shape[1:] else _finite(entry) for entry in entries]
    if any(row is None for row in rows) or (not shape[1:] and not all(low <= number <= high for number in rows)):
        return None
    return rows


def _finite(value: Any) -> float | None:
    try:
        number = None if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # RuntimeError: a tensor of several numbers
        return None
    return number if number is not None and math.isfinite(number) else None
