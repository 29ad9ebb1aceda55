"""What each page costs a reader: printed for every page, and held to the book's budgets."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from weight import FIGURES, SITE, gzipped, kilobytes, visit  # noqa: E402

PAGES = sorted(str(p.relative_to(SITE)) for p in SITE.rglob("*.html") if "_static" not in p.parts)
PAGE, PAGE_WITH_ENCODER, FIGURE, FIGURES_OF_A_PAGE, BUNDLE = 500, 620, 60, 400, 30  # kB after gzip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_to_its_budget(browser, site, path, capsys):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    weight = visit(context.new_page(), f"{site}/{path}")
    context.close()
    opened, read, used = (kilobytes(files) for files in weight)
    figures_first, figures = (kilobytes(files, figures=True) for files in (weight.opened, weight.used))
    with capsys.disabled():
        print(f"\n{path}: {opened:.0f} kB opened, {read:.0f} read, {used:.0f} used; figures {figures_first:.0f}, {figures:.0f}", end=" ")
    assert path in weight.opened, "the page itself was not weighed"
    for size, files in ((opened, weight.opened), (read, weight.read), (used, weight.used)):
        encoder = any(".encoder." in name for name in files)
        assert size <= (PAGE_WITH_ENCODER if encoder else PAGE), sorted(files.items(), key=lambda item: -item[1])[:6]
    assert not any(".encoder." in name for name in weight.opened), "an encoder waits until its widget comes into view"
    assert figures <= FIGURES_OF_A_PAGE
    assert all(size <= 1000 * FIGURE for name, size in weight.used.items() if name.startswith(FIGURES))


def test_every_kind_of_page_was_weighed(browser, site):
    """Or the limits above would hold for want of widgets, encoders and figures."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    weight = visit(context.new_page(), f"{site}/notebooks/01_hidden_causes.html")
    context.close()
    kinds = [".decoder.", ".codes.", ".mjs", FIGURES]
    assert all(any(kind in name for name in weight.read) for kind in kinds)
    assert any(".encoder." in name for name in weight.used)
    assert kilobytes(weight.opened, figures=True) < kilobytes(weight.used, figures=True), "figures wait until the reader comes near"


@pytest.mark.parametrize("bundle", sorted((ROOT / "vaelib" / "widgets" / "static").glob("*.*")), ids=lambda path: path.name)
def test_a_widgets_bundle_is_small(bundle):
    assert gzipped(bundle) <= 1000 * BUNDLE


def test_what_the_theme_carries_in_vain_is_not_served():
    names = [path.name for path in (SITE / "_static").rglob("*")]
    assert not [
        name for name in names if name.startswith(("fontawesome.js", "mathjax", "thebe", "require")) or name.endswith((".map", ".ttf"))
    ]
    icons = list((SITE / "_static" / "vendor" / "fontawesome").rglob("*.woff*"))
    assert icons and sum(map(gzipped, icons)) < 20_000
