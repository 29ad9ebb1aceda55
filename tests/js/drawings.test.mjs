// Drawings: their text, the pen, and that Python keeps the same presets. Then a whole job, as the worker does it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { pack, PIXELS, PRESETS, stroked, unpack } from "../../vaelib/widgets/js/widgets/draw_digit/drawings.mjs";
import { gapWords, hillWords, nats, plausibility } from "../../vaelib/widgets/js/widgets/draw_digit/words.mjs";
import { encoder } from "../../vaelib/widgets/js/engine/network.mjs";
import { bernoulli, normals } from "../../vaelib/widgets/js/engine/random.mjs";
import { runner } from "../../vaelib/widgets/js/worker/jobs.mjs";

const shipped = (part) => readFileSync(new URL(`../../vaelib/pretrained/mnist-2d.${part}.safetensors`, import.meta.url));

test("what is packed is unpacked, and other text is no drawing", () => {
  for (const x of [...PRESETS.values(), bernoulli(new Float64Array(PIXELS).fill(0.4), 3)]) assert.deepEqual(unpack(pack(x)), Float64Array.from(x));
  assert.equal(pack(new Float64Array(PIXELS)).length, 132);
  for (const text of ["", "A", "A".repeat(132), `${"A".repeat(130)}==`, `${"<".repeat(131)}=`, null, 7, ["a"]]) assert.equal(unpack(text), null);
});

test("Python keeps the same presets", () => {
  const python = readFileSync(new URL("../../vaelib/drawings.py", import.meta.url), "utf8");
  const kept = Object.fromEntries([...python.matchAll(/^ {4}"([^"]+)": "([A-Za-z0-9+/=]+)",$/gm)].map(([, name, text]) => [name, text]));
  assert.deepEqual(kept, Object.fromEntries([...PRESETS].map(([name, x]) => [name, pack(x)])));
});

test("the pen draws what lies within its reach, the eraser takes it away, and the sheet before stays as it was", () => {
  const blank = new Float64Array(PIXELS);
  const dot = stroked(blank, [10, 5], [10, 5], 1.1, 1);
  assert.deepEqual([...dot.keys()].filter((i) => dot[i]), [4 * 28 + 10, 5 * 28 + 9, 5 * 28 + 10, 5 * 28 + 11, 6 * 28 + 10]);
  assert.ok(blank.every((value) => value === 0));
  const line = stroked(blank, [3, 3], [20, 20], 1.1, 1);
  for (let i = 3; i <= 20; i++) assert.equal(line[i * 28 + i], 1);
  assert.ok(stroked(line, [3, 3], [20, 20], 1.6, 0).every((value) => value === 0));
  assert.ok(stroked(blank, [-5, -5], [40, 40], 1, 1).some((value) => value === 1), "a stroke may leave the sheet");
});

const ask = (bytes, job) => new Promise((resolve, reject) => {
  const answers = [];
  const worker = runner(bytes, (id, answer) => {
    answers.push({ id, ...answer });
    if (answer.kind === "done" || answer.kind === "failed") {
      worker.stop();
      (answer.kind === "done" ? resolve : reject)(answer.kind === "done" ? answers : new Error(answer.message));
    }
  });
  for (const [id, one] of job) worker.ask(id, one);
});

test("a job answers with bound, posterior, refined q and weights; an earlier one is dropped", async () => {
  const code = encoder(shipped("encoder"));
  const jobs = ["stroke 2", "stroke 7"].map((name, id) => {
    const x = PRESETS.get(name);
    const { mean, log_var } = code.encode(x);
    return [id, { x, q: { mean: [...mean], log_var: [...log_var] }, noise: normals(100, 0), refine: true }];
  });
  const answers = (await ask(shipped("decoder"), jobs)).filter(({ id }) => id === 1);
  assert.deepEqual(answers.map(({ kind }) => kind), ["bound", "posterior", "refined", "weights", "done"]);
  const [bound, exact, refined, weights] = answers;
  assert.ok(bound.total < refined.elbo.total && refined.elbo.total < exact.log_prob);
  assert.ok(Math.abs(exact.log_prob - bound.total - exact.kl) < 1e-3 && Math.abs(exact.log_prob - refined.elbo.total - refined.kl) < 1e-3);
  assert.equal(weights.weight.length, 50);
  assert.equal(refined.steps[0].elbo.total, bound.total);
});

test("without q there is only the posterior; a job that cannot be done says why", async () => {
  const x = PRESETS.get("stroke 0");
  const answers = await ask(shipped("decoder"), [[1, { x, q: null, noise: [], refine: false }]]);
  assert.deepEqual(answers.map(({ kind }) => kind), ["posterior", "done"]);
  await assert.rejects(ask(shipped("decoder"), [[1, { x, q: { mean: [NaN, 0], log_var: [0, 0] }, noise: [], refine: true }]]), /finite/);
});

test("words for what the numbers say", () => {
  const typical = [-137.5, 49.4];
  assert.match(plausibility(-108.3, typical, 90), /like those that it learned from/);
  assert.match(plausibility(-304.3, typical, 228), /167 nats below.*e\^167 times less likely/);
  assert.match(plausibility(-21.9, typical, 0), /more likely than nearly any digit.*0 pixels/);
  assert.equal(hillWords([0.98]), "");
  assert.match(hillWords([0.74, 0.24, 0.001]), /^Two separate places .* 74 % and 24 %/);
  assert.match(gapWords({ log_prob: -10, elbo: -12.5, refined: 2, lower: null, typical }), /gap of 2\.50 nats, 2\.00 are the encoder.*other 0\.50/s);
  assert.match(gapWords({ log_prob: -10, elbo: -12.5, refined: 2, lower: -11, typical }), /lower hill, with an ELBO of \u221211\.00/);
  assert.match(gapWords({ log_prob: -500, elbo: -600, refined: null, lower: null, typical }), /never saw such pictures/);
  assert.deepEqual([nats(-0.001), nats(-2.345), nats(-12345.6), nats(-2242058)], ["0.00", "\u22122.35", "\u221212346", "\u22122.2e6"]);
});
