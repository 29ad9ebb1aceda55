// Words for the encoded digits near a point, and ticks for axes. Drawing is tested in a browser.

import assert from "node:assert/strict";
import test from "node:test";
import { ticks } from "../../vaelib/widgets/js/draw/canvas.mjs";
import { reach } from "../../vaelib/widgets/js/draw/close_up.mjs";
import { describeNeighbours, readCodes } from "../../vaelib/widgets/js/host/codes.mjs";
import { colourings, shades, spread, step, symmetric } from "../../vaelib/widgets/js/draw/shades.mjs";
import { codesFile, half } from "./weight_files.mjs";

const cloud = (count, x, label) => Array.from({ length: count }, (_, i) => ({ x: x + i * 1e-3, y: 0, label }));
const codes = (points) => ({ x: points.map((p) => p.x), y: points.map((p) => p.y), label: points.map((p) => p.label) });

test("one class around the point, a majority, a mixture and a desert are told apart", () => {
  const around = codes([...cloud(30, 0, 7), ...cloud(11, 2, 4), ...cloud(4, 2, 9), ...cloud(8, -2, 3), ...cloud(7, -2, 8)]);
  assert.equal(describeNeighbours(around, [0, 0]), "the nearest encoded digits are all 7");
  assert.equal(describeNeighbours(around, [2, 0]), "the nearest encoded digits are mostly 4");
  assert.equal(describeNeighbours(around, [-2, 0]), "the nearest encoded digits are mixed, most often 3 and 8");
  assert.equal(describeNeighbours(around, [0, 3.9]), "hardly any encoded digit lies near");
});

test("a codes file that does not hold what the plane needs is refused", async () => {
  const good = { mean: [[1, 2], [3, 4]], label: [0, 9], slant: [-0.5, 0.25], thickness: [2, 3] };
  const read = (change, metadata) => readCodes({ get: () => codesFile(good, change, metadata) }, undefined);
  const found = await read();
  assert.deepEqual([[...found.x], [...found.y], found.classes], [[1, 3], [2, 4], [0, 9]]);
  assert.deepEqual([[...found.slant], [...found.thickness]], [[-0.5, 0.25], [2, 3]]);
  assert.deepEqual(colourings(found), ["label", "slant", "thickness"]);
  for (const [change, pattern] of [
    [{ slant: ["F16", [2], [0, half(NaN)]] }, /finite numbers in "slant", got NaN/], [{ thickness: ["F16", [1], [0]] }, /"thickness" as F16 of shape \[2\], got F16 of shape \[1\]/],
    [{ label: null }, /"label" as U8 of shape \[2\], got none/], [{ label: ["U8", [2], [0, 10]] }, /labels 0 to 9, got 10/],
    [{ label: ["F32", [2], [0, 0.5]] }, /"label" as U8 of shape \[2\], got F32/], [{ label: ["F16", [2], [0, half(1)]] }, /got F16/],
    [{ mean: ["F16", [2, 2], [0, 0, half(NaN), 0]] }, /finite numbers in "mean", got NaN at position 2/], [{ mean: ["F32", [2, 2], [0, 0, 0, 0]] }, /"mean" as F16/],
    [{ mean: ["F16", [2, 1], [0, 0]], log_var: ["F16", [2, 1], [0, 0]] }, /two latents, got 1/], [{ mean: ["F16", [0, 2], []] }, /"mean" of shape \[n, latent\], got \[0,2\]/],
    [{ mean: null }, /"mean" of shape/], [{ log_var: null }, /"log_var"/], [{ extra: ["U8", [1], [1]] }, /no other tensor, got "extra"/],
    [{ "pca.centre": ["F32", [2], [0, 0]] }, /"perplexities" such as/],
  ]) await assert.rejects(read(change), pattern);
  for (const metadata of [{ format: "vaelib 1" }, { part: "decoder" }, { model: "x" }]) await assert.rejects(read({}, metadata), /wanted/);
});

test("ticks are round and cover the axis", () => {
  assert.deepEqual(ticks(-4, 4, 4), [-4, -2, 0, 2, 4]);
  assert.deepEqual(ticks(0.037, 0.237, 2.4), [0.1, 0.2]);
});

test("the close-up holds four standard deviations of the wider axis", () => {
  for (const std of [0.001, 0.02, 0.05, 0.3, 1]) {
    const half = reach([2 * Math.log(std), 2 * Math.log(std / 3)]);
    assert.ok(half >= 4 * std * 0.999999 && half < 6.5 * std, `${std}: ${half}`);
  }
});

test("a scale runs from the 2nd to the 98th percentile in seven steps; what lies beyond has the outermost", () => {
  const values = Array.from({ length: 101 }, (_, i) => 100 - i);
  assert.deepEqual(spread(values), [2, 98]);
  assert.deepEqual([-5, 0, 0.99, 1, 3.5, 6.99, 7, 70].map((value) => step(value, 0, 7)), [0, 0, 0, 1, 3, 6, 6, 6]);
  assert.deepEqual(symmetric([-0.2, 0.5]), [-0.5, 0.5]);
});

test("dots take the shade of their slant, upright ones the middle, and the class where nothing was measured", () => {
  const theme = { classes: ["c0", "c1"], slants: [..."abcdefg"], thicknesses: [..."tuvwxyz"] };
  const measured = { label: [0, 1, 1], slant: [-0.4, 0, 0.4], thickness: [1, 2, 3] };
  const colour = (name, codes = measured) => {
    const { groups, colours } = shades(codes, name, theme);
    return [...groups].map((group) => colours[group]).join("");
  };
  assert.equal(colour("slant"), "adg");
  assert.equal(colour("thickness"), "twz");
  for (const [name, codes] of [["label", measured], [undefined, measured], ["constructor", measured], ["slant", { label: [0, 1, 1] }]]) assert.equal(colour(name, codes), "c0c1c1");
});
