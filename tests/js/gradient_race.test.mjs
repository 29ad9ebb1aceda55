// The race of gradients: its estimators against the closed form, its spread against draws, and what the figure says of the three, over seeds.

import assert from "node:assert/strict";
import test from "node:test";
import { exactGradient } from "../../vaelib/widgets/js/widgets/reparameterization/cost.mjs";
import { averageCost, gradient, LEAST, race, RUNNERS, spread } from "../../vaelib/widgets/js/widgets/gradient_race/race.mjs";
import { normals } from "../../vaelib/widgets/js/engine/random.mjs";

const near = (value, wanted, tolerance, words = "") => assert.ok(Math.abs(value - wanted) <= tolerance, `${words} wanted ${wanted}, got ${value}`);
const SETTING = { start: 2.5, learning_rate: 0.1, draws: 1, steps: 200, shared: true };
const PLACES = [[1, -1], [2.5, 0], [-0.4, -3]];
const rise = (way) => Math.max(...way.slice(1).map((one, i) => one.cost - way[i].cost));

test("trick and score function agree with the closed form within four standard errors, and the detached draw is 0", () => {
  const noises = normals(100_000, 7);
  const rows = Array.from({ length: 100 }, (_, i) => noises.subarray(1000 * i, 1000 * (i + 1)));
  for (const [mean, log_var] of PLACES) {
    const exact = exactGradient(mean, log_var);
    for (const runner of ["trick", "score function"]) {
      const parts = rows.map((row) => gradient(runner, mean, log_var, row));
      [exact.mean, exact.log_var].forEach((wanted, i) => {
        const average = parts.reduce((sum, part) => sum + part[i], 0) / parts.length;
        const error = Math.sqrt(parts.reduce((sum, part) => sum + (part[i] - average) ** 2, 0)) / parts.length;
        near(average, wanted, 4 * error, runner);
      });
    }
    assert.deepEqual(gradient("detached", mean, log_var, noises), [0, 0]);
  }
});

test("the spread is the standard deviation of many steps", () => {
  for (const [mean, log_var] of PLACES) {
    for (const runner of ["trick", "score function"]) {
      const noises = normals(60_000, 8);
      const steps = Array.from({ length: 20_000 }, (_, i) => gradient(runner, mean, log_var, noises.subarray(3 * i, 3 * i + 3))[0]);
      const average = steps.reduce((a, b) => a + b) / steps.length;
      const std = Math.sqrt(steps.reduce((a, b) => a + (b - average) ** 2, 0) / steps.length);
      near(std / spread(runner, mean, log_var, 3), 1, 0.06, runner);
    }
    assert.equal(spread("detached", mean, log_var, 3), 0);
  }
});

test("with one draw a step the trick gets down and hardly rises, the score function rises far more, the detached never moves", () => {
  let rarer = 0;
  for (let seed = 0; seed < 40; seed++) {
    const ways = race({ ...SETTING, seed });
    assert.ok(ways.trick.at(-1).cost < LEAST.cost + 0.3, `seed ${seed}`);
    assert.ok(ways.detached.every((one) => one.cost === ways.detached[0].cost));
    if (rise(ways["score function"]) > 3 * rise(ways.trick)) rarer += 1;
  }
  assert.ok(rarer >= 32, `the score function rose three times as far in ${rarer} of 40`);
});

test("with ten draws a step the score function gets down, too; with large steps of one draw it is thrown to the rim", () => {
  let thrown = 0;
  for (let seed = 0; seed < 40; seed++) {
    assert.ok(race({ ...SETTING, draws: 10, seed })["score function"].at(-1).cost < LEAST.cost + 0.3);
    const wild = race({ ...SETTING, learning_rate: 0.2, seed });
    assert.ok(wild.trick.at(-1).cost < LEAST.cost + 0.3);
    if (wild["score function"].some((one) => Math.abs(one.mean) === 6)) thrown += 1;
  }
  assert.ok(thrown >= 20, `${thrown} of 40`);
});

test("the least is below every place around it, and a longer race begins as a shorter one", () => {
  for (let mean = -3; mean <= 3; mean += 0.01) for (const log_var of [-4, -2, 0]) assert.ok(averageCost(mean, log_var) >= LEAST.cost - 1e-12);
  const [long, short] = [200, 30].map((steps) => race({ ...SETTING, steps, draws: 3, seed: 5 }));
  for (const runner of RUNNERS) assert.deepEqual(long[runner].slice(0, 31), short[runner]);
});

test("without shared noise each runner has noise of its own", () => {
  const first = race({ ...SETTING, steps: 1, seed: 4 });
  const other = race({ ...SETTING, steps: 1, seed: 4, shared: false });
  assert.notEqual(first.trick[1].mean, other.trick[1].mean);
  assert.notEqual(other.trick[1].mean, other["score function"][1].mean);
});
