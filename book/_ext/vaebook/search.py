"""What the search finds: search.json, the prose of each section of each page, and the everyday words of book/search_words.yml.

search.mjs reads it on the search page, in the place of Sphinx's own search, which knows pages only and quotes code and TeX. A section's
text holds no code, no outputs and no solutions; short formulas stand in it as plain letters, longer ones as dots.
"""

import json
import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.util import logging

FILE = "book/search_words.yml"
SERVED = "search.json"
TEMPLATE = "vaebook_search.html"
# What of a page is no prose. The front page's choice and cards repeat the titles of other pages.
SILENT = (
    nodes.literal_block,
    nodes.math_block,
    nodes.raw,
    nodes.image,
    nodes.comment,
    nodes.target,
    nodes.system_message,
    nodes.substitution_definition,
)
APART = (nodes.section, nodes.title, addnodes.desc, addnodes.glossary)  # entries of their own
LETTERS = {"mu": "μ", "sigma": "σ", "theta": "θ", "phi": "φ", "varepsilon": "ε", "epsilon": "ε", "beta": "β", "lambda": "λ", "log": "log",
           "exp": "exp", "mid": " | ", "parallel": " ‖ ", "cdot": " · ", "times": " × ", "approx": " ≈ ", "le": " ≤ ", "ge": " ≥ ",
           "sim": " ~ "}  # fmt: skip
WRAPPER = re.compile(r"\\(?:mathrm|text|operatorname|mathbf|boldsymbol|mathcal)\{(\w+)\}")
log = logging.getLogger(__name__)


def plain(tex):
    """A short formula in letters, as "log p(x | z)"; dots for one that needs more than a line."""
    text = WRAPPER.sub(r"\1", tex)
    text = re.sub(r"\\([A-Za-z]+)", lambda match: LETTERS.get(match[1], match[0]), text).replace("\\,", " ").replace("\\;", " ")
    text = re.sub(r"_\{?(\w)\}?", r"\1", text)
    return "…" if re.search(r"[\\{}^]", text) else " ".join(text.split())


def is_code(node):
    return isinstance(node, nodes.container) and node.get("nb_element") in ("cell_code", "cell_code_source", "cell_code_output")


def is_hidden(node):
    """Code, outputs and solutions; a fold of another kind is prose."""
    return isinstance(node, SILENT) or is_code(node) or (node.tagname == "fold" and node.get("kind") in ("code", "solution"))


def words_of(node):
    """The prose below a node, without its subsections."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.math):
        return plain(node.astext())
    if is_hidden(node):
        return ""
    if isinstance(node, addnodes.pending_xref) and (node.get("refdomain") in ("cite", "math") or not node.get("refexplicit", True)):
        return "" if node.get("refdomain") == "cite" else "…"  # a label would stand here, which nobody reads
    inner = [words_of(child) for child in node.children if not isinstance(child, APART)]
    return ("" if isinstance(node, nodes.TextElement) else " ").join(inner)


def title_of(section):
    title = next(iter(section.findall(nodes.title)), None)
    return "" if title is None else " ".join(words_of_title(title).split())


def words_of_title(title):
    return "".join(plain(one.astext()) if isinstance(one, nodes.math) else one.astext() for one in title.children)


def entries(doctree):
    """[(anchor, all its anchors, title, prose)] of a page: its sections, a glossary's terms, the library's objects."""
    found = []
    for section in doctree.findall(nodes.section):
        anchor = "" if isinstance(section.parent, nodes.document) else section["ids"][0]
        found.append([anchor, list(section["ids"]), title_of(section), tidy(words_of(section))])
    for item in doctree.findall(nodes.definition_list_item):
        term = item[0]
        if isinstance(item.parent.parent, addnodes.glossary) and term["ids"]:
            found.append([term["ids"][0], list(term["ids"]), tidy(words_of(term)), tidy(words_of(item[-1]))])
    for described in doctree.findall(addnodes.desc):
        signature = next(iter(described.findall(addnodes.desc_signature)), None)
        if signature is not None and signature["ids"]:
            found.append([signature["ids"][0], list(signature["ids"]), signature["fullname"], tidy(words_of(described[-1]))])
    return found


def tidy(text):
    return re.sub(r" ([.,;:?!])", r"\1", " ".join(text.split()))


def note(app, doctree):
    app.env.metadata[app.env.docname]["vaebook_search"] = entries(doctree)


def read_words(srcdir):
    """{"page#anchor" or "page": phrases}; nothing where the book has no such file."""
    path = Path(srcdir) / FILE
    if not path.is_file():
        return {}
    words = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(words, dict) or not all(isinstance(one, list) and all(isinstance(w, str) for w in one) for one in words.values()):
        raise ExtensionError(f"{FILE} must map each place, page#anchor, to a list of words that lead there")
    return words


def index(app):
    """{"pages": [[address, title]], "sections": [[page, anchor, title, further words, prose]]}; warns of words that lead nowhere."""
    env, extra = app.env, dict(read_words(app.srcdir))
    pages, sections = [], []
    for page in sorted(env.found_docs & env.metadata.keys()):
        for anchor, anchors, title, prose in env.metadata[page].get("vaebook_search", ()):
            places = [page] if not anchor else [f"{page}#{one}" for one in anchors]
            further = [word for place in places for word in extra.pop(place, ())]
            sections.append([len(pages), anchor, title, "; ".join(further), prose])
        pages.append([app.builder.get_target_uri(page), env.titles[page].astext() if page in env.titles else page])
    for place in extra:
        log.warning(
            "%s leads to %s, which is no section: take the anchor from the page's address", FILE, place, type="vaebook", subtype="search"
        )
    return {"pages": pages, "sections": sections}


def is_site(app):
    return app.builder.format == "html" and app.builder.name != "epub"


def no_search_of_sphinx(app):
    if is_site(app):
        app.builder.search = False


def search_page(app):
    if is_site(app):
        (Path(app.outdir) / SERVED).write_text(json.dumps(index(app), ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        yield "search", {"title": "Search"}, TEMPLATE


def add_script(app, pagename, templatename, context, doctree):
    if pagename == "search":
        app.add_js_file("search.mjs", type="module")
        app.add_css_file("search.css")


def connect(app):
    app.connect("builder-inited", no_search_of_sphinx)
    app.connect("doctree-read", note, priority=950)  # after folds.py and exercises.py
    app.connect("html-collect-pages", search_page)
    app.connect("html-page-context", add_script)
