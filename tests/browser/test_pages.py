"""Hands on the figures of every page: each slider moves its picture, and the first chapter's explorer answers in every way it promises.

What every page is asked while it is open is in visits.py.
"""

import json
import re
from itertools import combinations

import pytest
from visits import PAGES, SITE, WITH_WIDGET
from waiting import rest, settle

from conftest import Book

PICTURES = "el => [...el.querySelectorAll('canvas')].map(c => c.toDataURL()).join('|')"


# What a widget shows besides its sliders' own values.
SAID = "el => [...el.querySelectorAll('.vaelib-live, td, dd, pre')].map(one => one.textContent)"
OF_THE_NEXT_RUN = ("train_vae", "gradient_race")  # what is set there acts once it runs: the value beside the slider is all that changes


def picture(page, widget):
    settle(page)
    values = widget.locator("output").all_inner_texts() if widget.get_attribute("data-vaelib-widget") in OF_THE_NEXT_RUN else []
    return [widget.evaluate(PICTURES), widget.evaluate(SAID), values]


def test_the_book_has_its_pages_and_widgets():
    assert {
        "404.html",
        "answers.html",
        "search.html",
        "book/index.html",
        "book/notation.html",
        "notebooks/01_hidden_causes.html",
        "notebooks/08_latent_space.html",
    } <= set(PAGES)
    kinds = set(re.findall(r'data-vaelib-widget="(\w+)"', "".join((SITE / p).read_text() for p in WITH_WIDGET)))
    assert {"answer_check", "hidden_cause", "latent_explorer", "latent_views", "reparameterization"} <= kinds


@pytest.mark.parametrize("path", WITH_WIDGET)
@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 390, "height": 844}, "has_touch": True}], ids=["laptop", "phone"])
def test_each_slider_moves_its_picture_by_mouse_and_by_key(open_page, path, options):
    page, watch = open_page(path, **options)
    for widget in page.locator("[data-vaelib-widget]:has(canvas)").all():
        sliders = widget.locator("input[type=range]:visible")
        assert sliders.count() > 0 or widget.get_attribute("data-vaelib-widget") in ("draw_digit", "front_door"), (
            "a widget without a slider"
        )
        for slider in sliders.all():
            slider.scroll_into_view_if_needed()
            name = slider.evaluate("el => el.labels[0]?.textContent || el.ariaLabel")
            assert name, "a slider without a name"
            start = picture(page, widget)
            box = slider.bounding_box()
            low, high, value = (float(slider.evaluate(f"el => el.{key}")) for key in ("min", "max", "value"))
            x = box["x"] + min(box["width"] - 3, box["width"] * (value - low) / (high - low))  # the right edge itself is outside
            y = box["y"] + box["height"] / 2
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(box["x"] + box["width"] * (0.8 if value < (low + high) / 2 + 1e-9 else 0.2), y, steps=4)
            page.mouse.up()
            dragged = picture(page, widget)
            assert dragged != start, f"{path}: dragging {name} changes nothing"
            slider.focus()
            at_the_end = float(slider.input_value()) >= high
            for _ in range(5):
                page.keyboard.press("ArrowLeft" if at_the_end else "ArrowRight")
            assert picture(page, widget) != dragged, f"{path}: arrow keys on {name} change nothing"
    assert watch.errors == []


@pytest.mark.parametrize("path", WITH_WIDGET)
def test_without_scripts_a_still_picture_stands_in_each_widget(browser, site, path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{path}")
    for widget in page.locator("[data-vaelib-widget]").all():
        still = widget.locator("img")
        assert still.is_visible() and len(still.get_attribute("alt")) > 40 and still.bounding_box()["width"] > 200
    context.close()


EXPLORER = "notebooks/01_hidden_causes.html"


def test_the_plane_answers_pointer_touch_and_arrows(open_page):
    page, watch = open_page(EXPLORER, has_touch=True)
    widget = page.locator("[data-vaelib-widget=latent_explorer]").first
    pad = widget.locator("[tabindex='0']").first
    pad.scroll_into_view_if_needed()
    z = lambda: [float(s.input_value()) for s in widget.locator("input[type=range]").all()]  # noqa: E731
    box = pad.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
    settle(page)
    right_top = z()
    assert right_top[0] > 0.5 and right_top[1] > 0.5, "up and right are positive"
    page.touchscreen.tap(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.7)
    settle(page)
    assert z()[0] < -0.5 and z()[1] < -0.5
    before = z()
    pad.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    settle(page)
    after = z()
    assert after[0] > before[0] and after[1] > before[1]
    assert watch.errors == []


TWO_KEYS = """pad => { for (const key of ["ArrowRight", "ArrowUp"]) pad.dispatchEvent(new KeyboardEvent("keydown", { key })); }"""


def test_two_keys_within_one_frame_both_count(open_page):
    page, _ = open_page(EXPLORER)
    widget = page.locator("[data-vaelib-widget=latent_explorer]").first
    z = lambda: [float(s.input_value()) for s in widget.locator("input[type=range]").all()]  # noqa: E731
    before = z()
    widget.locator("[tabindex='0']").first.evaluate(TWO_KEYS)
    settle(page)
    assert [round(new - old, 6) for new, old in zip(z(), before, strict=True)] == [0.1, 0.1]


def test_the_close_up_says_which_way_to_drag(open_page):
    page, _ = open_page("notebooks/01_two_numbers.html")
    widget = page.locator("[data-vaelib-widget=latent_explorer]").nth(1)
    widget.scroll_into_view_if_needed()
    widget.get_by_text("Drag z into it").wait_for()  # as the chapter asks: z is not yet in the frame
    for slider, code in zip(widget.get_by_role("slider").all(), (0.14, 0.17), strict=True):
        slider.fill(str(code))
    settle(page)
    assert widget.get_by_text("Drag z away").count() == 1 and widget.get_by_text("Drag z into it").count() == 0
    assert "log p(x|z)" in widget.inner_text() and not re.search(r"KL|ELBO", widget.inner_text()), "terms before they have a name"


def test_mean_and_sample_are_told_apart(open_page):
    page, _ = open_page(EXPLORER)
    widget = page.locator("[data-vaelib-widget=latent_explorer]").first
    mean = picture(page, widget)
    widget.get_by_role("button", name="one sample", exact=True).click()
    sample = picture(page, widget)
    assert sample != mean and "one sample" in widget.inner_text()
    widget.get_by_role("button", name="New sample").click()
    assert picture(page, widget) != sample
    widget.get_by_role("button", name="Reset").click()
    assert picture(page, widget) == mean


def test_a_draw_from_the_prior_moves_z(open_page):
    page, _ = open_page(EXPLORER)
    widget = page.locator("[data-vaelib-widget=latent_explorer]").first
    seen = [picture(page, widget)]
    for _ in range(3):
        widget.get_by_role("button", name="Draw z from the prior").click()
        seen.append(picture(page, widget))
    assert all(a != b for a, b in combinations(seen, 2))


def test_a_link_carries_the_state_and_a_hostile_one_carries_nothing(open_page):
    page, watch = open_page(EXPLORER + "#latent_explorer-1=" + "%7B%22z%22%3A%5B1.5%2C-0.5%5D%7D")
    widget = page.locator("[data-vaelib-widget=latent_explorer]").first
    settle(page)
    assert [float(s.input_value()) for s in widget.locator("input[type=range]").all()] == [1.5, -0.5]
    widget.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    rest(page, 600)  # the address is written at rest, not at each step
    assert "1.6," in page.evaluate("decodeURIComponent(location.hash)")
    for state in (
        {"z": ["<img src=x onerror=alert(1)>", None]},
        {"z": [1e999, 0], "show": "</SCRIPT>"},
        {"z": "abc", "__proto__": {"z": 1}},
    ):
        fragment = json.dumps(state).replace("Infinity", "1e999")
        page.goto("about:blank")
        page.goto(f"{watch.site}/{EXPLORER}#latent_explorer-1={fragment}")
        widget = page.locator("[data-vaelib-widget=latent_explorer]").first
        widget.locator("canvas").first.wait_for(state="visible")
        settle(page)
        values = [float(s.input_value()) for s in widget.locator("input[type=range]").all()]
        assert all(abs(v) <= 4 for v in values)
        assert widget.locator("img[src='x']").count() == 0
    assert [one for one in watch.errors if "ERR_ABORTED" not in one] == []  # a page that is left gives up what it was fetching


@pytest.mark.parametrize("damage", ["truncated", "missing"])
def test_a_damaged_weight_file_leaves_the_still_picture_and_a_sentence(browser, site, damage):
    context = browser.new_context()
    page = context.new_page()

    def spoil(route):
        if damage == "missing":
            return route.fulfill(status=404, body="gone")
        body = route.fetch().body()
        return route.fulfill(status=200, body=body[: len(body) // 2])

    page.route(re.compile(r"decoder\.[0-9a-f]+\.safetensors"), spoil)
    page.goto(f"{site}/{EXPLORER}")
    widget = page.locator("[data-vaelib-widget=latent_explorer]").first
    widget.scroll_into_view_if_needed()
    sentence = widget.locator("[role=status]")
    sentence.wait_for()
    assert "stays a picture" in sentence.inner_text() and widget.locator("img").is_visible()
    context.close()


def test_each_model_file_is_served_once_with_its_hash_in_its_name():
    files = [p.name for p in (SITE / "_static" / "vaelib").iterdir()]
    assert files and all(re.fullmatch(r"[\w.-]+\.[0-9a-f]{8,}\.(safetensors|mjs|css)", name) for name in files), files
    stems = [re.sub(r"\.[0-9a-f]{8,}\.", ".", name) for name in files]
    assert len(stems) == len(set(stems))


def test_an_old_link_goes_on_to_where_its_heading_stands_now(new_page, site):
    Book.lone["/lone/older.html"] = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Older</title>'
        '<meta name="vaebook-moved" content="{&quot;gone&quot;: &quot;../book/glossary.html#term-nat&quot;, &quot;here&quot;: &quot;../404.html&quot;}">'
        '<script type="module" src="/host/page.mjs"></script></head><body><h1 id="here">Older</h1></body></html>'
    )
    page, watch = new_page()
    page.goto(f"{site}/lone/older.html#gone")
    page.wait_for_url("**/book/glossary.html#term-nat")
    page.goto(f"{site}/lone/older.html#here")  # what is still here stays, and what nobody moved too
    page.evaluate("location.hash = 'unknown'")
    settle(page)
    assert page.url.endswith("/lone/older.html#unknown")
    page.evaluate("location.hash = 'gone'")
    page.wait_for_url("**/book/glossary.html#term-nat")
    assert [error for error in watch.errors if not error.endswith("net::ERR_ABORTED")] == []  # what a page that one leaves was fetching
