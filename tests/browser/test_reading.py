"""What a reader finds on every built page: words for each picture, the search, the next page, a way to report an error."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "_build" / "html"
PAGES = sorted(str(p.relative_to(SITE)) for p in SITE.rglob("*.html") if "_static" not in p.parts)


class Pictures(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.found.append(dict(attributes))


@pytest.mark.parametrize("path", PAGES)
def test_every_picture_has_words_of_its_own(path):
    """Those of a figure are written in its cell: `"metadata": {"mystnb": {"image": {"alt": "..."}}}`."""
    text = (SITE / path).read_text(encoding="utf-8")
    assert all(picture.get("alt") for picture in Pictures(text).found), "the theme's own have a name at least"
    pictures = Pictures(text.partition("<article")[2].partition("</article>")[0]).found
    alts = [picture.get("alt") or "" for picture in pictures]
    for alt, picture in zip(alts, pictures):
        assert len(alt) >= 40 and len(alt.split()) >= 8, f"{picture['src'][:60]}: {alt!r} says too little"
        assert not re.search(r"_images/|\.png|^(a|the) (figure|picture|image|plot)\b|text beside it", alt, re.IGNORECASE), alt
    assert len(alts) == len(set(alts)), "two pictures of a page have the same words"
    assert pictures or not re.match(r"notebooks/\d", path), "a chapter without a picture"


@pytest.mark.parametrize("path", [path for path in PAGES if path.startswith(("book/", "notebooks/"))])
def test_a_reader_can_search_and_turn_the_page_anywhere(open_page, path):
    page, _ = open_page(path)
    assert page.locator(".bd-sidebar-primary").get_by_text("Search").first.is_visible()
    turns = page.locator(".prev-next-area a")
    ends = path in ("book/index.html", "book/accessibility.html")
    assert turns.count() == (1 if ends else 2) and all(turn.is_visible() for turn in turns.all())
    page.locator(".article-header-buttons button:has(.fa-github)").first.click()
    assert page.get_by_role("link", name="Open issue").get_attribute("href").startswith("https://github.com/")
