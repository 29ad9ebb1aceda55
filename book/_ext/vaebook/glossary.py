"""Terms: the first time a page uses a word of the glossary, the word links there, and carries what the glossary says of it.

The glossary page (Sphinx's own directive) is the only list. Not here: how a definition is shown (book/_static/terms.mjs).
"""

import re
from html import escape
from typing import NamedTuple

from docutils import nodes
from sphinx.errors import ExtensionError

from vaebook.math import place

PAGE = "book/glossary"
BUILDERS = ("html", "dirhtml")
# Where a word is not prose: it names a section, is somebody's code or formula, or is a link already.
NOT_PROSE = (
    nodes.title, nodes.rubric, nodes.caption, nodes.legend, nodes.table, nodes.reference, nodes.footnote, nodes.citation,
    nodes.literal, nodes.FixedTextElement, nodes.math, nodes.math_block, nodes.raw, nodes.term, nodes.Invisible,
)  # fmt: skip


class term_link(nodes.reference):
    """A word in prose with its entry's place; `entry` is the id of the entry's first term."""


class Entry(NamedTuple):
    """One definition: its terms, their ids on the glossary page, and its first paragraph as plain text."""

    terms: tuple[str, ...]
    ids: tuple[str, ...]
    text: str


def read_entries(doctree):
    """The entries of a glossary page. What is shown on hover is the first paragraph, so it must be words alone."""
    found = []
    for item in doctree.findall(nodes.definition_list_item):
        terms = [child for child in item if isinstance(child, nodes.term)]
        if "glossary" not in item.parent["classes"] or not terms:
            continue
        first = item[-1][0] if len(item[-1]) else None
        if not isinstance(first, nodes.paragraph) or any(not isinstance(child, nodes.Text | nodes.emphasis) for child in first):
            raise ExtensionError(f"{place(terms[0])}: the entry {terms[0].astext()!r} must open with a paragraph of plain words")
        ids = tuple(term["ids"][0] for term in terms)
        found.append(Entry(tuple(term.astext() for term in terms), ids, " ".join(first.astext().split())))
    return found


def forms(term):
    """The term and its plural."""
    if term.endswith("is"):
        return term, term[:-2] + "es"
    if re.search("(s|x|z|ch|sh)$", term):
        return term, term + "es"
    if re.search("[^aeiou]y$", term):
        return term, term[:-1] + "ies"
    return term, term + "s"


def pattern(entries):
    """An expression for every form of every term, longest first, whole words only; and the entry of each form in lower case."""
    owner = {plain(form): entry for entry in entries for term in entry.terms for form in forms(term)}
    words = (re.escape(form).replace("'", "['’]").replace(r"\ ", r"\s+") for form in sorted(owner, key=len, reverse=True))
    # A hyphen belongs to the word: a log-likelihood is not a likelihood.
    return re.compile(rf"(?<![\w\-])(?:{'|'.join(words)})(?![\w\-])", re.IGNORECASE), owner


def plain(words):
    return " ".join(words.lower().replace("’", "'").split())


def is_prose(text):
    node = text.parent
    while node is not None:
        # A notebook's cell holds code and what it printed.
        if isinstance(node, NOT_PROSE) or (isinstance(node, nodes.container) and "cell" in node.get("classes", ())):
            return False
        node = node.parent
    return True


def link_terms(doctree, entries, address):
    """Links the first use of each entry in a page; a {term} role always gets its definition. Returns the entries used."""
    used = take_roles(doctree, entries, address)
    finder, owner = pattern(entries)
    for text in [node for node in doctree.findall(nodes.Text) if is_prose(node)]:
        parts, end = [], 0
        for match in finder.finditer(text):
            entry = owner[plain(match[0])]
            if entry in used:
                continue
            used.append(entry)
            parts += [nodes.Text(text[end : match.start()]), make_link(match[0], entry, address)]
            end = match.end()
        if parts:
            text.parent.replace(text, [part for part in [*parts, nodes.Text(text[end:])] if part.astext()])
    return used


def take_roles(doctree, entries, address):
    owner, used = {f"{address}#{name}": entry for entry in entries for name in entry.ids}, []
    for node in list(doctree.findall(nodes.reference)):
        entry = owner.get(node.get("refuri"))
        if entry and not isinstance(node, term_link):
            node.parent.replace(node, make_link(node.astext(), entry, address))
            used += [entry] if entry not in used else []
    return used


def make_link(words, entry, address):
    return term_link(words, words, refuri=f"{address}#{entry.ids[0]}", entry=entry.ids[0])


def note_glossary(app, doctree):
    """A changed definition makes each page anew that may show it."""
    if PAGE in app.env.found_docs and app.env.docname != PAGE:
        app.env.note_dependency(app.env.doc2path(PAGE, base=False))


def mark_page(app, doctree, docname):
    if app.builder.name not in BUILDERS or PAGE not in app.env.found_docs or docname == PAGE:
        return
    entries = read_entries(app.env.get_doctree(PAGE))
    doctree["vaebook_terms"] = link_terms(doctree, entries, app.builder.get_relative_uri(docname, PAGE))


def add_notes(app, pagename, templatename, context, doctree):
    """The definitions of a page's terms stand at its end, hidden: a screen reader is pointed to them, a script shows them."""
    used = doctree.get("vaebook_terms") if doctree is not None else None
    if used:
        notes = "".join(f'<div role="tooltip" id="note-{entry.ids[0]}" hidden>{escape(entry.text)}</div>' for entry in used)
        context["body"] += f'<div class="term-notes">{notes}</div>\n'
        app.add_js_file("terms.mjs", type="module")


def visit_link(translator, node):
    described = {"aria-describedby": f"note-{node['entry']}"}
    translator.body.append(translator.starttag(node, "a", "", CLASS="term", href=node["refuri"], **described))


def depart_link(translator, node):
    translator.body.append("</a>")


def connect(app):
    app.add_node(term_link, html=(visit_link, depart_link))
    app.connect("doctree-read", note_glossary)
    app.connect("doctree-resolved", mark_page, priority=800)  # {term} has become a link by then
    app.connect("html-page-context", add_notes)
