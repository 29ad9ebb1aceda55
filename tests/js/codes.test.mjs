// Words for the encoded digits near a point, and ticks for axes. Drawing is tested in a browser.

import assert from "node:assert/strict";
import test from "node:test";
import { ticks } from "../../vaelib/widgets/js/draw/canvas.mjs";
import { reach } from "../../vaelib/widgets/js/draw/close_up.mjs";
import { describeNeighbours, readCodes } from "../../vaelib/widgets/js/host/codes.mjs";
import { colourings, shades, spread, step, symmetric } from "../../vaelib/widgets/js/draw/shades.mjs";
import { weightFile } from "./weight_files.mjs";

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
  const read = (tensors) => readCodes({ get: () => weightFile(tensors, { format: "vaelib 2", part: "codes" }) }, undefined);
  const good = { mean: ["F32", [2, 2], [1, 2, 3, 4]], label: ["U8", [2], [0, 9]] };
  const found = await read(good);
  assert.deepEqual([[...found.x], [...found.y], found.classes], [[1, 3], [2, 4], [0, 9]]);
  assert.deepEqual(colourings(found), ["label"]);
  const measured = await read({ ...good, slant: ["F32", [2], [-0.5, 0.25]], thickness: ["F16", [2], [0x4000, 0x4200]] });
  assert.deepEqual([[...measured.slant], [...measured.thickness]], [[-0.5, 0.25], [2, 3]]);
  assert.deepEqual(colourings(measured), ["label", "slant", "thickness"]);
  await assert.rejects(read({ ...good, slant: ["F32", [2], [0, NaN]] }), /finite "slant" for each code/);
  await assert.rejects(read({ ...good, thickness: ["F32", [1], [2]] }), /finite "thickness" for each code/);
  await assert.rejects(read({ mean: good.mean }), /"label" of shape \(n,\), got mean \[2,2\]/);
  await assert.rejects(read({ ...good, label: ["U8", [1], [0]] }), /got mean \[2,2\], label \[1\]/);
  await assert.rejects(read({ ...good, label: ["U8", [2], [0, 10]] }), /labels from 0 to 9/);
  await assert.rejects(read({ ...good, mean: ["F32", [2, 2], [1, 2, NaN, 4]] }), /finite means/);
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
