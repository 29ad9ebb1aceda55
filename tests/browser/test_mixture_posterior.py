"""The mixture posterior without a chapter around it: its numbers against the library's and scikit-learn's, and its handles."""

import json
from urllib.parse import quote

import numpy as np
import pytest
import torch
from axe import faults
from sklearn.mixture import GaussianMixture
from test_accessibility import TARGETS
from test_pages import TWO_KEYS, picture
from waiting import rest, settle

from vaelib.exact import Mixture
from vaelib.widgets import MixturePosterior

WIDGET = "[data-vaelib-widget]"


def number(text):
    return float(text.removesuffix(" nats").replace("\u2212", "-"))


def printed(page):
    """The rows of the sum, by column, and the terms below it."""
    settle(page)
    rows = page.locator("tbody tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
    columns = [[number(text) for text in column if text] for column in list(zip(*rows, strict=True))[1:]]
    terms = page.locator("dd").all_inner_texts()
    names = ("log_likelihood", "kl", "elbo", "gap", "log_evidence", "residual")
    return dict(zip(("weight", "likelihood", "posterior", "q", "share"), columns, strict=True)), dict(
        zip(names, map(number, terms), strict=True)
    )


def fragment(**state):
    return "#mixture_posterior-1=" + quote(json.dumps(state))


def in_address(page):
    rest(page, 600)  # the address is written at rest
    return page.evaluate("""import('/host/host.mjs').then(host => host.parseFragment(location.hash).get('mixture_posterior-1') ?? null)""")


def test_its_numbers_are_the_librarys_and_scikit_learns(open_widget):
    seed = 20260106
    random = np.random.default_rng(seed)
    page, watch = open_widget(MixturePosterior())
    for trial in range(8):
        x, mean = random.uniform(-5, 5, 2), random.uniform(-5, 5, (3, 2))
        std = random.uniform(0.3, 2.5, 3)
        weight, q = 0.02 + 0.94 * random.dirichlet(np.ones(3)), random.dirichlet(np.ones(3) if trial else np.full(3, 0.01))
        state = {"x": x, "mean": mean, "std": std, "weight": weight, "q": q}
        page.evaluate("hash => { location.hash = hash; }", fragment(**{name: value.tolist() for name, value in state.items()}))
        columns, terms = printed(page)
        mixture = Mixture(*map(torch.from_numpy, (weight, mean, np.repeat(2 * np.log(std)[:, None], 2, 1))))
        point, guess = torch.from_numpy(x)[None], torch.from_numpy(q)[None]
        bound = mixture.elbo(point, guess)
        evidence = mixture.log_prob(point).item()
        wanted = {
            "log_likelihood": bound.log_likelihood.item(),
            "kl": bound.kl.item(),
            "elbo": bound.total.item(),
            "gap": evidence - bound.total.item(),
            "log_evidence": evidence,
        }
        assert {name: terms[name] for name in wanted} == pytest.approx(wanted, abs=6e-5)
        assert abs(terms["residual"]) <= 1e-6
        assert columns["posterior"][:3] == pytest.approx(mixture.posterior(point)[0].tolist(), abs=6e-4)
        assert columns["likelihood"] == pytest.approx((mixture.log_joint(point)[0] - torch.from_numpy(weight).log()).tolist(), abs=6e-4)
        assert columns["share"][3] == pytest.approx(wanted["elbo"], abs=6e-4) and sum(columns["share"][:3]) == pytest.approx(
            wanted["elbo"], abs=2e-3
        )
        other = GaussianMixture(3, covariance_type="spherical")
        other.weights_, other.means_, other.covariances_, other.precisions_cholesky_ = weight, mean, std**2, 1 / std
        assert terms["log_evidence"] == pytest.approx(other.score_samples(x[None])[0], abs=6e-5)
        assert columns["posterior"][:3] == pytest.approx(other.predict_proba(x[None])[0], abs=6e-4)
    assert watch.errors == []


def test_the_default_state_is_what_its_still_picture_says(open_widget):
    widget = MixturePosterior()
    page, _ = open_widget(widget)
    columns, terms = printed(page)
    assert f"ELBO = {terms['elbo']:.2f} nats, gap = {terms['gap']:.2f} nats" in widget.still().alt
    assert f"({', '.join(f'{p:.2f}' for p in columns['posterior'][:3])};" in widget.still().alt


def handle(page, name):
    return page.locator(".vaelib-handle").get_by_text(name, exact=True)


def drag(page, node, dx, dy):
    box = node.bounding_box()
    x, y = box["x"] + box["width"] / 2 + 5, box["y"] + box["height"] / 2 - 3  # not its middle: it must not jump there
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()


def test_the_point_and_a_component_are_dragged(open_widget):
    page, watch = open_widget(MixturePosterior())
    scale = page.locator(f"{WIDGET} canvas").first.evaluate("el => (el.clientWidth - 46) / 10")  # pixels for one unit of x
    _, before = printed(page)
    drag(page, handle(page, "x"), 2 * scale, -scale)
    state = in_address(page)
    assert state["x"] == pytest.approx([2.8, 0.8], abs=0.02) and printed(page)[1]["log_evidence"] < before["log_evidence"]
    drag(page, handle(page, "2"), scale, 0.5 * scale)
    moved = in_address(page)
    assert moved["mean"][1] == pytest.approx([2.8, -1.9], abs=0.02) and moved["mean"][0] == state["mean"][0] and moved["x"] == state["x"]
    drag(page, handle(page, "3"), 0, -2000)
    assert in_address(page)["mean"][2][1] == 5, "a handle stays on the plane"
    page.get_by_role("button", name="Reset").click()
    assert in_address(page) is None and printed(page)[1] == before
    assert watch.errors == []


def test_a_click_and_a_tap_bring_the_point(open_widget):
    page, _ = open_widget(MixturePosterior(), has_touch=True)
    box = page.locator(f"{WIDGET} canvas").first.bounding_box()
    middle = [box["x"] + 38 + (box["width"] - 46) / 2, box["y"] + 8 + (box["height"] - 46) / 2]
    page.mouse.click(middle[0] - 40, middle[1] - 100)
    left = in_address(page)["x"]
    assert left[0] < -0.5 and left[1] > 1.5
    page.touchscreen.tap(middle[0] + 100, middle[1] - 40)
    right = in_address(page)["x"]
    assert right[0] > 1.5 and 0.5 < right[1] < left[1]


def test_every_handle_answers_the_arrow_keys_and_says_where_it_is(open_widget):
    page, watch = open_widget(MixturePosterior())
    for name in ("x", "1", "2", "3"):
        node = handle(page, name)
        before, label = picture(page, page.locator(WIDGET)), node.get_attribute("aria-label")
        node.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowUp")
        assert picture(page, page.locator(WIDGET)) != before and node.get_attribute("aria-label") != label
    state = in_address(page)
    assert state["x"] == pytest.approx([0.9, 0.3]) and state["mean"][0] == pytest.approx([-1.9, -0.5])
    handle(page, "x").evaluate(TWO_KEYS)
    assert in_address(page)["x"] == pytest.approx([1.0, 0.4]), "two keys within one frame both count"
    assert watch.errors == []


def test_q_is_set_and_the_bound_touches_at_the_posterior_alone(open_widget):
    page, _ = open_widget(MixturePosterior())
    slider = page.get_by_label("q of 2")
    slider.focus()
    page.keyboard.press("ArrowRight")
    columns, terms = printed(page)
    assert columns["q"] == pytest.approx([0.4 * 0.6 / 0.65, 0.4, 0.25 * 0.6 / 0.65, 1], abs=6e-4) and terms["gap"] > 0.3
    page.get_by_role("button", name="q = prior").click()
    assert printed(page)[1]["kl"] == 0
    page.get_by_role("button", name="q = posterior").click()
    columns, terms = printed(page)
    assert columns["q"] == columns["posterior"] and terms["gap"] == 0 and terms["elbo"] == terms["log_evidence"]
    rest(page, 900)  # what is heard waits until the hand rests
    assert "The bound is tight" in page.locator("[role=status]").text_content()
    page.get_by_role("button", name="q = one-hot").click()
    columns, terms = printed(page)
    assert columns["q"] == [0, 1, 0, 1] and terms["gap"] == pytest.approx(-np.log(columns["posterior"][1]), abs=2e-3)
    handle(page, "x").focus()
    page.keyboard.press("ArrowRight")
    assert printed(page)[0]["q"] == [0, 1, 0, 1], "q stays where the reader left it"


def test_a_weight_takes_from_the_others_and_a_small_std_decides(open_widget):
    page, _ = open_widget(MixturePosterior())
    page.get_by_label("weight 1").focus()
    page.keyboard.press("End")
    columns, _ = printed(page)
    assert columns["weight"] == pytest.approx([0.98, 0.01, 0.01, 1], abs=6e-4)
    for k in (1, 2, 3):
        page.get_by_label(f"std {k}").focus()
        page.keyboard.press("Home")
    columns, terms = printed(page)
    assert columns["posterior"] == [0, 1, 0, 1] and terms["log_evidence"] < -50, "the nearest mean takes all"


@pytest.mark.parametrize("state", [
    {"x": ["<img src=x onerror=alert(1)>", None], "mean": "abc"}, {"x": [1e999, 0], "std": [0, -1, 1e300]}, {"weight": [0, 0, 0], "q": [1, 1]},
    {"q": [1e308, 1e308, 1e308], "mean": [[0, 0], [0, 0], [0]]}, {"weight": [1, 0, 0], "x": [1e6, -1e6]},
])  # fmt: skip
def test_a_hostile_link_gives_numbers(open_widget, state):
    page, watch = open_widget(MixturePosterior(), fragment(**state).replace("Infinity", "1e999"))
    columns, terms = printed(page)
    assert np.isfinite([*terms.values(), *columns["posterior"], *columns["share"]]).all() and abs(terms["residual"]) <= 1e-6
    assert page.locator("img").count() == 0 and watch.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_axe_finds_nothing(open_widget, scheme):
    page, _ = open_widget(MixturePosterior(), color_scheme=scheme, viewport={"width": 390, "height": 844})
    page.locator("summary").click()
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        table = page.locator("table").bounding_box()
        assert table["x"] + table["width"] <= width - 8
    assert faults(page) == [] and page.locator(WIDGET).evaluate(TARGETS) == []
