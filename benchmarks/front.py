"""How soon the front page answers a first touch on a slow phone; writes benchmarks/front.json beside it.

`make book && .venv/bin/python benchmarks/front.py`. The processor is slowed 6 times, the line carries 1.5 Mbit/s and a round trip takes
40 ms, the server sends gzip, nothing is cached. From the start of the navigation to the frame in which the figure has answered a click
that came as soon as it was live; median and slowest of 5 visits.
"""

import functools
import gzip
import http.server
import json
import os
import platform
import shutil
import statistics
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from weight import SITE

VISITS, SLOWER, BITS, ROUND_TRIP = 5, 6, 1.5e6, 40
PAGE = "book/index.html"
LIVE = "document.querySelector('.vaelib-door-plane')?.checkVisibility() ? performance.now() : 0"
ANSWERED = """() => new Promise((done) => {
  const look = () => /^The point is at/.test(document.querySelector('.vaelib-door .vaelib-live').textContent)
    ? done(performance.now()) : requestAnimationFrame(look);
  look();
})"""


class Packed(http.server.SimpleHTTPRequestHandler):
    """The built book, text and weights under gzip, as hosts send them."""

    protocol_version = "HTTP/1.1"
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            return self.send_error(404)
        body = packed(path)
        self.send_response(200)
        for name, value in (("Content-Type", self.guess_type(path)), ("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@functools.cache
def packed(path):
    return gzip.compress(path.read_bytes(), 9)


def serve():
    for path in SITE.rglob("*.*"):
        if path.is_file() and path.stat().st_size < 2e6:
            packed(path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Packed, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def visit(browser, address):
    """Milliseconds until the figure is live, and until it has answered; bytes that came over the line."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    slow = context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    line = {"offline": False, "latency": ROUND_TRIP, "downloadThroughput": BITS / 8, "uploadThroughput": BITS / 8}
    slow.send("Network.emulateNetworkConditions", line)
    page.goto(f"{address}/{PAGE}", wait_until="commit")
    live = 0
    while not live:
        live = page.evaluate(LIVE)
    box = page.locator(".vaelib-door-plane").bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    answered = page.evaluate(ANSWERED)
    context.close()
    return round(live), round(answered)


if __name__ == "__main__":
    # of the last 1, 5 and 15 minutes: above half the cores, the times are of a busy machine
    load = [round(one, 1) for one in os.getloadavg()]
    address = serve()
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        visits = [visit(browser, address) for _ in range(VISITS)]
        machine = {
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "system": platform.system(),
            "chromium": browser.version,
            "load_before": load,
        }
        browser.close()
    names = ("live_ms", "answered_ms")
    found = {
        name: {"median": statistics.median(times), "slowest": max(times)}
        for name, times in zip(names, zip(*visits, strict=True), strict=True)
    }
    report = {"command": "python benchmarks/front.py", "machine": machine, "slower": SLOWER, "bits_per_second": BITS, "page": PAGE, **found}
    Path(__file__).with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(found))
