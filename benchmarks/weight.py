"""What a page weighs: every file that a visit fetches, gzipped at level 9. Used by page.py and by tests/browser/test_weight.py.

A visit has three stages: as the page opens, scrolled to its end with every widget started, and with an input chosen where a
widget has an encoder. Pictures inside the page are counted with the page. Not here: the budgets, and how fast a slider answers.
"""

import gzip
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

SITE = Path(__file__).parents[1] / "_build" / "html"
FIGURES = "_images/"
INPUT = ".vaelib-picture"  # a button of a widget that brings in the encoder
STEP = "() => { scrollBy(0, innerHeight); return scrollY + innerHeight < document.documentElement.scrollHeight - 1; }"


class Weight(NamedTuple):
    """Bytes after gzip of each file that was fetched by the end of each stage, by its path in the site."""

    opened: dict[str, int]
    read: dict[str, int]
    used: dict[str, int]


@cache
def gzipped(file):
    return len(gzip.compress(file.read_bytes(), 9))


def kilobytes(files, *, figures=False):
    """The files' weight in kB (1000 bytes); the figures', or everything else."""
    return sum(size for name, size in files.items() if name.startswith(FIGURES) == figures) / 1000


def start_widgets(page):
    for widget in page.locator("[data-vaelib-widget]").all():
        widget.scroll_into_view_if_needed()
        widget.locator("canvas, input").first.wait_for(state="visible")


def visit(page, address):
    """Opens the page of `address` in a fresh context, reads it to its end, chooses an input in each widget that has one."""
    fetched = set()
    page.on("response", lambda response: fetched.add(urlsplit(response.url).path.lstrip("/")))

    def stage():
        page.wait_for_load_state("networkidle")
        return {name: gzipped(SITE / name) for name in sorted(fetched) if (SITE / name).is_file()}

    page.goto(address, wait_until="load")
    opened = stage()
    start_widgets(page)
    page.evaluate("scrollTo(0, 0)")
    while page.evaluate(STEP):
        page.wait_for_timeout(50)
    read = stage()
    for widget in page.locator("[data-vaelib-widget]").all():
        chosen = widget.locator(INPUT)
        if chosen.count():
            chosen.first.click()
            page.wait_for_timeout(200)
    return Weight(opened, read, stage())
