"""How fast the page's engine learns in Node, on either kernel, beside torch on one thread; writes benchmarks/engine.json beside it.

`.venv/bin/python benchmarks/engine.py`. One step is forward, backward and Adam for a batch of 128 random binary images; the median
of 30 steps, engine and torch in turn. "small" is the 8x8 model of the book, "large" that of Kingma and Welling on MNIST's shape.
"""

import itertools
import json
import platform
import statistics
import subprocess
import time
from pathlib import Path

import torch
from torch import nn

ROOT = Path(__file__).parents[1]
SIZES = {"small": (64, (128, 128), 2), "large": (784, (400,), 20)}
BATCH, STEPS, ROUNDS = 128, 30, 3
SCRIPT = """
const load = (name) => import(new URL(`${name}.mjs`, %s));
const [{ dense }, { elboGradient }, { adam }, { likelihoodOf }, kernels, { normals }] =
  await Promise.all(["dense", "elbo", "adam", "likelihoods", "kernel", "random"].map(load));
const { pixels, hidden, latent, batch, steps } = %s;
const layersOf = (widths, heads) => {
  const one = (name, inputs, outputs) => ({
    name, inputs, outputs, bias: new Float64Array(outputs), weight: normals(inputs * outputs, 1).map((v) => v / Math.sqrt(inputs)) });
  const rest = widths.slice(1, -1).map((width, i) => one(`hidden.${i}`, widths[i], width));
  return [...rest, ...heads.map((name) => one(name, widths.at(-2), widths.at(-1)))];
};
const x = normals(batch * pixels, 2).map((v) => (v > 1 ? 1 : 0)), noise = normals(batch * latent, 3);
const result = {};
for (const makeKernel of [kernels.plainKernel, kernels.wasmKernel]) {
  const make = (layers, heads) => dense({ layers, heads, activation: "relu", makeKernel, rows: batch, learns: true });
  const encoder = make(layersOf([pixels, ...hidden, latent], ["mean", "log_var"]), 2);
  const decoder = make(layersOf([latent, ...[...hidden].reverse(), pixels], ["output"]), 1);
  const optimizer = adam([encoder, decoder]), likelihood = likelihoodOf({ kind: "bernoulli" }, { outputs: pixels }), times = [];
  for (let i = 0; i < steps + 3; i += 1) {
    const start = performance.now();
    elboGradient({ encoder, decoder, likelihood, x, noise, count: batch });
    optimizer.step();
    if (i >= 3) times.push(performance.now() - start);
  }
  result[encoder.kernel.name] = times;
}
console.log(JSON.stringify(result));
"""


def in_node(pixels, hidden, latent):
    sizes = {"pixels": pixels, "hidden": hidden, "latent": latent, "batch": BATCH, "steps": STEPS}
    script = SCRIPT % (json.dumps((ROOT / "vaelib/widgets/js/engine").as_uri() + "/"), json.dumps(sizes))
    return json.loads(subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True).stdout)


def in_torch(pixels, hidden, latent):
    def network(*widths):
        layers = [part for a, b in itertools.pairwise(widths) for part in (nn.Linear(a, b), nn.ReLU())]
        return nn.Sequential(*layers[:-1])

    encoder, decoder = network(pixels, *hidden, 2 * latent), network(latent, *reversed(hidden), pixels)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], fused=True)
    x, noise = (torch.rand(BATCH, pixels) > 0.8).float(), torch.randn(BATCH, latent)
    times = []
    for step in range(STEPS + 3):
        start = time.perf_counter()
        mean, log_var = encoder(x).chunk(2, -1)
        logits = decoder(mean + (log_var / 2).exp() * noise)
        log_likelihood = -nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        kl = 0.5 * (mean**2 + log_var.exp() - 1 - log_var).sum()
        optimizer.zero_grad()
        ((kl - log_likelihood) / BATCH).backward()
        optimizer.step()
        if step >= 3:
            times.append(1000 * (time.perf_counter() - start))
    return {"torch": times}


def main():
    torch.set_num_threads(1)
    result = {}
    for name, sizes in SIZES.items():
        times = {}
        for _ in range(ROUNDS):
            for kind, some in (in_node(*sizes) | in_torch(*sizes)).items():
                times.setdefault(kind, []).extend(some)
        result[name] = {
            kind: {"milliseconds a step": round(statistics.median(some), 2), "fastest": round(min(some), 2)} for kind, some in times.items()
        }
        print(name, result[name])
    machine = {"machine": platform.machine(), "system": platform.system(), "torch": torch.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(machine | result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
