"""AnswerCheck: a field for a number, or choices, and a sentence on what is wrong with an answer. Traits and checks; js/ judges."""

import textwrap
from collections.abc import Mapping, Sequence

import traitlets

from vaelib import exercises
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number

LIMIT = 1e6  # of the numbers asked for
FINEST = 1e-5  # a stored state has six decimals
COLUMNS, LINE, REST = 72, 20, 72  # characters in a line of the still picture; pixels of a line, and of all that is no question


class AnswerCheck(PageWidget):
    """One exercise whose answer is a number or one of a few choices: `exercises.judge` for the page, without a kernel.

    question: plain text, or nothing where the text above asks it. expected: the answer, in `unit`, or one of `choices`. slips: a sentence
    that follows "Not yet: " -> the number, or the choice, that this mistake gives. reason: what is said after "Right.", in plain text.
    tolerance: how far off still counts as right, at least 1e-5; beside the field it says in words how exact that is, such as "two
    decimals". expected and slips are kept to one decimal more than that, so that a stored notebook stays as it is.
    A reader may type a fraction, a percentage (50 % is 0.5) and, for a whole number from 1000, commas between the thousands.
    What is asked cannot be changed afterwards.
    Raises ValueError for an unclear question (`exercises.require_clear`), traitlets.TraitError for what it cannot show.
    """

    _esm = STATIC / "answer_check.mjs"
    page_name = "answer_check"
    page_state = ("question", "expected", "slips", "unit", "tolerance", "choices", "reason")

    question = traitlets.Unicode(read_only=True).tag(sync=True)
    expected = Number(-LIMIT, LIMIT, read_only=True).tag(sync=True)
    slips = traitlets.Dict(read_only=True).tag(sync=True)
    unit = traitlets.Unicode(read_only=True).tag(sync=True)
    tolerance = Number(FINEST, LIMIT, default_value=0.01, read_only=True).tag(sync=True)

    choices = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    reason = traitlets.Unicode(read_only=True).tag(sync=True)

    def __init__(
        self,
        question: str = "",
        expected: float | str = 0.0,
        *,
        slips: Mapping[str, float | str] = {},
        unit: str = "nats",
        tolerance: float = 0.01,
        choices: Sequence[str] = (),
        reason: str = "",
    ):
        if not isinstance(question, str) or (question and not question.strip()):
            raise ValueError(f"question must be a sentence, or nothing where the text above asks it, got {question!r}")
        if choices:
            expected, slips, unit, tolerance = _index(expected, choices), _indices(slips, choices), "", 0.01
        for name, value in (("question", question), ("unit", unit), ("expected", expected), ("tolerance", tolerance)):
            self.set_trait(name, value)
        self.set_trait("choices", list(choices))
        self.set_trait("reason", reason)
        decimals = exercises.digits(self.tolerance) + 1
        self.set_trait("expected", round(self.expected, decimals) + 0.0)  # + 0.0 turns -0.0 into 0.0
        self.set_trait("slips", {sentence: round(_one_number(sentence, value), decimals) + 0.0 for sentence, value in slips.items()})
        exercises.require_clear(self.expected, self.slips, self.tolerance)
        super().__init__()

    def state(self) -> dict[str, object]:
        """Without choices and reason where there are none."""
        return {name: value for name, value in super().state().items() if value or name not in ("choices", "reason")}

    def __repr__(self) -> str:
        return f"AnswerCheck({', '.join(f'{name}={value!r}' for name, value in self.state().items())})"

    def still(self) -> Still:
        """The question on a card, with an empty field."""
        said = "An exercise with a field for its answer, which the page checks where scripts run:"
        lines = textwrap.wrap(self.question, COLUMNS)
        height = LINE * len(lines) + REST
        figure = stills.card(520, height)
        figure.text(0.025, 1 - 14 / height, "\n".join(lines), va="top", fontsize=9, linespacing=1.5, color=stills.INK, parse_math=False)
        axes = stills.plane(figure, (0.025, 14 / height, 0.22, 30 / height), "")
        axes.set_facecolor("#f6f8fa")
        if self.choices:
            axes.set_visible(False)
            figure.text(
                0.025, 29 / height, "   \u00b7   ".join(self.choices), va="center", fontsize=9, color=stills.MUTED, parse_math=False
            )
            return Still(stills.png(figure), f"{said} {self.question} The choices: {'; '.join(self.choices)}.".replace("  ", " "))
        words = f"{self.unit}   (the page checks it where scripts run)" if self.unit else "(the page checks it where scripts run)"
        figure.text(0.265, 29 / height, words, va="center", fontsize=9, color=stills.MUTED, parse_math=False)
        return Still(stills.png(figure), f"{said} {self.question}".rstrip())


def _one_number(sentence: str, value: float | str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(f"the slip {sentence!r} must give one number, got {value!r}") from None


def _index(choice: object, choices: Sequence[str]) -> int:
    if len({*choices}) < len(choices) or len(choices) < 2:
        raise ValueError(f"choices must be at least two different sentences, got {list(choices)!r}")
    if choice not in choices:
        raise ValueError(f"the answer must be one of the choices {list(choices)!r}, got {choice!r}")
    return list(choices).index(str(choice))


def _indices(slips: Mapping[str, float | str], choices: Sequence[str]) -> dict[str, float | str]:
    return {sentence: _index(choice, choices) for sentence, choice in slips.items()}
