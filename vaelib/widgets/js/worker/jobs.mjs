// All that the book knows how to compute about one drawing, piece by piece, and the loop that lets a newer drawing come first.
//
// A job is { x, q, noise, refine }: pixels, q = { mean, log_var } or null, noise for the importance weights, and whether q is to be
// refined first. Answers are { kind, ... } with kind "bound", "posterior", "refined", "weights", then "done", or "failed".

import { exactElbo, klToPosterior, refine, weigh } from "../exact/bound.mjs";
import { contour } from "../exact/contours.mjs";
import { logLikelihood } from "../exact/log_likelihood.mjs";
import { bestKernel } from "../engine/kernel.mjs";
import { decoder } from "../engine/network.mjs";
import { posterior } from "../exact/posterior.mjs";

const SLICE = 8; // milliseconds of work before others get their turn
const LOWER = 0.01; // nats between two hills that count as two

/** The generator of a job's answers; it yields undefined where it may be interrupted. `model` as in log_likelihood.mjs. */
export function inquirer(model) {
  const study = posterior(model);
  let last = { x: null }; // the drawing, its posterior, and its best q once that was asked for

  return function* inquire({ x, q, noise, refine: wanted }) {
    const projection = model.project(x);
    if (q) yield { kind: "bound", ...exactElbo(model, projection, q) };
    if (!last.x || x.some((value, i) => value !== last.x[i])) {
      const exact = yield* study(x);
      last = { x, exact: { ...exact, contours: exact.levels.map((level) => contour(exact.tiles, exact.side, level)) } };
    }
    const { exact } = last;
    yield { kind: "posterior", ...exact, kernel: model.kernel, kl: q ? klToPosterior(model, projection, q, exact.log_prob) : null };
    if (!q) return;
    if (wanted) {
      last.best ??= yield* bestOf(x, projection, q, exact);
      yield { kind: "refined", ...last.best };
    }
    if (noise.length) yield { kind: "weights", ...weigh(model, projection, wanted ? last.best.q : q, noise) };
  };

  // From the encoder's q, step by step; then from the posterior's own peak, in case the first climb ended on a lower hill.
  function* bestOf(x, projection, q, exact) {
    const climb = function* (start) {
      const steps = [{ q: start, elbo: exactElbo(model, projection, start) }];
      for (const next of refine(model, x, start)) {
        steps.push(next);
        yield;
      }
      return steps;
    };
    const near = yield* climb(q);
    const far = yield* climb(peak(exact));
    const better = far.at(-1).elbo.total > near.at(-1).elbo.total + LOWER;
    const { q: best, elbo } = (better ? far : near).at(-1);
    const kl = klToPosterior(model, projection, best, exact.log_prob);
    return { q: best, elbo, kl, steps: better ? [...near, far.at(-1)] : near, lower: better ? near.at(-1).elbo.total : null };
  }
}

// A Gaussian at the posterior's highest cell, as narrow as the inner region of 39 % (a Gaussian's is pi std^2 wide).
function peak({ mode, tiles, levels, side }) {
  let count = 0;
  for (const { values } of tiles.values()) for (const value of values) if (value > levels[0]) count += 1;
  const log_var = Math.log((Math.max(count, 1) * side * side) / Math.PI);
  return { mean: mode, log_var: [log_var, log_var] };
}

/** Answers jobs one at a time, the newest only: { ask(id, job), stop() }; `post(id, answer)` gets each answer. */
export function runner(decoderBytes, post, makeKernel = bestKernel) {
  const inquire = inquirer(logLikelihood(decoder(decoderBytes, { makeKernel })));
  const channel = new MessageChannel(); // unlike a timeout, it waits for nothing
  let current = null;
  channel.port1.onmessage = () => {
    if (!current) return;
    const { id, answers } = current;
    const end = performance.now() + SLICE;
    try {
      while (performance.now() < end) {
        const { value, done } = answers.next();
        if (value) post(id, value);
        if (done) {
          current = null;
          return post(id, { kind: "done" });
        }
      }
    } catch (error) {
      current = null;
      return post(id, { kind: "failed", message: error.message });
    }
    channel.port2.postMessage(null);
  };
  return {
    ask: (id, job) => {
      const idle = !current;
      current = { id, answers: inquire(job) };
      if (idle) channel.port2.postMessage(null);
    },
    stop: () => {
      current = null;
      channel.port1.close();
    },
  };
}
