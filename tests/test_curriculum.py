"""The curriculum: every topic of the two source texts has its entry, and what is called shown is there and tested."""

import copy

import nbformat
import pytest
import yaml

from small_books import build, built
from test_book import ROOT, write_book
from vaebook import curriculum

IDS = """A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20 A21 A22 A23 A24 A25 A26 A27 A28 A29 A30 A31 A32 A33 A34
A35 A36 A37 A38 A39 A40 A41 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B12 B13 B14 B15 B16 B17 B18 B19 B20 B21 B22 B23 B24 B24b B25 B26 FAQ1 FAQ2
FAQ3 FAQ4 SUMMARY""".split()  # fmt: skip
PLACES = {"notebooks/a": {"here", "equation-eq-a"}}
SHOWN = {
    "id": "A1",
    "topic": "a topic",
    "status": "shown",
    "shown": "notebooks/a#here",
    "test": "tests/test_curriculum.py::test_a_whole_list_has_no_fault",
}


def entries(first=SHOWN):
    return [first, *({"id": name, "topic": "a topic", "status": "open"} for name in IDS[1:])]


def test_the_book_has_one_entry_for_each_topic_in_order():
    found = curriculum.read(ROOT)
    assert [entry["id"] for entry in found] == IDS == curriculum.IDS
    assert len({entry["topic"] for entry in found}) == len(IDS), "two topics in the same words"


def test_a_whole_list_has_no_fault():
    assert curriculum.faults(entries(), PLACES, ROOT) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda all: all.pop(3), "A4 has no entry"),
        (lambda all: all.append(all[5]), "A6 has 2 entries"),
        (lambda all: all.append(all[5] | {"id": "C1"}), "C1 is on no list of topics"),
        (lambda all: all.reverse(), "not in the order"),
        (lambda all: all[0].update(status="done"), "A1: the status is open or shown, got 'done'"),
        (lambda all: all[0].pop("status"), "A1: the status is open or shown, got None"),
        (lambda all: all[0].pop("test"), "A1: an entry that is shown has id, shown, status, test, topic"),
        (lambda all: all[1].update(shown="notebooks/a#here"), "A2: an entry that is open has id, status, topic"),
        (lambda all: all[1].update(topic=" "), "A2: an entry that is open has id, status, topic, all of them words"),
        (lambda all: all[0].update(shown="notebooks/b#here"), "A1: there is no page 'notebooks/b'"),
        (lambda all: all[0].update(shown="notebooks/a#there"), "A1: there is no #there on notebooks/a"),
        (lambda all: all[0].update(shown="notebooks/a"), "A1: there is no # on notebooks/a"),
        (lambda all: all[0].update(test="tests/test_absent.py::test_a"), "A1: there is no file 'tests/test_absent.py'"),
        (
            lambda all: all[0].update(test="tests/test_curriculum.py::test_absent"),
            "A1: there is no test 'test_absent' in tests/test_curriculum.py",
        ),
        (lambda all: all[0].update(test="tests/test_curriculum.py"), "A1: there is no test '' in tests/test_curriculum.py"),
        (lambda all: all[0].update(test="tests/test_curriculum.py::entries"), "A1: there is no test 'entries'"),
    ],
)
def test_each_fault_is_named(change, words):
    changed = copy.deepcopy(entries())
    change(changed)
    found = curriculum.faults(changed, PLACES, ROOT)
    assert len(found) == 1 and words in found[0]


def test_a_test_may_be_of_python_of_node_or_of_a_notebook(tmp_path):
    assert "test_each_fault_is_named" in curriculum.tests_in(ROOT / "tests" / "test_curriculum.py")
    assert "KL is zero at the prior and nowhere else" in curriculum.tests_in(ROOT / "tests" / "js" / "densities.test.mjs")
    cells = [
        nbformat.v4.new_markdown_cell("# A\n\n## First part"),
        nbformat.v4.new_code_cell("# checks eq-a\nassert True"),
        nbformat.v4.new_markdown_cell("## A second, bare"),
        nbformat.v4.new_code_cell("print(1)"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    assert curriculum.tests_in(tmp_path / "a.ipynb") == {"first-part", "eq-a"}
    (tmp_path / "a.md").write_text("test_a", encoding="utf-8")
    assert curriculum.tests_in(tmp_path / "a.md") == set()


def write_curriculum(folder, first):
    """A small book with a curriculum of its own."""
    if not (folder / "book").exists():
        write_book(folder, [nbformat.v4.new_markdown_cell("# A chapter\n\n## Here\n\nIts text.", id="a")])
        (folder / "test_it.py").write_text("def test_here():\n    assert True\n", encoding="utf-8")
        with open(folder / "_toc.yml", "a", encoding="utf-8") as toc:
            toc.write("      - file: book/curriculum\n")
    (folder / curriculum.FILE).write_text(yaml.safe_dump(entries(first), sort_keys=False), encoding="utf-8")


def test_the_page_links_what_is_shown_and_a_wrong_entry_fails_the_build_and_the_next_one_too(tmp_path):
    right = SHOWN | {"shown": "chapter#here", "test": "test_it.py::test_here"}
    write_curriculum(tmp_path, right)
    page = (built(tmp_path) / "html" / "book" / "curriculum.html").read_text(encoding="utf-8")
    assert 'href="../chapter.html#here"' in page and "A chapter: Here" in page and page.count("to come</em>") == len(IDS) - 1 + 1
    for wrong, words in (
        ({"shown": "chapter#there"}, "A1: there is no #there on chapter"),
        ({"test": "test_it.py::test_there"}, "A1: there is no test 'test_there'"),
    ):
        write_curriculum(tmp_path, right | wrong)
        for _ in range(2):
            done = build(tmp_path)
            assert done.status != 0 and words in done.log
    chapter = tmp_path / "chapter.ipynb"
    write_curriculum(tmp_path, right)
    chapter.write_text(chapter.read_text(encoding="utf-8").replace("## Here", "## Elsewhere"), encoding="utf-8")
    done = build(tmp_path)
    assert done.status != 0 and "A1: there is no #here on chapter" in done.log, "a section was renamed, the entry was not"
