"""Previous and Next follow the reading path that was chosen, say so, and can leave it."""

import html
import json
import re
import sys
from pathlib import Path

import pytest
from axe import faults
from test_progress import complaints
from waiting import eventually

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook import paths  # noqa: E402

WAYS = paths.read(ROOT)[1:]
CHOOSE = "way => localStorage.setItem('vaelib-path', way)"


def name_of(address):
    return address.split("#")[0].rpartition("/")[2].removesuffix(".html")


def links(page):
    """(name of the page before, name of the page after) at the foot, None where there is none."""
    found = [page.locator(f".prev-next-area a.{side}") for side in ("left-prev", "right-next")]
    return tuple(name_of(one.get_attribute("href")) if one.count() else None for one in found)


@pytest.fixture
def on(new_page, site):
    """on(path, way) -> (page, watch): a page opened by a reader who chose this way."""

    def open_(path, way, **options):
        page, watch = new_page(**options)
        page.goto(f"{site}/404.html")
        page.evaluate(CHOOSE, way)
        page.goto(f"{site}/{path}", wait_until="load")
        return page, watch

    return open_


def ways_of(path):
    """What a built page carries for the script: {way: where it leads}."""
    text = (ROOT / "_build" / "html" / path).read_text(encoding="utf-8")
    return {way["id"]: way for way in json.loads(html.unescape(re.search(r'<meta name="vaebook-ways" content="([^"]*)"', text)[1]))}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.id)
def test_next_leads_along_the_whole_path_and_previous_back(way):
    names = [one.rpartition("/")[2] for one in way.pages]
    pages = ["book/index.html", *(f"{one}.html" for one in way.pages)]
    for number, path in enumerate(pages):
        leads = ways_of(path)[way.id]
        assert (leads["at"], leads["of"]) == (number, len(names))
        before, after = (leads[side] and name_of(leads[side][0]) for side in ("before", "after"))
        assert (before, after) == ([None, "index", *names][number], [*names, "index"][number])
        for address, _ in filter(None, (leads["before"], leads["after"])):
            assert (ROOT / "_build" / "html" / path).parent.joinpath(address.split("#")[0]).is_file()


def test_next_is_followed_from_the_front_page(on):
    page, watch = on("book/index.html", "curious")
    names = [one.rpartition("/")[2] for one in next(way for way in WAYS if way.id == "curious").pages][:2]
    for number, name in enumerate(names, 1):
        page.wait_for_load_state("networkidle")
        with page.expect_navigation(wait_until="load"):
            page.locator(".prev-next-area a.right-next").click()
        assert name_of(page.url) == name and f"page {number} of " in page.locator(".way-note").inner_text()
    assert complaints(watch) == []


def test_a_page_beside_the_path_leads_back_to_it(on):
    way = next(way for way in WAYS if way.id == "coder")
    assert "notebooks/03_draws" not in way.pages
    page, _ = on("notebooks/03_draws.html", way.id, viewport={"width": 390, "height": 844})
    assert "this page is not on it" in page.locator(".way-note").inner_text()
    assert links(page) == ("02_pixels", "04_elbo")
    assert faults(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_path_is_chosen_on_the_front_page_and_left_at_the_foot(new_page, site):
    page, watch = new_page()
    page.goto(f"{site}/book/index.html", wait_until="load")
    own = links(page)
    assert not page.locator(".way-note").is_visible()
    page.get_by_role("radio", name="I know probability").check()
    assert links(page) == (None, "02_generative_story") != own
    page.goto(f"{site}/notebooks/02_pixels.html")
    assert links(page)[1] == "04_data_set"
    note = page.locator(".way-note")
    assert "I know probability" in note.inner_text() and "next on your path" in page.locator(".right-next").inner_text().lower()
    note.get_by_role("button", name="Leave the path").click()
    assert links(page)[1] == "03_intractable_posterior" and "left the path" in note.inner_text()
    page.reload()
    assert not note.is_visible() and links(page)[1] == "03_intractable_posterior"
    page.go_back()
    eventually(lambda: page.get_by_role("radio").first.is_checked())
    assert complaints(watch) == []


def test_without_scripts_next_follows_the_contents(new_page, site):
    page, _ = new_page(java_script_enabled=False)
    page.goto(f"{site}/notebooks/02_pixels.html")
    assert links(page) == ("02_generative_story", "03_intractable_posterior")


def test_a_path_that_is_unknown_is_none(on):
    page, watch = on("notebooks/02_pixels.html", "a path of last year")
    assert not page.locator(".way-note").is_visible() and links(page)[1] == "03_intractable_posterior" and complaints(watch) == []
