// What breaks an equation in the page: the two sides agree on random inputs, each mistake parts them, and no equation is left out.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import none from "../../vaelib/widgets/js/equations/none.mjs";
import { generator } from "../../vaelib/widgets/js/engine/random.mjs";
import { another, describe, figure, residual, verdict } from "../../vaelib/widgets/js/equations/panel.mjs";

const TIMES = 200;
const root = new URL("../../", import.meta.url);
const folder = new URL("vaelib/widgets/js/equations/pages/", root);
const labels = new Map(); // page -> the labels of its equations
for (const name of readdirSync(new URL("notebooks/", root)).filter((file) => file.endsWith(".ipynb"))) {
  const { cells } = JSON.parse(readFileSync(new URL(`notebooks/${name}`, root), "utf8"));
  const text = cells.filter((cell) => cell.cell_type === "markdown").map((cell) => [cell.source].flat().join("")).join("\n");
  const found = [...text.matchAll(/:label: *(\S+)|\\label\{(\S+?)\}/g)].map((match) => match[1] ?? match[2]);
  labels.set(name.replace(/^\d+_/, "").replace(".ipynb", ""), found);
}
const pages = new Map();
for (const file of readdirSync(folder)) pages.set(file.replace(".mjs", ""), (await import(new URL(file, folder))).default);
const entries = Object.assign({}, ...pages.values());

test("every numbered equation can be broken on its page, or is named with a reason; and nothing else is", () => {
  for (const [page, found] of labels) {
    const known = Object.keys(pages.get(page) ?? {});
    assert.deepEqual(found.filter((label) => !known.includes(label) && !(label in none)), [], `${page}: equations without an entry`);
    assert.deepEqual(known.filter((label) => !found.includes(label)), [], `${page}: entries of no equation`);
  }
  assert.deepEqual([...pages.keys()].filter((page) => !labels.has(page)), [], "files of no page");
  for (const [label, reason] of Object.entries(none)) {
    assert.ok(reason.length > 20 && !(label in entries) && [...labels.values()].flat().includes(label), label);
  }
});

test("the bundle of a page names each of its labels as the book reads it, and opens a panel", async () => {
  for (const [page, known] of pages) {
    const address = new URL(`vaelib/widgets/static/equations.${page}.mjs`, root);
    const found = [...readFileSync(address, "utf8").matchAll(/"(eq-[a-z0-9-]+)":/g)].map((match) => match[1]);
    assert.deepEqual(found.sort(), Object.keys(known).sort(), page);
    const { open } = await import(address);
    assert.throws(() => open({ label: "eq-of-another-page" }), /there is no entry for eq-of-another-page/);
  }
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
