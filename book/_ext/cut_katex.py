"""`python book/_ext/cut_katex.py FOLDER` cuts KaTeX's fonts to what the book's formulas use, from the originals in FOLDER.

FOLDER is `dist/fonts` of the npm package `katex` in the version that book/_static/katex/README.md names. The letters are the block
of that same README.md, whose last line says for which letters the fonts were cut; tests compare it with the block and the block with
the built pages. Needs fonttools and brotli, which the book itself does not: `python -m venv cut && cut/bin/pip install fonttools brotli`.
"""

import hashlib
import re
import sys
from pathlib import Path

from fontTools import subset

HERE = Path(__file__).parents[1] / "_static" / "katex"


def letters(readme):
    """The characters of the block of code in README.md, and the spaces that KaTeX writes."""
    return set("".join(readme.split("```")[1].split("\n", 1)[1].split())) | set(" \u00a0\u200b")


def stamp(kept):
    return f"Cut for the letters {hashlib.sha256(''.join(sorted(kept)).encode()).hexdigest()[:12]}."


def cut(source, target, kept):
    options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True, hinting=False)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(letter) for letter in kept])
    cutter.subset(font)
    font.recalcTimestamp = False  # the same letters give the same file
    subset.save_font(font, str(target), options)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not list(Path(sys.argv[1]).glob("KaTeX_*.woff2")):
        sys.exit("cut_katex.py wants one argument, the folder dist/fonts of the npm package katex, with its KaTeX_*.woff2")
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    for original in sorted(Path(sys.argv[1]).glob("KaTeX_*.woff2")):
        cut(original, HERE / "fonts" / original.name, letters(readme))
    (HERE / "README.md").write_text(re.sub(r"Cut for the letters .*", stamp(letters(readme)), readme), encoding="utf-8")
