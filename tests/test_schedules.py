"""Schedules: where they start and end, that they are values, and which ones seem to count epochs."""

import math
import pickle

import pytest

from vaelib.schedules import constant, cosine, cyclical, linear, never_arrives


def test_schedules_start_and_end_where_they_say():
    assert constant(0.3)(0.9) == 0.3
    warm_up = linear(0, 1, until=0.5)
    assert (warm_up(0), warm_up(0.25), warm_up(0.5), warm_up(1)) == (0, 0.5, 1, 1)
    rate = cosine(2e-3, warm_up=0.1)
    assert rate(0) == 0 and abs(rate(0.1) - 2e-3) < 1e-12 and abs(rate(1)) < 1e-12 and abs(rate(0.55) - 1e-3) < 1e-12


def test_a_cycle_rises_then_stays_then_starts_again():
    beta = cyclical(0.2, 1.0, cycles=4, rise=0.5)
    for start in (0, 0.25, 0.5, 0.75):
        assert beta(start) == pytest.approx(0.2)
        assert beta(start + 0.0625) == pytest.approx(0.6)
        assert beta(start + 0.125) == beta(start + 0.2) == 1.0
    assert beta(1.0) == 1.0
    assert [cyclical(0, 1, cycles=1, rise=0.25)(i / 8) for i in range(9)] == [linear(0, 1, until=0.25)(i / 8) for i in range(9)]


@pytest.mark.parametrize("schedule", [constant(2), linear(0, 1, until=1 / 3), cosine(3e-3), cyclical(0, 1, cycles=3)])
def test_a_schedule_is_a_value(schedule):
    again = pickle.loads(pickle.dumps(schedule))
    assert again == schedule and type(again) is type(schedule)
    assert [again(i / 50) for i in range(51)] == [schedule(i / 50) for i in range(51)]


@pytest.mark.parametrize("make, words", [
    (lambda: linear(0, 1, until=0), "until"),
    (lambda: linear(0, 1, until=10), "until must lie in (0, 1], a part of the run and not a number of epochs, got 10"),
    (lambda: linear(0, math.inf), "end must be a finite number"),
    (lambda: linear("0", 1), "start must be a finite number"),
    (lambda: cosine(1.0, warm_up=1.0), "warm_up"),
    (lambda: cosine(-1.0), "peak"),
    (lambda: cosine("1"), "peak"),
    (lambda: cyclical(0, 1, cycles=0), "cycles"),
    (lambda: cyclical(0, 1, cycles=2.5), "cycles"),
    (lambda: cyclical(0, 1, rise=0), "rise"),
    (lambda: cyclical(math.nan, 1), "start"),
])  # fmt: skip
def test_settings_out_of_range_are_refused_by_name(make, words):
    with pytest.raises(ValueError) as error:
        make()
    assert words in str(error.value)


@pytest.mark.parametrize("schedule", [
    lambda epoch: min(1, epoch / 10),
    lambda epoch: 1e-3 * 0.95**epoch,
    lambda epoch: 1e-3 * 0.5 ** (epoch // 10),
    lambda epoch: 1e-3 if epoch < 5 else 1e-4,
    lambda step: max(0.0, 1 - step / 1000),
])  # fmt: skip
@pytest.mark.parametrize("epochs", [3, 30])
def test_a_function_of_epochs_is_noticed(schedule, epochs):
    assert "levels off at" in never_arrives(schedule, epochs)


@pytest.mark.parametrize("schedule", [
    constant(1), linear(0, 1, until=1 / 3), linear(1, 0), cosine(3e-3), cosine(3e-3, warm_up=0), cyclical(0, 1), cyclical(1, 0, cycles=3),
    lambda p: 1e-3 * (1 - p), lambda p: 2 * p, lambda p: 0.1**p, lambda p: 0.5**p, lambda p: math.exp(-5 * p), lambda p: max(0.0, 1 - p),
    lambda p: 1 / (1 + math.exp(min(10 * (0.5 - p), 700))), lambda p: float(p >= 0.5), lambda p: [0.1, 0.2, 0.3][min(int(3 * p), 2)],
    lambda p: [0.1, 0.2][int(p)], lambda p: math.sqrt(1 - p**2),
])  # fmt: skip
@pytest.mark.parametrize("epochs", [3, 30])
def test_a_function_of_progress_is_left_alone(schedule, epochs):
    assert never_arrives(schedule, epochs) is None
