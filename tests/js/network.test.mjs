// Encoders and decoders: against sums written out here, and that bad files and bad inputs are named errors.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { decoder, encoder, network } from "../../vaelib/widgets/js/engine/network.mjs";
import { about, smallDecoder, weightFile } from "./weight_files.mjs";

const shipped = (name) => readFileSync(new URL(`../../vaelib/pretrained/${name}.safetensors`, import.meta.url));
const ACTIVATIONS = { relu: (v) => Math.max(v, 0), silu: (v) => v / (1 + Math.exp(-v)), tanh: Math.tanh };

// The small decoder once more, from its numbers.
function byHand([a, b], activate) {
  const scale = [0.01, 0.02, 0.005].map(Math.fround);
  const rows = [[127, -64], [10, 20], [-127, 5]].map((row, i) => row.map((value) => Math.fround(value * scale[i])));
  const hidden = rows.map((row, i) => activate(row[0] * a + row[1] * b + [0.1, -0.2, 0.3].map(Math.fround)[i]));
  return [[1, 2, 3], [-1, 0.5, 0], [0, 0, 2], [1, 1, 1]].map((row, i) => row.reduce((sum, w, j) => sum + w * hidden[j], [0, 0.25, -1, 2][i]));
}

for (const [activation, activate] of Object.entries(ACTIVATIONS)) {
  test(`a decoder with ${activation} gives the sums written out by hand`, () => {
    const net = decoder(smallDecoder({}, about("decoder", [2, 3, 4], activation)));
    assert.deepEqual([net.latent, net.pixels, net.activation], [2, 4, activation]);
    for (const z of [[0, 0], [0.5, -1.25], [-3, 4]]) {
      const logits = net.decode(z);
      byHand(z, activate).forEach((value, i) => assert.ok(Math.abs(logits[i] - value) < 1e-12, `${logits[i]} and ${value}`));
    }
  });
}

test("a batch gives each example what it gets alone, and an earlier answer stays as it was", () => {
  const net = decoder(smallDecoder());
  const first = net.decode([1, 2]);
  const kept = [...first];
  const batch = net.decode([1, 2, -0.5, 0.25, 3, 3], 3);
  assert.deepEqual([...first], kept);
  assert.deepEqual([...batch.subarray(0, 4)], kept);
  assert.deepEqual([...batch.subarray(4, 8)], [...net.decode([-0.5, 0.25])]);
  assert.deepEqual([...batch.subarray(8)], [...net.decode(new Float32Array([3, 3]))]);
});

test("inputs of the wrong length, NaN or infinite are refused", () => {
  const net = decoder(smallDecoder());
  for (const [z, batch, pattern] of [
    [[1], 1, /wanted 1 x 2 numbers, got 1/], [[1, 2, 3], 1, /got 3/], [[1, 2], 2, /wanted 2 x 2/], [[], 0, /batch of at least 1, got 0/],
    [[1, 2], 0.5, /batch/], [[1, NaN], 1, /finite numbers, got NaN at position 1/], [[Infinity, 0], 1, /Infinity/], [["1", "2"], 1, /finite/], [undefined, 1, /undefined/],
  ]) assert.throws(() => net.decode(z, batch), pattern);
});

test("weight files that are no network are refused by what is wrong with them, in short", () => {
  const refuse = (change, metadata, pattern) => assert.throws(() => network(smallDecoder(change, metadata)), (error) => {
    assert.match(error.message, pattern);
    assert.ok(error.message.length < 300, error.message);
    return true;
  });
  const net = (change) => ({ network: JSON.stringify({ kind: "dense decoder", latent_dim: 2, outputs: 4, hidden: [3], activation: "tanh", ...change }) });
  refuse({}, { format: "vaelib 1" }, /format "vaelib 2", got "vaelib 1"/);
  refuse({}, { part: "codes" }, /"encoder" or "decoder", got "codes"/);
  refuse({}, { part: "toString" }, /"encoder" or "decoder"/);
  for (const model of ["", "0123", "0123456789ABCDEF"]) refuse({}, { model }, /16 hexadecimal digits/);
  refuse({}, { network: "{" }, /the network in words, got "{"/);
  refuse({}, { network: "[".repeat(100000) }, /the network in words/);
  refuse({}, net({ kind: "conv decoder" }), /kind "dense decoder", got "conv decoder"/);
  refuse({}, net({ activation: "gelu" }), /activation relu, silu, tanh, got "gelu"/);
  refuse({}, net({ activation: ["tanh"] }), /activation relu/);
  refuse({}, net({ bias: false }), /a network with latent_dim, outputs, hidden, activation, got "kind, latent_dim/);
  refuse({}, net({ hidden: undefined }), /a network with/);
  for (const hidden of [[0], [-3], [2.5], 3, ["3"], [true]]) refuse({}, net({ hidden }), /whole sizes of at least 1/);
  refuse({}, { network: net({}).network.replace("[3]", "[3.0]") }, /whole sizes/);
  refuse({}, net({ hidden: [4] }), /"hidden.0.weight" as F32 or F16 or I8 of shape \[4,2\], got I8 of shape \[3,2\]/);
  refuse({}, net({ hidden: new Array(5000).fill(3) }), /"hidden.1.weight" .* got none/);
  refuse({}, { prior: '{"kind": "standard normal", "latent_dim": 3}' }, /a prior .*"latent_dim": 2}, got/);
  refuse({}, { prior: '{"kind": "flow", "latent_dim": 2}' }, /a prior/);
  refuse({}, { likelihood: '{"kind": "poisson"}' }, /likelihood: wanted .*bernoulli/);
  refuse({}, { likelihood: '{"kind": "bernoulli", "temperature": 2}' }, /likelihood: wanted/);
  refuse({ "hidden.0.weight.scale": ["F32", [3], [0.01, NaN, 0.02]] }, {}, /finite numbers in "hidden.0.weight", got NaN at position 2/);
  refuse({ "hidden.0.weight.scale": ["F32", [2], [1, 1]] }, {}, /of shape \[3\], got F32 of shape \[2\]/);
  refuse({ "output.weight.scale": ["F32", [4], [1, 1, 1, 1]] }, {}, /got "output.weight.scale as well"/);
  refuse({ "output.bias": ["F32", [4], [0, 0, Infinity, 0]] }, {}, /finite numbers in "output.bias", got Infinity/);
  refuse({ "output.bias": ["F16", [4], [0, 0, 0, 0]] }, {}, /"output.bias" as F32 of shape \[4\], got F16/);
  refuse({ "output.weight": ["F32", [4, 3], [NaN, ...Array(11).fill(0)]] }, {}, /finite numbers in "output.weight"/);
  refuse({ "output.weight": ["F32", [4, 2], Array(8).fill(0)] }, {}, /of shape \[4,3\], got F32 of shape \[4,2\]/);
  refuse({ "output.weight": ["U8", [4, 3], Array(12).fill(0)] }, {}, /as F32 or F16 or I8 of shape \[4,3\], got U8/);
  refuse({ "hidden.2.weight": ["F32", [3, 3], Array(9).fill(0)] }, {}, /got "hidden.2.weight as well"/);
  assert.throws(() => network(weightFile({ a: ["U8", [1], [1]] }, about("decoder", [2, 4], "relu"))), /"output.weight" .* got none, but "a"/);
  assert.throws(() => encoder(smallDecoder()), /wanted the encoder of a model, got its decoder/);
});

test("8-bit weights without their scale are refused", () => {
  const file = weightFile({ "output.weight": ["I8", [1, 1], [3]], "output.bias": ["F32", [1], [0]] }, about("decoder", [1, 1], "relu"));
  assert.throws(() => network(file), /"output.weight.scale" as F32 of shape \[1\], got none/);
});

test("a Gaussian decoder gives means as they are, with the std that was learned", () => {
  const file = (likelihood, factor) => weightFile({
    "output.weight": ["F32", [2, 1], [1, -2]], "output.bias": ["F32", [2], [0.5, 0]], "likelihood.log_factor": ["F32", factor.length === 1 ? [] : [factor.length], factor],
  }, about("decoder", [1, 2], "relu", { likelihood: JSON.stringify({ kind: "gaussian", std: 0.5, learn_std: false, min_std: 0, ...likelihood }) }));
  const density = (miss, std) => -0.5 * ((miss / std) ** 2 + Math.log(2 * Math.PI)) - Math.log(std);
  const fixed = decoder(file({}, [0]));
  assert.deepEqual([...fixed.likelihood.mean(fixed.decode([3]))], [3.5, -6]);
  assert.ok(Math.abs(fixed.likelihood.logProb([3, -6], fixed.decode([3])) - density(0.5, 0.5) - density(0, 0.5)) < 1e-12);
  const learned = decoder(file({ std: [0.5, 2], learn_std: true, min_std: 0.25 }, [Math.log(3), 0]));
  const stds = [Math.hypot(1.5, 0.25), Math.hypot(2, 0.25)];
  assert.ok(Math.abs(learned.likelihood.logProb([3, -5], learned.decode([3])) - density(0.5, stds[0]) - density(1, stds[1])) < 1e-6);
  for (const change of [{ std: 0 }, { std: "1" }, { std: [1] }, { learn_std: 1 }, { min_std: 0.5 }, { min_std: -1 }, { extra: 1 }]) {
    assert.throws(() => decoder(file(change, [0])), /likelihood: wanted/, JSON.stringify(change));
  }
  assert.throws(() => decoder(file({}, [NaN])), /finite numbers in "likelihood.log_factor"/);
  assert.throws(() => decoder(file({}, [0, 0])), /"likelihood.log_factor" as F32 of shape \[\]/);
});

test("the shipped models have the sizes that their names promise", () => {
  for (const [name, pixels, latent] of [["mnist-2d", 784, 2], ["digits8-2d", 64, 2], ["digits8-8d", 64, 8]]) {
    const [code, picture] = [encoder(shipped(`${name}.encoder`)), decoder(shipped(`${name}.decoder`))];
    assert.deepEqual([code.pixels, code.latent, picture.latent, picture.pixels], [pixels, latent, latent, pixels]);
    const { mean, log_var } = code.encode(new Float64Array(pixels));
    assert.ok([...mean, ...log_var, ...picture.decode(mean)].every(Number.isFinite));
  }
});
