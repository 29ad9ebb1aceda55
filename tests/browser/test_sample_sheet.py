"""The sample sheet in a real browser: its draws, pictures and numbers beside torch's, hands and keys that link the two canvases."""

import json
import re
from urllib.parse import quote

import pytest
import torch
from waiting import settle

from vaelib import pretrained
from vaelib.widgets import SampleSheet

NAMES = {"VAE": "digits8-2d", "autoencoder": "digits8-2d-ae"}
SHEET = """async ({kind, source, spread, seed, weights, codes}) => {
  const [draws, {decoder}, {means}, {normals}, {readCodes}] = await Promise.all(
    ['widgets/sample_sheet/laws', 'engine/network', 'engine/densities', 'engine/random', 'host/codes'].map(name => import(`/js/${name}.mjs`)));
  const found = await readCodes({ get: () => codes }, new AbortController().signal);
  const law = draws.widened(source === 'prior' ? draws.PRIOR : draws.fitted(found), spread);
  const noise = normals(50, seed), z = draws.drawn(law, noise);
  const bytes = new Uint8Array(await (await fetch(weights)).arrayBuffer());
  return {noise: Array.from(noise), z: Array.from(z), means: Array.from(means(decoder(bytes).decode(z, 25)))};
}"""
MANY = "import('/js/engine/random.mjs').then(m => Array.from(m.normals(2000, 4104)))"
# grey levels in the middle of each pixel of each image of the sheet, 1 for the ink's colour and 0 for the paper's
SEEN = """(canvas) => {
  const context = canvas.getContext('2d'), density = canvas.width / canvas.clientWidth, gap = 6, size = (canvas.clientWidth - 6 * gap) / 5;
  const style = getComputedStyle(canvas), read = (name) => parseInt(style.getPropertyValue(`--vaelib-digit-${name}`).trim().slice(1, 3), 16);
  const ink = read('ink'), paper = read('paper'), seen = [], {data} = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let image = 0; image < 25; image++) for (let pixel = 0; pixel < 64; pixel++) {
    const x = Math.round(gap + (image % 5) * (size + gap)) + Math.round(size) * (pixel % 8 + 0.5) / 8;
    const y = Math.round(gap + Math.floor(image / 5) * (size + gap)) + Math.round(size) * (Math.floor(pixel / 8) + 0.5) / 8;
    seen.push((data[4 * (Math.floor(y * density) * canvas.width + Math.floor(x * density))] - paper) / (ink - paper));
  }
  return seen;
}"""


class Sheet:
    """The widget on its page, and what can be read off it."""

    def __init__(self, page, watch):
        self.page, self.watch, self.widget = page, watch, page.locator("[data-vaelib-widget]")
        self.images, self.plane = self.widget.locator("canvas").all()

    def settle(self):
        settle(self.page)

    def press(self, name):
        self.widget.get_by_role("button", name=name, exact=True).click()
        self.settle()

    def pictures(self):
        self.settle()
        return [canvas.evaluate("el => el.toDataURL()") for canvas in (self.images, self.plane)]

    def say(self):
        self.settle()
        return self.widget.locator(".vaelib-live").inner_text()

    def picked(self):
        found = re.match(r"Image (\d+) is", self.say())
        return int(found[1]) - 1 if found else None

    def row(self, words):
        """The numbers of one row of the table: {kind: number}."""
        cells = self.widget.get_by_role("row", name=re.compile(words)).get_by_role("cell").all_inner_texts()
        return dict(zip(NAMES, (float(re.sub(r"[,\s%]", "", text)) for text in cells), strict=True))


@pytest.fixture
def mount(open_widget):
    """mount(fragment={}, context={}, **traits) -> Sheet."""

    def mount_(fragment=None, context=None, **traits):
        link = f"#sample_sheet-1={quote(json.dumps(fragment))}" if fragment else ""
        return Sheet(*open_widget(SampleSheet(**traits), link, **(context or {})))

    return mount_


def fresh():
    seed = 20260103
    return seed


def law(kind, source, spread):
    codes = pretrained.read_codes(NAMES[kind])["mean"].double()
    if source == "prior":
        return codes, torch.zeros(2, dtype=torch.float64), spread * torch.eye(2, dtype=torch.float64)
    return codes, codes.mean(0), spread * torch.linalg.cholesky(codes.T.cov())


@pytest.mark.parametrize("source", ["prior", "fitted"])
@pytest.mark.parametrize("kind", NAMES)
def test_draws_and_decoded_means_are_torchs(mount, kind, source):
    seed = fresh()
    spread = 0.5 + 2 * (seed % 100) / 100
    sheet = mount(kind=kind, source=source, spread=spread, sample_seed=seed)
    files = {part: f"/weights/{pretrained.file_path(NAMES[kind], part).name}" for part in ("decoder", "codes")}
    page = sheet.page.evaluate(
        SHEET, {"kind": kind, "source": source, "spread": spread, "seed": seed, "weights": files["decoder"], "codes": files["codes"]}
    )
    found = {name: torch.tensor(values, dtype=torch.float64) for name, values in page.items()}
    _, mean, factor = law(kind, source, spread)
    z = mean + found["noise"].reshape(25, 2) @ factor.T
    torch.testing.assert_close(found["z"].reshape(25, 2), z, atol=1e-5, rtol=1e-5)
    model = pretrained.load(NAMES[kind]).double()
    means = model.decode(found["z"].reshape(25, 2)).sigmoid()
    torch.testing.assert_close(found["means"].reshape(25, 64), means, atol=1e-5, rtol=0)
    # and it is these that are on the sheet, to the 1 / 255 of a screen's grey
    seen = torch.tensor(sheet.images.evaluate(SEEN), dtype=torch.float64).reshape(25, 64)
    torch.testing.assert_close(seen, means, atol=0.006, rtol=0)
    assert sheet.watch.errors == []


@pytest.mark.parametrize("source", ["prior", "fitted"])
def test_the_shares_in_the_table_are_counted_from_the_codes(mount, source):
    spread = 0.25 + 2.75 * (fresh() % 1000) / 1000
    sheet = mount(source=source, spread=spread)
    noise = torch.tensor(sheet.page.evaluate(MANY), dtype=torch.float64).reshape(1000, 2)
    out, far, distance = sheet.row("codes outside"), sheet.row("draws farther"), sheet.row(r"^0\.1")
    for kind in NAMES:
        codes, mean, factor = law(kind, source, spread)
        own_units = torch.linalg.solve_triangular(factor, (codes - mean).T, upper=False).norm(dim=0)
        assert out[kind] == pytest.approx(100 * (own_units > 3).double().mean().item(), abs=0.0501)
        limit = 0.1 * codes.var(0).mean().sqrt()
        nearest = torch.cdist(mean + noise @ factor.T, codes).amin(1)
        assert distance[kind] == pytest.approx(limit.item(), abs=0.00501)
        assert far[kind] == pytest.approx(100 * (nearest > limit).double().mean().item(), abs=0.101)  # one draw on the edge
    weights = sheet.row("weights")
    assert weights["VAE"] == weights["autoencoder"] == sum(w.numel() for w in pretrained.load("digits8-2d").parameters())


def test_what_the_prediction_says_is_what_the_sheets_show(mount):
    """200 sheets from N(0, I), the kind of each image read off the nearest code; and the shares that the answer rounds."""
    kinds = {}
    for kind, name in NAMES.items():
        codes = pretrained.read_codes(name)
        z = torch.randn(200, 25, 2, generator=torch.Generator().manual_seed(0))
        labels = codes["label"][torch.cdist(z.reshape(-1, 2), codes["mean"]).argmin(1)].reshape(200, 25)
        kinds[kind] = torch.tensor([len(row.unique()) for row in labels])
    assert (kinds["VAE"] > kinds["autoencoder"]).float().mean() > 0.75
    assert kinds["VAE"].float().mean() == pytest.approx(9.2, abs=0.3) and kinds["autoencoder"].float().mean() == pytest.approx(7.5, abs=0.3)
    assert (kinds["VAE"] == kinds["autoencoder"]).any() and (kinds["VAE"] < kinds["autoencoder"]).any()
    codes, z = pretrained.read_codes(NAMES["VAE"])["mean"], torch.randn(5000, 2, generator=torch.Generator().manual_seed(0))
    far = torch.cdist(z, codes).amin(1) > 0.1 * codes.var(0).mean().sqrt()
    assert (z[far].norm(dim=1) > 1.5).float().mean() > 0.75
    sheet = mount()
    assert sheet.row("codes outside")["VAE"] < 1 < 50 < sheet.row("codes outside")["autoencoder"]
    assert sheet.row("draws farther")["autoencoder"] < 1
    sheet.press("Gaussian fitted to the codes")
    assert sheet.row("codes outside")["autoencoder"] < 10
    assert sheet.row("draws farther")["autoencoder"] == pytest.approx(33, abs=3) and sheet.row("draws farther")["VAE"] < 17
    answer = sheet.widget.locator("details p").text_content()
    ratio = [pretrained.read_codes(name)["mean"].var(0).mean().sqrt().item() for name in NAMES.values()]
    assert "more than six times as wide" in answer and 6 < ratio[1] / ratio[0] < 7


def test_each_toggle_and_new_draws_change_what_is_shown_and_reset_leads_back(mount):
    sheet = mount()
    start, seen = sheet.pictures(), []
    for name in ("autoencoder", "one sample", "Gaussian fitted to the codes", "New draws"):
        sheet.press(name)
        seen.append(sheet.pictures())
    images, planes = zip(start, *seen, strict=True)
    assert len(set(images)) == 5
    assert planes[1] != planes[0] and planes[2] == planes[1], "mean or sample: the same draws"
    assert len(set(planes)) == 4
    sheet.widget.get_by_label("Zoom in on the draws").check()
    assert sheet.pictures()[1] not in planes and sheet.pictures()[0] == images[-1]
    slider = sheet.widget.get_by_role("slider")
    slider.focus()
    sheet.page.keyboard.press("ArrowRight")
    assert float(slider.input_value()) == pytest.approx(1.05) and sheet.pictures()[0] != images[-1]
    sheet.press("Reset")
    assert sheet.pictures() == start
    assert sheet.watch.errors == []


def test_what_is_said_of_draws_from_the_prior_stands_beside_no_others(mount):
    sheet = mount()
    said = sheet.widget.get_by_text("The autoencoder has none", exact=False)
    assert said.count() == 1
    sheet.press("Gaussian fitted to the codes")
    assert said.count() == 0
    sheet.press("N(0, I)")
    assert said.count() == 1
    slider = sheet.widget.get_by_role("slider")
    slider.focus()
    sheet.page.keyboard.press("ArrowRight")
    sheet.settle()
    assert said.count() == 0 and sheet.watch.errors == []


def test_both_models_get_the_same_draws(mount):
    sheet = mount(zoom=True)
    sheet.images.focus()
    sheet.page.keyboard.press("ArrowRight")
    place = lambda: re.search(r"z = \(.+?\)", sheet.say())[0]  # noqa: E731
    first = place()
    sheet.press("autoencoder")
    assert place() == first


def test_a_sample_is_a_coin_for_each_pixel(mount):
    sheet = mount(show="sample", sample_seed=fresh())
    seen = torch.tensor(sheet.images.evaluate(SEEN))
    assert ((seen.abs() < 0.01) | ((seen - 1).abs() < 0.01)).all()
    means = mount(sample_seed=sheet.page.evaluate("0")).images.evaluate(SEEN)
    assert 0.2 < seen.mean() < 0.5 and abs(seen.mean() - torch.tensor(means).mean()) < 0.1


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
def test_an_image_finds_its_cross_and_a_cross_its_image(mount, touch):
    sheet = mount(sample_seed=5, context={"has_touch": True} if touch else None)
    assert sheet.picked() is None
    box = sheet.images.bounding_box()
    point = sheet.page.touchscreen.tap if touch else sheet.page.mouse.move
    point(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)  # fourth column, second row
    assert sheet.picked() == 8
    before = sheet.pictures()
    noise = sheet.page.evaluate("import('/js/engine/random.mjs').then(m => Array.from(m.normals(50, 5)))")
    z = torch.tensor(noise).reshape(25, 2)
    lonely = (torch.cdist(z, z) + 9 * torch.eye(25)).amin(1).argmax().item()  # the cross that can be pointed at best
    box = sheet.plane.bounding_box()
    inner = box["width"] - 46  # margins of 8 and 38 pixels
    point(box["x"] + 38 + inner * (z[lonely, 0].item() + 4) / 8, box["y"] + 8 + inner * (4 - z[lonely, 1].item()) / 8)
    assert sheet.picked() == lonely != 8
    assert all(new != old for new, old in zip(sheet.pictures(), before, strict=True))
    assert f"z = ({z[lonely, 0]:.2f}, {z[lonely, 1]:.2f})".replace("-", "\u2212") in sheet.say()


def test_keys_walk_the_sheet_and_the_plane(mount):
    sheet = mount()
    sheet.images.focus()
    for key, wanted in (("ArrowRight", 0), ("ArrowRight", 1), ("ArrowDown", 6), ("ArrowLeft", 5), ("ArrowLeft", 5), ("ArrowUp", 0)):
        sheet.page.keyboard.press(key)
        assert sheet.picked() == wanted
    sheet.plane.focus()
    z = lambda: [float(v.replace("\u2212", "-")) for v in re.search(r"z = \((\S+), (\S+)\)", sheet.say()).groups()]  # noqa: E731
    before = z()
    sheet.page.keyboard.press("ArrowUp")
    assert z()[1] > before[1]
    before = z()
    sheet.page.keyboard.press("ArrowDown")
    assert z()[1] < before[1]
    two_keys = """el => { for (const key of ["ArrowRight", "ArrowRight"]) el.dispatchEvent(new KeyboardEvent("keydown", { key })); }"""
    sheet = mount()
    sheet.images.evaluate(two_keys)
    assert sheet.picked() == 1, "two keys within one frame both count"


def test_a_link_carries_the_state_and_a_hostile_one_carries_nothing(mount):
    state = {"kind": "autoencoder", "show": "sample", "source": "fitted", "spread": 2, "zoom": True, "sample_seed": 9}
    linked, built = mount(fragment=state).pictures(), mount(**state).pictures()
    assert linked == built
    hostile = {"kind": "constructor", "show": ["mean"], "source": 3, "spread": "wide", "zoom": 1, "sample_seed": -4}
    sheet = mount(fragment=hostile, sample_seed=4)
    assert sheet.pictures() == mount(sample_seed=4).pictures() and sheet.watch.errors == []


def test_a_phone_holds_it(mount):
    sheet = mount(context={"viewport": {"width": 390, "height": 844}})
    assert sheet.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert all(canvas.bounding_box()["width"] > 250 for canvas in (sheet.images, sheet.plane))
    assert sheet.watch.errors == []
