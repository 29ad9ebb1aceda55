"""Ticks: which cells check which equations, what the build says of a wrong pair, and what the page and the e-book then hold."""

import re

import nbformat
import pytest

from small_books import build, built
from test_book import ROOT, write_book
from vaebook import ticks

EQUATION = "```{{math}}\n:label: {}\nz = \\mu + \\sigma \\varepsilon\n```"


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        ("# checks eq-a", ("eq-a",)),
        ("# checks eq-a, eq-b-2\nassert True", ("eq-a", "eq-b-2")),
        ("# checks eq-a  \nassert True", ("eq-a",)),
        ("x = 1\n# checks eq-a", ()),
        ("# checks that z is finite", ()),
        ("#checks eq-a", ()),
        ("", ()),
    ],
)
def test_a_cell_checks_what_its_first_line_names(source, labels):
    assert ticks.checked_in(source) == labels


@pytest.mark.parametrize(
    ("labels", "checks", "words"),
    [
        (["eq-a", "eq-b"], ["eq-b", "eq-a"], []),
        (["eq-a"], [], ["equation eq-a has no check"]),
        ([], ["eq-a"], ["a cell checks eq-a, and no numbered equation"]),
        (["eq-a"], ["eq-a", "eq-a"], ["2 cells check eq-a"]),
    ],
)
def test_each_fault_is_named(labels, checks, words):
    found = [sentence for _, sentence in ticks.faults(labels, checks)]
    assert len(found) == len(words) and all(sentence.startswith(start) for sentence, start in zip(found, words, strict=True))


def chapter(*parts):
    """A notebook's cells: text as Markdown, a check as code."""
    kinds = {True: nbformat.v4.new_code_cell, False: nbformat.v4.new_markdown_cell}
    return [kinds[part.startswith("# checks")](part, id=f"c{n}") for n, part in enumerate(("# A chapter\n\nIts text.", *parts))]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([EQUATION.format("eq-lonely")], "equation eq-lonely has no check"),
        (["Words.", "# checks eq-nothing\nassert True"], "a cell checks eq-nothing"),
        ([EQUATION.format("eq-twice"), "# checks eq-twice", "Words.", "# checks eq-twice"], "2 cells check eq-twice"),
    ],
)
def test_a_wrong_pair_fails_the_build_and_the_next_one_too(tmp_path, parts, words):
    write_book(tmp_path, chapter(*parts))
    for _ in range(2):
        done = build(tmp_path)
        assert done.status != 0 and re.search(rf"chapter\.ipynb.*{words}", done.log)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ticks")
    write_book(folder, chapter(EQUATION.format("eq-a"), EQUATION.format("eq-b"), "# checks eq-a, eq-b\nassert True"))
    (folder / "vaelib" / "widgets" / "static" / "equations.chapter.mjs").write_text(
        'export const all = { "eq-b": {} };\n', encoding="utf-8"
    )
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    built(folder)
    return folder


def test_an_equation_leads_to_its_check_and_the_check_back(folder):
    html = folder / "_build" / "html"
    page = (html / "chapter.html").read_text(encoding="utf-8")
    for label, number in (("eq-a", "1.1"), ("eq-b", "1.2")):
        assert page.count(f'id="check-{label}"') == page.count(f'id="equation-{label}"') == 1
        assert f'<a href="#check-{label}" aria-label="Checked: jump to the check of equation {number}">✓ checked</a>' in page
        assert f'<a href="#equation-{label}">equation ({number})</a>' in page
    assert page.index('href="#check-eq-a"') < page.index('id="equation-eq-b"') < page.index('id="check-eq-b"')


def test_only_an_equation_that_can_be_broken_names_the_module_that_breaks_it(folder):
    html = folder / "_build" / "html"
    page = (html / "chapter.html").read_text(encoding="utf-8")
    rows = re.findall(r'<div class="tick"([^>]*)>', page)
    assert rows[0] == "" and rows[1].startswith(' data-breaks="eq-b" data-number="1.2" data-module="_static/vaelib/equations.chapter.')
    assert (html / re.search(r'data-module="([^"]*)"', rows[1])[1]).is_file()
    assert "ticks.css" in page and re.search(r'<script type="module" src="_static/ticks\.mjs', page)
    index = (html / "book" / "index.html").read_text(encoding="utf-8")
    assert "ticks" not in index and "host.mjs" not in page


def test_an_e_book_has_the_same_links_and_breaks_nothing(folder):
    page = (built(folder, "--builder", "custom", "--custom-builder", "epub") / "epub" / "chapter.xhtml").read_text(encoding="utf-8")
    for label, number in (("eq-a", "1.1"), ("eq-b", "1.2")):
        assert f'id="check-{label}"' in page and f'id="equation-{label}"' in page
        assert f'href="#check-{label}"' in page and f'<a href="#equation-{label}">equation ({number})</a>' in page
    assert "data-breaks" not in page
