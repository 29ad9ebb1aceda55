"""The library's reference: Sphinx's autodoc, told how vaelib writes its docstrings, which are plain text with `code` between backticks.

Not here: which modules a page shows (book/api_*.md). A name that is missing there fails tests/test_api.py.
"""

import re

PART = re.compile(r"`([^`]+)`|([\\*|_])")
ARGUMENT = re.compile(r"^([a-z_]+(, [a-z_]+)*)(\(.*\))?: ")  # a line that begins with it says what an argument is


def as_rst(lines):
    """A docstring's lines as reStructuredText: paragraphs, one for each argument; nothing but `code` has a meaning of its own."""
    found, paragraph = [], []

    def close():
        if paragraph:
            found.extend([PART.sub(lambda part: f"``{part[1]}``" if part[1] else f"\\{part[2]}", " ".join(paragraph)), ""])
            paragraph.clear()

    for line in map(str.strip, lines):
        if not line or ARGUMENT.match(line):
            close()
        if line:
            paragraph.append(line)
    close()
    return found


def take_docstring(app, what, name, obj, options, lines):
    lines[:] = as_rst(lines)


def leave_out(app, what, name, obj, skip, options):
    """The fields of a NamedTuple: its docstring explains them, Python's own says "Alias for field number 0"."""
    return True if type(obj).__name__ == "_tuplegetter" else None


def set_up(app, config):
    config.autodoc_typehints = "none"  # signatures stay short; the docstrings state shapes, which types do not
    config.autodoc_member_order = "bysource"
    config.add_module_names = False
    config.toc_object_entries = False  # a page's contents name its modules; with every method they are wider than a phone


def connect(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("config-inited", set_up)
    app.connect("autodoc-process-docstring", take_docstring)
    app.connect("autodoc-skip-member", leave_out)
