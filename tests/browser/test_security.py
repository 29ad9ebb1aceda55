"""Hostile text in everything that a notebook stores: the built page shows it or leaves it out, and runs none of it."""

import re
import shutil
import sys
from functools import partial
from html import unescape
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import nbformat
import pytest

from conftest import SITE, Book

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from waiting import rest  # noqa: E402

from small_books import built  # noqa: E402
from test_book import stored, write_book  # noqa: E402

PAGES = sorted(p for p in SITE.rglob("*.html") if "_static" not in p.parts and 'http-equiv="refresh"' not in p.read_text().lower())
RUN = "(top.ran||=[]).push('{}')"
LEAVE = "</SCRIPT></script></pre></div>\"'>" + f'<img src=x onerror="{RUN.format("text")}"><script>{RUN.format("text")}</script>'
MARKUP = "".join([
    f'<img src=x onerror="{RUN.format("handler")}">',
    f"<script>{RUN.format('script')}</script>",
    f'<svg onload="{RUN.format("svg")}"></svg>',
    f'<iframe srcdoc="<script>{RUN.format("frame")}</script>"></iframe>',
    f'<iframe src="javascript:{RUN.format("address")}"></iframe>',
    f'<script src="data:text/javascript,{RUN.format("data")}"></script>',
    '<script src="https://stranger.example/a.js"></script>',
    '<img src="https://stranger.example/a.png"><iframe src="https://stranger.example/"></iframe><base href="https://stranger.example/">',
    "<style>@import url(https://stranger.example/b.css)</style>",
    f'<details open ontoggle="{RUN.format("toggle")}">a</details>',
])  # fmt: skip


def output(kind="display_data", **data):
    return nbformat.v4.new_output(kind, data={"text/plain": "x"} | data)


def hostile_cells():
    state = {"z": [0, LEAVE], "name": LEAVE, "show": LEAVE, "input": LEAVE, "sample_seed": LEAVE, LEAVE: 1}
    files = {f"{part}_file": f"mnist-2d.{part}.safetensors" for part in ("decoder", "encoder", "codes")}
    outputs = [
        [output(**{"text/html": stored(state, files, LEAVE), "text/plain": LEAVE})],
        [output("execute_result", **{"text/plain": LEAVE})],
        [nbformat.v4.new_output("stream", name="stdout", text=LEAVE)],
        [output(**{"text/html": MARKUP})],
        [output(**{"application/javascript": RUN.format("javascript")})],
        [output(**{"image/png": stored().split("base64,")[1].split('"')[0]})],
    ]
    cells = [nbformat.v4.new_code_cell(LEAVE, id=f"c{i}", outputs=each) for i, each in enumerate(outputs)]
    return [nbformat.v4.new_markdown_cell("# A chapter\n\nIts text.", id="a"), *cells]


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    write_book(folder, hostile_cells())
    shutil.copytree(ROOT / "vaelib" / "widgets" / "static", folder / "vaelib" / "widgets" / "static", dirs_exist_ok=True)
    shutil.copytree(ROOT / "vaelib" / "pretrained", folder / "vaelib" / "pretrained", dirs_exist_ok=True)
    chapter = nbformat.read(folder / "chapter.ipynb", 4)
    entry = {"model_module": LEAVE, "model_name": LEAVE, "state": {"value": LEAVE}}
    chapter.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {"1": entry}, "version_major": 2, "version_minor": 0}
    }
    nbformat.write(chapter, folder / "chapter.ipynb")
    html = built(folder) / "html"
    page = (html / "chapter.html").read_text(encoding="utf-8")
    (html / "bare.html").write_text(re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>|<base [^>]*>', "", page), encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Book, directory=html))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def read_hostile(browser, address):
    """What ran, what other hosts were asked for, what the policy refused, the pictures left in widgets, and the page's words."""
    context = browser.new_context()
    page, strangers = context.new_page(), []
    stranger = lambda request: urlsplit(request.url).netloc == "stranger.example"  # noqa: E731
    page.on("response", lambda response: strangers.append(response.url) if stranger(response) else None)
    page.on("requestfailed", lambda request: strangers.append(request.url) if stranger(request) and request.failure != "csp" else None)
    page.add_init_script("addEventListener('securitypolicyviolation', (e) => (window.refused ??= []).push(e.effectiveDirective))")
    page.goto(address)
    widget = page.locator("[data-vaelib-widget]").first
    widget.scroll_into_view_if_needed()
    widget.locator("canvas").first.wait_for(state="visible")
    page.wait_for_function("!document.querySelector('[data-vaelib-widget][aria-busy]')")
    rest(page, 500)
    ran, refused = (set(page.evaluate(f"window.{name} ?? []")) for name in ("ran", "refused"))
    images, text = page.locator("[data-vaelib-widget] img").count(), page.locator("article").inner_text()
    context.close()
    return ran, strangers, refused, images, text


def test_nothing_hostile_runs_and_nobody_is_asked(browser, hostile_site):
    ran, strangers, refused, images, text = read_hostile(browser, f"{hostile_site}/chapter.html")
    assert (ran, strangers, images) == (set(), [], 0)
    assert {"script-src-elem", "script-src-attr", "style-src-elem", "frame-src", "img-src", "base-uri"} <= refused
    assert text.count("(top.ran||=[])") >= 3, "plain text is shown as text"


def test_the_policy_is_what_refuses_markup_and_escaping_what_refuses_text(browser, hostile_site):
    """The same page without its policy: the markup of a cell runs, so the test above can fail; text and widgets still do not."""
    ran, strangers, refused, images, _ = read_hostile(browser, f"{hostile_site}/bare.html")
    assert {"handler", "script", "toggle", "javascript"} <= ran and strangers and not refused
    assert "text" not in ran and images == 0


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_page_stands_under_a_narrow_policy(path):
    page = path.read_text(encoding="utf-8")
    policies = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert len(policies) == 1 and page.index("Content-Security-Policy") < min(
        page.index(tag) for tag in ("<script", "<link", "<style", "<img", "<body") if tag in page
    )
    rules = {name: values for name, *values in map(str.split, unescape(policies[0]).split("; "))}
    assert rules["default-src"] == ["'none'"] and rules["base-uri"] == ["'none'"]
    assert not re.search(r"https?:|//|\*|'unsafe-eval|unsafe-hashes|strict-dynamic|blob:", policies[0])
    # Beside our own files the scripts of the page's first lines, and WebAssembly where a figure has some: it runs numbers that our
    # scripts hand it, and can reach nothing else. A page without figures has no worker and asks for nothing.
    assert rules["script-src"][0] == "'self'" and all(
        source.startswith("'sha256-") or source == "'wasm-unsafe-eval'" for source in rules["script-src"][1:]
    )
    assert rules.get("worker-src", ["'self'"]) == ["'self'"] == rules.get("connect-src", ["'self'"])
    live = "data-vaelib-widget" in page or "data-breaks" in page
    assert live or not ({"worker-src"} & set(rules) or "'wasm-unsafe-eval'" in rules["script-src"])
    assert live or path.name in ("search.html", "answers.html") or "connect-src" not in rules
    assert not any("unsafe" in source for source in rules["style-src-elem"])
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", page) and "javascript:" not in page


def test_the_themes_buttons_still_do_their_deeds(open_page):
    page, watch = open_page("notebooks/04_elbo.html")
    page.evaluate("window.print = () => { window.printed = true; }")
    page.locator(".dropdown-download-buttons > button").click()
    page.locator(".btn-download-pdf-button").click()
    page.locator(".btn-fullscreen-button").click()
    page.wait_for_function("document.fullscreenElement !== null")
    assert page.evaluate("window.printed") and watch.errors == []


def test_the_readers_colours_are_kept(open_page):
    page, watch = open_page("book/notation.html", color_scheme="dark")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    while page.evaluate(theme) == "dark":
        page.locator(".theme-switch-button").first.click()
    page.reload()
    assert page.evaluate(theme) == "light" and watch.errors == []
