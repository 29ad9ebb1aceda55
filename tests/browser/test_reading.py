"""What a reader finds on every built page: words for each picture, the search, the next page, a way to report an error."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "_build" / "html"
sys.path.insert(0, str(SITE.parents[1] / "book" / "_ext"))

from cut_katex import HERE, letters, stamp  # noqa: E402

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
    cards = (
        r'(<a class="page-card"[^>]*>)<img [^>]*alt=""[^>]*>'  # the words of the link say it; read aloud, the picture would say it again
    )
    text, decorations = re.subn(cards, r"\1", text)
    assert bool(decorations) == (path == "book/index.html")
    assert all(picture.get("alt") for picture in Pictures(text).found), "the theme's own have a name at least"
    pictures = Pictures(text.partition("<article")[2].partition("</article>")[0]).found
    alts = [picture.get("alt") or "" for picture in pictures]
    for alt, picture in zip(alts, pictures, strict=True):
        assert len(alt) >= 40 and len(alt.split()) >= 8, f"{picture['src'][:60]}: {alt!r} says too little"
        assert not re.search(r"_images/|\.png|^(a|the) (figure|picture|image|plot)\b|text beside it", alt, re.IGNORECASE), alt
    assert len(alts) == len(set(alts)), "two pictures of a page have the same words"
    assert pictures or not re.match(r"notebooks/\d", path), "a chapter without a picture"


class Formulas(HTMLParser):
    """The letters that a page's formulas draw."""

    def __init__(self, text):
        super().__init__()
        self.depth, self.found = 0, set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "span" and (self.depth or "katex-html" in (dict(attributes).get("class") or "").split()):
            self.depth += 1

    def handle_endtag(self, tag):
        self.depth -= tag == "span" and self.depth > 0

    def handle_data(self, data):
        self.found.update(data if self.depth else "")


def test_every_letter_of_every_formula_is_in_the_fonts():
    """A letter that the cut fonts lack is drawn in another type, or as an empty box."""
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    used = set.union(*(Formulas((SITE / path).read_text(encoding="utf-8")).found for path in PAGES))
    assert used > set("ELBOqz\u03b5\u222b")
    assert not used - letters(readme), f"{sorted(used - letters(readme))}: add them to katex/README.md and run cut_katex.py"
    assert stamp(letters(readme)) in readme, "README.md lists other letters than the fonts were cut for: run cut_katex.py"
