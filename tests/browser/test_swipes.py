"""On a phone: a swipe that begins beside a handle scrolls the page, one that begins on it drags, and a tap brings the point."""

import pytest
from touch import finger
from waiting import eventually

from vaelib.widgets import LatentExplorer, MixturePosterior, TruthBench

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
FIGURES = {
    "the latent plane": lambda: LatentExplorer("mnist-2d", z=(0.0, 0.0)),
    "the plane of a mixture": MixturePosterior,
    "a secant": lambda: TruthBench(view="jensen"),
}


def opened(open_widget, name):
    page, watch = open_widget(FIGURES[name](), **PHONE)
    page.evaluate("document.body.style.padding = '900px 0 2000px'")
    canvas = page.locator("canvas").first if name != "a secant" else page.locator("canvas[tabindex='0']").last
    canvas.evaluate("el => el.scrollIntoView({block: 'center', behavior: 'instant'})")
    return page, watch, canvas.bounding_box()


def test_a_swipe_beside_the_handle_scrolls_and_changes_nothing(open_widget):
    for name in FIGURES:
        page, watch, box = opened(open_widget, name)
        before = page.evaluate("scrollY")
        x, y = box["x"] + 0.75 * box["width"], box["y"] + 0.8 * box["height"]
        finger(page, [(x, y - 25 * i) for i in range(9)])
        page.wait_for_timeout(500)  # the address follows a change after 400 ms
        assert page.evaluate("scrollY") - before > 80, name
        assert page.evaluate("location.hash") == "" and watch.errors == [], name


@pytest.mark.parametrize("start", [(0.0, 0.0), (20.0, -10.0)], ids=["on the ring", "near it"])
def test_a_swipe_that_begins_at_the_ring_drags_it_in_both_directions(open_widget, start):
    page, _, box = opened(open_widget, "the latent plane")
    before = page.evaluate("scrollY")
    middle = box["x"] + 38 + (box["width"] - 46) / 2 + start[0], box["y"] + 8 + (box["height"] - 46) / 2 + start[1]
    finger(page, [(middle[0] + 2 * i, middle[1] - 8 * i) for i in range(9)])
    values = [float(slider.input_value()) for slider in page.locator("input[type=range]").all()]
    assert page.evaluate("scrollY") == before
    assert values[1] > 0.8 and 0 < values[0] < values[1]


def test_a_tap_and_a_stroke_to_the_side_bring_the_point(open_widget):
    page, _, box = opened(open_widget, "the plane of a mixture")
    x, y = box["x"] + 0.9 * box["width"], box["y"] + 0.1 * box["height"]
    page.touchscreen.tap(x, y)
    address = lambda: page.evaluate("location.hash")  # noqa: E731
    tapped, before = eventually(address), page.evaluate("scrollY")
    finger(page, [(x - 15 * i, y + i) for i in range(9)])
    eventually(address, lambda now: now != tapped)
    assert page.evaluate("scrollY") == before
