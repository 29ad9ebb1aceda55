"""The figures of the page on encoder and decoder: heads with the numbers of torch, a sweep with the numbers of its file, hands, keys and sizes."""

import random

import pytest
import torch
from playwright.sync_api import expect
from waiting import settle

from vaelib.pretrained.capacity import DEPTHS, TOSSES, WIDTHS, read_capacity
from vaelib.widgets import Capacity, VarianceHeads

HEADS = {
    "log_var": lambda raw: (raw / 2).exp(),
    "std": lambda raw: raw,
    "relu": torch.relu,
    "softplus": torch.nn.functional.softplus,
}
FOUND = """async (raws) => {
  const { HEADS, headAt } = await import("/js/widgets/variance_heads/heads.mjs");
  const words = (value) => (Number.isFinite(value) ? value : String(value));
  return raws.map((raw) => Object.fromEntries(Object.keys(HEADS).map((name) => {
    const { std, kl, slope } = headAt(name, raw);
    return [name, [std, kl, slope].map(words)];
  })));
}"""


def words(page):
    return page.locator(".vaelib-live").inner_text()


def test_the_heads_have_the_numbers_of_torch_and_break_where_it_does(open_widget):
    page, watch = open_widget(VarianceHeads())
    generator = random.Random()
    raws = [generator.uniform(-4, 4) for _ in range(200)] + [0.0]
    for value, found in zip(raws, page.evaluate(FOUND, raws), strict=True):
        for name, head in HEADS.items():
            raw = torch.tensor(value, dtype=torch.float64, requires_grad=True)
            std = head(raw)
            stated, kl, slope = (float(one) for one in found[name])
            assert stated == pytest.approx(std.item(), rel=1e-12, abs=1e-15), (name, value)
            wanted = (std**2 - 1) / 2 - std.log()
            (by_torch,) = torch.autograd.grad(wanted, raw)
            if std < 0:  # no density: torch's Normal refuses it
                with pytest.raises(ValueError, match="scale"):
                    torch.distributions.Normal(0.0, std)
                assert kl != kl and slope != slope
                continue
            assert kl == pytest.approx(wanted.item(), rel=1e-10, abs=1e-12, nan_ok=True), (name, value)
            assert slope == pytest.approx(by_torch.item(), rel=1e-10, abs=1e-12, nan_ok=True), (name, value)
            if std > 0:
                by_library = torch.distributions.kl_divergence(torch.distributions.Normal(0.0, std), torch.distributions.Normal(0.0, 1.0))
                assert kl == pytest.approx(by_library.item(), abs=1e-6)
    assert watch.errors == []


def test_a_raw_output_is_dragged_and_moved_by_keys(open_widget):
    page, watch = open_widget(VarianceHeads(raw=0.5))
    cells = lambda: page.locator("tbody tr").nth(2).locator("td").all_inner_texts()  # noqa: E731, of the ReLU
    settle(page)
    assert cells()[0] == "0.50" and "leads back" not in words(page)
    page.locator("canvas").focus()
    for _ in range(2):
        page.keyboard.press("Shift+ArrowLeft")
    settle(page)
    assert cells() == ["0.00", "0.00", "\u221e", "0.00"]
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert cells() == ["0.00", "0.00", "\u221e", "0.00"] and "no step leads back" in words(page)
    box = page.locator("canvas").bounding_box()
    inner = box["width"] - 42
    at = lambda raw: box["x"] + 30 + inner * (raw + 4) / 8  # noqa: E731
    top = lambda std: box["y"] + 24 + (box["height"] - 46) * (4 - std) / 6  # noqa: E731
    page.mouse.move(at(-0.6), top(2.718281828**-0.3))
    page.mouse.down()
    page.mouse.move(at(1.0), top(1), steps=4)
    page.mouse.up()
    settle(page)
    assert float(page.get_by_role("slider", name="raw output").input_value()) == pytest.approx(1, abs=0.05)
    assert watch.errors == []


def test_every_size_says_the_numbers_of_the_file(open_widget):
    page, watch = open_widget(Capacity())
    sweep = read_capacity()
    settle(page)
    for toss in TOSSES:
        page.get_by_role("group", name="Training pixels tossed").get_by_role("button", name=toss).click()
        for depth in DEPTHS:
            page.get_by_role("group", name="Hidden layers").get_by_role("button", name=str(depth)).click()
            place = (TOSSES.index(toss), DEPTHS.index(depth))
            for width in random.sample(range(len(WIDTHS)), 2):
                page.get_by_role("slider", name="width").fill(str(width))
                settle(page)
                train, held_out = (scores[(*place, width)].mean().item() for scores in (sweep.train, sweep.held_out))
                told = words(page).replace("\u2212", "-")
                assert told.startswith(f"{sweep.weights[place[1], width].item():,} weights.")
                for value in (train, held_out):
                    assert any(f"{value + nudge:.1f}" in told for nudge in (0, 1e-6, -1e-6)), (told, value)
    assert watch.errors == []


def test_the_bar_is_dragged_from_width_to_width(open_widget):
    page, watch = open_widget(Capacity(width=16))
    settle(page)
    canvas = page.locator("canvas").first
    box = canvas.bounding_box()
    sweep = read_capacity()
    middle = (sweep.train[0, 0, 2].mean() + sweep.held_out[0, 0, 2].mean()).item() / 2
    inner = (box["width"] - 50, box["height"] - 48)
    at = lambda index: box["x"] + 34 + inner[0] * (index + 0.25) / 6.5  # noqa: E731
    y = box["y"] + 24 + inner[1] * (-19 - middle) / 11
    page.mouse.move(at(2), y)
    page.mouse.down()
    page.mouse.move(at(6), y, steps=5)
    page.mouse.up()
    settle(page)
    width = page.get_by_role("slider", name="width")
    expect(width).to_have_value("6")
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    expect(width).to_have_value("5")
    assert watch.errors == []


@pytest.mark.parametrize("make", [Capacity, VarianceHeads])
def test_they_fit_a_laptop_and_a_phone(open_widget, make):
    for size, most in (((1280, 800), 620), ((390, 844), 1000)):
        page, _ = open_widget(make(), viewport={"width": size[0], "height": size[1]})
        settle(page)
        assert page.locator(".vaelib-card").bounding_box()["height"] < most
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
