// The heads: what each std is worth, its slope by differences, and where a head has no density.

import assert from "node:assert/strict";
import test from "node:test";
import { generator } from "../../vaelib/widgets/js/engine/random.mjs";
import { HEADS, headAt, REACH } from "../../vaelib/widgets/js/widgets/variance_heads/heads.mjs";
import { sentence } from "../../vaelib/widgets/js/widgets/variance_heads/index.mjs";

const near = (value, wanted, tolerance) => assert.ok(Math.abs(value - wanted) <= tolerance, `wanted ${wanted}, got ${value}`);
const told = (raw) => sentence(raw, headAt("log_var", raw).std, headAt("softplus", raw).std);

test("the slope is the difference quotient of the KL wherever the std is positive", () => {
  const { uniform } = generator(Date.now() % 1e6);
  for (const name of Object.keys(HEADS)) {
    for (let i = 0; i < 40; i++) {
      const raw = name === "std" || name === "relu" ? 0.2 + 3.8 * uniform() : REACH * (2 * uniform() - 1);
      const step = 1e-5;
      near(headAt(name, raw).slope, (headAt(name, raw + step).kl - headAt(name, raw - step).kl) / (2 * step), 1e-6);
    }
  }
});

test("log-variance and softplus are positive everywhere, and a KL of 0 is where the std is 1", () => {
  for (let raw = -REACH; raw <= REACH; raw += 0.01) {
    for (const name of ["log_var", "softplus"]) {
      const { std, kl } = headAt(name, raw);
      assert.ok(std > 0 && kl >= -1e-15);
    }
  }
  near(headAt("log_var", 0).kl, 0, 1e-15);
  near(headAt("softplus", Math.log(Math.E - 1)).kl, 0, 1e-12);
  near(headAt("log_var", 2 * Math.log(3)).variance, 9, 1e-12);
});

test("below zero the std itself has no density, and a ReLU an infinite KL with no slope", () => {
  assert.deepEqual(headAt("std", -1), { std: -1, variance: NaN, kl: NaN, slope: NaN });
  assert.deepEqual(headAt("relu", -1), { std: 0, variance: 0, kl: Infinity, slope: 0 });
  assert.deepEqual(headAt("std", 0), { std: 0, variance: 0, kl: Infinity, slope: -Infinity });
});

test("the sentence says what breaks, and where nothing does", () => {
  assert.match(told(-0.5), /negative: no density.*no step leads back/);
  assert.match(told(0), /no width at all/);
  assert.match(told(0.1), /close to 0/);
  assert.match(told(1), /std of 1\.65\. Here all four are sound/);
  assert.match(told(4), /std of 7\.39.*1\.65 with each unit.*4\.02/);
});
