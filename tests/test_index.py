"""What the front page says of the chapters, and the chapters of themselves: ways to read, cards, goals, the words to cite."""

import base64
import io
import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from PIL import Image
from pybtex.database import parse_string
from sphinx.errors import ExtensionError

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook import cards, paths  # noqa: E402

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
ABOUT = (ROOT / "book" / "about.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_no_chapter_is_left_out_of_the_ways_to_read():
    everything, *others = paths.read(ROOT)
    assert everything.pages == () and len(others) == 3
    known = {f"notebooks/{path.stem}" for path in NOTEBOOKS}
    assert set().union(*(way.pages for way in others)) <= known


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ways: ways[1]["pages"].append("notebooks/99_gone"), "curious leads to notebooks/99_gone, which is no page"),
        (lambda ways: ways[1]["pages"].append(ways[1]["pages"][0]), "curious leads to a page twice"),
        (lambda ways: ways[0].update(pages=["notebooks/04_elbo"]), "the first way lists no pages"),
        (lambda ways: ways[2].update(id="curious"), "no id comes twice"),
        (lambda ways: ways[2].pop("words"), "must be a list of ways"),
    ],
)
def test_a_way_that_cannot_be_followed_is_refused(tmp_path, change, message):
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    (tmp_path / "book").mkdir()
    ways = yaml.safe_load((ROOT / paths.FILE).read_text(encoding="utf-8"))
    change(ways)
    (tmp_path / paths.FILE).write_text(yaml.safe_dump(ways), encoding="utf-8")
    with pytest.raises(ExtensionError, match=re.escape(message)):
        paths.read(tmp_path)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_gives_its_card_a_small_picture_and_its_minutes(path):
    page = f"notebooks/{path.stem}"
    card = cards.card_of(ROOT, page, "")
    picture = Image.open(io.BytesIO(card.picture))
    assert picture.size == (cards.WIDTH, cards.HEIGHT) and len(card.picture) < 15_000
    assert len(picture.convert("RGB").getcolors(1000)) > 2, "something is drawn"
    assert 5 <= cards.minutes_of(ROOT, page) <= 90


def test_a_card_asks_what_its_chapter_asks_first():
    def cell(text, kind="markdown"):
        return {"cell_type": kind, "source": text}

    title = cell("# Title\n\n[![Open in Colab](x.svg)](https://example.org)\n\nHow *large* is $n$?\n\nAfter it you can")
    assert cards.opening_question([title]) == "How large is n?"
    assert cards.opening_question([cell("# Title\n\nAfter it you can ask?\n- this"), cell("Is this it?")]) == ""
    assert cards.opening_question([cell("# Title"), cell("print('?')", "code"), cell("Is this it now?")]) == "Is this it now?"


def test_a_card_shows_the_first_live_figure_and_no_exercise():
    def output(png, html=""):
        return {"outputs": [{"data": {"image/png": base64.b64encode(png).decode(), "text/html": [html]}}]}

    exercise, live = (f'<div data-vaelib-widget="{name}">' for name in ("answer_check", "latent_explorer"))
    assert cards.first_figure([output(b"a"), output(b"b", exercise), output(b"c", live)]) == (b"c", True)
    assert cards.first_figure([output(b"b", exercise), output(b"a")]) == (b"a", False)
    assert cards.first_figure([output(b"b", exercise), {"source": ""}]) is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_says_near_its_top_what_it_is_for_and_what_it_needs(path):
    opening = "\n\n".join(cell.source for cell in nbformat.read(path, 4).cells[:7] if cell.cell_type == "markdown")
    assert re.search(r"\byou (can|will be able to)\b|^Goals: ", opening, re.MULTILINE) and "You need " in opening
    assert not re.search(r"\d+ minutes", opening), "minutes are counted when the book is built"


def test_minutes_are_counted_from_words_lines_figures_and_exercises(tmp_path):
    def cell(kind, source, tags=(), html=""):
        outputs = [{"output_type": "display_data", "data": {"text/html": html}}] if html else []
        return {"cell_type": kind, "source": source, "metadata": {"tags": list(tags)}, **({"outputs": outputs} if kind == "code" else {})}

    live = '<div data-vaelib-widget="x"></div>'
    cells = [
        cell("markdown", "word " * 1000), cell("code", "a = 1\n" * 20), cell("code", "b = 1\n" * 500, ["hide-input"]),
        cell("code", "import os"), cell("code", "# checks eq-a\n" + "c = 1\n" * 500), cell("code", "Figure()", html=live),
        cell("code", "AnswerCheck()", ["remove-input"], html=live),
    ]  # fmt: skip
    (tmp_path / "page.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert cards.minutes_of(tmp_path, "page") == 5 + 2 + 2 * 2
    assert cards.minutes_of(tmp_path, "none") == 0


def test_the_words_to_cite_are_those_of_the_book():
    (reference,) = parse_string(re.search(r"```bibtex\n(.*?)```", ABOUT, re.DOTALL)[1], "bibtex").entries.values()
    assert reference.fields["title"] == CONFIG["title"] and reference.fields["url"] == CONFIG["repository"]["url"]
    assert [str(person) for person in reference.persons["author"]] == [f"{{{CONFIG['author']}}}"]
    assert reference.fields["year"] == str(CONFIG["copyright"])


def test_a_page_beside_a_way_has_its_nearest_neighbours_on_it():
    order = list("xabcdefgh")
    assert paths.neighbours(order, ["d", "b", "g"], "x") == (0, None, "d"), "the front page leads to where the way begins"
    assert paths.neighbours(order, ["b", "d", "g"], "d") == (2, "b", "g")
    assert paths.neighbours(order, ["b", "d", "g"], "b") == (1, None, "d") and paths.neighbours(order, ["b", "d"], "d") == (2, "b", None)
    assert [paths.neighbours(order, ["d", "b", "g"], one) for one in "aceh"] == [
        (0, None, "b"), (0, "b", "d"), (0, "d", "g"), (0, "g", None),
    ]  # fmt: skip
