// The choice of an input, its q(z|x) and its ELBO, in nats. The encoder is fetched when an input is first chosen, not before.

import { contextOf, drawDigit, surface } from "../../draw/canvas.mjs";
import { closeUp, reach } from "../../draw/close_up.mjs";
import { element, segments } from "../../ui/controls.mjs";
import { elbo } from "../../engine/densities.mjs";
import { encoder } from "../../engine/network.mjs";
import { normals } from "../../engine/random.mjs";
import { renderStroke } from "../../engine/strokes.mjs";
import { readFile } from "../../host/model.mjs";
import { shown } from "../../draw/format.mjs";

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const SAMPLES = 64;
const NOISE_SEED = 7; // any number; fixed, so that the ELBO of an input is one number

export const STROKE_INPUTS = ["none", ...DIGITS.map((digit) => `stroke ${digit}`)];

/** { element, choose(input, z), q(), update(state, theme) }. `elbo` says whether its terms are named. `onChoose(name)` hears what the reader wants, `onReady(mean, z)` follows each choice. */
export function inputPanel({ model, net: decoder, elbo: named, onChoose, onReady, say, signal }) {
  let loaded = null; // the promise of the encoder
  let current = null; // { name, x, mean, log_var, terms } of the input in force
  let theme = null;
  const inputs = new Map(DIGITS.map((digit) => [`stroke ${digit}`, renderStroke(digit).map((value) => (value >= 0.5 ? 1 : 0))]));
  const thumbnails = new Map([...inputs.keys()].map((name) => [name, thumbnail()]));
  const options = STROKE_INPUTS.map((name) => (inputs.has(name) ? { value: name, label: name.slice(7), picture: thumbnails.get(name) } : name));
  const choices = segments("Input x", options, "none", onChoose, { signal });

  const picture = surface({ label: "The input x", onResize: drawInput, signal });
  const zoom = closeUp({ signal });
  const terms = element("dl", "vaelib-terms");
  const labels = ["log p(x|z) at the marked z", "log p(x|z), mean of 64 draws z\u00a0~\u00a0q(z|x)", "\u2212 KL(q(z|x) \u2016 p(z))", "= ELBO"];
  const rows = labels.slice(0, named ? 4 : 2).map((label) => {
    const value = element("dd");
    terms.append(element("dt", "", label), value);
    return value;
  });
  const note = element("p", "vaelib-caption");
  const result = element("div", "vaelib-evidence", [
    element("div", "", [picture.element, element("p", "vaelib-caption", "input x")]),
    element("div", "", [zoom.element, element("p", "vaelib-caption", "q(z|x), close up")]),
    element("div", "vaelib-stack", [terms, note]),
  ]);
  result.hidden = true;
  const problem = element("p", "vaelib-caption");

  function load() {
    loaded ??= readFile(model, "encoder_file", signal).then(encoder);
    loaded.catch(() => { loaded = null; }); // a lost connection may come back: the next choice tries again
    return loaded;
  }

  let wanted = "none";
  async function choose(name, z) {
    wanted = name;
    if (name === "none") {
      current = null;
      return onReady(null);
    }
    try {
      if (!loaded) say("Fetching the encoder.");
      const net = await load();
      if (signal.aborted || wanted !== name) return;
      const x = inputs.get(name);
      const { mean, log_var } = net.encode(x);
      current = { name, x, mean, log_var, terms: elbo(x, mean, log_var, normals(SAMPLES * mean.length, NOISE_SEED), { decode: decoder.decode, logProb: decoder.likelihood.logProb }) };
      onReady(z && mean, z);
    } catch (error) {
      if (signal.aborted) return;
      onChoose("none");
      problem.textContent = `The encoder could not be used (${error.message}).`;
    }
  }

  function update({ input, z, logits }, nextTheme) {
    if (theme !== nextTheme) {
      theme = nextTheme;
      for (const [key, canvas] of thumbnails) drawThumbnail(canvas, inputs.get(key), theme);
    }
    choices.set(input);
    result.hidden = !current;
    if (!current) return;
    problem.textContent = "";
    const { x, log_var, terms: bound } = current;
    const values = [decoder.likelihood.logProb(x, logits), bound.log_likelihood, bound.kl, bound.total];
    rows.forEach((row, i) => { row.textContent = `${shown(values[i], 1)} nats`; });
    const std = Array.from(log_var, (value) => Math.exp(value / 2).toFixed(2)).join(", ");
    note.textContent = `The frame on the plane is enlarged here: the ellipses are 1 and 2 standard deviations of q(z|x), which are (${std}). ${near(z, current) ? "Drag z away and watch the first line fall." : "Drag z into it and watch the first line."}`;
    zoom.draw(current, z, theme);
    drawInput();
  }

  function drawInput() {
    if (current && picture.width) drawDigit(picture.context, current.x, 28, 0, 0, picture.width, { ink: theme.digitInk, paper: theme.digitPaper });
  }

  return { element: element("div", "vaelib-stack", [choices.element, problem, result]), choose, update, q: () => current };
}

/** Whether z lies in the square that the close-up shows. */
function near(z, { mean, log_var }) {
  const half = reach(log_var);
  return z.every((value, axis) => Math.abs(value - mean[axis]) <= half);
}

function thumbnail() {
  const canvas = element("canvas");
  Object.assign(canvas, { width: 56, height: 56 });
  canvas.setAttribute("aria-hidden", "true"); // the button's text says which digit it is
  return canvas;
}

function drawThumbnail(canvas, pixels, theme) {
  drawDigit(contextOf(canvas), pixels, 28, 0, 0, 56, { ink: theme.digitInk, paper: theme.digitPaper });
}
