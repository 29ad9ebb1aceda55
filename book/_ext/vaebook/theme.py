"""What the theme loads in vain (Thebe, all of Font Awesome) and what it writes amiss.

Not here: how the book looks (book.css), what a page may run (policy.py).

The theme ships 1,800 icons as 540 kB of script and a font of 150 kB; the book uses about forty of them. The style sheet
and the fonts are cut to those, and the script, which only draws the same icons a second time, is left out.
"""

import re
import struct
from importlib.resources import files
from pathlib import Path

from fontTools import subset

from vaebook import policy

PAGE_TEMPLATES = Path(__file__).parent / "templates"
THEMES = ("pydata_sphinx_theme", "sphinx_book_theme")
STATIC = "theme/pydata_sphinx_theme/static"
SHEET = "styles/pydata-sphinx-theme.css"
FONTS = "vendor/fontawesome/webfonts"
ICON_NAME = re.compile(r"\bfa-[a-z0-9]+(?:-[a-z0-9]+)*")
ICON_RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
FONT_SOURCE = re.compile(r"src:url\(\.\./vendor/fontawesome/webfonts/([a-z0-9-]+)\.woff2\)[^;}]*")
ICON_SCRIPT = re.compile(r"<script[^>]*scripts/fontawesome\.js[^>]*></script>\s*")
SEARCH_SCRIPT = re.compile(
    r'<script src="[^"]*(?:searchtools|language_data|searchindex)\.js"></script>\s*'
)  # the search is ours (search.py)
NEXT = re.compile(r'\s*<link rel="next"[^>]*>')  # Firefox fetches it ahead, which the policy refuses with an error on each page
PICTURE = re.compile(r'<img (?=[^>]*\bsrc="(?!data:)([^"]*)")(?![^>]*\bloading=)')
FILE_AS_TEXT = re.compile(r'alt="[^"]*_images/[^"]*"')  # what myst-nb writes for a figure that has no words of its own
PNG = b"\x89PNG\r\n\x1a\n"
LEFT_OVER = (
    "*webpack-macros.html",
    "searchtools.js",
    "language_data.js",
    "scripts/*.map",
    "styles/*.map",
    "scripts/fontawesome.js*",
    f"{FONTS}/*.ttf",
    f"{FONTS}/*.woff2",
)
# What the theme writes, and what the page has instead.
MENDED = {
    # Colours without JavaScript; the page's first script sets the reader's own (policy.py).
    'data-theme="auto"': 'data-theme="light"',
    # Every part of a page is in a region with a name, and a list of references holds list items.
    '<div id="pst-primary-sidebar" class=': '<div id="pst-primary-sidebar" role="region" aria-label="The book" class=',
    'role="doc-biblioentry"': 'role="listitem"',
    # The arrow beside a chapter that has more than one page.
    '<summary><span class="toctree-toggle"': '<summary aria-label="More pages of this chapter"><span class="toctree-toggle"',
    # The button's name is the words on it, its keys among them: who speaks to the page says what is written there.
    '<button class="btn search-button-field search-button__button pst-js-only" title="Search" aria-label="Search"': (
        '<button class="btn search-button-field search-button__button pst-js-only" title="Search"'
    ),
    # What is folded is named by what it says: the eye and a voice command use the same words.
    '<summary aria-label="Toggle hidden content">': "<summary>",
}


def icons_in_use():
    """The icon names in the theme's templates, Python and page script (fontawesome.js itself names all of them)."""
    names = {"fa-github"}  # the theme makes this one's name from the repository's address
    for theme in THEMES:
        for path in Path(str(files(theme))).rglob("*"):
            if path.suffix in {".html", ".py", ".js"} and path.name != "fontawesome.js":
                names.update(ICON_NAME.findall(path.read_text(encoding="utf-8", errors="ignore")))
    return names


def cut_sheet(sheet, names):
    """The style sheet with the rules of those icons only, and the code points that it still draws."""

    def keep(rule):
        used = names & set(ICON_NAME.findall(rule[1]))
        return rule[0] if used else ""

    sheet = FONT_SOURCE.sub(r'src:url(../vendor/fontawesome/webfonts/\1.woff) format("woff")', ICON_RULE.sub(keep, sheet))
    codes = {int(code, 16) for code in re.findall(r'"\\([ef][0-9a-f]{3})"', sheet)}
    codes |= {ord(letter) for letter in sheet if "\ue000" <= letter <= "\uf8ff"}
    return sheet, codes


def cut_font(source, target, codes):
    options = subset.Options(flavor="woff", layout_features=[], notdef_outline=True, hinting=False)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(target), options)


def slim(app):
    """Writes the cut files to a folder that Sphinx copies after the theme's own, so that they take their place."""
    if app.builder.format != "html":
        return
    origin = Path(str(files(THEMES[0]))) / STATIC
    folder = Path(app.doctreedir).parent / ".vaebook_static"
    sheet, codes = cut_sheet((origin / SHEET).read_text(encoding="utf-8"), icons_in_use())
    target = folder / SHEET
    if not target.exists() or target.read_text(encoding="utf-8") != sheet:
        for font in (origin / FONTS).glob("*.ttf"):
            cut_font(font, folder / FONTS / f"{font.stem}.woff", codes)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(sheet, encoding="utf-8")
    app.config.html_static_path.append(str(folder))

    def find_picture(name):
        sources = {target: source for source, target in app.builder.images.items()}
        return Path(app.srcdir) / sources.get(name, "no picture of ours")

    app.builder.templates.environment.filters["vaebook_mend"] = lambda page, needs=(): mend(page, find_picture, needs)


def png_size(path):
    """Width and height in pixels, or None for another kind of picture."""
    start = path.read_bytes()[:24] if path.is_file() else b""
    return struct.unpack(">II", start[16:24]) if len(start) == 24 and start.startswith(PNG) else None


def mend(page, find_picture=lambda name: Path(name), needs=()):
    """The finished page without the icon script, with pictures that wait for the reader in their place, mended, under its policy."""

    def wait(image):
        size = png_size(find_picture(image[1].rsplit("/", 1)[-1]))
        place = f'width="{size[0]}" height="{size[1]}" ' if size else ""
        return f'<img loading="lazy" decoding="async" {place}'

    page = PICTURE.sub(wait, NEXT.sub("", SEARCH_SCRIPT.sub("", ICON_SCRIPT.sub("", page))))
    page = FILE_AS_TEXT.sub('alt="A figure; the text beside it says what it shows"', page)
    for theirs, ours in MENDED.items():
        page = page.replace(theirs, ours)
    return policy.guard(page, needs)


def without_thebe(app, config):
    """Thebe needs a server on another host, and its settings are printed twice, which is an error on every page."""
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__ == "sphinx_thebe":
                app.disconnect(listener.id)
    app.registry.css_files[:] = [entry for entry in app.registry.css_files if "thebe" not in entry[0]]


def take_page(app, pagename, templatename, context, doctree):
    """Sends each page through our template, which asks for the theme's own."""
    # The state of widgets that some editor stored with the notebook is of no use here, and myst-nb lets "</SCRIPT>" out of it.
    context["script_files"] = [script for script in context["script_files"] if "widget-state" not in script.attributes.get("type", "")]
    context["vaebook_page"] = templatename
    return "vaebook.html"


def tidy(app, error):
    """Takes away what the theme copies and no page asks for: two megabytes of the published site."""
    if error or app.builder.format != "html":
        return
    for pattern in LEFT_OVER:
        for path in (Path(app.outdir) / "_static").glob(pattern):
            path.unlink()


def connect(app):
    app.config.templates_path.append(str(PAGE_TEMPLATES))
    app.connect("config-inited", without_thebe)
    app.connect("builder-inited", slim)
    app.connect("html-page-context", take_page, priority=900)
    app.connect("build-finished", tidy)
