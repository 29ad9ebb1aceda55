// Amounts as bars on one scale that begins at 0, with their numbers. It computes nothing.

import { element } from "./controls.mjs";

const ROUND = [1, 2, 5, 10];

/**
 * { element, set(values) } for rows { words, colour, hint, from, format }: a bar of the colour `--vaelib-<colour>` and its number as text. `from` names the
 * row (by its index) at whose end this one begins, so that two addends stand above their sum. `least` is the shortest scale.
 */
export function bars(rows, { least = 1 } = {}) {
  const parts = rows.map(({ words, colour, hint = "" }) => {
    const value = element("span", "vaelib-bar-value");
    const fill = element("span", "vaelib-bar-fill");
    fill.style.background = `var(--vaelib-${colour})`;
    const track = element("div", "vaelib-bar-track", fill);
    track.setAttribute("aria-hidden", "true"); // its number says it
    return { value, fill, words: element("dt", "", [element("span", "", words), value]), bar: element("dd", "", [track, element("small", "", hint)]) };
  });
  const list = element("dl", "vaelib-bars", parts.flatMap(({ words, bar }) => [words, bar]));

  function set(values) {
    const ends = [];
    rows.forEach(({ from }, i) => { ends[i] = values[i] + (from === undefined ? 0 : ends[from]); });
    const full = roundUp(Math.max(least, ...ends.filter((_, i) => rows[i].scale === undefined)));
    rows.forEach(({ from, scale, format }, i) => {
      const start = from === undefined ? 0 : ends[from];
      const [left, width] = [start, ends[i] - start].map((one) => Math.min(100, (100 * Math.max(0, one)) / (scale ?? full)));
      Object.assign(parts[i].fill.style, { left: `${left}%`, width: `max(2px, ${width}%)` });
      parts[i].value.textContent = format(values[i]);
    });
  }

  return { element: list, set };
}

/** The first of 1, 2, 5, 10, 20, ... that is at least `wanted`. */
export function roundUp(wanted) {
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ROUND.find((factor) => factor * power >= wanted * (1 - 1e-12));
}
