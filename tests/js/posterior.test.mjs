// log p(x) and p(z|x): against a linear model whose posterior is known, against sums over finer grids, and far from any digit.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { contour } from "../../vaelib/widgets/js/exact/contours.mjs";
import { PRESETS } from "../../vaelib/widgets/js/widgets/draw_digit/drawings.mjs";
import { wasmKernel } from "../../vaelib/widgets/js/engine/kernel.mjs";
import { logLikelihood } from "../../vaelib/widgets/js/exact/log_likelihood.mjs";
import { decoder } from "../../vaelib/widgets/js/engine/network.mjs";
import { MASSES, posterior } from "../../vaelib/widgets/js/exact/posterior.mjs";
import { generator } from "../../vaelib/widgets/js/engine/random.mjs";
import { CELLS, logSum, middles, regions } from "../../vaelib/widgets/js/exact/tiles.mjs";

const net = decoder(readFileSync(new URL("../../vaelib/pretrained/mnist-2d.decoder.safetensors", import.meta.url)), { makeKernel: wasmKernel });
const model = logLikelihood(net);

function finish(answers) {
  for (;;) {
    const { value, done } = answers.next();
    if (done) return value;
  }
}

/** A stand-in for log_likelihood.mjs: x is ignored, log p(x|z) is `value(z1, z2)`. */
const given = (value) => ({
  latent: 2, project: () => null, points: (z) => z,
  logProb: (_, z) => Float64Array.from({ length: z.length / 2 }, (__, i) => value(z[2 * i], z[2 * i + 1])),
});

/** log p(x|z) = log N(y; A z, std^2 I), whose log p(x) and posterior are closed forms. */
function linear(A, y, std) {
  const [[a, b], [c, d]] = A;
  const value = (z1, z2) => -((y[0] - a * z1 - b * z2) ** 2 + (y[1] - c * z1 - d * z2) ** 2) / (2 * std * std) - Math.log(2 * Math.PI * std * std);
  const precision = [[1 + (a * a + c * c) / std ** 2, (a * b + c * d) / std ** 2], [(a * b + c * d) / std ** 2, 1 + (b * b + d * d) / std ** 2]];
  const det = precision[0][0] * precision[1][1] - precision[0][1] ** 2;
  const covariance = [[precision[1][1] / det, -precision[0][1] / det], [-precision[0][1] / det, precision[0][0] / det]];
  const pull = [(a * y[0] + c * y[1]) / std ** 2, (b * y[0] + d * y[1]) / std ** 2];
  const mean = covariance.map((row) => row[0] * pull[0] + row[1] * pull[1]);
  const [p, q, r] = [a * a + b * b + std ** 2, a * c + b * d, c * c + d * d + std ** 2]; // covariance of y
  const whole = p * r - q * q;
  const log_prob = -(r * y[0] ** 2 - 2 * q * y[0] * y[1] + p * y[1] ** 2) / (2 * whole) - Math.log(whole) / 2 - Math.log(2 * Math.PI);
  return { model: given(value), mean, covariance, log_prob };
}

const LINEAR = {
  "a wide posterior": linear([[0.3, 0.1], [0, 0.2]], [0.2, -0.4], 1),
  "a narrow one": linear([[2, 1], [-1, 3]], [1, 2], 0.02),
  "a long and narrow one, askew": linear([[5, 5], [0.3, -0.2]], [2, 0.1], 0.1),
  "one beyond |z| = 4": linear([[1, 0], [0, 1]], [5.5, -6.2], 0.1),
  "one beyond the first grid": linear([[1, 0.2], [0, 1]], [14, 11], 0.05),
};
for (const [name, { model: stand, mean, covariance, log_prob }] of Object.entries(LINEAR)) {
  test(`a linear model's log p(x), mean and covariance: ${name}`, () => {
    const found = finish(posterior(stand)(null));
    assert.ok(Math.abs(found.log_prob - log_prob) < 1e-4, `${found.log_prob} and ${log_prob}`);
    assert.ok(found.border < 1e-6 && found.change < 1e-3);
    mean.forEach((value, axis) => assert.ok(Math.abs(found.mean[axis] - value) < 1e-4 * Math.max(1, Math.abs(value))));
    covariance.forEach((row, i) => row.forEach((value, j) => assert.ok(Math.abs(found.covariance[i][j] - value) < 1e-3 * Math.sqrt(covariance[i][i] * covariance[j][j]))));
    assert.equal(found.hills.length, 1);
  });
}

test("two hills far apart, one of them narrow, are both found and weighed", () => {
  const hill = (x, y, std, share) => Math.log(share) - ((x ** 2 + y ** 2) / (2 * std * std)) - Math.log(2 * Math.PI * std * std);
  const found = finish(posterior(given((a, b) => {
    const parts = [hill(a - 3, b + 1, 0.4, 0.3), hill(a + 2, b - 2, 0.02, 0.7)];
    const top = Math.max(...parts);
    return top + Math.log(parts.reduce((sum, one) => sum + Math.exp(one - top), 0)) + (a * a + b * b) / 2 + Math.log(2 * Math.PI); // undoes the prior
  }))(null));
  assert.ok(Math.abs(found.log_prob) < 1e-3, String(found.log_prob));
  assert.equal(found.hills.length, 2);
  assert.ok(Math.abs(found.hills[0] - 0.7) < 0.01 && Math.abs(found.hills[1] - 0.3) < 0.015);
});

/** log p(x) over a fine uniform grid around the posterior and over a coarse one of the whole plane: nothing is left out by choice. */
function brute(x, { mean, covariance }, points = 150) {
  const reach = covariance.map((row, axis) => 8 * Math.sqrt(row[axis]));
  const z = Float64Array.from({ length: 2 * points * points }, (_, n) => {
    const place = n % 2 ? (n >> 1) % points : Math.floor(n / 2 / points);
    return mean[n % 2] + reach[n % 2] * ((2 * (place + 0.5)) / points - 1);
  });
  const values = model.logProb(model.project(x), model.points(z)).map((value, i) => value - (z[2 * i] ** 2 + z[2 * i + 1] ** 2) / 2 - Math.log(2 * Math.PI));
  const top = values.reduce((most, one) => Math.max(most, one), -Infinity);
  return top + Math.log(values.reduce((sum, one) => sum + Math.exp(one - top), 0)) + Math.log((4 * reach[0] * reach[1]) / points ** 2);
}

/** Pictures that are no digits: lines, blots, noise, the empty sheet and the full one. */
function scribbles(count, seed) {
  const { uniform } = generator(seed);
  const blank = new Float64Array(784);
  return [blank, blank.map(() => 1), ...Array.from({ length: count }, (_, n) => {
    const density = 0.4 * uniform();
    const [left, top, wide, high] = Array.from({ length: 4 }, () => Math.floor(14 * uniform()));
    return blank.map((__, i) => {
      if (n % 2) return uniform() < density ? 1 : 0;
      const [row, column] = [Math.floor(i / 28), i % 28];
      return row >= top && row <= top + high && column >= left && column <= left + wide ? 1 : 0;
    });
  })];
}

test("drawings and scribbles: log p(x) is that of a fine grid, nothing stands at the border", () => {
  const study = posterior(model);
  for (const x of [...PRESETS.values(), ...scribbles(6, 41)]) {
    const found = finish(study(x));
    assert.ok(found.change < 1e-3 && found.border < 1e-6);
    if (found.hills.length > 1) continue; // a uniform grid would be too coarse for hills far apart
    const wanted = brute(x, found);
    assert.ok(Math.abs(found.log_prob - wanted) < 1e-3, `${found.log_prob} and ${wanted}`);
  }
});

test("what is left out of the fine grid holds no mass", () => {
  const study = posterior(model);
  const side = 0.05; // coarse, but without a choice: it may miss some of a narrow hill, and must not find one that was left out
  const span = 160;
  const z = Float64Array.from({ length: 2 * span * span }, (_, n) => side * ((n % 2 ? (n >> 1) % span : Math.floor(n / 2 / span)) + 0.5 - span / 2)); // [-4, 4] squared
  const points = model.points(z);
  for (const x of [...PRESETS.values(), ...scribbles(20, 42)]) {
    const { log_prob, tiles, side: own } = finish(study(x));
    const values = model.logProb(model.project(x), points);
    let outside = 0;
    for (let i = 0; i < values.length; i++) {
      const tile = `${Math.floor(z[2 * i] / own / 8)},${Math.floor(z[2 * i + 1] / own / 8)}`;
      if (!tiles.has(tile)) outside += side * side * Math.exp(values[i] - (z[2 * i] ** 2 + z[2 * i + 1] ** 2) / 2 - Math.log(2 * Math.PI) - log_prob);
    }
    assert.ok(outside < 1e-5, `${outside} of the mass`);
  }
});

test("a second look at the same drawing computes nothing anew, and one more pixel little", () => {
  const study = posterior(model);
  const x = PRESETS.get("stroke 4");
  const first = finish(study(x));
  assert.equal(first.computed % CELLS, 0);
  assert.ok(first.computed > 4096);
  const again = finish(study(x));
  assert.equal(again.computed, 0);
  assert.equal(again.log_prob, first.log_prob);
  const more = Float64Array.from(x);
  more[14 * 28 + 20] = 1;
  assert.ok(finish(study(more)).computed < first.computed / 2);
});

test("the contours hold 39.3, 86.5 and 98.9 % of the mass, and a Gaussian's are circles of 1, 2 and 3 standard deviations", () => {
  MASSES.forEach((mass, i) => assert.ok(Math.abs(mass - [0.393469, 0.864665, 0.988891][i]) < 1e-6));
  const { model: stand, mean, covariance } = linear([[2, 0], [0, 2]], [1, -1], 0.2);
  const { tiles, side, levels } = finish(posterior(stand)(null));
  levels.forEach((level, i) => {
    const segments = contour(tiles, side, level);
    assert.ok(segments.length >= 4 * 16);
    const std = Math.sqrt(covariance[0][0]);
    for (let n = 0; n < segments.length; n += 2) {
      const distance = Math.hypot(segments[n] - mean[0], segments[n + 1] - mean[1]) / std;
      assert.ok(Math.abs(distance - (i + 1)) < 0.03 * (i + 1), `${distance} for ${i + 1}`);
    }
  });
});

test("for real drawings the regions hold their mass, and every contour is closed", () => {
  const study = posterior(model);
  for (const x of PRESETS.values()) {
    const found = finish(study(x));
    const whole = logSum(found.tiles);
    found.levels.forEach((level, i) => {
      let held = 0;
      for (const { values } of found.tiles.values()) for (const value of values) held += value > level ? Math.exp(value - whole) : 0;
      assert.ok(Math.abs(held - MASSES[i]) < 0.02, `${held} for ${MASSES[i]}`);
      const ends = new Map();
      const segments = contour(found.tiles, found.side, level);
      for (let n = 0; n < segments.length; n += 2) {
        const key = `${segments[n].toFixed(9)},${segments[n + 1].toFixed(9)}`;
        ends.set(key, (ends.get(key) ?? 0) + 1);
      }
      assert.ok([...ends.values()].every((times) => times % 2 === 0), "an open end");
    });
    assert.deepEqual(regions(found.tiles, whole, MASSES).map(({ level }) => level), found.levels);
  }
});

test("cells lie where a tile says", () => {
  const z = middles(-1, 2, 0.5);
  assert.deepEqual([...z.slice(0, 4)], [-3.75, 8.25, -3.75, 8.75]);
  assert.deepEqual([...z.slice(-2)], [-0.25, 11.75]);
});

test("a decoder of another latent dimension is refused", () => {
  assert.throws(() => posterior({ latent: 8 }), /2 latents, got 8/);
});
