// One training from its seed on, step by step: batches, tosses and noise, what is measured on the way, and a step told slowly. No worker, no drawing.

import { bernoulliLogProb, means } from "../engine/densities.mjs";
import { toss } from "../engine/images.mjs";
import { firstLayers, learner } from "../engine/learner.mjs";
import { objective } from "../engine/mistakes.mjs";
import { generator, normals } from "../engine/random.mjs";
import { clamp } from "../engine/range.mjs";

export const BATCH = 128;
const TRAINING = 2 ** 32; // added to the seed: order, tosses and noise of the training do not depend on the number of weights
const TEST_SEED = 0; // of the tosses that are measured on, and of their noise
const MOST = 240; // points of the history; beyond, every second is left out
const CLEARLY = 1.25; // by how much another latent must cost more to be shown instead

/**
 * { advance(settings), trace(settings), report(), failed() } for images as images.mjs reads them; `settings` are { mistake, beta, rate } and may
 * change between steps. The same seed and settings give the same numbers, however the steps are timed.
 */
export function course(images, { latent, hidden, seed, makeKernel }) {
  const { pixels, train, count, label } = images;
  const vae = learner(firstLayers({ pixels, latent, hidden }, generator(seed).uniform), { rows: BATCH, makeKernel });
  const { uniform, normal } = generator(seed + TRAINING);
  const order = Uint32Array.from({ length: train }, (_, i) => i);
  const x = new Float64Array(BATCH * pixels);
  const noise = new Float64Array(BATCH * latent);

  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const tossed = new Float64Array(count * pixels);
  toss(images, all, 0, count, tossed, generator(TEST_SEED).uniform);
  const held = { x: tossed.subarray(train * pixels), count: count - train, noise: normals((count - train) * latent, TEST_SEED) };
  const shown = oneOfEach(label, train);
  const drawn = normals(shown.length * latent, seed + 2 * TRAINING);

  let [at, epoch, every, due, failed] = [train, 0, 1, 0, false];
  let history = []; // [epoch, log-likelihood, KL] on the held-out images
  let kl_per_dimension = null;
  let axes = [0, Math.min(1, latent - 1)];
  record();

  function record() {
    const score = vae.score(held.x, held.noise, held.count);
    kl_per_dimension = score.kl_per_dimension;
    history.push([epoch, score.log_likelihood, score.kl]);
    failed ||= !Number.isFinite(score.log_likelihood) || !Number.isFinite(score.kl);
    if (history.length > MOST) {
      history = history.filter((_, i) => i % 2 === 0);
      every *= 2;
    }
    due = epoch + every;
  }

  function batch() {
    if (at >= train) {
      for (let i = train - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1));
        [order[i], order[j]] = [order[j], order[i]];
      }
      at = 0;
    }
    const size = Math.min(BATCH, train - at);
    toss(images, order, at, size, x, uniform);
    for (let i = 0; i < size * latent; i++) noise[i] = normal();
    at += size;
    return size;
  }

  function learn(size, { mistake, beta, rate }) {
    const terms = vae.step({ x, noise, count: size, rate, ...objective(mistake, { beta, pixels }) });
    if (!Number.isFinite(terms.log_likelihood) || !Number.isFinite(terms.kl)) failed = true;
    if (at >= train) {
      epoch += 1;
      if (epoch >= due || failed) record();
    }
    return terms;
  }

  // one example on its way through the networks, with the noise of its batch
  function follow(example, noises) {
    const { mean, log_var } = vae.encode(example, 1);
    const z = mean.map((m, k) => m + Math.exp(log_var[k] / 2) * noises[k]);
    const logits = vae.logits(z, 1);
    const kl = mean.reduce((sum, m, k) => sum + 0.5 * (m * m + Math.expm1(log_var[k]) - log_var[k]), 0);
    return { mean, log_var, z, picture: means(logits), log_likelihood: bernoulliLogProb(example, logits), kl };
  }

  return {
    failed: () => failed,
    advance: (settings) => { learn(batch(), settings); },
    /** One step, told by the first image of its batch: what it was before, and after the update. */
    trace: (settings) => {
      const size = batch();
      const [example, noises] = [x.slice(0, pixels), noise.slice(0, latent)];
      const image = order[at - size];
      const before = follow(example, noises);
      const terms = learn(size, settings);
      return { x: example, noise: noises, label: label[image], before, after: follow(example, noises), size, log_likelihood: terms.log_likelihood / size, kl: terms.kl / size, axes };
    },
    report: () => {
      axes = widest(kl_per_dimension, axes);
      const { mean } = vae.encode(tossed, train);
      const some = new Float64Array(shown.length * pixels);
      shown.forEach((image, i) => some.set(tossed.subarray(image * pixels, (image + 1) * pixels), i * pixels));
      return {
        epoch, steps: vae.steps(), failed, axes, kl_per_dimension, kernel: vae.encoder.kernel.name,
        history: Float32Array.from(history.flat()),
        codes: Float32Array.from({ length: 2 * train }, (_, i) => mean[(i >> 1) * latent + axes[i % 2]]),
        given: Float32Array.from(some),
        back: Float32Array.from(vae.decode(vae.encode(some, shown.length).mean, shown.length)),
        drawn: Float32Array.from(vae.decode(drawn, shown.length)),
      };
    },
    weights: vae.weights,
    baselines: baselines(images, held),
  };
}

/** What needs no code: a fair coin for each pixel, and the best fixed picture, the average training image, on the tossed held-out images. */
export function baselines({ probability, pixels, train }, held) {
  const logits = Float64Array.from({ length: pixels }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < train; i++) sum += probability[i * pixels + j];
    const average = clamp(sum / train, [0.001, 0.999]);
    return Math.log(average / (1 - average));
  });
  let fixed = 0;
  for (let i = 0; i < held.count; i++) fixed += bernoulliLogProb(held.x.subarray(i * pixels, (i + 1) * pixels), logits) / held.count;
  return { coin: -pixels * Math.LN2, fixed };
}

// the first held-out image of each class
function oneOfEach(label, train) {
  const classes = [...new Set(label)].sort((a, b) => a - b);
  return classes.map((one) => label.indexOf(one, train)).filter((place) => place >= 0);
}

// The two latents that say most, in their order; another takes a place only when it clearly says more, so that the plane does not flicker.
function widest(kl, axes) {
  if (kl.length <= 2) return axes;
  const [weak, strong] = [...axes].sort((a, b) => kl[a] - kl[b]);
  const best = [...kl.keys()].filter((k) => !axes.includes(k)).sort((a, b) => kl[b] - kl[a])[0];
  return kl[best] > CLEARLY * kl[weak] + 0.02 ? widest(kl, [strong, best].sort((a, b) => a - b)) : axes;
}
