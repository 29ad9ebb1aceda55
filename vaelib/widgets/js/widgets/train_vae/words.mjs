// What the trainer says: of the state of the training, of a mistake once its effect is seen, and of each stage of a slow step. No drawing.

import { objective } from "../../engine/mistakes.mjs";
import { shown, scientific } from "../../draw/format.mjs";

export const STAGES = ["encode", "sample", "decode", "loss", "update"];
export const MISTAKE_NAMES = {
  none: "nothing", "no trick": "forgot the trick", "wrong sign": "wrong KL sign", "mean over pixels": "mean over pixels", "no KL": "no KL", "score function": "score function",
};
const NOTHING = 0.05; // nats of KL that count as none

/** The numbers now: { epoch, log_likelihood, kl, elbo }. */
export function latest({ history }) {
  const [epoch, log_likelihood, kl] = history.slice(-3);
  return { epoch, log_likelihood, kl, elbo: log_likelihood - kl };
}

/** A sentence or two on where the training stands. `since` counts the epochs with this mistake. */
export function standing({ report, baselines, speed, mistake, since }) {
  const now = latest(report);
  if (report.steps === 0) {
    return `Untrained, ${nats(now.elbo)} nats a held-out digit: about what a fair coin for each pixel scores, ${nats(baselines.coin)}. Train it, or break it first.`;
  }
  if (report.failed) return `${stopped(mistake, report)} Reset, or make a new start.`;
  const at = speed > 0 ? `Epoch ${report.epoch}, ${speed < 10 ? speed.toFixed(1) : Math.round(speed)} a second` : `Epoch ${report.epoch}, step ${report.steps}`;
  return `${at}: ELBO ${nats(now.elbo)} = log-likelihood ${nats(now.log_likelihood)} \u2212 KL ${nats(now.kl)}. ${seen({ now, baselines, mistake, since })}`;
}

// What a mistake has done, told only once the numbers show it.
function seen({ now, baselines, mistake, since }) {
  const flat = now.kl < NOTHING;
  const above = now.elbo - baselines.fixed;
  if (mistake === "no trick" && flat) return "The encoder hears of nothing but the KL, so it has made every code the prior: the pictures come back all the same, and the ELBO ends at the best fixed picture.";
  if (mistake === "mean over pixels" && flat) return "A mean over 64 pixels beside a summed KL makes the KL 64 times as dear: the codes say nothing, and all digits come back as one blur.";
  if (mistake === "wrong sign" && now.kl > 50) return "The KL is a reward now, so it grows without end, and such codes tell the decoder nothing.";
  if (mistake === "no KL" && now.kl > 8) return `The pictures come back sharper, but nothing keeps the codes near the prior: the KL has grown to ${nats(now.kl)}, the ELBO falls, and the prior, the dashed circles, covers only a small part of where the codes lie.`;
  if (mistake === "score function" && since >= 5) {
    return above < 0.5
      ? `Right on average, but each draw says only how well it scored and not which way is better: after ${since} epochs the code has hardly paid off.`
      : `Right on average, and slow, since each draw says only how well it scored: ${since} epochs for ${nats(above)} nats above the best fixed picture.`;
  }
  if (mistake !== "none") return "Watch what becomes of the KL.";
  if (above < 0) return `Still below the best fixed picture, ${nats(baselines.fixed)}, which needs no code.`;
  return `The code pays: ${nats(above)} nats above the best fixed picture.`;
}

function stopped(mistake, report) {
  const why = mistake === "wrong sign" ? "The KL, a reward now, has grown until the numbers overflowed" : "The numbers have overflowed";
  return `${why}, at step ${report.steps}: nothing is left to train.`;
}

/** What happens in one stage of a slow step. `trace` as course.mjs has it. */
export function told(stage, trace, { mistake, beta, pixels, weights, rate }) {
  const { before, after, label, noise, size } = trace;
  const { weight, beta: price, gradient } = objective(mistake, { beta, pixels });
  const loss = price * before.kl - weight * before.log_likelihood;
  const std = before.log_var.map((one) => Math.exp(one / 2));
  switch (STAGES[stage]) {
    case "encode":
      return `Encode: the first of ${size} images, a ${label} whose pixels were just tossed, goes in. Out come a mean, ${row(before.mean)}, and a standard deviation, ${row(std)}: the ellipse.`;
    case "sample":
      return `Sample: a noise, ${row(noise)}, is drawn and z = mean + std \u00b7 noise = ${row(before.z)}, the ring.${gradient === "detached" ? " Here z is cut from the graph: no gradient will come back through it." : ""}`;
    case "decode":
      return `Decode: z becomes a probability of ink for each pixel, the framed picture below the image. Under it the image scores log p(x|z) = ${nats(before.log_likelihood)} nats.`;
    case "loss":
      return `Loss: \u2212log p(x|z)${weight === 1 ? "" : ` / ${pixels}`}${priced(price)} = ${nats(loss)}, where the KL is ${nats(before.kl)}; then the average over all ${size} images.`;
    default:
      return `Update: backwards through all of it, then each of the ${weights} weights moves by about ${rate}, the learning rate, or less. With the same noise, the ELBO of this image is now ${nats(after.log_likelihood - after.kl)} in place of ${nats(before.log_likelihood - before.kl)}.`;
  }
}

const priced = (price) => (price === 0 ? "" : ` ${price < 0 ? "\u2212" : "+"} ${Math.abs(price) === 1 ? "" : `${Math.abs(price)} \u00b7 `}KL`);
export const nats = (value) => (!Number.isFinite(value) ? "beyond all numbers" : Math.abs(value) >= 1e4 ? scientific(value) : shown(value, Math.abs(value) < 10 ? 2 : 1));
const row = (values) => `(${Array.from(values.slice(0, 3), (value) => shown(value)).join(", ")}${values.length > 3 ? ", \u2026" : ""})`;
