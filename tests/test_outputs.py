"""What a page may hold: hostile or broken outputs stop the build, which names the place; a page's policy allows what it needs."""

import json

import nbformat
import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError

from small_books import build, built
from test_book import PIXEL, ROOT, page_cells, stored, write_book
from test_curriculum import SHOWN, write_curriculum
from vaebook import curriculum, outputs, policy, publish, widgets

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


def cells_with(**data):
    kinds = {name.replace("_", "/", 1).replace("svg_xml", "svg+xml"): value for name, value in data.items()}
    output = nbformat.v4.new_output("display_data", data={"text/plain": "x"} | kinds)
    return [nbformat.v4.new_markdown_cell("# A chapter\n\nIts text.", id="a"), nbformat.v4.new_code_cell("x", id="b", outputs=[output])]


# Markup


@pytest.mark.parametrize(
    "text",
    [
        '<meta http-equiv="refresh" content="0; url=https://example.org">',
        "<p>a</p><META\nHTTP-EQUIV=refresh content='0;url=//example.org'>",
        '<link rel="preconnect" href="https://example.org">',
        "<LiNk/rel=dns-prefetch href=//example.org>",
        "<!--><meta http-equiv=refresh content=0>-->",
        "<link",
        "<p>a</p><img src='",
    ],
)
def test_markup_that_the_policy_does_not_reach_is_refused(text):
    assert outputs.markup_fault(text)


@pytest.mark.parametrize(
    "text", [stored(), "<p>metal, linked &lt;meta&gt; 1 < 2</p>", "<metal-x>a</metal-x>", "<details><summary>a</summary>"]
)
def test_other_markup_is_left_to_the_policy(text):
    assert outputs.markup_fault(text) is None


@pytest.mark.parametrize(
    "text", ['<meta http-equiv="refresh" content="0; url=https://example.org">', '<link rel="preconnect" href="//x.example">']
)
@pytest.mark.parametrize("where", ["output", "page"])
def test_a_page_that_would_leave_the_site_is_not_built_and_is_named(tmp_path, text, where):
    cells = cells_with(text_html=f"<p>a</p>{text}") if where == "output" else [nbformat.v4.new_markdown_cell(f"# A\n\na {text} b", id="a")]
    write_book(tmp_path, cells)
    for _ in range(2):
        done = build(tmp_path)
        assert done.status != 0 and "chapter.ipynb" in done.log and "to another host" in done.log


def test_the_name_of_a_widgets_attribute_has_no_case():
    foreign = '<div Data-Vaelib-Widget="latent_explorer" data-vaelib-module="https://example.org/a.mjs"><img alt="" src=""></div>'
    page = new_document("page")
    page += nodes.raw("", foreign, format="html")
    assert list(widgets.stored_widgets(page))
    with pytest.raises(ValueError, match="attributes"):
        widgets.read_widget(foreign)
    assert widgets.read_widget(stored().replace("data-vaelib-widget", "DATA-Vaelib-Widget")) == widgets.read_widget(stored())


# Pictures


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        '<g OnClick="alert(1)"/>',
        '<a href="javascript:alert(1)"><text>a</text></a>',
        '<use xlink:href="https://example.org/a.svg#b"/>',
        '<image href="https://example.org/a.png"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">a</p></foreignObject>',
        '<metadata><script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script></metadata>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>rect { fill: url(https://example.org/a.svg#b) }</style>",
        r"<style>rect { fill: u\72l(https://example.org/a.svg#b) }</style>",
        '<rect style="fill: URL( //example.org/a )"/>',
        "<g>",
    ],
)
def test_a_picture_that_does_more_than_draw_is_refused(inside):
    assert outputs.svg_fault(SVG.format(inside))


@pytest.mark.parametrize(
    "text",
    [
        '<?xml-stylesheet href="javascript:alert(1)" type="text/xsl"?>' + SVG.format(""),
        "<!DOCTYPE svg [<!ENTITY a '<script/>'>]>" + SVG.format("&a;"),
        "<svg><rect/></svg>",
        "<html xmlns='http://www.w3.org/1999/xhtml'/>",
    ],
)
def test_a_picture_that_is_not_only_a_picture_is_refused(text):
    assert outputs.svg_fault(text)


def test_a_plot_as_svg_is_a_picture():
    import io

    from matplotlib.figure import Figure

    figure, drawn = Figure(), io.StringIO()
    axis = figure.add_subplot()
    axis.scatter([1, 2], [2, 3], label="$z$")
    axis.imshow([[0, 1], [1, 0]])
    axis.legend()
    figure.savefig(drawn, format="svg")
    assert outputs.svg_fault(drawn.getvalue()) is None
    assert outputs.svg_fault((ROOT / "book/_static/colab-badge.svg").read_text(encoding="utf-8")) is None


def test_an_output_whose_picture_runs_script_stops_the_build_and_a_harmless_one_does_not(tmp_path):
    write_book(tmp_path, cells_with(image_svg_xml=SVG.format('<rect width="9" height="9"/>')))
    assert list((built(tmp_path) / "html" / "_images").glob("*.svg"))
    write_book_again(tmp_path, cells_with(image_svg_xml=SVG.format("<script>alert(1)</script>")))
    for _ in range(2):
        done = build(tmp_path)
        assert done.status != 0 and "chapter: the picture" in done.log and "it holds <script>" in done.log


def write_book_again(folder, cells):
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}), folder / "chapter.ipynb")


@pytest.mark.parametrize("source", [PIXEL[:-24], "data:image/png;base64,AAAA", "data:image/png;base64,R0lGODlhAQABAAAAACw="])
def test_a_still_is_a_whole_png(source):
    with pytest.raises(ValueError, match="PNG"):
        widgets.read_widget(stored(source=source))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_state_holds_numbers_that_a_page_can_read(number):
    with pytest.raises(ValueError, match="JSON compliant"):
        widgets.read_widget(stored({"z": [0, 123.5]}).replace("123.5", number))


# Notebooks as files


def test_an_output_that_nobody_could_read_stops_the_build_and_is_named(tmp_path):
    cells = [nbformat.v4.new_markdown_cell("# A", id="a"), nbformat.v4.new_code_cell("x", id="b")]
    cells[1].outputs = [nbformat.v4.new_output("stream", name="stdout", text="0123456789\n" * 20_000)]
    write_book(tmp_path, cells)
    done = build(tmp_path)
    assert done.status != 0 and "chapter.ipynb: cell 2 shows 220,000 characters" in done.log


def test_the_books_notebooks_show_no_more_than_is_read():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert outputs.notebook_fault(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("notebook", [{"nbformat": 3, "worksheets": []}, {"cells": []}, []])
def test_a_notebook_of_another_format_is_named(tmp_path, notebook):
    write_book(tmp_path, cells_with())
    (tmp_path / "chapter.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    done = build(tmp_path)
    assert done.status != 0 and "chapter.ipynb: a notebook has nbformat 4, got" in done.log


# The preview of a page


@pytest.mark.parametrize("words", ["潜在変数は見えない原因である。" * 40, "a " + "本" * 400, "x" * 400])
def test_a_preview_is_cut_where_there_is_no_space(words):
    page = new_document("page")
    section = nodes.section()
    page += section
    section += nodes.paragraph("", words)
    told = publish.told_by(page)
    assert told.endswith(" …") and publish.TOLD // 2 < len(told) <= publish.TOLD + 2 and words.startswith(told[:-2])


# The curriculum


@pytest.mark.parametrize("file", ["../outside.py", "{root}/outside.py", "link.py"])
def test_a_test_outside_the_book_proves_nothing(tmp_path, file):
    root = tmp_path / "book"
    root.mkdir()
    outside = tmp_path / "outside.py"
    outside.write_text("def test_a():\n    pass\n", encoding="utf-8")
    (root / "link.py").symlink_to(outside)
    entry = SHOWN | {"test": f"{file.format(root=tmp_path)}::test_a"}
    (fault,) = curriculum.faults_of(entry, {"notebooks/a": {"here"}}, root)
    assert "there is no file" in fault


@pytest.mark.parametrize(("name", "text"), [("a.py", "def test_a(:\n"), ("a.ipynb", "{"), ("a.ipynb", "{}"), ("a.py", b"\xff\xfe")])
def test_a_test_file_that_cannot_be_read_is_named(tmp_path, name, text):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    (fault,) = curriculum.faults_of(SHOWN | {"test": f"{name}::test_a"}, {"notebooks/a": {"here"}}, tmp_path)
    assert fault.startswith(f"{name} cannot be read: ")


def test_an_entry_without_an_id_is_named_with_the_file(tmp_path):
    nameless = {key: value for key, value in SHOWN.items() if key != "id"}
    write_curriculum(tmp_path, nameless)
    with pytest.raises(ExtensionError, match=r"book/curriculum\.yml: entry 1 has no id"):
        curriculum.read(tmp_path)
    done = build(tmp_path)
    assert done.status != 0 and "book/curriculum.yml: entry 1 has no id" in done.log


@pytest.mark.parametrize("text", ["a: [", "just words", "- 1"])
def test_a_curriculum_that_is_no_list_is_named(tmp_path, text):
    (tmp_path / "book").mkdir()
    (tmp_path / curriculum.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ExtensionError, match=r"book/curriculum\.yml"):
        curriculum.read(tmp_path)


# The policy


def rules(text):
    return {name: sources for name, *sources in map(str.split, text.split("; "))}


def test_a_policy_allows_what_a_page_needs_and_no_more():
    bare, full = rules(policy.policy_for(())), rules(policy.POLICY)
    assert not {"worker-src", "connect-src"} & set(bare) and "'wasm-unsafe-eval'" not in bare["script-src"]
    assert bare["default-src"] == ["'none'"], "what is not named is refused"
    assert full["worker-src"] == full["connect-src"] == ["'self'"] and "'wasm-unsafe-eval'" in full["script-src"]
    for need, (rule, source) in policy.NEEDS.items():
        one = rules(policy.policy_for([need]))
        assert {name for name in full if one.get(name) != bare.get(name)} == {rule} and source in one[rule]


def test_a_page_stands_under_the_policy_of_its_own_figures(tmp_path):
    write_book(tmp_path, page_cells())
    html = built(tmp_path) / "html"
    found = {path.name: rules(path.read_text(encoding="utf-8").split('Policy" content="')[1].split('"')[0]) for path in html.rglob("*.html")
             if path.name != "index.html" or path.parent != html}  # fmt: skip
    assert "connect-src" in found["chapter.html"] and "worker-src" not in found["chapter.html"], "it has weights, and no worker"
    assert found["notation.html"].keys() == rules(policy.policy_for(())).keys() and "connect-src" in found["search.html"]
    explorer = tmp_path / "vaelib" / "widgets" / "static" / "latent_explorer.mjs"
    explorer.write_text("new Worker(WebAssembly)", encoding="utf-8")
    page = (built(tmp_path) / "html" / "chapter.html").read_text(encoding="utf-8")
    assert "worker-src 'self'" in page and "'wasm-unsafe-eval'" in page
