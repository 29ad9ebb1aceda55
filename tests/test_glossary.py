"""The glossary: terms are linked where they should be and nowhere else. How a page shows them is in tests/browser/test_terms.py."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError

from small_books import build, built

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook import glossary  # noqa: E402


def entry(*terms, text="what it is"):
    return glossary.Entry(terms, tuple("term-" + term.replace(" ", "-") for term in terms), text)


POSTERIOR, APPROXIMATE, KL = entry("posterior"), entry("approximate posterior"), entry("KL divergence", "KL")
ENTRIES = [POSTERIOR, APPROXIMATE, KL, entry("posterior collapse"), entry("Jensen's inequality"), entry("likelihood")]


def page(*children):
    document = new_document("page")
    document += nodes.section("", nodes.title("", "The posterior"), *children)
    return document


def linked(document):
    return [(node.astext(), node["refuri"]) for node in document.findall(glossary.term_link)]


@pytest.mark.parametrize(
    ("term", "plural"),
    [("nat", "nats"), ("variance", "variances"), ("Jensen's inequality", "Jensen's inequalities"), ("batch", "batches"),
     ("posterior collapse", "posterior collapses"), ("analysis", "analyses"), ("array", "arrays")],
)  # fmt: skip
def test_a_term_has_its_plural(term, plural):
    assert glossary.forms(term) == (term, plural)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the approximate posterior of x", ["approximate posterior"]),  # the longest, not the posterior in it
        ("a posterior collapse", ["posterior collapse"]),
        ("two approximate\n  posteriors", ["approximate\n  posteriors"]),
        ("Posterior, KL", ["Posterior", "KL"]),
        ("a log-likelihood, likelihoods-of", []),  # a hyphen belongs to the word
        ("the likelihood's maximum", ["likelihood"]),
        ("posteriority, KLs_of, unlikelihood", []),
        ("by Jensen’s inequality", ["Jensen’s inequality"]),
    ],
)
def test_terms_are_whole_words_the_longest_first(text, found):
    document = page(nodes.paragraph("", text))
    glossary.link_terms(document, ENTRIES, "glossary.html")
    assert [words for words, _ in linked(document)] == found
    assert document[0][1].astext() == text, "no letter of the text is lost"


def test_only_the_first_use_of_an_entry_is_linked_and_synonyms_are_one_entry():
    document = page(nodes.paragraph("", "KL and posterior"), nodes.paragraph("", "KL divergence, posterior, approximate posterior"))
    used = glossary.link_terms(document, ENTRIES, "glossary.html")
    assert [words for words, _ in linked(document)] == ["KL", "posterior", "approximate posterior"]
    assert linked(document)[0][1] == "glossary.html#term-KL-divergence" and used == [KL, POSTERIOR, APPROXIMATE]


def test_what_is_no_prose_is_left_alone():
    word = "posterior"
    figure = nodes.figure("", nodes.caption("", word), nodes.legend("", nodes.paragraph("", word)))
    row = nodes.row("", nodes.entry("", nodes.paragraph("", word)))
    table = nodes.table("", nodes.tgroup("", nodes.tbody("", row)))
    sentence = nodes.paragraph("", "", nodes.literal("", word), nodes.math("", word), nodes.reference("", word, refuri="a"))
    cell = nodes.container("", nodes.paragraph("", word), classes=["cell"])
    raw = nodes.raw("", word, format="html")
    document = page(sentence, figure, table, cell, raw, nodes.literal_block("", word), nodes.math_block("", word), nodes.comment("", word))
    assert glossary.link_terms(document, ENTRIES, "g.html") == [] and linked(document) == []
    document[0] += nodes.paragraph("", "", nodes.strong("", word))
    assert glossary.link_terms(document, ENTRIES, "g.html") == [POSTERIOR], "the same word in bold prose is found"


def test_a_written_role_gets_its_note_and_counts_as_the_first_use():
    role = nodes.reference("", "", nodes.inline("", "that of Bayes"), refuri="g.html#term-posterior")
    document = page(nodes.paragraph("", "", role), nodes.paragraph("", "the posterior"))
    assert glossary.link_terms(document, ENTRIES, "g.html") == [POSTERIOR]
    assert linked(document) == [("that of Bayes", "g.html#term-posterior")]


@pytest.mark.parametrize(
    "child", [nodes.math("", "z"), nodes.raw("", "<img src=x onerror=alert(1)>", format="html"), nodes.literal("", "z")]
)
def test_an_entry_that_does_not_open_with_plain_words_is_refused_by_name(child):
    definition = nodes.definition("", nodes.paragraph("", "", nodes.Text("The code "), child))
    item = nodes.definition_list_item("", nodes.term("", "latent", ids=["term-latent"]), definition)
    with pytest.raises(ExtensionError, match="'latent' must open with a paragraph of plain words"):
        glossary.read_entries(page(nodes.definition_list("", item, classes=["glossary"])))


# A small book, built


def write_book(folder, text):
    shutil.copytree(ROOT / "book", folder / "book", ignore=shutil.ignore_patterns("__pycache__", "moved.yml", "search_words.yml"))
    (folder / "_config.yml").write_text((ROOT / "_config.yml").read_text(encoding="utf-8"), encoding="utf-8")
    pages = "".join(f"      - file: book/{name}\n" for name in ("notation", "glossary", "bibliography"))
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nparts:\n  - chapters:\n{pages}", encoding="utf-8")
    (folder / "book" / "index.md").write_text(text, encoding="utf-8")
    write_glossary(folder, 'About \\<img src=x onerror=alert(1)\\> & "nats".')


def write_glossary(folder, definition):
    text = f"# Glossary\n\n```{{glossary}}\nnat\n  {definition}\n\n  Shown in [](index.md).\n```\n"
    (folder / "book" / "glossary.md").write_text(text, encoding="utf-8")


def test_a_book_shows_its_terms_and_a_new_definition_reaches_every_page(tmp_path):
    write_book(tmp_path, "# A book\n\nTwo nats and a nat.\n")
    pages = built(tmp_path) / "html" / "book"
    text = (pages / "index.html").read_text(encoding="utf-8")
    assert text.count('class="term"') == 1 and 'href="glossary.html#term-nat"' in text and 'aria-describedby="note-term-nat"' in text
    (note,) = re.findall(r'<div role="tooltip" id="note-term-nat" hidden>(.*?)</div>', text)
    assert note.startswith("About &lt;img src=x onerror=alert(1)&gt; &amp; ") and "terms.mjs" in text
    assert 'id="term-nat"' in (pages / "glossary.html").read_text(encoding="utf-8")
    write_glossary(tmp_path, "A unit.")
    built(tmp_path)
    assert "hidden>A unit.</div>" in (pages / "index.html").read_text(encoding="utf-8")


def test_a_marked_term_that_the_glossary_lacks_stops_the_build(tmp_path):
    write_book(tmp_path, "# A book\n\nA {term}`nat` and a {term}`bit`.\n")
    status, log = build(tmp_path)
    assert status != 0 and "bit" in log and "index.md" in log
