"""What follows from a widget's declared traits, in a page: Reset leads to the author's state, and each visit begins with draws of its own."""

import pytest
import torch
from waiting import rest, settle

from vaelib.widgets import (
    Capacity,
    CollapseDoctor,
    DrawDigit,
    GradientRace,
    HiddenCause,
    IntegralLab,
    LatentExplorer,
    LatentViews,
    LossMeaning,
    MixturePosterior,
    PixelWidth,
    ReparameterizationBench,
    SampleSheet,
    TrainVAE,
    TruthBench,
    VarianceHeads,
    Waterline,
)

SEEN = "el => [...el.querySelectorAll('canvas')].map(one => one.toDataURL()).join()"
TOLD = """el => [...el.querySelectorAll('p:not(.vaelib-heard), output, td, [aria-pressed]')].filter(one => one.offsetParent)
  .map(one => one.innerText + (one.getAttribute('aria-pressed') ?? ''))"""
BARS = torch.eye(64)[:3] + torch.eye(64)[8:11]
AUTHORED = {
    "collapse_doctor": lambda: CollapseDoctor(cure="free bits", seed=2, stop=3),
    "capacity": lambda: Capacity(width=64, depth=2, toss="anew"),
    "gradient_race": lambda: GradientRace(start=-1.5, steps=20, sample_seed=4, same_noise=False),
    "hidden_cause": lambda: HiddenCause(BARS, torch.tensor([[0.5, -1], [0, 0.25], [2, 1]]), z=(-0.5, 1), picture=1, opened=True),
    "integral_lab": lambda: IntegralLab(kind="two humps", way="proposal", latents=3),
    "latent_explorer": lambda: LatentExplorer("digits8-2d", z=(0.5, -1.25), show="sample"),
    "latent_views": lambda: LatentViews(z=[0.25] * 8, perplexity=5),
    "loss_meaning": lambda: LossMeaning(error="half squared error", kl_reduction="mean", beta=0.02, data="digits8", latents=7),
    "mixture_posterior": lambda: MixturePosterior(x=(1, -0.5), q=(0.2, 0.3, 0.5)),
    "pixel_width": lambda: PixelWidth(BARS, 0.25 + BARS / 2, std=0.3, picture=1, revealed=True),
    "reparameterization": lambda: ReparameterizationBench(mean=-0.5, log_var=0.7, noise=-1, draws=True, trick=False),
    "sample_sheet": lambda: SampleSheet(spread=1.5, zoom=True),
    "train_vae": lambda: TrainVAE(latent=3, hidden=32, beta=0.5, mistake="no KL", sample_seed=4),
    "truth_bench": lambda: TruthBench(x=1.5, q_mean=-0.5),
    "waterline": lambda: Waterline(data="mnist", beta=3, variance=0.05, latents=9),
    "variance_heads": lambda: VarianceHeads(raw=-1.25),
}  # DrawDigit's Reset is in test_draw_digit.py, where its numbers are waited for


@pytest.mark.parametrize("name", AUTHORED)
def test_reset_leads_back_to_the_authors_state_and_leaves_the_address_clean(open_widget, name):
    page, watch = open_widget(AUTHORED[name](), reduced_motion="reduce")
    widget = page.locator("[data-vaelib-widget]")
    settle(page)
    authored = widget.evaluate(TOLD)
    for one in widget.locator("input[type=range]:visible").all():
        one.press("ArrowLeft")
    for one in widget.locator("input[type=checkbox]:visible").all():
        one.click()
    for words in ("Next picture", "New sample", "New draws", "Draw z from the prior", "Draw a noise", "q = posterior", "E-step", "Jensen"):
        if widget.get_by_role("button", name=words).count():
            widget.get_by_role("button", name=words).click()
    settle(page)
    assert widget.evaluate(TOLD) != authored
    page.wait_for_function(f"location.hash.startsWith('#{name}-1=')")
    widget.get_by_role("button", name="Reset").click()
    settle(page)
    assert widget.evaluate(TOLD) == authored
    page.wait_for_function("location.hash === ''")  # all that a link carries is again what it was
    assert watch.errors == []


def drawn(page):
    page.get_by_role("button", name="Draw z from the prior").click()
    settle(page)
    return [float(one.input_value()) for one in page.locator("input[type=range]").all()]


def test_two_visits_draw_different_z_and_a_link_repeats_them(open_widget):
    pages = [open_widget(LatentExplorer("digits8-2d", codes=False))[0] for _ in range(2)]
    pages[0].locator("input[type=range]").first.press("ArrowRight")
    rest(pages[0], 600)  # until the address is written
    link = pages[0].evaluate("location.hash")
    first, second = (drawn(page) for page in pages)
    assert first != second
    linked = open_widget(LatentExplorer("digits8-2d", codes=False), link)[0]
    assert drawn(linked) == first
    authored = [drawn(open_widget(LatentExplorer("digits8-2d", codes=False, sample_seed=4))[0]) for _ in range(2)]
    assert authored[0] == authored[1]


@pytest.mark.parametrize(("make", "button"), [
    (lambda seed: LatentExplorer("digits8-2d", show="sample", codes=False, sample_seed=seed), "New sample"),
    (lambda seed: SampleSheet(show="sample", sample_seed=seed), "New draws"),
    (lambda seed: ReparameterizationBench(draws=True, sample_seed=seed), "Another 200"),
])  # fmt: skip
def test_draws_differ_from_visit_to_visit_unless_a_seed_is_named(open_widget, make, button):
    seen = []
    for seed in (None, None, 5, 5):
        page, _ = open_widget(make(seed))
        settle(page)
        seen.append(page.locator("[data-vaelib-widget]").evaluate(SEEN))
    assert seen[0] != seen[1] and seen[2] == seen[3]
    page.get_by_role("button", name=button).click()
    settle(page)
    assert page.locator("[data-vaelib-widget]").evaluate(SEEN) != seen[3]


def test_the_weights_of_a_drawing_differ_from_visit_to_visit(open_widget):
    seen = set()
    for _ in range(2):
        page, _ = open_widget(DrawDigit("mnist-2d", samples=5))
        page.locator(".vaelib-results[aria-busy=false]").wait_for(timeout=60_000)
        settle(page)
        seen.add(page.locator("[data-vaelib-widget]").evaluate(SEEN))
    assert len(seen) == 2


def test_steps_that_a_kernel_takes_away_are_gone(open_widget):
    page, watch = open_widget(TruthBench(steps=False))
    assert page.get_by_role("button", name="M-step").count() == 0
    page, watch = open_widget(TruthBench())
    page.get_by_role("button", name="M-step").wait_for()
    assert watch.errors == []
