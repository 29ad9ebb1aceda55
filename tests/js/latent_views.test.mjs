// The two views: what their codes file must hold, the exact place in PCA, the neighbours' place in t-SNE, picking by pointer and key.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { linkedCodes } from "../../vaelib/widgets/js/widgets/latent_views/linked_codes.mjs";
import { codesFile, half } from "./weight_files.mjs";
import { nearestCodes, nearestPlace, placeByNeighbours, stepTowards } from "../../vaelib/widgets/js/engine/nearest.mjs";

const CODES = { mean: [[0, 0], [1, 0], [0, 2]], label: [0, 1, 9] };
const halves = (...values) => values.map(half);
const VIEWS = {
  pca: ["F16", [3, 2], halves(-1, 0, 0, -1, 1, 0)], "pca.components": ["F32", [2, 2], [0, 1, 1, 0]], "pca.centre": ["F32", [2], [0, 1]],
  "tsne.5": ["F16", [3, 2], halves(0, 0, 10, 0, 0, 10)], "tsne.30": ["F16", [3, 2], halves(1, 1, 2, 2, 3, 3)],
};
const file = (change = {}, metadata = {}) => codesFile(CODES, { ...VIEWS, ...change }, { perplexities: "30,5", "trustworthiness.pca": "0.75", ...metadata });

test("a codes file gives labels, both views, and maps in increasing perplexity", () => {
  const all = linkedCodes(file());
  assert.deepEqual([all.count, all.latent], [3, 2]);
  assert.deepEqual(all.maps.map((map) => map.perplexity), [5, 30]);
  assert.deepEqual([...all.maps[0].xs], [0, 10, 0]);
  assert.equal(all.pca.trustworthiness, 0.75);
  assert.equal(all.maps[0].trustworthiness, null);
});

test("PCA places any z at (z - centre) . components", () => {
  const { pca } = linkedCodes(file());
  assert.deepEqual(pca.project([3, 5]), [4, 3]);
});

test("a file that cannot be drawn is refused in words", () => {
  for (const [change, metadata, message] of [
    [{ "pca.centre": ["F32", [2], [0, NaN]] }, {}, /finite numbers in "pca.centre", got NaN at position 1/],
    [{ "tsne.5": null }, {}, /wanted "tsne.5" as F16 of shape \[3,2\], got none/],
    [{ pca: ["F16", [1, 2], [0, 0]] }, {}, /"pca" as F16 of shape \[3,2\], got F16 of shape \[1,2\]/],
    [{ "tsne.100": VIEWS["tsne.5"] }, {}, /no other tensor, got "tsne.100"/],
    ...["", "5,x", "0,5", "5.5"].map((perplexities) => [{}, { perplexities }, /"perplexities" such as "5,30", got/]),
    [Object.fromEntries(Object.keys(VIEWS).map((name) => [name, null])), { perplexities: "" }, /a PCA and a t-SNE view, got none/],
  ]) assert.throws(() => linkedCodes(file(change, metadata)), message);
});

test("the nearest codes come in order and agree with a full sort", () => {
  const codes = Float64Array.from({ length: 400 }, (_, i) => Math.sin(12.9898 * (i + 1)) * 3);
  const z = [0.3, -0.2, 0.1, 0.5];
  const sorted = Array.from({ length: 100 }, (_, i) => [z.reduce((sum, value, d) => sum + (codes[4 * i + d] - value) ** 2, 0), i]).sort((a, b) => a[0] - b[0]);
  const { indices, squared } = nearestCodes(codes, z, 8);
  assert.deepEqual(indices, sorted.slice(0, 8).map(([, i]) => i));
  assert.deepEqual(squared, sorted.slice(0, 8).map(([distance]) => distance));
  assert.throws(() => nearestCodes(codes, z, 101), /wanted at least 101 codes/);
});

test("a stored code is drawn on its own dot, and a point midway between two codes midway between their dots", () => {
  const { codes, maps } = linkedCodes(file());
  const [onDot] = placeByNeighbours(nearestCodes(codes, [1, 0], 2), maps[0].xs, maps[0].ys);
  assert.ok(Math.abs(onDot - 10) < 1e-8);
  assert.deepEqual(placeByNeighbours(nearestCodes(codes, [0.5, 0], 2), maps[0].xs, maps[0].ys), [5, 0]);
});

test("a pointer picks the nearest dot within reach, or none", () => {
  const [xs, ys] = [[0, 1, 5], [0, 0, 5]];
  assert.equal(nearestPlace(xs, ys, 0.9, 0.1, 0.5), 1);
  assert.equal(nearestPlace(xs, ys, 3, 3, 0.5), -1);
});

test("an arrow key steps to the next dot in its direction, and stays at the edge", () => {
  const [xs, ys] = [[0, 2, 1, -1, 0.1], [0, 0, 3, 0, 1]];
  assert.equal(stepTowards(xs, ys, 0, 1, 0), 1);
  assert.equal(stepTowards(xs, ys, 0, -1, 0), 3);
  assert.equal(stepTowards(xs, ys, 0, 0, 1), 4);
  assert.equal(stepTowards(xs, ys, 2, 0, 1), 2);
});

test("the stored digits8-8d codes project onto their stored PCA view", () => {
  const path = new URL("../../vaelib/pretrained/digits8-8d.codes.safetensors", import.meta.url);
  assert.ok(existsSync(path), "vaelib/pretrained/digits8-8d.codes.safetensors is missing");
  const { codes, latent, count, pca } = linkedCodes(readFileSync(path));
  assert.equal(latent, 8);
  for (let i = 0; i < count; i += 97) {
    const [x, y] = pca.project(codes.subarray(i * latent, (i + 1) * latent));
    assert.ok(Math.hypot(x - pca.xs[i], y - pca.ys[i]) < 4e-3, `code ${i}`); // the stored view is in half precision
  }
});
