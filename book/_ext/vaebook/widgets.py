"""Live figures: checks each stored widget, serves its files once under a name that holds their hash, and tells the page where.

Not here: how a widget draws (vaelib/widgets/js) and how the page starts it (book/_static/host.mjs).
"""

import base64
import hashlib
import html
import io
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx.errors import ExtensionError
from sphinx.util.osutil import relative_uri

from vaebook import heights
from vaebook.math import place

MARK = "data-vaelib-widget"
SERVED = "_static/vaelib"
STILL = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")
WIDGET_ATTRIBUTES = {"class", MARK, "data-vaelib-state", "data-vaelib-files"}
STILL_ATTRIBUTES = {"class", "alt", "src"}
WIDE = {"draw_digit"}  # what leaves the column of the text where there is room: the theme's table of contents steps aside for its class
ASKING = {"wasm": "WebAssembly", "worker": "new Worker("}  # what a module that needs it must say
FOLDERS = {".safetensors": "vaelib/pretrained", ".mjs": "vaelib/widgets/static", ".css": "vaelib/widgets/static"}


class Stored(HTMLParser):
    """One stored widget: a div that holds one picture, and nothing else at all."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.found = [], []
        self.feed(text)
        self.close()
        if self.found != ["div", "img", "/div"] or self.rawdata.strip():
            raise ValueError(f"a stored widget is one div around one img, got {' '.join(self.found) or 'no tag'}")

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(set(names)) < len(names) or set(names) != (WIDGET_ATTRIBUTES if tag == "div" else STILL_ATTRIBUTES):
            raise ValueError(f"<{tag}> of a stored widget has the attributes {sorted(names)}")
        self.found.append(tag)
        self.tags.append(dict(attributes))

    def handle_endtag(self, tag):
        self.found.append(f"/{tag}")

    def handle_data(self, data):
        if data.strip():
            raise ValueError(f"a stored widget has no text of its own, got {data.strip()[:60]!r}")

    def handle_comment(self, data):
        raise ValueError("a stored widget has no comments")

    handle_decl = handle_pi = unknown_decl = handle_comment


def read_widget(text):
    """Name, state, files (trait -> file name), alt and picture; ValueError unless the text is just what vaelib writes."""
    frame, still = Stored(text).tags
    state, named = json.loads(frame["data-vaelib-state"]), json.loads(frame["data-vaelib-files"])
    json.dumps(state, allow_nan=False)  # ValueError: a page cannot read NaN
    if not isinstance(state, dict) or not isinstance(named, dict) or not all(isinstance(n, str) for n in named.values()):
        raise ValueError("the state and the files of a stored widget are JSON objects, and files have names")
    if not STILL.fullmatch(still["src"]) or not is_png(still["src"].partition(",")[2]):
        raise ValueError(f"the picture of a stored widget is a PNG in the page, got {still['src'][:60]!r}")
    return frame[MARK], state, named, still["alt"], still["src"]


def is_png(text):
    """True for the base 64 of a whole PNG file."""
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=["PNG"])
        picture.verify()
    except (ValueError, OSError, SyntaxError):  # Pillow raises the last for a damaged piece
        return False
    return True


def write_widget(name, state, addresses, module, alt, source, style=""):
    """The same widget for the page, every attribute escaped anew, so that no text in it can leave its attribute."""
    attributes = {
        "class": "vaelib-widget full-width" if name in WIDE else "vaelib-widget",
        MARK: name,
        "data-vaelib-state": json.dumps(state, sort_keys=True, allow_nan=False),
        "data-vaelib-files": json.dumps(addresses, sort_keys=True),
        "data-vaelib-module": module,
    }
    if style:
        attributes["style"] = style
    frame = " ".join(f'{key}="{html.escape(value, quote=True)}"' for key, value in attributes.items())
    return f'<div {frame}><img class="vaelib-still" alt="{html.escape(alt, quote=True)}" src="{source}"></div>'


def find_file(srcdir, name):
    """The file of that name where vaelib keeps its kind; ValueError names what is there instead."""
    folder = Path(srcdir) / FOLDERS.get(Path(name).suffix, "vaelib/pretrained")
    present = sorted(path.name for path in folder.glob(f"*{Path(name).suffix}")) if folder.is_dir() else []
    if name not in present:
        raise ValueError(f"no {name!r} in {folder.relative_to(srcdir)}, there is: {', '.join(present) or 'nothing'}")
    return folder / name


def served_name(path):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f"{path.stem}.{digest}{path.suffix}"


def stored_widgets(doctree):
    for node in doctree.findall(nodes.raw):
        if "html" in node.get("format", "").split() and MARK in node.astext().lower():  # names of attributes have no case
            yield node


def note_files(app, doctree):
    """Reads each widget of a page, so that a changed weight file or bundle builds the page again."""
    used = {}
    for node in stored_widgets(doctree):
        try:
            name, _, named, _, _ = read_widget(node.astext())
            for file_name in (f"{name}.mjs", "widgets.css", *named.values()):
                used[file_name] = find_file(app.srcdir, file_name)
        except ValueError as error:
            raise ExtensionError(f"{place(node)}: {error}") from error
    for path in used.values():
        app.env.note_dependency(str(path.relative_to(app.srcdir)))
    if used:
        app.env.note_dependency(heights.FILE)
        app.env.metadata[app.env.docname]["vaelib_files"] = sorted(used)


def mount(app, doctree, docname):
    """Puts addresses in the place of names."""
    if app.builder.format != "html":
        return
    here = app.builder.get_target_uri(docname)

    def address(name):
        return relative_uri(here, f"{SERVED}/{served_name(find_file(app.srcdir, name))}")

    rows = heights.read(app.srcdir)
    for node in stored_widgets(doctree):
        name, state, named, alt, source = read_widget(node.astext())
        addresses = {trait: address(file_name) for trait, file_name in named.items()}
        text = write_widget(name, state, addresses, address(f"{name}.mjs"), alt, source, heights.style(rows, name, state))
        node.rawsource, node[:] = text, [nodes.Text(text)]


def needs_of(app, pagename):
    """What the page's own modules and files ask of its policy: the names of policy.NEEDS."""
    found = {"fetch"} if pagename == "search" else set()  # its results quote the pages
    for name in app.env.metadata.get(pagename, {}).get("vaelib_files", ()):
        path = find_file(app.srcdir, name)
        if path.suffix == ".mjs":
            text = path.read_text(encoding="utf-8")
            found |= {need for need, word in ASKING.items() if word in text}
        elif path.suffix != ".css":
            found.add("fetch")
    return found


def add_host(app, pagename, templatename, context, doctree):
    """Only a page that has a widget loads the widgets' host and style sheet."""
    context["vaebook_needs"] = needs_of(app, pagename)
    if "widgets.css" in app.env.metadata.get(pagename, {}).get("vaelib_files", ()):
        app.add_js_file("host.mjs", type="module")
        app.add_css_file("figures.css")
        app.add_css_file(f"vaelib/{served_name(find_file(app.srcdir, 'widgets.css'))}")


def serve(app, error):
    """Copies each file that some page uses once, and takes away what no page uses any more."""
    if error or app.builder.format != "html":
        return
    folder = Path(app.outdir) / SERVED
    names = {name for page in app.env.metadata.values() for name in page.get("vaelib_files", ())}
    wanted = {served_name(path): path for path in (find_file(app.srcdir, name) for name in names)}
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.iterdir():
        if stale.name not in wanted:
            stale.unlink()
    for name, path in wanted.items():
        if not (folder / name).exists():
            shutil.copyfile(path, folder / name)


def connect(app):
    app.connect("doctree-read", note_files, priority=900)  # after Sphinx has set the page's metadata
    app.connect("doctree-resolved", mount)
    app.connect("html-page-context", add_host)
    app.connect("build-finished", serve)
