"""The page's host when things go wrong: a figure that cannot live stays a picture and says why, and the reader's address is kept."""

from urllib.parse import urlsplit

import pytest
import torch
from waiting import eventually, settle

from conftest import LONE, Book, Watch
from test_book import PIXEL
from vaelib import widgets
from vaelib.widgets.mount import page_html

WHY = "This figure stays a picture, because its live form could not start: "
STILL = f'<img class="vaelib-still" alt="a still" src="{PIXEL}">'
# A minute passes in half a second, and what is shorter than ten seconds as ever.
SHORT = "const later = setTimeout; window.setTimeout = (f, ms, ...rest) => later(f, ms >= 10000 ? ms / 100 : ms, ...rest);"
# Only the ten seconds pass at once in which a worker must say that it is there, however long its files take.
HASTY = "const later = setTimeout; window.setTimeout = (f, ms, ...rest) => later(f, ms === 10000 ? 100 : ms, ...rest);"
NO_CONTEXT = "HTMLCanvasElement.prototype.getContext = () => null;"
NO_OBSERVER = "delete window.IntersectionObserver;"
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { configurable: true, get() { throw new DOMException("refused", "SecurityError"); } });
}"""
SILENT = "window.Worker = class extends EventTarget { postMessage() {} terminate() { window.ended = true; } };"
MODULES = {
    "hangs": None,  # never answered
    "begins": "export default { render: () => new Promise(() => {}) };",
    "nothing": "throw null;",
    "late": "export default { render: () => { throw undefined; } };",
    "well": "export default { render: ({ el }) => { el.textContent = 'lives'; } };",
}


@pytest.fixture
def lone(browser, site):
    """lone(frames, script, fragment) -> (page, watch): a page with these widgets, loaded after `script` has run; nothing is waited for."""
    contexts = []

    def open_(frames, script="", fragment="", route=None):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        watch = Watch(page, urlsplit(site).netloc)
        page.add_init_script(script)
        if route:
            page.route(*route)
        Book.lone["/lone/host.html"] = LONE.replace("{}", frames)
        page.goto(f"{site}/lone/host.html{fragment}", wait_until="load")
        return page, watch

    yield open_
    for context in contexts:
        context.close()


def frame_of(widget):
    files = {trait: f"/weights/{file}" for trait, file in widget._file_names().items()}
    still = widgets.mount.Still(b"", "a still")
    text = page_html(widget.page_name, widget.state(), files, still)
    return text.replace("<div ", f'<div data-vaelib-module="/bundle/{widget.page_name}.mjs" ', 1)


def stays_a_picture(figure):
    eventually(lambda: figure.get_attribute("aria-busy"), lambda busy: busy is None)
    assert figure.locator("img.vaelib-still").count() == 1 and figure.locator("canvas").count() == 0
    words = figure.locator("p[role=status]").inner_text()
    assert words.startswith(WHY)
    return words.removeprefix(WHY)


def every_widget():
    return [
        widgets.DrawDigit("mnist-2d", input="stroke 3"), widgets.HiddenCause(torch.eye(64)[:2], torch.zeros(2, 2)),
        widgets.LatentExplorer("digits8-2d"), widgets.LatentViews(), widgets.MixturePosterior(), widgets.ReparameterizationBench(),
        widgets.SampleSheet(), widgets.TruthBench(),
        widgets.PixelWidth(torch.eye(64)[:2], torch.zeros(2, 64)), widgets.IntegralLab(), widgets.GradientRace(), widgets.TrainVAE(),
        widgets.Waterline(), widgets.CollapseDoctor(),
    ]  # fmt: skip


def test_without_a_canvas_every_figure_keeps_its_still_and_says_why(lone):
    frames = [frame_of(widget) for widget in every_widget()]
    page, _ = lone("".join(frames), NO_CONTEXT + NO_OBSERVER)
    for n in range(len(frames)):
        assert "got none from this browser" in stays_a_picture(page.locator("[data-vaelib-widget]").nth(n))


def test_a_figure_that_fails_while_it_lives_becomes_its_still_again(lone):
    page, _ = lone(frame_of(widgets.ReparameterizationBench()))
    page.locator("canvas").first.wait_for(state="visible")
    page.evaluate("() => { CanvasRenderingContext2D.prototype.setTransform = () => { throw new Error('lost'); }; }")
    page.set_viewport_size({"width": 700, "height": 900})
    page.locator("p[role=status]", has_text=WHY).wait_for()
    assert stays_a_picture(page.locator("[data-vaelib-widget]")) == "lost"


def test_a_module_that_hangs_or_throws_nothing_is_told_and_the_next_figure_lives(lone):
    def answer(route):
        body = MODULES[route.request.url.rpartition("/")[2].removesuffix(".mjs")]
        if body is not None:
            route.fulfill(body=body, content_type="text/javascript")

    frames = "".join(
        f'<div class="vaelib-widget" data-vaelib-widget="w" data-vaelib-state="{{}}" data-vaelib-files="{{}}" '
        f'data-vaelib-module="/fake/{name}.mjs">{STILL}</div>'
        for name in MODULES
    )
    page, _ = lone(frames, SHORT + NO_OBSERVER, route=("**/fake/*.mjs", answer))
    page.get_by_text("lives").wait_for()
    figures = page.locator("[data-vaelib-widget]")
    told = [stays_a_picture(figures.nth(n)) for n in range(4)]
    assert told == ["its module did not arrive within 60 seconds", "it did not begin within 60 seconds", "null", "undefined"]


def test_a_browser_that_cannot_say_what_is_in_view_starts_all(lone):
    page, watch = lone('<div style="height: 9000px"></div>' + frame_of(widgets.ReparameterizationBench()), NO_OBSERVER)
    page.locator("[data-vaelib-widget] canvas").first.wait_for(state="attached")
    assert watch.errors == []


def test_a_section_in_the_address_stays_when_a_figure_moves_and_when_it_is_reset(lone):
    page, watch = lone(frame_of(widgets.ReparameterizationBench()), fragment="#the-section")
    page.locator("canvas").first.wait_for(state="visible")
    page.locator("input[type=range]").first.press("ArrowRight")
    page.wait_for_function("location.hash.startsWith('#the-section&reparameterization-1=')")
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("location.hash === '#the-section'")
    assert watch.errors == []


def test_a_worker_that_never_answers_is_left_and_the_page_computes(lone):
    page, watch = lone(frame_of(widgets.DrawDigit("mnist-2d", input="stroke 3")), SILENT + HASTY)
    page.get_by_text("in the page").wait_for(timeout=60_000)
    page.locator(".vaelib-results[aria-busy=false]").wait_for(timeout=60_000)
    assert page.evaluate("window.ended") and watch.errors == []


def test_codes_that_are_not_there_are_told_beside_the_numbers(lone):
    page, _ = lone(
        frame_of(widgets.DrawDigit("mnist-2d", input="stroke 3")), route=("**/*.codes.safetensors", lambda r: r.fulfill(status=404))
    )
    page.locator(".vaelib-results[aria-busy=false]").wait_for(timeout=60_000)
    page.get_by_text("in a worker").wait_for()
    assert page.get_by_text("got HTTP status 404").count() == 1


def test_where_the_browser_refuses_storage_the_page_works_and_forgets(browser, site):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    watch = Watch(page, urlsplit(site).netloc)
    page.add_init_script(NO_STORAGE)
    page.goto(f"{site}/book/notation.html")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    eventually(lambda: page.locator(".theme-switch-button").first.click() or page.evaluate(theme), lambda now: now == "light")
    page.reload()
    assert page.evaluate(theme) == "dark" and watch.errors == []
    page.goto(f"{site}/book/index.html")  # a path may be chosen, and is forgotten with the page
    page.get_by_role("radio").nth(1).check()
    page.locator(".way-note").get_by_role("button", name="Leave the path").click()
    page.goto(f"{site}/notebooks/03_draws.html")
    settle(page)
    assert watch.errors == []
    context.close()
