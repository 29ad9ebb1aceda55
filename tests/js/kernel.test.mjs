// The WebAssembly kernel against its twin in plain JavaScript, and both against sums written out here, on sizes that are no multiple of eight.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";
import { bernoulliLogProb } from "../../vaelib/widgets/js/engine/densities.mjs";
import { bestKernel, plainKernel, wasmKernel } from "../../vaelib/widgets/js/engine/kernel.mjs";
import { logLikelihood } from "../../vaelib/widgets/js/exact/log_likelihood.mjs";
import { decoder } from "../../vaelib/widgets/js/engine/network.mjs";
import { KERNEL } from "../../vaelib/widgets/js/engine/kernel_bytes.mjs";
import { generator, normals } from "../../vaelib/widgets/js/engine/random.mjs";
import { about, weightFile } from "./weight_files.mjs";

const shipped = readFileSync(new URL("../../vaelib/pretrained/mnist-2d.decoder.safetensors", import.meta.url));
const KERNELS = [wasmKernel, plainKernel];
const close = (a, b, tolerance) => assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} and ${b}`);

/** The file of a decoder of random weights: 2 latents, hidden layers and pixels as given. */
function randomDecoder(hidden, pixels, activation, seed) {
  const { normal } = generator(seed);
  const widths = [2, ...hidden, pixels];
  const tensors = {};
  for (let i = 1; i < widths.length; i++) {
    const name = i === widths.length - 1 ? "output" : `hidden.${i - 1}`;
    tensors[`${name}.weight`] = ["F32", [widths[i], widths[i - 1]], Array.from({ length: widths[i] * widths[i - 1] }, () => (1.5 * normal()) / Math.sqrt(widths[i - 1]))];
    tensors[`${name}.bias`] = ["F32", [widths[i]], Array.from({ length: widths[i] }, normal)];
  }
  return weightFile(tensors, about("decoder", [2, ...hidden, pixels], activation));
}

const ACTIVATIONS = { relu: (v) => Math.max(v, 0), silu: (v) => v / (1 + Math.exp(-v)), tanh: Math.tanh };

/** The logits of one z by sums written out, in double precision. */
function logitsOf({ layers, activation }, z) {
  return layers.reduce((values, { weight, bias, inputs, outputs }, depth) => Array.from({ length: outputs }, (_, o) => {
    let sum = bias[o];
    for (let i = 0; i < inputs; i++) sum += weight[o * inputs + i] * values[i];
    return depth < layers.length - 1 ? ACTIVATIONS[activation](sum) : sum;
  }), z);
}

const CASES = [
  ["the shipped decoder", shipped],
  ...["silu", "relu", "tanh"].flatMap((activation, i) => [
    [`${activation}, odd sizes`, randomDecoder([7, 13], 31, activation, 10 + i)],
    [`${activation}, one layer`, randomDecoder([5], 9, activation, 20 + i)],
    [`${activation}, wide`, randomDecoder([130, 66], 785, activation, 30 + i)],
  ]),
];

for (const [name, file] of CASES) {
  const nets = KERNELS.map((makeKernel) => decoder(file, { makeKernel }));
  const [net] = nets;

  test(`log p(x|z) is what the network and the likelihood give, from either kernel: ${name}`, () => {
    const z = normals(2 * 133, 5).map((value) => 2 * value); // more than two chunks, the last one ragged
    const x = normals(net.pixels, 6).map((value) => (value > 0.5 ? 1 : 0));
    const [fast, slow] = nets.map((one) => {
      const model = logLikelihood(one);
      const points = model.points(z);
      return { points, values: model.logProb(model.project(x), points) };
    });
    for (let i = 0; i < 133; i++) {
      const wanted = bernoulliLogProb(x, logitsOf(net, z.subarray(2 * i, 2 * i + 2)));
      close(slow.values[i], wanted, 1e-6);
      close(fast.values[i], slow.values[i], 1e-5);
      close(fast.points.softplus[i], slow.points.softplus[i], 1e-5);
    }
    fast.points.hidden.forEach((value, i) => close(value, slow.points.hidden[i], 1e-5));
  });

  test(`the gradient in z is that of finite differences: ${name}`, () => {
    const x = normals(net.pixels, 8).map((value) => (value > 0.5 ? 1 : 0));
    const z = normals(2 * 70, 9);
    const [fast, slow] = nets.map((one) => logLikelihood(one).gradient(x, z));
    const largest = slow.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    for (let i = 0; i < z.length; i++) {
      assert.ok(Math.abs(fast[i] - slow[i]) < 1e-5 * largest);
      const at = (shift) => bernoulliLogProb(x, logitsOf(net, [z[i - (i % 2)], z[i - (i % 2) + 1]].map((value, axis) => value + (axis === i % 2 ? shift : 0))));
      const step = 1e-4; // the central difference of fourth order errs by about step ** 4
      const difference = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
      const tolerance = net.activation === "relu" ? 1e-2 : 1e-6; // relu has corners, which differences step over
      assert.ok(Math.abs(slow[i] - difference) < tolerance * largest, `${slow[i]} and ${difference}`);
    }
  });
}

test("each part of the kernel is what it says, far out too", () => {
  const [fast, slow] = [wasmKernel(1e5), plainKernel()];
  const values = [0, 1e-4, -1e-4, 1, -1, 20, -20, 80, -80, 87.5, -87.5, 200, -200, 1e4, -1e4, 0.5];
  for (const kernel of [fast, slow]) {
    const a = kernel.floats(values.length);
    a.set(values);
    const sum = kernel.softplus(a, values.length, 1)[0];
    close(sum, values.reduce((total, v) => total + Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))), 0), 1e-7);
    const [b, slopes] = [kernel.floats(values.length), kernel.floats(values.length)];
    b.set(values);
    kernel.sigmoid(b, values.length);
    values.forEach((v, i) => assert.ok(Math.abs(b[i] - 1 / (1 + Math.exp(-v))) <= 1e-6, `sigmoid(${v}) = ${b[i]}`));
    kernel.silu(a, slopes, values.length);
    values.forEach((v, i) => {
      const s = 1 / (1 + Math.exp(-v));
      assert.ok(Math.abs(slopes[i] - s * (1 + v * (1 - s))) <= 1e-6 * Math.max(1, Math.abs(v)), `slope of silu at ${v}: ${slopes[i]}`);
    });
    values.forEach((v, i) => assert.ok(Math.abs(a[i] - v / (1 + Math.exp(-v))) <= 1e-6 * Math.max(1, Math.abs(v)), `silu(${v}) = ${a[i]}`));
  }
});

test("a product is the sum over its depth, of a matrix or of its transpose, alone or on top of what is there", () => {
  const { normal } = generator(3);
  const draw = (count) => Array.from({ length: count }, normal);
  const [rows, columns, depth] = [12, 24, 20];
  const [left, right, there] = [draw(rows * depth), draw(depth * columns), draw(rows * columns)];
  for (const kernel of [wasmKernel(1e5), plainKernel()]) {
    const [a, b, target] = [left, right, there].map((values) => {
      const all = kernel.floats(values.length);
      all.set(values);
      return all;
    });
    for (const [row, deep] of [[depth, 1], [1, rows]]) {
      for (const more of [false, true]) {
        target.set(there);
        kernel.product(a, b, target, { rows, columns, depth, row, deep, more });
        for (let r = 0; r < rows; r++) {
          for (let c = 0; c < columns; c++) {
            let sum = more ? there[r * columns + c] : 0;
            for (let d = 0; d < depth; d++) sum += left[r * row + d * deep] * right[d * columns + c];
            close(target[r * columns + c], sum, 1e-5);
          }
        }
      }
    }
  }
});

for (const pixels of [512, 1024, 1025, 3072]) {
  test(`the softplus of ${pixels} pixels is finite and right, where all logits are 0 and where they are not`, () => {
    const weight = normals(2 * pixels, 11);
    const file = weightFile({ "output.weight": ["F32", [pixels, 2], weight], "output.bias": ["F32", [pixels], new Float64Array(pixels)] },
      about("decoder", [2, pixels], "relu"));
    for (const makeKernel of KERNELS) {
      const net = decoder(file, { makeKernel });
      const model = logLikelihood(net);
      const x = new Float64Array(pixels);
      const z = [0, 0, 0.5, -1];
      const found = model.logProb(model.project(x), model.points(z));
      close(found[0], -pixels * Math.log(2), 1e-6);
      close(found[1], bernoulliLogProb(x, logitsOf(net, z.slice(2))), 1e-5);
    }
  });
}

test("a kernel stays below the 4,096 bytes that some browsers compile at once on a page's own thread", () => {
  assert.ok(atob(KERNEL).length < 4096);
});

test("a kernel without room says so, and where WebAssembly is refused the twin takes its place", () => {
  assert.throws(() => wasmKernel(100).floats(1e6), /wanted at most \d+ bytes, got \d+/);
  assert.equal(bestKernel(1e4).name, "WebAssembly");
  const real = WebAssembly.Module;
  try {
    WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError("refused by the policy"); } };
    assert.equal(bestKernel(1e4).name, "JavaScript");
  } finally {
    WebAssembly.Module = real;
  }
  execFileSync(process.execPath, ["--input-type=module", "-e", `delete globalThis.WebAssembly;
    const { bestKernel } = await import(${JSON.stringify(new URL("../../vaelib/widgets/js/engine/kernel.mjs", import.meta.url).href)});
    if (bestKernel(1e4).name !== "JavaScript") process.exit(1);`]);
});
