"""A word of the glossary in a real browser: its meaning by mouse, key and touch, without a script, and never cut off."""

import re
from pathlib import Path

from waiting import rest

SITE = Path(__file__).parents[2] / "_build" / "html"
PAGES = sorted(str(p.relative_to(SITE)) for p in SITE.rglob("*.html") if "_static" not in p.parts)
WITH_TERMS = [p for p in PAGES if 'class="term"' in (SITE / p).read_text(encoding="utf-8")]
CHAPTER = "notebooks/04_elbo.html"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
GRACE = 600  # milliseconds: the page's own delay is 250


def visible(page):
    return [note.inner_text() for note in page.locator("[role=tooltip]:visible").all()]


def first_terms(page, count=3):
    terms = page.locator("a.term")
    assert terms.count() >= count
    return [terms.nth(n) for n in range(count)]


def test_most_pages_have_terms_and_the_glossary_itself_has_none():
    assert {CHAPTER, "notebooks/00_prerequisites.html", "book/index.html"} <= set(WITH_TERMS)
    assert "book/glossary.html" not in WITH_TERMS
    for path in WITH_TERMS:
        text = (SITE / path).read_text(encoding="utf-8")
        named = re.findall(r'aria-describedby="(note-[^"]+)"', text)
        assert len(named) == len(set(named)) and all(f'id="{name}" hidden' in text for name in named)


def test_a_mouse_may_travel_onto_the_note_and_escape_takes_it_away(open_page):
    page, watch = open_page(CHAPTER)
    word, other, _ = first_terms(page)
    word.hover()
    rest(page, GRACE)
    (text,) = visible(page)
    assert len(text) > 20
    note = page.locator("[role=tooltip]:visible")
    note.hover()
    rest(page, GRACE)
    assert visible(page) == [text], "the note stays under the pointer"
    page.mouse.move(2, 450)
    rest(page, GRACE)
    assert visible(page) == []
    word.hover()
    rest(page, GRACE)
    page.keyboard.press("Escape")
    assert visible(page) == [], "dismissed without moving pointer or focus"
    other.hover()
    rest(page, GRACE)
    assert len(visible(page)) == 1 and visible(page) != [text]
    assert watch.errors == []


def test_a_passing_mouse_opens_nothing(open_page):
    page, _ = open_page(CHAPTER)
    first_terms(page)[0].hover()
    page.mouse.move(2, 450)
    rest(page, GRACE)
    assert visible(page) == []


def test_the_keyboard_opens_a_note_and_keeps_its_place(open_page):
    page, _ = open_page(CHAPTER)
    word, following, _ = first_terms(page)
    word.focus()
    page.keyboard.press("Tab")
    assert following.evaluate("el => el === document.activeElement")
    (text,) = visible(page)
    assert text == page.locator(f"#{following.get_attribute('aria-describedby')}").inner_text()
    page.keyboard.press("Escape")
    assert visible(page) == [] and following.evaluate("el => el === document.activeElement")
    page.keyboard.press("Tab")
    assert len(visible(page)) == 1
    page.evaluate("document.activeElement.blur()")
    assert visible(page) == []


def test_a_tap_shows_a_second_tap_follows_and_a_tap_elsewhere_hides(open_page):
    page, _ = open_page(CHAPTER, **PHONE)
    other, _, word = first_terms(page)
    word.tap()
    (first,) = visible(page)
    other.tap()
    assert len(visible(page)) == 1 and visible(page) != [first] and page.url.endswith(CHAPTER)
    page.locator("[role=tooltip]:visible").tap()
    assert visible(page) == [] and page.url.endswith(CHAPTER), "a tap on the note uncovers what lies under it"
    word.tap()
    page.locator("article h1").tap()
    assert visible(page) == []
    word.tap()
    word.tap()
    page.wait_for_url("**/book/glossary.html#term-*")
    entry = page.locator(":target")
    assert entry.is_visible() and first in page.locator("dl.glossary").inner_text().replace("\n", " ")


def test_without_scripts_a_term_is_a_link_to_its_entry(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{CHAPTER}")
    word = page.locator("a.term").first
    assert visible(page) == []
    word.click()
    page.wait_for_url("**/book/glossary.html#term-*")
    assert page.locator("dt:target").is_visible()
    context.close()


def test_every_entry_that_a_page_points_to_exists():
    ids = set(re.findall(r'<dt id="(term-[^"]+)"', (SITE / "book/glossary.html").read_text(encoding="utf-8")))
    for path in WITH_TERMS:
        asked = re.findall(r'class="term" href="[^"#]*#([^"]+)"', (SITE / path).read_text(encoding="utf-8"))
        assert asked and set(asked) <= ids, path
