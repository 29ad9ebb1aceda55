"""The envelope of chapter 1: a guess by hand and by key, and numbers that are those of torch for the pictures on the page."""

import json
import re

import pytest
import torch
from waiting import settle

PAGE = "notebooks/01_hidden_causes.html"


def ink(z):
    """The rule as the chapter states it, (n, 2) -> (n, 64)."""
    place = torch.arange(8, dtype=torch.float64) - 3.5
    above, right = (part.flatten() for part in torch.meshgrid(-place, place, indexing="ij"))
    return torch.sigmoid(4 * (2 * 1.3 ** z[:, 1:] / 2 - (right - 0.3 * z[:, :1] * above).abs()))


def known(x):
    """Mean and standard deviation of p(z|x) by quadrature, finer and wider than the page's, and the bits that x tells."""
    steps = torch.linspace(-5, 5, 201, dtype=torch.float64)
    z = torch.cartesian_prod(steps, steps)
    prior = (-0.5 * (z**2).sum(1)).log_softmax(0)
    log_likelihood = torch.distributions.Bernoulli(ink(z), validate_args=False).log_prob(x).sum(1)
    after = (log_likelihood + prior).log_softmax(0)
    mean = after.exp() @ z
    std = (after.exp() @ z**2 - mean**2).sqrt()
    return mean, std, (after.exp() * (after - prior)).sum() / torch.tensor(2.0, dtype=torch.float64).log()


def numbers(text):
    return [float(one.replace("\u2212", "-")) for one in re.findall(r"\u2212?\d+\.\d+", text)]


def test_what_is_behind_each_envelope_is_what_torch_computes(open_page):
    page, watch = open_page(PAGE)
    widget = page.locator("[data-vaelib-widget=hidden_cause]")
    state = json.loads(widget.get_attribute("data-vaelib-state"))
    causes = torch.tensor(state["causes"], dtype=torch.float64).reshape(-1, 2)
    for i, row in enumerate(state["x"].split(" ")):
        widget.get_by_role("button", name=str(i + 1), exact=True).click()
        settle(page)
        assert len(numbers(widget.locator(".vaelib-live").inner_text())) == 3, "the envelope is closed: z and its likelihood are not told"
        widget.get_by_role("button", name="Open the envelope").click()
        text = widget.locator(".vaelib-live").filter(has_text="All that x tells")
        text.wait_for()
        z1, z2, mine, drawn1, drawn2, drawn, slant, slant_std, width, width_std, bits = numbers(text.inner_text())
        x = torch.tensor([float(pixel) for pixel in row], dtype=torch.float64)
        mean, std, told = known(x)
        here = torch.stack([torch.zeros(2, dtype=torch.float64), causes[i]])
        wanted = torch.distributions.Bernoulli(ink(here)).log_prob(x).sum(1)
        assert (z1, z2) == (0, 0) and torch.allclose(torch.tensor([drawn1, drawn2]).double(), causes[i], atol=0.006)
        shown = torch.tensor([mine, drawn, bits], dtype=torch.float64)
        assert torch.allclose(shown, torch.stack([*wanted, told]), atol=0.07), (shown, wanted, told)
        shown = torch.tensor([slant, width, slant_std, width_std], dtype=torch.float64)
        assert torch.allclose(shown, torch.cat([mean, std]), atol=0.012), (shown, mean, std)
    assert watch.errors == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_stays_where_it_is_when_an_envelope_opens(open_page, width):
    page, _ = open_page(PAGE, viewport={"width": width, "height": 900})
    widget = page.locator("[data-vaelib-widget=hidden_cause]")
    opening = widget.get_by_role("button", name="Open the envelope")
    opening.scroll_into_view_if_needed()
    settle(page)
    before = widget.bounding_box()["height"]
    opening.click()
    settle(page)
    assert widget.bounding_box()["height"] == before


def test_a_guess_follows_hand_and_key_and_a_new_picture_closes_the_envelope(open_page):
    page, _ = open_page(PAGE, viewport={"width": 390, "height": 844}, has_touch=True)
    widget = page.locator("[data-vaelib-widget=hidden_cause]")
    values = lambda: [float(one.input_value()) for one in widget.locator("input[type=range]").all()]  # noqa: E731
    pad = widget.locator("[tabindex='0']").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.touchscreen.tap(box["x"] + 0.75 * box["width"], box["y"] + 0.25 * box["height"])
    settle(page)
    right, up = values()
    assert right > 0.5 and up > 0.5
    pad.focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    assert [round(value, 2) for value in values()] == [round(right - 0.1, 2), up]
    widget.get_by_role("button", name="Open the envelope").click()
    widget.get_by_role("button", name="Next picture").click()
    settle(page)
    assert values() == [0, 0] and "in the envelope" in widget.locator(".vaelib-live").inner_text()
