// The collapse doctor's sentence: what is counted, what is summed, and the verdict at the last epoch alone. Its names are those of the stored runs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { CURES, falling, sentence } from "../../vaelib/widgets/js/widgets/collapse_doctor/words.mjs";

const STORED = JSON.parse(readFileSync(new URL("../../vaelib/exercises/collapse.json", import.meta.url), "utf8"));
const RUN = { kl: [[0.1, 0.2, 0.25], [0.3, 1.2, 0.0]], elbo: [-3, 4.06], test_elbo: 2.5, words: "2 of 3 latents are used.\nRightly unused." };

test("latents above a quarter of a nat are counted, and all are summed", () => {
  const first = sentence("beta 4", RUN, { at: 0, stops: [1, 60] });
  assert.match(first, /^β = 4, after 1 epoch: 0 of 3 latents .* 0\.6 in all; the ELBO in training is −3\.0\.$/);
  const last = sentence("beta 4", RUN, { at: 1, stops: [1, 60] });
  assert.match(last, /after 60 epochs: 2 of 3 latents .* 1\.5 in all; the ELBO in training is 4\.1\. On test images it is 2\.5\. Verdict: 2 of 3 latents are used\. Rightly unused\.$/);
  assert.deepEqual(falling([0.2, 3, 1]), [3, 1, 0.2]);
});

test("every stored cure can be chosen, with three seeds and a row for each stop", () => {
  assert.deepEqual([...CURES].sort(), Object.keys(STORED.runs).sort());
  for (const runs of Object.values(STORED.runs)) {
    assert.equal(runs.length, STORED.seeds.length);
    for (const { kl, elbo } of runs) {
      assert.ok(kl.length === STORED.stops.length && elbo.length === STORED.stops.length);
      assert.ok(kl.every((row) => row.length === STORED.latents && row.every((nats) => nats >= 0)));
    }
  }
});
