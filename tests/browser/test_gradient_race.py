"""The race of gradients and the rings of the reparameterization bench in a real browser: gradients beside torch's autograd, hands, keys, run and pause."""

import random
import re

import pytest
import torch
from waiting import eventually, settle

from vaelib.widgets import GradientRace, ReparameterizationBench

ONE_STEP = """async ({ mean, log_var, draws, seed }) => {
  const { gradient, RUNNERS } = await import("/js/widgets/gradient_race/race.mjs");
  const { normals } = await import("/js/engine/random.mjs");
  const noise = normals(draws, seed);
  return { noise: [...noise], ...Object.fromEntries(RUNNERS.map((runner) => [runner, gradient(runner, mean, log_var, noise)])) };
}"""


def cost(z):
    return z**2 + z.sin()


def by_torch(runner, mean, log_var, noise):
    """The gradient of one step by autograd: through the draw, through log q, or through nothing."""
    parameters = torch.tensor([mean, log_var], dtype=torch.float64, requires_grad=True)
    std = (parameters[1] / 2).exp()
    z = parameters[0] + std * noise
    if runner == "trick":
        objective = cost(z)
    else:
        log_q = torch.distributions.Normal(parameters[0], std).log_prob(z.detach())
        objective = cost(z.detach()) * log_q if runner == "score function" else cost(z.detach()) + 0 * parameters.sum()
    return torch.autograd.grad(objective.mean(), parameters)[0]


def numbers(text):
    return [float(one.replace("\u2212", "-")) for one in re.findall(r"\u2212?\d+(?:\.\d+)?", text)]


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_the_three_gradients_are_those_of_autograd_on_states_drawn_anew(open_widget, seed):
    page, watch = open_widget(GradientRace(sample_seed=1))
    draw = random.Random(seed)
    state = {"mean": draw.uniform(-3, 3), "log_var": draw.uniform(-4, 2), "draws": draw.randint(1, 100), "seed": seed}
    ours = page.evaluate(ONE_STEP, state)
    noise = torch.tensor(ours["noise"], dtype=torch.float64)
    for runner in ("trick", "score function", "detached"):
        wanted = by_torch(runner, state["mean"], state["log_var"], noise)
        assert (torch.tensor(ours[runner], dtype=torch.float64) - wanted).abs().max() <= 1e-10 * max(1, wanted.abs().max())
    assert watch.errors == []


def test_a_step_in_the_figure_is_a_step_of_torch(open_widget):
    page, _ = open_widget(GradientRace(start=1.25, learning_rate=0.2, draws=7, sample_seed=30))
    noise = torch.tensor(page.evaluate(ONE_STEP, {"mean": 1.25, "log_var": 0, "draws": 7, "seed": 30})["noise"], dtype=torch.float64)
    page.get_by_role("button", name="Step").click()
    settle(page)
    label = page.locator("canvas").first.get_attribute("aria-label")
    for runner in ("trick", "score function", "detached"):
        mean, std = numbers(label.split(f"{runner}: ")[1])[:2]
        gradient = by_torch(runner, 1.25, 0.0, noise)
        assert abs(mean - (1.25 - 0.2 * gradient[0])) < 0.0051 and abs(std - (-0.1 * gradient[1]).clamp(-2, 1).exp()) < 0.0051


def steps(page):
    return int(numbers(page.locator(".vaelib-live").inner_text())[0])


def test_it_runs_pauses_rests_out_of_sight_and_ends(open_widget):
    page, _ = open_widget(GradientRace(sample_seed=2), viewport={"width": 1280, "height": 700})
    page.get_by_role("button", name="Run").click()
    eventually(lambda: steps(page), lambda count: count > 3)
    page.locator("h1").evaluate("title => { title.style.marginTop = '3000px'; scrollTo(0, 0); }")
    page.wait_for_function("document.querySelector('.vaelib-card').getBoundingClientRect().top > innerHeight")
    page.wait_for_timeout(150)
    held = steps(page)
    page.wait_for_timeout(400)
    assert steps(page) == held < 200
    page.locator("h1").evaluate("title => { title.style.marginTop = ''; }")
    eventually(lambda: steps(page), lambda count: count > held)
    page.get_by_role("button", name="Pause").click()
    settle(page)
    held = steps(page)
    page.wait_for_timeout(200)
    assert steps(page) == held
    page.get_by_role("button", name="Reset").click()
    settle(page)
    assert steps(page) == 0


def test_with_reduced_motion_it_jumps_to_the_end(open_widget):
    page, _ = open_widget(GradientRace(sample_seed=2), reduced_motion="reduce")
    page.get_by_role("button", name="Run").click()
    settle(page)
    assert steps(page) == 200 and page.get_by_role("button", name="Run again").is_visible()


def test_the_start_follows_its_ring_and_its_keys(open_widget):
    page, _ = open_widget(GradientRace(sample_seed=2))
    valley = page.locator("canvas").first
    box = valley.bounding_box()
    at = lambda z: box["x"] + box["width"] * (z + 3.9) / 7.8  # noqa: E731
    start = lambda: numbers(valley.get_attribute("aria-label").split("All start at mean ")[1])[0]  # noqa: E731
    page.mouse.move(at(2.5), box["y"] + box["height"] - 34)
    page.mouse.down()
    page.mouse.move(at(-1.5), box["y"] + box["height"] - 34, steps=4)
    page.mouse.up()
    settle(page)
    assert abs(start() + 1.5) < 0.03
    held = start()
    page.mouse.click(at(1), box["y"] + 40)
    settle(page)
    assert start() == held
    valley.press("Shift+ArrowRight")
    settle(page)
    assert abs(start() - held - 0.5) < 1e-9


def test_it_fits_a_laptop_and_a_phone(open_widget):
    for size, most in (((1280, 800), 640), ((390, 844), 1200)):
        page, _ = open_widget(GradientRace(sample_seed=1), viewport={"width": size[0], "height": size[1]})
        assert page.locator(".vaelib-card").bounding_box()["height"] < most
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.locator("canvas").first.evaluate("one => getComputedStyle(one).touchAction") == "pan-y pinch-zoom"


# the rings of the reparameterization bench


def bench(open_widget, **settings):
    page, _ = open_widget(ReparameterizationBench(sample_seed=1, **settings))
    picture = page.locator("canvas").first
    box = picture.bounding_box()

    def told():
        settle(page)
        return numbers(picture.get_attribute("aria-label"))[:3]  # noise, z, cost

    def drag(start, end, height):
        at = lambda value: box["x"] + box["width"] * (0.5 + value / 12)  # noqa: E731
        page.mouse.move(at(start), box["y"] + height * box["height"])
        page.mouse.down()
        page.mouse.move(at(end), box["y"] + height * box["height"], steps=5)
        page.mouse.up()
        return told()

    return page, picture, told, drag


@pytest.mark.parametrize("rule", ["exp(log_var / 2)", "exp(log_var)"])
def test_a_held_noise_moves_z_and_a_held_z_or_cost_solves_for_the_noise(open_widget, rule):
    mean, log_var = -0.4, 0.6
    std = torch.tensor(log_var / 2 if rule == "exp(log_var / 2)" else log_var).exp().item()
    _, _, told, drag = bench(open_widget, mean=mean, log_var=log_var, noise=0.5, std_rule=rule)
    noise, z, _ = drag(0.5, -1.0, 0.2)
    assert abs(noise + 1) < 0.04 and abs(z - (mean + std * noise)) < 0.011
    noise, z, _ = drag(z, 1.2, 0.6)
    assert abs(z - 1.2) < 0.04 and abs(noise - (1.2 - mean) / std) < 0.04
    low = cost(torch.tensor(z, dtype=torch.float64)).item()
    noise, z, shown = drag(z, -1.6, 0.985 - 0.285 * low / 40)
    assert abs(z + 1.6) < 0.04 and abs(noise - (z - mean) / std) < 0.011 and abs(shown - cost(torch.tensor(z).double())) < 0.06
    assert drag(5.0, 2.0, 0.4) == told() and told()[0] == noise  # nothing to hold there


def test_arrow_keys_move_noise_and_z_and_a_swipe_scrolls(open_widget):
    _, picture, told, _ = bench(open_widget, mean=1.0, log_var=-1.0, noise=0.0)
    picture.press("ArrowRight")
    assert told()[0] == 0.1
    picture.press("Shift+ArrowUp")
    assert abs(told()[1] - (1 + 0.1 * 0.6065 + 0.5)) < 0.0101
    assert picture.evaluate("one => getComputedStyle(one).touchAction") == "pan-y pinch-zoom"
