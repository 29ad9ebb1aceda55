"""A page keeps the place of a live figure free, so that nothing moves when it comes alive and Back returns to where one was."""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from visits import SITE, WITH_WIDGET
from waiting import start_widgets

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook import heights  # noqa: E402

PAGE = "notebooks/02_pixels.html"
# What the browser counts as moved without a hand's doing, each time as the part of the window times the part of its height.
SHIFTS = """() => {
  window.moved = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.moved += one.value; })
    .observe({type: 'layout-shift', buffered: true});
}"""


class Widgets(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if "data-vaelib-widget" in dict(attributes):
            self.found.append(dict(attributes))


@pytest.mark.parametrize("path", WITH_WIDGET)
def test_every_figure_of_a_page_was_measured(path):
    rows = heights.read(ROOT)
    for one in Widgets((SITE / path).read_text(encoding="utf-8")).found:
        name, state = one["data-vaelib-widget"], json.loads(one["data-vaelib-state"])
        assert heights.key(name, state) in rows, f"{path}: a {name} was not measured: run make heights, then make book"
        assert one["style"] == heights.style(rows, name, state), f"{path} is older than {heights.FILE}: run make book"


def test_a_figure_that_was_not_measured_takes_what_its_kind_takes_and_the_first_of_a_kind_nothing():
    rows = {heights.key("a", {"z": i}): [100 * i + width for width in heights.WIDTHS] for i in (1, 2, 6)} | {
        "b 0": [7] * len(heights.WIDTHS)
    }
    known, guessed = (heights.style(rows, "a", {"z": z}) for z in (1, 3))
    assert known.startswith("--h360:460;--h390:490;") and guessed.startswith("--h360:560;--h390:590;")
    assert known.count("--h") == guessed.count("--h") == len(heights.WIDTHS)
    assert heights.style(rows, "c", {}) == ""


def test_the_style_sheet_knows_every_width_that_is_measured():
    sheet = (ROOT / "book" / "_static" / "figures.css").read_text(encoding="utf-8")
    assert {int(width) for width in re.findall(r"var\(--h(\d+)\)", sheet)} == {*heights.WIDTHS}


@pytest.mark.parametrize("width", [390, 820, 1280, 1366])
def test_nothing_moves_when_the_figures_come_alive(new_page, site, width):
    page, watch = new_page(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page.add_init_script(f"({SHIFTS})()")
    page.goto(f"{site}/{PAGE}", wait_until="load")
    before = page.evaluate("document.documentElement.scrollHeight")
    start_widgets(page)
    grown = page.evaluate("document.documentElement.scrollHeight") - before
    assert abs(grown) < 200, f"{PAGE} grows by {grown} pixels at {width}: run make heights, then make book"
    assert page.evaluate("moved") < 0.1, f"{PAGE} at {width}: what is read moves"
    assert watch.errors == []


def test_without_scripts_and_on_paper_no_place_is_kept_free(browser, new_page, site):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    still = context.new_page()
    still.goto(f"{site}/{PAGE}")
    printed, _ = new_page()
    printed.goto(f"{site}/{PAGE}", wait_until="load")
    printed.emulate_media(media="print")
    for page in (still, printed):
        last = page.locator("[data-vaelib-widget]:has(> img)").last
        assert last.bounding_box()["height"] < last.locator("img").bounding_box()["height"] + 4
    context.close()
