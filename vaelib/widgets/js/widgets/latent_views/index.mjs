// Two views of the same codes, PCA and t-SNE, and a point z that sliders move through both. Its parts draw and compute elsewhere.

import { drawDigit, surface } from "../../draw/canvas.mjs";
import { codeMap } from "./code_map.mjs";
import { legend } from "../../host/codes.mjs";
import { button, element, liveText, predict, slider } from "../../ui/controls.mjs";
import { oncePerFrame } from "../../host/frames.mjs";
import { linkedCodes } from "./linked_codes.mjs";
import { nearestCodes, placeByNeighbours } from "../../engine/nearest.mjs";
import { decoder } from "../../engine/network.mjs";
import { starter } from "../../host/start.mjs";
import { onThemeChange, readTheme } from "../../draw/palette.mjs";
import { readFile, save, watch } from "../../host/model.mjs";

export const shared = ["perplexity", "z"];

const NEIGHBOURS = 8; // as in latent_views.py
const FAR = 3; // most draws from the prior have a code within 2.6: beyond 3, the decoder never saw the like

async function build(model, el, signal) {
  const [codesBytes, decoderBytes] = await Promise.all(["codes_file", "decoder_file"].map((name) => readFile(model, name, signal)));
  const all = linkedCodes(codesBytes);
  const net = decoder(decoderBytes);
  const side = Math.sqrt(net.pixels);
  if (net.latent !== all.latent) throw new Error(`wanted a decoder and codes of one model, got ${net.latent} and ${all.latent} latents`);
  if (!Number.isInteger(side)) throw new Error(`wanted a decoder of square pictures, got ${net.pixels} pixels`);
  const limit = Math.max(4, Math.ceil(all.codes.reduce((most, value) => Math.max(most, Math.abs(value)), 0)));
  const classes = [...new Set(all.labels)].sort((a, b) => a - b);
  const state = { ...readState(model, all, limit), picked: -1, touch: matchMedia("(hover: none)").matches };
  const first = state.map;
  let theme = readTheme(el);
  const redraw = oncePerFrame(paint, signal);

  const maps = [0, 1].map(() => codeMap({ onPick: pick, onTake: take, signal }));
  const notes = maps.map(() => element("p", "vaelib-caption"));
  const perplexity = slider({
    label: "perplexity", min: 0, max: all.maps.length - 1, step: 1, value: state.map, format: (index) => String(all.maps[index].perplexity), signal,
    onInput: (index) => save(model, { perplexity: all.maps[index].perplexity }),
  });
  const sliders = state.z.map((value, d) => slider({
    label: `z${subscript(d + 1)}`, min: -limit, max: limit, step: 0.01, stride: 0.1, value, format: number, signal,
    onInput: (next) => moveTo(state.z.map((old, i) => (i === d ? next : old))),
  }));
  const reset = button("Reset", () => {
    state.picked = -1;
    save(model, { z: new Array(all.latent).fill(0), perplexity: all.maps[first].perplexity });
    redraw();
  }, { signal });
  const pictures = ["The image decoded at z", "The image decoded at the dot that is picked"].map((label) => surface({ label, onResize: drawPictures, signal }));
  const pictureCaptions = pictures.map(() => element("p", "vaelib-caption"));
  const live = liveText({ signal });

  const view = (heading, index) => element("div", "vaelib-stack", [element("p", "vaelib-heading", heading), maps[index].element]);
  el.replaceChildren(element("div", "vaelib-card vaelib-views", [
    predict(`Drag z${subscript(1)} at an even pace. Will the ring move at an even pace in both pictures?`,
      "In PCA, yes: it is a linear map, so equal steps of one latent are equal steps on the plane, wherever you start. In t-SNE, no: it only arranges the stored codes and maps no new point. The ring is put among the nearest codes, so it lingers, then leaps to another island. Distances between islands say little."),
    element("div", "vaelib-pair", [view("PCA", 0), view("t-SNE", 1)]),
    legend({ classes }),
    element("div", "vaelib-between", [
      ...pictures.map((one, i) => element("div", "vaelib-stack", [one.element, pictureCaptions[i]])),
      element("div", "vaelib-stack", [perplexity.element, element("div", "vaelib-row", [reset.element])]),
    ]),
    element("div", "vaelib-eight", sliders.map((one) => one.element)),
    live.element,
    element("div", "vaelib-columns vaelib-columns-equal", notes),
  ]));

  function moveTo(z) {
    save(model, { z: z.map((value) => clamp(Math.round(value * 1000) / 1000, limit)) });
  }

  function pick(index) {
    if (index === state.picked) return;
    state.picked = index;
    redraw();
  }

  function take(index) {
    pick(index);
    moveTo(Array.from(codeOf(index)));
  }

  // a hand that taps does not point: the words follow whichever touched last
  el.addEventListener("pointerdown", (event) => {
    const touch = event.pointerType === "touch";
    if (touch === state.touch) return;
    state.touch = touch;
    redraw();
  }, { signal });

  const codeOf = (index) => all.codes.subarray(index * all.latent, (index + 1) * all.latent);

  function paint() {
    const { z, picked } = state;
    const map = all.maps[state.map];
    const near = nearestCodes(all.codes, z, Math.min(NEIGHBOURS, all.count));
    const common = { labels: all.labels, classes, neighbours: near.indices, picked, theme };
    maps[0].draw({ ...common, ...all.pca, marker: all.pca.project(z) });
    maps[1].draw({ ...common, ...map, marker: placeByNeighbours(near, map.xs, map.ys) });
    maps[0].setLabel(`PCA of ${all.count} codes, coloured by digit. Arrow keys pick a dot, Enter moves z there.`);
    maps[1].setLabel(`t-SNE of the same codes, perplexity ${map.perplexity}. Arrow keys pick a dot, Enter moves z there.`);
    const outside = maps[0].outside();
    const lonely = near.squared[0] > FAR * FAR;
    sliders.forEach((one, d) => one.set(z[d]));
    perplexity.set(state.map);
    notes[0].textContent = `PCA is a linear map, so every z has an exact place: (z \u2212 centre) \u00b7 components.${outside ? " This one is outside the map, the way the arrow points." : ""}${score(all.pca)}`;
    notes[1].textContent = `t-SNE has no map for a new z, so the ring stands at the weighted mean of its ${near.indices.length} nearest codes (grey lines).${score(map)}`;
    pictureCaptions[0].textContent = lonely ? "z: a guess" : "z, decoded";
    pictureCaptions[1].textContent = picked < 0 ? `${state.touch ? "tap" : "point at"} a dot` : `this dot: digit ${all.labels[picked]}`;
    drawPictures();
    live.say(sentence(near, outside, lonely));
  }

  function drawPictures() {
    const sources = [state.z, state.picked < 0 ? null : codeOf(state.picked)];
    pictures.forEach((on, i) => {
      if (!on.width) return;
      on.context.clearRect(0, 0, on.width, on.height);
      if (sources[i]) drawDigit(on.context, net.likelihood.mean(net.decode(sources[i])), side, 0, 0, on.width, { ink: theme.digitInk, paper: theme.digitPaper });
      else outline(on, theme);
    });
  }

  function sentence({ indices, squared }, outside, lonely) {
    const labels = indices.map((index) => all.labels[index]).join(", ");
    const parts = [`Labels of the ${indices.length} codes nearest to z, closest first: ${labels}. The closest is ${Math.sqrt(squared[0]).toFixed(2)} away.`];
    if (lonely) parts[0] += " No encoded digit is near, so the decoded picture is a guess.";
    if (outside) parts.push("z lies outside the PCA map.");
    if (state.beyond) parts.push(`z was set beyond the sliders, and is shown at \u00b1${limit}.`);
    if (state.picked >= 0) parts.unshift(`The picked dot is number ${state.picked + 1} of ${all.count}, a digit ${all.labels[state.picked]}.`);
    else parts.push(state.touch ? "Tap a dot to decode it and to move z there." : "Point at a dot to decode it; click it to move z there.");
    return parts.join(" ");
  }

  for (const name of ["z", "perplexity"]) {
    watch(model, name, () => {
      Object.assign(state, readState(model, all, limit));
      redraw();
    }, signal);
  }
  onThemeChange(el, (next) => {
    theme = next;
    redraw();
  }, signal);
  paint();
}

/** The traits, mended: z of the right length, finite and within the sliders; `map` is the number of a stored perplexity. */
function readState(model, { latent, maps }, limit) {
  const z = model.get("z");
  const wanted = maps.findIndex(({ perplexity }) => perplexity === model.get("perplexity"));
  const asked = Array.isArray(z) && z.length === latent && z.every(Number.isFinite) ? z : new Array(latent).fill(0);
  return {
    z: asked.map((value) => clamp(value, limit)),
    beyond: asked.some((value) => Math.abs(value) > limit),
    map: wanted >= 0 ? wanted : maps.length >> 1,
  };
}

function outline({ context, width, height }, theme) {
  context.strokeStyle = theme.axis;
  context.setLineDash([4, 4]);
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  context.setLineDash([]);
}

const score = ({ trustworthiness }) => (trustworthiness === null ? "" : ` Trustworthiness ${trustworthiness.toFixed(3)}; at 1, neighbours in the picture are neighbours in the latent space.`);
const clamp = (value, limit) => Math.min(limit, Math.max(-limit, value)) + 0; // + 0 turns -0 into 0
const number = (value) => value.toFixed(2).replace("-", "\u2212");
const subscript = (index) => String(index).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));

export default { render: starter("The two views", build) };
