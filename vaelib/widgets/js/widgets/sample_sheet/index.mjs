// The sample sheet: a VAE and an autoencoder of the same size decode the same draws. Its parts draw and compute elsewhere.

import { legend, readCodes } from "../../host/codes.mjs";
import { button, element, liveText, predict, segments, slider, toggle } from "../../ui/controls.mjs";
import { byX, drawn, fitted, PRIOR, shareFar, shareOutside, spreadOf, widened } from "./laws.mjs";
import { drawsPlane } from "./plane.mjs";
import { nearestPlace } from "../../engine/nearest.mjs";
import { decoder } from "../../engine/network.mjs";
import { bernoulli, normals } from "../../engine/random.mjs";
import { COUNT, sheet } from "./sheet.mjs";
import { live } from "../../host/live.mjs";
import { readFile } from "../../host/model.mjs";
import { starter } from "../../host/start.mjs";
import { choice, flag, nextSeed, number as numberIn, seed, sharedNames } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";

const KINDS = { VAE: ["decoder_file", "codes_file"], autoencoder: ["rival_decoder_file", "rival_codes_file"] };
const SHOW = { mean: "the mean of p(x|z)", sample: "one sample of p(x|z), a coin tossed for each pixel" };
const SOURCES = { prior: "N(0, I)", fitted: "a Gaussian fitted to the codes" };
const SPREADS = [0.25, 3];
export const TRAITS = {
  kind: choice(Object.keys(KINDS)), show: choice(Object.keys(SHOW)), source: choice(Object.keys(SOURCES)),
  spread: numberIn(...SPREADS), zoom: flag(), sample_seed: seed(),
};
export const shared = sharedNames(TRAITS);

const COINS = 2 ** 32; // added to the seed: the pixels get a stream of their own
const [MANY, MANY_SEED] = [1000, 4104]; // draws behind the shares, and any number, so that the shares repeat
const FAR = 0.1; // of the codes' standard deviation
const FAR_WORDS = "A draw far from any code is in a gap, or out where codes are thin; it is not yet a bad picture.";
/** What holds of the draws from N(0, I) as it is, and of no others. */
const PRIOR_WORDS = " From N(0, I) most of the VAE\u2019s far draws are out beyond 1.5\u03c3. The autoencoder has none because all draws fall into the crowded middle of its codes.";
const RADIUS = 3; // standard deviations, the outermost ellipse on the plane; 98.9 % of the draws lie within

async function build(model, el, signal) {
  const models = Object.fromEntries(await Promise.all(Object.entries(KINDS).map(async ([kind, [weights, codes]], i) => {
    const [bytes, found] = await Promise.all([readFile(model, weights, signal), readCodes(model, signal, codes)]);
    return [kind, prepare(decoder(bytes), found, model.get("weights")?.[i])];
  })));
  const { VAE } = models;
  if (VAE.net.pixels !== models.autoencoder.net.pixels) throw new Error(`wanted two models of one picture size, got ${VAE.net.pixels} and ${models.autoencoder.net.pixels} pixels`);
  const now = live(TRAITS, { model, el, signal, paint });
  const { state: opening } = now;
  let picked = -1;
  let touched = matchMedia("(hover: none)").matches;
  let z = new Float64Array(2 * COUNT); // the draws that are shown

  const images = sheet({ onPick: pick, signal });
  const map = drawsPlane({ onPick: pick, signal });
  const controls = {
    kind: segments("Model", Object.keys(KINDS), opening.kind, (kind) => now.save({ kind }), { signal }),
    show: segments("Show", [{ value: "mean", label: "mean" }, { value: "sample", label: "one sample" }], opening.show, (show) => now.save({ show }), { signal }),
    source: segments("Draw z from", [{ value: "prior", label: "N(0, I)" }, { value: "fitted", label: "Gaussian fitted to the codes" }], opening.source, (source) => now.save({ source }), { signal }),
    spread: slider({
      label: "spread \u00d7", min: SPREADS[0], max: SPREADS[1], step: 0.01, stride: 0.05, value: opening.spread, format: (value) => value.toFixed(2), signal,
      onInput: (spread) => now.save({ spread }),
    }),
  };
  controls.zoom = toggle("Zoom in on the draws", opening.zoom, (zoom) => now.save({ zoom }), { signal });
  const more = button("New draws", () => now.save({ sample_seed: nextSeed(now.state.sample_seed) }), { signal });
  const reset = now.resetButton(() => { picked = -1; });
  const farWords = element("p", "vaelib-caption");
  const caption = element("p", "vaelib-caption");
  const cells = {};
  const words = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-samples", [
    predict("Two models with the same number of weights, one trained with the KL and one without. The one without reconstructs better. Decode the same 25 draws from N(0, I) with both: which sheet shows more kinds of digit?",
      "The VAE\u2019s, on average: over many sheets about nine kinds against seven and a half, each image counted as the kind of its nearest code. On one sheet they may tie, and now and then the autoencoder shows more. The KL put the VAE\u2019s codes where N(0, I) draws. Nothing told the autoencoder of N(0, I): its codes sprawl more than six times as wide, all draws fall into the crowd in their middle, and more than half of the codes are never reached. A Gaussian fitted to its codes reaches nearly all of them, but also the gaps between the arms: a third of the draws then land away from any code."),
    element("div", "vaelib-row", [controls.kind.element, controls.show.element]),
    controls.source.element,
    element("div", "vaelib-columns vaelib-columns-equal", [
      element("div", "vaelib-stack", [element("p", "vaelib-heading", `${COUNT} draws, decoded`), images.element]),
      element("div", "vaelib-stack", [element("p", "vaelib-heading", "Where the draws fall"), map.element, controls.zoom.element]),
    ]),
    element("div", "vaelib-row", [more.element, reset.element, controls.spread.element]),
    words.element,
    table(),
    farWords,
    element("div", "", [legend(VAE.codes), caption]),
  ]));

  function table() {
    const row = (name, label) => element("tr", "", [element("th", "", label), ...Object.keys(KINDS).map((kind) => (cells[name + kind] = element("td")))]);
    const head = element("tr", "", [element("td"), ...Object.keys(KINDS).map((kind) => (cells[`head${kind}`] = element("th", "", kind)))]);
    const body = element("tbody", "", [
      row("weights", "weights, encoder and decoder"),
      row("out", `codes outside the ${RADIUS}\u03c3 ellipse of the draws`),
      row("far", `draws farther than ${FAR} \u00d7 std of the codes from any code`),
      row("distance", `${FAR} \u00d7 std of the codes`),
    ]);
    for (const one of body.querySelectorAll("th")) one.scope = "row";
    for (const one of head.querySelectorAll("th")) one.scope = "col";
    return element("table", "vaelib-table", [element("thead", "", head), body]);
  }

  function pick(index) {
    if (index === picked) return;
    picked = index;
    now.redraw();
  }

  // a hand that taps does not point: the words follow whichever touched last
  el.addEventListener("pointerdown", (event) => {
    const touch = event.pointerType === "touch";
    if (touch === touched) return;
    touched = touch;
    now.redraw();
  }, { signal });

  const manyNoises = normals(2 * MANY, MANY_SEED);
  let counted = "";
  function count({ source, spread }) {
    if (`${source} ${spread}` === counted) return;
    counted = `${source} ${spread}`;
    for (const [kind, one] of Object.entries(models)) {
      const law = lawOf(one);
      cells[`weights${kind}`].textContent = one.weights === undefined ? "?" : one.weights.toLocaleString("en");
      cells[`out${kind}`].textContent = percent(shareOutside(one.codes, law, RADIUS));
      cells[`far${kind}`].textContent = percent(shareFar(drawn(law, manyNoises), one.sorted, one.far));
      cells[`distance${kind}`].textContent = one.far.toFixed(2);
    }
  }

  const lawOf = (one) => widened(now.state.source === "prior" ? PRIOR : one.law, now.state.spread);

  function paint() {
    const { state, theme } = now;
    const { kind, show } = state;
    const one = models[kind];
    const law = lawOf(one);
    z = drawn(law, normals(2 * COUNT, state.sample_seed));
    const mean = one.net.likelihood.mean(one.net.decode(z, COUNT));
    const pictures = show === "sample" ? bernoulli(mean, state.sample_seed + COINS) : mean;
    images.draw({ images: pictures, side: one.side, picked, theme });
    const extent = state.zoom ? reach(law) : one.extent;
    map.draw({ codes: one.codes, law, z, extent, picked, theme });
    for (const [name, control] of Object.entries(controls)) control.set(state[name]);
    count(state);
    for (const other of Object.keys(KINDS)) cells[`head${other}`].toggleAttribute("data-chosen", other === kind);
    images.setLabel(`${COUNT} images that the ${kind} decodes, five rows of five. Arrow keys pick an image and its cross on the plane.`);
    map.setLabel(`The latent plane of the ${kind} with its codes, and a cross for each of ${COUNT} draws. Arrow keys pick a cross and its image.`);
    farWords.textContent = `${FAR_WORDS}${state.source === "prior" && state.spread === 1 ? PRIOR_WORDS : ""}`;
    caption.textContent = `Each image is ${SHOW[show]}. Dots: the codes of ${one.codes.label.length.toLocaleString("en")} digits, coloured by label. Crosses: the draws${z.some((value) => Math.abs(value) > extent) ? "; arrow heads: draws beyond the frame" : ""}. Dashed: 1, 2 and 3 standard deviations of ${SOURCES[state.source]}${state.spread === 1 ? "" : `, ${state.spread.toFixed(2)} times as wide`}.${one.hidden && !state.zoom ? ` ${one.hidden} codes lie beyond the frame.` : ""} The shares in the table are of all codes, and of ${MANY.toLocaleString("en")} draws.`;
    words.say(sentence(one));
  }

  function sentence(one) {
    const near = Array.from({ length: COUNT }, (_, i) => nearestPlace(one.codes.x, one.codes.y, z[2 * i], z[2 * i + 1], Infinity));
    const counts = one.codes.classes.map((label) => near.filter((index) => one.codes.label[index] === label).length);
    const present = one.codes.classes.filter((_, i) => counts[i]).length;
    const most = Math.max(...counts);
    const parts = [`${now.state.kind === "VAE" ? "VAE" : "Autoencoder"}: the codes nearest to these ${COUNT} draws are of ${present} kinds of digit, most often ${one.codes.classes[counts.indexOf(most)]} (${most} of ${COUNT}).`];
    if (picked >= 0) {
      const [z1, z2] = z.subarray(2 * picked, 2 * picked + 2);
      const index = near[picked];
      parts.unshift(`Image ${picked + 1} is decoded from z = (${shown(z1)}, ${shown(z2)}); the nearest code is a ${one.codes.label[index]}, ${Math.hypot(one.codes.x[index] - z1, one.codes.y[index] - z2).toFixed(2)} away.`);
    } else parts.push(touched ? "Tap an image or a cross to find the other." : "Point at an image or a cross to find the other.");
    return parts.join(" ");
  }

  paint();
}

/** What is known of one model before any draw: its Gaussian, the distance that counts as far, and the frame of its plane. */
function prepare(net, codes, weights) {
  const side = Math.sqrt(net.pixels);
  if (net.latent !== 2 || !Number.isInteger(side)) throw new Error(`wanted a decoder from 2 latents to a square picture, got ${net.latent} and ${net.pixels} pixels`);
  const sizes = Float64Array.from([...codes.x, ...codes.y], Math.abs).sort();
  const extent = Math.max(4, Math.ceil(sizes[Math.floor(0.995 * sizes.length)])); // one code in a hundred may lie beyond
  const hidden = codes.x.filter((x, i) => Math.max(Math.abs(x), Math.abs(codes.y[i])) > extent).length;
  return { net, codes, sorted: byX(codes), side, weights, extent, hidden, law: fitted(codes), far: FAR * spreadOf(codes) };
}

/** Half the side of a frame around the draws: a little more than three standard deviations from the mean. */
const reach = ({ mean, factor: [a, b, c] }) => Math.max(Math.abs(mean[0]) + 3.3 * a, Math.abs(mean[1]) + 3.3 * Math.hypot(b, c));

const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;

export default { render: starter("The sample sheet", build) };
