"""The ways through the book (book/paths.yml), the choice between them, and what each page's foot needs to follow the choice.

The directive `reading-paths` is the choice, which front.mjs keeps. Each page carries where each way leads from it, and ways.mjs turns the
foot's Previous and Next into that. Not here: how many minutes a page takes.
"""

import html
import json
from pathlib import Path
from typing import NamedTuple

import yaml
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from vaebook.cards import chapters, minutes_of

FILE = "book/paths.yml"
LEGEND = "How do you want to read?"
CHOICE, CHOOSE = "#in-which-order-to-read", "Choose where to go from here"


class Way(NamedTuple):
    """One way; `pages` is empty for the order of the contents."""

    id: str
    label: str
    words: str
    pages: tuple[str, ...] = ()


class reading_paths(nodes.General, nodes.Element):
    """A place for the choice; the titles of the pages may not be read yet."""


def read(srcdir):
    """The ways in their order; ExtensionError where the file is no such list."""
    path = Path(srcdir) / FILE
    try:
        ways = [Way(**{**way, "pages": tuple(way.get("pages", ()))}) for way in yaml.safe_load(path.read_text(encoding="utf-8"))]
    except (OSError, yaml.YAMLError, TypeError, AttributeError) as error:
        raise ExtensionError(f"{FILE} must be a list of ways with id, label, words and pages: {error}") from error
    ids = [way.id for way in ways]
    if not ways or len(set(ids)) < len(ids) or ways[0].pages or not all(way.pages for way in ways[1:]):
        raise ExtensionError(f"{FILE}: the first way lists no pages and each other way some, and no id comes twice")
    for way in ways:
        if missing := [page for page in way.pages if not any(Path(srcdir, page + end).is_file() for end in (".ipynb", ".md"))]:
            raise ExtensionError(f"{FILE}: {way.id} leads to {', '.join(missing)}, which is no page")
        if len(set(way.pages)) < len(way.pages):
            raise ExtensionError(f"{FILE}: {way.id} leads to a page twice")
    return ways


class ReadingPaths(SphinxDirective):
    """`{reading-paths}` on a page."""

    def run(self):
        self.env.note_dependency(str(Path(self.env.srcdir) / FILE))
        return [reading_paths()]


def option(app, docname, way, pages, chosen):
    """The markup of one way: a radio button, what it is for, and links to its pages."""

    def link(page):
        title = html.escape(app.env.titles[page].astext())
        return f'<li><a href="{html.escape(app.builder.get_relative_uri(docname, page))}">{title}</a></li>'

    known = [page for page in pages if page in app.env.titles]
    total = sum(minutes_of(app.srcdir, page) for page in known)
    mark = " checked" if chosen else ""
    return (
        f'<div class="way"><label><input type="radio" name="vaelib-path" value="{html.escape(way.id)}"{mark}>'
        f"<span><strong>{html.escape(way.label)}</strong> {html.escape(way.words)} "
        f'<span class="way-length">{len(known)} pages, about {total} minutes.</span></span></label>'
        f'<details><summary>its pages<span class="visually-hidden"> ({html.escape(way.label)})</span></summary>'
        f"<ol>{''.join(map(link, known))}</ol></details></div>"
    )


def neighbours(order, pages, page):
    """(its number on the way or 0, the page before, the page after) of a page that may lie beside the way; None where the way ends.

    `order` is the order of the contents, by which a page beside the way has its neighbours.
    """
    if page in pages:
        at = pages.index(page)
        return at + 1, pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None
    here = order.index(page)
    if here == 0:  # the front page: before the way, wherever that begins
        return 0, None, pages[0]
    before = [one for one in pages if order.index(one) < here]
    after = [one for one in pages if order.index(one) > here]
    return 0, max(before, key=order.index, default=None), min(after, key=order.index, default=None)


def ways_from(app, page):
    """Where each chosen way leads from a page: the data of ways.mjs."""
    root, order = app.config.root_doc, [app.config.root_doc, *chapters(app.env, app.config.root_doc)]

    def link(name, anchor="", words=""):
        return [app.builder.get_relative_uri(page, name) + anchor, words or app.env.titles[name].astext()]

    found = []
    for way in read(app.srcdir)[1:]:
        pages = [one for one in way.pages if one in order]
        at, before, after = neighbours(order, pages, page)
        before = link(before or root) if page != root else None
        after = link(after) if after else link(root, CHOICE, CHOOSE)
        found.append({"id": way.id, "label": way.label, "at": at, "of": len(pages), "before": before, "after": after})
    return found


def add_script(app, pagename, templatename, context, doctree):
    if 'class="ways"' in context.get("body", ""):
        app.add_js_file("front.mjs", type="module")
        app.add_css_file("front.css")
    if follows(app, pagename):
        words = html.escape(json.dumps(ways_from(app, pagename), ensure_ascii=False))
        context["metatags"] = context.get("metatags", "") + f'<meta name="vaebook-ways" content="{words}">\n'
        app.add_js_file("ways.mjs", type="module")


def follows(app, page):
    """Chapters and the front page, of a book that offers the choice."""
    offered = any(known.get("vaebook_ways") for known in app.env.metadata.values())
    return offered and page in (app.config.root_doc, *chapters(app.env, app.config.root_doc))


def note_ways(app, doctree):
    if next(doctree.findall(reading_paths), None) is not None:
        app.env.metadata[app.env.docname]["vaebook_ways"] = True
    elif app.env.docname.startswith("notebooks/") and Path(app.srcdir, FILE).is_file():
        app.env.note_dependency(FILE)


def resolve(app, doctree, docname):
    for node in list(doctree.findall(reading_paths)):
        ways = read(app.srcdir)
        options = [
            option(app, docname, way, way.pages or chapters(app.env, app.config.root_doc), not place) for place, way in enumerate(ways)
        ]
        text = f'<fieldset class="ways"><legend>{LEGEND}</legend>{"".join(options)}<p class="way-said" role="status"></p></fieldset>'
        node.replace_self(nodes.raw("", text, format="html"))


def list_in_words(app, doctree):
    """The ways for an e-book, in which nothing can be chosen."""
    for node in list(doctree.findall(reading_paths)):
        items = "".join(f"<li><strong>{html.escape(way.label)}</strong> {html.escape(way.words)}</li>" for way in read(app.srcdir))
        node.replace_self(nodes.raw("", f"<ul>{items}</ul>", format="html"))


def connect(app):
    app.add_node(reading_paths)
    app.add_directive("reading-paths", ReadingPaths)
    app.connect("doctree-read", note_ways, priority=900)  # after Sphinx has set the page's metadata
    app.connect("doctree-resolved", resolve)
    app.connect("html-page-context", add_script)
