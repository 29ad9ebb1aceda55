"""The width of the pixels in a real browser: its numbers beside torch's on pictures drawn anew, hand, keys and touch, and the best width."""

import math
import re

import pytest
import torch
from torch.distributions import Normal
from waiting import settle

from vaelib.widgets import PixelWidth

SCORE = """async ([x, mean, std]) => {
  const { bestStd, density, logLikelihood, unpack } = await import("/js/widgets/pixel_width/gaussian_pixels.mjs");
  const [image, means] = [unpack(x)[0], unpack(mean)[0]];
  return [logLikelihood(image, means, std).total, bestStd(image, means), density(image[9], means[9], std)];
}"""


def made(seed, **settings):
    generator = torch.Generator().manual_seed(seed)
    x, mean = (torch.randint(241, (2, 64), generator=generator).double() / 240 for _ in range(2))
    return x, mean, PixelWidth(x, mean, **settings)


def numbers(text):
    return [float(one.replace("\u2212", "-")) for one in re.findall(r"\u2212?\d+(?:\.\d+)?", text)]


def ring(page, std, score, top):
    """Where the ring of the curve lies on the page."""
    box = page.locator("canvas[aria-label^='log p(x']").bounding_box()
    high = math.ceil((top + 8) / 10) * 10
    right = (math.log(std) - math.log(0.01)) / (math.log(2) - math.log(0.01))
    down = (high - max(high - 130, score)) / 130
    return box["x"] + 40 + right * (box["width"] - 52), box["y"] + 24 + down * (box["height"] - 46)


def score_of(x, mean, std):
    return Normal(mean, std).log_prob(x).sum().item()


@pytest.mark.parametrize("seed", [11, 12])
def test_the_score_the_best_width_and_the_bell_are_those_of_torch(open_widget, seed):
    std = 0.05 + 0.31 * (seed % 5)
    x, mean, widget = made(seed, std=std, revealed=True)
    page, watch = open_widget(widget)
    score, best, density = page.evaluate(SCORE, [widget.x, widget.mean, std])
    log_std = torch.tensor(best).log().double().requires_grad_()
    (slope,) = torch.autograd.grad(Normal(mean[0], log_std.exp()).log_prob(x[0]).sum(), log_std)
    assert abs(score / score_of(x[0], mean[0], std) - 1) < 1e-10 and abs(slope) < 1e-4
    assert abs(density - Normal(mean[0, 9], std).log_prob(x[0, 9]).exp()) < 1e-10
    _, shown, *_, found, top, above = numbers(
        page.locator(".vaelib-live").inner_text().split(" The framed pixel")[0].replace("\u03c3\u2093 = ", "")
    )
    assert abs(shown - score) < 0.051 and abs(found - best) < 6e-4
    assert abs(top - score_of(x[0], mean[0], best)) < 0.051 and abs(above - (top - shown)) < 0.11
    assert watch.errors == []


def test_hand_and_keys_move_the_width_and_reset_leads_back(open_widget):
    x, mean, widget = made(13, std=0.5)
    page, _ = open_widget(widget)
    width = lambda: float(page.get_by_role("slider").get_attribute("aria-valuetext"))  # noqa: E731
    top = score_of(x[0], mean[0], (x[0] - mean[0]).square().mean().sqrt())
    where = ring(page, 0.5, score_of(x[0], mean[0], 0.5), top)
    page.mouse.move(*where)
    page.mouse.down()
    page.mouse.move(where[0] + 30, where[1])
    page.mouse.up()
    settle(page)
    held = width()
    assert held > 0.7
    page.mouse.click(where[0] - 60, where[1])  # no handle lies there
    settle(page)
    assert width() == held
    page.locator("canvas[aria-label^='log p(x']").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    settle(page)
    assert abs(width() - held * math.exp(-0.15)) < 0.011
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert width() == 0.5


def test_another_picture_hides_the_best_width_and_a_click_frames_a_pixel(open_widget):
    x, mean, widget = made(14, std=0.3)
    page, _ = open_widget(widget)
    page.get_by_role("button", name="Show the best width").click()
    settle(page)
    assert "no width scores more" in page.locator(".vaelib-live").inner_text()
    page.get_by_role("button", name="2", exact=True).click()
    settle(page)
    text = page.locator(".vaelib-live").inner_text()
    assert "Find it by hand" in text and abs(numbers(text)[1] - score_of(x[1], mean[1], 0.3)) < 0.051
    strip = page.locator("canvas").first
    strip.click(position={"x": 60, "y": 80})
    strip.focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    label = strip.get_attribute("aria-label")
    row, column, shown, middle, _ = numbers(label.split("framed pixel, ")[1])
    j = int(8 * (row - 1) + column - 1)
    assert (row, column) == (4, 5) and abs(shown - x[1, j]) < 0.0051 and abs(middle - mean[1, j]) < 0.0051


def test_a_swipe_over_the_pictures_scrolls_and_moves_nothing(open_widget):
    _, _, widget = made(15)
    page, _ = open_widget(widget, viewport={"width": 390, "height": 500}, has_touch=True)
    for canvas in page.locator("canvas[tabindex='0']").all():
        assert canvas.evaluate("one => getComputedStyle(one).touchAction") == "pan-y pinch-zoom"


def test_it_fits_a_laptop_and_a_phone(open_widget):
    for size, most in (((1280, 800), 620), ((390, 844), 1000)):
        page, _ = open_widget(made(16)[2], viewport={"width": size[0], "height": size[1]})
        assert page.locator(".vaelib-card").bounding_box()["height"] < most
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
