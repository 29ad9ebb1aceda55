"""The box of an exercise: number, question, field and folded solution stand together, whatever cells they came from.

A box begins with a paragraph that opens with `**Exercise 1. Its title.**` (or `**1. Its title.**`), else with its AnswerCheck. What
follows up to the AnswerCheck (or the last of several) is the question; from there to the next cell with the tag `hide-cell`, or a
paragraph that opens with `**Solution.**`, is the solution. The boxes of a page are numbered in order, and a written number must agree.
"""

import html
import re

from docutils import nodes
from sphinx.util import logging

from vaebook.folds import fold
from vaebook.widgets import MARK

OPENING = re.compile(r"(?:Exercise )?(\d+)\.\s*(.*)", re.DOTALL)
FIELD = re.compile(rf'{MARK}="answer_check"')
NEAR = 3  # a solution stands at most so far behind its question's field
FAR = 12  # and so far behind an opening without a field
log = logging.getLogger(__name__)


class exercise(nodes.General, nodes.Element):
    """`number` in its page, `title` or nothing; `field` says whether the page can judge an answer."""


def is_cell(node, name="cell_code"):
    return isinstance(node, nodes.container) and node.get("nb_element") == name


def has_field(node):
    return is_cell(node) and any(FIELD.search(raw.astext()) for raw in node.findall(nodes.raw))


def lead(node):
    """The bold words that a paragraph opens with, or None."""
    if not isinstance(node, nodes.paragraph):
        return None
    first = next((child for child in node.children if child.astext().strip()), None)  # the parser may put an empty text before
    return first if isinstance(first, nodes.strong) else None


def opening(node):
    """The match of a paragraph that opens an exercise, or None."""
    words = lead(node)
    return OPENING.fullmatch(words.astext().strip()) if words is not None else None


def is_solution(node):
    if is_cell(node):
        return "hide-cell" in node.get("cell_metadata", {}).get("tags", ())
    words = lead(node)
    return words is not None and words.astext().startswith("Solution")


def ends(siblings, start):
    """(index of the field or None, index of the solution's last part or None) of the exercise that begins at `start`."""
    field = solution = None
    for at in range(start, len(siblings)):
        node = siblings[at]
        if isinstance(node, nodes.section) or (at > start and (opening(node) or (solution is not None and has_field(node)))):
            break
        last = solution if solution is not None else field if field is not None else start
        if at - last > (NEAR if last > start or field is not None else FAR):
            break
        if has_field(node):
            field = at
        elif is_solution(node):
            solution = at
    return field, solution


def box_at(siblings, start):
    """(question, solution) of the box that begins at `start`, or None where no exercise begins."""
    opens = opening(siblings[start])
    if not opens and not has_field(siblings[start]):
        return None
    field, solution = ends(siblings, start)
    if field is None and solution is None:
        return None
    if solution is not None and field is None:
        asked = next(at for at in range(start + 1, solution + 1) if is_solution(siblings[at]))
    else:
        asked = field + 1
    return siblings[start:asked], siblings[asked : solution + 1] if solution is not None else []


def make_box(question, solution, number):
    opens = opening(question[0])
    box = exercise(number=number, title="", field=any(map(has_field, question)), ids=[f"exercise-{number}"])
    if opens:
        box["title"] = opens[2].strip()
        question[0].remove(lead(question[0]))
    box += [node for node in question if node.astext().strip() or not isinstance(node, nodes.paragraph)]
    for raw in (raw for part in question for raw in part.findall(nodes.raw) if FIELD.search(raw.astext())):
        text = raw.astext().replace('alt="An exercise with', f'alt="Exercise {number}, with')
        raw.rawsource, raw[:] = text, [nodes.Text(text)]
    if solution:
        for cell in filter(is_cell, solution):
            cell.attributes.pop("hide_mode", None)
        box += fold("", *solution, name="Solution", kind="solution")
    return box


def gather(app, doctree):
    number, fields = 0, []
    for parent in [doctree, *doctree.findall(nodes.section)]:
        at = 0
        while at < len(parent.children):
            found = box_at(parent.children, at)
            if found:
                question, solution = found
                number += 1
                opens = opening(question[0])
                if opens and int(opens[1]) != number:
                    words = f"exercise {opens[1]} is number {number} of its page: number them in order"
                    log.warning(words, location=question[0], type="vaebook", subtype="exercise")
                fields.append(sum(map(has_field, question)))
                box = make_box(list(question), list(solution), number)
                parent.children[at : at + len(question) + len(solution)] = [box]
                box.parent = parent
            at += 1
    if fields:
        app.env.metadata[app.env.docname]["vaebook_fields"] = fields  # of each box, for the count of what is right


def visit_exercise(translator, node):
    name = f"exercise-{node['number']}"
    field = ' data-field=""' if node["field"] else ""
    title = f' <span class="exercise-title">{html.escape(node["title"])}</span>' if node["title"] else ""
    translator.body.append(
        f'<div class="exercise" id="{name}" data-exercise="{node["number"]}"{field} role="group" aria-labelledby="{name}-head">\n'
        f'<p class="exercise-head" id="{name}-head"><strong>Exercise {node["number"]}</strong>{title}</p>\n'
    )


def depart_exercise(translator, node):
    translator.body.append("</div>\n")


def connect(app):
    app.add_node(exercise, html=(visit_exercise, depart_exercise))
    app.connect("doctree-read", gather, priority=945)  # after folds.py, which leaves solutions alone
