"""Numbers that a widget can draw: traits that accept any sequence or scalar and refuse what is not finite. No widgets."""

import math
from collections.abc import Mapping, Set
from reprlib import repr as short

import traitlets


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
        try:
            numbers = [] if isinstance(value, (str, bytes)) else [_finite(entry) for entry in value]
        except TypeError:  # not a sequence
            numbers = []
        if len(numbers) != self.length or None in numbers:
            raise traitlets.TraitError(f"{self.name} must be {self.length} finite numbers, got {short(value)}")
        return numbers


def _finite(value: object) -> float | None:
    try:
        number = None if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, OverflowError, RuntimeError):  # RuntimeError: a tensor of several numbers
        return None
    return number if number is not None and math.isfinite(number) else None
