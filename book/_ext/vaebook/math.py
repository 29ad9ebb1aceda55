"""Equations: KaTeX runs while the book is built, so a page needs no script and no other host to show them.

Not here: the fonts and the style sheet (book/_static/katex), and the check that belongs to each equation.
"""

import json
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.errors import ExtensionError
from sphinx.locale import _
from sphinx.transforms import SphinxTransform
from sphinx.util.math import get_node_equation_number

KATEX = Path(__file__).parent / "katex" / "katex.min.js"
LABEL = re.compile(r"\\label\{([^}]*)\}")
LABEL_NAME = re.compile(r"[a-z][a-z0-9-]*")
REFUSED = "#bad0bad"  # KaTeX only paints a command that it does not trust; no formula of ours has this colour
NUMBERED = re.compile(r"(\\(?:begin|end)\{)(equation|align|gather|alignat)(\})")


@cache
def engine():
    """V8 with KaTeX in it, started at the first equation of a build."""
    racer = MiniRacer()
    racer.eval(KATEX.read_text(encoding="utf-8"))
    return racer


@cache
def typeset(formula, display):
    """One formula as HTML for the eye and MathML for the ear; ValueError with KaTeX's words if it cannot be read."""
    # A star keeps KaTeX from numbering by itself: the number is the book's, one for each display.
    settings = {"displayMode": display, "throwOnError": True, "strict": "error", "trust": False, "errorColor": REFUSED}
    source = NUMBERED.sub(r"\1\2*\3", formula) if display else formula
    try:
        page = engine().eval(f"katex.renderToString({json.dumps(source)}, {json.dumps(settings)})")
    except JSEvalException as error:
        reason = str(error).strip().splitlines()[0].split("KaTeX parse error: ")[-1]
        raise ValueError(f"KaTeX cannot read {formula.strip()!r}: {reason}") from error
    if REFUSED in page:
        raise ValueError(f"KaTeX cannot read {formula.strip()!r}: it holds a command, such as a link, that is not allowed")
    return page


class TakeLabels(SphinxTransform):
    r"""Turns the \label of a displayed equation into its Sphinx label, so that {eq}`name` finds it.

    MyST gives each unstarred amsmath environment a random label; such an equation is left without a number here,
    because a number nobody can refer to is noise, and a random id would make two equal builds differ.
    """

    default_priority = 200  # before PropagateTargets (260) hands a target's id to its equation

    def apply(self):
        for node in list(self.document.findall(nodes.math_block)):
            if "amsmath" in node["classes"] and node.get("label"):
                self.drop_label(node)
            formula = node.astext()
            names = LABEL.findall(formula)
            if not names:
                continue
            if len(names) > 1 or node.get("label"):
                raise ExtensionError(f"{place(node)}: one label for each displayed equation, got {names}")
            if not LABEL_NAME.fullmatch(names[0]):
                raise ExtensionError(f"{place(node)}: a label is lower-case words and dashes, got {names[0]!r}")
            stripped = LABEL.sub("", formula)
            node.rawsource = stripped
            node[:] = [nodes.Text(stripped)]
            self.note_label(node, names[0])

    def drop_label(self, node):
        self.env.get_domain("math").equations.pop(node["label"], None)
        position = node.parent.index(node)
        before = node.parent[position - 1] if position else None
        if isinstance(before, nodes.target) and nodes.make_id(f"equation-{node['label']}") in before["ids"]:
            node.parent.remove(before)
        node["label"] = node["number"] = None

    def note_label(self, node, name):
        domain = self.env.get_domain("math")
        domain.note_equation(self.env.docname, name, location=node)
        node.update_basic_atts({"ids": [nodes.make_id(f"equation-{name}")]})
        node["label"], node["docname"] = name, self.env.docname
        node["number"] = domain.get_equation_number_for(name)
        self.document.note_explicit_target(node)


def number_of(env, docname, node):
    """The number of an equation as the page shows it, such as 2.7; before it is written only the environment knows the chapter's part."""
    parts = env.toc_fignumbers.get(docname, {}).get("displaymath", {}).get(node["ids"][0], [node["number"]])
    return ".".join(map(str, parts))


def place(node):
    source = node.source or (node.document and node.document["source"]) or "a page"
    return f"{source}:{node.line}" if node.line else source


def html_of(node, display):
    try:
        return typeset(node.astext(), display)
    except ValueError as error:
        # Raised, not logged: a page with a broken formula is never written, so the next build meets it again.
        raise ExtensionError(f"{place(node)}: {error}") from error


def visit_inline(translator, node):
    translator.body.append(translator.starttag(node, "span", "", CLASS="math notranslate"))
    translator.body.append(html_of(node, False) + "</span>")
    raise nodes.SkipNode


def visit_display(translator, node):
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    translator.body.append('<div class="equation-box">' + html_of(node, True) + "</div>")
    if node.get("number"):
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def connect(app):
    app.add_transform(TakeLabels)
    app.add_html_math_renderer("vaebook", (visit_inline, None), (visit_display, None))
