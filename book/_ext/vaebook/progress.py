"""How far a reader is: scripts for the chapters and the front page, and answers.html, the page of one's own answers.

What is remembered stays on the reader's device (book/_static/memory.mjs). Not here: the box of an exercise (exercises.py).
"""

import html
import json

from vaebook.cards import chapters

ANSWERS = "answers"
BODY = """<h1>My answers</h1>
<p>What you answered in this book, as this device remembers it. Nothing of it is sent anywhere.</p>
<div class="my-answers" data-pages="{pages}"><p>This page is written by a script on your device, which does not run here.</p></div>
"""


def add_scripts(app, pagename, templatename, context, doctree):
    scripts = []
    if pagename.startswith("notebooks/"):
        scripts = ["progress.mjs"]
    elif 'class="page-cards"' in context.get("body", ""):
        scripts = ["cards.mjs"]
    elif pagename == ANSWERS:
        scripts = ["answers.mjs"]
        context["vaebook_needs"] = context["vaebook_needs"] | {"fetch"}  # the questions, from their pages
        context["metatags"] = context.get("metatags", "") + '<meta name="robots" content="noindex">\n'
    if scripts:
        app.add_css_file("progress.css")
    for script in scripts:
        app.add_js_file(script, type="module")


def answers_page(app):
    """The page itself is empty: answers.mjs writes it from what the device remembers. It knows the pages with exercises, in their order."""
    if app.builder.format != "html" or app.builder.name == "epub":
        return
    env = app.env
    pages = [page for page in chapters(env, app.config.root_doc) if env.metadata.get(page, {}).get("vaebook_fields")]
    known = [[app.builder.get_target_uri(page), env.titles[page].astext(), env.metadata[page]["vaebook_fields"]] for page in pages]
    if known:
        yield ANSWERS, {"title": "My answers", "body": BODY.format(pages=html.escape(json.dumps(known)))}, "page.html"


def connect(app):
    app.connect("html-collect-pages", answers_page)
    app.connect("html-page-context", add_scripts, priority=600)  # after widgets.py, which says what a page needs
