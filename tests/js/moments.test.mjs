// Slant and thickness of pictures whose answer is known. That they are Python's is tested in a browser.

import assert from "node:assert/strict";
import test from "node:test";
import { slant, thickness } from "../../vaelib/widgets/js/engine/moments.mjs";

const picture = (...rows) => rows.join("").split("").map(Number);

test("a slash leans by one to the right, its mirror to the left, a post not at all", () => {
  assert.equal(slant(picture("0001", "0010", "0100", "1000")), 1);
  assert.equal(slant(picture("1000", "0100", "0010", "0001")), -1);
  assert.equal(slant(picture("0100", "0100", "0100", "0100")), 0);
});

test("a stroke three pixels wide measures three, less its ends", () => {
  const rows = Array.from({ length: 20 }, (_, y) => Array.from({ length: 20 }, (_, x) => Number(y > 0 && y < 19 && x > 7 && x < 11)).join(""));
  const bar = picture(...rows);
  const wanted = (3 * 18) / (3 + 18); // twice the area over the perimeter
  assert.ok(Math.abs(thickness(bar) / wanted - 1) < 0.05);
  assert.ok(Math.abs(thickness(bar.map((ink) => ink / 3)) - thickness(bar)) < 1e-12);
});

test("nothing to measure is no number, and a picture that is not square is refused", () => {
  assert.ok(Number.isNaN(slant([0, 0, 0, 0])) && Number.isNaN(thickness([0, 0, 0, 0])) && Number.isNaN(slant([1, 1, 0, 0])));
  assert.throws(() => slant([1, 2, 3]), /wanted a square number of pixels, got 3/);
  assert.throws(() => thickness([]), /got 0/);
});
