"""Old anchors lead on: the table of moves is a table, each move leads somewhere, and a build with one that does not fails."""

import json
import re
import shutil
import sys
from html import unescape
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from small_books import build, built

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook import moved  # noqa: E402

PLACES = {"a": {"old-title", "title"}, "b": {"gone", "eq-one"}}


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ({"a": {"gone": "b"}}, []),
        ({"a": {"lost": "b#gone"}}, []),
        ({"a": {"lost": "b"}}, ["a#lost leads to b#lost, which is not there"]),
        ({"a": {"lost": "c"}}, ["a#lost leads to c#lost, which is not there"]),
        ({"a": {"title": "b#gone"}}, ["a#title has not moved: it is still there"]),
        ({"z": {"lost": "b#gone"}}, ["z is no page"]),
    ],
)
def test_a_move_comes_from_a_page_that_lost_it_and_leads_to_one_that_has_it(moves, said):
    assert list(moved.faults(moves, PLACES)) == said


@pytest.mark.parametrize("text", ["- a\n", "a: b\n", "a:\n  b: 3\n", "a: {b: c", "1\n"])
def test_a_file_that_is_no_table_of_moves_is_refused(tmp_path, text):
    (tmp_path / "book").mkdir()
    (tmp_path / moved.FILE).write_text(text)
    with pytest.raises(ExtensionError, match=re.escape(moved.FILE)):
        moved.read(tmp_path)


def small_book(folder, moves):
    shutil.copytree(ROOT / "book", folder / "book", ignore=shutil.ignore_patterns("__pycache__", "search_words.yml"))
    shutil.copy(ROOT / "_config.yml", folder)
    pages = "".join(f"  - file: book/{name}\n" for name in ("notation", "glossary", "bibliography"))
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{pages}", encoding="utf-8")
    (folder / "book" / "index.md").write_text("# A book\n\n## Stays\n\nHere.\n", encoding="utf-8")
    (folder / "book" / "glossary.md").write_text("# Glossary\n\n```{glossary}\nnat\n  A unit.\n```\n", encoding="utf-8")
    (folder / moved.FILE).write_text(moves, encoding="utf-8")


def test_a_page_says_where_its_old_anchors_are(tmp_path):
    small_book(tmp_path, "book/index:\n  term-nat: book/glossary\n  older: book/glossary#term-nat\n")
    page = (built(tmp_path) / "html" / "book" / "index.html").read_text(encoding="utf-8")
    found = json.loads(unescape(re.search(r'<meta name="vaebook-moved" content="([^"]*)"', page)[1]))
    assert found == {"term-nat": "glossary.html#term-nat", "older": "glossary.html#term-nat"}


def test_a_build_with_a_move_that_leads_nowhere_fails(tmp_path):
    small_book(tmp_path, "book/index:\n  went-away: book/glossary#nowhere\n")
    done = build(tmp_path)
    assert done.status != 0 and "book/index#went-away leads to book/glossary#nowhere, which is not there" in done.log
