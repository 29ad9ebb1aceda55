// What the numbers of a drawing are and say: the bar of bounds, the table beside it, and sentences. No mathematics, no canvas.

import { element } from "./controls.mjs";

const LIKELY = 1.5; // spreads of the test digits above which a picture is easier than nearly all of them
const ALIEN = 2; // spreads below which it is like none of them
const WIDE_GAP = 5; // nats between bound and log p(x) that no test digit needs

export const nats = (value, digits = 2) => {
  if (Math.abs(value) >= 1e6) return value.toExponential(1).replace(/-/g, "\u2212").replace("+", "");
  return value.toFixed(Math.abs(value) >= 1e4 ? 0 : digits).replace(/^-(?=0(\.0*)?$)/, "").replace("-", "\u2212");
};

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
  const track = element("div", "vaelib-track", [...Object.values(parts), pin]);
  track.setAttribute("aria-hidden", "true"); // the table says it in numbers
  const [low, high] = [element("span"), element("span")];
  const ends = element("div", "vaelib-ends", [low, high]);
  ends.setAttribute("aria-hidden", "true");

  return {
    element: element("div", "vaelib-gaps", [track, ends]),
    fill: ({ log_prob, elbo, refined, weighted }) => {
      const gap = Math.max(log_prob - elbo, 1e-6);
      const share = (value) => `${(100 * Math.max(0, value)) / gap}%`;
      const split = refined !== null;
      for (const [name, wide] of [["amortization", split ? refined - elbo : 0], ["approximation", split ? log_prob - refined : 0], ["gap", split ? 0 : gap]]) {
        parts[name].style.width = `calc((100% - 4.5rem) * ${Math.max(0, wide) / gap})`;
      }
      low.textContent = `ELBO ${nats(elbo)}`;
      high.textContent = `log p(x) ${nats(log_prob)}`;
      pin.hidden = weighted === null;
      if (weighted === null) return;
      const place = (weighted - elbo) / gap;
      pin.style.left = `calc(3rem + (100% - 4.5rem) * ${Math.min(1.03, Math.max(-0.2, place))})`;
      pin.textContent = place > 1.03 ? "IW \u25b8" : place < -0.2 ? "\u25c2 IW" : "IW";
      pin.title = `importance-weighted bound ${nats(weighted)} (${share(weighted - elbo)} of the gap)`;
    },
  };
}

/** What log p(x) says about the drawing, beside digits that the model never saw: `typical` is [mean, spread] of their ELBO. */
export function plausibility(log_prob, [mean, spread], inked) {
  const apart = nats(Math.abs(log_prob - mean), 0);
  const digits = `real test digits have an ELBO of ${nats(mean, 0)} on average, with a spread of ${nats(spread, 0)}`;
  if (log_prob > mean + LIKELY * spread) {
    return `log p(x) is ${nats(log_prob, 1)} nats, and ${digits}. So the model finds this more likely than nearly any digit. It has ${inked} pixels of ink: few pixels, or a plain line, are easy to predict. A high log p(x) alone does not make a picture a digit.`;
  }
  if (log_prob < mean - ALIEN * spread) {
    return `log p(x) is ${nats(log_prob, 1)} nats, and ${digits}. This drawing lies ${apart} nats below: no z gives a picture near it, and the model holds it for e^${apart} times less likely than a usual digit.`;
  }
  return `log p(x) is ${nats(log_prob, 1)} nats, and ${digits}: to the model this is a picture like those that it learned from.`;
}

/** What the gap says about q: words for the encoder's and for the refined q. */
export function gapWords({ gap, refined, lower }) {
  if (refined !== null) {
    const [approximation, amortization] = [Math.max(0, gap - refined), refined];
    const hill = lower === null ? "" : ` Steps from the encoder\u2019s q end on a lower hill, at ${nats(lower)}; the best Gaussian was found from the posterior\u2019s own peak.`;
    return `Of the gap of ${nats(gap)} nats, ${nats(amortization)} are the encoder\u2019s: a q fitted to this drawing alone wins them back. ${nats(approximation)} are the price of a Gaussian without tilt, whatever its mean and widths.${hill}`;
  }
  if (gap > WIDE_GAP) return `The bound lies ${nats(gap)} nats below log p(x): the encoder has learned nothing about such a picture, and its q misses where z must be. Refine q to see how much is its fault.`;
  return `The bound lies ${nats(gap)} nats below log p(x), which is KL(q \u2016 p(z|x)). Refine q to see whose fault that is.`;
}
