// How the equations of the page on hidden causes are broken. What an entry holds is said in tools.mjs.

import { sigmoid } from "../../engine/densities.mjs";
import { between, HALF, integrate, list, SIGN, sum } from "../tools.mjs";

export default {
  "eq-hidden-rule": {
    says: "The ink of one row of a random bar, added up over all places in it: how much there is, and where its middle is.",
    routes: ["by the formula", "in closed form; and slant times height"],
    unit: "",
    mistakes: { sign: SIGN, half: HALF, lean: "leaning the other way" },
    numbers: (random) => ({ z: [between(random, 0.5, 2), between(random, -1, 1)], b: between(random, 0.5, 3.5) }),
    sides({ z, b }, mistake) {
      const [slant, width] = [0.3 * z[0], 2 * 1.3 ** z[1]];
      const middle = mistake === "lean" ? -slant * b : slant * b;
      const half = mistake === "half" ? width : width / 2;
      const ink = (a) => sigmoid((mistake === "sign" ? -4 : 4) * (half - Math.abs(a - middle)));
      const [low, high, count] = [-12, 12, 24000]; // fine, since the bar has an edge in its middle
      const all = integrate(ink, low, high, count);
      const left = [all, integrate((a) => a * ink(a), low, high, count) / all];
      return { left, right: [0.5 * Math.log(1 + Math.exp(2 * width)), slant * b], tolerance: 1e-5 };
    },
  },

  "eq-hidden-recover": {
    says: "The share of the first of five candidates, for a random picture of six pixels.",
    routes: ["log share, all pixels at once", "log share, one pixel after the other"],
    unit: "nats",
    mistakes: { prior: "prior forgotten", evidence: "not divided by the sum", swap: "ink and paper exchanged" },
    numbers: (random) => ({
      prior: list(5, () => between(random, 0.05, 1)), ink: list(5, () => list(6, () => between(random, 0.1, 0.9))), x: list(6, () => (random.uniform() < 0.5 ? 0 : 1)),
    }),
    sides({ prior, ink, x }, mistake) {
      const coin = (p, value) => (value ? p : 1 - p);
      const seen = mistake === "swap" ? x.map((value) => 1 - value) : x;
      const joint = ink.map((row, k) => row.reduce((product, p, j) => product * coin(p, seen[j]), mistake === "prior" ? 1 : prior[k] / sum(prior)));
      const left = Math.log(mistake === "evidence" ? joint[0] : joint[0] / sum(joint));
      let shares = prior.map((one) => one / sum(prior));
      x.forEach((value, j) => {
        const next = shares.map((share, k) => share * coin(ink[k][j], value));
        shares = next.map((one) => one / sum(next));
      });
      return { left, right: Math.log(shares[0]), tolerance: 1e-9 };
    },
  },
};
