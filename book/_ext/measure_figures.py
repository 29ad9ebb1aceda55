"""Measures every live figure of the built book at several widths and writes book/heights.json, from which its page keeps the place free.

`make heights`, or after a build `python book/_ext/measure_figures.py [PAGE ...]`, such as notebooks/04_kl.html: only those are measured
anew. Build the book again afterwards.
"""

import functools
import http.server
import json
import shutil
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from vaebook import heights

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PATIENCE = 30_000  # milliseconds for one figure to start

# As a reader meets them: what is folded is opened, each figure comes into view, and is waited for.
START = """async (patience) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (const fold of document.querySelectorAll('article details')) if (!fold.closest('[data-vaelib-widget]')) fold.open = true;
  for (const el of document.querySelectorAll('[data-vaelib-widget]')) {
    el.scrollIntoView({block: 'center', behavior: 'instant'});
    const end = performance.now() + patience, lives = () => 'vaelibLive' in el.dataset && !el.querySelector('[aria-busy=true]');
    while (!lives()) {
      if ('vaelibFailed' in el.dataset || performance.now() > end) throw Error(`${el.dataset.vaelibWidget} did not start: ${el.innerText}`);
      await frame();
    }
  }
  await document.fonts.ready;
}"""
# The box in which the host lets a figure draw, after what listens to its size has answered.
MEASURE = """async () => {
  for (let i = 0; i < 4; i++) await new Promise((done) => requestAnimationFrame(done));
  return [...document.querySelectorAll('[data-vaelib-widget]')].map((el) => [
    el.dataset.vaelibWidget, el.dataset.vaelibState, Math.ceil(el.querySelector(':scope > .vaelib-widget').getBoundingClientRect().height),
  ]);
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def log_message(self, *_):
        pass


def measure(browser, address):
    """{ key: [height at each width] } for the figures of one page."""
    page = browser.new_page(viewport={"width": max(heights.WIDTHS), "height": 900}, reduced_motion="reduce")
    page.goto(address, wait_until="load")
    page.evaluate(START, PATIENCE)
    rows = {}
    for width in heights.WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        tallest = {}
        for name, state, height in page.evaluate(MEASURE):  # the same figure twice on a page has one row
            key = heights.key(name, json.loads(state))
            tallest[key] = max(height, tallest.get(key, 0))
        for key, height in tallest.items():
            rows.setdefault(key, []).append(height)
    page.close()
    return rows


def main(asked):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pages = [path for path in sorted(SITE.rglob("*.html")) if 'data-vaelib-widget="' in path.read_text(encoding="utf-8")]
    names = [path.relative_to(SITE).as_posix() for path in pages]
    unknown = set(asked) - set(names)
    if unknown or not names:
        sys.exit(
            f"wanted pages with figures, got {', '.join(sorted(unknown)) or 'none'}; there are: {', '.join(names) or 'none, run make book'}"
        )
    rows = heights.read(ROOT) if asked else {}
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    chromium = next(filter(None, found), None)
    if chromium is None:
        sys.exit("wanted Chromium to measure in, found none: install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name in asked or names:
            found = measure(browser, f"http://127.0.0.1:{server.server_port}/{name}")
            rows |= found
            print(f"{name}: {len(found)} figures", flush=True)
        browser.close()
    heights.write(ROOT, rows)
    print(json.dumps({"figures": len(rows)}))


if __name__ == "__main__":
    main(sys.argv[1:])
