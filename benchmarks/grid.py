"""How fast "Draw a digit" computes, in WebAssembly and in plain JavaScript; writes benchmarks/grid.json beside it.

`make book && .venv/bin/python benchmarks/grid.py`. In Chromium, the fastest and the median of 22 runs each: `grid`, what log p(x|z) needs at
64 x 64 points of the plane; `stroke`, the exact posterior once the grid stands and one pixel changes; `preset`, that of another
drawing altogether; `refine`, the best q from the encoder's. The median tells how busy the machine was.
"""

import functools
import http.server
import json
import os
import platform
import shutil
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
MEASURE = """async (runs) => {
  const load = (name) => import(`/vaelib/widgets/js/${name}.mjs`);
  const [{decoder, encoder}, {logLikelihood}, {plainKernel, wasmKernel}, {posterior}, {refine}, {PRESETS}] =
    await Promise.all(['engine/network', 'exact/log_likelihood', 'engine/kernel', 'exact/posterior', 'exact/bound', 'widgets/draw_digit/drawings'].map(load));
  const file = async (part) => new Uint8Array(await (await fetch(`/vaelib/pretrained/mnist-2d.${part}.safetensors`)).arrayBuffer());
  const bytes = await file('decoder'), code = encoder(await file('encoder'));
  const z = Float64Array.from({length: 8192}, (_, i) => 8 * ((i % 2 ? (i >> 1) % 64 : i >> 7) + 0.5) / 64 - 4);
  const presets = [...PRESETS.values()];
  const time = (run) => { const start = performance.now(); run(); return performance.now() - start; };
  const finish = (answers) => { for (;;) { const {value, done} = answers.next(); if (done) return value; } };
  const tenth = (value) => Math.round(10 * value) / 10;
  const summary = (times) => (times.sort((a, b) => a - b), {fastest: tenth(times[0]), median: tenth(times[times.length >> 1])});
  const results = {};
  for (const kernel of [wasmKernel, plainKernel]) {
    const model = logLikelihood(decoder(bytes, {makeKernel: kernel})), study = posterior(model);
    const grid = [], stroke = [], preset = [], refined = [];
    model.points(z);
    finish(study(presets[0]));
    for (let i = 0; i < runs; i += 1) {
      grid.push(time(() => model.points(z)));
      const x = presets[(i % 11) + 1], more = Float64Array.from(x);
      more[300 + 11 * i] = 1 - more[300 + 11 * i];
      preset.push(time(() => finish(study(x))));
      stroke.push(time(() => finish(study(more))));
      const {mean, log_var} = code.encode(x);
      refined.push(time(() => [...refine(model, x, {mean, log_var})]));
      await new Promise((done) => setTimeout(done));
    }
    results[model.kernel] = Object.fromEntries(Object.entries({grid, stroke, preset, refine: refined}).map(([name, times]) => [name, summary(times)]));
  }
  return results;
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=ROOT))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/book/_static/favicon.svg")
        results = page.evaluate(MEASURE, 22)
        machine = {"cores": os.cpu_count(), "machine": platform.machine(), "system": platform.system(), "chromium": browser.version}
        browser.close()
    plain, fast = results["JavaScript"], results["WebAssembly"]
    ratio = {name: round(plain[name]["fastest"] / fast[name]["fastest"], 1) for name in plain}
    report = {"command": "python benchmarks/grid.py", "machine": machine, "milliseconds": results, "times_faster": ratio}
    Path(__file__).with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    for kernel, times in results.items():
        print(kernel, ", ".join(f"{name} {value['fastest']} ms (median {value['median']})" for name, value in times.items()))
    print("times faster", ratio)
