// Typed numbers: how they are read, and what is said of them. tests/test_exercises.py compares the sentences with Python's.

import assert from "node:assert/strict";
import test from "node:test";
import { chosen, digits, judge, judgeText, precision, readNumber, RIGHT } from "../../vaelib/widgets/js/widgets/answer_check/judge.mjs";

test("a number is read with a point or a comma, with any minus sign, and with spaces around it", () => {
  for (const [text, number] of [
    ["0.5", 0.5], [" 0,5 ", 0.5], ["\u22120.25", -0.25], ["\u20131,5", -1.5], ["- 3", -3], ["+2", 2], [".5", 0.5], ["7.", 7], ["1e-3", 0.001], ["1\u00a0234,5", 1234.5],
  ]) assert.equal(readNumber(text), number, text);
});

test("a percentage and a fraction are read as the share that they are", () => {
  for (const [text, number] of [
    ["50%", 0.5], ["50 %", 0.5], ["12,5%", 0.125], ["\u22125%", -0.05], ["0.5%", 0.005], ["1/2", 0.5], [" 3 / 4 ", 0.75], ["\u22121/8", -0.125], ["4/4.5", 4 / 4.5], ["1\u20444", 0.25],
  ]) assert.equal(readNumber(text), number, text);
  assert.equal(judge(readNumber("50%"), 0.5, {}, 0.01), RIGHT);
  assert.equal(judge(readNumber("50"), 0.5, {}, 0.01), "Not yet: this looks like a percentage; a share between 0 and 1 is wanted.");
});

test("random percentages and fractions are read as JavaScript divides", () => {
  for (let i = 0; i < 300; i += 1) {
    const [above, below] = [Math.floor(Math.random() * 2000) - 1000, Math.ceil(Math.random() * 999)];
    assert.equal(readNumber(`${above}/${below}`), above / below);
    assert.equal(readNumber(`${above / 8} %`), above / 8 / 100);
  }
});

test("commas part thousands only where a whole number of at least 1000 is expected", () => {
  for (const [text, expected, number] of [
    ["118,032", 118032, 118032], ["1,180,320", 118032, 1180320], ["\u22121,000", -1000, -1000], ["118032", 118032, 118032], ["118,03", 118032, 118.03], ["0,118", 118032, 0.118],
    ["1,234", 1.234, 1.234], ["1,234", 999, 1.234], ["1,234", 1234.5, 1.234], ["1,180,320", 0.5, null], ["1,23,456", 118032, null],
  ]) assert.equal(readNumber(text, expected), number, `${text} for ${expected}`);
});

test("what a reader is told to type is right, whatever the answer", () => {
  for (let i = 0; i < 2000; i += 1) {
    const [expected, tolerance] = [(Math.random() - 0.5) * 2000, 10 ** (Math.random() * 7 - 5)];
    const words = precision(expected, tolerance);
    const step = words.startsWith("to") ? Number(words.split(" ").at(-1)) : 10 ** -["a whole number", "one", "two", "three", "four", "five"].findIndex((count) => words.startsWith(count));
    assert.equal(judge(Math.round(expected / step) * step, expected, {}, tolerance), RIGHT, `${expected} ${tolerance} ${words}`);
  }
});

test("the precision is said in plain words", () => {
  for (const [expected, tolerance, words] of [
    [0.57, 0.01, "two decimals"], [0.104, 0.003, "three decimals"], [0.51, 0.06, "one decimal"], [9, 0.2, "a whole number"], [118032, 0.5, "a whole number"],
    [126.7, 1, "a whole number"], [0.3, 1e-5, "five decimals"], [4321, 50, "to the nearest 100"],
  ]) assert.equal(precision(expected, tolerance), words);
});

test("what is no single number is not guessed at", () => {
  for (const text of ["", " ", "x", "1.2.3", "1,234.5", "0x10", "1/0", "1/2/3", "/2", "1/", "%", "50%%", "%50", "1/2%", "Infinity", "NaN", "--1", "1e", "e3", ".", "-", "1 nats", "<b>1</b>"]) assert.equal(readNumber(text), null, text);
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

test("a unit behind the number is read, and another one is named", () => {
  const bits = (text) => judgeText(text, 1.32, {}, "bits", 0.01);
  for (const text of ["1.32", "1.32 bits", "1.32bits", "1,32 Bit"]) assert.equal(bits(text), RIGHT, text);
  assert.equal(bits("1.32 nats"), "Not yet: the answer is wanted in bits.");
  assert.equal(judgeText("1 bit", 1, {}, "", 0.01), "Not yet: the answer is wanted without a unit.");
  for (const text of ["1.32 parrots", "bits", "1e", "x bits"]) assert.equal(bits(text), null, text);
});

test("a fraction may be one character, and stand behind a whole number", () => {
  for (const [text, number] of [["\u00bd", 0.5], ["\u2212\u00be", -0.75], ["2\u00bd", 2.5], ["\u2153", 1 / 3], ["\u00bd\u00bd", null], ["3\u00b2", null]]) assert.equal(readNumber(text), number, text);
  assert.equal(judgeText("\u00bd", 0.5, {}, "nats", 0.01), RIGHT);
});

test("fewer decimals that are right so far are told from wrong ones as they were written", () => {
  const said = (text) => judgeText(text, 0.223, {}, "nats", 0.001);
  for (const text of ["0.22", "0,22 nats"]) assert.equal(said(text), "Not yet: right so far, one more digit.", text);
  assert.equal(said("0.2"), "Not yet: right so far, two more digits.");
  for (const text of ["0.220", "22 %", "11/50", "0.21"]) assert.doesNotMatch(said(text), /so far/, text);
  assert.equal(judgeText("3", 2.66, {}, "nats", 0.01), "Not yet: right so far, two more digits.");
});

test("where a whole number is wanted no other is right", () => {
  assert.equal(judgeText("6.05", 6, {}, "latents", 0.1), "Not yet: a whole number is wanted.");
  assert.equal(judgeText("6", 6, {}, "latents", 0.1), RIGHT);
  assert.equal(judgeText("2.004", 2, {}, "nats", 0.01).startsWith("Not yet"), true);
});

test("a choice is right, a slip, or simply another one", () => {
  const slips = { "the decoder learns.": 0 };
  assert.deepEqual([0, 1, 2].map((index) => chosen(index, 2, slips)), ["Not yet: the decoder learns.", "Not yet: another answer fits better.", RIGHT]);
});
