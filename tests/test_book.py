"""The book's extension and its pages as text: equations, stored widgets, notation, references. The browser's view is in tests/browser."""

import base64
import inspect
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
import yaml
from pybtex.database import parse_file

from small_books import build, built
from vaelib import distributions

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook import math, notation, theme, widgets  # noqa: E402

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
WORDS = notation.forbidden((ROOT / notation.PAGE).read_text(encoding="utf-8"))
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
HOSTILE = "</SCRIPT><img src=x onerror=alert(1)>\"' &quot; --><script>alert(1)</script>"


def stored(state=None, files=None, alt="a digit", source=PIXEL, name="latent_explorer"):
    return widgets.write_widget(name, state or {"z": [0, 0.5]}, files or {}, "gone", alt, source).replace(' data-vaelib-module="gone"', "")


# Equations


def test_a_formula_becomes_html_for_the_eye_and_mathml_for_the_ear():
    page = math.typeset(r"\begin{align} z &= \mu + \sigma \varepsilon \\ &\ge 0 \end{align}", True)
    assert "<math" in page and "katex-html" in page
    assert "katex-tag" not in page and 'class="tag"' not in page, "KaTeX must not number: the book does"


@pytest.mark.parametrize("formula", [r"\nosuchcommand", r"\frac{1}{2", r"\href{https://example.org}{z}", "x^a^b"])
def test_a_formula_that_katex_cannot_read_or_must_not_trust_is_refused_by_name(formula):
    with pytest.raises(ValueError, match=r"^KaTeX cannot read .*: \S+"):
        math.typeset(formula, False)


def test_katex_its_fonts_and_its_style_sheet_are_one_version_and_all_here():
    folder = ROOT / "book" / "_static" / "katex"
    version = re.search(r"KaTeX ([0-9.]+\d)", (folder / "README.md").read_text(encoding="utf-8"))[1]
    assert math.engine().eval("katex.version") == version
    sheet = (folder / "katex.min.css").read_text(encoding="utf-8")
    assert f'content:"{version}"' in sheet
    addresses = re.findall(r"url\(([^)]*)\)", sheet)
    assert addresses and all((folder / address).is_file() for address in addresses)


# Stored widgets


def test_a_stored_widget_reads_back_as_it_was_written():
    files = {"decoder_file": "digits8-2d.decoder.safetensors"}
    assert widgets.read_widget(stored({"z": [1.5, -2]}, files, "a <b> & 'c'")) == (
        "latent_explorer",
        {"z": [1.5, -2]},
        files,
        "a <b> & 'c'",
        PIXEL,
    )


def test_the_extension_reads_what_vaelib_writes():
    mount = pytest.importorskip("vaelib.widgets.mount")
    text = mount.page_html(
        "latent_explorer", {"z": [0.5, HOSTILE]}, {"decoder_file": "a"}, mount.Still(base64.b64decode(PIXEL.partition(",")[2]), HOSTILE)
    )
    name, state, files, alt, _ = widgets.read_widget(text)
    assert (name, state, files, alt) == ("latent_explorer", {"z": [0.5, HOSTILE]}, {"decoder_file": "a"}, HOSTILE)


def test_hostile_text_stays_inside_its_attribute():
    page = widgets.write_widget("latent_explorer", {"z": HOSTILE}, {"f": HOSTILE}, HOSTILE, HOSTILE, PIXEL)
    seen = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attributes):
            seen.append((tag, dict(attributes)))

    Tags().feed(page)
    assert [tag for tag, _ in seen] == ["div", "img"]
    assert json.loads(seen[0][1]["data-vaelib-state"]) == {"z": HOSTILE} and seen[1][1]["alt"] == HOSTILE
    assert not re.search("</?script", page, re.IGNORECASE)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda text: text + "<script>alert(1)</script>",
        lambda text: text + "<SCRIPT>alert(1)",
        lambda text: text.replace("<div ", '<div onclick="alert(1)" '),
        lambda text: text.replace("<img ", '<img onerror="alert(1)" '),
        lambda text: text.replace("<div ", '<div class="x" '),
        lambda text: text.replace(PIXEL, "https://example.org/pixel.png"),
        lambda text: text.replace(PIXEL, "data:image/svg+xml;base64,PHN2Zz4="),
        lambda text: text.replace(PIXEL, PIXEL[:-24]),
        lambda text: text.replace(PIXEL, "data:image/png;base64,AAAA"),
        lambda text: text.replace("0.5]", "NaN]"),
        lambda text: text.replace("0.5]", "1e999]"),
        lambda text: text.replace("</div>", "hello</div>"),
        lambda text: text.replace("</div>", "<!-- --></div>"),
        lambda text: text.replace("</div>", ""),
        lambda text: text + "<",
        lambda text: text.replace("{&quot;z", "[&quot;z"),
    ],
)
def test_a_stored_widget_with_anything_else_in_it_is_refused(break_it):
    assert break_it(stored()) != stored()
    with pytest.raises(ValueError):
        widgets.read_widget(break_it(stored()))


def test_a_served_name_changes_with_the_content(tmp_path):
    path = tmp_path / "a.decoder.safetensors"
    path.write_bytes(b"one")
    before = widgets.served_name(path)
    path.write_bytes(b"two")
    assert re.fullmatch(r"a\.decoder\.[0-9a-f]{12}\.safetensors", before) and widgets.served_name(path) != before


@pytest.mark.parametrize("name", ["absent.decoder.safetensors", "../../_config.yml", "absent.mjs", ""])
def test_an_unknown_file_is_refused_with_the_names_that_are_there(tmp_path, name):
    (tmp_path / "vaelib" / "pretrained").mkdir(parents=True)
    (tmp_path / "vaelib" / "pretrained" / "here.safetensors").touch()
    with pytest.raises(ValueError, match=r"there is: (here\.safetensors|nothing)"):
        widgets.find_file(tmp_path, name)


# Notation


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        (r"The noise $\xi$.", False, r"\xi"),
        ("$$\nz = \\mu + \\sigma \\epsilon\n$$", False, r"\epsilon"),
        (r"Its spread is $v$.", False, "v"),
        (r"\begin{align} D_{KL}(q) \end{align}", False, "D_{KL}"),
        ("The encoder returns `logvar`.", False, "logvar"),
        ("mu_q = encode(x)", True, "mu_"),
        ("sigma = log_var.exp()", True, "sigma"),
    ],
)
def test_the_lint_finds_names_that_the_book_does_not_use(text, code, name):
    assert name in [breach.word.name for breach in notation.breaches(text, WORDS, code=code)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (r"$\varepsilon$, $\mathbf{x}$, $\nu$, $\overline{x}$ and $\log \sigma^2$ with v outside a formula", False),
        ("mean, log_var, std, noise = torch.logit(x, eps=torch.finfo(x.dtype).eps), multiply, musical, r'$\\sigma$'", True),
        ("```python\nlogvar = 1  # a fence in prose is read as neither formula nor word\n```", False),
    ],
)
def test_the_lint_leaves_other_names_alone(text, code):
    assert notation.breaches(text, WORDS, code=code) == []


def test_a_breach_in_a_notebook_is_named_with_its_cell_and_line(tmp_path):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A"), nbformat.v4.new_code_cell("z = 1\nlogvar = 2")])
    nbformat.write(book, tmp_path / "a.ipynb")
    (sentence,) = notation.check_page(tmp_path / "a.ipynb", WORDS)
    assert sentence.startswith("a.ipynb, cell 2, line 2: logvar is written") and "log_var" in sentence


def test_a_name_that_is_not_used_points_to_one_that_the_notation_page_explains():
    page = (ROOT / notation.PAGE).read_text(encoding="utf-8")
    explained = {tuple(cell.strip() for cell in line.split("|")[1:3]) for line in page.split("## ")[0].splitlines() if line.startswith("|")}
    assert {tuple(word.instead.split(", in code ")) for word in WORDS} <= explained


def test_a_notation_page_without_its_list_is_refused():
    with pytest.raises(ValueError, match="not used here"):
        notation.forbidden("# Notation\n\n| Symbol | Identifier |\n|---|---|\n| $x$ | `x` |\n")


@pytest.mark.parametrize("path", [*NOTEBOOKS, *(ROOT / "book").glob("*.md")], ids=lambda path: path.name)
def test_every_page_keeps_to_the_notation(path):
    if path.name != "notation.md":
        assert notation.check_page(path, WORDS) == []


def test_the_library_uses_the_identifiers_of_the_notation_page():
    page = (ROOT / notation.PAGE).read_text(encoding="utf-8")
    used = list(inspect.signature(distributions.reparameterize).parameters)
    assert used == ["mean", "log_var", "noise"] and all(f"| `{name}` |" in page for name in used)
    for path in (ROOT / "vaelib").rglob("*.py"):
        found = notation.breaches(path.read_text(encoding="utf-8"), WORDS, code=True)
        assert not found, f"{path.name}, line {found[0].line}: {found[0].word.name}"


# What the pages point at


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebooks_badge_is_that_of_the_book(path):
    cells = [cell["source"] for cell in nbformat.read(path, 4).cells if cell["cell_type"] == "markdown"]
    repository = CONFIG["repository"]
    place = repository["url"].removeprefix("https://github.com/")
    address = f"https://colab.research.google.com/github/{place}/blob/{repository['branch']}/notebooks/{path.name}"
    assert cells[0].startswith("# ") and f"]({address})" in cells[0], f"the first cell must hold a title and a badge to {address}"


def test_every_reference_is_complete_and_cited_references_exist():
    entries = parse_file(ROOT / "book" / "references.bib").entries
    for key, entry in entries.items():
        assert entry.persons["author"] and {"title", "year"} <= set(entry.fields), key
        assert {"url", "doi", "eprint"} & set(entry.fields), f"{key} cannot be looked up"
        assert re.search(r"(\d{4})", key)[1] == entry.fields["year"], key
    pages = [path.read_text(encoding="utf-8") for path in [*NOTEBOOKS, *(ROOT / "book").glob("*.md")]]
    cited = {key.strip() for page in pages for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", page) for key in keys.split(",")}
    assert cited <= set(entries)


# The theme


def test_the_theme_is_cut_to_the_icons_it_draws():
    sheet = '.fa-bars:before{content:"\\f0c9"}.fa-ghost:before{content:"\\f6e2"}.tip:before{content:"\\f0eb"}'
    cut, codes = theme.cut_sheet(sheet, {"fa-bars"})
    assert cut == '.fa-bars:before{content:"\\f0c9"}.tip:before{content:"\\f0eb"}' and codes == {0xF0C9, 0xF0EB}
    assert {"fa-bars", "fa-github", "fa-magnifying-glass", "fa-rocket"} <= theme.icons_in_use()


def test_a_picture_waits_in_a_place_of_its_size(tmp_path):
    (tmp_path / "a.png").write_bytes(theme.PNG + b"\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big"))
    page = theme.mend('<img alt="" src="../_images/a.png"><img src="data:image/png;base64,AA==">', lambda name: tmp_path / name)
    assert page.startswith('<img loading="lazy" decoding="async" width="640" height="480" alt=""')
    assert page.endswith('<img src="data:image/png;base64,AA==">')


# A small book, built


def page_cells():
    badge = "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/a/b)"
    bundle = {
        "text/html": stored({"z": [0, HOSTILE]}, {"decoder_file": "small.decoder.safetensors"}),
        "text/plain": "W()",
        "application/vnd.jupyter.widget-view+json": {"model_id": "1", "version_major": 2, "version_minor": 0},
    }
    text = (
        "\\begin{align}\nz &= \\mu + \\sigma\\varepsilon\n\\label{sampling}\n\\end{align}\n\n\\begin{align}\na &= b\n\\end{align}\n\n"
        "$$ \\mathrm{KL} \\ge 0 $$ (divergence)\n\nSee {eq}`sampling` and {eq}`divergence`, {cite:t}`kingma2014auto`."
    )
    return [
        nbformat.v4.new_markdown_cell(f"# A chapter\n\n{badge}\n\nIts text.", id="a"),
        nbformat.v4.new_code_cell("secret = 1", id="b", metadata={"tags": ["remove-cell"]}),
        nbformat.v4.new_markdown_cell(text, id="c"),
        nbformat.v4.new_code_cell("# checks sampling, divergence\nassert True", id="f"),
        nbformat.v4.new_code_cell("folded = 1", id="e", metadata={"tags": ["hide-cell"]}),
        nbformat.v4.new_code_cell("W()", id="d", outputs=[nbformat.v4.new_output("display_data", data=bundle)]),
    ]


def write_book(folder, cells):
    shutil.copytree(ROOT / "book", folder / "book", ignore=shutil.ignore_patterns("__pycache__", "moved.yml", "search_words.yml"))
    (folder / "book" / "index.md").write_text("# A book\n\nNo figure here.\n", encoding="utf-8")
    (folder / "_config.yml").write_text((ROOT / "_config.yml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nparts:\n  - numbered: 1\n    chapters:\n      - file: chapter\n"
        "  - chapters:\n      - file: book/notation\n        sections:\n          - file: book/bibliography\n",
        encoding="utf-8",
    )
    metadata = {"language_info": {"name": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), folder / "chapter.ipynb")
    static, pretrained = folder / "vaelib" / "widgets" / "static", folder / "vaelib" / "pretrained"
    static.mkdir(parents=True), pretrained.mkdir(parents=True)
    (static / "latent_explorer.mjs").write_text("export default { render() {} };\n", encoding="utf-8")
    (static / "answer_check.mjs").write_text("export default { render() {} };\n", encoding="utf-8")
    (static / "widgets.css").write_text(".vaelib-widget { color: inherit }\n", encoding="utf-8")
    (pretrained / "small.decoder.safetensors").write_bytes(b"weights")
    (pretrained / "unused.decoder.safetensors").write_bytes(b"weights")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    write_book(folder, page_cells())
    return built(folder) / "html"


def test_equations_are_numbered_by_the_book_and_referred_to_by_label(book):
    page = (book / "chapter.html").read_text(encoding="utf-8")
    for label, number in (("sampling", "1.1"), ("divergence", "1.2")):
        assert re.search(rf'id="equation-{label}".*?<span class="eqno">\({number}\)', page, re.DOTALL)
        assert re.search(rf'href="#equation-{label}">\({number}\)', page)
    assert page.count('<span class="eqno">') == 2, "an environment without a label has no number"
    assert "\\label" not in page and not re.search(r"equation-[0-9a-f]{8}-", page)


def test_the_badge_and_removed_cells_are_not_on_the_page(book):
    page = (book / "chapter.html").read_text(encoding="utf-8")
    article = page[page.index("<article") : page.index("</article>")]
    assert "Its text." in article and "colab" not in article.lower() and "secret" not in article


def test_a_widget_finds_its_files_once_each(book):
    page = (book / "chapter.html").read_text(encoding="utf-8")
    frame = re.search(r"<div[^>]*data-vaelib-widget=[^>]*>", page)[0]
    addresses = re.findall(r"_static/vaelib/[a-z_.0-9-]+", frame)
    assert len(addresses) == 2 and all((book / address).is_file() for address in addresses)
    served = sorted(re.sub(r"\.[0-9a-f]{12}\.", ".", path.name) for path in (book / "_static" / "vaelib").iterdir())
    assert served == ["latent_explorer.mjs", "small.decoder.safetensors", "widgets.css"]
    assert re.search(r'<script type="module" src="_static/host\.mjs', page) and "_static/vaelib/widgets." in page
    assert "onerror=alert" in page and not re.search(r"</script><img", page, re.IGNORECASE)
    assert "host.mjs" not in (book / "book" / "index.html").read_text(encoding="utf-8")


def test_no_page_asks_another_host_or_loads_what_the_book_does_not_use(book):
    for path in book.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|img|iframe|source)[^>]*\bsrc="([^"]*)"', page) + re.findall(r'<link[^>]*href="([^"]*)"', page)
        assert not [address for address in loaded if re.match(r"(https?:)?//", address)], path.name
        assert not re.search(r"thebe|mathjax@|fontawesome\.js|require\.js|unpkg|jsdelivr|cdnjs", page, re.IGNORECASE), path.name


def test_each_mend_of_the_theme_still_finds_what_it_mends(book):
    pages = "".join(path.read_text(encoding="utf-8") for path in book.rglob("*.html"))
    for theirs, ours in theme.MENDED.items():
        assert ours in pages and theirs not in pages.replace(ours, ""), theirs


@pytest.mark.parametrize(("text", "words"), [("$\\nosuchcommand$", "KaTeX cannot read"), ("{eq}`nowhere`", "nowhere")])
def test_a_fault_fails_the_build_and_the_next_one_too(tmp_path, text, words):
    write_book(tmp_path, [nbformat.v4.new_markdown_cell(f"# A\n\n{text}", id="a")])
    for _ in range(2):
        done = build(tmp_path)
        assert done.status != 0 and words in done.log and "chapter" in done.log


def test_the_command_that_builds_a_faulty_book_fails(tmp_path):
    """The other small books are built in this process; here the status is that of a process of its own."""
    write_book(tmp_path, [nbformat.v4.new_markdown_cell("# A\n\n{eq}`nowhere`", id="a")])
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-W", "-n", "--keep-going"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200)
    assert done.returncode != 0 and "nowhere" in done.stdout + done.stderr


def test_an_unknown_widget_stops_the_build_and_is_named(tmp_path):
    output = nbformat.v4.new_output("display_data", data={"text/html": stored(name="no_such_widget"), "text/plain": "W()"})
    write_book(tmp_path, [nbformat.v4.new_markdown_cell("# A", id="a"), nbformat.v4.new_code_cell("W()", id="b", outputs=[output])])
    done = build(tmp_path)
    assert done.status != 0 and "no 'no_such_widget.mjs'" in done.log
