// Draw a digit: a drawing x, the exact posterior p(z|x) of the decoder, the encoder's q(z|x) over it, and every bound in nats.
// Its parts draw and compute elsewhere; the heavy work is done in a worker by this same bundle.

import { drawDigit, surface } from "./canvas.mjs";
import { readCodes } from "./codes.mjs";
import { button, element, liveText, predict, segments } from "./controls.mjs";
import { drawPad } from "./draw_pad.mjs";
import { pack, PRESETS, SIDE, unpack } from "./drawings.mjs";
import { bernoulliLogProb, means } from "./elbo.mjs";
import { effective, weightStrip } from "./weight_strip.mjs";
import { exactPlane, viewOf } from "./exact_plane.mjs";
import { gapBar, gapWords, nats, natsTable, plausibility } from "./evidence.mjs";
import { decoder, encoder } from "./network.mjs";
import { normals } from "./random.mjs";
import { serveAsWorker, solver } from "./solver.mjs";
import { starter } from "./start.mjs";
import { onThemeChange, readTheme } from "./theme.mjs";
import { hasFile, readFile, save, watch } from "./traits.mjs";
import { wholePlane } from "./whole_plane.mjs";

export const shared = ["input", "drawing", "samples", "sample_seed", "refined"];

const SAMPLES = [1, 5, 50, 500];
const STEP_TIME = 130; // milliseconds that each step of refine is shown

async function build(model, el, signal) {
  const bytes = await readFile(model, "decoder_file", signal);
  const net = decoder(bytes);
  if (net.latent !== 2 || net.pixels !== SIDE * SIDE) throw new Error(`wanted a decoder from 2 latents to ${SIDE} x ${SIDE} pixels, got ${net.latent} and ${net.pixels}`);
  const code = hasFile(model, "encoder_file") ? encoder(await readFile(model, "encoder_file", signal)) : null;
  let state = readState(model);
  const initial = Object.fromEntries(shared.map((name) => [name, model.get(name)]));
  let theme = readTheme(el);
  let [x, q, found, shown, codes] = [null, null, {}, Infinity, null];

  // the drawing
  let tool = "pen";
  const pad = drawPad({ at: () => x, tool: () => tool, onDraw: (next) => keep(next), signal });
  const tools = segments("Tool", ["pen", "eraser"], tool, (value) => { tool = value; }, { signal });
  const clear = button("Clear", () => keep(new Float64Array(x.length)), { signal });
  const reset = button("Reset", () => save(model, initial), { signal });
  const thumbnails = new Map([...PRESETS.keys()].map((name) => [name, thumbnail()]));
  const presets = segments("Start from", [...PRESETS.keys()].map((name) => ({ value: name, label: name.replace("stroke ", ""), picture: thumbnails.get(name) })),
    state.input, (name) => save(model, { input: name, refined: false }), { signal });

  // the posterior
  const close = exactPlane({ signal });
  const whole = wholePlane({ signal });
  const pictures = [["mean", "decoded at q\u2019s mean"], ["mode", "decoded at the posterior\u2019s peak"]].filter(([key]) => code || key === "mode").map(([key, caption]) => {
    const on = surface({ label: caption, onResize: drawPictures, signal });
    return { key, on, element: element("div", "", [on.element, element("p", "vaelib-caption", caption)]) };
  });

  // the numbers
  const bar = gapBar();
  const table = natsTable([
    { key: "log_prob", label: "log p(x), exact", note: "how likely the model holds this drawing", mark: "exact" },
    { key: "gap", label: "\u2212 gap = KL(q \u2016 p(z|x))", note: "how far q is from the exact posterior", mark: "gap" },
    { key: "approximation", label: "\u2212 approximation gap", note: "no upright Gaussian does better", mark: "approximation" },
    { key: "amortization", label: "\u2212 amortization gap", note: "the encoder could have done better", mark: "amortization" },
    { key: "elbo", label: "= ELBO of the encoder\u2019s q", note: "the bound that training raises", mark: "elbo" },
    { key: "log_likelihood", label: "log p(x|z), mean over q", note: "how well the decoder explains the drawing", inner: true },
    { key: "kl", label: "\u2212 KL(q \u2016 p(z))", note: "how much q says about z", inner: true },
    { key: "peak", label: "log p(x|z) at the posterior\u2019s peak", note: "how well the best z explains the drawing" },
    { key: "weighted", label: "importance-weighted bound", note: "from the draws below", mark: "weights" },
  ]);
  const refine = button("Refine q", () => save(model, { refined: !state.refined }), { signal });
  const count = segments("Draws K", SAMPLES.map(String), String(state.samples), (value) => save(model, { samples: Number(value) }), { signal });
  const again = button("New draws", () => save(model, { sample_seed: (state.sample_seed + 1) % 2 ** 31 }), { signal });
  const strip = weightStrip({ signal });
  const stripCaption = element("p", "vaelib-caption");
  const how = element("p", "vaelib-caption");
  const live = liveText({ signal });
  const results = element("div", "vaelib-results");

  results.append(...[
    element("div", "vaelib-columns vaelib-columns-equal", [
      element("div", "vaelib-stack", [...(code ? [bar.element] : []), table.element, ...(code ? [element("div", "vaelib-row", refine.element)] : [])]),
      element("div", "vaelib-stack", [
        element("div", "vaelib-trio", [element("div", "", [whole.element, element("p", "vaelib-caption", "the whole plane; the frame is the close-up")]), ...pictures.map((one) => one.element)]),
        ...(code ? [element("div", "vaelib-stack", [element("div", "vaelib-row", [count.element, again.element]), strip.element, stripCaption])] : []),
      ]),
    ]),
  ]);
  el.replaceChildren(element("div", "vaelib-card vaelib-draw", [
    code
      ? predict("The scribble is no digit. Will its exact posterior p(z|x) be wider than that of a clean 3, or as narrow?",
        "About as narrow. p(z|x) does not say whether x is a digit: it only compares z with z, and some z explain the scribble far less badly than all others. What tells the two apart is log p(x), hundreds of nats lower. The encoder was never asked about scribbles, so its q misses the posterior, and the bound falls much further below.")
      : predict("You draw a clean 3. How much of the plane can z still lie in: a tenth of it, a hundredth, or less?",
        "Far less than a hundredth: 784 pixels leave a patch of a few hundredths across. Draw on and watch how each stroke moves it. A drawing that is half one digit and half another need not have two patches, only where two places explain it about equally well."),
    element("div", "vaelib-columns vaelib-sheet", [
      element("div", "vaelib-stack", [element("p", "vaelib-heading", "Draw x"), pad.element, element("div", "vaelib-row", [tools.element, clear.element, reset.element]), presets.element]),
      element("div", "vaelib-stack", [element("p", "vaelib-heading", "Which z explains it?"), close.element, legend(code)]),
    ]),
    results, live.element, how,
  ]));
  for (const segment of [tools, presets]) segment.element.classList.add("vaelib-bare");

  const work = solver({ bytes, source: typeof model.get("_esm") === "string" ? model.get("_esm") : null, onAnswer: hear, signal });

  function keep(next) {
    x = next; // at once, since two moves may come within one frame
    save(model, { input: "drawing", drawing: pack(next), refined: false });
  }

  function take() {
    const before = x;
    state = readState(model);
    x = state.x;
    if (code && !same(before, x)) q = plain(code.encode(x));
    results.setAttribute("aria-busy", "true");
    found = { ...found, steps: [], refined: null }; // what is shown stays until its successor comes
    shown = Infinity;
    work.ask({ x, q, noise: normals(code ? 2 * state.samples : 0, state.sample_seed), refine: state.refined && Boolean(code) });
    redraw();
  }

  function hear({ kind, ...answer }) {
    if (kind === "bound") found.bound = answer;
    else if (kind === "posterior") {
      const logits = net.decode(answer.mode);
      Object.assign(found, { exact: answer, view: viewOf(answer, q), mode: means(logits), peak: bernoulliLogProb(x, logits) });
    } else if (kind === "step") found.steps.push(answer);
    else if (kind === "refined") {
      found.refined = answer;
      found.steps.push(answer);
      if (!matchMedia("(prefers-reduced-motion: reduce)").matches) [shown, found.began] = [0, performance.now()];
    } else if (kind === "weights") found.weights = answer;
    else if (kind === "failed") how.textContent = `The numbers could not be computed (${answer.message}).`;
    else results.removeAttribute("aria-busy");
    redraw();
  }

  let frame = 0;
  function redraw() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      paint();
    });
  }
  signal.addEventListener("abort", () => cancelAnimationFrame(frame), { once: true });

  function drawThumbnails() {
    for (const [name, canvas] of thumbnails) drawDigit(canvas.getContext("2d"), PRESETS.get(name), SIDE, 0, 0, canvas.width, { ink: theme.digitInk, paper: theme.digitPaper });
  }

  function paint() {
    const { exact, view, bound, refined, steps, weights } = found;
    pad.draw({ x, theme });
    if (refined && shown < steps.length - 1) {
      shown = Math.min(steps.length - 1, Math.floor((performance.now() - found.began) / STEP_TIME));
      redraw();
    }
    const step = refined ? steps[Math.min(shown, steps.length - 1)] : null;
    const settled = Boolean(refined) && step === steps.at(-1);
    presets.set(state.input);
    again.enable(Boolean(code));
    count.set(String(state.samples));
    refine.setLabel(state.refined ? "Back to the encoder\u2019s q" : "Refine q: fit it to this drawing alone");
    if (!exact) return;
    close.draw({ exact, view, q, refined: step?.q ?? null, path: step ? [q.mean, ...steps.slice(0, steps.indexOf(step) + 1).map((one) => one.q.mean)] : null, draws: code && !(refined && !settled) ? weights : null, theme });
    whole.draw({ view, q, codes, theme });
    drawPictures();
    const log_prob = exact.log_prob;
    const values = { log_prob };
    if (code && bound) {
      const better = step ? Math.min(step.elbo.total, log_prob) : null;
      Object.assign(values, { elbo: bound.total, log_likelihood: bound.log_likelihood, kl: bound.kl, weighted: weights?.bound ?? null });
      if (better === null) values.gap = Math.max(0, log_prob - bound.total);
      else Object.assign(values, { approximation: Math.max(0, log_prob - better), amortization: Math.max(0, better - bound.total) });
      bar.fill({ log_prob, elbo: bound.total, refined: better, weighted: weights?.bound ?? null });
    } else {
      values.peak = found.peak;
    }
    table.fill(values);
    if (weights) {
      strip.draw({ weight: weights.weight, theme });
      stripCaption.textContent = `The weights of ${weights.weight.length} ${weights.weight.length === 1 ? "draw" : "draws"} from ${state.refined ? "the refined q" : "q"}, largest first: worth ${effective(weights.weight).toFixed(1)} equal ones. On the plane each is a dot of that area.`;
    }
    describe(settled ? refined : null);
  }

  function describe(refined) {
    const { exact, bound } = found;
    const typical = model.get("typical");
    const known = Array.isArray(typical) && typical.length === 2 && typical.every(Number.isFinite);
    const inked = x.reduce((sum, value) => sum + value, 0);
    const words = [known ? plausibility(exact.log_prob, typical, inked) : `log p(x) is ${nats(exact.log_prob, 1)} nats.`];
    if (code && bound) words.push(gapWords({ gap: Math.max(0, exact.log_prob - bound.total), refined: refined && Math.max(0, Math.min(refined.elbo.total, exact.log_prob) - bound.total), lower: refined?.lower ?? null }));
    live.say(words.join(" "));
    const std = (log_var) => Array.from(log_var, (value) => Math.exp(value / 2).toPrecision(2)).join(", ");
    const own = exact.covariance.map((row, axis) => Math.sqrt(row[axis]).toPrecision(2)).join(", ");
    close.setLabel(`Close-up of the latent plane. The exact posterior has its mean at (${exact.mean.map((value) => nats(value)).join(", ")}) and standard deviations (${own}).${q ? ` q has its mean at (${q.mean.map((value) => nats(value)).join(", ")}) and standard deviations (${std(q.log_var)}).` : ""}`);
    const check = refined ?? (bound && exact.kl !== null ? { elbo: bound, kl: exact.kl } : null);
    const residual = check ? ` As a check, log p(x) \u2212 ELBO \u2212 KL(q \u2016 p(z|x)), the KL summed over other points, is ${Math.abs(exact.log_prob - check.elbo.total - check.kl).toExponential(0)} nats.` : "";
    how.textContent = `p(z|x) has standard deviations (${own})${q ? `, the encoder\u2019s q (${std(q.log_var)})` : ""}. Computed on ${(64 * exact.tiles.size).toLocaleString("en")} cells of side ${exact.side} where the mass is, until log p(x) moved by less than 0.001 nats (${exact.kernel}, in ${work.where() === "worker" ? "a worker" : "the page"}).${residual}`;
  }

  function drawPictures() {
    for (const { key, on } of pictures) {
      const pixels = key === "mean" ? q && means(net.decode(q.mean)) : found.mode;
      if (pixels && on.width) drawDigit(on.context, pixels, SIDE, 0, 0, on.width, { ink: theme.digitInk, paper: theme.digitPaper });
    }
  }

  for (const name of shared) watch(model, name, () => schedule(), signal);
  // several traits change together (a preset, a link): they are taken as one
  let waiting = false;
  function schedule() {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      if (!signal.aborted) take();
    });
  }
  const stopTheme = onThemeChange(el, (next) => {
    theme = next;
    whole.invalidate();
    drawThumbnails();
    redraw();
  });
  signal.addEventListener("abort", stopTheme, { once: true });

  drawThumbnails();
  take();
  if (hasFile(model, "codes_file")) {
    readCodes(model, signal).then((read) => {
      codes = read;
      redraw();
    }, (error) => {
      if (!signal.aborted) how.append(` The encoded digits could not be read (${error.message}).`);
    });
  }
}

/** The traits, mended: names known, numbers whole. */
function readState(model) {
  const asked = model.get("input");
  const input = PRESETS.has(asked) || asked === "drawing" ? asked : "stroke 3";
  const whole = (name, low, high, otherwise) => {
    const value = model.get(name);
    return Number.isSafeInteger(value) && value >= low && value <= high ? value : otherwise;
  };
  return {
    input, x: input === "drawing" ? unpack(model.get("drawing")) ?? new Float64Array(SIDE * SIDE) : PRESETS.get(input), refined: model.get("refined") === true,
    samples: whole("samples", 1, 500, 50), sample_seed: whole("sample_seed", 0, 2 ** 31 - 1, 0),
  };
}

const same = (a, b) => a !== null && a.every((value, i) => value === b[i]);
const plain = ({ mean, log_var }) => ({ mean: Array.from(mean), log_var: Array.from(log_var) });

function legend(code) {
  const item = (kind, text) => element("li", "", [element("span", `vaelib-stroke vaelib-stroke-${kind}`), text]);
  return element("ul", "vaelib-legend vaelib-lines", [
    item("exact", "p(z|x), exact: regions of 39, 86 and 99 %"),
    ...(code ? [item("q", "q(z|x): 1, 2, 3\u03c3, which hold as much"), item("refined", "q refined")] : []),
  ]);
}

function thumbnail() {
  const canvas = element("canvas");
  Object.assign(canvas, { width: 56, height: 56 });
  canvas.setAttribute("aria-hidden", "true"); // the button's text says what it shows
  return canvas;
}

serveAsWorker();

export default { render: starter("Draw a digit", build) };
