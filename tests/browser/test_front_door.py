"""The front page's figure in a real browser: it glides until a hand comes, the drawing lies where torch's encoder puts it, a swipe passes."""

import json
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import torch
from touch import finger
from waiting import eventually, rest, settle

from vaelib import drawings, pretrained
from vaelib.widgets import FrontDoor

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from weight import Scale, kilobytes

FIRST_VISIT = 450  # kB after gzip
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
GLIDES, STANDS = "Stop the point", "Let the point glide"


class Door:
    """The widget on its page, and what can be read off it."""

    def __init__(self, page, watch):
        self.page, self.watch, self.widget = page, watch, page.locator("[data-vaelib-widget]")
        self.sheet, self.plane = (self.widget.locator("canvas[role=application]").nth(i) for i in (0, 1))
        self.digit = self.widget.locator(".vaelib-door-picture canvas")

    def seen(self):
        settle(self.page)
        return self.digit.evaluate("el => el.toDataURL()")

    def moves(self):
        """Does the digit change by itself?"""
        before = self.seen()
        rest(self.page, 400)
        return self.seen() != before

    def linked(self):
        """The state that the address carries, or None."""
        fragment = unquote(self.page.evaluate("location.hash")).lstrip("#")
        return json.loads(fragment.partition("=")[2]) if fragment else None

    def press(self, name):
        self.widget.get_by_role("button", name=name).click()
        settle(self.page)

    def place(self, across, up):
        box = self.plane.bounding_box()
        return box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"]

    def draw(self, points):
        box = self.sheet.bounding_box()
        places = [(box["x"] + column * box["width"] / 28, box["y"] + row * box["height"] / 28) for column, row in points]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place, steps=8)
        self.page.mouse.up()


@pytest.fixture
def mount(open_widget):
    """mount(context={}, **traits) -> Door."""

    def mount_(context=None, **traits):
        return Door(*open_widget(FrontDoor(**traits), **(context or {})))

    return mount_


def test_it_glides_by_itself_and_leaves_the_address_alone(mount):
    door = mount()
    assert door.moves() and door.moves()
    rest(door.page, 600)  # longer than the host waits before it writes
    assert door.linked() is None and door.watch.errors == []


def test_a_hand_stops_it_for_good_and_a_button_lets_it_go_on(mount):
    door = mount()
    door.page.mouse.click(*door.place(0.75, 0.3))
    assert not door.moves()
    state = eventually(door.linked)
    assert state["gliding"] is False and state["z"] == pytest.approx([1.5, -1.2], abs=0.05)
    assert "(1.5" in door.widget.locator(".vaelib-live").inner_text()
    door.press(STANDS)
    assert door.moves()
    eventually(door.linked, lambda state: state is None)
    door.press(GLIDES)
    assert not door.moves() and door.watch.errors == []


def test_arrow_keys_stop_it_and_move_the_point(mount):
    door = mount()
    door.plane.focus()
    door.page.keyboard.press("ArrowLeft")
    assert not door.moves()
    left = eventually(door.linked)["z"]
    door.page.keyboard.press("Shift+ArrowUp")
    settle(door.page)
    assert eventually(door.linked, lambda state: state["z"] != left)["z"] == pytest.approx([left[0], left[1] + 0.5], abs=1e-6)


def test_with_reduced_motion_it_waits_until_it_is_asked(mount):
    door = mount(context={"reduced_motion": "reduce"})
    assert not door.moves()
    door.press(STANDS)
    assert door.moves()
    door.press(GLIDES)
    assert not door.moves()


def test_it_rests_while_nobody_sees_it(mount):
    door = mount()
    assert door.moves()
    door.page.evaluate("document.body.style.paddingBottom = '4000px'")
    door.page.evaluate("scrollTo(0, 3000)")
    rest(door.page, 100)
    assert not door.moves()
    door.page.evaluate("scrollTo(0, 0)")
    rest(door.page, 100)
    assert door.moves()


def test_a_drawing_lies_where_torchs_encoder_puts_it(mount):
    door = mount()
    assert not any("encoder" in name for name in asked(door.page)), "nobody draws yet"
    door.draw([(9, 7), (14, 5), (18, 8), (13, 13), (18, 17), (14, 22), (8, 20)])
    marked = lambda: door.widget.locator("data").evaluate_all("all => all.map(one => Number(one.value))")  # noqa: E731
    state = eventually(door.linked, lambda state: state and marked() and state["z"] == pytest.approx(marked(), abs=1e-4))
    mark, x = marked(), drawings.unpack(state["drawing"])
    assert 30 < x.sum() < 200
    model = pretrained.load("mnist-2d").double()
    assert mark == pytest.approx(model.encode(x[None].double()).mean[0].tolist(), abs=1e-5)
    # and the picture is the decoder's of that place
    seen = door.digit.evaluate("""el => {
      const {data} = el.getContext('2d').getImageData(0, 0, el.width, el.height);
      return Array.from({length: 784}, (_, i) => data[4 * (Math.floor((Math.floor(i / 28) + 0.5) * el.height / 28) * el.width
        + Math.floor((i % 28 + 0.5) * el.width / 28))]);
    }""")
    means = model.likelihood.mean(model.decode(torch.tensor([state["z"]], dtype=torch.float64)))[0]
    shown = (0xFF - torch.tensor(seen, dtype=torch.float64)) / (0xFF - 0x0C)
    torch.testing.assert_close(shown, means, atol=0.006, rtol=0)
    assert not door.moves()
    door.press("Clear the sheet")
    assert door.widget.locator("data").count() == 0 and door.watch.errors == []


def asked(page):
    return page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")


def test_keys_draw_too(mount):
    door = mount()
    door.sheet.focus()
    for _ in range(6):
        door.page.keyboard.press("Shift+ArrowDown")
    assert eventually(lambda: door.widget.locator("data").count()) == 2


def test_a_swipe_over_the_plane_scrolls_and_the_point_can_be_held(mount):
    door = mount(context=PHONE | {"reduced_motion": "reduce"}, z=(0.0, 0.0))
    page = door.page
    page.evaluate("document.body.style.paddingBottom = '2000px'")
    page.evaluate("scrollTo(0, 0)")
    x, y = door.place(0.8, 0.2)
    finger(page, [(x, y - 25 * i) for i in range(9)])
    assert page.evaluate("scrollY") > 80 and door.linked() is None
    page.evaluate("scrollTo(0, 0)")
    x, y = door.place(0.5, 0.5)
    finger(page, [(x, y - 6 * i) for i in range(9)])
    assert page.evaluate("scrollY") == 0
    assert eventually(door.linked)["z"][1] > 0.5
    finger(page, [door.place(0.25, 0.75)])
    assert eventually(door.linked, lambda state: state["z"][0] < -1)["z"][1] > 1, "a tap"


def test_whoever_sets_z_holds_the_point_there(mount):
    door = mount()
    door.page.evaluate("""location.hash = '#front_door-1=' + encodeURIComponent(JSON.stringify({z: [0.5, 1.25]}))""")
    rest(door.page, 100)
    assert not door.moves() and "(0.50, 1.25)" in door.widget.locator(".vaelib-live").inner_text()


def test_without_a_canvas_the_picture_stays(new_page, site, mount):
    door = mount()
    page, _ = new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(door.page.url)
    widget = page.locator("[data-vaelib-failed]")
    widget.wait_for()
    assert widget.locator("img.vaelib-still").is_visible() and "stays a picture" in widget.inner_text()


def test_the_first_visit_is_light_and_its_figure_is_in_sight(new_page, site):
    page, watch = new_page(viewport={"width": 1280, "height": 800})
    scale = Scale(page)
    page.goto(f"{site}/book/index.html", wait_until="load")
    weight = scale.weigh()
    assert any("decoder" in name for name in weight) and not any("encoder" in name for name in weight)
    assert kilobytes(weight) + kilobytes(weight, figures=True) <= FIRST_VISIT
    box = page.locator("[data-vaelib-widget]").bounding_box()
    assert box["y"] < 0.5 * 800 and box["y"] + box["height"] <= 800
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    digit = page.locator(".vaelib-door-picture canvas").bounding_box()
    assert digit["y"] + digit["height"] <= 844
    assert watch.errors == []


def test_a_way_to_read_is_kept(new_page, site):
    page, watch = new_page()
    page.goto(f"{site}/book/index.html", wait_until="load")
    ways = page.get_by_role("radio")
    assert ways.first.is_checked() and page.evaluate("localStorage.getItem('vaelib-path')") is None
    page.get_by_role("radio", name="I use PyTorch").check()
    assert page.evaluate("localStorage.getItem('vaelib-path')") == "coder"
    assert page.get_by_role("status").filter(has_text="begins with Hidden causes").count() == 1
    page.reload()
    assert page.get_by_role("radio", name="I use PyTorch").is_checked() and watch.errors == []
