"""The waterline in a real browser: the line by hand and by keys, the one knob with two names, a link, and its size."""

import json
import re

import numpy as np
import pytest
from waiting import settle

from vaelib.widgets import Waterline


def words(page):
    return page.locator(".vaelib-live").inner_text()


def costs(page):
    label = page.locator("canvas").nth(1).get_attribute("aria-label")
    return [float(one) for one in re.findall(r"\d+\.\d\d", label)]


@pytest.mark.parametrize("state", [{}, {"data": "mnist", "beta": 4, "variance": 0.3, "latents": 20}, {"beta": 20, "variance": 2}])
def test_the_page_tells_the_kl_that_python_computes(open_widget, state):
    widget = Waterline(**state)
    page, watch = open_widget(widget)
    np.testing.assert_allclose(costs(page), widget.kl(), atol=0.006)
    used = int((widget.kl() > 0).sum())
    assert ("Every latent is below" if used == 0 else f"{widget.kl().sum():.2f} nats an image") in words(page)
    assert watch.errors == []


def test_the_line_is_dragged_to_a_beta_and_moved_by_keys(open_widget):
    page, _ = open_widget(Waterline())
    box = page.locator("canvas").first.bounding_box()
    at = lambda power: box["y"] + 24 + (box["height"] - 48) * (3 - power) / 6  # noqa: E731
    page.mouse.move(box["x"] + box["width"] / 2, at(-1))
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, at(-0.4), steps=4)
    page.mouse.up()
    settle(page)
    beta = lambda: 10 ** float(page.get_by_role("slider", name="β").input_value())  # noqa: E731
    assert beta() == pytest.approx(10**0.6, rel=0.08)
    held = beta()
    page.locator("canvas").first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    settle(page)
    assert beta() == pytest.approx(held * 10**-0.2, rel=0.06)


def test_beta_and_the_variance_move_one_line(open_widget):
    shown = []
    for state in ({"beta": 4.0, "variance": 0.1}, {"beta": 1.0, "variance": 0.4}):
        page, _ = open_widget(Waterline(), f"#waterline-1={json.dumps(state)}")
        shown.append((costs(page), page.locator("canvas").first.evaluate("el => el.toDataURL()")))
    assert shown[0] == shown[1]


def test_it_fits_a_laptop_and_a_phone(open_widget):
    for size, most in (((1280, 800), 620), ((390, 844), 1000)):
        page, _ = open_widget(Waterline(), viewport={"width": size[0], "height": size[1]})
        assert page.locator(".vaelib-card").bounding_box()["height"] < most
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
