"""Packs the built book into one zip that a reader unzips and serves: `python book/_ext/offline.py SITE ZIP`. It builds nothing.

The same site gives the same bytes: names are sorted, and every file carries the same date.
"""

import sys
import zipfile
from pathlib import Path

FOLDER = "vae-book"
DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
README = """The VAE book, to read without a network.

1. Unzip this file.
2. In the folder that holds this text, run:   python -m http.server
3. Open http://localhost:8000 in a browser.

The pages fetch their models from beside them, which browsers do not allow for files that are opened directly, so step 2 is
needed for the sliders. Text and still pictures show without it: open index.html.
"""
LEFT_OUT = {".buildinfo", "objects.inv", "sitemap.xml", "404.html"}


def pack(site, target):
    """Writes the zip; FileNotFoundError unless `site` holds a built book."""
    if not (site / "index.html").is_file():
        raise FileNotFoundError(f"no built book in {site}: run make book")
    files = {
        path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file() and path.name not in LEFT_OUT
    }
    files["README.txt"] = README.encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", DATE)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, files[name])


if __name__ == "__main__":
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{sys.argv[2]}: {Path(sys.argv[2]).stat().st_size / 1e6:.1f} MB")
