"""A server for the built book and a real Chromium that may talk to nobody else."""

import functools
import http.server
import threading
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright
from waiting import start_widgets

from vaelib import pretrained
from vaelib.widgets.mount import STATIC, page_html

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
MODULES = ROOT / "vaelib" / "widgets" / "js"
SOURCES = {"/js/": MODULES, "/bundle/": STATIC, "/host/": ROOT / "book" / "_static", "/weights/": pretrained.FOLDER}
LONE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>One widget</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/bundle/widgets.css"><script type="module" src="/host/host.mjs"></script></head>
<body><main><h1>One widget</h1>{}</main></body></html>"""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")


class Book(http.server.SimpleHTTPRequestHandler):
    """The site at /, the widgets' sources at /js/ so that a test can call them in the page, and pages of one widget at /lone/."""

    lone: ClassVar[dict[str, str]] = {}  # path -> page

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def translate_path(self, path):
        for start, folder in SOURCES.items():
            if path.startswith(start):
                return str(folder / urlsplit(path).path.removeprefix(start))
        return super().translate_path(path)

    def do_GET(self):
        page = self.lone.get(urlsplit(self.path).path)
        if page is None:
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site():
    """Address of the built book."""
    if not (SITE / "index.html").exists():
        pytest.fail("the book is not built: run make book")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Book, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright, chromium_path):
    browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
    yield browser
    browser.close()


def host_of(site):
    return urlsplit(site).netloc


class Watch:
    """What a page complained of, and whom it asked."""

    def __init__(self, page, host):
        self.errors, self.strangers, self.site = [], [], f"http://{host}"
        page.on("console", lambda m: self.errors.append(f"{m.text} {m.location}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("requestfailed", lambda request: self.errors.append(f"{request.url}: {request.failure}"))
        page.on("response", lambda r: self.errors.append(f"{r.url}: {r.status}") if r.status >= 400 else None)

        def guard(route):
            if urlsplit(route.request.url).netloc == host:
                route.continue_()
            else:
                self.strangers.append(route.request.url)
                route.abort()

        page.route(lambda url: urlsplit(url).scheme in ("http", "https"), guard)


@pytest.fixture
def new_page(browser, site):
    """new_page(**context options) -> (page, watch), a page of its own that nothing is opened in yet."""
    contexts = []

    def new(**options):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        return page, Watch(page, host_of(site))

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(new_page, site):
    """open_page(path, **context options) -> (page, watch), the page loaded and every widget on it started."""

    def open_(path, **options):
        page, watch = new_page(**options)
        page.goto(f"{site}/{path}", wait_until="load")
        start_widgets(page)
        return page, watch

    return open_


@pytest.fixture
def open_widget(open_page):
    """open_widget(widget, fragment, **context options) -> (page, watch): a page that holds this widget and no book around it."""

    def open_(widget, fragment="", **options):
        name = widget.page_name
        files = {trait: f"/weights/{file}" for trait, file in widget._file_names().items()}
        frame = page_html(name, widget.state(), files, widget.still()).replace("<div ", f'<div data-vaelib-module="/bundle/{name}.mjs" ', 1)
        Book.lone[f"/lone/{name}.html"] = LONE.replace("{}", frame)
        return open_page(f"lone/{name}.html{fragment}", **options)

    return open_
