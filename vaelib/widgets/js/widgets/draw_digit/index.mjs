// Draw a digit: a drawing x, the exact posterior p(z|x) of the decoder, the encoder's q(z|x) over it, and every bound in nats.
// Its parts draw and compute elsewhere; the heavy work is done in a worker by this same bundle.

import { contextOf, drawDigit, surface } from "../../draw/canvas.mjs";
import { readCodes } from "../../host/codes.mjs";
import { button, element, predict, segments, toggle } from "../../ui/controls.mjs";
import { drawPad } from "./sheet.mjs";
import { drawResults, planeLabel } from "./results.mjs";
import { pack, PRESETS, SIDE, unpack } from "./drawings.mjs";
import { exactPlane, viewOf } from "./exact_plane.mjs";
import { oncePerFrame } from "../../host/frames.mjs";
import { decoder, encoder } from "../../engine/network.mjs";
import { normals } from "../../engine/random.mjs";
import { serveAsWorker, solver } from "../../worker/transport.mjs";
import { live } from "../../host/live.mjs";
import { hasFile, readFile } from "../../host/model.mjs";
import { starter } from "../../host/start.mjs";
import { choice, flag, nextSeed, own, seed, sharedNames, whole as wholeNumber } from "../../host/traits.mjs";
import { wholePlane } from "./whole_plane.mjs";

export const TRAITS = {
  input: choice([...PRESETS.keys(), "drawing"]), drawing: own("drawing", (text) => (text === "" || unpack(text) ? text : null), ""),
  samples: wholeNumber(1, 500), sample_seed: seed(), refined: flag(),
};
export const shared = sharedNames(TRAITS);

const FAR = 3; // widths of q in the close-up from which one may zoom in on q
const [STEP_TIME, CLIMB_TIME] = [130, 2600]; // milliseconds at most that a step of refine is shown, and all of them

async function build(model, el, signal) {
  const bytes = await readFile(model, "decoder_file", signal);
  const net = decoder(bytes);
  if (net.latent !== 2 || net.pixels !== SIDE * SIDE) throw new Error(`wanted a decoder from 2 latents to ${SIDE} x ${SIDE} pixels, got ${net.latent} and ${net.pixels}`);
  const code = hasFile(model, "encoder_file") ? encoder(await readFile(model, "encoder_file", signal)) : null;
  // several traits change together (a preset, a link): they are taken as one, and while a hand draws, only the sheet is painted anew
  const now = live(TRAITS, { model, el, signal, paint, changed: schedule, coloured });
  const redrawPad = oncePerFrame(() => pad.draw({ x, theme: now.theme }), signal);
  let [x, q, codes] = [null, null, null];
  let asked = {}; // { x, refined } of the last job
  let found = /** @type {any} */ ({}); // what is shown: the answers to one job, kept until the next one's posterior is there
  let bound = null; // the ELBO that came before it
  let began = -Infinity; // when the steps of refine began to be shown

  // the drawing
  let tool = "pen";
  const pad = drawPad({ at: () => x, tool: () => tool, onDraw: (next) => keep(next), signal });
  const tools = segments("Tool", ["pen", "eraser"], tool, (value) => { tool = value; }, { signal });
  const clear = button("Clear", () => keep(new Float64Array(x.length)), { signal });
  const reset = now.resetButton();
  const thumbnails = new Map([...PRESETS.keys()].map((name) => [name, thumbnail()]));
  const presets = segments("Start from", [...PRESETS.keys()].map((name) => ({ value: name, label: name.replace("stroke ", ""), picture: thumbnails.get(name) })),
    now.state.input, (name) => now.save({ input: name, refined: false }), { signal });

  // the posterior
  const close = exactPlane({ signal });
  const whole = wholePlane({ signal });
  const zoom = toggle("zoom in on q(z|x)", false, now.redraw, { signal });
  const pictures = [["mean", "decoded at q\u2019s mean"], ["mode", "decoded at the posterior\u2019s peak"]].filter(([key]) => code || key === "mode").map(([key, caption]) => {
    const on = surface({ label: caption, onResize: drawPictures, signal });
    return { key, on, element: element("div", "", [on.element, element("p", "vaelib-caption", caption)]) };
  });

  const wholeCaption = element("p", "vaelib-caption", "the whole plane; the frame is the close-up");
  const results = drawResults({
    hasEncoder: Boolean(code), signal,
    pictures: element("div", "vaelib-trio", [element("div", "", [whole.element, wholeCaption]), ...pictures.map((one) => one.element)]),
    onRefine: () => now.save({ refined: !now.state.refined }),
    onSamples: (samples) => now.save({ samples }),
    onAgain: () => now.save({ sample_seed: nextSeed(now.state.sample_seed) }),
  });
  el.replaceChildren(element("div", "vaelib-card vaelib-draw", [
    code
      ? predict("The scribble is no digit. Will its exact posterior p(z|x) be wider than that of a clean 3, or as narrow?",
        "About as narrow. p(z|x) does not say whether x is a digit: it only compares z with z, and some z explain the scribble far less badly than all others. What tells the two apart is log p(x), hundreds of nats lower. The encoder was never asked about scribbles, so its q misses the posterior, and the bound falls much further below.")
      : predict("You draw a clean 3. How much of the plane can z still lie in: a tenth of it, a hundredth, or less?",
        "Far less than a hundredth: 784 pixels leave a patch of a few hundredths across. Draw on and watch how each stroke moves it. A drawing that is half one digit and half another need not have two patches, only where two places explain it about equally well."),
    // beside the hand that draws, or right below it, stand the numbers that answer it
    element("div", "vaelib-draw-parts", [
      element("div", "vaelib-stack vaelib-draw-sheet", [element("p", "vaelib-heading", "Draw x"), presets.element, pad.element, element("div", "vaelib-row", [tools.element, clear.element, reset.element])]),
      results.element, results.live,
      element("div", "vaelib-stack vaelib-draw-plane", [element("p", "vaelib-heading", "Which z explains it?"), close.element, legend(code), zoom.element]),
      results.more, results.how,
    ]),
  ]));
  for (const segment of [tools, presets]) segment.element.classList.add("vaelib-bare");

  const work = solver({ bytes, source: typeof model.get("_esm") === "string" ? model.get("_esm") : null, onAnswer: hear, signal });

  function keep(next) {
    x = next; // at once, since two moves may come within one frame
    now.save({ input: "drawing", drawing: pack(next), refined: false });
  }

  function take() {
    const { state } = now;
    x = state.input === "drawing" ? unpack(state.drawing) ?? new Float64Array(SIDE * SIDE) : PRESETS.get(state.input);
    const moved = !asked.x || x.some((value, i) => value !== asked.x[i]);
    if (code && moved) q = plain(code.encode(x));
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    asked = { x, refined: state.refined, animate: !quiet && (moved || !asked.refined) };
    results.setBusy(true);
    work.ask({ x, q, noise: normals(code ? 2 * state.samples : 0, state.sample_seed), refine: state.refined && Boolean(code) });
    presets.set(state.input);
    redrawPad();
  }

  function hear({ kind, ...answer }) {
    if (kind === "bound") {
      bound = answer;
    } else if (kind === "posterior") {
      const logits = net.decode(answer.mode);
      const views = { wide: viewOf(answer, q), narrow: q && viewOf(null, q) };
      found = { bound, exact: answer, q, mode: net.likelihood.mean(logits), peak: net.likelihood.logProb(x, logits), refined: null, weights: null, ...views };
    } else if (kind === "refined") {
      found.refined = answer;
      began = asked.animate ? performance.now() : -Infinity;
    } else if (kind === "weights") {
      found.weights = answer;
    } else {
      results.setBusy(false);
      if (kind === "failed") results.fail(`The numbers could not be computed (${answer.message}).`);
    }
    now.redraw();
  }

  function drawThumbnails() {
    const { theme } = now;
    for (const [name, canvas] of thumbnails) drawDigit(contextOf(canvas), PRESETS.get(name), SIDE, 0, 0, canvas.width, { ink: theme.digitInk, paper: theme.digitPaper });
  }

  function paint() {
    const { state, theme } = now;
    const { exact, refined, weights } = found;
    if (!exact) return;
    zoom.element.hidden = !code || spanOf(found.wide) < FAR * spanOf(found.narrow);
    const view = zoom.input.checked && !zoom.element.hidden ? found.narrow : found.wide;
    const steps = refined?.steps ?? [];
    const reached = Math.min(steps.length - 1, Math.floor((performance.now() - began) / Math.min(STEP_TIME, CLIMB_TIME / steps.length)));
    const [step, settled] = [steps[reached] ?? null, reached === steps.length - 1];
    if (!settled) now.redraw();
    close.draw({
      exact, view, q: found.q, refined: step?.q ?? null, path: step && steps.slice(0, reached + 1).map((one) => one.q.mean),
      draws: settled ? weights : null, theme,
    });
    whole.draw({ view, q: found.q, codes, theme });
    drawPictures();
    close.setLabel(planeLabel(found));
    const typical = model.get("typical");
    results.update({
      found, step, settled: settled && step !== null, state, inked: x.reduce((sum, value) => sum + value, 0), where: work.where(), theme,
      typical: Array.isArray(typical) && typical.length === 2 && typical.every(Number.isFinite) ? typical : null,
    });
  }

  function drawPictures() {
    const { theme } = now;
    for (const { key, on } of pictures) {
      const pixels = key === "mean" ? found.q && net.likelihood.mean(net.decode(found.q.mean)) : found.mode;
      if (pixels && on.width) drawDigit(on.context, pixels, SIDE, 0, 0, on.width, { ink: theme.digitInk, paper: theme.digitPaper });
    }
  }

  let waiting = false;
  function schedule() {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      if (!signal.aborted) take();
    });
  }
  function coloured() {
    drawThumbnails();
    redrawPad();
    now.redraw();
  }

  drawThumbnails();
  take();
  if (hasFile(model, "codes_file")) {
    readCodes(model, signal).then((read) => {
      codes = read;
      now.redraw();
    }, (error) => {
      if (!signal.aborted) wholeCaption.textContent += `. The encoded digits could not be read (${error.message})`; // beside what lacks them
    });
  }
}

const spanOf = ({ x: [low, high] }) => high - low;
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
