"""The reference in the book: every public module is on a page, and a docstring says there what it says in the code."""

import importlib
import inspect
import pkgutil
import re

import nbformat
import pytest
import yaml
from docutils import nodes
from docutils.core import publish_doctree

import vaelib
from small_books import built
from test_book import ROOT, write_book
from vaebook import api

PAGES = sorted((ROOT / "book").glob("api_*.md"))
SHOWN = [name for page in PAGES for name in re.findall(r"automodule:: (\S+)", page.read_text(encoding="utf-8"))]
# What serves the others and is not called by readers.
INSIDE = {"vaelib.checks", "vaelib.cli", "vaelib.files", "vaelib.__main__"}


def documented(name):
    """(qualified name, docstring) of what a page shows of a module."""
    module = importlib.import_module(name)
    names = getattr(module, "__all__", [key for key, value in vars(module).items() if getattr(value, "__module__", None) == name])
    yield name, module.__doc__
    for key in names:
        value = getattr(module, key)
        if inspect.isclass(value) or inspect.isfunction(value):
            if not key.startswith("_") and inspect.getdoc(value):
                yield f"{name}.{key}", value.__doc__ or ""


def test_every_public_module_is_on_one_page_and_every_page_in_the_book():
    modules = {f"vaelib.{one.name}" for one in pkgutil.iter_modules(vaelib.__path__)}
    assert len(SHOWN) == len(set(SHOWN)) and set(SHOWN) == modules - INSIDE
    chapters = str(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    assert PAGES and all(f"book/{page.stem}'" in chapters for page in PAGES)


def test_every_public_name_is_on_a_page():
    found = {name.rpartition(".")[2] for module in SHOWN for name, _ in documented(module)}
    assert set(vaelib.__all__) <= found


def words_of(text):
    return re.findall(r"[^\s`]+", re.sub("`", "", text))


@pytest.mark.parametrize("module", SHOWN)
def test_a_docstring_is_shown_as_it_is_written(module):
    for name, text in documented(module):
        lines = api.as_rst(text.splitlines())
        page = publish_doctree("\n".join(lines), settings_overrides={"report_level": 5, "halt_level": 5})
        assert not list(page.findall(nodes.system_message)), name
        assert words_of(page.astext()) == words_of(text), name


def test_each_argument_has_a_paragraph_and_signs_mean_nothing():
    lines = ["Scales x.", "", "    x, y_: a |*tensor*|", "    of two rows. std: not here", "    std: `a_b*`, one", ""]
    assert api.as_rst(lines) == ["Scales x.", "", r"x, y\_: a \|\*tensor\*\| of two rows. std: not here", "", "std: ``a_b*``, one", ""]


def test_the_page_of_a_module_is_made_from_it(tmp_path):
    write_book(tmp_path, [nbformat.v4.new_markdown_cell("# A", id="a")])
    text = (ROOT / "book" / "api_densities.md").read_text(encoding="utf-8")
    (tmp_path / "book" / "index.md").write_text(text, encoding="utf-8")
    page = (built(tmp_path) / "html" / "book" / "index.html").read_text(encoding="utf-8")
    assert 'id="vaelib.bounds.importance_weighted_bound"' in page and 'id="vaelib.priors.StandardNormal.kl"' in page
    assert "Alias for field number" not in page
