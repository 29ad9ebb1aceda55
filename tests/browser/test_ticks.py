"""Ticks in a real browser: each leads to its check and back, and what breaks an equation says so in numbers."""

import re

import pytest
from test_pages import PAGES, SITE

WITH_TICKS = [path for path in PAGES if 'class="tick"' in (SITE / path).read_text(encoding="utf-8")]
IN_SIGHT = "el => { const box = el.getBoundingClientRect(); return box.height > 0 && box.bottom > 0 && box.top < innerHeight; }"


def test_every_numbered_equation_has_its_tick():
    assert len(WITH_TICKS) >= 5
    for path in WITH_TICKS:
        page = (SITE / path).read_text(encoding="utf-8")
        assert page.count('<span class="eqno">') == page.count('class="tick"') == len(re.findall('id="check-', page)), path


@pytest.mark.parametrize("path", WITH_TICKS)
@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}], ids=["laptop", "phone without script"])
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
        assert re.match(rf"# checks (?:[a-z0-9-]+, )*{label}\b", code.inner_text()) and code.evaluate(IN_SIGHT)
        back = cell.locator(f".tick-back > a[href='#equation-{label}']")
        assert back.bounding_box()["height"] >= 24
        back.click()
        assert page.locator(f"#equation-{label}").evaluate(IN_SIGHT)
    context.close()
