"""The front page's cards: a link to each chapter with a small picture of its figure, its one question and its minutes.

All three come from the chapter itself, so a new chapter has its card without a word here. The directive `page-cards` may hold lines
`page: question` for chapters that do not open with a question of their own.
"""

import base64
import hashlib
import html
import io
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from PIL import Image, ImageChops
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from vaebook.folds import only_imports
from vaebook.widgets import MARK

SERVED = "_images/cards"  # under _images, as every figure that waits until it is near
WIDTH, HEIGHT = 480, 256  # pixels, twice what a card shows
TITLES = 0.105  # part of a still's height that holds the titles of its panels, too small to read on a card
COLOURS = 24
EXERCISE = f'{MARK}="answer_check"'
NEEDS = "You need "  # opens the sentence of the goals that the minutes follow
UNSEEN = {"remove-cell", "remove-input", "hide-input", "hide-cell", "fold"}
WORDS, LINES, EACH = 200, 10, 2  # words and lines read in a minute; minutes for a figure or an exercise
QUESTION = re.compile(r"\A[^#\[|].{10,160}?\?\Z", re.DOTALL)


class Card(NamedTuple):
    question: str
    picture: bytes  # a PNG, or nothing where the chapter has no figure


class page_cards(nodes.General, nodes.Element):
    """A place for the cards; what they say may not be read yet."""


def minutes_of(srcdir, page):
    """The minutes that a chapter takes, counted: words, lines of code in sight, figures and exercises. 0 for a page without cells."""
    words = lines = live = 0
    for cell in notebook(Path(srcdir) / f"{page}.ipynb"):
        source, tags = "".join(cell["source"]), set(cell["metadata"].get("tags", ()))
        if cell["cell_type"] == "markdown":
            words += len(source.split())
        elif MARK in json.dumps(cell["outputs"]):
            live += 1
        elif "show" in tags or not (tags & UNSEEN or source.startswith(("# checks ", "# fold", "# predict")) or only_imports(source)):
            lines += len(source.splitlines())
    return round(words / WORDS + lines / LINES + EACH * live)


def say_minutes(app, doctree):
    """Puts the minutes behind what the reader needs."""
    minutes = minutes_of(app.srcdir, app.env.docname)
    for paragraph in doctree.findall(nodes.paragraph):
        if minutes and NEEDS in paragraph.astext():
            paragraph += nodes.Text(f" Plan {minutes} minutes.")
            return


def notebook(path):
    return _cells(str(path), path.stat().st_mtime_ns) if path.is_file() else []


@lru_cache(maxsize=64)
def _cells(path, changed):
    return json.loads(Path(path).read_text(encoding="utf-8"))["cells"]


def opening_question(cells):
    """The question with which a chapter opens: its first paragraph below title and badge, where that is one."""
    text = "\n\n".join("".join(cell["source"]) for cell in cells[:3] if cell["cell_type"] == "markdown")
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    told = next((part for part in paragraphs if part and not part.startswith(("#", "[![", "("))), "")
    return re.sub(r"[*_`]|\$", "", told) if QUESTION.match(told) else ""


def first_figure(cells):
    """(PNG, is it a widget's still) of the chapter's first live figure, or of its first picture where none is live; or None."""
    outputs = [output["data"] for cell in cells for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})]
    shown = ["".join(data.get("text/html", "")) for data in outputs]
    live = [place for place, text in enumerate(shown) if MARK in text and EXERCISE not in text]
    still = [place for place, text in enumerate(shown) if MARK not in text]
    if not (live or still):
        return None
    return base64.b64decode("".join(outputs[(live or still)[0]]["image/png"])), bool(live)


def small(png, is_still):
    """The figure without its margins, on white, in the size of a card."""
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    picture = Image.alpha_composite(paper, picture).convert("RGB")
    if is_still:
        picture = picture.crop((0, round(TITLES * picture.height), *picture.size))
    inked = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).convert("L").point(lambda level: 255 * (level > 24))
    picture = picture.crop(inked.getbbox() or (0, 0, *picture.size))
    picture.thumbnail((WIDTH - 24, HEIGHT - 24), Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", (WIDTH, HEIGHT), "white")
    sheet.paste(picture, ((WIDTH - picture.width) // 2, (HEIGHT - picture.height) // 2))
    written = io.BytesIO()
    sheet.quantize(COLOURS, dither=Image.Dither.NONE).save(written, format="png", optimize=True)
    return written.getvalue()


def card_of(srcdir, page, question):
    cells = notebook(Path(srcdir) / f"{page}.ipynb")
    figure = first_figure(cells)
    return Card(opening_question(cells) or question, small(*figure) if figure else b"")


def chapters(env, root):
    """All notebooks, in the order of the contents."""
    order, waiting = [], [root]
    while waiting:
        page = waiting.pop(0)
        order.append(page)
        waiting[:0] = env.toctree_includes.get(page, ())
    return [page for page in order if page.startswith("notebooks/")]


class PageCards(SphinxDirective):
    """`{page-cards}` on a page, with lines `page: question`."""

    has_content = True

    def run(self):
        node = page_cards()
        node["questions"] = dict(line.split(": ", 1) for line in self.content if line.strip())
        return [node]


def note_chapters(app, env):
    """The page with the cards is written anew when any chapter has changed."""
    return [page for page in env.found_docs if env.metadata.get(page, {}).get("vaebook_cards")]


def mark_page(app, doctree):
    if next(doctree.findall(page_cards), None) is not None:
        app.env.metadata[app.env.docname]["vaebook_cards"] = True


def serve(app, name, png):
    folder = Path(app.outdir) / SERVED
    folder.mkdir(parents=True, exist_ok=True)
    file = f"{name}.{hashlib.sha256(png).hexdigest()[:8]}.png"
    for stale in folder.glob(f"{name}.*.png"):
        if stale.name != file:
            stale.unlink()
    (folder / file).write_bytes(png)
    return f"{SERVED}/{file}"


def fields_of(env, page):
    """The number of fields of each exercise of a page, as JSON."""
    return json.dumps(env.metadata.get(page, {}).get("vaebook_fields", []))


def markup(app, docname, page, question):
    card = card_of(app.srcdir, page, question)
    address = html.escape(app.builder.get_relative_uri(docname, page))
    title, minutes = html.escape(app.env.titles[page].astext()), minutes_of(app.srcdir, page)
    number = ".".join(map(str, app.env.toc_secnumbers.get(page, {}).get("", ())))
    picture = ""
    if card.picture and app.builder.format == "html" and app.builder.name != "epub":
        served = relative_uri(app.builder.get_target_uri(docname), serve(app, page.rpartition("/")[2], card.picture))
        picture = f'<img src="{html.escape(served)}" alt="" width="{WIDTH}" height="{HEIGHT}" loading="lazy" decoding="async">'
    length = f'<span class="card-minutes">{minutes} min</span>' if minutes else ""
    before = f'<span class="card-number">{number}</span> ' if number else ""
    known = f'data-page="{address.rpartition("/")[2]}" data-fields="{fields_of(app.env, page)}"'  # what cards.mjs asks the device for
    return (
        f'<li><a class="page-card" href="{address}" {known}>{picture}<span class="card-title">{before}{title}</span>'
        f'<span class="card-question">{html.escape(card.question)}</span>{length}</a></li>'
    )


def resolve(app, doctree, docname):
    for node in list(doctree.findall(page_cards)):
        pages = [page for page in chapters(app.env, app.config.root_doc) if page in app.env.titles]
        items = "".join(markup(app, docname, page, node["questions"].get(page, "")) for page in pages)
        node.replace_self(nodes.raw("", f'<ul class="page-cards">{items}</ul>', format="html"))


def connect(app):
    app.add_node(page_cards)
    app.add_directive("page-cards", PageCards)
    app.connect("doctree-read", mark_page, priority=900)
    app.connect("doctree-read", say_minutes, priority=900)
    app.connect("env-updated", note_chapters)
    app.connect("doctree-resolved", resolve)
