"""What a published site needs beside its pages: words for link previews, canonical addresses, a sitemap, a first page and a 404 page.

All that depends on where the site stands comes from BOOK_BASEURL, which the publishing workflow sets; without it the pages
name no address of their own and work at any place.
"""

import html
import os
import posixpath
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from markdown_it import MarkdownIt
from sphinx.errors import ExtensionError

BASE = re.compile(r"https?://[^\s/?#\"'<>]+(/[^\s?#\"'<>]*)?/")
CARD = "_static/card.png"  # book/_ext/draw_card.py
CARD_WORDS = "Digits that a decoder draws from a plane of two latent numbers"
MISSING = "404"
TOLD = 200  # characters of a page that a preview shows, at most
ADDRESS = re.compile(r'\b((?:href|src|action|data-content_root)=")([^"]*)"')
FIRST_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={first}">
<link rel="icon" href="data:,">
{tags}
</head>
<body><main><h1>{title}</h1><p>The book begins at <a href="{first}">its contents</a>.</p></main></body>
</html>
"""


def take_base(app, config):
    base = os.environ.get("BOOK_BASEURL", "")
    if base and not BASE.fullmatch(base):
        raise ExtensionError(f"BOOK_BASEURL must be an address that ends in a slash, such as https://example.org/book/, got {base!r}")
    config.html_baseurl = base


def is_site(app):
    return app.builder.format == "html" and app.builder.name != "epub"


def told_by(doctree):
    """The first words of a page, whole paragraphs without formulas, cut to what a preview shows, between words where there are any."""
    told = ""
    for node in doctree.findall(nodes.paragraph):
        if isinstance(node.parent, (nodes.section, nodes.list_item)) and not next(node.findall(nodes.math), None):
            told = f"{told} {' '.join(node.astext().split())}".strip()
        if len(told) >= TOLD:
            space = told.rfind(" ", 0, TOLD)  # some languages write whole paragraphs without one
            return told[: space if space > TOLD // 2 else TOLD].rstrip(",;:") + " …"
    return told


def preview(config, title, told, uri):
    """The meta tags that a chat or a search engine shows for a page."""
    tags = [("property", "og:title", title), ("property", "og:type", "article"), ("property", "og:site_name", config.html_title)]
    if told:
        tags += [("name", "description", told), ("property", "og:description", told)]
    if config.html_baseurl:
        tags += [
            ("property", "og:url", config.html_baseurl + uri),
            ("property", "og:image", config.html_baseurl + CARD),
            ("property", "og:image:alt", CARD_WORDS),
            ("name", "twitter:card", "summary_large_image"),
        ]
    return "\n".join(f'<meta {kind}="{name}" content="{html.escape(words)}">' for kind, name, words in tags) + "\n"


def tell(app, pagename, templatename, context, doctree):
    if pagename == MISSING:
        context["metatags"] = context.get("metatags", "") + '<meta name="robots" content="noindex">\n'
        context["pageurl"] = None
    elif doctree:
        title = re.sub("<[^>]*>", "", html.unescape(context["title"]))
        told = told_by(doctree) or f"{title}: a page of {app.config.html_title}"
        context["metatags"] += preview(app.config, title, told, app.builder.get_target_uri(pagename))


def missing_page(app):
    """404.html, from book/404.md; hosts show it for every address that is not there, at whatever depth."""
    source = Path(app.srcdir) / "book" / f"{MISSING}.md"
    if is_site(app) and source.exists():
        body = MarkdownIt().render(source.read_text(encoding="utf-8"))
        yield MISSING, {"title": re.search(r"<h1>(.*?)</h1>", body)[1], "body": body}, "page.html"


def absolute(page, prefix):
    """The page of the site's root with every relative address made to begin at `prefix`, the path where the site stands."""

    def lead(match):
        address = match[2]
        if address.startswith(("#", "/")) or urlsplit(address).scheme:
            return match[0]
        return f'{match[1]}{html.escape(urljoin(prefix, html.unescape(address)))}"'

    return ADDRESS.sub(lead, page)


def finish(app, error):
    """404.html, index.html and sitemap.xml, once the pages are there."""
    if error or not is_site(app):
        return
    out, config = Path(app.outdir), app.config
    missing = out / f"{MISSING}.html"
    if missing.exists():
        page = missing.read_text(encoding="utf-8")
        missing.write_text(absolute(page, urlsplit(config.html_baseurl).path or "/"), encoding="utf-8")
    first = app.builder.get_target_uri(config.root_doc)
    if posixpath.dirname(first):
        tags = preview(config, config.html_title, told_by(app.env.get_doctree(config.root_doc)), "")
        if config.html_baseurl:
            tags += f'<link rel="canonical" href="{html.escape(config.html_baseurl + first)}">'
        page = FIRST_PAGE.format(language=config.language, title=html.escape(config.html_title), first=html.escape(first), tags=tags)
        (out / "index.html").write_text(page, encoding="utf-8")
    sitemap = out / "sitemap.xml"
    sitemap.unlink(missing_ok=True)
    if config.html_baseurl:
        pages = (html.escape(config.html_baseurl + app.builder.get_target_uri(name)) for name in sorted(app.env.found_docs))
        lines = "".join(f"<url><loc>{page}</loc></url>\n" for page in pages)
        sitemap.write_text(
            f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n',
            encoding="utf-8",
        )


def connect(app):
    app.connect("config-inited", take_base)
    app.connect("html-page-context", tell)
    app.connect("html-collect-pages", missing_page)
    app.connect("build-finished", finish, priority=900)  # after the table of contents has written its bare redirect
