"""The running average and the logit as the reader meets them: their numbers against NumPy and torch, their handle, button and link."""

import json
import re
from urllib.parse import quote

import numpy as np
import pytest
import torch
from axe import faults
from waiting import eventually, settle

from vaelib.widgets import LogitCurve, RunningAverage

EXACT = {"z": lambda z: z, "z\u00b2": lambda z: z**2, "z > 1": lambda z: (z > 1).astype(float)}
NORMAL = torch.distributions.Normal(torch.tensor(0.0).double(), 1.0)
EXACT_MEANS = {"z": 0.0, "z\u00b2": 1.0, "z > 1": 1 - NORMAL.cdf(torch.tensor(1.0).double()).item()}


def table(page):
    """The terms of the figure as text: {name: value}."""
    settle(page)
    rows = page.locator("dl.vaelib-terms")
    return dict(zip(rows.locator("dt").all_inner_texts(), rows.locator("dd").all_inner_texts(), strict=True))


def read(text):
    return float(text.replace("\u2212", "-"))


def draws(page, seed):
    return np.array(page.evaluate("seed => import('/js/engine/random.mjs').then(of => Array.from(of.normals(10000, seed)))", seed))


@pytest.mark.parametrize("of", EXACT)
def test_average_and_standard_error_are_those_of_the_draws(open_widget, of):
    random = np.random.default_rng(20261128)
    page, watch = open_widget(RunningAverage(of=of, n=2, sample_seed=1))
    for n in (2, *random.integers(3, 10_001, 2).tolist()):
        seed = int(random.integers(0, 2**31))
        page.evaluate(
            "hash => { location.hash = hash; }", "#running_average-1=" + quote(json.dumps({"of": of, "n": n, "sample_seed": seed}))
        )
        shown = table(page)
        values = EXACT[of](draws(page, seed)[:n])
        assert shown["draws"] == str(n)
        assert read(shown["average"]) == pytest.approx(values.mean(), abs=5.1e-5)
        assert read(shown["standard error"]) == pytest.approx(values.std(ddof=1) / n**0.5, abs=5.1e-5)
        assert read(shown["off by"]) == pytest.approx(abs(values.mean() - EXACT_MEANS[of]), abs=5.1e-5)
    assert watch.errors == []


def test_draw_brings_ten_times_as_many_and_the_handle_sets_how_many(open_widget):
    page, watch = open_widget(RunningAverage(n=10, sample_seed=3))
    page.get_by_role("button", name="Draw", exact=True).click()
    eventually(lambda: table(page)["draws"], lambda draws: draws == "100")
    handle = page.locator(".vaelib-handle")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    more = int(table(page)["draws"])
    assert more > 200 and re.search(rf"over {more} draws", page.locator(".vaelib-live").inner_text())
    handle.press("ArrowLeft")
    assert int(table(page)["draws"]) < more
    before = table(page)["average"]
    page.get_by_role("button", name="New draws").click()
    assert table(page)["average"] != before
    page.get_by_role("button", name="Reset").click()
    assert table(page)["draws"] == "10" and watch.errors == []


def test_one_draw_claims_no_error_of_its_own(open_widget):
    page, watch = open_widget(RunningAverage(n=1, sample_seed=3))
    assert table(page)["standard error"] == "needs two draws"
    assert "one draw cannot tell" in page.locator(".vaelib-live").inner_text() and watch.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_average_fits_laptop_and_phone_and_axe_finds_nothing(open_widget, scheme):
    page, _ = open_widget(RunningAverage(), color_scheme=scheme, viewport={"width": 1280, "height": 800})
    page.locator("summary").click()
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []


def test_probability_odds_and_logit_are_torchs(open_widget):
    page, watch = open_widget(LogitCurve())
    for logit in (0.0, *np.random.default_rng(4).uniform(-6, 6, 6).round(2).tolist()):
        page.evaluate("hash => { location.hash = hash; }", "#logit_curve-1=" + quote(json.dumps({"logit": logit})))
        settle(page)
        probability = torch.tensor(logit).double().sigmoid().item()
        shown = [read(text) for text in page.locator(".vaelib-bar-value").all_inner_texts()]
        assert shown == pytest.approx([probability, 1 - probability], abs=5.1e-5)
        odds = table(page)["odds \u03c0 / (1 \u2212 \u03c0)"]
        first, second = (read(one) for one in odds.split(" to "))
        assert first / second == pytest.approx(probability / (1 - probability), rel=6e-3)
        assert read(table(page)["logarithm of the odds"]) == pytest.approx(logit, abs=5.1e-3)
    assert watch.errors == []
