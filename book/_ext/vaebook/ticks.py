"""Ticks: beside each numbered equation a link to the cell that checks it, and in the cell a link back.

A cell whose first line is `# checks eq-a` or `# checks eq-a, eq-b` checks those equations of its page. An equation without a check,
a check of no equation and a second check are warnings, which fail the build. What the cell computes is its own affair; what breaks
the equation in the page is in vaelib/widgets/js/equations/pages, one module a page, and the extension only says where it is served.
"""

import html
import re
from collections import Counter
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from vaebook.math import number_of
from vaebook.widgets import SERVED, find_file, served_name

OPENING = re.compile(r"# checks ([a-z][a-z0-9-]*(?:, [a-z][a-z0-9-]*)*)[ \t]*(?:\n|\Z)")
ENTRY = re.compile(r'"(eq-[a-z0-9-]+)":')
log = logging.getLogger(__name__)


class tick(nodes.General, nodes.Element):
    """Follows an equation: its `label`, its `number`, and in `module` the address of what breaks it, or nothing."""


class back(nodes.General, nodes.Element):
    """Opens a cell that checks: `of` holds the (label, number) of each of its equations."""


def checked_in(source):
    """The labels of the equations that a cell with this source checks."""
    found = OPENING.match(source)
    return tuple(found[1].split(", ")) if found else ()


def faults(labels, checks):
    """What is wrong between the labels of a page's equations and the labels that its cells check: (label, sentence) pairs."""
    times = Counter(checks)
    found = [(name, f"equation {name} has no check: a code cell must open with '# checks {name}'") for name in labels if not times[name]]
    found += [(name, f"a cell checks {name}, and no numbered equation of its page has that label") for name in times if name not in labels]
    return found + [(name, f"{times[name]} cells check {name}; one must do it all") for name in times if times[name] > 1]


def numbered(doctree):
    """{label: equation} of a page."""
    return {node["label"]: node for node in doctree.findall(nodes.math_block) if node.get("label") and node.get("number")}


def checking_cells(doctree):
    """(cell, the labels that it checks) for each cell of a notebook's page that checks an equation."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        code = next((node for node in cell.findall(nodes.literal_block) if node.parent.get("nb_element") == "cell_code_source"), None)
        if code is not None and checked_in(code.astext()):
            yield cell, checked_in(code.astext())


def pair(app, doctree):
    """Warns of each fault by name, and gives the cells the places that ticks jump to."""
    equations, cells = numbered(doctree), list(checking_cells(doctree))
    places = {label: cell for cell, labels in cells for label in labels} | equations
    for label, sentence in faults(list(equations), [label for _, labels in cells for label in labels]):
        log.warning(sentence, location=places[label], type="vaebook", subtype="tick")
    seen = set()
    for cell, labels in cells:
        cell["ids"] += [f"check-{label}" for label in labels if label not in seen]
        seen.update(labels)
    module = module_of(app.env.docname)
    breaks = breakable(app.srcdir, module)
    if breaks & set(equations):
        files = app.env.metadata[app.env.docname].setdefault("vaelib_files", [])
        app.env.metadata[app.env.docname]["vaelib_files"] = sorted({*files, module})
    if breaks:
        app.env.note_dependency(str(find_file(app.srcdir, module).relative_to(app.srcdir)))


def module_of(docname):
    """The module of a page's equations: equations.elbo.mjs for notebooks/04_elbo."""
    return f"equations.{re.sub(r'^[0-9]+_', '', Path(docname).name)}.mjs"


def breakable(srcdir, module):
    """The labels that the served module can break in the page."""
    try:
        path = find_file(srcdir, module)
    except ValueError:  # a page without a module has ticks alone
        return frozenset()
    return read_labels(path, path.stat().st_mtime_ns)


@cache
def read_labels(path, changed):
    return frozenset(ENTRY.findall(Path(path).read_text(encoding="utf-8")))


def draw(app, doctree, docname, *, breaks=frozenset()):
    """Puts a tick behind each checked equation and the way back into each cell, for any builder that writes HTML."""
    equations, cells = numbered(doctree), list(checking_cells(doctree))
    checked = {label for _, labels in cells for label in labels}
    numbers = {label: number_of(app.env, docname, node) for label, node in equations.items()}
    path = find_file(app.srcdir, module_of(docname)) if breaks else None
    module = relative_uri(app.builder.get_target_uri(docname), f"{SERVED}/{served_name(path)}") if breaks else ""
    for label in checked & set(equations):
        node = equations[label]
        mark = tick(label=label, number=numbers[label], module=module if label in breaks else "")
        node.parent.insert(node.parent.index(node) + 1, mark)
    for cell, labels in cells:
        of = [(label, numbers[label]) for label in labels if label in numbers]
        for shut in cell.findall(lambda node: node.tagname == "fold"):
            shut["name"] = f"checks equation{'s' * (len(of) > 1)} {' and '.join(f'({number})' for _, number in of)}"
        cell.insert(0, back(of=of))


def mark_page(app, doctree, docname):
    if app.builder.format == "html":
        draw(app, doctree, docname, breaks=breakable(app.srcdir, module_of(docname)))


def add_files(app, pagename, templatename, context, doctree):
    if doctree is None or not any(doctree.findall(tick)):
        return
    app.add_css_file("ticks.css")
    if any(node["module"] for node in doctree.findall(tick)):
        app.add_js_file("ticks.mjs", type="module")


def visit_tick(translator, node):
    label, number, module = (html.escape(node[name], quote=True) for name in ("label", "number", "module"))
    breaks = f' data-breaks="{label}" data-number="{number}" data-module="{module}"' if module else ""
    link = f'<a href="#check-{label}" aria-label="Checked: jump to the check of equation {number}">\u2713 checked</a>'
    translator.body.append(f'<div class="tick"{breaks}>{link}</div>\n')
    raise nodes.SkipNode


def visit_back(translator, node):
    links = [f'<a href="#equation-{html.escape(label, quote=True)}">equation ({html.escape(number)})</a>' for label, number in node["of"]]
    translator.body.append(f'<div class="tick-back"><span aria-hidden="true">\u2191</span> {" and ".join(links)}</div>\n')
    raise nodes.SkipNode


def connect(app):
    app.add_node(tick, html=(visit_tick, None))
    app.add_node(back, html=(visit_back, None))
    app.connect("doctree-read", pair, priority=950)  # after widgets.py has noted the page's files
    app.connect("doctree-resolved", mark_page)
    app.connect("html-page-context", add_files)
