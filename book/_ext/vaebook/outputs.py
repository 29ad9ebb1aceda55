"""What a notebook's outputs and a page's markup may hold: the build stops, and names the place, at what the page's policy cannot refuse.

The policy (policy.py) refuses scripts, frames and files of other hosts. It does not reach a page that leaves for another address
by itself (<meta http-equiv="refresh">), a host that is only greeted (<link rel="preconnect">), or a picture that is opened alone.
"""

import json
import re
import xml.etree.ElementTree as xml
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

from vaebook.math import place

LONGEST = 100_000  # characters of text that one output may show
LEAVING = re.compile(r"<(meta|link)(?=[\s/>])", re.IGNORECASE)
UNFINISHED = re.compile(r"<[a-z!?/][^>]*\Z", re.IGNORECASE)
SVG = "{http://www.w3.org/2000/svg}"
# What draws and cannot act: no script, no link, no animation, nothing of HTML.
DRAWS = set(
    "svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath image clipPath mask marker pattern "
    "linearGradient radialGradient stop title desc metadata style".split()
)
FACTS = ("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://creativecommons.org/ns#}", "{http://purl.org/dc/elements/1.1/}")
INSIDE = re.compile(r"#|data:image/(png|jpeg);base64,")
ADDRESS = re.compile(r"url\(\s*[\"']?\s*(?!#)|@import|image-set|\\", re.IGNORECASE)  # a backslash hides a word from this expression
DRAWN_BY_DOTS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}


def svg_fault(text):
    """What an SVG picture does besides drawing, in words, or None. Opened alone it is a page without a policy."""
    for word in ("<!ENTITY", "<?xml-stylesheet"):
        if word.lower() in text.lower():
            return f"it holds {word}"
    try:
        root = xml.fromstring(text)
    except (xml.ParseError, ValueError) as error:
        return f"it cannot be read: {error}"
    for element in root.iter():
        space, _, name = element.tag.rpartition("}")
        if (f"{space}}}" != SVG or name not in DRAWS) and f"{space}}}" not in FACTS:
            return f"it holds <{name}>"
        if name == "style" and ADDRESS.search(element.text or ""):
            return "its style names another file"
        for key, value in element.attrib.items():
            attribute = key.rpartition("}")[2].lower()
            if attribute.startswith("on"):
                return f"it holds {attribute}="
            if f"{space}}}" == SVG and ((attribute == "href" and not INSIDE.match(value)) or ADDRESS.search(value)):
                return f"its {attribute} names {value[:60]!r}"
    return None


def markup_fault(text):
    """What a piece of HTML holds that the policy does not reach, in words, or None."""
    if found := LEAVING.search(text):
        return f"<{found[1].lower()}> can lead the reader, or the reader's browser, to another host"
    if UNFINISHED.search(text):
        return f"a tag has no end: {UNFINISHED.search(text)[0][:60]!r}"
    return None


def check_markup(app, doctree):
    for node in doctree.findall(nodes.raw):
        if "html" in node.get("format", "").split() and (fault := markup_fault(node.astext())):
            raise ExtensionError(f"{place(node)}: this markup cannot be on a page: {fault}")


def notebook_fault(text):
    """What is wrong with a notebook's file as a whole, in words, or None; text that is no JSON is left to the parser, which says so."""
    try:
        notebook = json.loads(text)
    except ValueError:
        return None
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        said = notebook.get("nbformat") if isinstance(notebook, dict) else None
        return f"a notebook has nbformat 4, got {said!r}: open it in JupyterLab and save it, which brings it up to date"
    for number, cell in enumerate(notebook.get("cells", ()), 1):
        for output in cell.get("outputs", ()):
            shown = [output.get("text", ""), *(value for kind, value in output.get("data", {}).items() if kind.startswith("text/"))]
            length = max(len("".join(value)) for value in shown)
            if length > LONGEST:
                return f"cell {number} shows {length:,} characters, and a page at most {LONGEST:,} for one output: print less"
    return None


def check_notebook(app, docname, source):
    path = app.env.doc2path(docname)
    if Path(path).suffix == ".ipynb" and (fault := notebook_fault(source[0])):
        raise ExtensionError(f"{path}: {fault}")


def check_pictures(app, env):
    """Every picture of every page that is not made of dots."""
    for name, (pages, _) in sorted(env.images.items()):
        path = Path(app.srcdir) / name
        if path.suffix.lower() in DRAWN_BY_DOTS or not path.is_file():
            continue
        try:
            fault = svg_fault(path.read_text(encoding="utf-8")) if path.suffix.lower() == ".svg" else f"{path.suffix} is no kind of picture"
        except UnicodeDecodeError as error:
            fault = f"it cannot be read: {error}"
        if fault:
            raise ExtensionError(f"{' and '.join(sorted(pages))}: the picture {path.name} can do more than be looked at: {fault}")
    return []


def connect(app):
    app.connect("source-read", check_notebook, priority=100)
    app.connect("doctree-read", check_markup, priority=200)  # before widgets.py rewrites its own
    app.connect("env-updated", check_pictures)
