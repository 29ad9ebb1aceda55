"""The collapse doctor in a real browser: each run's numbers are the stored ones, and the figure fits."""

import random
import re

import pytest
from waiting import settle

from vaelib.widgets import CollapseDoctor
from vaelib.widgets.collapse_doctor import CURES


def shown(page, canvas):
    return [float(one) for one in re.findall(r"\d+\.\d\d", page.locator("canvas").nth(canvas).get_attribute("aria-label"))]


def test_the_bars_are_those_of_the_stored_runs(open_widget):
    page, watch = open_widget(CollapseDoctor())
    generator = random.Random()
    for _ in range(5):
        state = {"cure": generator.choice(CURES[1:]), "seed": generator.randint(0, 2), "stop": generator.randint(0, 10)}
        widget = CollapseDoctor(**state)
        label = {"smaller std": "smaller σ", "learned std": "learned σ", "beta 4": "β = 4"}.get(state["cure"], state["cure"])
        page.get_by_role("button", name=label, exact=True).click()
        for name, value in (("seed", state["seed"]), ("epoch", state["stop"])):
            page.get_by_role("slider", name=name).fill(str(value))
        settle(page)
        assert shown(page, 0) == pytest.approx(list(widget.kl("no cure")), abs=0.006)
        assert shown(page, 1) == pytest.approx(list(widget.kl(state["cure"])), abs=0.006)
        assert ("Verdict" in page.locator(".vaelib-live").inner_text()) == (state["stop"] == 10)
    assert watch.errors == []


def test_it_fits_a_laptop_and_a_phone(open_widget):
    for size, most in (((1280, 800), 640), ((390, 844), 1150)):
        page, _ = open_widget(CollapseDoctor(), viewport={"width": size[0], "height": size[1]})
        assert page.locator(".vaelib-card").bounding_box()["height"] < most
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
