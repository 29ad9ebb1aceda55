// What is wrong with a typed number, in one sentence, as vaelib/exercises.py says it. Reads and judges; draws nothing.

export const RIGHT = "Right.";
const SLACK = 1 + 1e-6; // decimals are not exact in binary: 1.24 - 1.23 is a little more than 0.01
const CLEAR = 20; // as in exercises.py, so that few answers meet a whole factor by chance
const MOST = 1000;
const FAR = 1e6;

const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i;

/** The number that a reader typed, or null. A comma may stand for the point, and any minus sign or dash for "-". */
export function readNumber(text) {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(/[\u2212\u2013\u2010\u2011\ufe63\uff0d]/g, "-");
  return NUMBER.test(plain) ? Number(plain.replace(",", ".")) : null;
}

/** "Right.", or "Not yet: ..." with the slip that gives this answer, or with how it differs. `slips` is { sentence: number }. */
export function judge(answer, expected, slips, tolerance) {
  if (same(answer, expected, tolerance)) return RIGHT;
  const slip = Object.keys(slips).find((sentence) => same(answer, slips[sentence], tolerance));
  return `Not yet: ${slip ?? difference(answer, expected, tolerance)}`;
}

function difference(got, wanted, tolerance) {
  if (!Number.isFinite(got)) return `the answer is ${Number.isNaN(got) ? "NaN" : "infinite"}.`;
  const size = Math.abs(wanted);
  if (size > tolerance && same(got, -wanted, tolerance)) return "the sign is flipped.";
  if (size > 4 * tolerance) {
    if (same(got, wanted / 2, tolerance)) return "this is half of the right answer; is a factor of 2 missing?";
    if (same(got, 2 * wanted, tolerance)) return "this is twice the right answer; is a factor of one half missing?";
  }
  const share = (got * wanted) / (wanted * wanted);
  const times = whole(share);
  if (size > CLEAR * tolerance && times && same(got, times * wanted, tolerance)) return `this is ${times} times the right answer; is a sum taken where a mean is meant?`;
  const parts = whole(1 / share);
  if (parts && size / (parts * (parts + 1)) > CLEAR * tolerance && same(got, wanted / parts, tolerance)) {
    return `this is the right answer divided by ${parts}; is a mean taken where a sum is meant?`;
  }
  const off = got - wanted;
  const far = Math.abs(off) >= FAR ? "more than a million" : Math.abs(off).toFixed(digits(tolerance));
  return `this is ${far} too ${off > 0 ? "high" : "low"}.`;
}

/** How many decimals tell two numbers apart that differ by `tolerance`. */
export const digits = (tolerance) => Math.max(0, Math.ceil(-Math.log10(tolerance) - 1e-9));

const same = (a, b, tolerance) => Math.abs(a - b) <= tolerance * SLACK;
const whole = (share) => (Number.isFinite(share) && Math.round(share) >= 3 && Math.round(share) <= MOST ? Math.round(share) : 0);
