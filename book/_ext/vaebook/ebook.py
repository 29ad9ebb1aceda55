"""The book as ePub: formulas as MathML, and each live figure as its still picture. The pages of the site know nothing of this.

An e-reader runs no script and has its own page furniture, so what themes and other extensions add to a page is left out.
"""

import base64
import hashlib
import html
import posixpath
import re
import tomllib
import unicodedata
from contextlib import suppress
from pathlib import Path

from docutils import nodes
from sphinx.builders.epub3 import Epub3Builder

from vaebook import cards, paths, ticks
from vaebook.math import html_of, number_of
from vaebook.widgets import read_widget, stored_widgets

NAME = "epub"
MATHML = re.compile(r"<math\b.*?</math>", re.DOTALL)
ANNOTATION = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)  # TeX source, which some readers print
APPLIED = re.compile("<mo>\u2061</mo>(?!<mo[^>]*>\\()")  # between log and what it is taken of, where browsers leave no space
STYLED = re.compile(r'<mi mathvariant="(script|double-struck|bold|bold-italic|fraktur)">([A-Za-z])</mi>')
FOLDED = re.compile(r'<p class="(collapsed|expanded)[^"]*">(.*?)</p>', re.DOTALL)  # no paragraph may stand in a summary
PAGE_ITEM = re.compile(r'<item (?=[^>]*\.xhtml")(?![^>]*properties=)[^>]*href="([^"]*)"[^>]*>')
SHEET = "ebook.css"
SITE_EVENTS = ("html-page-context", "doctree-resolved", "build-finished")


def set_facts(app, config):
    config.epub_title = config.html_title
    config.epub_basename, config.epub_show_urls = "vae-book", "no"  # a link is a link; its address is not printed beside it
    config.epub_tocscope = "includehidden"  # Jupyter Book hides the table of contents from the pages


def leave_the_site(app):
    """Only Sphinx's own listeners and this room's write an e-book page; and an e-book must name its edition."""
    if app.builder.name != NAME:
        return
    project = tomllib.loads((Path(app.srcdir) / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    app.config.version = app.config.release = project["version"]
    for event in SITE_EVENTS:
        for listener in list(app.events.listeners.get(event, ())):
            module = listener.handler.__module__
            of_the_site = module.startswith("vaebook.") or (event == "html-page-context" and not module.startswith("sphinx."))
            if of_the_site and module != __name__:
                app.disconnect(listener.id)


def leave_files(app):
    """No script, no font and no style sheet of the site travels in the e-book."""
    if app.builder.name != NAME:
        return
    app.config.html_static_path[:] = [str(Path(__file__).parent / NAME)]
    app.config.html_favicon = None
    app.registry.css_files.clear()
    app.builder.init_css_files()  # Sphinx's epub.css and what the registry still names
    app.builder._css_files[:] = [sheet for sheet in app.builder._css_files if str(sheet.filename).endswith("epub.css")]
    app.builder.add_css_file(SHEET)


def plain_letter(match):
    """One letter in script, bold or double-struck as the character for it: browsers no longer read mathvariant."""
    style, case = match[1].upper().replace("BOLD-ITALIC", "BOLD ITALIC"), "CAPITAL" if match[2].isupper() else "SMALL"
    for name in (f"MATHEMATICAL {style} {case} {match[2].upper()}", f"{style} {case} {match[2].upper()}"):
        with suppress(KeyError):  # some letters were in Unicode before the others, without "mathematical" in their name
            return f"<mi>{unicodedata.lookup(name)}</mi>"
    return match[0]


def mathml(page):
    page = ANNOTATION.sub("", MATHML.search(page)[0])
    return APPLIED.sub(r'\g<0><mspace width="0.17em"/>', STYLED.sub(plain_letter, page))


def set_formulas(app, doctree, docname):
    for node in list(doctree.findall(nodes.math)):
        node.replace_self(nodes.raw("", mathml(html_of(node, False)), format="html"))
    for node in list(doctree.findall(nodes.math_block)):
        number, ids = "", "".join(f'<span id="{html.escape(name)}"></span>' for name in node["ids"])
        if node.get("number"):
            number = f'<span class="eqno">({number_of(app.env, docname, node)})</span>'
        node.replace_self(nodes.raw("", f'<div class="math">{ids}{number}{mathml(html_of(node, True))}</div>', format="html"))


def set_stills(app, doctree, docname):
    folder = Path(app.outdir) / "_images"
    folder.mkdir(parents=True, exist_ok=True)
    up = "../" * docname.count("/")
    for node in stored_widgets(doctree):
        name, _, _, words, source = read_widget(node.astext())
        picture = base64.b64decode(source.partition(",")[2])
        file = folder / f"{name}.{hashlib.sha256(picture).hexdigest()[:12]}.png"
        file.write_bytes(picture)
        text = (
            f'<div class="still"><img src="{up}_images/{file.name}" alt="{html.escape(words)}"/>'
            "<p>On the book's site this figure is live.</p></div>"
        )
        node.rawsource, node[:] = text, [nodes.Text(text)]


def drop_icons(doctree):
    """An e-reader draws its own mark beside what folds; a drawing within HTML would need a namespace besides."""
    for node in list(doctree.findall(nodes.raw)):
        if node.astext().lstrip().startswith("<svg"):
            node.parent.remove(node)


def resolve(app, doctree, docname):
    if app.builder.name == NAME:
        drop_icons(doctree)
        ticks.draw(app, doctree, docname)
        cards.resolve(app, doctree, docname)
        paths.list_in_words(app, doctree)
        set_formulas(app, doctree, docname)
        set_stills(app, doctree, docname)


class Ebook(Epub3Builder):
    """Sphinx's own, whose pages are made valid and whose list of files says which of them hold MathML."""

    def get_toc(self):
        super().get_toc()
        for entry in self.refnodes:  # the first page is in a folder, and an e-book's addresses must not climb out of one
            entry["refuri"] = posixpath.normpath(entry["refuri"])

    def build_content(self):
        folder = Path(self.outdir)
        for script in (folder / "_static").glob("*.js"):  # Sphinx copies them for every builder of pages
            script.unlink()
        for path in folder.rglob("*.xhtml"):
            page = path.read_text(encoding="utf-8")
            path.write_text(FOLDED.sub(lambda fold: "" if fold[1] == "expanded" else fold[2], page), encoding="utf-8")
        super().build_content()
        content = folder / "content.opf"

        def declare(item):
            path = folder / html.unescape(item[1])
            return item[0].replace("<item ", '<item properties="mathml" ') if "<math" in path.read_text(encoding="utf-8") else item[0]

        content.write_text(PAGE_ITEM.sub(declare, content.read_text(encoding="utf-8")), encoding="utf-8")


def connect(app):
    app.add_builder(Ebook, override=True)
    app.connect("config-inited", set_facts)
    app.connect("builder-inited", leave_the_site, priority=100)
    app.connect("builder-inited", leave_files, priority=900)
    app.connect("doctree-resolved", resolve)
