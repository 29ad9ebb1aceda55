"""Slant and thickness in the page: measured as in Python, told in the live text, and shown as the colour of the dots."""

import re

import pytest
import torch
from waiting import settle

from vaelib import moments, pretrained
from vaelib.widgets import LatentExplorer

MEASURE = "images => import('/js/engine/moments.mjs').then(m => images.map(x => [m.slant(x), m.thickness(x)]))"


def minus(text):
    return float(text.replace("\u2212", "-"))


@pytest.mark.parametrize("side", [8, 28])
def test_the_page_measures_what_python_measures(open_page, side):
    page, _ = open_page("book/index.html")
    seed = 20260102
    images = torch.rand(6, side * side, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) ** 4
    wanted = torch.stack([moments.slant(images), moments.thickness(images)], 1)
    torch.testing.assert_close(torch.tensor(page.evaluate(MEASURE, images.tolist()), dtype=torch.float64), wanted, atol=1e-11, rtol=0)


def test_the_live_text_tells_slant_and_thickness_of_the_decoded_mean(open_widget):
    seed = 20260112
    z = (3 * torch.rand(2, generator=torch.Generator().manual_seed(seed)) - 1.5).round(decimals=2)
    page, watch = open_widget(LatentExplorer("mnist-2d", z=z, encoder=False))
    model = pretrained.load("mnist-2d").double()
    image = model.decode(z[None].double()).sigmoid()
    said = page.locator(".vaelib-live").inner_text()
    slant, width = re.search(r"slant of the mean image (\S+), strokes (\S+) pixels wide", said).groups()
    assert abs(minus(slant) - moments.slant(image).item()) < 0.0051
    assert abs(float(width) - moments.thickness(image).item()) < 0.051
    assert watch.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dots_take_the_colours_of_what_was_measured_and_a_legend_says_which(open_widget, scheme):
    page, watch = open_widget(LatentExplorer("digits8-2d", encoder=False), color_scheme=scheme)
    widget = page.locator("[data-vaelib-widget]")
    canvas, legend = widget.locator("canvas").first, widget.locator(".vaelib-scale")
    press = lambda name: widget.get_by_role("group", name="Colour the dots by").get_by_role("button", name=name).click()  # noqa: E731
    pictures = [canvas.evaluate("el => el.toDataURL()")]
    for name, ends in (
        ("slant", r"leans left, \u2212(0\.\d).*?(0\.\d), leans right"),
        ("thickness", r"thin, (1\.\d)\spx.*?(2\.\d)\spx, thick"),
    ):
        press(name)
        settle(page)
        low, high = map(float, re.search(ends, legend.inner_text(), re.S).groups())
        values = pretrained.read_codes("digits8-2d")[name].quantile(torch.tensor([0.02, 0.98]))
        wanted = [values.abs().max().item()] * 2 if name == "slant" else values.tolist()
        assert [low, high] == pytest.approx(wanted, abs=0.051)
        pictures.append(canvas.evaluate("el => el.toDataURL()"))
        assert name in widget.get_by_text("Each dot is one of").inner_text().replace("strokes in pixels", "thickness").replace(
            "leans", "slant"
        )
    assert len(set(pictures)) == 3
    widget.get_by_role("button", name="Reset").click()
    settle(page)
    assert canvas.evaluate("el => el.toDataURL()") == pictures[0] and legend.count() == 0
    assert watch.errors == []


def test_a_link_carries_the_colouring(open_widget):
    link = "#latent_explorer-1=%7B%22colour%22%3A%22thickness%22%7D"
    page, _ = open_widget(LatentExplorer("digits8-2d", encoder=False), link)
    page.locator(".vaelib-scale").wait_for()
    assert page.get_by_role("button", name="thickness").get_attribute("aria-pressed") == "true"
    hostile = "#latent_explorer-1=%7B%22colour%22%3A%22constructor%22%7D"
    page, watch = open_widget(LatentExplorer("digits8-2d", encoder=False), hostile)
    page.locator(".vaelib-legend").wait_for()
    assert watch.errors == []
