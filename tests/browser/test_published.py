"""The book where readers meet it: under a path with its own address, and as an unzipped folder; and every link of it."""

import functools
import http.server
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from waiting import settle, start_widgets

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "book" / "_ext"))

import offline  # noqa: E402
import set_repository  # noqa: E402

PREFIX = "/vae-book/"
BASE = f"https://example.org{PREFIX}"
PLACE, BRANCH = "a-reader/a-fork", "trunk"
CHAPTER = "notebooks/01_hidden_causes.html"
PICTURE = "el => [...el.querySelectorAll('canvas')].map(c => c.toDataURL()).join('|')"


# The copies of the book


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """A copy of the book's sources that belongs to another repository."""
    folder = tmp_path_factory.mktemp("fork")
    for name in ("book", "notebooks", "tests", "vaelib", "_config.yml", "_toc.yml", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        else:
            shutil.copyfile(source, folder / name)
    set_repository.set_repository(folder, PLACE, BRANCH)
    return folder


def build(folder, *options, **environment):
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", *options, "-W", "-n", "--keep-going"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.fixture(scope="module")
def published(fork):
    """The site as the workflow builds it for that repository."""
    build(fork, BOOK_BASEURL=BASE)
    return fork / "_build" / "html"


class Pages(http.server.SimpleHTTPRequestHandler):
    """A host that serves the site under a path, and its 404 page for everything else."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def translate_path(self, path):
        inside = path.removeprefix(PREFIX.rstrip("/")) if path.startswith(PREFIX) else "/nothing is here"
        return super().translate_path(inside)

    def send_error(self, code, message=None, explain=None):
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def under_a_path(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}{PREFIX.rstrip('/')}", server.shutdown


def unzipped(folder):
    """What the text in the zip tells a reader to do."""
    offline.pack(SITE, folder / "book.zip")
    zipfile.ZipFile(folder / "book.zip").extractall(folder)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"],
        cwd=folder / offline.FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    port = re.search(r"port (\d+)", process.stdout.readline())[1]
    return f"http://127.0.0.1:{port}", lambda: (process.terminate(), process.wait(), process.stdout.close())


@pytest.fixture(scope="module", params=["as built, under a path", "as published", "as unzipped"])
def site(request, tmp_path_factory):
    """Takes the place of the other tests' site: the same fixtures open these copies."""
    if request.param == "as unzipped":
        address, stop = unzipped(tmp_path_factory.mktemp("unzipped"))
    else:
        address, stop = under_a_path(request.getfixturevalue("published") if "published" in request.param else SITE)
    yield address
    stop()


# In the browser


def test_a_widget_works_and_nothing_is_missing(open_page, site):
    page, watch = open_page(CHAPTER)
    widget = page.locator("[data-vaelib-widget]").first
    before = widget.evaluate(PICTURE)
    widget.locator("input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    assert widget.evaluate(PICTURE) != before
    assert (watch.errors, watch.strangers) == ([], [])


def test_the_address_without_a_page_leads_to_the_first_and_search_finds(new_page, site):
    page, watch = new_page()
    page.goto(f"{site}/", wait_until="commit")
    page.wait_for_url(f"{site}/book/index.html", wait_until="load")
    start_widgets(page)
    watch.errors.clear()  # the first page leaves before it is whole, which the browser calls aborted
    page.goto(f"{site}/search.html?q=latent")
    page.locator("#search-results li a").first.wait_for()
    page.locator("#search-results li a").first.click()
    start_widgets(page)
    assert page.url.startswith((f"{site}/notebooks/", f"{site}/book/"))
    assert (watch.errors, watch.strangers) == ([], [])


def test_a_missing_page_is_whole_at_any_depth_and_leads_back(browser, published):
    address, stop = under_a_path(published)
    page = browser.new_page()
    refused = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    for path in ("/gone.html", "/notebooks/gone.html", "/a/b/c/d/gone", "/a/b/"):
        refused.clear()
        assert page.goto(address + path, wait_until="load").status == 404
        assert refused == [address + path], "the page's own files are there"
        assert page.locator("article h1").inner_text().startswith("This page is not here")
        assert page.evaluate("getComputedStyle(document.querySelector('.bd-main')).display") != "inline", "the style sheet has arrived"
        page.get_by_role("link", name="The book's contents").click()
        assert page.url == f"{address}/book/index.html"
    page.close()
    stop()


# Links


class Links(HTMLParser):
    """The addresses and the anchors of one page."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.anchors = [], {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" or (name == "name" and tag == "a"):
                self.anchors.add(value)
            elif name in ("href", "src", "poster", "data-vaelib-module"):
                self.addresses.append(value or "")

    handle_startendtag = handle_starttag


def broken_links(folder, prefix="/"):
    """(page, address) of every address inside a site that leads to no file or to no anchor of its page."""
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html") if "_static" not in path.parts}
    assert pages
    found = []
    for path, links in pages.items():
        here = prefix + path.relative_to(folder).as_posix()
        for address in links.addresses:
            if urlsplit(address).scheme or address.startswith("//"):
                continue
            target, anchor = urldefrag(urljoin(here, address))
            inside = unquote(urlsplit(target).path)
            file = folder / inside.removeprefix(prefix)
            file = file / "index.html" if file.is_dir() else file
            lost = not inside.startswith(prefix) or not file.is_file()
            # a widget's state stands in the fragment too, and is no anchor
            if lost or (file in pages and "=" not in anchor and unquote(anchor) not in pages[file].anchors):
                found.append((here, address))
    return found


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text(
        '<a href="a/b.html#here">x</a><img src="data:,"><a href="https://example.org/">x</a>', encoding="utf-8"
    )
    (tmp_path / "a" / "b.html").write_text('<p id="here"></p><a href="../index.html">x</a><a href="#">x</a>', encoding="utf-8")
    assert broken_links(tmp_path) == []
    for wrong in ("gone.html", "b.html#gone", "#gone", "../../outside.html", "/root.html"):
        (tmp_path / "a" / "c.html").write_text(f'<a href="{wrong}">x</a>', encoding="utf-8")
        assert broken_links(tmp_path, "/book/") == [("/book/a/c.html", wrong)]


def test_every_link_of_the_book_leads_somewhere():
    assert broken_links(SITE) == []


def test_every_link_of_the_published_book_leads_somewhere(published):
    assert broken_links(published, PREFIX) == []


def test_every_button_leads_to_a_file_of_the_repository_that_published(fork, published):
    colab, repository = f"https://colab.research.google.com/github/{PLACE}/blob/{BRANCH}/", f"https://github.com/{PLACE}"
    for path in sorted((published / "notebooks").glob("*.html")):
        addresses = Links(path.read_text(encoding="utf-8")).addresses
        launched = [address.removeprefix(colab) for address in addresses if "colab.research.google.com" in address]
        assert launched == [f"notebooks/{path.stem}.ipynb"] and (fork / launched[0]).is_file()
        assert repository in addresses, "the repository's button"
    for path in published.rglob("*.html"):
        assert "github.com/vae-book/vae-book" not in path.read_text(encoding="utf-8"), path.name


# What other sites read


def test_each_page_names_its_address_and_is_in_the_sitemap(published):
    tree = ElementTree.parse(published / "sitemap.xml")
    listed = [element.text for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    pages = [path.relative_to(published).as_posix() for name in ("book", "notebooks") for path in published.glob(f"{name}/**/*.html")]
    assert sorted(listed) == sorted(BASE + page for page in pages)
    for name in pages:
        page = (published / name).read_text(encoding="utf-8")
        assert f'<link rel="canonical" href="{BASE}{name}" />' in page and f'<meta property="og:url" content="{BASE}{name}">' in page
        image = re.search(r'<meta property="og:image" content="([^"]*)">', page)[1]
        assert (published / image.removeprefix(BASE)).stat().st_size < 100_000
        assert re.search(r'<meta property="og:description" content="[^"]{20,220}">', page) and page.count('property="og:title"') == 1
        icon = re.search(r'<link rel="icon" href="([^"]+)"', page)[1]
        assert (published / name).parent.joinpath(icon).resolve().is_file()
    first = (published / "index.html").read_text(encoding="utf-8")
    assert f'rel="canonical" href="{BASE}book/index.html"' in first and "og:image" in first


def test_a_book_built_without_an_address_names_none():
    assert not (SITE / "sitemap.xml").exists() and (SITE / "404.html").exists()
    for path in SITE.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert "canonical" not in page and "og:url" not in page and "og:image" not in page, path.name
