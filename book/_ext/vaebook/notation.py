"""One name for each quantity: finds, in a page or a notebook, the names that the notation page does not use.

The notation page itself is the only list. Each row of its first table names a symbol and, under "not used here", what
other texts write for it: formulas between dollar signs are forbidden in formulas, code words in code and in the library.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from sphinx.errors import ExtensionError

PAGE = "book/notation.md"
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+?)\$|\\begin\{([a-z]+\*?)\}(.+?)\\end\{\3\}", re.DOTALL)
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")


class Word(NamedTuple):
    """A name that is not used here: in formulas or in code, and the name that is."""

    kind: str
    name: str
    instead: str


class Breach(NamedTuple):
    line: int
    word: Word


def forbidden(page):
    """The words of the column "not used here" of the notation page (Markdown text). $g(z)$ stands for $g(z, ...)$ as well."""
    words, columns = [], None
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else None
        if cells is None:
            columns = None
        elif columns is None:
            columns = {name.lower(): position for position, name in enumerate(cells)}
        elif "not used here" in columns and not set(line) <= set("|-: "):
            instead = cells[columns["symbol"]] + ", in code " + cells[columns["identifier"]]
            cell = cells[columns["not used here"]]
            words += [Word("formula", name.strip().removesuffix(")"), instead) for name in re.findall(r"\$([^$]+)\$", cell)]
            words += [Word("code", name.strip(), instead) for name in CODE.findall(cell)]
    if not words:
        raise ValueError('the notation page must have a table with the column "not used here"')
    return words


def _pattern(word):
    """A formula's name as written, not as the head of a longer command; a code name as a whole word or a word's prefix."""
    edge = r"(?<![A-Za-z\\])" if word.name[0].isalpha() else ""
    if word.kind == "formula":
        return re.compile(edge + re.escape(word.name) + (r"(?![A-Za-z])" if word.name[-1].isalpha() else ""))
    # An attribute (finfo.eps), a formula in a string and the keyword of a call (eps=1e-6) are not names that we chose.
    before, after = r"(?<![A-Za-z0-9_.\\])", r"(?![A-Za-z0-9_]|=[^=])"
    if word.name.endswith("_"):
        return re.compile(rf"{before}{re.escape(word.name)}[A-Za-z0-9_]*")
    return re.compile(rf"{before}{re.escape(word.name)}{after}")


def breaches(text, words, *, code=False):
    """The forbidden names in Markdown text, or in program text, with their lines."""
    if code:
        spans = [(0, text, "code")]
    else:
        prose = FENCE.sub(lambda match: "\n" * match[0].count("\n"), text)
        spans = [(match.start(), match[0], "formula") for match in FORMULA.finditer(prose)]
        spans += [(match.start(), match[0], "code") for match in CODE.finditer(prose)]
        text = prose
    found = []
    for start, span, kind in spans:
        for word in words:
            for match in _pattern(word).finditer(span) if word.kind == kind else ():
                found.append(Breach(text.count("\n", 0, start + match.start()) + 1, word))
    return sorted(found)


def check_page(path, words):
    """Sentences about each forbidden name in a .md or .ipynb file; the cell counts for a notebook's line."""
    path = Path(path)
    if path.suffix != ".ipynb":
        parts = [("", path.read_text(encoding="utf-8"), False)]
    else:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        parts = [
            (f"cell {n}, ", "".join(cell["source"]), cell["cell_type"] == "code")
            for n, cell in enumerate(cells, 1)
            if cell["cell_type"] != "raw"
        ]
    return [
        f"{path.name}, {where}line {line}: {word.name} is written {word.instead} in this book"
        for where, text, code in parts
        for line, word in breaches(text, words, code=code)
    ]


def check_book(app, env):
    """Every page of the book keeps to the notation page, which alone may name what it forbids."""
    page = Path(app.srcdir) / PAGE
    if not page.exists():
        raise ExtensionError(f"the book needs its notation page, {PAGE}")
    words = forbidden(page.read_text(encoding="utf-8"))
    found = [
        line
        for docname in sorted(env.found_docs)
        if env.doc2path(docname) != str(page)
        for line in check_page(env.doc2path(docname), words)
    ]
    if found:
        raise ExtensionError("names that are not on the notation page:\n" + "\n".join(found))
    return []


def connect(app):
    app.connect("env-updated", check_book)
