// Typed numbers: how they are read, and what is said of them. tests/test_exercises.py compares the sentences with Python's.

import assert from "node:assert/strict";
import test from "node:test";
import { digits, judge, readNumber, RIGHT } from "../../vaelib/widgets/js/judge.mjs";

test("a number is read with a point or a comma, with any minus sign, and with spaces around it", () => {
  for (const [text, number] of [
    ["0.5", 0.5], [" 0,5 ", 0.5], ["\u22120.25", -0.25], ["\u20131,5", -1.5], ["- 3", -3], ["+2", 2], [".5", 0.5], ["7.", 7], ["1e-3", 0.001], ["1\u00a0234,5", 1234.5],
  ]) assert.equal(readNumber(text), number, text);
});

test("what is no single number is not guessed at", () => {
  for (const text of ["", " ", "x", "1.2.3", "1,234.5", "0x10", "1/2", "Infinity", "NaN", "--1", "1e", "e3", ".", "-", "1 nats", "<b>1</b>"]) assert.equal(readNumber(text), null, text);
});

test("a reader who types the last decimal one off at the tolerance is right", () => {
  assert.equal(judge(1.24, 1.23, {}, 0.01), RIGHT);
  assert.equal(judge(1.22, 1.23, {}, 0.01), RIGHT);
  assert.notEqual(judge(1.241, 1.23, {}, 0.01), RIGHT);
});

test("a slip comes before the pattern that it makes", () => {
  const slips = { "is log_var used as a log-std?": 1 };
  assert.equal(judge(1, 2, slips, 0.01), "Not yet: is log_var used as a log-std?");
  assert.equal(judge(1, 2, {}, 0.01), "Not yet: this is half of the right answer; is a factor of 2 missing?");
});

test("a typed infinity is told as such", () => {
  assert.equal(judge(readNumber("1e999"), 1, {}, 0.01), "Not yet: the answer is infinite.");
});

test("digits tell apart what the tolerance tells apart", () => {
  assert.deepEqual([1e-5, 1e-3, 0.01, 0.02, 0.5, 1, 10].map(digits), [5, 3, 2, 2, 1, 0, 0]);
});
