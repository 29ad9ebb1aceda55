// Guess what made a picture: bars whose causes are known but kept closed, a plane for the reader's guess, and what can be known exactly.

import { EXTENT, ink, logLikelihood, posterior, SIDE, STEPS } from "./strokes_model.mjs";
import { drawDigit, surface } from "../../draw/canvas.mjs";
import { button, element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { latentPlane } from "../../draw/latent_plane.mjs";
import { live } from "../../host/live.mjs";
import { starter } from "../../host/start.mjs";
import { flag, point, sharedNames, whole } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";

export const TRAITS = { picture: whole(0, ({ pictures }) => pictures.length - 1), z: point(2, EXTENT), opened: flag() };
export const shared = sharedNames(TRAITS);

function build(model, el, signal) {
  const pictures = readPictures(model);
  const now = live(TRAITS, { model, el, signal, facts: { pictures }, paint });
  let known = null; // { picture, shares, mean, std, bits } of the last picture that was opened

  const pad = latentPlane({ extent: EXTENT, signal, at: () => now.state.z, onMove: (z) => moveTo(z) });
  const given = surface({ label: "The picture", onResize: drawPictures, signal });
  const guessed = surface({ label: "The bar of your guess", onResize: drawPictures, signal });
  const which = segments("Picture", pictures.map((_, i) => ({ value: i, label: String(i + 1) })), now.state.picture, choose, { signal });
  const sliders = ["slant z\u2081", "width z\u2082"].map((label, axis) => slider({
    label, min: -EXTENT, max: EXTENT, step: 0.01, stride: 0.1, value: now.state.z[axis], format: (value) => shown(value), signal,
    onInput: (value) => moveTo(now.state.z.map((old, i) => (i === axis ? value : old))),
  }));
  const open = button("Open the envelope", () => now.save({ opened: true }), { signal });
  const next = button("Next picture", () => choose((now.state.picture + 1) % pictures.length), { signal });
  const reset = now.resetButton();
  const words = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-envelope", [
    predict("You will guess two causes, how far the bar leans and how wide it is. Of which will you be surer?",
      "Of the slant. All eight rows have a vote on it, while the width shows only where the bar ends, and there the coins are tossed. The patch behind the envelope is narrow across and tall for that reason."),
    element("div", "vaelib-columns", [
      element("div", "vaelib-stack", [element("p", "vaelib-heading", "Where was z? Drag your guess"), pad.element]),
      element("div", "vaelib-stack", [
        which.element,
        element("div", "vaelib-pair vaelib-digit", [
          element("div", "", [given.element, element("p", "vaelib-caption", "the picture x")]),
          element("div", "", [guessed.element, element("p", "vaelib-caption", "the bar of your guess")]),
        ]),
        ...sliders.map((one) => one.element),
        element("div", "vaelib-row", [open.element, next.element, reset.element]),
      ]),
    ]),
    words.element,
    element("p", "vaelib-caption", "The circles are 1, 2 and 3 standard deviations of the bell curve from which z was drawn. Behind the envelope: an orange cross where z was, and a patch whose blue is stronger where z is more probable, given x."),
  ]));

  function moveTo(z) {
    now.save({ z: z.map((value) => Math.round(value * 100) / 100) });
  }

  function choose(picture) {
    now.save({ picture, z: [0, 0], opened: false });
  }

  function paint() {
    const { state, theme } = now;
    const { x, z: hidden } = pictures[state.picture];
    if (state.opened && known?.picture !== state.picture) known = { picture: state.picture, ...posterior(x) };
    const told = state.opened ? known : null;
    pad.draw({
      z: state.z, asked: state.z, draws: [], truth: told && hidden, q: null, codes: null, theme,
      map: told && { shares: told.shares, steps: STEPS },
    });
    drawPictures();
    which.set(state.picture);
    sliders.forEach((one, axis) => one.set(state.z[axis]));
    open.enable(!state.opened);
    words.say(sentence(x, hidden, told));
  }

  function drawPictures() {
    const { state, theme } = now;
    const colours = { ink: theme.digitInk, paper: theme.digitPaper };
    if (given.width) drawDigit(given.context, pictures[state.picture].x, SIDE, 0, 0, given.width, colours);
    if (guessed.width) drawDigit(guessed.context, ink(state.z), SIDE, 0, 0, guessed.width, colours);
  }

  function sentence(x, hidden, told) {
    const { z } = now.state;
    const yours = `Your guess (${z.map((one) => shown(one)).join(", ")}) makes this picture with log p(x|z) = ${nats(logLikelihood(x, z))}`;
    if (!told) return `${yours} nats. The larger, the better it explains x. z itself is in the envelope.`;
    const [slant, width] = told.mean.map((mean, axis) => `${shown(mean)} \u00b1 ${shown(told.std[axis])}`);
    return `${yours}, the z that was drawn, (${hidden.map((one) => shown(one)).join(", ")}), with ${nats(logLikelihood(x, hidden))} nats. All that x tells: slant ${slant}, width ${width}, ${shown(told.bits, 1)} bits.`;
  }

  paint();
}

/** [{ x, z }] from the two traits: pictures as 64 letters 0 and 1 each, causes as pairs in one list. */
function readPictures(model) {
  const [x, causes] = [model.get("x"), model.get("causes")];
  const rows = typeof x === "string" ? x.split(" ") : [];
  const complete = rows.every((row) => new RegExp(`^[01]{${SIDE * SIDE}}$`).test(row)) && Array.isArray(causes) && causes.length === 2 * rows.length;
  if (!complete || !causes.every(Number.isFinite)) throw new Error("hidden_cause: wanted pictures of 64 pixels 0 or 1, and two causes for each");
  return rows.map((row, i) => ({ x: Float64Array.from(row), z: [causes[2 * i], causes[2 * i + 1]] }));
}

const nats = (value) => shown(value, 1);

export default { render: starter("The envelope", build) };
