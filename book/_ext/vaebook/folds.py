"""Folded code and covered answers: what a reader sees of a code cell at first. The exercises' boxes are in exercises.py.

Folded behind one line, with what they print below it: a cell that opens with `# checks eq-a`; one that only imports; one that makes a
live figure; one with the tag `fold` or `hide-input`, or a first line `# fold: its name`. The tag `show` keeps a cell in sight.
Covered until the reader commits a guess: what a cell prints that has the tag `predict`, or a line `# predict: question? | choice |
choice` among its first comments; question and choices may be left out. Without scripts, and on paper, nothing is covered.
"""

import ast
import html
import json
import re
import zlib

from docutils import nodes

from vaebook.ticks import checked_in
from vaebook.widgets import MARK

MARKUP = re.compile(r"# (fold|predict)(?:: *(.*))?\Z")
LIVE, PICTURE, IMPORTS, CODE = "code of this figure", "code of this picture", "imports and settings", "code"
SETTINGS = ("set_", "manual_seed", "simplefilter", "filterwarnings")


class fold(nodes.General, nodes.Element):
    """A details element: `name` in its line, `kind` "code" or "solution"."""


class covered(nodes.General, nodes.Element):
    """What a cell printed: `question` and `choices` of the cover, `key` by which the page remembers the guess."""


def read_markup(source):
    """({"fold": words, "predict": words}, the source without those lines): the lines of markup among a cell's first comments."""
    lines, found, kept = source.split("\n"), {}, []
    while lines and lines[0].startswith("#"):
        line = lines.pop(0)
        markup = MARKUP.fullmatch(line.rstrip())
        if markup:
            found[markup[1]] = markup[2] or ""
        else:
            kept.append(line)
    return found, "\n".join(kept + lines)


def read_prediction(words):
    """(question, choices) of "will it rise? | it rises | it falls"; either may be empty."""
    parts = [part.strip() for part in words.split("|") if part.strip()]
    if len(parts) == 1 or (parts and parts[0].endswith("?")):
        return parts[0], parts[1:]
    return "", parts


def only_imports(source):
    """True for imports, with settings such as torch.set_default_dtype(...) among them."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a magic of IPython
        return False

    def is_setting(statement):
        called = statement.value.func if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) else None
        return isinstance(called, ast.Attribute) and called.attr.startswith(SETTINGS)

    imports = [isinstance(one, ast.Import | ast.ImportFrom) for one in statements]
    return any(imports) and all(known or is_setting(one) for known, one in zip(imports, statements, strict=True))


def name_of(cell, source, markup):
    """The line that a cell's code is folded behind, or None for code that is shown."""
    metadata = cell.get("cell_metadata", {})
    tags = metadata.get("tags", ())
    if "show" in tags or "beside" in tags:
        return None
    if markup.get("fold"):
        return markup["fold"]
    asked = metadata.get("mystnb", {}).get("code_prompt_show", "").removeprefix("Show ")
    live = any(MARK in node.astext() for node in cell.findall(nodes.raw))
    if {"fold", "hide-input"} & {*tags} or "fold" in markup:
        return asked or (LIVE if live else PICTURE if any(cell.findall(nodes.image)) else CODE)
    if checked_in(source):
        return "check"  # ticks.py knows the numbers later
    return IMPORTS if only_imports(source) else LIVE if live else None


def part(cell, name):
    return next((child for child in cell.children if child.get("nb_element") == name), None)


def cells(doctree):
    return [node for node in doctree.findall(nodes.container) if node.get("nb_element") == "cell_code"]


def fold_cell(cell):
    code, output = part(cell, "cell_code_source"), part(cell, "cell_code_output")
    block = next(iter(code.findall(nodes.literal_block)), None) if code else None
    if block is None:
        return
    markup, source = read_markup(block.astext())
    block.rawsource, block[:] = source, [nodes.Text(source)]
    name = name_of(cell, source, markup)
    if name and cell.get("hide_mode") != "all":
        cell.attributes.pop("hide_mode", None)
        shut = fold("", code.deepcopy(), name=name, kind="code", lines=len(source.strip().split("\n")))
        cell.remove(code)
        below = output is not None and (name in (LIVE, PICTURE) or any(output.findall(nodes.image)))
        cell.insert(len(cell.children) if below else 0, shut)
    if output is not None and ("predict" in markup or "predict" in cell.get("cell_metadata", {}).get("tags", ())):
        question, choices = read_prediction(markup.get("predict", ""))
        key = f"{zlib.crc32(source.encode()):08x}"
        cover = covered("", output.deepcopy(), question=question, choices=choices, key=key)
        cell.replace(output, cover)


def fold_cells(app, doctree):
    for cell in cells(doctree):
        fold_cell(cell)


def visit_fold(translator, node):
    lines = f' <span class="fold-size">{node["lines"]} line{"s" * (node["lines"] > 1)}</span>' if node.get("lines") else ""
    name = html.escape(node["name"])
    translator.body.append(f'<details class="fold fold-{node["kind"]}"><summary><span class="fold-name">{name}</span>{lines}</summary>\n')


def depart_fold(translator, node):
    translator.body.append("</details>\n")


def visit_covered(translator, node):
    asked = html.escape(json.dumps({name: node[name] for name in ("question", "choices", "key")}, sort_keys=True), quote=True)
    translator.body.append(f'<div class="covered" data-covered="{asked}">\n')


def depart_covered(translator, node):
    translator.body.append("</div>\n")


def connect(app):
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(covered, html=(visit_covered, depart_covered))
    app.connect("doctree-read", fold_cells, priority=940)  # before ticks.py pairs the cells with their equations
