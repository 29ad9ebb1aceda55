"""Draw a digit, on a page of its own under the book's policy: its numbers against torch, its three ways to draw, and its fallbacks."""

import base64
import functools
import http.server
import json
import sys
import threading
from itertools import pairwise
from urllib.parse import quote, unquote, urlsplit

import pytest
import torch
from axe import faults
from waiting import eventually, rest, settle

from conftest import ROOT, Watch
from vaelib import DiagonalGaussian, drawings, elbo, exact, importance_weighted_bound, pretrained
from vaelib.likelihoods import Bernoulli
from vaelib.widgets.mount import Still, page_html

sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook.policy import POLICY
from vaebook.widgets import read_widget, write_widget

STATE = {
    "name": "mnist-2d",
    "input": "stroke 3",
    "drawing": "",
    "samples": 50,
    "sample_seed": 0,
    "refined": False,
    "typical": [-136.107, 48.5],
}
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")  # a PNG
READY = "[data-vaelib-widget]:not([aria-busy]) .vaelib-results[aria-busy=false]"
NO_WORKER = POLICY.replace("worker-src 'self'", "worker-src 'none'")
NEITHER = NO_WORKER.replace(" 'wasm-unsafe-eval'", "")
NOTEBOOK = "default-src 'self' blob: data: 'unsafe-inline' 'wasm-unsafe-eval'"  # a host that takes modules from blobs
# As anywidget does it: the module comes as text, is imported from a blob that is gone afterwards, and files are bytes in traits.
IN_A_NOTEBOOK = """async (state) => {
  const {createModel} = await import('/book/_static/host.mjs');
  const text = await (await fetch('/vaelib/widgets/static/draw_digit.mjs')).text();
  const address = URL.createObjectURL(new Blob([text], {type: 'text/javascript'}));
  const module = await import(address);
  URL.revokeObjectURL(address);
  const bytes = async (part) => new DataView(await (await fetch(`/vaelib/pretrained/mnist-2d.${part}.safetensors`)).arrayBuffer());
  const files = {decoder_file: await bytes('decoder'), encoder_file: await bytes('encoder'), codes_file: await bytes('codes')};
  const el = document.getElementById('output');
  window.stop = await module.default.render({model: createModel({...state, ...files, _esm: text}), el});
}"""
# What a script of our own may do under the policy: "done", or the name of the error.
PROBE = """const tries = {
  eval: () => eval('1'), Function: () => new Function('return 1')(), timer: () => setTimeout('window.ran = 1'),
  wasm: () => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)),
};
const load = (address) => new Promise((done) => {
  try {
    const worker = new Worker(address, {type: 'module'});
    worker.onmessage = () => done('done');
    worker.onerror = () => done('refused');
  } catch { done('refused'); }
});
const text = 'postMessage(1)';
window.tried = (async () => ({
  ...Object.fromEntries(Object.entries(tries).map(([name, run]) => { try { run(); return [name, 'done']; } catch (error) { return [name, error.name]; } })),
  blob: await load(URL.createObjectURL(new Blob([text], {type: 'text/javascript'}))), data: await load('data:text/javascript,' + text),
  own: await load('/worker.mjs'), ran: window.ran ?? 0,
}))();"""


class Sheet(http.server.SimpleHTTPRequestHandler):
    """The repository's files, pages that hold one widget (/sheet?json of {state, policy, encoder}), and a page for the probe."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path == "/sheet":
            self.answer("text/html", self.sheet(**json.loads(unquote(asked.query))))
        elif asked.path == "/probe":
            self.answer("text/html", frame(POLICY, "", '<script type="module" src="/probe.mjs"></script>'))
        elif asked.path == "/notebook":
            self.answer(
                "text/html", frame(NOTEBOOK, '<link rel="stylesheet" href="/vaelib/widgets/static/widgets.css">', "<div id='output'></div>")
            )
        elif asked.path in ("/probe.mjs", "/worker.mjs"):
            self.answer("text/javascript", PROBE if asked.path == "/probe.mjs" else "postMessage(1)")
        else:
            super().do_GET()

    def sheet(self, state, policy, encoder):
        parts = ["decoder", "codes", *(["encoder"] if encoder else [])]
        files = {f"{part}_file": f"mnist-2d.{part}.safetensors" for part in parts}
        name, state, named, alt, source = read_widget(page_html("draw_digit", STATE | state, files, Still(DOT, "A drawing")))
        addresses = {trait: f"/vaelib/pretrained/{file}" for trait, file in named.items()}
        widget = write_widget(name, state, addresses, f"/vaelib/widgets/static/{name}.mjs", alt, source)
        return frame(
            policy,
            '<link rel="stylesheet" href="/vaelib/widgets/static/widgets.css">',
            widget + '<script type="module" src="/book/_static/host.mjs"></script>',
        )

    def answer(self, kind, text):
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def frame(policy, head, body):
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>Sheet</title><link rel="icon" href="/book/_static/favicon.svg">{head}'
        f"</head><body><main><h1>Sheet</h1>{body}</main></body></html>"
    )


@pytest.fixture(scope="module")
def sheets():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Sheet, directory=ROOT))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def open_sheet(browser, sheets):
    """open_sheet(state, policy=, encoder=, **context options) -> (page, watch), the widget's numbers settled."""
    contexts = []

    def open_(state=None, *, policy=POLICY, encoder=True, fragment="", **options):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"} | options))
        contexts.append(context)
        page = context.new_page()
        watch = Watch(page, urlsplit(sheets).netloc)
        page.goto(f"{sheets}/sheet?{quote(json.dumps({'state': state or {}, 'policy': policy, 'encoder': encoder}))}{fragment}")
        answered(page)
        return page, watch

    yield open_
    for context in contexts:
        context.close()


def answered(page):
    """Until every number is of the drawing that is seen."""
    rest(page, 0)
    page.locator(READY).wait_for(timeout=60_000)
    rest(page, 0)


def numbers(page):
    """label -> value in nats of the rows in sight, at full precision."""
    read = "rows => rows.filter(row => !row.hidden).map(row => [row.lastElementChild.firstChild.textContent, row.nextElementSibling.firstElementChild.value])"
    return {label: float(value) for label, value in page.locator(".vaelib-nats dt").evaluate_all(read)}


def close(value, wanted, tolerance=1e-5):
    assert abs(value - wanted) <= tolerance * max(1, abs(wanted)), f"{value} and {wanted}"


def in_torch(x, *, seed=0, samples=50, page=None):
    """The same numbers by vaelib in double precision, with other rules of integration."""
    model = pretrained.load("mnist-2d").double()
    x = x.double()
    arguments = {"decode": model.decode, "likelihood": Bernoulli()}
    mean, log_var = model.encode(x[None])
    bound = exact.elbo_by_quadrature(x[None], mean, log_var, **arguments)
    draws = page.evaluate(
        "([n, seed]) => import('/vaelib/widgets/js/engine/random.mjs').then(m => Array.from(m.normals(2 * n, seed)))", [samples, seed]
    )
    noise = torch.tensor(draws, dtype=torch.float64).reshape(samples, 1, 2)
    half = torch.randn(4000, 1, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    drawn = elbo(x[None], DiagonalGaussian(mean, log_var), torch.cat([half, -half]), **arguments)
    return {
        "log_prob": exact.quadrature(x, latent_dim=2, **arguments).log_prob.item(),
        "log_likelihood": bound.log_likelihood.item(), "kl": bound.kl.item(), "drawn": drawn.log_likelihood.item(),
        "weighted": importance_weighted_bound(x[None], DiagonalGaussian(mean, log_var), noise, **arguments).item(),
    }  # fmt: skip


def same_numbers(page, x, **options):
    shown, wanted = numbers(page), in_torch(x, page=page, **options)
    assert abs(shown["log p(x), exact"] - wanted["log_prob"]) < 2e-3
    close(shown["log p(x|z), mean over q"], wanted["log_likelihood"])
    close(shown["log p(x|z), mean over q"], wanted["drawn"], 2e-3)  # Monte Carlo: its own error
    close(shown["\u2212 KL(q \u2016 p(z))"], wanted["kl"])
    close(shown["= ELBO of the encoder\u2019s q"], wanted["log_likelihood"] - wanted["kl"])
    close(shown["importance-weighted bound"], wanted["weighted"])
    gap = wanted["log_prob"] - wanted["log_likelihood"] + wanted["kl"]
    assert abs(shown["\u2212 gap = KL(q \u2016 p(z|x))"] - gap) < 2e-3


def scribble(seed):
    """A few straight pen lines between random points."""
    generator = torch.Generator().manual_seed(seed)
    ends = 4 + 20 * torch.rand(4, 2, generator=generator)
    places = torch.cartesian_prod(torch.arange(28.0), torch.arange(28.0))
    x = torch.zeros(784)
    for a, b in pairwise(ends):
        for t in torch.linspace(0, 1, 60):
            x[(places - (a + t * (b - a))).norm(dim=1) <= 1.1] = 1
    return x


@pytest.mark.parametrize("name", ["stroke 5", "4 or 9", "scribble"])
def test_the_numbers_of_a_preset_are_torchs(open_sheet, name):
    page, watch = open_sheet()
    page.get_by_role("button", name=name.removeprefix("stroke "), exact=True).first.click()
    answered(page)
    same_numbers(page, drawings.read(name))
    assert watch.errors == [] and watch.strangers == []


def test_the_numbers_of_a_drawing_made_anew_are_torchs(open_sheet):
    seed = 20260101
    x = scribble(seed)
    page, watch = open_sheet({"input": "drawing", "drawing": drawings.pack(x), "samples": 5, "sample_seed": seed})
    same_numbers(page, x, seed=seed, samples=5)
    assert watch.errors == []


def drawn(page):
    """The drawing that the address tells of."""
    rest(page, 600)
    fragment = page.evaluate("decodeURIComponent(location.hash)")
    state = json.loads(fragment.split("draw_digit-1=")[1])
    assert state["input"] == "drawing" and len(fragment) < 1000
    return drawings.unpack(state["drawing"])


def test_the_mouse_draws_and_rubs_out_and_the_numbers_follow(open_sheet):
    page, watch = open_sheet()
    page.get_by_role("button", name="Clear").click()
    answered(page)
    assert drawn(page).sum() == 0
    blank = numbers(page)["log p(x), exact"]
    box = page.get_by_role("application").bounding_box()
    at = lambda column, row: (box["x"] + (column + 0.5) * box["width"] / 28, box["y"] + (row + 0.5) * box["height"] / 28)  # noqa: E731
    page.mouse.move(*at(14, 5))
    page.mouse.down()
    page.mouse.move(*at(14, 22), steps=6)
    page.mouse.up()
    answered(page)
    x = drawn(page)
    assert x.reshape(28, 28)[5:23, 14].sum() == 18 and x.sum() < 80
    same_numbers(page, x)
    assert numbers(page)["log p(x), exact"] != blank
    page.get_by_role("button", name="eraser").click()
    page.mouse.move(*at(14, 18))
    page.mouse.down()
    page.mouse.move(*at(14, 26), steps=4)
    page.mouse.up()
    answered(page)
    left = drawn(page).reshape(28, 28)
    assert left[18:, :].sum() == 0 and left[5:15, 14].sum() == 10
    page.get_by_role("button", name="Reset").click()
    answered(page)
    rest(page, 600)
    assert page.evaluate("location.hash") == ""
    assert watch.errors == []


def test_a_finger_draws_and_the_page_stays_where_it_is(open_sheet):
    page, watch = open_sheet(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Clear").click()
    pad = page.get_by_role("application")
    pad.scroll_into_view_if_needed()
    box, before = pad.bounding_box(), page.evaluate("scrollY")
    session = page.context.new_cdp_session(page)
    for kind, row in (("touchStart", 6), ("touchMove", 12), ("touchMove", 20), ("touchEnd", None)):
        points = [] if row is None else [{"x": box["x"] + box["width"] / 2, "y": box["y"] + (row + 0.5) * box["height"] / 28}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    answered(page)
    assert drawn(page).reshape(28, 28)[6:21].sum(1).min() >= 1
    assert page.evaluate("scrollY") == before
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert watch.errors == []


def test_keys_draw_too(open_sheet):
    page, watch = open_sheet({"input": "drawing"})
    pad = page.get_by_role("application")
    pad.focus()
    for key in ("ArrowLeft", "ArrowUp", "ArrowUp", " "):
        page.keyboard.press(key)
    answered(page)
    x = drawn(page).reshape(28, 28)
    assert x.sum() == 5 and x[12, 13] == 1
    for _ in range(5):
        page.keyboard.press("Shift+ArrowDown")
    answered(page)
    assert drawn(page).reshape(28, 28)[12:18, 13].sum() == 6
    page.keyboard.press("Delete")
    answered(page)
    assert drawn(page).reshape(28, 28)[17, 13] == 0
    assert watch.errors == []


def test_refining_splits_the_gap_and_never_goes_below_nothing(open_sheet):
    page, watch = open_sheet()
    for name in ("5", "7", "scribble"):
        page.get_by_role("button", name=name, exact=True).first.click()
        answered(page)
        before = numbers(page)
        page.get_by_role("button", name="Refine q").click()
        answered(page)
        after = numbers(page)
        parts = after["\u2212 approximation gap"], after["\u2212 amortization gap"]
        assert min(parts) >= 0
        assert abs(after["= ELBO of the refined q"] + parts[0] - after["log p(x), exact"]) < 1e-6
        assert abs(sum(parts) - before["\u2212 gap = KL(q \u2016 p(z|x))"]) < 1e-6
        x = drawings.read(name if name == "scribble" else f"stroke {name}").double()
        model = pretrained.load("mnist-2d").double()
        arguments = {"decode": model.decode, "likelihood": Bernoulli()}
        half = torch.randn(64, 1, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        start = [value[:1] for value in model.encode(x[None])]
        adam = exact.refine(x[None], *start, torch.cat([half, -half]), steps=300, learning_rate=0.02, **arguments)
        reached = exact.elbo_by_quadrature(x[None], adam.mean, adam.log_var, **arguments).total.item()
        assert after["= ELBO of the encoder\u2019s q"] + parts[1] > reached - 0.05, "Adam in torch found a better q"
        page.get_by_role("button", name="Back to").click()
        answered(page)
        assert numbers(page) == before
    assert watch.errors == []


@pytest.mark.parametrize(
    ("policy", "said"),
    [(POLICY, "WebAssembly, in a worker"), (NO_WORKER, "WebAssembly, in the page"), (NEITHER, "JavaScript, in the page")],
    ids=["the book's policy", "no worker", "neither"],
)
def test_refused_workers_and_refused_webassembly_change_no_number(open_sheet, policy, said):
    page, watch = open_sheet({"refined": True, "input": "stroke 6"}, policy=policy)
    assert said in page.locator(".vaelib-draw").inner_text()
    x = drawings.read("stroke 6")
    shown, wanted = numbers(page), in_torch(x, page=page)
    assert abs(shown["log p(x), exact"] - wanted["log_prob"]) < 2e-3
    close(shown["= ELBO of the encoder\u2019s q"], wanted["log_likelihood"] - wanted["kl"])
    assert abs(shown["\u2212 approximation gap"] - 0.044) < 2e-3  # of the best q, found by the same steps in each
    assert watch.strangers == []


def test_in_a_notebook_the_worker_is_made_of_the_modules_text_and_goes_with_the_widget(browser, sheets):
    context = browser.new_context()
    page = context.new_page()
    watch = Watch(page, urlsplit(sheets).netloc)
    page.goto(f"{sheets}/notebook")
    page.evaluate(IN_A_NOTEBOOK, STATE)
    page.locator(".vaelib-results[aria-busy=false]").wait_for()
    page.get_by_text("WebAssembly, in a worker").wait_for()
    settle(page)
    same_numbers(page, drawings.read("stroke 3"))
    assert len(page.workers) == 1
    page.evaluate("window.stop()")
    eventually(
        lambda: page.wait_for_timeout(50) or page.workers, lambda workers: workers == []
    )  # of its end the test hears only while it waits on the page
    assert page.locator("#output > *").count() == 0
    context.close()
    assert watch.errors == [] and watch.strangers == []


def test_the_policy_lets_webassembly_compile_and_no_text(browser, sheets):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{sheets}/probe")
    page.wait_for_function("window.tried !== undefined")
    tried = page.evaluate("window.tried")
    context.close()
    assert tried == {
        "eval": "EvalError",
        "Function": "EvalError",
        "timer": "done",
        "wasm": "done",
        "blob": "refused",
        "data": "refused",
        "own": "done",
        "ran": 0,
    }


def test_without_an_encoder_only_what_is_exact_is_shown(open_sheet):
    page, watch = open_sheet({"input": "stroke 7"}, encoder=False)
    shown = numbers(page)
    assert set(shown) == {"log p(x), exact", "log p(x|z) at the posterior\u2019s peak"}
    x = drawings.read("stroke 7").double()
    model = pretrained.load("mnist-2d").double()
    wanted = exact.quadrature(x, decode=model.decode, likelihood=Bernoulli(), latent_dim=2)
    assert abs(shown["log p(x), exact"] - wanted.log_prob.item()) < 2e-3
    assert "Two separate places explain it" in page.locator(".vaelib-live").inner_text()
    assert page.get_by_role("button", name="Refine").count() == 0 and watch.errors == []


def test_a_link_brings_a_drawing_and_a_damaged_one_does_no_harm(open_sheet):
    x = scribble(5)
    link = lambda state: "#draw_digit-1=" + quote(json.dumps(state))  # noqa: E731
    page, watch = open_sheet(
        fragment=link({"input": "drawing", "drawing": drawings.pack(x), "samples": 5, "sample_seed": 3, "refined": False})
    )
    answered(page)
    same_numbers(page, x, seed=3, samples=5)
    page, watch = open_sheet(fragment=link({"input": "<b>", "drawing": 7, "samples": "many", "sample_seed": -1, "refined": "yes"}))
    answered(page)
    same_numbers(page, drawings.read("stroke 3"))
    assert watch.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_targets_are_large_and_nothing_leaves_a_phone(open_sheet, scheme):
    page, watch = open_sheet({"input": "scribble"}, viewport={"width": 390, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in page.locator(".vaelib-draw button:visible, .vaelib-draw summary:visible").all():
        box = control.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24
    assert watch.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_sheet, scheme):
    page, _ = open_sheet({"input": "stroke 7", "refined": True}, color_scheme=scheme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        assert faults(page) == []


def test_on_a_laptop_and_a_phone_the_hand_that_draws_has_the_numbers_in_view(open_page):
    """The sheet, the bar, the table and, on a laptop, the plane and the sentence are on one screen below the head of the page."""
    for size, seen in (
        ((1280, 800), (".vaelib-gaps", ".vaelib-nats", ".vaelib-draw-plane canvas", ".vaelib-draw-words")),
        ((390, 844), (".vaelib-gaps",)),
    ):
        page, watch = open_page("notebooks/05_guess.html", viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        widget = page.locator("[data-vaelib-widget=draw_digit]").first
        widget.evaluate("el => scrollTo(0, el.getBoundingClientRect().top + scrollY - 70)")
        settle(page)
        for part in (".vaelib-drawable", *seen):
            box = widget.locator(part).first.bounding_box()
            assert box["y"] > 48 and box["y"] + box["height"] < size[1] and box["x"] + box["width"] <= size[0], part
        sheet, bar = (widget.locator(part).first.bounding_box() for part in (".vaelib-drawable", ".vaelib-gaps"))
        assert size[0] > 900 or 0 < bar["y"] - sheet["y"] - sheet["height"] < 80, "on a phone the bar stands right below the sheet"
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0] and watch.errors == []
