"""What the index says of the chapters, and the chapters of themselves: minutes, ways to read, goals, the words to cite."""

import re
from pathlib import Path

import nbformat
import pytest
import yaml
from pybtex.database import parse_string

ROOT = Path(__file__).parents[1]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
INDEX = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_the_reading_map_adds_up_and_leaves_no_chapter_out():
    minutes = {name: int(count) for name, count in re.findall(r"\[\]\(\.\./notebooks/(\S+?)\) \| (\d+) \|", INDEX)}
    assert set(minutes) == {path.name for path in NOTEBOOKS}
    ways = re.findall(r"^(You [^\n]*)\n: (.*?)About (\d+)\s+minutes", INDEX, re.DOTALL | re.MULTILINE)
    assert len(ways) == 3
    for reader, way, total in ways:
        chapters = re.findall(r"notebooks/(\S+?)\)", way)
        assert len(chapters) == len(set(chapters)) and sum(minutes[name] for name in chapters) == int(total), reader


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_opens_with_its_goals_and_what_it_needs(path):
    opening = nbformat.read(path, 4).cells[0].source
    assert re.search(r"\byou (can|will be able to)\b", opening) and "You need" in opening
    assert len(re.findall(r"^- ", opening, re.MULTILINE)) <= 3


def test_the_words_to_cite_are_those_of_the_book():
    (reference,) = parse_string(re.search(r"```bibtex\n(.*?)```", INDEX, re.DOTALL)[1], "bibtex").entries.values()
    assert reference.fields["title"] == CONFIG["title"] and reference.fields["url"] == CONFIG["repository"]["url"]
    assert [str(person) for person in reference.persons["author"]] == [f"{{{CONFIG['author']}}}"]
    assert reference.fields["year"] == str(CONFIG["copyright"])
