// The latent explorer: a plane of z, the digit that the decoder makes of it, and the ELBO of an input. Its parts draw and compute elsewhere.

import { surface, drawDigit } from "../../draw/canvas.mjs";
import { readCodes, describeNeighbours } from "../../host/codes.mjs";
import { element, button, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { inputPanel, STROKE_INPUTS } from "./input_panel.mjs";
import { latentPlane } from "../../draw/latent_plane.mjs";
import { slant, thickness } from "../../engine/moments.mjs";
import { decoder } from "../../engine/network.mjs";
import { bernoulli, normals } from "../../engine/random.mjs";
import { colourings, shades } from "../../draw/shades.mjs";
import { live } from "../../host/live.mjs";
import { hasFile, readFile } from "../../host/model.mjs";
import { starter } from "../../host/start.mjs";
import { rgb } from "../../draw/palette.mjs";
import { author, choice, flag, nextSeed, point, seed, sharedNames } from "../../host/traits.mjs";
import { scientific, shown } from "../../draw/format.mjs";

const EXTENT = 4; // of the plane, as in latent_explorer.py
const SHOW = {
  mean: (ink, paper) => `This is the mean of p(x|z), each pixel's probability of ink. ${ink}: surely ink; ${paper}: surely none; mid-grey: the decoder is unsure.`,
  sample: (ink, paper) => `This is one sample of p(x|z): each pixel is ink (${ink.toLowerCase()}) or none (${paper}), by a coin that is tossed for it alone.`,
};
const DOTS = {
  label: "its label",
  slant: "how far its image leans: the shear of x for each unit of y upwards, 0 for an upright digit",
  thickness: "the width of its image\u2019s strokes in pixels",
};

export const TRAITS = {
  input: choice(({ inputs }) => inputs), show: choice(Object.keys(SHOW)), sample_seed: seed(), colour: choice(Object.keys(DOTS)), elbo: author(flag(true)), z: point(2, EXTENT),
};
export const shared = sharedNames(TRAITS);

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
const PRIOR = 2 ** 32; // added to the seed: the draws from the prior get a stream of their own

async function build(model, el, signal) {
  const net = decoder(await readFile(model, "decoder_file", signal));
  const side = Math.sqrt(net.pixels);
  if (net.latent !== 2 || !Number.isInteger(side)) throw new Error(`wanted a decoder from 2 latents to a square picture, got ${net.latent} and ${net.pixels} pixels`);
  const strokes = side === 28 && hasFile(model, "encoder_file");
  const now = live(TRAITS, {
    model, el, signal, paint, facts: { inputs: strokes ? STROKE_INPUTS : ["none"] },
    changed: (name, before) => {
      if (name === "input") panel?.choose(now.state.input, before.z);
      now.redraw();
    },
  });
  const { state: opening } = now;
  let decoded = null; // { logits, means, shown } at z
  let codes = null;
  let draws = [];

  // left: the plane
  const pad = latentPlane({ extent: EXTENT, signal, at: () => now.state.z, onMove: (z) => moveTo(z) });
  const colour = segments("Colour the dots by", ["label", "slant", "thickness"], opening.colour, (value) => now.save({ colour: value }), { signal });
  colour.element.hidden = true; // until codes that were measured are here
  const planeCaption = element("p", "vaelib-caption", "The circles are 1, 2 and 3 standard deviations of the prior N(0, I), to scale.");
  const dotsCaption = element("span");
  planeCaption.prepend(dotsCaption);
  const planeLegend = element("div");

  // right: the digit and its controls
  const picture = surface({ label: "The decoded digit", onResize: drawPicture, signal });
  const sliders = [0, 1].map((axis) => slider({
    label: axis ? "z\u2082" : "z\u2081", min: -EXTENT, max: EXTENT, step: 0.01, stride: 0.1, value: opening.z[axis], format: (value) => shown(value), signal,
    onInput: (value) => moveTo(now.state.z.map((old, i) => (i === axis ? value : old))),
  }));
  const show = segments("Show", [{ value: "mean", label: "mean" }, { value: "sample", label: "one sample" }], opening.show, (value) => now.save({ show: value }), { signal });
  const again = button("New sample", () => now.save({ sample_seed: nextSeed(now.state.sample_seed) }), { signal });
  const meaning = element("p", "vaelib-caption");
  const prior = button("Draw z from the prior", drawFromPrior, { signal });
  const reset = now.resetButton(() => { draws = []; });
  const words = liveText({ signal });
  const panel = strokes ? inputPanel({ model, net, signal, elbo: opening.elbo, onChoose: (input) => now.save({ input }), onReady: inputReady, say: words.say }) : null;

  el.replaceChildren(element("div", "vaelib-card", [
    predict(...guess(opening)),
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
    element("div", "", [meaning, words.element]),
    colour.element,
    element("div", "", [planeLegend, planeCaption]),
    ...(panel ? [panel.element] : []),
  ]));

  // a hand moves in steps of 0.01, so that links and live text stay short; computed points keep four decimals
  function moveTo(z, steps = 100) {
    now.save({ z: Array.from(z, (value) => Math.round(value * steps) / steps) });
  }

  function drawFromPrior() {
    const z = normals(2, now.state.sample_seed + PRIOR + draws.length);
    draws = [...draws, z];
    moveTo(z, 1e4);
    now.redraw();
  }

  function inputReady(mean, zAtRequest) {
    // whoever moved z meanwhile, the reader or a link, keeps it
    if (mean && zAtRequest.every((value, i) => value === now.state.z[i])) moveTo(mean, 1e4);
    now.redraw();
  }

  function paint() {
    const { state, theme } = now;
    const logits = net.decode(state.z);
    const means = net.likelihood.mean(logits);
    decoded = { logits, means, shown: state.show === "sample" ? bernoulli(means, state.sample_seed) : means };
    pad.draw({ z: state.z, asked: now.asked("z"), draws, q: panel?.q() ?? null, codes, colour: state.colour, theme });
    drawLegend();
    drawPicture();
    sliders.forEach((one, axis) => one.set(state.z[axis]));
    show.set(state.show);
    again.enable(state.show === "sample");
    meaning.textContent = SHOW[state.show](...(brightness(theme.digitInk) > brightness(theme.digitPaper) ? ["White", "black"] : ["Black", "white"]));
    panel?.update({ ...state, logits }, theme);
    words.say(sentence(decoded));
  }

  let legendOf = "";
  function drawLegend() {
    const { state, theme } = now;
    const wanted = JSON.stringify([codes !== null, state.colour, theme]);
    if (!codes || wanted === legendOf) return;
    legendOf = wanted;
    colour.set(state.colour);
    planeLegend.replaceChildren(shades(codes, state.colour, theme).legend());
    dotsCaption.textContent = `Each dot is one of ${codes.label.length.toLocaleString("en")} encoded digits, coloured by ${DOTS[state.colour]}. `;
  }

  function drawPicture() {
    if (!decoded || !picture.width) return;
    drawDigit(picture.context, decoded.shown, side, 0, 0, picture.width, { ink: now.theme.digitInk, paper: now.theme.digitPaper });
  }

  function sentence({ means, shown: pixels }) {
    const { state } = now;
    const asked = now.asked("z");
    const inked = pixels.reduce((count, value) => count + (value >= 0.5), 0);
    const parts = [`z = (${state.z.map((one) => shown(one)).join(", ")})`];
    if (asked.some((value, i) => value !== state.z[i])) {
      parts[0] = `z was set to (${asked.map(far).join(", ")}), beyond the plane: the arrow shows the way, and the picture is of ${parts[0]} at the edge`;
    }
    if (draws.length) parts[0] += `, ${draws.length} ${draws.length === 1 ? "draw" : "draws"} from the prior so far`;
    if (codes) parts.push(describeNeighbours(codes, state.z));
    parts.push(`slant of the mean image ${shown(slant(means))}, strokes ${shown(thickness(means), 1)} pixels wide`);
    parts.push(`${state.show === "mean" ? "pixels more likely ink than not" : "pixels of ink"}: ${inked} of ${net.pixels}`);
    return `${parts.join("; ")}.`;
  }

  paint();
  if (opening.input !== "none") panel?.choose(opening.input, null);
  if (hasFile(model, "codes_file")) {
    readCodes(model, signal).then((found) => {
      codes = found;
      colour.element.hidden = colourings(codes).length < 2;
      pad.invalidate();
      now.redraw();
    }, (error) => {
      if (!signal.aborted) dotsCaption.textContent = `The encoded digits could not be read (${error.message}). `;
    });
  }
}

const guess = ({ input, colour, show }) => GUESSES[input !== "none" ? "input" : colour !== "label" ? "colour" : show];
const brightness = (colour) => rgb(colour).reduce((sum, channel) => sum + channel, 0);
const far = (value) => (Math.abs(value) < 1e4 ? shown(value) : scientific(value));

export default { render: starter("The latent explorer", build) };
