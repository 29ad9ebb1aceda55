// The seeded generator: repeatable, with the moments of what it claims to draw.

import assert from "node:assert/strict";
import test from "node:test";
import { bernoulli, generator, normals } from "../../vaelib/widgets/js/engine/random.mjs";

const COUNT = 200000;
const moment = (values, power) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;

test("one seed gives one sequence, another seed another", () => {
  assert.deepEqual([...normals(20, 4)], [...normals(20, 4)]);
  assert.notDeepEqual([...normals(20, 4)], [...normals(20, 5)]);
  assert.notDeepEqual([...normals(2, 0)], [...normals(2, 2 ** 32)]);
});

test("uniform draws lie inside (0, 1) with the mean, variance and independence of a uniform", () => {
  const { uniform } = generator(1);
  const draws = Float64Array.from({ length: COUNT }, uniform);
  assert.ok(draws.every((value) => value > 0 && value < 1));
  assert.ok(Math.abs(moment(draws, 1) - 1 / 2) < 5 * Math.sqrt(1 / 12 / COUNT));
  assert.ok(Math.abs(moment(draws, 2) - 1 / 3) < 5 * Math.sqrt(4 / 45 / COUNT));
  const lagged = draws.slice(1).map((value, i) => (value - 0.5) * (draws[i] - 0.5));
  assert.ok(Math.abs(moment(lagged, 1)) < 5 / 12 / Math.sqrt(COUNT));
});

test("normal draws have the first four moments of N(0, 1), within five standard errors", () => {
  const draws = normals(COUNT, 2);
  for (const [power, wanted, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]]) {
    assert.ok(Math.abs(moment(draws, power) - wanted) < 5 * Math.sqrt(variance / COUNT), `moment ${power}: ${moment(draws, power)}`);
  }
});

test("the first draws of neighbouring seeds are independent: the widget draws one z for each seed", () => {
  const first = Float64Array.from({ length: 5000 }, (_, seed) => normals(2, seed)[0]);
  const second = Float64Array.from({ length: 5000 }, (_, seed) => normals(2, seed)[1]);
  assert.ok(Math.abs(moment(first, 1)) < 5 / Math.sqrt(5000) && Math.abs(moment(first, 2) - 1) < 5 * Math.sqrt(2 / 5000));
  assert.ok(Math.abs(moment(first.map((value, i) => value * second[i]), 1)) < 5 / Math.sqrt(5000));
  assert.ok(Math.abs(moment(first.slice(1).map((value, i) => value * first[i]), 1)) < 5 / Math.sqrt(5000));
});

test("Bernoulli draws have the frequency asked, and 0 and 1 are certain", () => {
  const draws = bernoulli(new Float64Array(COUNT).fill(0.3), 6);
  assert.ok(Math.abs(moment(draws, 1) - 0.3) < 5 * Math.sqrt(0.21 / COUNT));
  assert.deepEqual([...bernoulli([0, 1, 0, 1], 8)], [0, 1, 0, 1]);
});

test("a seed that is no number is refused", () => {
  for (const seed of [NaN, Infinity, undefined, "7"]) assert.throws(() => generator(seed), /finite seed, got/);
});
