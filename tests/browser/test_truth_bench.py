"""The truth bench in a real browser, mounted by the page's own host but in no chapter: hands, keys, buttons, and its numbers beside torch's."""

import json
import math
import random
import re
from pathlib import Path
from urllib.parse import quote

import pytest
import torch
from torch.distributions import MultivariateNormal, Normal, kl_divergence
from waiting import rest, settle

from vaelib.widgets import TruthBench

ROOT = Path(__file__).parents[2]
FILES = {
    "/host.mjs": (ROOT / "book/_static/host.mjs", "text/javascript"),
    "/truth_bench.mjs": (ROOT / "vaelib/widgets/static/truth_bench.mjs", "text/javascript"),
    "/widgets.css": (ROOT / "vaelib/widgets/static/widgets.css", "text/css"),
}
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>bench</title><link rel="stylesheet" href="/widgets.css"><style>body {{ margin: 8px auto; max-width: 46rem; background: Canvas; color-scheme: light dark }}</style></head>
<body>{widget}<script type="module" src="/host.mjs"></script></body></html>"""
ADDRESS = "http://bench.test"
DATA = [-2.3, -1.6, -1.1, -0.5, 0.5, 1.2, 1.8, 2.4]
TWO_KEYS = """pad => { for (const key of ["ArrowRight", "ArrowRight"]) pad.dispatchEvent(new KeyboardEvent("keydown", { key })); }"""
# bars whose names begin so; what they show ends at the next bar
NAMES = {"elbo": "= ELBO", "gap": "+ gap, KL(q \u2016 posterior)", "log_evidence": "= log p(x), exact"}


class Bench:
    """The widget on its page, and what can be read off it."""

    def __init__(self, page, errors):
        self.page, self.errors, self.widget = page, errors, page.locator("[data-vaelib-widget]")

    def settle(self):
        settle(self.page)

    def bars(self):
        """The numbers of the bars, in nats, by the name of the bar."""
        label = self.widget.locator("canvas[aria-label^='Bars in nats']").get_attribute("aria-label")
        rows = re.findall(r"(?:: |; )(.+?) (\u2212?\d+\.\d+)(?=;|\.$)", label.removeprefix("Bars in nats"))
        return {name: float(value.replace("\u2212", "-")) for name, value in rows}

    def bar(self, name):
        return self.bars()[NAMES[name]]

    def residual(self):
        text = self.widget.get_by_text("Checked: log p(x)").inner_text()
        return float(re.search(r"gap = (\S+) nats", text)[1].replace("\u2212", "-"))

    def slider(self, name):
        return float(
            self.widget.get_by_role("slider", name=name, exact=True).get_attribute("aria-valuetext").replace("\u2212", "-").rstrip("\u00b0")
        )

    def say(self):
        return self.widget.locator(".vaelib-live").inner_text()

    def press(self, name):
        """Press a button and wait until what it set going has ended."""
        self.widget.get_by_role("button", name=name, exact=True).click()
        self.settle()  # the buttons of the steps rest from the next frame on
        self.widget.get_by_role("button", name="E-step").and_(self.page.locator(":enabled")).wait_for()
        self.settle()


@pytest.fixture
def mount(browser):
    """mount(fragment={}, context={}, **traits) -> Bench: TruthBench's stored HTML under the book's host, with no other file in reach."""
    contexts = []

    def mount_(fragment=None, context=None, **traits):
        made = browser.new_context(**({"viewport": {"width": 1280, "height": 1000}, "reduced_motion": "reduce"} | (context or {})))
        contexts.append(made)
        html = TruthBench(**traits)._repr_mimebundle_()[0]["text/html"].replace("<div ", '<div data-vaelib-module="/truth_bench.mjs" ', 1)
        page, errors = made.new_page(), []

        def serve(route):
            path = "/" + route.request.url.removeprefix(ADDRESS).partition("/")[2].partition("#")[0]
            if path == "/":
                route.fulfill(body=PAGE.format(widget=html), content_type="text/html")
            elif path in FILES:
                file, kind = FILES[path]
                route.fulfill(body=file.read_bytes(), content_type=kind)
            else:
                errors.append(f"asked for {route.request.url}")
                route.fulfill(status=404)

        page.route("**/*", serve)
        page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{ADDRESS}/" + (f"#truth_bench-1={quote(json.dumps(fragment))}" if fragment else ""))
        bench = Bench(page, errors)
        bench.widget.locator("canvas").first.wait_for(state="visible")
        bench.settle()
        return bench

    yield mount_
    for context in contexts:
        context.close()


def drawn_anew(data):
    """A state within the sliders that nobody chose."""
    seed = 20260104
    draw = random.Random(seed).uniform
    ranges = {"slope": (-3, 3), "std": (0.4, 2), "x": (-3, 3), "q_mean": (-4, 4), "q_std": (0.1, 2)}
    state = {name: round(draw(*ends), 3) for name, ends in ranges.items()}
    return state | ({"x": random.Random(seed).choice(DATA)} if data == "eight" else {})


def by_torch(slope, std, x, q_mean, q_std):
    """The terms of the bound, means over x and q_mean (n,), by torch's own densities and divergences."""
    model = MultivariateNormal(torch.zeros(1, dtype=torch.float64), torch.tensor([[slope**2 + std**2]], dtype=torch.float64))
    precision = 1 + (slope / std) ** 2
    q = Normal(q_mean, q_std)
    posterior = Normal(slope * x / std**2 / precision, precision**-0.5)
    nodes = torch.tensor([-1.0, 1.0], dtype=torch.float64)[:, None] * q_std + q_mean  # exact for a parabola, as both log-densities are
    likelihood, prior = Normal(slope * nodes, std).log_prob(x).mean(0), Normal(0.0, 1.0).log_prob(nodes).mean(0)
    kl = kl_divergence(q, Normal(0.0, 1.0))
    terms = {
        "= log p(x), exact": model.log_prob(x[:, None]),
        "= ELBO": likelihood - kl,
        "+ gap, KL(q \u2016 posterior)": kl_divergence(q, posterior),
        "log p(x | z), mean under q": likelihood,
        "\u2212 KL(q \u2016 prior)": kl,
        "log p(x, z), mean under q": likelihood + prior,
        "+ entropy of q": q.entropy(),
        "log p(x), exact": model.log_prob(x[:, None]),
        "\u2212 gap, KL(q \u2016 posterior)": kl_divergence(q, posterior),
    }
    return {name: value.mean().item() for name, value in terms.items()}


@pytest.mark.parametrize("data", ["one", "eight"])
def test_every_printed_number_is_torchs_for_each_way_to_split_the_bound(mount, data):
    state = drawn_anew(data)
    bench = mount(fragment=state | {"data": data})
    x = torch.tensor(DATA if data == "eight" else [state["x"]], dtype=torch.float64)
    wanted = by_torch(state["slope"], state["std"], x, x / state["x"] * state["q_mean"], torch.full_like(x, state["q_std"]))
    seen = {}
    for button in ("KL", "entropy", "gap"):
        bench.widget.get_by_role("button", name=button, exact=True).click()
        bench.settle()
        seen |= bench.bars()
        assert abs(bench.residual()) <= 1e-6
    assert set(seen) == set(wanted)
    for name, value in seen.items():
        assert value == pytest.approx(wanted[name], abs=5.1e-4), name
    assert bench.errors == []


def test_mean_field_numbers_are_torchs_and_the_price_is_nothing_at_the_ends_and_062_in_the_middle(mount):
    free = 62
    for angle, price in ((0, 0.0), (90, 0.0), (45, 0.62), (free, None)):
        bench = mount(fragment={"view": "mean field", "angle": angle})
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        weight = torch.tensor([[1.85 * cos, 1.85 * sin], [-0.25 * sin, 0.25 * cos]], dtype=torch.float64)
        x, eye = torch.tensor([1.6, 0.4], dtype=torch.float64), torch.eye(2, dtype=torch.float64)
        precision = eye + weight.T @ weight / 0.25
        mean = torch.linalg.solve(precision, weight.T @ x / 0.25)
        q = MultivariateNormal(mean, (1 / precision.diagonal()).diag())
        log_evidence = MultivariateNormal(torch.zeros_like(x), weight @ weight.T + 0.25 * eye).log_prob(x).item()
        gap = kl_divergence(q, MultivariateNormal(mean, precision_matrix=precision)).item()
        assert bench.bar("log_evidence") == pytest.approx(log_evidence, abs=5.1e-4), angle
        assert bench.bar("gap") == pytest.approx(gap, abs=5.1e-4), angle
        assert bench.bar("elbo") == pytest.approx(log_evidence - gap, abs=5.1e-4), angle
        assert price is None or round(bench.bar("gap"), 2) == price
        assert abs(bench.residual()) <= 1e-6 and bench.errors == []


def test_q_is_dragged_onto_the_posterior_and_the_gap_falls_to_nothing(mount):
    bench = mount(slope=0.7, std=0.6, x=2, q_mean=-2, q_std=0.65)
    pad = bench.widget.locator("[tabindex='0']")
    box = pad.bounding_box()
    at = lambda z: (box["x"] + box["width"] * (0.5 + z / 8.7), box["y"] + box["height"] * 0.6)  # noqa: E731
    gaps = [bench.bar("gap")]
    bench.page.mouse.move(*at(-2))
    bench.page.mouse.down()
    for z in (-1, 0, 1, 1.647):
        bench.page.mouse.move(*at(z))
        bench.settle()
        gaps.append(bench.bar("gap"))
    bench.page.mouse.up()
    assert gaps == sorted(gaps, reverse=True) and gaps[0] > 10 and gaps[-1] < 0.01
    assert bench.slider("q_mean") == pytest.approx(1.647, abs=0.03) and bench.slider("q_std") == 0.65
    assert "q is the posterior" in bench.say() or re.search(r"costs 0\.00\d* nats", bench.say())


def test_the_width_of_q_has_a_handle_of_its_own(mount):
    bench = mount(slope=0, std=1, x=1, q_mean=0, q_std=1)  # posterior, prior and q are one: the shoulder is at exp(-1/2) of the peak
    box = bench.widget.locator("[tabindex='0']").bounding_box()
    place = lambda z: (box["x"] + box["width"] * (0.5 + z / 8.7), box["y"] + (box["height"] - 34) * (1 - math.exp(-0.5) / 1.25))  # noqa: E731
    bench.page.mouse.move(*place(1))
    bench.page.mouse.down()
    bench.page.mouse.move(*place(0.5), steps=3)
    bench.page.mouse.up()
    bench.settle()
    assert bench.slider("q_std") == pytest.approx(0.5, abs=0.03) and bench.slider("q_mean") == 0


def test_a_tap_moves_q_and_a_finger_may_still_scroll_the_page_over_it(mount):
    bench = mount(context={"viewport": {"width": 390, "height": 844}, "has_touch": True})
    pad = bench.widget.locator("[tabindex='0']")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    bench.page.touchscreen.tap(box["x"] + box["width"] * (0.5 - 1 / 8.7), box["y"] + box["height"] / 2)
    bench.settle()
    assert bench.slider("q_mean") == pytest.approx(-1, abs=0.05)
    assert pad.evaluate("el => getComputedStyle(el).touchAction") == "pan-y pinch-zoom"


def test_arrow_keys_move_and_widen_q_and_two_within_one_frame_both_count(mount):
    bench = mount(q_mean=0.4, q_std=0.9)
    pad = bench.widget.locator("[tabindex='0']")
    pad.evaluate(TWO_KEYS)
    bench.settle()
    assert bench.slider("q_mean") == 0.6
    pad.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowDown", "Shift+ArrowLeft"):
        bench.page.keyboard.press(key)
    bench.settle()
    assert (bench.slider("q_mean"), bench.slider("q_std")) == (0.1, 0.95)


@pytest.mark.parametrize("data", ["one", "eight"])
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_e_step_m_step_and_training(mount, data, motion):
    bench = mount(data=data, context={"reduced_motion": motion})
    start = {name: bench.bar(name) for name in NAMES}
    bench.press("E-step")
    assert bench.bar("gap") == 0 and bench.bar("elbo") == bench.bar("log_evidence") == start["log_evidence"]
    assert "E-step: q moved onto the posterior" in bench.say()
    bench.press("M-step")
    rise, growth = bench.bar("elbo") - start["log_evidence"], bench.bar("log_evidence") - start["log_evidence"]
    assert bench.bar("gap") > 0.05 and growth > rise > 0.1, "the bound rises and the gap widens"
    assert f"rose by {rise:.2f} nats" in bench.say() and "wider" in bench.say()
    bench.press("Train")
    moment = sum(x * x for x in DATA) / 8 if data == "eight" else 4.0
    best = (
        sum(Normal(0.0, math.sqrt(moment)).log_prob(torch.tensor(x)).item() for x in DATA) / 8
        if data == "eight"
        else -0.5 * math.log(2 * math.pi * 4) - 0.5
    )
    assert bench.slider("slope") ** 2 + bench.slider("std") ** 2 == pytest.approx(moment, abs=0.03)
    assert bench.bar("gap") == 0 and bench.bar("log_evidence") == pytest.approx(best, abs=5.1e-4)
    assert "nothing moves" in bench.say() and f"{moment:.3f}" in bench.say()
    bench.press("M-step")
    assert "Nothing moved" in bench.say()
    bench.widget.get_by_role("button", name="Reset").click()
    bench.settle()
    assert {name: bench.bar(name) for name in NAMES} == start
    assert bench.errors == []


def test_training_can_be_stopped_by_its_button_and_by_the_hand(mount):
    bench = mount(context={"reduced_motion": "no-preference"})
    train = lambda: bench.widget.get_by_role("button", name="Train", exact=True).click()  # noqa: E731
    train()
    rest(bench.page, 700)
    bench.press("Stop")
    halfway = (bench.slider("slope"), bench.slider("q_mean"))
    rest(bench.page, 600)
    assert (bench.slider("slope"), bench.slider("q_mean")) == halfway and 0.7 <= halfway[0] < 1.7
    train()
    rest(bench.page, 300)
    bench.widget.get_by_role("slider", name="std", exact=True).press("ArrowRight")
    bench.widget.get_by_role("button", name="Train", exact=True).wait_for()
    assert bench.errors == []


def test_the_secant_is_dragged_and_loses_more_the_longer_it_is(mount):
    bench = mount(view="jensen", secant=0.5)
    lost = lambda: float(re.search(r"Jensen loses (\S+) nats", bench.say())[1])  # noqa: E731
    short = lost()
    pad = bench.widget.locator("[tabindex='0']")
    pad.focus()
    for _ in range(5):
        bench.page.keyboard.press("ArrowRight")
    bench.settle()
    assert bench.slider("draws at \u00b1 std") == pytest.approx(1) and lost() > short + 0.5
    assert "the ELBO itself" in bench.say() and f"{bench.bar('elbo'):.2f}".replace("-", "\u2212") in bench.say()
    box = pad.bounding_box()
    bench.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.15)
    bench.page.mouse.down()
    bench.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.25, steps=4)
    bench.page.mouse.up()
    bench.settle()
    assert bench.slider("draws at \u00b1 std") < 0.9
    bench.press("E-step")
    assert lost() == 0 and "same weight" in bench.say() and bench.bar("gap") == 0


DASHES = """() => {
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  window.dashes = [];
  CanvasRenderingContext2D.prototype.stroke = function (...path) {
    if (this.getLineDash().length) window.dashes.push(this.strokeStyle);
    stroke.apply(this, path);
  };
}"""


def test_what_the_words_call_dashed_is_dashed(mount):
    bench = mount(view="jensen")
    assert "Dashed: the same two numbers" in bench.widget.inner_text()
    bench.page.evaluate(DASHES)
    bench.press("gap")  # paints anew; these bars have dashes of one colour, the guides'
    bars = set(bench.page.evaluate("window.dashes.splice(0)"))
    assert len(bars) == 3, "log p(x) and the ELBO, each in the plot and in its key, and the guides"


def test_each_view_brings_its_own_controls_and_a_link_brings_the_view(mount):
    bench = mount(view="mean field", fragment={"view": "jensen"})
    sliders = lambda: [one.evaluate("el => el.labels[0].textContent") for one in bench.widget.locator("input[type=range]").all()]  # noqa: E731
    assert sliders() == ["slope", "std", "x", "q_mean", "q_std", "draws at \u00b1 std"]
    for view, wanted in (("Mean field", ["angle"]), ("Bound", ["slope", "std", "x", "q_mean", "q_std"])):
        bench.widget.get_by_role("button", name=view).click()
        bench.settle()
        assert sliders() == wanted
    bench.widget.get_by_role("button", name="eight points").click()
    bench.settle()
    assert bench.slider("x") == 1.8 and "eight points" in bench.say()
    rest(bench.page, 600)
    assert '"data":"eight"' in bench.page.evaluate("decodeURIComponent(location.hash)")
    gain = bench.slider("q_mean") / 1.8
    bench.widget.get_by_role("slider", name="x", exact=True).press("ArrowLeft")
    bench.settle()
    assert bench.slider("x") == 1.2 and bench.slider("q_mean") == pytest.approx(1.2 * gain, abs=0.006)


def test_a_hostile_link_moves_nothing_out_of_its_range(mount):
    bench = mount(
        fragment={
            "slope": 1e300,
            "std": -5,
            "x": "<b>",
            "q_mean": None,
            "q_std": [1],
            "view": "toString",
            "split": {},
            "data": 8,
            "angle": 1e9,
        }
    )
    assert (bench.slider("slope"), bench.slider("std"), bench.slider("x"), bench.slider("q_mean"), bench.slider("q_std")) == (
        3,
        0.4,
        2,
        0.4,
        0.9,
    )
    assert abs(bench.residual()) <= 1e-6 and bench.errors == []


@pytest.mark.parametrize("view", ["bound", "jensen", "mean field"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_without_scrolling_sideways(mount, view, scheme):
    bench = mount(view=view, context={"viewport": {"width": 390, "height": 844}, "color_scheme": scheme})
    assert bench.page.evaluate("document.documentElement.scrollWidth") <= 390
    small = bench.widget.evaluate("""el => [...el.querySelectorAll('button, input, summary, [tabindex="0"]')].filter(one => one.offsetParent)
      .map(one => one.getBoundingClientRect()).filter(({ width, height }) => width < 24 || height < 24).length""")
    blank = bench.widget.evaluate("""el => [...el.querySelectorAll('canvas')].filter(c => {
      const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
      return !p.some((v, i) => v !== p[i % 4]);
    }).length""")
    assert (small, blank, bench.errors) == (0, 0, [])
