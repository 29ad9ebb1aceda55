import assert from "node:assert/strict";
import { test } from "node:test";

import { powerOfTen, raised, scientific, shown } from "../../vaelib/widgets/js/draw/format.mjs";
import { clamp } from "../../vaelib/widgets/js/engine/range.mjs";
import { generator } from "../../vaelib/widgets/js/engine/random.mjs";

test("a number has its places, a true minus, and nothing is minus zero", () => {
  assert.deepEqual([1.005, -1.5, -0, -0.004, 0.004, -0.005001].map((value) => shown(value)), ["1.00", "\u22121.50", "0.00", "0.00", "0.00", "\u22120.01"]);
  assert.deepEqual([[-0.4, 0], [-0.6, 0], [12.34, 1], [-1e-9, 6]].map(([value, digits]) => shown(value, digits)), ["0", "\u22121", "12.3", "0.000000"]);
  assert.deepEqual([Infinity, -Infinity, NaN].map((value) => shown(value)), ["\u221e", "\u2212\u221e", "NaN"]);
});

test("a power of ten says the same number, and zero has none", () => {
  assert.deepEqual([0, -0, 1.24e-7, -3e12, 1].map((value) => scientific(value)), ["0", "0", "1.2e\u22127", "\u22123.0e12", "1.0e0"]);
  assert.deepEqual([0, 1.24e-7, -3e12].map((value) => powerOfTen(value)), ["0", "1.2\u00b710\u207b\u2077", "\u22123.0\u00b710\u00b9\u00b2"]);
  assert.equal(raised(-1234567890), "\u207b\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u2070");
});

test("what is written with enough places reads as the number that it was", () => {
  const { uniform } = generator(7);
  for (let i = 0; i < 500; i++) {
    const value = (2 * uniform() - 1) * 10 ** Math.round(8 * (uniform() - 0.5));
    const read = Number(shown(value, 6).replace("\u2212", "-"));
    assert.ok(Math.abs(read - value) <= 5.0001e-7, `${value}: ${read}`);
    assert.ok(Math.abs(Number(scientific(value, 6).replaceAll("\u2212", "-")) / value - 1) <= 5.0001e-7);
  }
});

test("a number is kept within its limits, and is never minus zero", () => {
  assert.deepEqual([-2, -1, 0.5, 3, Infinity].map((value) => clamp(value, [-1, 1])), [-1, -1, 0.5, 1, 1]);
  assert.ok(Object.is(clamp(-0, [-1, 1]), 0));
});
