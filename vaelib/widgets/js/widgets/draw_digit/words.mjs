// What the numbers of a drawing are and say: the bar of bounds, the table beside it, and sentences. No mathematics, no canvas.

import { element } from "../../ui/controls.mjs";
import { shown, scientific } from "../../draw/format.mjs";
import { clamp } from "../../engine/range.mjs";

const LIKELY = 1.5; // spreads of the test digits above which a picture is easier than nearly all of them
const ALIEN = 2; // spreads below which it is like none of them
const WIDE_GAP = 5; // nats between bound and log p(x) that no test digit needs

export const nats = (value, digits = 2) => (Math.abs(value) >= 1e6 ? scientific(value) : shown(value, Math.abs(value) >= 1e4 ? 0 : digits));

/** A table of named values in nats: { element, fill({ key: value or null, ... }) }; a row whose value is undefined is hidden. */
export function natsTable(rows) {
  const table = element("dl", "vaelib-terms vaelib-nats");
  const cells = new Map(rows.map(({ key, label, note, mark, inner }) => {
    const swatch = mark ? [element("span", `vaelib-chip vaelib-chip-${mark}`)] : [];
    const name = element("dt", inner ? "vaelib-inner" : "", [...swatch, element("span", "", [label, ...(note ? [element("small", "", note)] : [])])]);
    const data = element("data");
    const value = element("dd", "", data);
    table.append(name, value);
    return [key, { name, value, data }];
  }));
  return {
    element: table,
    fill: (values) => {
      for (const [key, { name, value, data }] of cells) {
        name.hidden = value.hidden = values[key] === undefined;
        if (name.hidden) continue;
        data.textContent = values[key] === null ? "\u2026" : nats(values[key]);
        data.value = values[key] === null ? "" : String(values[key]);
      }
    },
  };
}

/** The bounds from left to right up to log p(x), gaps to scale: { element, fill({ log_prob, elbo, refined, weighted }) }. */
export function gapBar() {
  const parts = Object.fromEntries(["elbo", "amortization", "approximation", "gap"].map((name) => [name, element("span", `vaelib-part vaelib-part-${name}`)]));
  const pin = element("span", "vaelib-pin");
  const track = element("div", "vaelib-track", [...Object.values(parts), element("span", "vaelib-top"), pin]);
  track.setAttribute("aria-hidden", "true"); // the table says it in numbers
  const [low, high] = [element("span"), element("span")];
  const ends = element("div", "vaelib-ends", [low, high]);
  ends.setAttribute("aria-hidden", "true");

  return {
    element: element("div", "vaelib-gaps", [track, ends]),
    fill: ({ log_prob, elbo, refined, weighted }) => {
      const gap = Math.max(log_prob - elbo, 1e-6);
      const split = refined !== null;
      const wide = { amortization: split ? refined - elbo : 0, approximation: split ? log_prob - refined : 0, gap: split ? 0 : gap };
      for (const name of Object.keys(wide)) {
        parts[name].style.width = wide[name] > 0 ? `max(2px, (100% - 4.5rem) * ${wide[name] / gap})` : "0";
      }
      low.textContent = `ELBO ${nats(elbo)}`;
      high.textContent = `log p(x) ${nats(log_prob)}`;
      pin.hidden = weighted === null;
      if (weighted === null) return;
      const place = (weighted - elbo) / gap;
      pin.style.left = `calc(3rem + (100% - 4.5rem) * ${clamp(place, [-0.12, 1.04])})`;
      pin.classList.toggle("vaelib-pin-left", place > 0.8);
      pin.textContent = place > 1.04 ? "IW \u25b8" : place < -0.12 ? "\u25c2 IW" : "IW";
    },
  };
}

/** What log p(x) says about a drawing, beside digits that the model never saw: `typical` is [mean, spread] of their ELBO. */
export function plausibility(log_prob, [mean, spread], inked) {
  const apart = nats(Math.abs(log_prob - mean), 0);
  const fact = `log p(x) is ${nats(log_prob, 1)} nats; real test digits have an ELBO of ${nats(mean, 0)} on average, with a spread of ${nats(spread, 0)}, and a log p(x) that is little higher.`;
  if (log_prob > mean + LIKELY * spread) {
    return `${fact} So the model holds this for more likely than nearly any digit. With ${inked} pixels of ink that is no feat: empty paper and plain lines are easy to predict. A high log p(x) alone makes no digit.`;
  }
  if (alien(log_prob, [mean, spread])) {
    return `${fact} This drawing lies ${apart} nats below: no z gives a picture near it, and the model holds it for e^${apart} times less likely than a usual digit.`;
  }
  return `${fact} To the model this is a picture like those that it learned from.`;
}

const alien = (log_prob, [mean, spread]) => log_prob < mean - ALIEN * spread;

/** How many places explain the drawing: `hills` are the masses of the separate parts of the 98.9 % region. */
export function hillWords(hills) {
  const counted = hills.filter((mass) => mass > 0.01);
  if (counted.length < 2) return "";
  const shares = counted.map((mass) => `${Math.round(100 * mass)} %`);
  const number = ["Two", "Three", "Four"][counted.length - 2] ?? String(counted.length);
  return `${number} separate places explain it, with ${shares.slice(0, -1).join(", ")} and ${shares.at(-1)} of the posterior.`;
}

/** What the gap says about q: words for the encoder's q, and for the refined one where `refined` is what it won, in nats. */
export function gapWords({ log_prob, elbo, refined, lower, typical }) {
  const gap = Math.max(0, log_prob - elbo);
  if (refined !== null) {
    const hill = lower === null ? "" : ` Steps from the encoder\u2019s q end on a lower hill, with an ELBO of ${nats(lower)}; the better q was found from the posterior\u2019s own peak.`;
    return `Of the gap of ${nats(gap)} nats, ${nats(refined)} are the encoder\u2019s: a q fitted to this drawing alone wins them back. The other ${nats(Math.max(0, gap - refined))} are the price of one Gaussian without tilt, whatever its mean and widths.${hill}`;
  }
  const size = `The bound lies ${nats(gap)} nats below log p(x), which is KL(q \u2016 p(z|x))`;
  if (gap > WIDE_GAP && typical && alien(log_prob, typical)) return `${size}: the encoder never saw such pictures, and its q misses where z must be.`;
  if (gap > WIDE_GAP) return `${size}: the encoder\u2019s q misses where z must be. Refine q to see how much of that is the encoder\u2019s fault.`;
  return `${size}. Refine q to see whose fault that is.`;
}
