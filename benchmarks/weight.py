"""What a page weighs: every file that a visit fetches, gzipped at level 9. Used by page.py and by the visits of tests/browser.

A visit has three stages: as the page opens, scrolled to its end with every widget started, and with an input chosen where a
widget has an encoder. Pictures inside the page are counted with the page. Not here: the budgets, and how fast a slider answers.
"""

import gzip
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

SITE = Path(__file__).parents[1] / "_build" / "html"
FIGURES = "_images/"
INPUT = ".vaelib-picture"  # a button of a widget that brings in the encoder
STEP = "() => { scrollBy(0, innerHeight); return scrollY + innerHeight < document.documentElement.scrollHeight - 1; }"
# Fonts are there and no widget is starting; two frames, in which a widget that comes into view asks for its files.
STARTED = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await document.fonts.ready;
  while (document.querySelector('[data-vaelib-widget][aria-busy]')) await frame();
  await frame().then(frame);
}"""


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


class Scale:
    """Made before a page is opened: it notes what the page asks for, and waits until it is there."""

    def __init__(self, page):
        self.page, self.fetched, self.awaited = page, set(), set()
        page.on("request", lambda request: self.awaited.add(request))
        page.on("requestfinished", lambda request: self.awaited.discard(request))
        page.on("requestfailed", lambda request: self.awaited.discard(request))
        page.on("response", lambda response: self.fetched.add(urlsplit(response.url).path.lstrip("/")))

    def weigh(self, patience=30):
        """{path: bytes} of all files so far, once nothing more is on its way."""
        end, quiet = time.monotonic() + patience, 0
        while quiet < 2:  # a file that has arrived may ask for another
            self.page.evaluate(STARTED)
            quiet = 0 if self.awaited else quiet + 1
            if time.monotonic() > end:
                raise TimeoutError(f"after {patience} s still on their way: {[request.url for request in self.awaited]}")
        return {name: gzipped(SITE / name) for name in sorted(self.fetched) if (SITE / name).is_file()}


def read_to_the_end(page):
    page.evaluate("scrollTo(0, 0)")
    while page.evaluate(STEP):
        page.wait_for_timeout(50)


def choose_inputs(page):
    """An input in each widget that has one, which brings in its encoder."""
    for widget in page.locator("[data-vaelib-widget]").all():
        chosen = widget.locator(INPUT)
        if chosen.count():
            chosen.first.click()


def start_widgets(page):
    for widget in page.locator("[data-vaelib-widget]").all():
        widget.scroll_into_view_if_needed()
        widget.locator("canvas, input, .vaelib-exercise button").first.wait_for(state="visible")


def visit(page, address):
    """Opens the page of `address` in a fresh context, reads it to its end, chooses an input in each widget that has one."""
    scale = Scale(page)
    page.goto(address, wait_until="load")
    opened = scale.weigh()
    start_widgets(page)
    read_to_the_end(page)
    read = scale.weigh()
    choose_inputs(page)
    page.wait_for_timeout(200)
    return Weight(opened, read, scale.weigh())
