"""An exercise in the page, without a kernel and without a chapter around it."""

from itertools import pairwise

import pytest
from axe import faults
from test_accessibility import TARGETS
from waiting import rest

from vaelib.widgets import AnswerCheck

WRONG = "Not yet: is log_var used as a log-std?"


@pytest.fixture
def exercise():
    question = "What is KL(N(0, std\u00b2) || N(0, 1)) for log_var = \u22122, in nats? The answer has $ signs <b>nowhere</b>."
    return AnswerCheck(question, 0.5677, slips={"is log_var used as a log-std?": 1.5092, "the sign of log_var is lost.": -1.4323})


def check(page, text, press="Enter"):
    page.get_by_role("textbox", name="Your answer").fill(text)
    if press == "Enter":
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Check").click()
    rest(page, 50)
    return page.get_by_role("status").text_content()


def test_an_answer_is_judged_by_enter_and_by_the_button(open_widget, exercise):
    page, watch = open_widget(exercise)
    assert exercise.question in page.get_by_role("group").inner_text(), "text stays text"
    assert check(page, "0.57") == check(page, "0,5677", "button") == "Right."
    assert check(page, "1.51") == WRONG and check(page, "\u22121.43", "button") == "Not yet: the sign of log_var is lost."
    assert check(page, "\u22120.568") == "Not yet: the sign is flipped."
    assert "half of the right answer" in check(page, "0.284")
    assert check(page, "0.7") == "Not yet: this is too high."
    assert (
        check(page, "56.77") == "Not yet: this looks like a percentage; a share between 0 and 1 is wanted."
        and check(page, "56.77 %") == "Right."
    )
    assert "could not be read" in check(page, "a half") and check(page, " ") == "Type a number first."
    assert page.url.endswith("/lone/answer_check.html"), "no answer goes into the address"
    assert (watch.errors, watch.strangers) == ([], [])


def test_the_label_says_how_exact_and_the_field_reads_thousands(open_widget, exercise):
    page, _ = open_widget(exercise)
    assert page.get_by_label("Your answer (two decimals) nats", exact=True).count() == 1
    page, _ = open_widget(AnswerCheck("How many numbers does training set?", 118032, unit="", tolerance=0.5))
    assert page.get_by_label("Your answer (a whole number)", exact=True).count() == 1
    assert check(page, "118,032") == check(page, "118 032") == "Right."


def test_a_verdict_goes_when_the_answer_changes_and_is_said_anew(open_widget, exercise):
    page, _ = open_widget(exercise)
    assert check(page, "1.51") == WRONG
    page.keyboard.press("Backspace")
    rest(page, 50)
    assert page.get_by_role("status").text_content() == ""
    assert check(page, "1.509") == WRONG


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_axe_finds_nothing(open_widget, exercise, scheme):
    page, _ = open_widget(exercise, color_scheme=scheme, viewport={"width": 320, "height": 700})
    check(page, "0.57")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator("[data-vaelib-widget]").evaluate(TARGETS) == []


def test_a_choice_is_pressed_and_the_reason_follows_a_right_one(open_widget):
    widget = AnswerCheck(expected="it falls", choices=["it rises", "it falls"], slips={"the sign is lost.": "it rises"}, reason="It must.")
    page, watch = open_widget(widget)
    said = []
    for name in ("it rises", "it falls"):
        page.get_by_role("button", name=name).click()
        rest(page, 50)
        said.append(page.get_by_role("status").text_content())
    assert said == ["Not yet: the sign is lost.", "Right. It must."]
    assert page.get_by_role("button", pressed=True).inner_text() == "it falls"
    assert faults(page) == [] and (watch.errors, watch.strangers) == ([], [])


def test_on_paper_all_choices_stand_one_below_the_other_and_a_field_stays(open_page):
    page, _ = open_page("notebooks/01_hidden_causes.html")
    page.emulate_media(media="print")
    for exercise in page.locator(".vaelib-exercise:has(button[aria-pressed])").all():
        choices = [one.bounding_box() for one in exercise.locator("button[aria-pressed]").all()]
        assert len(choices) > 1 and all(above["y"] + above["height"] <= below["y"] + 1 for above, below in pairwise(choices))
    assert all(field.is_visible() for field in page.locator(".vaelib-exercise input").all())
