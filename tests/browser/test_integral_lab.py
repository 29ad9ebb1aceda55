"""The integral lab in a real browser: its table beside torch's weights on settings drawn anew, hands, keys, touch, and what it says of a narrow proposal."""

import math
import random
import re

import pytest
import torch
from torch.distributions import Normal
from waiting import settle

from vaelib.widgets import IntegralLab

SCENES = {"one hump": (1.0, 0.3, lambda z: z), "two humps": (2.0, 0.5, torch.square)}
ROWS = {"grid": 1, "prior": 2, "proposal": 3}
WEIGHTS = """async (setting) => {
  const { byDraws, grid, logEvidence, logSpread, logWeights } = await import("/js/widgets/integral_lab/integral.mjs");
  const { generator } = await import("/js/engine/random.mjs");
  const { normal } = generator(setting.seed);
  const noise = Array.from({ length: setting.draws }, () => Array.from({ length: 20 }, normal));
  return { noise, log_w: [...logWeights(setting, setting)], ...byDraws(setting, setting), grid: grid(setting).log_estimate,
    spread: logSpread(setting.kind, setting), exact: logEvidence(setting.kind) };
}"""


def by_torch(kind, noise, place, width, latents):
    """log of each draw's weight, by torch's densities, each latent with a pixel of its own."""
    x, std, decode = SCENES[kind]
    place, width = (torch.tensor(one, dtype=torch.float64) for one in (place, width))  # of two plain numbers torch makes float32
    z = place + width * noise[:, :latents]
    log_w = Normal(decode(z), std).log_prob(torch.tensor(x).double()) + Normal(0.0, 1.0).log_prob(z) - Normal(place, width).log_prob(z)
    return log_w.sum(1)


def on_grid(kind, step, reach=6.0):
    x, std, decode = SCENES[kind]
    count = math.floor(reach / step + 1e-9)
    z = torch.arange(-count, count + 1, dtype=torch.float64) * step
    return (Normal(decode(z), std).log_prob(torch.tensor(x).double()) + Normal(0.0, 1.0).log_prob(z)).logsumexp(0) + math.log(step)


def numbers(text):
    return [float(one.replace("\u2212", "-").replace(",", "")) for one in re.findall(r"\u2212?\d[\d,]*(?:\.\d+)?", text)]


def row(page, name):
    return page.locator("table tbody tr").nth(ROWS[name]).inner_text().split("\t")


@pytest.mark.parametrize("kind", SCENES)
def test_weights_sums_and_spread_are_those_of_torch_and_stand_in_the_table(open_widget, kind):
    draw = random.Random(len(kind)).uniform
    setting = {
        "kind": kind,
        "step": round(draw(0.2, 1.2), 2),
        "draws": 200,
        "place": round(draw(-1, 1), 2),
        "width": round(draw(0.5, 1.5), 2),
    }
    setting |= {"latents": random.Random(len(kind)).randint(2, 12)}
    page, watch = open_widget(IntegralLab(way="proposal", sample_seed=77, **setting))
    ours = page.evaluate(WEIGHTS, setting | {"seed": 77})
    noise = torch.tensor(ours["noise"], dtype=torch.float64)
    log_w = by_torch(kind, noise, setting["place"], setting["width"], setting["latents"])
    assert (torch.tensor(ours["log_w"], dtype=torch.float64) - log_w).abs().max() < 1e-9
    estimate, effective = log_w.logsumexp(0) - math.log(200), 1 / (log_w.softmax(0) ** 2).sum()
    exact, grid = (setting["latents"] * on_grid(kind, step).item() for step in (0.001, setting["step"]))
    assert abs(ours["log_estimate"] - estimate) < 1e-9 and abs(ours["effective"] / effective - 1) < 1e-9
    assert abs(ours["grid"] - grid) < 1e-9 and abs(setting["latents"] * ours["exact"] - exact) < 1e-5
    z = torch.arange(-9, 9, 0.001, dtype=torch.float64)[:, None]
    second = (2 * by_torch(kind, (z - setting["place"]) / setting["width"], setting["place"], setting["width"], 1)
              + Normal(setting["place"] + 0 * z[:, 0], setting["width"]).log_prob(z[:, 0])).logsumexp(0) + math.log(0.001)  # fmt: skip
    assert abs(ours["spread"] - (second - 2 * ours["exact"])) < 1e-5
    shown = {name: numbers(" ".join(row(page, name))) for name in ROWS}
    assert abs(shown["proposal"][0] - estimate) < 0.0051 and abs(shown["proposal"][1] - (estimate - exact)) < 0.0101
    assert shown["proposal"][2] == 200 and abs(shown["proposal"][3] - effective) < 0.51
    prior = by_torch(kind, noise, 0.0, 1.0, setting["latents"]).logsumexp(0) - math.log(200)
    assert abs(shown["grid"][0] - grid) < 0.0051 and abs(shown["prior"][0] - prior) < 0.0051
    assert watch.errors == []


def test_the_proposal_is_dragged_by_its_handles_and_moved_by_keys(open_widget):
    page, _ = open_widget(IntegralLab(way="proposal", place=0.5, width=0.8, sample_seed=1))
    plane = page.locator("canvas").first
    box = plane.bounding_box()
    at = lambda z: box["x"] + box["width"] * (z + 3.6) / 7.2  # noqa: E731
    foot = box["y"] + box["height"] - 36

    def proposal():
        settle(page)
        return numbers(plane.get_attribute("aria-label").split("a bell at ")[1])[:2]

    page.mouse.move(at(0.5), foot)
    page.mouse.down()
    page.mouse.move(at(1.2), foot, steps=4)
    page.mouse.up()
    place, width = proposal()
    assert abs(place - 1.2) < 0.03 and width == 0.8
    shoulder = foot - (box["height"] - 40) * math.exp(-0.5) / 0.8 / 3.6
    page.mouse.move(at(place + 0.8), shoulder)
    page.mouse.down()
    page.mouse.move(at(place + 0.4), shoulder, steps=4)
    page.mouse.up()
    assert proposal()[0] == place and abs(proposal()[1] - 0.4) < 0.03
    before = proposal()
    page.mouse.click(at(-2.5), box["y"] + 30)  # nothing to hold there
    assert proposal() == before
    plane.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert abs(proposal()[0] - before[0] + 0.1) < 0.011 and abs(proposal()[1] - before[1] - 0.05) < 0.011


def test_the_number_of_latents_follows_its_handle_and_its_keys(open_widget):
    page, _ = open_widget(IntegralLab(latents=4, sample_seed=1))
    costs = page.locator("canvas").nth(1)
    box = costs.bounding_box()
    at = lambda d: box["x"] + 34 + (box["width"] - 44) * (d - 0.5) / 20  # noqa: E731
    page.mouse.move(at(4), box["y"] + 60)
    page.mouse.down()
    page.mouse.move(at(10), box["y"] + 60, steps=3)
    page.mouse.up()
    costs.press("ArrowRight")
    settle(page)
    assert page.get_by_role("slider", name="latents").input_value() == "11"
    assert "11 latents have 11 such pixels" in page.locator(".vaelib-caption").inner_text()


def test_a_proposal_too_narrow_says_that_its_variance_is_infinite_and_new_draws_are_new(open_widget):
    page, _ = open_widget(IntegralLab(way="proposal", place=0.92, width=0.2, latents=10, sample_seed=1))
    live = page.locator(".vaelib-live")
    assert "infinite variance" in live.inner_text() and "0.203" in live.inner_text()
    before = row(page, "proposal")
    page.get_by_role("button", name="New draws").click()
    settle(page)
    assert row(page, "proposal") != before
    page, _ = open_widget(IntegralLab(way="proposal", place=0.92, width=0.21, latents=10, sample_seed=1))
    assert "infinite variance" not in page.locator(".vaelib-live").inner_text()


def test_one_hump_of_two_looks_calm_and_is_wrong_by_log_two(open_widget):
    page, _ = open_widget(IntegralLab(kind="two humps", way="proposal", place=1.33, width=0.25, sample_seed=2))
    off, count = numbers(" ".join(row(page, "proposal")))[1], numbers(row(page, "proposal")[4])[0]
    assert abs(off + math.log(2)) < 0.08 and count > 700
    assert "calm and wrong" in page.locator(".vaelib-live").inner_text()


def test_it_fits_a_laptop_and_a_phone_and_a_swipe_scrolls(open_widget):
    for size, most in (((1280, 800), 640), ((390, 844), 1150)):
        page, _ = open_widget(IntegralLab(way="proposal", sample_seed=1), viewport={"width": size[0], "height": size[1]})
        assert page.locator(".vaelib-card").bounding_box()["height"] < most
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        for canvas in page.locator("canvas[tabindex='0']").all():
            assert canvas.evaluate("one => getComputedStyle(one).touchAction") == "pan-y pinch-zoom"
