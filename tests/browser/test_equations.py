"""Ticks in a real browser: each leads to its check and back, and what breaks an equation says so in numbers."""

import re

import pytest
from axe import faults
from visits import PAGES, SITE

WITH_TICKS = [path for path in PAGES if 'class="tick"' in (SITE / path).read_text(encoding="utf-8")]
IN_SIGHT = "el => { const box = el.getBoundingClientRect(); return box.height > 0 && box.bottom > 0 && box.top < innerHeight; }"


def test_every_numbered_equation_has_its_tick():
    assert len(WITH_TICKS) >= 5
    for path in WITH_TICKS:
        page = (SITE / path).read_text(encoding="utf-8")
        assert page.count('<span class="eqno">') == page.count('class="tick"') == len(re.findall('id="check-', page)), path


@pytest.mark.parametrize("path", WITH_TICKS)
@pytest.mark.parametrize(
    "options", [{}, {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}], ids=["laptop", "phone without script"]
)
def test_a_tick_leads_to_its_check_and_the_check_back(browser, site, path, options):
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    page.goto(f"{site}/{path}", wait_until="load")
    for place in page.locator(".tick > a").evaluate_all("all => all.map(el => el.getAttribute('href'))"):
        label = place.removeprefix("#check-")
        link = page.locator(f".tick > a[href='{place}']")
        assert link.bounding_box()["height"] >= 24
        link.focus()
        page.keyboard.press("Enter")
        cell = page.locator(f"div.cell:has({place}), div.cell{place}")
        code = cell.locator("pre").first
        if options.get("java_script_enabled") is not False:
            code.wait_for()  # its fold opens at the event that follows the jump
        elif not code.is_visible():  # no script opens the fold: its name is in sight
            assert cell.locator("summary").first.evaluate(IN_SIGHT)
            cell.locator("summary").first.press("Enter")
        assert re.match(rf"# checks (?:[a-z0-9-]+, )*{label}\b", code.inner_text()) and code.evaluate(IN_SIGHT)
        back = cell.locator(f".tick-back > a[href='#equation-{label}']")
        assert back.bounding_box()["height"] >= 24
        back.click()
        assert page.locator(f"#equation-{label}").evaluate(IN_SIGHT)
    context.close()


# Each mistake three times: pressed, pressed again, new numbers; and what the panel said each time.
PRESS = """el => {
  const said = () => el.querySelector('.tick-verdict').textContent;
  const numbers = () => el.querySelector('.tick-inputs').textContent + el.querySelector('.tick-sides').textContent;
  const buttons = [...el.querySelectorAll('.tick-buttons > button')], fresh = buttons.pop();
  return buttons.flatMap((one) => Array.from({ length: 3 }, () => {
    one.click();
    const time = { mistake: one.textContent, pressed: one.getAttribute('aria-pressed'), broken: said() };
    one.click();
    Object.assign(time, { mended: said(), before: numbers() });
    fresh.click();
    return { ...time, fresh: said(), after: numbers() };
  }));
}"""
VERDICT = re.compile(r"^✗ Off by (beyond all numbers|\S+)(?: \w+)? with .+ \(allowed: (\S+?)(?: \w+)?\)\.$")


def number(text):
    return float("inf") if text == "beyond all numbers" else float(text.replace("−", "-"))


@pytest.mark.parametrize("path", WITH_TICKS)
@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}, "has_touch": True}], ids=["light", "dark phone"]
)
def test_each_equation_is_broken_and_mended_in_the_page(open_page, path, options):
    page, watch = open_page(path, reduced_motion="reduce", **options)
    loaded = "performance.getEntriesByType('resource').filter(e => /vaelib\\/equations\\./.test(e.name)).length"
    assert page.evaluate(loaded) == 0, "the module waits until a panel is opened"
    rows = page.locator(".tick[data-breaks]")
    assert rows.count() == page.locator(".tick").count()
    for row in rows.all():
        row.locator("> button").click()
        verdict = row.locator(".tick-verdict")
        verdict.wait_for(state="visible")
        good = verdict.evaluate("el => getComputedStyle(el).color")
        times = row.evaluate(PRESS)
        for mistake in {time["mistake"] for time in times}:
            noticed = [VERDICT.match(time["broken"]) for time in times if time["mistake"] == mistake]
            assert sum(map(bool, noticed)) >= 2, mistake  # of three: a rare draw hides a mistake
            assert all(number(found[1]) > number(found[2]) for found in noticed if found)
        assert all(
            time["pressed"] == "true" and time["mended"][0] == "✓" == time["fresh"][0] and time["before"] != time["after"] for time in times
        )
        row.locator(".tick-buttons > button").first.click()
        if VERDICT.match(verdict.inner_text()):
            page.wait_for_function(f"el => getComputedStyle(el).color !== '{good}'", arg=verdict.element_handle())  # in the next frame
        assert not row.evaluate("el => [...el.querySelectorAll('button')].filter(b => b.offsetHeight < 24).length")
    assert page.evaluate(loaded) == 1 and (watch.errors, watch.strangers) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert faults(page, ".tick") == []


def test_a_panel_is_worked_by_keys_alone(open_page):
    page, watch = open_page("notebooks/04_elbo.html")
    row = page.locator(".tick[data-breaks=eq-kl]")
    row.locator("a").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    row.locator(".tick-verdict").wait_for(state="visible")
    assert row.locator("> button").get_attribute("aria-expanded") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert re.match("✗ Off by .* nats with sign flipped", row.locator(".tick-verdict").inner_text())
    row.locator("> button").focus()
    page.keyboard.press("Enter")
    assert row.locator(".tick-panel").is_hidden()
    page.keyboard.press("Enter")
    assert row.locator(".tick-verdict").inner_text().startswith("✗"), "a panel that is closed and opened again is as it was left"
    assert watch.errors == []


def test_on_paper_an_equation_keeps_its_tick_and_nothing_to_press(open_page):
    page, _ = open_page("notebooks/04_elbo.html")
    page.locator(".tick > button").first.click()
    page.locator(".tick-verdict").wait_for(state="visible")
    page.emulate_media(media="print")
    assert (
        page.locator(".tick > a").first.is_visible() and page.locator(".tick :is(button, .tick-panel)").locator("visible=true").count() == 0
    )
