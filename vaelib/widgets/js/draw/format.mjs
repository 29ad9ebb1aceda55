// How a number is written, in every figure: a true minus, no "-0.00", and a power of ten where it is very large or very small.

const SUPERSCRIPTS = { ...["\u2070", "\u00b9", "\u00b2", "\u00b3", ..."\u2074\u2075\u2076\u2077\u2078\u2079"], "-": "\u207b" };
const minus = (text) => text.replaceAll("-", "\u2212");

/**
 * The number with `digits` places: "-1.50" with a true minus; infinities as such.
 *
 * @param {number} value
 */
export const shown = (value, digits = 2) =>
  (Number.isFinite(value) || Number.isNaN(value) ? minus(value.toFixed(digits).replace(/^-(?=0\.?0*$)/, "")) : value > 0 ? "\u221e" : "\u2212\u221e");

/** In parts of a power of ten, with `digits` places: 1.2e-7, and 0 as it is. */
export const scientific = (value, digits = 1) => (value === 0 ? "0" : minus(value.toExponential(digits).replace("+", "")));

/** The same as it stands in a formula: 1.2 times ten to a raised power. */
export function powerOfTen(value, digits = 1) {
  if (value === 0) return "0";
  const [front, power] = value.toExponential(digits).split("e");
  return `${minus(front)}\u00b710${raised(Number(power))}`;
}

/** A whole number as an exponent. */
export const raised = (whole) => [...String(whole)].map((one) => SUPERSCRIPTS[one]).join("");
