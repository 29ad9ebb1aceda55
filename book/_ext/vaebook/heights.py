"""The height that a live figure will take, so that its page keeps the place free from the start: read from book/heights.json.

`python book/_ext/measure_figures.py` measures them in a browser. figures.css makes a least height of them, between the widths in a straight
line. A figure that was not measured yet takes what others of its kind take; the first of a kind begins without.
"""

import hashlib
import json
from pathlib import Path
from statistics import median

FILE = "book/heights.json"
# Widths of the window in pixels: phones, tablets upright and across, laptops with the theme's two sidebars. figures.css names them.
WIDTHS = (360, 390, 430, 640, 700, 900, 1024, 1199, 1201, 1280, 1440)


def key(name, state):
    """What a figure is known by: its widget and the state that it is stored in."""
    return f"{name} {hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:10]}"


def read(srcdir):
    """{ key: [height at each of WIDTHS] }; ValueError where a row has not as many."""
    path = Path(srcdir) / FILE
    rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for name, row in rows.items():
        if len(row) != len(WIDTHS):
            raise ValueError(f"{FILE} must have {len(WIDTHS)} heights for {name}, got {len(row)}: run python book/_ext/measure_figures.py")
    return rows


def write(srcdir, rows):
    """One row a line, so that a change can be read."""
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(rows.items()))
    (Path(srcdir) / FILE).write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def style(rows, name, state):
    """The heights as custom properties for the figure's style attribute; nothing where none of its kind is known."""
    row = rows.get(key(name, state))
    if row is None:
        kind = [other for known, other in rows.items() if known.split()[0] == name]
        row = [round(median(column)) for column in zip(*kind, strict=True)]
    return ";".join(f"--h{width}:{height}" for width, height in zip(WIDTHS, row, strict=True)) if row else ""
