"""The book's Sphinx extension: this room connects the others to Sphinx's events, and keeps a failed build from being forgotten.

math      equations, typeset while the book is built       notebooks  what a page leaves out of a notebook
widgets   live figures, their files and modules            theme      what the theme loads in vain or writes amiss
outputs   what a notebook's outputs may hold              policy     what a page may run and whom it may ask
notation  one name for each quantity, on every page         glossary   words of the glossary, linked where a page first uses them
publish   previews, sitemap, 404 page                      ebook      the same pages as ePub, with still pictures
cards     the front page's picture and question of each page  paths  the ways through the book
api       the library's reference, from its docstrings          moved      anchors that stand on another page now
folds     what of a cell is folded or covered               exercises  the box of an exercise
progress  how far a reader is, and one's own answers       search     what the search finds
ticks     each numbered equation and its check            curriculum what the book covers, and where it is seen
"""

import zlib
from pathlib import Path

from vaebook import (
    api,
    cards,
    curriculum,
    ebook,
    exercises,
    folds,
    glossary,
    math,
    moved,
    notation,
    notebooks,
    outputs,
    paths,
    progress,
    publish,
    search,
    theme,
    ticks,
    widgets,
)


def remember_failure(app, error):
    """After a build with warnings the next one reads every page again; otherwise it would find nothing new and succeed."""
    if app._warncount:  # Sphinx keeps no public count, and sets its exit status only after this event
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


def setup(app):
    rooms = (api, glossary, math, moved, notation, notebooks, outputs, theme, widgets, folds, exercises, ticks, curriculum, publish, ebook)
    for room in (*rooms, cards, paths, progress, search):
        room.connect(app)
    app.connect("build-finished", remember_failure)
    # A change in a room makes every page anew: Sphinx itself only looks at the pages' own sources.
    sources = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return {"version": "1", "env_version": zlib.crc32(sources), "parallel_read_safe": True, "parallel_write_safe": False}
