// The trainer of the page: its images, that one seed gives one course, what each mistake does over three seeds, its reports and its words.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { parseImages, toss } from "../../vaelib/widgets/js/engine/images.mjs";
import { MISTAKES } from "../../vaelib/widgets/js/engine/mistakes.mjs";
import { generator } from "../../vaelib/widgets/js/engine/random.mjs";
import { course } from "../../vaelib/widgets/js/worker/course.mjs";
import { trainer } from "../../vaelib/widgets/js/worker/training.mjs";
import { latest, STAGES, standing, told } from "../../vaelib/widgets/js/widgets/train_vae/words.mjs";

const BYTES = readFileSync(new URL("../../vaelib/pretrained/digits8.images.safetensors", import.meta.url));
const IMAGES = parseImages(BYTES);
const SIZES = { latent: 2, hidden: 64 };
const AT = { beta: 1, rate: 3e-3, mistake: "none" };
const EPOCH = Math.ceil(IMAGES.train / 128);

function trained(mistake, epochs, seed, more = {}) {
  const one = course(IMAGES, { ...SIZES, seed, ...more });
  for (let i = 0; i < epochs * EPOCH && !one.failed(); i++) one.advance({ ...AT, mistake });
  return { report: one.report(), baselines: one.baselines };
}

test("the images are read, and tosses have the greys as their averages", () => {
  assert.deepEqual([IMAGES.count, IMAGES.pixels, IMAGES.train], [1797, 64, 1500]);
  const { uniform } = generator(3);
  const [sum, target] = [new Float64Array(64), new Float64Array(64)];
  for (let i = 0; i < 4000; i++) {
    toss(IMAGES, [7], 0, 1, target, uniform);
    target.forEach((value, j) => { sum[j] += value / 4000; });
  }
  sum.forEach((average, j) => assert.ok(Math.abs(average - IMAGES.probability[7 * 64 + j]) < 0.04));
  const damaged = Uint8Array.from(BYTES);
  damaged[damaged.length - 2000] = 99;
  assert.throws(() => parseImages(damaged), /images: wanted greys up to "16", got 99/);
});

test("one seed gives one course, however it is watched, and another seed another", () => {
  const watched = course(IMAGES, { ...SIZES, seed: 4 });
  for (let i = 0; i < 3 * EPOCH; i++) {
    if (i % 5 === 0) watched.report();
    if (i === 7) watched.trace(AT);
    else watched.advance(AT);
  }
  const [a, b, c] = [watched.report(), trained("none", 3, 4).report, trained("none", 3, 5).report];
  assert.deepEqual([a.history, a.codes, a.drawn], [b.history, b.codes, b.drawn]);
  assert.notDeepEqual(a.codes, c.codes);
  assert.equal(a.epoch, 3);
});

// what the figure says of each, at the time when it says it
const EXPECTED = {
  none: { epochs: 30, holds: (now, { fixed }) => now.elbo > fixed + 1 && now.kl > 1, words: /The code pays/ },
  "no trick": { epochs: 30, holds: (now, { fixed }) => now.kl < 0.05 && Math.abs(now.elbo - fixed) < 0.5, words: /best fixed picture\.$/ },
  "wrong sign": { epochs: 5, holds: (now, { fixed }) => now.kl > 50 && now.log_likelihood < fixed + 0.5, words: /reward now, so it grows without end/ },
  "mean over pixels": { epochs: 30, holds: (now, { fixed }) => now.kl < 0.05 && Math.abs(now.elbo - fixed) < 0.5, words: /64 times as dear/ },
  "no KL": { epochs: 20, holds: (now, { fixed }) => now.kl > 8 && now.elbo < fixed - 3 && now.log_likelihood > -25, words: /nothing keeps the codes near the prior/ },
  "score function": { epochs: 10, holds: (now, { fixed }) => now.elbo < fixed + 0.5, words: /hardly paid off/ },
};

for (const mistake of MISTAKES) {
  test(`what is said of "${mistake}" is so, with three seeds`, () => {
    const { epochs, holds, words } = EXPECTED[mistake];
    for (const seed of [1, 2, 3]) {
      const { report, baselines } = trained(mistake, epochs, seed);
      const now = latest(report);
      assert.ok(holds(now, baselines), `seed ${seed}: ${JSON.stringify(now)}`);
      assert.match(standing({ report, baselines, speed: 0, mistake, since: epochs }), words);
      if (now.kl < 0.05) {
        for (let j = 0; j < 64; j++) {
          const column = Array.from({ length: 10 }, (_, i) => report.back[64 * i + j]);
          assert.ok(Math.max(...column) - Math.min(...column) < 0.05, "the pictures come back all the same");
        }
      }
    }
  });
}

test("before its effect is seen, a mistake is not explained; numbers that overflow end the training and are told", () => {
  const { report, baselines } = trained("no trick", 0, 1);
  assert.match(standing({ report, baselines, speed: 0, mistake: "no trick", since: 0 }), /^Untrained/);
  const early = trained("no KL", 1, 1);
  assert.match(standing({ ...early, speed: 3, mistake: "no KL", since: 1 }), /3\.0 a second.*Watch what becomes of the KL/);
  const one = course(IMAGES, { ...SIZES, seed: 1 });
  for (let i = 0; i < 100 && !one.failed(); i++) one.advance({ ...AT, mistake: "wrong sign", rate: 1 });
  assert.ok(one.failed());
  assert.match(standing({ report: one.report(), baselines, speed: 0, mistake: "wrong sign", since: 5 }), /until the numbers overflowed, at step/);
});

test("a history keeps its length and both its ends; with more latents, the two that say most are shown", () => {
  const { report } = trained("none", 250, 6, { hidden: 8, latent: 4 });
  const epochs = report.history.filter((_, i) => i % 3 === 0);
  assert.ok(epochs.length <= 240 && epochs[0] === 0 && epochs.at(-1) >= 248);
  const sorted = [...report.kl_per_dimension].sort((a, b) => b - a);
  for (const axis of report.axes) assert.ok(report.kl_per_dimension[axis] * 1.25 + 0.02 >= sorted[1]);
});

test("a slow step tells of one image what the networks make of it, and that a step of training was made", () => {
  const one = course(IMAGES, { ...SIZES, seed: 2 });
  const trace = one.trace(AT);
  assert.equal(one.report().steps, 1);
  trace.before.z.forEach((z, k) => assert.ok(Math.abs(z - trace.before.mean[k] - Math.exp(trace.before.log_var[k] / 2) * trace.noise[k]) < 1e-9));
  const sum = trace.x.reduce((total, x, j) => total + Math.log(x ? trace.before.picture[j] : 1 - trace.before.picture[j]), 0);
  assert.ok(Math.abs(sum - trace.before.log_likelihood) < 1e-6);
  const settings = { ...AT, pixels: 64, weights: "8,772", rate: "0.003" };
  STAGES.forEach((name, stage) => assert.match(told(stage, trace, settings), new RegExp(`^${name}:`, "i")));
  assert.match(told(3, trace, settings), /\u2212log p\(x\|z\) \+ KL = /);
  assert.match(told(3, trace, { ...settings, mistake: "no KL" }), /\u2212log p\(x\|z\) = /);
  assert.match(told(3, trace, { ...settings, mistake: "mean over pixels", beta: 2 }), /\/ 64 \+ 2 \u00b7 KL = /);
});

test("the trainer reports at most ten times a second, only when the last was seen, and stops when told", () => {
  const heard = [];
  let [time, turn, waits] = [0, null, false];
  const { hear } = trainer((answer) => heard.push(answer), {
    now: () => (time += 1), // each look at the clock takes a millisecond
    turns: (action) => {
      turn = action;
      return { next: () => { waits = true; }, stop: () => {} };
    },
  });
  const reports = () => heard.filter(({ kind }) => kind === "report");
  const work = (times) => { // so many turns, of a dozen milliseconds each
    for (let i = 0; i < times && waits; i++) {
      waits = false;
      turn();
    }
  };
  hear({ images: BYTES });
  hear({ run: 1, begin: { ...SIZES, seed: 1 }, settings: AT, go: true });
  assert.equal(reports().length, 1);
  work(12);
  assert.equal(reports().length, 1, "the first was not seen");
  hear({ seen: true });
  work(1);
  assert.equal(reports().length, 2);
  hear({ seen: true });
  work(3);
  assert.equal(reports().length, 2, "a tenth of a second has not passed");
  work(9);
  assert.equal(reports().length, 3);
  assert.ok(reports()[1].steps > 0 && reports().every(({ run }) => run === 1));
  hear({ go: false });
  const { steps } = reports().at(-1);
  hear({ seen: true });
  work(12);
  hear({ trace: true });
  assert.ok([128, 92].includes(heard.find(({ kind }) => kind === "trace").size), "a batch, or what 1,500 images leave for the last");
  assert.equal(reports().at(-1).steps, steps + 1);
  hear({ weights: true });
  assert.equal(heard.at(-1).layers.decoder.at(-1).outputs, 64);
  hear({ images: BYTES.subarray(0, 400) });
  assert.equal(heard.at(-1).kind, "failed");
});
