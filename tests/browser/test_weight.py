"""What the served files cost a reader. The weight of each page is printed and judged by its visit (visits.py)."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from weight import FIGURES, SITE, gzipped, kilobytes, visit  # noqa: E402

BUNDLE = 30  # kB after gzip


def test_every_kind_of_page_was_weighed(browser, site):
    """Or the limits above would hold for want of widgets, encoders and figures."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    weight = visit(context.new_page(), f"{site}/notebooks/01_two_numbers.html")
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
