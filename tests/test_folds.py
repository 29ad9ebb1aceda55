"""What of a code cell is folded or covered, and what stands in the box of an exercise. Real pages are opened in tests/browser."""

import json
import re
import sys
from pathlib import Path

import nbformat
import pytest

from small_books import build, built
from test_book import write_book

sys.path.insert(0, str(Path(__file__).parents[1] / "book" / "_ext"))

from vaebook import folds

WIDGET = '<div class="vaelib-widget" data-vaelib-widget="answer_check" data-vaelib-state="{}" data-vaelib-files="{}">' + (
    '<img class="vaelib-still" alt="a field" src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAA'
    'AgABSK+kcQAAAABJRU5ErkJggg=="></div>'
)


def cell(source, *tags, text="", html=""):
    made = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})
    if text:
        made.outputs.append(nbformat.v4.new_output("stream", text=text))
    if html:
        made.outputs.append(nbformat.v4.new_output("execute_result", {"text/html": html, "text/plain": "w"}))
    return made


def words(text):
    return nbformat.v4.new_markdown_cell(text)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# predict: will it rise? | it rises | it falls\nx = 1", ({"predict": "will it rise? | it rises | it falls"}, "x = 1")),
        ("# checks eq-a\n# fold\n# a word\nx = 1", ({"fold": ""}, "# checks eq-a\n# a word\nx = 1")),
        ("x = 1\n# fold: late", ({}, "x = 1\n# fold: late")),
        ("# folded paper\nx", ({}, "# folded paper\nx")),
    ],
)
def test_markup_is_read_from_the_first_comments_alone(source, said):
    assert folds.read_markup(source) == said


@pytest.mark.parametrize(
    ("text", "question", "choices"),
    [("", "", []), ("how much?", "how much?", []), ("a | b", "", ["a", "b"]), ("which? | a | b", "which?", ["a", "b"])],
)
def test_a_prediction_is_a_question_choices_or_both(text, question, choices):
    assert folds.read_prediction(text) == (question, choices)


@pytest.mark.parametrize(
    ("source", "folded"),
    [
        ("import math\nfrom torch import nn\n\ntorch.set_default_dtype(torch.float64)", True),
        ("import math\nx = 1", False), ("torch.manual_seed(0)", False), ("x = 1", False), ("%pip install x\nimport math", False),
    ],
)  # fmt: skip
def test_imports_and_settings_are_told_from_code(source, folded):
    assert folds.only_imports(source) == folded


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A small book of one notebook, as text without what stands around it."""
    folder = tmp_path_factory.mktemp("folds")
    write_book(folder, CELLS)
    text = (built(folder) / "html/chapter.html").read_text(encoding="utf-8")
    return text.partition("<article")[2].partition("</article>")[0]


CELLS = [
    words("# A page\n\n```{math}\n:label: eq-a\na = 1\n```"),
    cell("import math\nimport re"),
    cell("taught = 1", text="seen\n"),
    cell("# checks eq-a\nassert 1", text="holds\n"),
    cell("kept_in_sight = 1\nimport math", "show"),
    cell("# fold: the six bars\nsix = 6"),
    cell("# predict: how many? | one | two\nguessed = 2", text="2\n"),
    words("**Exercise 1. Its title.** What is $a$?"),
    cell("answer()", "remove-input", html=WIDGET),
    words("Worked out:"),
    cell("solved = 1", "hide-cell", text="1\n"),
    words("**2.** And twice?"),
    cell("twice = 2", "hide-cell"),
    words("After both."),
]


def test_what_teaches_is_shown_and_the_rest_is_folded_behind_its_name(page):
    names = re.findall(r'fold-name">(.*?)</span>', page)
    assert names == ["imports and settings", "checks equation (1.1)", "the six bars", "Solution", "Solution"]
    assert page.count('class="fold fold-code"') == 3
    shown = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", "", shown)
    assert "# fold" not in text and "# predict" not in text
    assert all(word in text for word in ("taught", "seen", "holds", "kept_in_sight", "guessed", "After both."))
    assert not any(word in text for word in ("assert", "six", "solved", "twice = 2"))


def test_a_covered_output_says_what_is_asked(page):
    asked = re.search(r'data-covered="([^"]*)"', page)[1].replace("&quot;", '"')
    assert {**json.loads(asked), "key": ""} == {"question": "how many?", "choices": ["one", "two"], "key": ""}


def test_a_box_holds_number_title_question_field_and_solution(page):
    first, second = page.split('<div class="exercise"')[1:]
    order = ("Exercise 1</strong>", "Its title.", "What is", 'data-vaelib-widget="answer_check"', "<details", "Worked out", "solved")
    places = [first.index(part) for part in order]
    assert places == sorted(places) and "data-field" in first.partition(">")[0]
    assert "Exercise 2</strong>" in second and "data-field" not in second.partition(">")[0]
    assert second.index("twice?") < second.index("<details") < second.index("</details>") < second.index("After both.")


def test_exercises_that_are_numbered_out_of_order_fail_the_build(tmp_path):
    write_book(tmp_path, [words("# A page\n\n**Exercise 2.** What?"), cell("x = 1", "hide-cell")])
    done = build(tmp_path)
    assert done.status != 0 and "exercise 2 is number 1 of its page" in done.log
