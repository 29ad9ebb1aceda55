"""The self-check names a slip only where it was made, and says in the page what it says in Python."""

import json
import math
import os
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vaelib import kl_to_standard_normal
from vaelib.exercises import RIGHT, digits, judge, require_clear

ROOT = Path(__file__).parents[1]
WANTED = torch.tensor([[1.5, -2.0, 0.25], [0.0, 4.0, -8.0]], dtype=torch.float64)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (2.0, RIGHT), (2.0009, RIGHT), (torch.tensor(2.0), RIGHT), (np.float32(2), RIGHT), (2, RIGHT),
        (torch.tensor(2.0, requires_grad=True), RIGHT),
        (-2.0, "Not yet: the sign is flipped."),
        (1.0, "Not yet: this is half of the right answer; is a factor of 2 missing?"),
        (4.0, "Not yet: this is twice the right answer; is a factor of one half missing?"),
        (14.0, "Not yet: this is 7 times the right answer; is a sum taken where a mean is meant?"),
        (0.4, "Not yet: this is the right answer divided by 5; is a mean taken where a sum is meant?"),
        (2.35, "Not yet: this is too high."), (1.75, "Not yet: this is too low."), (-19.0, "Not yet: this is too low."),
        (0.0, "Not yet: this is far too low."), (0.19, "Not yet: this is far too low."), (-1e9, "Not yet: this is far too low."),
        (20.5, "Not yet: this is far too high."),
        (math.nan, "Not yet: the answer is NaN."), (-math.inf, "Not yet: the answer is infinite."),
        (torch.tensor([2.0]), "Not yet: the shape is (1,), and () is wanted; summed over its last axis it is right."),
        (torch.tensor([2.0, 1.0]), "Not yet: the shape is (2,), and () is wanted."),
        (..., "No answer yet: put yours in the place of the dots."),
    ],
)  # fmt: skip
def test_what_is_said_of_a_number(answer, said):
    assert judge(answer, 2.0) == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (-WANTED, "the sign is flipped."), (WANTED / 2, "this is half of the right answer; is a factor of 2 missing?"),
        (2 * WANTED, "this is twice the right answer; is a factor of one half missing?"),
        (WANTED / 6, "this is the right answer divided by 6; is a mean taken where a sum is meant?"),
        (3 * WANTED, "this is 3 times the right answer; is a sum taken where a mean is meant?"),
        (WANTED + torch.tensor([0, 0, -0.5]), "2 of 6 entries are off; the worst, at [0, 2], is too low."),
        (WANTED.where(WANTED < 4, 4.25), "1 of 6 entries is off; the worst, at [1, 1], is too high."),
        (WANTED.log(), "3 of 6 entries are NaN or infinite."), (WANTED.T, "the shape is (3, 2), and (2, 3) is wanted."),
        (WANTED[:, :, None], "the shape is (2, 3, 1), and (2, 3) is wanted; summed over its last axis it is right."),
    ],
)  # fmt: skip
def test_what_is_said_of_a_tensor(answer, said):
    assert judge(answer, WANTED) == f"Not yet: {said}"


@pytest.mark.parametrize("answer", [WANTED, WANTED.float(), WANTED.numpy(), WANTED.tolist()])
def test_a_right_tensor_is_right_in_any_form(answer):
    assert judge(answer, WANTED) == RIGHT


MEAN, LOG_VAR = torch.tensor([[0.5, -1.0], [2.0, 0.0]]), torch.tensor([[-1.0, 0.5], [0.25, -2.0]])
KL = kl_to_standard_normal(MEAN, LOG_VAR)
KL_SLIPS = {
    "is log_var used as a log-std?": kl_to_standard_normal(MEAN, 2 * LOG_VAR),
    "the sum over the latents is missing.": 0.5 * (MEAN**2 + LOG_VAR.expm1() - LOG_VAR),
}


def test_a_slip_is_named_where_it_was_made_whatever_its_shape():
    for sentence, value in KL_SLIPS.items():
        assert judge(value, KL, KL_SLIPS) == f"Not yet: {sentence}"
    assert judge(KL, KL, KL_SLIPS) == RIGHT


def test_a_slip_comes_before_the_pattern_that_it_makes():
    assert judge(KL / 2, KL, {"the half was taken twice.": KL / 2}) == "Not yet: the half was taken twice."


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=5, deadline=None)
def test_no_answer_is_told_of_a_slip_that_it_does_not_match(seed):
    generator = random.Random(seed)
    for _ in range(300):
        expected, slip, answer = (generator.uniform(-3, 3) for _ in range(3))
        answer = generator.choice([answer, round(slip, 2), slip + generator.uniform(-0.02, 0.02)])
        if abs(expected - slip) <= 0.01:
            continue
        said = judge(answer, expected, {"slipped.": slip}, tolerance=0.01)
        right = abs(answer - expected) <= 0.01
        assert (said == RIGHT) == right
        near = abs(answer - slip) <= min(0.01, 0.02 * abs(slip)) or (answer == round(slip, 2) and abs(answer - slip) <= 0.05 * abs(slip))
        assert ("slipped." in said) == (near and not right)


def test_a_wide_tolerance_names_no_slip_that_is_another_number():
    both = {"that would be if both had to lie outside.": 0}
    assert judge(0.000127, 126.7, both, tolerance=1) == "Not yet: this is far too low."
    assert judge(0, 126.7, both, tolerance=1) == "Not yet: that would be if both had to lie outside."
    other = {"that is the share that is left over.": 0.18}
    assert judge(0.2, 0.51, other, tolerance=0.05) == "Not yet: this is too low."
    assert "left over" in judge(0.18, 0.51, other, tolerance=0.05)


def test_a_slip_is_known_as_a_reader_rounds_it():
    """Two decimals are enough for a right answer, so a reader types no more of a wrong one: 0.02 for 0.0207."""
    slip = {"slipped.": 0.0207}
    assert judge(0.02, 0.357, slip, tolerance=0.01) == judge(0.0207, 0.357, slip, tolerance=0.01) == "Not yet: slipped."
    assert judge(0.024, 0.357, slip, tolerance=0.01) == "Not yet: this is far too low."


def test_a_wide_tolerance_makes_no_half_and_no_sign_of_a_wrong_answer():
    for answer in (0.25, 0.26, 0.3, -0.5, 1.0, 1.05):
        assert judge(answer, 0.51, tolerance=0.05) == f"Not yet: this is too {'high' if answer > 0.51 else 'low'}."
    assert "half of" in judge(0.255, 0.51, tolerance=0.05) and "flipped" in judge(-0.51, 0.51, tolerance=0.05)


def test_a_percentage_is_told_from_a_share():
    said = "Not yet: this looks like a percentage; a share between 0 and 1 is wanted."
    assert judge(50, 0.5) == judge(100, 1.0) == judge(torch.tensor([20.0, 0.0]), torch.tensor([0.2, 0.0])) == said
    assert judge(50, 0.51, tolerance=0.06) == said, "rounded as the tolerance allows"
    assert judge(150, 1.5) == "Not yet: this is 100 times the right answer; is a sum taken where a mean is meant?"
    assert judge(45, 0.51, tolerance=0.06) == "Not yet: this is far too high."


@pytest.mark.parametrize(
    ("answer", "decimals", "expected", "tolerance", "said"),
    [
        (0.22, 2, 0.223, 1e-3, "right so far, one more digit."), (-2.7, 1, -2.66, 0.01, "right so far, one more digit."),
        (-2.6, 1, -2.66, 0.01, "right so far, one more digit."), (3, 0, 2.66, 0.01, "right so far, two more digits."),
        (0.24, 2, 0.223, 1e-3, "this is too high."), (0, 0, 0.223, 1e-3, "this is far too low."), (1, 0, 0.54, 0.01, "this is too high."),
        (2.7, 1, -2.66, 0.01, "this is too high."), (0.22, None, 0.223, 1e-3, "this is too low."),
        (0.220, 3, 0.223, 1e-3, "this is too low."),
    ],
)  # fmt: skip
def test_fewer_decimals_that_are_right_are_called_so(answer, decimals, expected, tolerance, said):
    assert judge(answer, expected, tolerance=tolerance, decimals=decimals) == f"Not yet: {said}"


def test_no_answer_is_handed_over():
    """A wrong guess is told its side, and nothing to subtract from it."""
    for answer in (0.3, 1.7, -40.0, 3e5):
        assert not any(letter.isdigit() for letter in judge(answer, 1.234, {"a slip.": 2.0}, tolerance=0.01))


def test_near_zero_no_pattern_is_read_into_an_answer():
    """0.02 is "twice" 0.01, and 0 is its "half", but at this tolerance both are as near as can be said."""
    for answer in (0.03, -0.02, 0.1, 0.5):
        said = judge(answer, 0.01, tolerance=0.01)
        assert said == f"Not yet: this is {'far ' if answer > 0.1 else ''}too {'high' if answer > 0.01 else 'low'}."


def test_a_whole_factor_is_named_only_where_its_neighbours_are_far():
    assert "divided by 3" in judge(-40.0, -120.0, tolerance=0.01)
    assert "far too high" in judge(-120 / 784, -120.0, tolerance=0.01), "-120 / 783 is as near"
    assert "divided by 784" in judge(-120 / 784, -120.0, tolerance=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1.0, {"": 2.0}), "a slip must be a sentence that says what went wrong, got ''"),
        ((1.0, {" ": 2.0}), "a slip must be a sentence"),
        ((1.0, {3: 2.0}), "a slip must be a sentence that says what went wrong, got 3"),
        ((1.0, {"right.": 1.0005}), r"the slip 'right\.' gives the right answer within 0.001"),
        ((1.0, {"one.": 2.0, "two.": 2.0019}), r"the slips 'one\.' and 'two\.' cannot be told apart at tolerance 0.001"),
        ((1.0, {"nan.": math.nan}), r"the slip 'nan\.' must be finite, got NaN or infinity"),
        ((1.0, {"text.": "2"}), r"the slip 'text\.' must be a number or a tensor, got str"),
        ((math.inf, {}), "expected must be finite"),
        ((torch.zeros(0), {}), "expected must be finite, got nothing"),
        (("1", {}), "expected must be a number or a tensor, got str"),
        ((torch.tensor(1j), {}), "expected must be a number or a tensor, got Tensor"),
        ((1j, {}), "expected must be a number or a tensor, got complex"),
    ],
)
def test_an_unclear_question_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        judge(0.0, *arguments)


@pytest.mark.parametrize("tolerance", [0, -1, math.nan, math.inf, "small"])
def test_a_tolerance_is_a_positive_number(tolerance):
    with pytest.raises(ValueError, match="tolerance must be a finite number > 0, got"):
        require_clear(1.0, {}, tolerance)


@pytest.mark.parametrize("answer", [None, "2", object(), [1, "a"]])
def test_an_answer_that_is_no_number_is_refused(answer):
    with pytest.raises(ValueError, match="answer must be a number or a tensor, got"):
        judge(answer, 2.0)


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=2, deadline=None)
def test_the_page_says_the_same_of_random_numbers(seed):
    generator = random.Random(seed)
    cases = []
    for _ in range(3000):
        tolerance = 10 ** generator.uniform(-5, 0.5)
        expected = generator.choice([0.0, 1.0, generator.random(), generator.uniform(-3, 3), generator.gauss(0, 200)])
        slip = generator.choice([0.0, expected + generator.choice([-1, 1]) * tolerance * generator.uniform(1.1, 50)])
        slip = slip if abs(slip - expected) > 1.05 * tolerance else expected + 2 * tolerance
        factor = generator.choice([-1, 0.5, 2, 0, 7, 1 / 7, 100, 784, generator.uniform(-2, 2)]) * generator.choice([1, 1.005, 1.015, 1.03])
        answer = generator.choice([factor * expected, slip, round(slip, digits(2 * tolerance)), expected]) + generator.choice(
            [0, tolerance, generator.gauss(0, tolerance), 1e7]
        )
        decimals = generator.choice([None, 0, 1, 2, 3])
        if decimals is not None:
            answer = round(generator.choice([answer, expected]), decimals)
        cases.append((answer, expected, {"a slip.": slip}, tolerance, decimals))
    here = [judge(*case[:3], tolerance=case[3], decimals=case[4]) for case in cases]
    there = in_node(f"{json.dumps(cases)}.map((one) => judge(...one))")
    assert here == there
    kinds = (
        "Right.",
        "so far, one more digit.",
        "so far, two more digits.",
        "a slip.",
        "flipped",
        "half of",
        "twice",
        "times",
        "divided",
        "percentage",
        "is too high",
        "is too low",
        "far too high",
        "far too low",
    )
    assert all(any(kind in sentence for sentence in here) for kind in kinds), "a kind of finding was never compared"
    tolerances = [one[3] for one in cases]
    assert [digits(tolerance) for tolerance in tolerances] == in_node(f"{json.dumps(tolerances)}.map(digits)")


def in_node(expression: str) -> list:
    """The value of an expression in the page's own module."""
    node = shutil.which("node")
    if node is None:
        message = "no node here: install Node 20 or later to compare the page's sentences with Python's"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    module = (ROOT / "vaelib/widgets/js/widgets/answer_check/judge.mjs").as_uri()
    code = f"import {{ digits, judge }} from {json.dumps(module)}; console.log(JSON.stringify({expression}))"
    done = subprocess.run([node, "--input-type=module"], input=code, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
