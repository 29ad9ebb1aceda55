"""For everyone: the skip link, a widget by keys alone, pictures in the dark, paper. What every page is asked is in visits.py.

What no machine can judge is in book/accessibility.md.
"""

from functools import partial

import axe
import pytest
from visits import SITE, WITH_WIDGET
from waiting import eventually, rest, settle

TARGETS = """el => [...el.querySelectorAll('button, input, select, summary, a, [tabindex="0"]')].filter(one => one.offsetParent)
  .map(one => [one.outerHTML.slice(0, 60), (one.closest('label') ?? one).getBoundingClientRect()])
  .filter(([, {width, height}]) => width < 24 || height < 24)"""


def test_no_style_sheet_turns_a_page_with_the_device():
    """The rule that axe.py leaves to the files: a page may be read upright and across."""
    sheets = list(SITE.rglob("_static/**/*.css"))
    assert axe.OF_THE_FILES == "css-orientation-lock" and len(sheets) > 5
    assert [sheet.name for sheet in sheets if "orientation:" in sheet.read_text(encoding="utf-8").replace(" ", "")] == []


def test_the_skip_link_leads_to_the_text(open_page):
    page, _ = open_page("notebooks/04_elbo.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main-content').contains(document.activeElement)")


# What stands at its limit answers the other way, and a sheet whose middle is inked already gets a stroke.
WAYS = [
    ("ArrowRight", "ArrowUp", "ArrowUp", "Enter"),
    ("ArrowLeft", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"),
    ("Shift+ArrowLeft", "Shift+ArrowDown"),
]


@pytest.mark.parametrize("path", WITH_WIDGET)
def test_a_widget_is_worked_by_keys_alone_and_says_what_it_shows(open_page, path):
    page, watch = open_page(path)
    for widget in page.locator("[data-vaelib-widget]").all():
        picture = partial(widget.evaluate, "el => [...el.querySelectorAll('canvas')].map(c => c.toDataURL()).join()")
        live = widget.locator("[role=status]")
        assert live.count() >= 1 and all(canvas.get_attribute("aria-label") for canvas in widget.locator("canvas:visible[role]").all())
        assert widget.locator("canvas:not([role]):not([aria-hidden])").count() == 0, "a canvas that is neither named nor hidden"
        for pad in widget.locator("[tabindex='0']").all():
            told = lambda: [live.first.text_content(), pad.get_attribute("aria-label")]  # noqa: B023, E731
            before, said = picture(), told()
            pad.focus()
            for keys in WAYS:
                for key in keys:
                    page.keyboard.press(key)
                rest(page, 900)  # what is heard waits until the hand rests, and some numbers take longer
                if picture() != before and told() != said:
                    break
            eventually(lambda: picture() != before and told() != said, seconds=15)  # noqa: B023
        # elements, not a locator's nth: a press may enable or hide another button
        for button in widget.locator("button:enabled:visible").element_handles():
            if not (button.is_visible() and button.is_enabled()):
                continue
            button.focus()
            page.keyboard.press("Space")
            assert button.evaluate("el => el === document.activeElement || el.disabled"), "a press takes the focus away"
        for summary in widget.locator("summary").all()[:1]:  # an exercise has none
            summary.focus()
            page.keyboard.press("Enter")
            assert widget.locator("details").first.evaluate("el => el.open")
        assert widget.evaluate(TARGETS) == []
    assert watch.errors == []


def test_a_figure_in_the_dark_lies_on_the_pages_own_colour(open_page):
    """A box of another shade would stand out: the corner of each figure is compared with the page beside it."""
    page, _ = open_page("notebooks/08_latent_space.html", color_scheme="dark")
    figure = page.locator(".cell_output > img").first
    figure.evaluate("el => el.scrollIntoView({block: 'center', behavior: 'instant'})")
    page.wait_for_function("el => el.complete && el.naturalWidth > 0", arg=figure.element_handle())
    settle(page)
    box = figure.bounding_box()
    look = lambda x: page.screenshot(clip={"x": x, "y": box["y"] + 2, "width": 2, "height": 2})  # noqa: E731
    assert look(box["x"] + 1) == look(box["x"] - 6)


@pytest.mark.parametrize("path", ["notebooks/01_hidden_causes.html", "book/bibliography.html"])
def test_on_paper_there_is_the_text_and_no_bars(open_page, path):
    page, _ = open_page(path, color_scheme="dark")
    page.evaluate("document.activeElement.blur()")
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    for bar in (
        ".bd-sidebar-primary",
        ".bd-sidebar-secondary",
        ".bd-header-article",
        ".prev-next-footer",
        ".copybtn",
        ".vaelib-button",
        ".skip-link",
    ):
        assert page.locator(bar).locator("visible=true").count() == 0, bar
    assert page.locator("details:not(.vaelib-predict):not([open])").count() == 0
    for widget in page.locator("[data-vaelib-widget]").all():
        if widget.get_attribute("data-vaelib-widget") == "answer_check":
            assert widget.inner_text().strip()  # its choices may be buttons, which are not printed
        else:
            assert widget.locator("canvas, input").first.is_visible()
        paper = widget.locator(".vaelib-card").first.evaluate("el => getComputedStyle(el).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert len(page.pdf(format="A4")) > 20_000
