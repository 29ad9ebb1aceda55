"""Builds a small book in this process, by Jupyter Book's own command line: its imports, most of the time of a build, are paid once.

Not here: the site itself and its two other builds, which are real commands (`make book`, tests/browser/test_published.py).
"""

import os
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner


class Built(NamedTuple):
    status: int
    log: str  # what the command printed, warnings and errors among it


def build(folder, *options):
    from jupyter_book.cli.main import main  # seconds: only where a book is built

    before = Path.cwd()
    os.chdir(folder)
    try:
        done = CliRunner().invoke(main, ["build", ".", *options, "-W", "-n", "--keep-going"], color=False)
    finally:
        os.chdir(before)
    return Built(done.exit_code, done.output)


def built(folder, *options):
    """The folder's `_build`, after a build that had to succeed."""
    done = build(folder, *options)
    assert done.status == 0, done.log[-4000:]
    return Path(folder) / "_build"
