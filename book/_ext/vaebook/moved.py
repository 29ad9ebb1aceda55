"""Where a heading, an equation or a check that an older edition had on one page stands now, so that links from elsewhere still find it.

book/moved.yml names them; page.mjs sends the reader on. Not here: addresses of pages, which never change.
"""

import html
import json
import posixpath
import re
from pathlib import Path

import yaml
from sphinx.errors import ExtensionError

FILE = "book/moved.yml"
ID = re.compile(r'\sid="([^"]+)"')


def read(srcdir):
    """{page: {anchor: page or page#anchor}}; ExtensionError where the file is no such table."""
    path = Path(srcdir) / FILE
    try:
        table = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.is_file() else {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExtensionError(f"{FILE} cannot be read: {error}") from error
    if not isinstance(table, dict) or not all(
        isinstance(moves, dict) and all(isinstance(word, str) for move in moves.items() for word in move) for moves in table.values()
    ):
        raise ExtensionError(f"{FILE} must hold pages, and below each `anchor: page` or `anchor: page#anchor`")
    return table


def place(anchor, target):
    """(page, anchor) that a move leads to; the anchor keeps its name where the move gives no other."""
    page, _, name = target.partition("#")
    return page, name or anchor


def faults(table, places):
    """Sentences about moves that lead nowhere or are none. `places` is {page: the ids on it}."""
    for page, moves in table.items():
        if page not in places:
            yield f"{page} is no page"
            continue
        for anchor, target in moves.items():
            to, name = place(anchor, target)
            if anchor in places[page]:
                yield f"{page}#{anchor} has not moved: it is still there"
            if name not in places.get(to, ()):
                yield f"{page}#{anchor} leads to {to}#{name}, which is not there"


def tell(app, pagename, templatename, context, doctree):
    moves = app.config.vaebook_moved.get(pagename)
    if moves and app.builder.format == "html":
        here = posixpath.dirname(app.builder.get_target_uri(pagename))
        found = {}
        for anchor, target in moves.items():
            page, name = place(anchor, target)
            found[anchor] = f"{posixpath.relpath(app.builder.get_target_uri(page), here)}#{name}"
        context["metatags"] += f'<meta name="vaebook-moved" content="{html.escape(json.dumps(found))}">\n'


def check(app, error):
    if error or app.builder.name != "html" or not app.config.vaebook_moved:
        return
    wanted = set(app.config.vaebook_moved)
    wanted |= {place(anchor, target)[0] for moves in app.config.vaebook_moved.values() for anchor, target in moves.items()}
    files = {page: Path(app.outdir) / app.builder.get_target_uri(page) for page in wanted & app.env.found_docs}
    places = {page: set(ID.findall(path.read_text(encoding="utf-8"))) for page, path in files.items()}
    found = list(faults(app.config.vaebook_moved, places))
    if found:
        raise ExtensionError("\n".join([f"{FILE}:", *found]))


def connect(app):
    app.add_config_value("vaebook_moved", {}, "html", [dict])
    app.connect("config-inited", lambda app, config: setattr(config, "vaebook_moved", read(app.srcdir)))
    app.connect("html-page-context", tell)
    app.connect("build-finished", check)
