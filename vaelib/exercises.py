"""The self-check of an exercise: what is wrong with an answer, in one sentence. No questions, no solutions, no widgets.

js/judge.mjs says the same of a single number that a reader types in the page.
"""

import math
from decimal import ROUND_HALF_UP, Decimal
from numbers import Real
from typing import Mapping

import torch
from torch import Tensor

RIGHT = "Right."
SLACK = 1 + 1e-6  # decimals are not exact in binary: 1.24 - 1.23 is a little more than 0.01
CLEAR = 20  # a whole factor is named where the next one lies this many tolerances away, so that few answers meet one by chance
MOST = 1000  # largest whole factor that is looked for
FAR = 1e6


def judge(answer: float | Tensor, expected: float | Tensor, slips: Mapping[str, float | Tensor] = {}, *, tolerance: float = 1e-3) -> str:
    """One sentence on an answer: "Right.", or "Not yet: ..." with the slip that gives it, or with how it differs.

    answer, expected: a number or a tensor; every entry within `tolerance`, in the answer's own unit, is right. slips: a sentence
    that follows "Not yet: " -> what that mistake gives. Slips come first; then NaN, the shape, a flipped sign, a half or a double,
    a whole factor (a mean for a sum), and how far off. An answer of `...` is none yet.
    Raises ValueError for what cannot be judged: see `require_clear`.
    """
    require_clear(expected, slips, tolerance)
    if answer is ...:
        return "No answer yet: put yours in the place of the dots."
    got, wanted = _numbers("answer", answer), _numbers("expected", expected)
    if _same(got, wanted, tolerance):
        return RIGHT
    for sentence, value in slips.items():
        if _same(got, _numbers(sentence, value), tolerance):
            return f"Not yet: {sentence}"
    return f"Not yet: {_difference(got, wanted, tolerance)}"


def require_clear(expected: float | Tensor, slips: Mapping[str, float | Tensor], tolerance: float) -> None:
    """Raises ValueError unless every answer can be told apart: numbers finite, no slip right, no two slips alike."""
    if not isinstance(tolerance, Real) or not 0 < tolerance < math.inf:
        raise ValueError(f"tolerance must be a finite number > 0, got {tolerance!r}")
    wanted = _finite("expected", expected)
    before: dict[str, Tensor] = {}
    for sentence, value in slips.items():
        if not isinstance(sentence, str) or not sentence.strip():
            raise ValueError(f"a slip must be a sentence that says what went wrong, got {sentence!r}")
        given = _finite(f"the slip {sentence!r}", value)
        if _same(given, wanted, tolerance):
            raise ValueError(f"the slip {sentence!r} gives the right answer within {tolerance:g}, so nobody could be told of it")
        for other, known in before.items():
            if _same(given, known, 2 * tolerance):  # an answer between the two would be within reach of both
                raise ValueError(f"the slips {other!r} and {sentence!r} cannot be told apart at tolerance {tolerance:g}: make them one")
        before[sentence] = given


def _difference(got: Tensor, wanted: Tensor, tolerance: float) -> str:
    bad = int((~got.isfinite()).sum())
    if bad:
        kind = "NaN" if got.isnan().any() else "infinite"
        return f"the answer is {kind}." if got.dim() == 0 else f"{bad} of {got.numel()} entries {'is' if bad == 1 else 'are'} NaN or infinite."
    if got.shape != wanted.shape:
        summed = got.dim() > 0 and _same(got.sum(-1), wanted, tolerance)
        return f"the shape is {tuple(got.shape)}, and {tuple(wanted.shape)} is wanted{'; summed over its last axis it is right' if summed else ''}."
    size = wanted.abs().max().item()
    if size > tolerance and _same(got, -wanted, tolerance):
        return "the sign is flipped."
    if size > 4 * tolerance:
        if _same(got, wanted / 2, tolerance):
            return "this is half of the right answer; is a factor of 2 missing?"
        if _same(got, 2 * wanted, tolerance):
            return "this is twice the right answer; is a factor of one half missing?"
    share = ((got * wanted).sum() / (wanted * wanted).sum()).item()
    times = _whole(share)
    if size > CLEAR * tolerance and times and _same(got, times * wanted, tolerance):
        return f"this is {times} times the right answer; is a sum taken where a mean is meant?"
    parts = _whole(1 / share) if share else 0
    if parts and size / (parts * (parts + 1)) > CLEAR * tolerance and _same(got, wanted / parts, tolerance):
        return f"this is the right answer divided by {parts}; is a mean taken where a sum is meant?"
    return _distance(got - wanted, tolerance)


def _distance(difference: Tensor, tolerance: float) -> str:
    worst = int(difference.abs().argmax())
    off = difference.flatten()[worst].item()
    far = "more than a million" if abs(off) >= FAR else f"{Decimal(abs(off)).quantize(Decimal(1).scaleb(-digits(tolerance)), ROUND_HALF_UP)}"
    if difference.dim() == 0:
        return f"this is {far} too {'high' if off > 0 else 'low'}."
    wrong = int((difference.abs() > tolerance * SLACK).sum())
    place = [int(i) for i in torch.unravel_index(torch.tensor(worst), difference.shape)]
    return f"{wrong} of {difference.numel()} entries {'is' if wrong == 1 else 'are'} off, the worst by {far} at {place}."


def digits(tolerance: float) -> int:
    """How many decimals tell two numbers apart that differ by `tolerance`."""
    return max(0, math.ceil(-math.log10(tolerance) - 1e-9))


def _whole(share: float) -> int:
    """The whole number from 3 to MOST nearest to `share`, or 0."""
    return round(share) if math.isfinite(share) and 3 <= round(share) <= MOST else 0


def _same(a: Tensor, b: Tensor, tolerance: float) -> bool:
    return a.shape == b.shape and bool(((a - b).abs() <= tolerance * SLACK).all())


def _finite(name: str, value: float | Tensor) -> Tensor:
    numbers = _numbers(name, value)
    if not numbers.isfinite().all() or numbers.numel() == 0:
        raise ValueError(f"{name} must be finite, got {'nothing' if numbers.numel() == 0 else 'NaN or infinity'}")
    return numbers


def _numbers(name: str, value: float | Tensor) -> Tensor:
    try:
        tensor = value if isinstance(value, Tensor) else torch.as_tensor(value, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        tensor = None
    if tensor is None or tensor.is_complex():
        raise ValueError(f"{name} must be a number or a tensor, got {type(value).__name__}")
    return tensor.detach().to(torch.float64)
