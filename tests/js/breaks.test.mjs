// What breaks an equation in the page: the two sides agree on random inputs, each mistake parts them, and no equation is left out.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import none from "../../vaelib/widgets/js/breaks/none.mjs";
import { generator } from "../../vaelib/widgets/js/random.mjs";
import { another, describe, entries, figure, residual, verdict } from "../../vaelib/widgets/js/ticks.mjs";

const TIMES = 200;
const root = new URL("../../", import.meta.url);
const notebooks = readdirSync(new URL("notebooks/", root)).filter((name) => /^\d\d_.*\.ipynb$/.test(name));
const labels = notebooks.flatMap((name) => {
  const { cells } = JSON.parse(readFileSync(new URL(`notebooks/${name}`, root), "utf8"));
  const text = cells.filter((cell) => cell.cell_type === "markdown").map((cell) => [cell.source].flat().join("")).join("\n");
  return [...text.matchAll(/:label: *(\S+)|\\label\{(\S+?)\}/g)].map((match) => match[1] ?? match[2]);
});

test("every numbered equation can be broken, or is named with a reason; and nothing else is", () => {
  const known = [...Object.keys(entries), ...Object.keys(none)];
  assert.deepEqual(labels.filter((label) => !known.includes(label)), [], "equations without an entry");
  assert.deepEqual(known.filter((label) => !labels.includes(label)), [], "entries of no equation");
  assert.equal(new Set(known).size, known.length, "named twice");
  for (const [label, reason] of Object.entries(none)) assert.ok(reason.length > 20, label);
});

test("each file of the folder is in the module, and the module names each label as the book reads it", () => {
  const folder = new URL("vaelib/widgets/js/breaks/", root);
  const keys = readdirSync(folder).filter((name) => !["tools.mjs", "none.mjs"].includes(name))
    .flatMap((name) => [...readFileSync(new URL(name, folder), "utf8").matchAll(/^ {2}"(eq-[a-z0-9-]+)": \{$/gm)].map((match) => match[1]));
  assert.deepEqual(keys.sort(), Object.keys(entries).sort());
  const bundle = readFileSync(new URL("vaelib/widgets/static/ticks.mjs", root), "utf8");
  assert.deepEqual([...bundle.matchAll(/"(eq-[a-z0-9-]+)":/g)].map((match) => match[1]).sort(), Object.keys(entries).sort());
});

for (const [label, entry] of Object.entries(entries)) {
  test(`${label}: the sides agree, and every mistake parts them`, () => {
    assert.ok(entry.says.endsWith(".") && entry.routes.length === 2 && Object.keys(entry.mistakes).length > 0);
    const found = Object.fromEntries(Object.keys(entry.mistakes).map((key) => [key, 0]));
    for (let seed = 1; seed <= TIMES; seed++) {
      const inputs = entry.numbers(generator(seed));
      const sides = entry.sides(inputs, null);
      const miss = residual(sides, entry.relation);
      assert.notEqual(describe(another(entry, generator(seed), inputs)), describe(inputs), "new numbers are other numbers");
      assert.ok(miss <= sides.tolerance, `seed ${seed}: off by ${miss}, allowed ${sides.tolerance}, for ${describe(inputs)}`);
      for (const key of Object.keys(found)) {
        const broken = entry.sides(inputs, key);
        if (residual(broken, entry.relation) > 10 * broken.tolerance) found[key] += 1;
      }
    }
    for (const [key, times] of Object.entries(found)) assert.ok(times >= 0.95 * TIMES, `${key}: noticed ${times} times of ${TIMES}`);
  });
}

test("the residual is the largest difference, for an inequality the largest excess, and infinite where there is no number", () => {
  assert.equal(residual({ left: [1, 2], right: [1.5, 4] }), 2);
  assert.equal(residual({ left: [3, 2], right: [1, 2.25] }, ">="), 0.25);
  assert.equal(residual({ left: 3, right: 1 }, ">="), 0);
  assert.equal(residual({ left: NaN, right: 1 }), Infinity);
  assert.throws(() => residual({ left: [1, 2], right: 1 }), /equal length, got 2 and 1/);
});

test("the verdict says by how much, in the unit, and owns up when a mistake does not show", () => {
  const entry = { unit: "nats" };
  assert.deepEqual(verdict({ left: 1, right: 1.43, tolerance: 1e-9 }, entry, "sign flipped"), { good: false, sentence: "✗ Off by 0.430 nats with sign flipped (allowed: 1.0e−9 nats)." });
  assert.deepEqual(verdict({ left: 1, right: 1, tolerance: 1e-9 }, entry), { good: true, sentence: "✓ Both sides agree: off by 0 nats, allowed: 1.0e−9 nats." });
  assert.match(verdict({ left: 1, right: 1, tolerance: 1e-9 }, entry, "sign flipped").sentence, /do not show the mistake \(sign flipped\)/);
  assert.match(verdict({ left: NaN, right: 1, tolerance: 1 }, entry, "sign flipped").sentence, /beyond all numbers/);
});

test("numbers are written for reading", () => {
  assert.deepEqual([0, -1, -0.0000001, 0.5, -123.456, 1e7, Infinity].map(figure), ["0", "−1", "−1.0e−7", "0.500", "−123.5", "1.0e+7", "beyond all numbers"]);
  assert.equal(describe({ mean: -1, x: [1, 2], noise: Array(9).fill(0) }), "mean −1; x 1, 2; noise 0, 0, … (9 numbers)");
  assert.equal(describe({ points: [[1, 2], [3, 4]] }), "points 1, 2, 3, 4");
});
