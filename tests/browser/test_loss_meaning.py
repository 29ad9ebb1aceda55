"""What does my loss mean? in a real browser: its numbers beside explain_loss on settings drawn anew, the waterline by hand and keys, and a link."""

import json
import random

import pytest
from playwright.sync_api import expect
from waiting import settle

from vaelib.exercises import data_spectrum, explain_loss
from vaelib.widgets import LossMeaning

FOUND = """async (cases) => {
  const { meaning } = await import("/js/widgets/loss_meaning/meaning.mjs");
  return cases.map(([state, data]) => meaning(state, data));
}"""
WAYS = ("sum", "batch mean", "mean")


def drawn(generator):
    return {
        "error": generator.choice(("squared error", "half squared error", "bce")),
        "error_reduction": generator.choice(WAYS),
        "kl_reduction": generator.choice(WAYS),
        "beta": 10 ** generator.uniform(-5, 5),
        "latents": generator.randint(1, 64),
        "batch": generator.randint(1, 1024),
        "data": generator.choice(("digits8", "mnist")),
    }


def words(page):
    return page.locator(".vaelib-live").inner_text()


def test_the_numbers_are_those_of_explain_loss(open_widget):
    page, watch = open_widget(LossMeaning())
    generator = random.Random()
    cases = [drawn(generator) for _ in range(400)]
    data = {name: {"pixels": pixels, "eigenvalues": data_spectrum(name).tolist()} for name, pixels in (("digits8", 64), ("mnist", 784))}
    for case, found in zip(cases, page.evaluate(FOUND, [[case, data[case["data"]]] for case in cases]), strict=True):
        settings = {name: case[name] for name in ("error", "error_reduction", "kl_reduction", "beta", "batch")}
        wanted = explain_loss(
            **settings, pixels=data[case["data"]]["pixels"], latent_dim=case["latents"], spectrum=data_spectrum(case["data"])
        )
        assert found["alive"] == wanted.alive, case
        for name in ("variance", "beta"):
            value = getattr(wanted, name)
            assert found[name] == (value if value is None else pytest.approx(value, rel=1e-12)), case
    assert watch.errors == []


def test_the_default_mean_drowns_every_latent_and_the_sum_saves_twelve(open_widget):
    page, watch = open_widget(LossMeaning())
    assert "\u03c3\u00b2 = 392" in words(page) and "no latent pays for itself" in words(page)
    page.get_by_role("group", name="Error, reduced by").get_by_role("button", name="sum / batch").click()
    settle(page)
    alive = int((data_spectrum("mnist") > 0.5).sum())
    assert "\u03c3\u00b2 = 0.5 " in words(page) and f"{min(alive, 20)}" in words(page) and "Mend it" not in words(page)
    assert page.locator("pre").inner_text() == 'loss = F.mse_loss(out, x, reduction="sum") / len(x)\nloss = loss + kl.sum(1).mean()'
    page.get_by_role("button", name="BCE").click()
    settle(page)
    assert "no likelihood" in words(page) and "no width" in page.locator("canvas").get_attribute("aria-label")
    assert watch.errors == []


def test_the_waterline_moves_beta_by_hand_and_by_keys(open_widget):
    page, _ = open_widget(LossMeaning(error_reduction="batch mean", beta=20.0))  # variance 10
    box = page.locator("canvas").bounding_box()
    height = box["height"] - 48
    at = lambda power: box["y"] + 24 + height * (3 - power) / 6  # noqa: E731
    page.mouse.move(box["x"] + box["width"] / 2, at(1))
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, at(-1), steps=4)
    page.mouse.up()
    settle(page)
    beta = lambda: 10 ** float(page.get_by_role("slider", name="\u03b2").input_value())  # noqa: E731
    assert beta() == pytest.approx(0.2, rel=0.08)
    held = beta()
    page.mouse.click(box["x"] + box["width"] / 2, at(2))  # no line lies there
    settle(page)
    assert beta() == held
    page.locator("canvas").focus()
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    settle(page)
    assert beta() == pytest.approx(held * 10**0.2, rel=0.06)


def test_a_link_repeats_a_loss(open_widget):
    generator = random.Random(7)
    state = drawn(generator) | {"error": "half squared error"}
    page, _ = open_widget(LossMeaning(), f"#loss_meaning-1={json.dumps(state)}")
    authored, _ = open_widget(LossMeaning(**state))
    settle(page)
    expect(page.locator(".vaelib-live")).to_have_text(words(authored))
    assert page.locator("pre").inner_text() == authored.locator("pre").inner_text()


def test_it_fits_a_laptop_and_a_phone(open_widget):
    for size, most in (((1280, 800), 620), ((390, 844), 1100)):
        page, _ = open_widget(LossMeaning(), viewport={"width": size[0], "height": size[1]})
        assert page.locator(".vaelib-card").bounding_box()["height"] < most
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
