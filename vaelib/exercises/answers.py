"""The self-check of an exercise: what is wrong with an answer, in one sentence. No questions, no solutions, no widgets.

widgets/js/widgets/answer_check/judge.mjs says the same of a single number that a reader types in the page.
"""

import math
from collections.abc import Mapping
from numbers import Real
from types import EllipsisType

import torch
from torch import Tensor

from vaelib.checks import require_values

RIGHT = "Right."
SLACK = 1 + 1e-6  # decimals are not exact in binary: 1.24 - 1.23 is a little more than 0.01
ALIKE = 0.02  # an answer has a slip's value, and a percentage a share's, within this part of it: a wide tolerance alone names none
ROUNDED = 0.05  # a reader's own rounding may move a slip by this part: 0.0207 to 0.02, but not 0.18 to 0.2
CLOSE = 0.01  # the same for a flipped sign and for factors, which more answers meet by chance
NOTHING = 1e-6  # a slip of 0 has no part to be within
CLEAR = 20  # a whole factor is named where the next one lies this many tolerances away, so that few answers meet one by chance
MOST = 1000  # largest whole factor that is looked for
PART = 0.15  # a number that is right so far is off by no more than this part
MORE = ("no", "one", "two", "three", "four", "five")
FAR = 10  # an answer off by more than this factor is far off


def judge(
    answer: float | Tensor | EllipsisType,
    expected: float | Tensor,
    slips: Mapping[str, float | Tensor] = {},
    *,
    tolerance: float = 1e-3,
    decimals: int | None = None,
) -> str:
    """One sentence on an answer: "Right.", or "Not yet: ..." with the slip that gives it, or with how it differs, but not by how much.

    answer, expected: a number or a tensor; every entry within `tolerance`, in the answer's own unit, is right. slips: a sentence
    that follows "Not yet: " -> what that mistake gives. Slips come first; then NaN, the shape, a flipped sign, a half or a double,
    a percentage for a share, a whole factor (a mean for a sum), and the side it is on. An answer of `...` is none yet.
    decimals: how many the reader wrote; where the tolerance wants more, an answer that is right as far as it goes is called so.
    A slip is named within `tolerance` and 2 % of its value, or where it is rounded as the answer may be; a sign and a factor within 1 %.
    Raises ValueError for what cannot be judged: see `require_clear`.
    """
    require_clear(expected, slips, tolerance)
    if answer is ...:
        return "No answer yet: put yours in the place of the dots."
    got, wanted = _numbers("answer", answer), _numbers("expected", expected)
    if _same(got, wanted, tolerance):
        return RIGHT
    for sentence, value in slips.items():
        if _slipped(got, _numbers(sentence, value), tolerance):
            return f"Not yet: {sentence}"
    more = _more(got, wanted, tolerance, decimals)
    if more:
        return f"Not yet: right so far, {MORE[min(more, 5)]} more digit{'s' * (more > 1)}."
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
        return (
            f"the answer is {kind}." if got.dim() == 0 else f"{bad} of {got.numel()} entries {'is' if bad == 1 else 'are'} NaN or infinite."
        )
    if got.shape != wanted.shape:
        summed = got.dim() > 0 and _same(got.sum(-1), wanted, tolerance)
        hint = "; summed over its last axis it is right" if summed else ""
        return f"the shape is {tuple(got.shape)}, and {tuple(wanted.shape)} is wanted{hint}."
    size = wanted.abs().max().item()
    if size > tolerance and _near(got, -wanted, tolerance, CLOSE):
        return "the sign is flipped."
    if size > 4 * tolerance:
        if _near(got, wanted / 2, tolerance, CLOSE):
            return "this is half of the right answer; is a factor of 2 missing?"
        if _near(got, 2 * wanted, tolerance, CLOSE):
            return "this is twice the right answer; is a factor of one half missing?"
    if size > tolerance and wanted.min() >= 0 and size <= 1 and _near(got, 100 * wanted, 100 * tolerance, ALIKE):
        return "this looks like a percentage; a share between 0 and 1 is wanted."
    share = ((got * wanted).sum() / (wanted * wanted).sum()).item()
    times = _whole(share)
    if size > CLEAR * tolerance and times and _near(got, times * wanted, tolerance, CLOSE):
        return f"this is {times} times the right answer; is a sum taken where a mean is meant?"
    parts = _whole(1 / share) if share else 0
    if parts and size / (parts * (parts + 1)) > CLEAR * tolerance and _near(got, wanted / parts, tolerance, CLOSE):
        return f"this is the right answer divided by {parts}; is a mean taken where a sum is meant?"
    return _side(got, wanted, tolerance)


def _more(got: Tensor, wanted: Tensor, tolerance: float, decimals: int | None) -> int:
    """How many decimals are missing from a number that is right as far as it goes, rounded or cut off; otherwise 0."""
    if decimals is None or got.dim() or wanted.dim() or not got.isfinite():
        return 0
    missing, unit = digits(2 * tolerance) - decimals, float(f"1e-{decimals}")
    answer, value = got.item(), wanted.item()
    off = abs(answer - value)
    cut = answer * value > 0 and 0 <= abs(value) - abs(answer) < unit
    return max(0, missing) if answer and off <= PART * abs(value) and (off <= unit / 2 * SLACK or cut) else 0


def _side(got: Tensor, wanted: Tensor, tolerance: float) -> str:
    difference = got - wanted
    worst = int(difference.abs().argmax())
    ours, theirs = abs(got.flatten()[worst].item()), abs(wanted.flatten()[worst].item())
    far = ours > FAR * max(theirs, tolerance) or theirs > FAR * max(ours, tolerance)
    side = f"{'far ' if far else ''}too {'high' if difference.flatten()[worst] > 0 else 'low'}"
    if difference.dim() == 0:
        return f"this is {side}."
    wrong = int((difference.abs() > tolerance * SLACK).sum())
    place = [int(i) for i in torch.unravel_index(torch.tensor(worst), difference.shape)]
    return f"{wrong} of {difference.numel()} entries {'is' if wrong == 1 else 'are'} off; the worst, at {place}, is {side}."


def digits(tolerance: float) -> int:
    """How many decimals tell two numbers apart that differ by `tolerance`."""
    return max(0, math.ceil(-math.log10(tolerance) - 1e-9))


def _whole(share: float) -> int:
    """The whole number from 3 to MOST nearest to `share`, or 0."""
    return round(share) if math.isfinite(share) and 3 <= round(share) <= MOST else 0


def _slipped(got: Tensor, slip: Tensor, tolerance: float) -> bool:
    """Whether an answer has the value of a slip, or that value rounded as coarsely as the tolerance lets a right answer be."""
    scale = float(f"1e{digits(2 * tolerance)}")
    rounded = (slip * scale + 0.5).floor() / scale
    return _near(got, slip, tolerance, ALIKE) or (_near(rounded, slip, tolerance, ROUNDED) and _same(got, rounded, min(tolerance, NOTHING)))


def _near(got: Tensor, value: Tensor, tolerance: float, part: float) -> bool:
    """Whether an answer has a value within the tolerance and also within a part of the value's own size."""
    return got.shape == value.shape and _same(got, value, min(tolerance, max(part * value.abs().max().item(), NOTHING)))


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
    require_values(name, tensor)
    return tensor.detach().cpu().to(torch.float64)
