// What the figure of the divergences says of its numbers. It computes no divergence and draws nothing.

import { shown } from "../../draw/format.mjs";

const nats = (value) => `${shown(value, 3)} nats`;
/** The rows of the bars, in the order of NAMES in fits.mjs; MMD^2 is no amount of nats and has a scale of its own. */
export const MEASURES = [
  { words: "reverse KL, KL(q\u00a0\u2016\u00a0p)", colour: "accent", hint: "average under q: is p thin there?", format: nats, goal: "reverse KL", winner: "lowest reverse KL" },
  { words: "forward KL, KL(p\u00a0\u2016\u00a0q)", colour: "ink", hint: "average under p: is q thin there?", format: nats, goal: "forward KL", winner: "lowest forward KL" },
  { words: "MMD\u00b2", colour: "refined", hint: "compares draws of q with draws of p", format: (value) => shown(value, 3), scale: 1, goal: "MMD\u00b2", winner: "lowest MMD\u00b2" },
];

export const QUESTION = "Three ways to say how far q is from p. Which of the three likes q best between the humps?";
export const answer = () => "The forward KL, always: its best q has the mean and the width of the whole p, the gap included. The reverse KL takes the higher hump and leaves the other, unless the humps are close together. What MMD\u00b2 likes depends on a width that somebody has to choose: a wide kernel agrees with the forward KL, a narrow one takes a hump.";

const NEAR = 0.011; // q is rounded to hundredths where a hand moves it

/**
 * Where q stands: on a winner or in a lower valley, or how far above the lowest values it is. `lowest` are the valleys of each
 * divergence, and `let_go` the distance from which on the lowest reverse KL leaves the right hump, or null while that is searched for.
 */
export function words(q, { distance, width, winners, let_go }, values, lowest) {
  const there = (bell) => Math.abs(q.mean - bell.mean) < NEAR && Math.abs(q.std - bell.std) < NEAR;
  const [reverse, forward, mmd] = lowest;
  if (there(forward[0])) return `Here the forward KL is lowest: q has the mean and the standard deviation of p, and covers both humps and what is between them.`;
  const index = reverse.findIndex(there);
  if (index === 0) return `Here the reverse KL is lowest: q ${place(q, distance)}.${reverse[1] ? ` A second valley, with q ${where(reverse[1], distance)}, costs ${nats(reverse[1].value)}: a search that begins there stays there.` : ""}`;
  if (index > 0) return `A valley of the reverse KL, but not the lowest: q ${place(q, distance)} and pays ${nats(values[0])}, where ${nats(reverse[0].value)} can be had. Every small step from here costs more.`;
  if (there(mmd[0])) return `Here MMD\u00b2 is lowest for a kernel of width ${width}: q ${place(q, distance)}. Choose another width, and it moves.`;
  const above = lowest.map(([best], i) => values[i] - best.value);
  const held = distance < let_go ? "still covers both" : "has let go of the right one";
  const start = winners && let_go ? `Humps at \u00b1${shown(distance, 2)}: the lowest reverse KL ${held}; it lets go at \u00b1${shown(let_go, 2)}. ` : "";
  return `${start}This q is above the lowest that a bell can reach: reverse KL by ${nats(above[0])}, forward KL by ${nats(above[1])}, MMD\u00b2 by ${shown(above[2], 3)}.`;
}

const onHump = ({ mean }, distance) => Math.abs(mean) > 0.7 * distance;
const sideOf = ({ mean }) => (mean < 0 ? ["left", "right"] : ["right", "left"]);

function place(q, distance) {
  if (!onHump(q, distance)) return "stands between the humps and covers both";
  const [own, other] = sideOf(q);
  return `has taken the ${own} hump and left the ${other} one`;
}

const where = (q, distance) => (onHump(q, distance) ? `on the ${sideOf(q)[0]} hump` : "over both humps");
