// The numbers of a drawing: bar, table, importance weights and words, with the buttons that change them. It keeps no state and draws no plane.

import { button, element, liveText, segments } from "../../ui/controls.mjs";
import { gapBar, gapWords, hillWords, nats, natsTable, plausibility } from "./words.mjs";
import { effective, weightStrip } from "./weight_strip.mjs";
import { scientific, shown } from "../../draw/format.mjs";

const SAMPLES = [1, 5, 50, 500];
const ROWS = [
  { key: "log_prob", label: "log p(x), exact", note: "how likely the model holds this drawing", mark: "exact" },
  { key: "gap", label: "\u2212 gap = KL(q \u2016 p(z|x))", note: "how far q is from the exact posterior", mark: "gap" },
  { key: "approximation", label: "\u2212 approximation gap", note: "no upright Gaussian does better", mark: "approximation" },
  { key: "refined", label: "= ELBO of the refined q", note: "the bound of a q for this drawing alone" },
  { key: "amortization", label: "\u2212 amortization gap", note: "the encoder could have done better", mark: "amortization" },
  { key: "elbo", label: "= ELBO of the encoder\u2019s q", note: "the bound that training raises", mark: "elbo" },
  { key: "log_likelihood", label: "log p(x|z), mean over q", note: "how well the decoder explains the drawing", inner: true },
  { key: "kl", label: "\u2212 KL(q \u2016 p(z))", note: "the price of saying which z", inner: true },
  { key: "peak", label: "log p(x|z) at the posterior\u2019s peak", note: "how well the best z explains the drawing" },
  { key: "weighted", label: "importance-weighted bound", note: "from K draws of q; below log p(x) on average, not each time", mark: "weights" },
];

/**
 * { element, live, more, how, setBusy(yes), fail(text), update({ found, step, settled, state, inked, typical, where, theme }) }.
 * `element` holds the bar and the table, `live` the sentence on them, `more` the pictures and the draws, and `how` says how all was computed.
 * `step` is the refined q that is shown, or null; with `settled` it is the best one. Without an encoder there is no q.
 */
export function drawResults({ hasEncoder, pictures, onRefine, onSamples, onAgain, signal }) {
  const bar = gapBar();
  const table = natsTable(ROWS);
  const refine = button("", onRefine, { signal });
  const count = segments("Draws K", SAMPLES.map(String), "", (value) => onSamples(Number(value)), { signal });
  const again = button("New draws", onAgain, { signal });
  const strip = weightStrip({ signal });
  const stripCaption = element("p", "vaelib-caption");
  const live = liveText({ signal });
  const how = element("p", "vaelib-caption");
  const root = element("div", "vaelib-stack vaelib-results", [...(hasEncoder ? [bar.element] : []), table.element, ...(hasEncoder ? [element("div", "vaelib-row", refine.element)] : [])]);
  const draws = [element("div", "vaelib-row", [count.element, again.element]), strip.element, stripCaption];
  const more = element("div", "vaelib-columns vaelib-columns-equal vaelib-draw-more", [pictures, ...(hasEncoder ? [element("div", "vaelib-stack", draws)] : [])]);
  live.element.classList.add("vaelib-draw-words");
  how.classList.add("vaelib-draw-how");

  function update({ found, step, settled, state, inked, typical, where, theme }) {
    const { exact: { log_prob }, bound, weights, peak } = found;
    count.set(String(state.samples));
    refine.setLabel(state.refined ? "Back to the encoder\u2019s q" : "Refine q: fit it to this drawing alone");
    if (!bound) {
      table.fill({ log_prob, peak });
    } else {
      const refined = step && Math.min(step.elbo.total, log_prob);
      const weighted = weights?.bound ?? null;
      const { total: elbo, log_likelihood, kl } = bound;
      table.fill({
        log_prob, elbo, log_likelihood, kl, weighted,
        ...(step ? { refined, approximation: log_prob - refined, amortization: Math.max(0, refined - elbo) } : { gap: Math.max(0, log_prob - elbo) }),
      });
      bar.fill({ log_prob, elbo, refined, weighted });
    }
    if (weights) {
      strip.draw({ weight: weights.weight, theme });
      const many = `${weights.weight.length} ${weights.weight.length === 1 ? "draw" : "draws"} from ${state.refined ? "the refined q" : "q"}`;
      stripCaption.textContent = `The weights of ${many}, largest first: worth ${shown(effective(weights.weight), 1)} equal ones. On the plane each is a dot of that area.`;
    }
    describe({ found, refined: settled ? found.refined : null, inked, typical, where });
  }

  function describe({ found: { exact, bound, q }, refined, inked, typical, where }) {
    const { log_prob } = exact;
    const won = refined && Math.max(0, Math.min(refined.elbo.total, log_prob) - bound.total);
    live.say([
      typical ? plausibility(log_prob, typical, inked) : `log p(x) is ${nats(log_prob, 1)} nats.`,
      hillWords(exact.hills),
      bound ? gapWords({ log_prob, elbo: bound.total, refined: won, lower: refined?.lower ?? null, typical }) : "",
    ].filter(Boolean).join(" "));
    const check = refined ?? (bound && { elbo: bound, kl: exact.kl });
    const residual = check ? scientific(Math.abs(log_prob - check.elbo.total - check.kl), 0) : "";
    how.textContent = `p(z|x) has standard deviations (${deviations(exact)})${q ? `, the encoder\u2019s q (${widths(q)})` : ""}. `
      + `Computed on ${(64 * exact.tiles.size).toLocaleString("en")} cells of side 1/${Math.round(1 / exact.side)} where the mass is, until log p(x) moved by less than 0.001 nats (${exact.kernel}, in ${where === "worker" ? "a worker" : "the page"}). `
      + (check ? `As a check, log p(x) \u2212 ELBO \u2212 KL(q \u2016 p(z|x)), with the KL summed over other points, is ${residual} nats.` : "");
  }

  return {
    element: root, live: live.element, more, how, update,
    setBusy: (yes) => root.setAttribute("aria-busy", String(yes)),
    fail: (text) => { how.textContent = text; },
  };
}

const deviations = ({ covariance }) => covariance.map((row, axis) => Math.sqrt(row[axis]).toPrecision(2)).join(", ");
const widths = ({ log_var }) => log_var.map((value) => Math.exp(value / 2).toPrecision(2)).join(", ");

/** Words for the close-up: where the posterior and q lie. */
export function planeLabel({ exact, q }) {
  const at = (mean) => `(${mean.map((value) => nats(value)).join(", ")})`;
  const exactWords = `The exact posterior has its mean at ${at(exact.mean)} and standard deviations (${deviations(exact)}).`;
  return `Close-up of the latent plane. ${exactWords}${q ? ` q has its mean at ${at(q.mean)} and standard deviations (${widths(q)}).` : ""}`;
}
