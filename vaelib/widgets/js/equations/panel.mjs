// The panel in which a reader breaks an equation: both sides computed afresh, a button for each mistake, and how far they then
// are apart. What each equation compares is in pages/, one file and one bundle a page; the page opens a panel (book/_static/ticks.mjs).

import { button, element } from "../ui/controls.mjs";
import { generator } from "../engine/random.mjs";

/** By how much the two sides fail: their largest difference, or for `>=` the largest excess of the right one; infinite for NaN. */
export function residual({ left, right }, relation = "=") {
  const [a, b] = [[left].flat(), [right].flat()];
  if (a.length !== b.length) throw new Error(`wanted two sides of equal length, got ${a.length} and ${b.length}`);
  const misses = a.map((value, i) => (relation === ">=" ? Math.max(0, b[i] - value) : Math.abs(value - b[i])));
  return misses.some(Number.isNaN) ? Infinity : Math.max(...misses);
}

/** A number for reading: a whole one as it is, others to three places, or with a power of ten where they are very small or large. */
export function figure(value) {
  if (!Number.isFinite(value)) return "beyond all numbers";
  const size = Math.abs(value);
  const text = Number.isInteger(value) && size < 1e5 ? String(value) : size < 1e-3 || size >= 1e5 ? value.toExponential(1) : size >= 100 ? value.toFixed(1) : value.toFixed(3);
  return text.replaceAll("-", "\u2212");
}

/** The inputs in words: a name and its number or numbers; of a long list the first two and how many there are. */
export function describe(inputs) {
  const show = (value) => {
    const all = [value].flat(2);
    return all.length > 6 ? `${all.slice(0, 2).map(figure).join(", ")}, \u2026 (${all.length} numbers)` : all.map(figure).join(", ");
  };
  return Object.entries(inputs).map(([name, value]) => `${name} ${show(value)}`).join("; ");
}

/** What the panel says: { good, sentence } for the two sides, with a mistake (its words) or none. */
export function verdict(sides, { unit, relation }, mistake = null) {
  const miss = residual(sides, relation);
  const amount = (value) => `${figure(value)}${unit ? ` ${unit}` : ""}`;
  const good = miss <= sides.tolerance;
  const allowed = `allowed: ${amount(sides.tolerance)}`;
  if (good && mistake) return { good, sentence: `These numbers do not show the mistake (${mistake}): off by ${amount(miss)}, ${allowed}. Take new ones.` };
  if (good) return { good, sentence: relation === ">=" ? `\u2713 The inequality holds (${allowed}).` : `\u2713 Both sides agree: off by ${amount(miss)}, ${allowed}.` };
  return { good, sentence: `\u2717 Off by ${amount(miss)}${mistake ? ` with ${mistake}` : ""} (${allowed}).` };
}

/** Inputs that a reader sees to differ from `inputs`: where few are possible, as with whole numbers, a draw may repeat the last. */
export function another(entry, random, inputs) {
  let next = entry.numbers(random);
  for (let tries = 0; tries < 100 && describe(next) === describe(inputs); tries++) next = entry.numbers(random);
  return next;
}

/** Fills `panel` for the equation of that label, one of a page's `entries`. `seed` starts the row of random inputs. */
export function open(entries, { label, number, panel, seed = crypto.getRandomValues(new Uint32Array(1))[0] }) {
  const entry = entries[label];
  if (!entry) throw new Error(`there is no entry for ${label}`);
  const random = generator(seed);
  let inputs = entry.numbers(random);
  let mistake = null;

  const shown = element("p", "tick-inputs");
  const values = entry.routes.map(() => element("dd"));
  const table = element("dl", "tick-sides", entry.routes.flatMap((route, side) => [element("dt", "", route), values[side]]));
  const sentence = element("p", "tick-verdict");
  sentence.setAttribute("role", "status");

  function show() {
    const sides = entry.sides(inputs, mistake);
    const { good, sentence: words } = verdict(sides, entry, mistake && entry.mistakes[mistake]);
    shown.textContent = describe(inputs);
    values.forEach((node, side) => { node.textContent = [[sides.left, sides.right][side]].flat().map(figure).join(", "); });
    sentence.textContent = words;
    sentence.dataset.good = String(good);
    for (const [key, { element: node }] of buttons) node.setAttribute("aria-pressed", String(key === mistake));
  }

  const buttons = /** @type {[string, ReturnType<typeof button>][]} */ (Object.entries(entry.mistakes).map(([key, words]) => [key, button(words, () => {
    mistake = key === mistake ? null : key;
    show();
  })]));
  const fresh = button("new numbers", () => {
    inputs = another(entry, random, inputs);
    show();
  });
  const row = element("div", "tick-buttons", [...buttons.map(([, { element: node }]) => node), fresh.element]);
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", `Equation ${number}, to be broken`);
  panel.replaceChildren(element("p", "", entry.says), shown, table, row, sentence);
  show();
}
