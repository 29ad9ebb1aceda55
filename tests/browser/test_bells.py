"""The figures with a curve and handles to drag, in no chapter: their numbers against torch and SciPy on states drawn anew, and their handles."""

import json
from itertools import pairwise
from urllib.parse import quote

import numpy as np
import pytest
import torch
from axe import faults
from scipy.integrate import quad
from scipy.optimize import minimize
from test_accessibility import TARGETS
from torch.distributions import Categorical, MixtureSameFamily, Normal, kl_divergence
from waiting import eventually, rest, settle

from vaelib.widgets import CodedLine, Divergences, LogitCurve, TwoBells, coded_line

WIDGET = "[data-vaelib-widget]"
SEED = 20260108
FIGURES = {"two_bells": TwoBells, "coded_line": CodedLine, "divergences": Divergences, "logit_curve": LogitCurve}
figures = pytest.mark.parametrize("name", FIGURES)


def shown(page):
    """The numbers of the bars."""
    settle(page)
    texts = page.locator(".vaelib-bar-value").all_inner_texts()
    return [float(text.removesuffix(" nats").replace("\u2212", "-")) for text in texts]


def set_state(page, name, state):
    page.evaluate("hash => { location.hash = hash; }", f"#{name}-1=" + quote(json.dumps(state)))
    settle(page)


def in_address(page, name):
    rest(page, 600)  # the address is written at rest
    return page.evaluate("name => import('/host/host.mjs').then(host => host.parseFragment(location.hash).get(name + '-1') ?? {})", name)


def computed(page, module, expression, states):
    return page.evaluate(f"states => import('/js/{module}').then(of => states.map(state => {expression}))", states)


def expectation(f, q):
    """The average of f(z) under a Gaussian, by SciPy."""
    value = lambda z: np.exp(q.log_prob(torch.tensor(z)).item()) * f(torch.tensor(z, dtype=torch.float64)).item()  # noqa: E731
    middle, std = q.mean.item(), q.stddev.item()
    points = [middle + times * std for times in (-10, -2, 0, 2, 10)]
    return sum(quad(value, low, high, epsabs=1e-9, limit=200)[0] for low, high in pairwise(points))


def test_the_two_kls_are_torchs(open_widget):
    random = np.random.default_rng(SEED)
    page, watch = open_widget(TwoBells())
    states = []
    for _ in range(8):
        q_mean, p_mean, q_std, p_std = (round(float(value), 3) for value in [*random.uniform(-3, 3, 2), *random.uniform(0.5, 2.5, 2)])
        states.append({"q_mean": q_mean, "q_std": q_std, "p_mean": p_mean, "p_std": p_std})
    bells = "of.klBetween({mean: state.q_mean, std: state.q_std}, {mean: state.p_mean, std: state.p_std})"
    for state, value in zip(states, computed(page, "exact/bells.mjs", bells, states), strict=True):
        q, p = (Normal(torch.tensor(state[f"{one}_mean"]).double(), state[f"{one}_std"]) for one in "qp")
        wanted = [kl_divergence(q, p).item(), kl_divergence(p, q).item()]
        assert value == pytest.approx(wanted[0], abs=1e-6)
        set_state(page, "two_bells", state)
        assert shown(page) == pytest.approx(wanted, abs=5.1e-4)
        assert ("q" if q.stddev > p.stddev else "p") + " is the wider bell" in page.locator(".vaelib-live").inner_text()
    assert watch.errors == []


def mixture(weights, means, stds):
    weights, means, stds = (torch.tensor(values).double() for values in (weights, means, stds))
    return MixtureSameFamily(Categorical(weights), Normal(means, stds))


def kl_by_scipy(q, p):
    return expectation(lambda z: q.log_prob(z) - p.log_prob(z), q)


def test_information_and_mismatch_are_scipys(open_widget):
    random = np.random.default_rng(SEED)
    page, watch = open_widget(CodedLine())
    states = [
        {"mean": random.uniform(-3.5, 3.5, 8).round(3).tolist(), "std": random.uniform(0.1, 1.5, 8).round(3).tolist()} for _ in range(3)
    ]
    for state, value in zip(states, computed(page, "widgets/coded_line/split.mjs", "of.split(of.codes(state))", states), strict=True):
        aggregate = mixture([0.125] * 8, state["mean"], state["std"])
        codes = [Normal(torch.tensor(mean).double(), std) for mean, std in zip(state["mean"], state["std"], strict=True)]
        information = np.mean([kl_by_scipy(q, aggregate) for q in codes])
        kl = np.mean([kl_divergence(q, Normal(torch.tensor(0.0).double(), 1.0)).item() for q in codes])
        wanted = {"information": information, "mismatch": kl - information, "kl": kl}
        assert value == pytest.approx(wanted, abs=1e-6)
        set_state(page, "coded_line", state)
        assert shown(page) == pytest.approx(list(wanted.values()), abs=5.1e-4)
    assert watch.errors == []


def test_the_presets_of_python_and_of_the_page_are_the_same(open_widget):
    page, _ = open_widget(CodedLine(preset="sharp"))
    before = shown(page)
    presets = page.evaluate("import('/js/widgets/coded_line/split.mjs').then(of => of.PRESETS)")
    assert {name: (tuple(one["mean"]), tuple(one["std"])) for name, one in presets.items()} == coded_line.PRESETS
    page.get_by_role("button", name="all the same").click()
    assert before[0] > 2 and shown(page) == [0, 0, 0]
    page.get_by_role("button", name="spread, sharp").click()
    assert shown(page) == before


GRID = torch.arange(-20, 20, 0.02, dtype=torch.float64)


def on_grid(measure, p, width):
    """Forward KL, reverse KL or MMD^2 of a bell (mean, std) as sums over a grid."""

    def measured(mean, std):
        log_q, log_p = Normal(torch.tensor(mean).double(), float(std)).log_prob(GRID), p.log_prob(GRID)
        if measure == "MMD\u00b2":
            difference = (log_q.exp() - log_p.exp()) * 0.02
            return (difference @ (-((GRID[:, None] - GRID) ** 2) / (2 * width**2)).exp() @ difference).item()
        first, second = (log_q, log_p) if measure == "reverse KL" else (log_p, log_q)
        return (first.exp() * (first - second)).sum().item() * 0.02

    return measured


@pytest.mark.parametrize("width", [0.3, 1, 3])
def test_the_three_divergences_are_torchs_and_so_are_their_lowest_places(open_widget, width):
    random = np.random.default_rng(SEED + int(10 * width))
    page, watch = open_widget(Divergences(), reduced_motion="reduce")
    distance, q_mean, q_std = (round(float(random.uniform(*ends)), 3) for ends in ((0.2, 2.5), (-3, 3), (0.3, 2.5)))
    state = {"distance": distance, "q_mean": q_mean, "q_std": q_std, "width": width}
    p = mixture([0.7, 0.3], [-distance, distance], [0.5, 0.5])
    wanted = [on_grid(measure, p, width)(q_mean, q_std) for measure in ("reverse KL", "forward KL", "MMD\u00b2")]
    assert kl_by_scipy(Normal(torch.tensor(q_mean).double(), q_std), p) == pytest.approx(wanted[0], abs=1e-6)
    of_q = "of.all({mean: state.q_mean, std: state.q_std}, of.humps(state.distance), state.width)"
    assert computed(page, "widgets/divergences/fits.mjs", of_q, [state])[0] == pytest.approx(wanted, abs=1e-6)
    set_state(page, "divergences", state)
    assert shown(page) == pytest.approx(wanted, abs=5.1e-4)
    for index, measure in enumerate(("reverse KL", "forward KL", "MMD\u00b2")):
        cost = on_grid(measure, p, width)
        starts = [(-distance, -0.7), (distance, -0.7), (-0.4 * distance, 0.2)]
        found = [
            minimize(lambda t, cost=cost: cost(t[0], np.exp(t[1])), one, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-10})
            for one in starts
        ]
        lowest = min(found, key=lambda one: one.fun)
        page.get_by_role("button", name=measure, exact=True).click()
        rest(page, 100)
        assert shown(page)[index] == pytest.approx(lowest.fun, abs=5.1e-4)
        state = in_address(page, "divergences")
        assert [state["q_mean"], state["q_std"]] == pytest.approx([lowest.x[0], np.exp(lowest.x[1])], abs=1e-3)
        assert f"{measure} is lowest" in page.locator(".vaelib-live").inner_text()
    assert watch.errors == []


def test_the_distance_at_which_the_reverse_kl_lets_go_is_marked(open_widget):
    page, watch = open_widget(Divergences(distance=1.0, winners=True))
    mark = page.locator(".vaelib-mark-on-slider:visible")
    mark.wait_for()
    place = float(mark.inner_text().split()[-1])
    assert 1.0 < place < 1.2
    slider = page.get_by_role("slider", name="humps at")
    box, tip = slider.bounding_box(), mark.bounding_box()
    assert tip["x"] + 6 == pytest.approx(box["x"] + 8 + (box["width"] - 16) * (place - 0.2) / 2.3, abs=3)
    assert "still covers both" in page.locator(".vaelib-live").inner_text()
    for _ in range(2):
        slider.press("ArrowRight")
    settle(page)
    assert "let go of the right" in page.locator(".vaelib-live").inner_text()
    assert watch.errors == []


@figures
def test_the_default_state_is_what_its_still_picture_says(open_widget, name):
    widget = FIGURES[name]()
    page, _ = open_widget(widget)
    assert all(f"{value:.2f}" in widget.still().alt for value in np.round(shown(page), 3))


@figures
def test_every_handle_follows_mouse_and_keys_and_reset_leads_back(open_widget, name):
    page, watch = open_widget(FIGURES[name](), reduced_motion="reduce")
    before = shown(page)
    handles = page.locator(".vaelib-handle")
    for i in range(handles.count()):
        handle = handles.nth(i)
        label, box = handle.get_attribute("aria-label"), handle.bounding_box()
        x, y = box["x"] + box["width"] / 2 + 4, box["y"] + box["height"] / 2 - 3  # not its middle: it must not jump there
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 30, y, steps=3)
        page.mouse.up()
        settle(page)
        assert handle.bounding_box()["x"] == pytest.approx(box["x"] + 30, abs=1.5), label
        assert handle.get_attribute("aria-label") != label
        for key in ("ArrowLeft", "Shift+ArrowUp"):
            numbers = shown(page)
            handle.press(key)
            assert shown(page) != numbers, f"{label} {key}"
    assert shown(page) != before and in_address(page, name) != {}
    page.get_by_role("button", name="Reset").click()
    assert shown(page) == before and in_address(page, name) == {}
    assert watch.errors == []


@figures
def test_a_finger_scrolls_the_page_over_the_picture_and_drags_a_handle(open_widget, name):
    page, _ = open_widget(FIGURES[name](), viewport={"width": 390, "height": 600}, has_touch=True)
    actions = "el => { const found = []; for (let one = el; one; one = one.parentElement) found.push(getComputedStyle(one).touchAction); return found; }"
    assert set(page.locator(f"{WIDGET} canvas").first.evaluate(actions)) == {"auto"}
    handle = page.locator(".vaelib-handle").first
    assert handle.evaluate("el => getComputedStyle(el).touchAction") == "pan-y pinch-zoom"
    label, box = handle.get_attribute("aria-label"), handle.bounding_box()
    finger = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def swipe(*places):
        steps = [("touchStart" if i == 0 else "touchMove", [place]) for i, place in enumerate(places)]
        for kind, points in [*steps, ("touchEnd", [])]:
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})
        settle(page)

    swipe((x, y), (x + 10, y), (x + 25, y + 3))
    moved = handle.get_attribute("aria-label")
    assert moved != label
    page.locator("main").evaluate("el => { el.style.paddingBottom = '1500px'; }")
    box = handle.bounding_box()  # a handle on a curve has moved along it
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    swipe(*((x, y - 20 * i) for i in range(8)))
    eventually(lambda: page.evaluate("scrollY"), lambda top: top > 60)
    assert handle.get_attribute("aria-label") == moved


@figures
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_laptop_and_phone_and_axe_finds_nothing(open_widget, name, scheme):
    page, _ = open_widget(FIGURES[name](), color_scheme=scheme, viewport={"width": 1280, "height": 800})
    page.locator("main").evaluate("el => { el.style.maxWidth = '46rem'; }")
    settle(page)
    assert page.locator(WIDGET).bounding_box()["height"] <= 620
    page.locator("summary").click()
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == [] and page.locator(WIDGET).evaluate(TARGETS) == []


@figures
def test_a_hostile_link_gives_numbers(open_widget, name):
    state = {
        one: value
        for one, value in zip(FIGURES[name]().state(), ("<img src=x onerror=alert(1)>", [1e308] * 8, -1e9, {}, None), strict=False)
    }
    page, watch = open_widget(FIGURES[name](), f"#{name}-1={quote(json.dumps(state))}")
    assert np.isfinite(shown(page)).all() and page.locator("img").count() == 0 and watch.errors == []
