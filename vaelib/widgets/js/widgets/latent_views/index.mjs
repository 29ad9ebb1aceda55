// Two views of the same codes, PCA and t-SNE, and a point z that sliders move through both. Its parts draw and compute elsewhere.

import { drawDigit, surface } from "../../draw/canvas.mjs";
import { codeMap } from "./code_map.mjs";
import { legend } from "../../host/codes.mjs";
import { element, liveText, predict, slider } from "../../ui/controls.mjs";
import { linkedCodes } from "./linked_codes.mjs";
import { nearestCodes, placeByNeighbours } from "../../engine/nearest.mjs";
import { decoder } from "../../engine/network.mjs";
import { live } from "../../host/live.mjs";
import { readFile } from "../../host/model.mjs";
import { starter } from "../../host/start.mjs";
import { choice, point, sharedNames } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";

export const TRAITS = { perplexity: choice(({ perplexities }) => perplexities), z: point(({ latent }) => latent, ({ limit }) => limit) };
export const shared = sharedNames(TRAITS);

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
  const perplexities = all.maps.map((one) => one.perplexity);
  const now = live(TRAITS, { model, el, signal, facts: { perplexities, limit, latent: all.latent }, paint });
  let picked = -1;
  let touched = matchMedia("(hover: none)").matches;

  const maps = [0, 1].map(() => codeMap({ onPick: pick, onTake: take, signal }));
  const notes = maps.map(() => element("p", "vaelib-caption"));
  const perplexity = slider({
    label: "perplexity", min: 0, max: perplexities.length - 1, step: 1, value: perplexities.indexOf(now.state.perplexity), format: (index) => String(perplexities[index]), signal,
    onInput: (index) => now.save({ perplexity: perplexities[index] }),
  });
  const sliders = now.state.z.map((value, d) => slider({
    label: `z${subscript(d + 1)}`, min: -limit, max: limit, step: 0.01, stride: 0.1, value, format: (z) => shown(z), signal,
    onInput: (next) => moveTo(now.state.z.map((old, i) => (i === d ? next : old))),
  }));
  const reset = now.resetButton(() => { picked = -1; });
  const pictures = ["The image decoded at z", "The image decoded at the dot that is picked"].map((label) => surface({ label, onResize: drawPictures, signal }));
  const pictureCaptions = pictures.map(() => element("p", "vaelib-caption"));
  const words = liveText({ signal });

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
    words.element,
    element("div", "vaelib-columns vaelib-columns-equal", notes),
  ]));

  function moveTo(z) {
    now.save({ z: z.map((value) => Math.round(value * 1000) / 1000) });
  }

  function pick(index) {
    if (index === picked) return;
    picked = index;
    now.redraw();
  }

  function take(index) {
    pick(index);
    moveTo(Array.from(codeOf(index)));
  }

  // a hand that taps does not point: the words follow whichever touched last
  el.addEventListener("pointerdown", (event) => {
    const touch = event.pointerType === "touch";
    if (touch === touched) return;
    touched = touch;
    now.redraw();
  }, { signal });

  const codeOf = (index) => all.codes.subarray(index * all.latent, (index + 1) * all.latent);

  function paint() {
    const { state: { z, perplexity: chosen }, theme } = now;
    const place = perplexities.indexOf(chosen);
    const map = all.maps[place];
    const near = nearestCodes(all.codes, z, Math.min(NEIGHBOURS, all.count));
    const common = { labels: all.labels, classes, neighbours: near.indices, picked, theme };
    maps[0].draw({ ...common, ...all.pca, marker: all.pca.project(z) });
    maps[1].draw({ ...common, ...map, marker: placeByNeighbours(near, map.xs, map.ys) });
    maps[0].setLabel(`PCA of ${all.count} codes, coloured by digit. Arrow keys pick a dot, Enter moves z there.`);
    maps[1].setLabel(`t-SNE of the same codes, perplexity ${map.perplexity}. Arrow keys pick a dot, Enter moves z there.`);
    const outside = maps[0].outside();
    const lonely = near.squared[0] > FAR * FAR;
    sliders.forEach((one, d) => one.set(z[d]));
    perplexity.set(place);
    notes[0].textContent = `PCA is a linear map, so every z has an exact place: (z \u2212 centre) \u00b7 components.${outside ? " This one is outside the map, the way the arrow points." : ""}${score(all.pca)}`;
    notes[1].textContent = `t-SNE has no map for a new z, so the ring stands at the weighted mean of its ${near.indices.length} nearest codes (grey lines).${score(map)}`;
    pictureCaptions[0].textContent = lonely ? "z: a guess" : "z, decoded";
    pictureCaptions[1].textContent = picked < 0 ? `${touched ? "tap" : "point at"} a dot` : `this dot: digit ${all.labels[picked]}`;
    drawPictures();
    words.say(sentence(near, outside, lonely));
  }

  function drawPictures() {
    const { state, theme } = now;
    const sources = [state.z, picked < 0 ? null : codeOf(picked)];
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
    if (now.asked("z").some((value) => Math.abs(value) > limit)) parts.push(`z was set beyond the sliders, and is shown at \u00b1${limit}.`);
    if (picked >= 0) parts.unshift(`The picked dot is number ${picked + 1} of ${all.count}, a digit ${all.labels[picked]}.`);
    else parts.push(touched ? "Tap a dot to decode it and to move z there." : "Point at a dot to decode it; click it to move z there.");
    return parts.join(" ");
  }

  paint();
}

function outline({ context, width, height }, theme) {
  context.strokeStyle = theme.axis;
  context.setLineDash([4, 4]);
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  context.setLineDash([]);
}

const score = ({ trustworthiness }) => (trustworthiness === null ? "" : ` Trustworthiness ${trustworthiness.toFixed(3)}; at 1, neighbours in the picture are neighbours in the latent space.`);
const subscript = (index) => String(index).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));

export default { render: starter("The two views", build) };
