"""What the book covers: book/curriculum.yml as tables, and the build's check that each thing called shown is there and tested.

A page writes `{curriculum} A1 B2` for a table of those entries. Not here: whether the reader really sees it happen at the place.
"""

import ast
import json
import re
from collections import Counter
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from vaebook.ticks import checked_in

FILE, PAGE = "book/curriculum.yml", "book/curriculum"
IDS = [
    *(f"A{n}" for n in range(1, 42)),
    *(f"B{n}" for n in range(1, 25)),
    "B24b",
    "B25",
    "B26",
    *(f"FAQ{n}" for n in range(1, 5)),
    "SUMMARY",
]
FIELDS = {"open": {"id", "topic", "status"}, "shown": {"id", "topic", "status", "shown", "test"}}
TO_COME = "to come"


class curriculum_table(nodes.General, nodes.Element):
    """A place for the table of the entries in `rows`; what they point at may not be read yet."""


def read(srcdir):
    """The entries, each with an id; ExtensionError names the file and the entry that has none."""
    try:
        entries = yaml.safe_load((Path(srcdir) / FILE).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExtensionError(f"{FILE} cannot be read: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ExtensionError(f"{FILE} must be a list of entries")
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry.get("id"), str):
            raise ExtensionError(f"{FILE}: entry {number} has no id; it holds {', '.join(map(str, entry)) or 'nothing'}")
    return entries


def faults(entries, places, root):
    """Sentences about what is wrong: entries that are missing, doubled or not whole, places and tests that do not exist.

    `places` is {page: the ids on it}; `root` the folder that tests are named from.
    """
    times = Counter(entry.get("id") for entry in entries)
    found = [f"{name} has no entry" for name in IDS if name not in times]
    found += [f"{name} has {count} entries" for name, count in times.items() if count > 1]
    found += [f"{name} is on no list of topics" for name in times if name not in IDS]
    if not found and [entry["id"] for entry in entries] != IDS:
        found.append("the entries are not in the order of their ids")
    return found + [f"{entry.get('id')}: {fault}" for entry in entries for fault in faults_of(entry, places, root)]


def faults_of(entry, places, root):
    status = entry.get("status")
    if status not in FIELDS:
        return [f"the status is open or shown, got {status!r}"]
    if set(entry) != FIELDS[status] or not all(isinstance(value, str) and value.strip() for value in entry.values()):
        wanted, got = ", ".join(sorted(FIELDS[status])), ", ".join(sorted(map(str, entry)))
        return [f"an entry that is {status} has {wanted}, all of them words; got {got}"]
    if status == "open":
        return []
    page, _, anchor = entry["shown"].partition("#")
    if page not in places:
        found = [f"there is no page {page!r}"]
    else:
        found = [] if anchor in places[page] else [f"there is no #{anchor} on {page}"]
    file, _, name = entry["test"].partition("::")
    path = (Path(root) / file).resolve()
    if not path.is_file() or not path.is_relative_to(Path(root).resolve()):
        return [*found, f"there is no file {file!r} in the book"]
    try:
        tests = tests_in(path)
    except (SyntaxError, ValueError, KeyError, TypeError) as error:
        return [*found, f"{file} cannot be read: {type(error).__name__}: {error}"]
    return found if name and name in tests else [*found, f"there is no test {name!r} in {file}"]


def tests_in(path):
    """The names of the tests of a file; of a notebook the labels that it checks, and the sections whose code asserts something."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef) and node.name.startswith("test")}
    if path.suffix == ".mjs":
        return {match[2] for match in re.finditer(r"""^test\((["'`])(.*?)\1""", text, re.MULTILINE)}
    names, section = set(), ""
    for cell in json.loads(text)["cells"] if path.suffix == ".ipynb" else ():
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            headings = re.findall(r"^#{1,4} (.+)$", source, re.MULTILINE)
            section = nodes.make_id(headings[-1]) if headings else section
        elif re.search(r"\bassert", source):
            names |= {section, *checked_in(source)}
    return names - {""}


def places_of(env, pages):
    """{page: ids} of those of the pages that are in the book."""
    return {
        page: {name for node in env.get_doctree(page).findall(nodes.Element) for name in node["ids"]}
        for page in pages
        if page in env.found_docs
    }


def check(app, env):
    if PAGE not in env.found_docs:
        return []
    entries = read(app.srcdir)
    pages = {str(entry["shown"]).partition("#")[0] for entry in entries if "shown" in entry}
    found = faults(entries, places_of(env, pages), app.srcdir)
    told = [name for node in env.get_doctree(PAGE).findall(curriculum_table) for name in node["rows"]]
    found += [f"{name} is {told.count(name)} times on the page" for name in IDS if told.count(name) != 1]
    if found:
        raise ExtensionError(f"{FILE}:\n" + "\n".join(found))
    return []


class Curriculum(SphinxDirective):
    """`{curriculum} A1 B2`: a table of those entries, in that order."""

    required_arguments, final_argument_whitespace = 1, True

    def run(self):
        rows, entries = self.arguments[0].split(), {entry["id"]: entry for entry in read(self.env.srcdir)}
        unknown = [name for name in rows if name not in entries]
        if unknown:
            raise self.error(f"{FILE} has no entry {', '.join(unknown)}")
        self.env.note_dependency(FILE)
        for name in rows:  # a section that is called something else is called so here
            page = entries[name].get("shown", "").partition("#")[0]
            if page in self.env.found_docs:
                self.env.note_dependency(self.env.doc2path(page, base=False))
        return [curriculum_table(rows=rows)]


class FillTables(SphinxPostTransform):
    default_priority = 5

    def run(self):
        found = list(self.document.findall(curriculum_table))
        entries = {entry["id"]: entry for entry in read(self.env.srcdir)} if found else {}
        for node in found:
            node.replace_self(self.table([entries[name] for name in node["rows"]]))

    def table(self, entries):
        rows = [self.row([nodes.Text(entry["topic"])], self.place(entry)) for entry in entries]
        group = nodes.tgroup("", nodes.colspec(colwidth=60), nodes.colspec(colwidth=40), cols=2)
        group += nodes.thead("", self.row([nodes.Text("Topic")], [nodes.Text("Where you see it")]))
        group += nodes.tbody("", *rows)
        return nodes.table("", group, classes=["curriculum"])

    def row(self, *cells):
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    def place(self, entry):
        if entry["status"] == "open":
            return [nodes.emphasis("", TO_COME)]
        page, _, anchor = entry["shown"].partition("#")
        doctree = self.env.get_doctree(page)
        section = next((node for node in doctree.findall(nodes.section) if anchor in node["ids"]), None)
        words = self.env.titles[page].astext() + (
            f": {section[0].astext()}" if section is not None and section.parent is not doctree else ""
        )
        address = f"{self.app.builder.get_relative_uri(self.env.docname, page)}#{anchor}"
        return [nodes.reference("", words, refuri=address, internal=True)]


def connect(app):
    app.add_node(curriculum_table)
    app.add_directive("curriculum", Curriculum)
    app.add_post_transform(FillTables)
    app.connect("env-updated", check)
