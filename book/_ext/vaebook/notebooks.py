"""What a page leaves out of a notebook: its Colab badge, because the page has a launch button. Nothing else is changed."""

from docutils import nodes

COLAB = "https://colab.research.google.com/"


def is_badge(paragraph):
    """True for a paragraph whose links all go to Colab, with nothing else in it but white space."""
    links = [child for child in paragraph if isinstance(child, nodes.reference)]
    rest = [child for child in paragraph if not isinstance(child, nodes.reference) and child.astext().strip()]
    return bool(links) and not rest and all(link.get("refuri", "").startswith(COLAB) for link in links)


def drop_badges(app, doctree):
    for paragraph in list(doctree.findall(nodes.paragraph)):
        if is_badge(paragraph):
            paragraph.parent.remove(paragraph)


def connect(app):
    # Ahead of Sphinx's image collector (500), which would try to fetch the badge's picture.
    app.connect("doctree-read", drop_badges, priority=100)
