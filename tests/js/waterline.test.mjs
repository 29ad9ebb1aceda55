// The waterline: its KLs against the bound of a linear model written out latent by latent, and the hand's beta as the level's inverse.

import assert from "node:assert/strict";
import test from "node:test";
import { best, betaAt, LIMITS } from "../../vaelib/widgets/js/widgets/waterline/linear.mjs";
import { sentence } from "../../vaelib/widgets/js/widgets/waterline/words.mjs";

const EIGENVALUES = [4, 2, 1, 0.3];
const close = (value, wanted, words) => assert.ok(Math.abs(value - wanted) <= 1e-6, `${words}: wanted ${wanted}, got ${value}`);

/** The KL where log-likelihood - beta * KL is best along one component of variance `eigenvalue`: weights w are tried, each with its own best q. */
function searched(eigenvalue, beta, variance) {
  let top = { value: -Infinity };
  for (let w = 0; w < 2.5; w += 1e-4) {
    const [gain, s] = [w / (beta * variance + w * w), (beta * variance) / (beta * variance + w * w)]; // where the slopes for q are zero
    const kl = 0.5 * (gain * gain * eigenvalue + s - 1 - Math.log(s));
    const value = -((1 - w * gain) ** 2 * eigenvalue + w * w * s) / (2 * variance) - beta * kl;
    if (value > top.value) top = { value, kl };
  }
  return top.kl;
}

test("each KL is that of the best linear model, which a search finds", () => {
  for (const [beta, variance] of [[1, 0.5], [3, 0.5], [0.5, 0.5], [2, 0.05]]) {
    const found = best({ beta, variance, latents: 4 }, EIGENVALUES);
    found.kl.forEach((nats, k) => assert.ok(Math.abs(nats - searched(EIGENVALUES[k], beta, variance)) < 2e-3, `${beta} ${variance} ${k}: ${nats}, searched ${searched(EIGENVALUES[k], beta, variance)}`));
    assert.equal(found.alive, EIGENVALUES.filter((one) => one > beta * variance).length);
    close(found.total, found.kl.reduce((a, b) => a + b, 0), "total");
  }
});

test("only the product counts, and the hand sets beta for a level within its limits", () => {
  assert.deepEqual(best({ beta: 4, variance: 0.1, latents: 4 }, EIGENVALUES).kl, best({ beta: 1, variance: 0.4, latents: 4 }, EIGENVALUES).kl);
  close(betaAt(0.6, { variance: 0.2 }), 3, "beta");
  assert.equal(betaAt(1e9, { variance: 0.2 }), LIMITS.beta[1]);
  assert.equal(betaAt(0, { variance: 0.2 }), LIMITS.beta[0]);
});

test("the words say what is used and that the rest is right", () => {
  const told = (state) => sentence(state, best(state, EIGENVALUES));
  assert.match(told({ beta: 2, variance: 0.3, latents: 4 }), /2 × 0\.3 = 0\.6\. 3 of 4 latents are used, and the other 1 /);
  assert.match(told({ beta: 1, variance: 0.1, latents: 3 }), /All 3 latents are used/);
  assert.match(told({ beta: 20, variance: 2, latents: 4 }), /Every latent is below the line/);
});
