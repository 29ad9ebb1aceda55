// The encoded digits of a model: reading them, placing their labels, and saying which lie near a point. No decoding.

import { element } from "../ui/controls.mjs";
import { parseCodes } from "../engine/codes.mjs";
import { readFile } from "./model.mjs";

/** { x, y, label, slant, thickness, classes } of a codes file of two latents: two coordinates, a label and two measures for each digit. */
export async function readCodes(model, signal, file = "codes_file") {
  const { latent, mean, label, slant, thickness, classes } = parseCodes(await readFile(model, file, signal));
  if (latent !== 2) throw new Error(`codes: wanted two latents, got ${latent}`);
  return { label, slant, thickness, classes, x: mean.filter((_, i) => i % 2 === 0), y: mean.filter((_, i) => i % 2 === 1) };
}

/** Each class's number at the middle of its dots, so that colour is not the only sign: [{ text, x, y }] in pixels. */
export function classLabels(axes, codes) {
  return spread(codes.classes.map((one) => {
    const members = [...codes.label.keys()].filter((i) => codes.label[i] === one);
    const [x, y] = axes.toPixels(median(members.map((i) => codes.x[i])), median(members.map((i) => codes.y[i])));
    return { text: String(one), x, y };
  }));
}

// Moves labels that cover each other apart, a little at a time.
function spread(places) {
  const apart = 19; // pixels, the height of a label with its halo
  for (let round = 0; round < 30; round++) {
    places.forEach((a, i) => places.slice(i + 1).forEach((b) => {
      const distance = Math.hypot(b.x - a.x, b.y - a.y);
      if (distance >= apart) return;
      const [ux, uy] = distance > 0 ? [(b.x - a.x) / distance, (b.y - a.y) / distance] : [1, 0];
      const push = (apart - distance) / 2;
      Object.assign(a, { x: a.x - ux * push, y: a.y - uy * push });
      Object.assign(b, { x: b.x + ux * push, y: b.y + uy * push });
    }));
  }
  return places;
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** The list of classes with their colours. */
export function legend(codes) {
  return element("ul", "vaelib-legend", codes.classes.map((one) => {
    const swatch = element("span", "vaelib-swatch");
    swatch.style.background = `var(--vaelib-class-${one})`;
    return element("li", "", [swatch, String(one)]);
  }));
}

const NEAR = 15; // neighbours asked
const FAR = 0.5; // beyond this distance a neighbour says nothing about the point

/** Words for the labels around z. */
export function describeNeighbours(codes, z) {
  const counts = new Array(10).fill(0);
  let asked = 0;
  for (const i of nearest(codes, z, NEAR)) {
    if (Math.hypot(codes.x[i] - z[0], codes.y[i] - z[1]) > FAR) continue;
    counts[codes.label[i]] += 1;
    asked += 1;
  }
  if (asked < 5) return "hardly any encoded digit lies near";
  const ranking = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  if (counts[ranking[0]] === asked) return `the nearest encoded digits are all ${ranking[0]}`;
  if (counts[ranking[0]] >= 0.6 * asked) return `the nearest encoded digits are mostly ${ranking[0]}`;
  return `the nearest encoded digits are mixed, most often ${ranking[0]} and ${ranking[1]}`;
}

function nearest({ x, y }, [z1, z2], count) {
  const found = []; // [squared distance, index], nearest first
  for (let i = 0; i < x.length; i++) {
    const squared = (x[i] - z1) ** 2 + (y[i] - z2) ** 2;
    if (found.length === count && squared >= found[count - 1][0]) continue;
    let place = found.length;
    while (place > 0 && found[place - 1][0] > squared) place -= 1;
    found.splice(place, 0, [squared, i]);
    if (found.length > count) found.pop();
  }
  return found.map(([, i]) => i);
}
