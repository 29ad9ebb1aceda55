"""What is asked of every page while it is open: each question yields its faults in words, so that one visit reports all of them.

Not here: what hands do with a figure (test_pages.py, test_accessibility.py), and what needs a page of its own.
"""

import asyncio
import sys
from pathlib import Path

import axe
from playwright.sync_api import Error
from waiting import settle, start_widgets

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from weight import FIGURES, Scale, choose_inputs, kilobytes, read_to_the_end

SITE = Path(__file__).parents[2] / "_build" / "html"
# A page that only sends the reader on is left out: there is nothing to read on it.
PAGES = [
    path.relative_to(SITE).as_posix()
    for path in sorted(SITE.rglob("*.html"))
    if "_static" not in path.parts and 'http-equiv="refresh"' not in path.read_text(encoding="utf-8").lower()
]
WITH_WIDGET = [path for path in PAGES if "data-vaelib-widget" in (SITE / path).read_text(encoding="utf-8")]
LAPTOP = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}
PHONE = {
    "viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark", "reduced_motion": "reduce",
}  # fmt: skip
# The two visits share the widths at which nothing may hang over the edge; 640 and 320 are 1280 at 200 % and at 400 %.
WIDTHS = {1280: (1280, 768, 390), 390: (390, 640, 320, 1280)}
READ_BY_AXE = (1280, 390)
PAGE, PAGE_WITH_ENCODER, FIGURE, FIGURES_OF_A_PAGE = 500, 620, 60, 400  # kB after gzip

UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
WIDER = """width => {
  const whole = document.documentElement.scrollWidth, first = () =>
    [...document.querySelectorAll('main *')].find(el => el.getBoundingClientRect().right > width + 1)?.outerHTML.slice(0, 80);
  return whole <= width ? null : `${whole} pixels: ${first()}`;
}"""
PAINTED = """el => [...el.querySelectorAll('canvas')].filter(c => c.offsetParent).every(c => {
  const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  return c.width > 0 && p.some((v, i) => v !== p[i % 4]);
})"""
# By how many pixels a live figure misses the place that its page kept free; words break elsewhere in another machine's type.
OFF = """el => {
  const stage = el.querySelector(':scope > .vaelib-widget'), place = parseFloat(getComputedStyle(el).minHeight);
  if (!stage || !place) return 0;
  const off = Math.round(stage.getBoundingClientRect().height - place);
  return Math.abs(off) > 30 + 0.06 * place ? off : 0;
}"""
MOVING = """[...document.querySelectorAll('*')].filter(el => {
  const s = getComputedStyle(el);
  return [s.transitionDuration, s.animationDuration].some(t => t.split(',').some(one => parseFloat(one) > 0.001));
}).map(el => el.outerHTML.slice(0, 80))"""
# Boxes without words say what they say by their colour: those whose colour the browser
# may take. And buttons whose choice looks like none.
COLOURLESS = """[...document.querySelectorAll('[data-vaelib-widget] span')]
  .filter(one => !one.textContent && !one.children.length && one.offsetWidth * one.offsetHeight)
  .filter(one => getComputedStyle(one).forcedColorAdjust !== 'none').map(one => `a box loses its meaning: ${one.className}`)
  .concat([...document.querySelectorAll('[data-vaelib-widget] button[aria-pressed=true]')].filter(one => one.checkVisibility()).filter(one => {
    const other = one.parentElement.querySelector('button[aria-pressed=false]');
    return getComputedStyle(one).backgroundColor === getComputedStyle(other).backgroundColor;
  }).map(one => `the pressed button looks like the others: ${one.innerText}`))"""
# How an element that has the focus shows it: the ring in pixels, its contrast with what is behind it. Before the keyboard moves on the
# page writes that down by itself, so that a stop costs no question; `again` looks for up to 60 frames, for the skip link slides in.
WATCH = """() => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const look = (el) => {
    const style = getComputedStyle(el), {top, bottom, left, right} = el.getBoundingClientRect();
    let behind = el.parentElement;
    while (behind && !(numbers(getComputedStyle(behind).backgroundColor)[3] ?? 1)) behind = behind.parentElement;
    const [a, b] = [style.outlineColor, behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)'].map(light);
    return {
      ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth), contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
      seen: el.checkVisibility({visibilityProperty: true}) && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    };
  };
  const name = (el) => el.ariaLabel || el.labels?.[0]?.textContent || el.title || el.textContent || el.dataset.tooltip || '';
  const order = [], stops = [];
  window.walked = new Map();
  const note = (el) => {
    if (el === document.body) return stops.push(null);
    if (!walked.has(el)) walked.set(el, order.push(el) - 1);
    stops.push({number: walked.get(el), name: name(el).trim().slice(0, 60), tag: el.tagName, href: el.getAttribute('href'), ...look(el)});
  };
  let last = null;
  addEventListener('keydown', ({key}) => { if (key === 'Tab') last ? note(document.activeElement) : last = true; }, true);
  window.takeStops = () => stops.splice(0);
  window.again = async (number) => {
    const el = order[number];
    el.blur();
    el.focus();
    for (let frames = 0; frames < 60 && !(look(el).seen && look(el).ring >= 2); frames++) await frame();
    return look(el);
  };
}"""
CONTROLS = ":is(input, select, button:enabled, summary, [tabindex='0'])"
NOT_WALKED = f"""[...document.querySelectorAll("[data-vaelib-widget] {CONTROLS}")]
  .filter(el => el.checkVisibility({{visibilityProperty: true}}) && !window.walked.has(el)).map(el => el.outerHTML.slice(0, 80))"""
# The next Tab goes to the first stop, wherever a click or an earlier question has left the place where the keyboard goes on.
FROM_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus({preventScroll: true});
  document.body.blur();
  document.body.removeAttribute('tabindex');
  scrollTo(0, 0);
}"""
# Each term in turn has the focus, and its note is looked at once it is there.
NOTES = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done)), found = [];
  const shown = () => [...document.querySelectorAll('[role=tooltip]')].find(el => el.checkVisibility({visibilityProperty: true}) && el.offsetWidth);
  for (const word of document.querySelectorAll('a.term')) {
    if (!word.checkVisibility({visibilityProperty: true})) continue; // in a fold that is shut
    word.scrollIntoView({block: 'center', behavior: 'instant'});
    word.focus();
    const end = performance.now() + 5000;
    do await frame(); while (!(shown() && word.matches(':focus')) && performance.now() < end);
    if (!shown()) { found.push(`there is no note of '${word.innerText}'`); continue; }
    const note = shown().getBoundingClientRect(), line = [...word.getClientRects()].pop();
    if (note.left < 0 || note.top < 0 || note.right > innerWidth || note.bottom > innerHeight)
      found.push(`the note of '${word.innerText}' is cut off: ${JSON.stringify(note)}`);
    if (note.top < line.bottom && note.bottom > line.top) found.push(`the note of '${word.innerText}' lies on its own word`);
  }
  return found;
}"""


def figures(page, **_):
    for widget in page.locator("[data-vaelib-widget]").all():
        name = widget.get_attribute("data-vaelib-widget")
        if widget.get_attribute("data-vaelib-failed") is not None:
            yield f"{name} did not start: {widget.inner_text()}"
        elif not widget.evaluate(PAINTED):
            yield f"{name}: a canvas is empty"
        elif off := widget.evaluate(OFF):
            yield f"{name} is {off} pixels higher than the place that was kept free for it: run make heights, then make book"


def pictures(page, **_):
    yield from page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => `a broken picture: ${i.src}`)")


def sources(page, **_):
    for address in page.evaluate("performance.getEntriesByType('resource').map(e => e.name)"):
        if not address.startswith(("http://127.0.0.1", "data:")):
            yield f"loaded from elsewhere: {address}"


def ways_on(page, path, **_):
    """A reader can search, turn the page and report an error, on every page of the text."""
    if not path.startswith(("book/", "notebooks/")):
        return
    if not page.locator(".bd-sidebar-primary").get_by_text("Search").first.is_visible():
        yield "there is no search"
    turns = page.locator(".prev-next-area a")
    ends = path in ("book/index.html", "book/api_pictures.html")
    if turns.count() != (1 if ends else 2) or not all(turn.is_visible() for turn in turns.all()):
        yield f"{turns.count()} ways to turn the page"
    button = page.locator(".article-header-buttons button:has(.fa-github)").first
    button.click(timeout=5000)
    if not page.get_by_role("link", name="Open issue").get_attribute("href", timeout=5000).startswith("https://github.com/"):
        yield "no way to report an error"
    button.click()


def rest_from_motion(page, **_):
    page.emulate_media(reduced_motion="reduce")
    settle(page)
    yield from (f"moves although the reader wants no motion: {html}" for html in page.evaluate(MOVING))
    if page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") != "auto":
        yield "scrolls smoothly although the reader wants no motion"


def widths(page, **_):
    """Everything unfolded: nothing scrolls sideways, zoomed or on a phone; axe finds nothing at the device's own width.

    Of axe's rules only those of colour and size depend on light, dark and width: at the other width they are asked of what comes to view there.
    """
    page.evaluate(UNFOLD)
    page.evaluate("document.activeElement.blur()")  # the theme's tooltip of what has the focus goes with it
    page.wait_for_function("!document.querySelector('.tooltip')")
    own = page.viewport_size["width"]
    for width in WIDTHS[own]:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        wide = page.evaluate(WIDER, width)
        if wide:
            yield f"at {width} pixels the page is wider, {wide}"
        if width in READ_BY_AXE and axe.FILE.is_file():  # test_visit.py says so where it is not
            found = axe.faults(page) if width == own else axe.faults_of_what_came_to_view(page)
            yield from (f"axe at {width} pixels: {fault}" for fault in found)


def press_tab(keys, times):
    """All at once: pressed one by one, each press waits until the page has been painted, which takes longer than all else on a long page."""
    tab = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}

    async def pressed():
        await asyncio.gather(*(keys._impl_obj.send("Input.dispatchKeyEvent", params=tab, timeout=None) for _ in range(times)))

    keys._sync(pressed())  # Playwright's public calls wait for each other


def stops_of(page):
    """What has the focus after each press of Tab: None where the keyboard leaves the page, for it then begins anew."""
    keys = page.context.new_cdp_session(page)
    page.evaluate(WATCH)
    for _ in range(13):
        press_tab(keys, 50)
        yield from page.evaluate("takeStops()")


def walk(page):
    """Every stop of the keyboard from the top of the page to its end."""
    stops = []
    for stop in stops_of(page):
        if stop is None or (stops and stop["number"] == 0):
            return stops
        assert not stops or stop["number"] != stops[-1]["number"], f"the keyboard is caught in {stop['tag']} {stop['name']}"
        stops.append(stop)
    raise AssertionError(f"{len(stops)} stops of the keyboard and no end, the last: {stops[-3:]}")


def keyboard(page, **_):
    page.evaluate(FROM_THE_TOP)
    page.evaluate(UNFOLD)
    stops = walk(page)
    page.keyboard.press("Shift")  # so that the focus that follows counts as one by keyboard
    for stop in stops:
        if stop["ring"] < 2 or not stop["seen"]:
            stop |= page.evaluate("again", stop["number"])
    if len(stops) < 6 or stops[0]["href"] != "#main-content":
        yield f"{len(stops)} stops of the keyboard, the first {stops[:1]}"
    for stop in stops:
        where = f"{stop['tag']} {stop['name']!r} {stop['href'] or ''}"
        if not stop["name"]:
            yield f"the focus is on something without a name: {where}"
        if stop["ring"] < 2 or stop["contrast"] < 3:
            yield f"the focus cannot be seen: {where}, a ring of {stop['ring']} pixels, contrast {stop['contrast']:.2f}"
        if not stop["seen"]:
            yield f"the focus is out of sight: {where}"
    if [stop["number"] for stop in stops] != list(range(len(stops))):
        yield "the keyboard comes to something twice"
    yield from (f"the keyboard does not reach {html}" for html in page.evaluate(NOT_WALKED))


def forced_colours(page, **_):
    """In the reader's own colours a choice can be told from the others, and a key keeps its colours."""
    page.emulate_media(forced_colors="active")
    settle(page)
    yield from page.evaluate(COLOURLESS)


def notes(page, **_):
    """No note of a term is cut off or lies on its own word."""
    page.keyboard.press("Shift")  # so that the focus that follows counts as one by keyboard
    yield from page.evaluate(NOTES)
    page.keyboard.press("Escape")


FIRST_FIGURE = "document.querySelector('[data-vaelib-widget]')?.dataset.vaelibWidget"


def weight(path, first_figure, opened, read, used):
    """The budgets, for what was fetched by the end of each stage."""
    if path not in opened:
        yield "the page itself was not weighed"
    for stage, files in (("opened", opened), ("read", read), ("used", used)):
        limit = PAGE_WITH_ENCODER if any(".encoder." in name for name in files) else PAGE
        if kilobytes(files) > limit:
            largest = sorted(files.items(), key=lambda item: -item[1])[:6]
            yield f"{kilobytes(files):.0f} kB when {stage}, more than {limit}: {largest}"
    if any(".encoder." in name for name in opened) and first_figure != "draw_digit":
        yield "an encoder does not wait until its widget comes into view"
    if kilobytes(used, figures=True) > FIGURES_OF_A_PAGE:
        yield f"{kilobytes(used, figures=True):.0f} kB of figures"
    yield from (f"{name}: {size} bytes" for name, size in used.items() if name.startswith(FIGURES) and size > 1000 * FIGURE)


def ask(questions, page, path):
    """All faults that the questions find; one that cannot be asked is a fault, and stops no other."""
    found = []
    for question in questions:
        try:
            found += [f"{question.__name__}: {fault}" for fault in question(page, path=path)]
        except (AssertionError, Error) as error:
            found.append(f"{question.__name__}: {error}")
    return found


def complaints(watch):
    return [f"the page complains: {error}" for error in watch.errors] + [f"a stranger was asked: {address}" for address in watch.strangers]


def visit_on_a_laptop(page, watch, path):
    """Opened, read to its end and used, by light: (every fault of the page, its weight in words)."""
    scale = Scale(page)
    page.goto(f"{watch.site}/{path}", wait_until="load")
    opened = scale.weigh()
    start_widgets(page)
    found = ask([figures], page, path)
    read_to_the_end(page)
    read = scale.weigh()
    found += ask([pictures, sources, ways_on, rest_from_motion, keyboard], page, path)
    choose_inputs(page)
    used = scale.weigh()
    found += ask([widths, forced_colours], page, path)
    found += [*weight(path, page.evaluate(FIRST_FIGURE), opened, read, used), *complaints(watch)]
    first, last = kilobytes(opened, figures=True), kilobytes(used, figures=True)
    sizes = " ".join(f"{kilobytes(files):.0f} kB {stage}," for stage, files in (("opened", opened), ("read", read), ("used", used)))
    return found, f"{path}: {sizes} figures {first:.0f} to {last:.0f} kB"


def visit_on_a_phone(page, watch, path):
    """By dark, with the finger's screen, and no motion from the start: every fault of the page."""
    page.goto(f"{watch.site}/{path}", wait_until="load")
    start_widgets(page)
    return [*ask([figures, rest_from_motion, keyboard, notes, widths, pictures], page, path), *complaints(watch)]
