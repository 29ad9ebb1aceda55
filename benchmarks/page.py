"""How fast a slider answers in the page and how much each page weighs; writes benchmarks/page.json beside it.

`make book && .venv/bin/python benchmarks/page.py`. Slider to pixel is the script's work from the input event to the end of the
frame's drawing, the wait for the screen's next frame left out; median and 95th percentile of 300 moves of each slider. What a
page weighs is measured by weight.py, as in the tests.
"""

import functools
import http.server
import json
import os
import platform
import shutil
import statistics
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from weight import SITE, kilobytes, start_widgets, visit

MOVES = 300

MEASURE = """async ({input, moves}) => {
  const low = Number(input.min), high = Number(input.max), times = [];
  for (let i = 0; i < moves; i += 1) {
    input.value = low + (high - low) * (0.5 + 0.5 * Math.sin(i));
    times.push(await new Promise((done) => {
      let started, frame;
      requestAnimationFrame(() => { frame = performance.now(); });
      started = performance.now();
      input.dispatchEvent(new Event('input', {bubbles: true}));
      const handled = performance.now() - started;
      requestAnimationFrame(() => done(handled + performance.now() - frame));
    }));
  }
  return times;
}"""


def serve():
    class Quiet(http.server.SimpleHTTPRequestHandler):
        extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def measure(page, address, path):
    weight = visit(page, f"{address}/{path}")
    sliders = {}
    page.goto("about:blank")  # the sliders start from the page's own state, no input chosen
    page.goto(f"{address}/{path}", wait_until="load")
    start_widgets(page)
    for number, widget in enumerate(page.locator("[data-vaelib-widget]").all(), 1):
        for slider in widget.locator("input[type=range]").all():
            times = sorted(page.evaluate(MEASURE, {"input": slider.element_handle(), "moves": MOVES}))
            name = f"{number}. {widget.get_attribute('data-vaelib-widget')}: {slider.evaluate('el => el.labels[0].textContent')}"
            sliders[name] = {"median_ms": round(statistics.median(times), 2), "p95_ms": round(times[int(0.95 * MOVES)], 2)}
    kinds = {stage: round(kilobytes(files), 1) for stage, files in weight._asdict().items()}
    heaviest = dict(sorted(weight.used.items(), key=lambda item: -item[1])[:6])
    return {"gzip_kB": kinds | {"figures": round(kilobytes(weight.used, figures=True), 1)}, "heaviest": heaviest, "sliders": sliders}


if __name__ == "__main__":
    address = serve()
    pages = sorted(str(p.relative_to(SITE)) for p in SITE.rglob("*.html") if "_static" not in p.parts)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        results = {path: measure(browser.new_context().new_page(), address, path) for path in pages}
        machine = {"cores": os.cpu_count(), "machine": platform.machine(), "system": platform.system(), "chromium": browser.version}
        browser.close()
    report = {"command": "python benchmarks/page.py", "machine": machine, "pages": results}
    Path(__file__).with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    for path, result in results.items():
        print(f"{result['gzip_kB']['used']:7.1f} kB  {path}")
        for name, times in result["sliders"].items():
            print(f"           {times['median_ms']:5.2f} ms median, {times['p95_ms']:5.2f} ms p95  {name}")
