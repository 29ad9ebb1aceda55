// The two views: what their codes file must hold, the exact place in PCA, the neighbours' place in t-SNE, picking by pointer and key.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { linkedCodes } from "../../vaelib/widgets/js/widgets/latent_views/linked_codes.mjs";
import { nearestCodes, nearestPlace, placeByNeighbours, stepTowards } from "../../vaelib/widgets/js/engine/nearest.mjs";

const METADATA = { format: "vaelib 2", part: "codes", perplexities: "30,5", "trustworthiness.pca": "0.75" };
const TENSORS = {
  mean: { shape: [3, 2], data: Float32Array.of(0, 0, 1, 0, 0, 2) },
  label: { dtype: "U8", shape: [3], data: Uint8Array.of(0, 1, 9) },
  pca: { shape: [3, 2], data: Float32Array.of(-1, 0, 0, -1, 1, 0) },
  "pca.components": { shape: [2, 2], data: Float32Array.of(0, 1, 1, 0) },
  "pca.centre": { shape: [2], data: Float32Array.of(0, 1) },
  "tsne.5": { shape: [3, 2], data: Float32Array.of(0, 0, 10, 0, 0, 10) },
  "tsne.30": { shape: [3, 2], data: Float32Array.of(1, 1, 2, 2, 3, 3) },
};

function file(change = {}, metadata = METADATA) {
  const header = { __metadata__: metadata };
  const parts = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries({ ...TENSORS, ...change })) {
    if (!tensor) continue;
    const { dtype = "F32", shape, data } = tensor;
    header[name] = { dtype, shape, data_offsets: [offset, (offset += data.byteLength)] };
    parts.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([length, json, ...parts]));
}

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
  const two = Float32Array.of(0, 0);
  const cases = [
    [{ mean: null }, /wanted a tensor "mean" of shape \(n, latent\), got none/],
    [{ label: { dtype: "U8", shape: [2], data: Uint8Array.of(0, 1) } }, /"label" of shape \[3\], got shape \[2\]/],
    [{ label: { dtype: "U8", shape: [3], data: Uint8Array.of(0, 1, 10) } }, /labels 0 to 9, got 10/],
    [{ "pca.centre": { shape: [2], data: Float32Array.of(0, NaN) } }, /finite numbers in "pca.centre", got NaN at position 1/],
    [{ "tsne.5": null }, /wanted a tensor "tsne.5" of shape \[3,2\], got none/],
    [{ pca: { shape: [1, 2], data: two } }, /"pca" of shape \[3,2\], got shape \[1,2\]/],
  ];
  for (const [change, message] of cases) assert.throws(() => linkedCodes(file(change)), { message });
  for (const perplexities of ["", "5,many"]) {
    assert.throws(() => linkedCodes(file({}, { ...METADATA, perplexities })), /wanted metadata "perplexities"/);
  }
  assert.throws(() => linkedCodes(file().subarray(0, 300)), /cut short/);
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
