"""Every page for everyone: axe's rules, the keyboard alone, zoom, a phone, reduced motion, the reader's own colours, paper.

What no machine can judge is in book/accessibility.md.
"""

from pathlib import Path

import axe_playwright_python
import pytest
from waiting import rest, settle

SITE = Path(__file__).parents[2] / "_build" / "html"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# A page that only sends the reader on is left out: there is nothing to read on it.
PAGES = [
    path for path in sorted(SITE.rglob("*.html")) if "_static" not in path.parts and 'http-equiv="refresh"' not in path.read_text().lower()
]
PAGES = [str(path.relative_to(SITE)) for path in PAGES]
WITH_WIDGET = [path for path in PAGES if "data-vaelib-widget" in (SITE / path).read_text()]
UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
FAULTS = """(where) => axe.run(where ?? document).then(({violations}) => violations.map(({id, help, nodes}) =>
  `${id}: ${help}: ${nodes.slice(0, 3).map(n => `${n.target} ${n.any.concat(n.all, n.none).map(c => c.message).join('; ')}`).join(' | ')}`))"""
# What has the focus, and how its edge differs from the page's: the ring in pixels, its contrast with what is behind it.
STOP = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame().then(frame);
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = el.parentElement;
  while (behind && !(numbers(getComputedStyle(behind).backgroundColor)[3] ?? 1)) behind = behind.parentElement;
  const style = getComputedStyle(el), paper = behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)';
  const [a, b] = [light(style.outlineColor), light(paper)];
  const seen = () => {
    const box = el.getBoundingClientRect();
    return el.checkVisibility({visibilityProperty: true}) && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  };
  for (let frames = 0; frames < 60 && !seen(); frames++) await frame();  // the skip link slides in
  window.walked ??= new Map();
  if (!window.walked.has(el)) window.walked.set(el, window.walked.size);
  return {
    number: window.walked.get(el), name: (el.ariaLabel || el.labels?.[0]?.textContent || el.title || el.textContent || el.dataset.tooltip || '').trim().slice(0, 60),
    tag: el.tagName, href: el.getAttribute('href'), ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), seen: seen(),
  };
}"""
TARGETS = """el => [...el.querySelectorAll('button, input, select, summary, a, [tabindex="0"]')].filter(one => one.offsetParent)
  .map(one => { const box = (one.closest('label') ?? one).getBoundingClientRect(); return [one.outerHTML.slice(0, 60), box.width, box.height]; })
  .filter(([, width, height]) => width < 24 || height < 24)"""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page, path, scheme):
    page, _ = open_page(path, color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(AXE)
    page.evaluate(UNFOLD)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        assert page.evaluate(FAULTS) == [], f"{width} pixels wide"


def walk(page, key="Tab"):
    """Every stop of the keyboard from the top of the page to its end."""
    stops = []
    for _ in range(600):
        page.keyboard.press(key)
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["number"] == 0):
            return stops
        assert not stops or stop["number"] != stops[-1]["number"], f"the keyboard is caught in {stop['tag']} {stop['name']}"
        stops.append(stop)
    raise AssertionError(f"600 stops and no end, the last: {stops[-3:]}")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}], ids=["light", "dark phone"])
def test_the_keyboard_walks_through_a_page(open_page, path, options):
    page, watch = open_page(path, reduced_motion="reduce", **options)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.evaluate(UNFOLD)
    stops = walk(page)
    assert stops[0]["href"] == "#main-content" and len(stops) > 5
    for stop in stops:
        where = f"{stop['tag']} {stop['name']!r}"
        assert stop["name"], f"{where} {stop['href']} has no name"
        assert stop["ring"] >= 2 and stop["contrast"] >= 3, f"the focus on {where} cannot be seen: {stop}"
        assert stop["seen"], f"{where} is out of sight"
    assert [stop["number"] for stop in stops] == list(range(len(stops))), "no stop comes twice"
    wanted = page.locator("[data-vaelib-widget] :is(input, select, button:enabled, summary, [tabindex='0'])")
    walked = page.evaluate(
        "[...document.querySelectorAll('[data-vaelib-widget] :is(input, select, button:enabled, summary, [tabindex=\"0\"])')].filter(el => el.checkVisibility() && !window.walked.has(el)).length"
    )
    assert walked == 0, f"{walked} of {wanted.count()} controls are not reached"
    assert watch.errors == []


def test_the_skip_link_leads_to_the_text(open_page):
    page, _ = open_page("notebooks/04_elbo.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main-content').contains(document.activeElement)")


@pytest.mark.parametrize("path", WITH_WIDGET)
def test_a_widget_is_worked_by_keys_alone_and_says_what_it_shows(open_page, path):
    page, watch = open_page(path)
    for widget in page.locator("[data-vaelib-widget]").all():
        picture = lambda: widget.evaluate("el => [...el.querySelectorAll('canvas')].map(c => c.toDataURL()).join()")  # noqa: E731
        live = widget.locator("[role=status]")
        assert live.count() >= 1 and all(canvas.get_attribute("aria-label") for canvas in widget.locator("canvas:visible[role]").all())
        assert widget.locator("canvas:not([role]):not([aria-hidden])").count() == 0, "a canvas that is neither named nor hidden"
        for pad in widget.locator("[tabindex='0']").all():
            before, said = picture(), live.first.text_content()
            pad.focus()
            for key in ("ArrowRight", "ArrowUp", "ArrowUp", "Enter"):
                page.keyboard.press(key)
            rest(page, 900)  # what is heard waits until the hand rests
            assert picture() != before and live.first.text_content() != said
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


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_zoomed_or_on_a_phone(open_page, path):
    page, _ = open_page(path, viewport={"width": 640, "height": 450}, device_scale_factor=2)
    page.evaluate(UNFOLD)
    for width in (640, 390, 320):  # 1280 at 200 %, a phone, 1280 at 400 %
        page.set_viewport_size({"width": width, "height": 450})
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{width} pixels wide"


@pytest.mark.parametrize("path", PAGES)
def test_reduced_motion_is_honoured(open_page, path):
    page, _ = open_page(path, reduced_motion="reduce")
    moving = """[...document.querySelectorAll('*')].filter(el => { const s = getComputedStyle(el);
      return [s.transitionDuration, s.animationDuration].some(t => t.split(',').some(one => parseFloat(one) > 0.001)); }).map(el => el.className)"""
    assert page.evaluate(moving) == [] and page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


# Boxes without words say what they say by their colour: those whose colour the browser may take.
BLANK = """el => [...el.querySelectorAll('span')].filter(one => !one.textContent && !one.children.length && one.offsetWidth * one.offsetHeight)
  .filter(one => getComputedStyle(one).forcedColorAdjust !== 'none').map(one => one.className)"""


@pytest.mark.parametrize("path", WITH_WIDGET)
def test_in_the_readers_own_colours_a_choice_can_be_told_and_a_key_keeps_its_colours(open_page, path):
    page, _ = open_page(path, forced_colors="active")
    for widget in page.locator("[data-vaelib-widget]").all():
        assert widget.evaluate(BLANK) == []
    for pressed in page.locator("[data-vaelib-widget] button[aria-pressed=true]:visible").all():
        other = pressed.locator("xpath=..").locator("button[aria-pressed=false]").first
        colours = [one.evaluate("el => getComputedStyle(el).backgroundColor") for one in (pressed, other)]
        assert colours[0] != colours[1]


def test_a_figure_in_the_dark_lies_on_the_pages_own_colour(open_page):
    """A box of another shade would stand out: the corner of each figure is compared with the page beside it."""
    page, _ = open_page("notebooks/04_elbo.html", color_scheme="dark")
    figure = page.locator(".cell_output img").first
    figure.scroll_into_view_if_needed()
    page.wait_for_function("el => el.complete && el.naturalWidth > 0", arg=figure.element_handle())
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
        assert widget.locator("canvas, input").first.is_visible()
        paper = widget.locator(".vaelib-card").first.evaluate("el => getComputedStyle(el).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert len(page.pdf(format="A4")) > 20_000
