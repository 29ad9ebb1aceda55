"""The book as ePub: every page in order, formulas as MathML, a still picture for each live figure, and nothing that e-readers refuse."""

import re
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from test_published import ROOT, SITE, build, fork  # noqa: F401  (fork is a fixture)

EPUBCHECK = Path("/usr/share/java/epubcheck.jar")
MATH, XHTML, OPF = "{http://www.w3.org/1998/Math/MathML}", "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/opf}"


@pytest.fixture(scope="module")
def ebook(fork, tmp_path_factory):
    build(fork, "--builder", "custom", "--custom-builder", "epub")
    folder = tmp_path_factory.mktemp("ebook")
    zipfile.ZipFile(fork / "_build" / "epub" / "vae-book.epub").extractall(folder)
    return folder


def test_the_e_book_has_every_page_in_order_with_formulas_pictures_and_no_script(ebook):
    package = ElementTree.parse(ebook / "content.opf")
    items = {item.get("id"): item for item in package.iter(f"{OPF}item")}
    order = [items[entry.get("idref")].get("href") for entry in package.iter(f"{OPF}itemref")]
    contents = re.findall(r"file: (notebooks/\w+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [f"{name}.xhtml" for name in contents]
    assert {*contents} == {f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    assert order[0] == "book/index.xhtml" and [name for name in order if name.startswith("notebooks")] == chapters
    assert {item.get("href") for item in items.values()} >= {path.relative_to(ebook).as_posix() for path in ebook.rglob("*.png")}
    stills = 0
    for item in items.values():
        if not item.get("href").endswith(".xhtml"):
            continue
        path = ebook / item.get("href")
        page = ElementTree.parse(path).getroot()
        formulas = list(page.iter(f"{MATH}math"))
        assert bool(formulas) == ("mathml" in (item.get("properties") or "")), path.name
        assert not list(page.iter(f"{XHTML}script")) and "katex" not in path.read_text(encoding="utf-8")
        for image in page.iter(f"{XHTML}img"):
            assert (path.parent / image.get("src")).is_file() and image.get("alt") is not None
        stills += sum("still" in (box.get("class") or "").split() for box in page.iter(f"{XHTML}div"))
    live = sum(
        (SITE / f"{Path(name).with_suffix('.html')}").read_text(encoding="utf-8").count("data-vaelib-widget=")
        for name in (order[0], *chapters)
    )
    assert stills == live > 2
    assert not list(ebook.rglob("*.js")) + list(ebook.rglob("*.mjs")) + list(ebook.rglob("*.woff*"))


@pytest.mark.skipif(not EPUBCHECK.exists(), reason="install epubcheck (Debian: apt-get install epubcheck) to check the e-book")
def test_the_checker_of_e_books_finds_nothing(ebook, fork):
    done = subprocess.run(["java", "-jar", str(EPUBCHECK), str(fork / "_build" / "epub" / "vae-book.epub")], capture_output=True, text=True)
    assert done.returncode == 0 and "0 errors / 0 warnings" in done.stdout + done.stderr, done.stdout + done.stderr
