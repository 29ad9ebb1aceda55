// The latent explorer: a plane of z, the digit that the decoder makes of it, and the ELBO of an input. Its parts draw and compute elsewhere.

import { surface, drawDigit } from "../../draw/canvas.mjs";
import { readCodes, describeNeighbours } from "../../host/codes.mjs";
import { element, button, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { oncePerFrame } from "../../host/frames.mjs";
import { inputPanel, STROKE_INPUTS } from "./input_panel.mjs";
import { latentPlane } from "../../draw/latent_plane.mjs";
import { slant, thickness } from "../../engine/moments.mjs";
import { decoder } from "../../engine/network.mjs";
import { bernoulli, normals } from "../../engine/random.mjs";
import { colourings, shades } from "../../draw/shades.mjs";
import { starter } from "../../host/start.mjs";
import { readTheme, onThemeChange, rgb } from "../../draw/palette.mjs";
import { hasFile, readFile, save, watch } from "../../host/model.mjs";

/** Traits that a link to the page carries. `z` comes last: an input moves z, a link that names both must win. */
export const shared = ["input", "show", "sample_seed", "colour", "z"];

const SHOW = {
  mean: (ink, paper) => `This is the mean of p(x|z), each pixel's probability of ink. ${ink}: surely ink; ${paper}: surely none; mid-grey: the decoder is unsure.`,
  sample: (ink, paper) => `This is one sample of p(x|z): each pixel is ink (${ink.toLowerCase()}) or none (${paper}), by a coin that is tossed for it alone.`,
};
const DOTS = {
  label: "its label",
  slant: "how far its image leans: the shear of x for each unit of y upwards, 0 for an upright digit",
  thickness: "the width of its image\u2019s strokes in pixels",
};
// question and answer, by what the figure is set to show when it opens
const GUESSES = {
  input: ["A pen stroke is given. Does the middle of the encoder's ellipse explain it better than any other z?",
    "Nearly always it comes close, and not always first: the encoder answers in one pass and learned on other hands. Drag the ring and watch the first line of numbers."],
  colour: ["Is there one direction of the plane in which digits lean, or thicken, more and more?",
    "Within one digit there nearly is; over the whole plane there is not. The plane is shared out among the digits first, and each patch lays out slant and thickness in its own way."],
  sample: ["The figure shows one sample. Will its mean look smoother or rougher, and what will two samples at one z have in common?",
    "Smoother: the mean is grey where the decoder is unsure, a sample has to decide, pixel by pixel. Two samples share what is sure and differ along the edges."],
  mean: ["Two numbers decide the whole picture. What will you see halfway between a region of 0s and a region of 1s?",
    "Nothing forbids the middle: the decoder turns every point of the plane into a picture. Between two regions you find shapes that are part one digit and part the other, and often a third digit that lives there. Drag across a border and look."],
};
const PRIOR_SEED = 1013; // any number; fixed, so that every reader draws the same sequence

async function build(model, el, signal) {
  const net = decoder(await readFile(model, "decoder_file", signal));
  const side = Math.sqrt(net.pixels);
  if (net.latent !== 2 || !Number.isInteger(side)) throw new Error(`wanted a decoder from 2 latents to a square picture, got ${net.latent} and ${net.pixels} pixels`);
  const extent = Number.isFinite(model.get("extent")) && model.get("extent") > 0 ? model.get("extent") : 4;
  const inputs = side === 28 && hasFile(model, "encoder_file") ? STROKE_INPUTS : [];
  const state = readState(model, extent, inputs);
  const initial = { z: state.z, show: state.show, sample_seed: state.sample_seed, input: state.input, colour: state.colour };
  let theme = readTheme(el);
  const redraw = oncePerFrame(paint, signal);
  let codes = null;
  let draws = [];

  // left: the plane
  const pad = latentPlane({ extent, signal, at: () => state.z, onMove: (z) => moveTo(z) });
  const colour = segments("Colour the dots by", ["label", "slant", "thickness"], state.colour, (value) => save(model, { colour: value }), { signal });
  colour.element.hidden = true; // until codes that were measured are here
  const planeCaption = element("p", "vaelib-caption", "The circles are 1, 2 and 3 standard deviations of the prior N(0, I), to scale.");
  const dotsCaption = element("span");
  planeCaption.prepend(dotsCaption);
  const planeLegend = element("div");

  // right: the digit and its controls
  const picture = surface({ label: "The decoded digit", onResize: drawPicture, signal });
  const sliders = [0, 1].map((axis) => slider({
    label: axis ? "z\u2082" : "z\u2081", min: -extent, max: extent, step: 0.01, stride: 0.1, value: state.z[axis], format: number, signal,
    onInput: (value) => moveTo(state.z.map((old, i) => (i === axis ? value : old))),
  }));
  const show = segments("Show", [{ value: "mean", label: "mean" }, { value: "sample", label: "one sample" }], state.show, (value) => save(model, { show: value }), { signal });
  const again = button("New sample", () => save(model, { sample_seed: (state.sample_seed + 1) % 2 ** 31 }), { signal });
  const meaning = element("p", "vaelib-caption");
  const prior = button("Draw z from the prior", drawFromPrior, { signal });
  const reset = button("Reset", () => {
    draws = [];
    save(model, initial);
    redraw();
  }, { signal });
  const live = liveText({ signal });
  const panel = inputs.length ? inputPanel({ model, net, signal, onReady: inputReady, say: live.say }) : null;

  el.replaceChildren(element("div", "vaelib-card", [
    predict(...guess(initial)),
    element("div", "vaelib-columns", [
      element("div", "vaelib-stack", [element("p", "vaelib-heading", "Latent plane: drag to choose z"), pad.element]),
      element("div", "vaelib-stack", [
        element("p", "vaelib-heading", "What the decoder makes of z"),
        element("div", "vaelib-answer", [
          element("div", "vaelib-digit", picture.element),
          element("div", "vaelib-stack", [...sliders.map((one) => one.element), show.element]),
        ]),
      ]),
    ]),
    element("div", "vaelib-row", [prior.element, again.element, reset.element]),
    element("div", "", [meaning, live.element]),
    colour.element,
    element("div", "", [planeLegend, planeCaption]),
    ...(panel ? [panel.element] : []),
  ]));

  // a hand moves in steps of 0.01, so that links and live text stay short; computed points keep four decimals
  function moveTo(z, steps = 100) {
    save(model, { z: Array.from(z, (value) => clamp(Math.round(value * steps) / steps, extent)) });
  }

  function drawFromPrior() {
    const z = normals(2, PRIOR_SEED + draws.length);
    draws = [...draws, z];
    moveTo(z, 1e4);
    redraw();
  }

  function inputReady(mean, zAtRequest) {
    // whoever moved z meanwhile, the reader or a link, keeps it
    if (mean && zAtRequest.every((value, i) => value === state.z[i])) moveTo(mean, 1e4);
    redraw();
  }

  function paint() {
    state.logits = net.decode(state.z);
    state.means = net.likelihood.mean(state.logits);
    state.shown = state.show === "sample" ? bernoulli(state.means, state.sample_seed) : state.means;
    pad.draw({ z: state.z, asked: state.asked, draws, q: panel?.q() ?? null, codes, colour: state.colour, theme });
    drawLegend();
    drawPicture();
    sliders.forEach((one, axis) => one.set(state.z[axis]));
    show.set(state.show);
    again.enable(state.show === "sample");
    meaning.textContent = SHOW[state.show](...(brightness(theme.digitInk) > brightness(theme.digitPaper) ? ["White", "black"] : ["Black", "white"]));
    panel?.update(state, theme);
    live.say(sentence());
  }

  let legendOf = "";
  function drawLegend() {
    const now = JSON.stringify([codes !== null, state.colour, theme]);
    if (!codes || now === legendOf) return;
    legendOf = now;
    colour.set(state.colour);
    planeLegend.replaceChildren(shades(codes, state.colour, theme).legend());
    dotsCaption.textContent = `Each dot is one of ${codes.label.length.toLocaleString("en")} encoded digits, coloured by ${DOTS[state.colour]}. `;
  }

  function drawPicture() {
    if (!state.shown || !picture.width) return;
    drawDigit(picture.context, state.shown, side, 0, 0, picture.width, { ink: theme.digitInk, paper: theme.digitPaper });
  }

  function sentence() {
    const inked = state.shown.reduce((count, value) => count + (value >= 0.5), 0);
    const parts = [`z = (${state.z.map(number).join(", ")})`];
    if (state.asked.some((value, i) => value !== state.z[i])) {
      parts[0] = `z was set to (${state.asked.map(far).join(", ")}), beyond the plane: the arrow shows the way, and the picture is of ${parts[0]} at the edge`;
    }
    if (draws.length) parts[0] += `, ${draws.length} ${draws.length === 1 ? "draw" : "draws"} from the prior so far`;
    if (codes) parts.push(describeNeighbours(codes, state.z));
    parts.push(`slant of the mean image ${number(slant(state.means))}, strokes ${thickness(state.means).toFixed(1)} pixels wide`);
    parts.push(`${state.show === "mean" ? "pixels more likely ink than not" : "pixels of ink"}: ${inked} of ${net.pixels}`);
    return `${parts.join("; ")}.`;
  }

  for (const name of ["z", "show", "sample_seed", "input", "colour"]) {
    watch(model, name, () => {
      const before = state.z;
      Object.assign(state, readState(model, extent, inputs));
      if (name === "input") panel?.choose(state.input, before);
      redraw();
    }, signal);
  }
  onThemeChange(el, (next) => {
    theme = next;
    pad.invalidate();
    redraw();
  }, signal);

  paint();
  if (state.input !== "none") panel?.choose(state.input, null);
  if (hasFile(model, "codes_file")) {
    readCodes(model, signal).then((found) => {
      codes = found;
      colour.element.hidden = colourings(codes).length < 2;
      pad.invalidate();
      redraw();
    }, (error) => {
      if (!signal.aborted) dotsCaption.textContent = `The encoded digits could not be read (${error.message}). `;
    });
  }
}

/** The traits, mended: numbers finite and within the plane, names known. */
function readState(model, extent, inputs) {
  const z = model.get("z");
  const seed = model.get("sample_seed");
  const input = model.get("input");
  const asked = Array.isArray(z) && z.length === 2 && z.every(Number.isFinite) ? z : [0, 0];
  return {
    asked,
    z: asked.map((value) => clamp(value, extent)),
    colour: Object.hasOwn(DOTS, model.get("colour") ?? "") ? model.get("colour") : "label",
    show: Object.hasOwn(SHOW, model.get("show") ?? "") ? model.get("show") : "mean",
    sample_seed: Number.isSafeInteger(seed) && seed >= 0 ? seed : 0,
    input: inputs.includes(input) ? input : "none",
  };
}

const guess = ({ input, colour, show }) => GUESSES[input !== "none" ? "input" : colour !== "label" ? "colour" : show];
const clamp = (value, extent) => Math.min(extent, Math.max(-extent, value)) + 0; // + 0 turns -0 into 0
const brightness = (colour) => rgb(colour).reduce((sum, channel) => sum + channel, 0);
const number = (value) => value.toFixed(2).replace("-", "\u2212");
const far = (value) => (Math.abs(value) < 1e4 ? number(value) : value.toExponential(1).replace(/-/g, "\u2212").replace("+", ""));

export default { render: starter("The latent explorer", build) };
