// What is wrong with a typed number, in one sentence, as vaelib/exercises.py says it. Reads and judges; draws nothing.

export const RIGHT = "Right.";
const SLACK = 1 + 1e-6; // decimals are not exact in binary: 1.24 - 1.23 is a little more than 0.01
const [ALIKE, ROUNDED, CLOSE, NOTHING] = [0.02, 0.05, 0.01, 1e-6]; // all seven as in exercises.py
const [CLEAR, MOST, FAR, PART] = [20, 1000, 10, 0.15];
const MORE = ["no", "one", "two", "three", "four", "five"];
const FRACTIONS = "\u00bc-\u00be\u2150-\u215e"; // one character each, such as the half
const MIXED = new RegExp(`^([+-]?)(\\d*)([${FRACTIONS}])$`);
const WITH_UNIT = /^(.*[\d.,%\u00bc-\u00be\u2150-\u215e])\s*([a-z]+)$/i;
const UNITS = ["nat", "bit", "pixel", "latent", "image", "draw"];

const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i;
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;
const COUNTS = ["a whole number", "one decimal", "two decimals", "three decimals", "four decimals", "five decimals"];

/**
 * The number that a reader typed, or null. A comma may stand for the point, and any minus sign or dash for "-"; "50 %" and "1/2" are 0.5.
 * Where a whole number of at least 1000 is expected, commas may part its thousands: 118,032.
 */
export function readNumber(text, expected = 0) {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(/[\u2212\u2013\u2010\u2011\ufe63\uff0d]/g, "-");
  const mixed = MIXED.exec(plain);
  if (mixed) return Number(`${mixed[1]}1`) * (Number(mixed[2]) + over(...mixed[3].normalize("NFKD").split("\u2044")));
  if (THOUSANDS.test(plain) && Number.isInteger(expected) && Math.abs(expected) >= 1000) return Number(plain.replaceAll(",", ""));
  if (plain.endsWith("%")) return over(plain.slice(0, -1), "100");
  const parts = plain.split(/[/\u2044]/);
  return parts.length === 2 ? over(...parts) : decimal(plain);
}

const decimal = (plain) => (NUMBER.test(plain) ? Number(plain.replace(",", ".")) : null);

function over(above, below) {
  const [numerator, denominator] = [decimal(above), decimal(below)];
  return numerator === null || !denominator ? null : numerator / denominator;
}

/** How exactly an answer must be typed to be within the tolerance, in words. */
export function precision(expected, tolerance) {
  if (tolerance >= 5) return `to the nearest ${10 ** Math.floor(Math.log10(2 * tolerance) + 1e-9)}`;
  return COUNTS[Number.isInteger(expected) && tolerance < 1 ? 0 : digits(2 * tolerance)];
}

/**
 * What is said of a typed answer, or null where no number can be read. A unit behind the number is read, and another one than is
 * wanted is named; a whole number is wanted where precision() says so.
 */
export function judgeText(text, expected, slips, unit, tolerance) {
  const [, before, word] = WITH_UNIT.exec(text.trim()) ?? [null, text, ""];
  const one = (name) => name.toLowerCase().replace(/s$/, "");
  const number = readNumber(before, expected);
  if (number === null || (word && one(word) !== one(unit) && !UNITS.includes(one(word)))) return null;
  if (word && one(word) !== one(unit)) return `Not yet: the answer is wanted ${unit ? `in ${unit}` : "without a unit"}.`;
  if (precision(expected, tolerance) === "a whole number" && Number.isInteger(expected) && !Number.isInteger(number)) return "Not yet: a whole number is wanted.";
  const written = /^[^/%\u2044e]*$/i.test(before) && !new RegExp(`[${FRACTIONS}]`).test(before);
  const decimals = written && !Number.isInteger(number) ? (/[.,](\d*)\s*$/.exec(before)?.[1].length ?? 0) : written && /^\D*\d+\s*$/.test(before) ? 0 : null;
  return judge(number, expected, slips, tolerance, decimals);
}

/**
 * "Right.", or "Not yet: ..." with the slip that gives this answer, or with how it differs. `slips` is { sentence: number }; `decimals`
 * is how many the reader wrote, or null.
 */
export function judge(answer, expected, slips, tolerance, decimals = null) {
  if (same(answer, expected, tolerance)) return RIGHT;
  const slip = Object.keys(slips).find((sentence) => slipped(answer, slips[sentence], tolerance));
  if (slip) return `Not yet: ${slip}`;
  const more = missing(answer, expected, tolerance, decimals);
  return `Not yet: ${more ? `right so far, ${MORE[Math.min(more, 5)]} more digit${more > 1 ? "s" : ""}.` : difference(answer, expected, tolerance)}`;
}

/** How many decimals are missing from a number that is right as far as it goes, rounded or cut off; otherwise 0. */
function missing(got, wanted, tolerance, decimals) {
  if (decimals === null || !Number.isFinite(got)) return 0;
  const unit = Number(`1e-${decimals}`);
  const off = Math.abs(got - wanted);
  const left = Math.abs(wanted) - Math.abs(got);
  const cut = got * wanted > 0 && left >= 0 && left < unit;
  return got && off <= PART * Math.abs(wanted) && (off <= (unit / 2) * SLACK || cut) ? Math.max(0, digits(2 * tolerance) - decimals) : 0;
}

/** The same for a choice: `expected` is the index of the right one, `slips` { sentence: index }. */
export function chosen(index, expected, slips) {
  if (index === expected) return RIGHT;
  return `Not yet: ${Object.keys(slips).find((sentence) => slips[sentence] === index) ?? "another answer fits better."}`;
}

function difference(got, wanted, tolerance) {
  if (!Number.isFinite(got)) return `the answer is ${Number.isNaN(got) ? "NaN" : "infinite"}.`;
  const size = Math.abs(wanted);
  if (size > tolerance && near(got, -wanted, tolerance, CLOSE)) return "the sign is flipped.";
  if (size > 4 * tolerance) {
    if (near(got, wanted / 2, tolerance, CLOSE)) return "this is half of the right answer; is a factor of 2 missing?";
    if (near(got, 2 * wanted, tolerance, CLOSE)) return "this is twice the right answer; is a factor of one half missing?";
  }
  if (size > tolerance && wanted >= 0 && size <= 1 && near(got, 100 * wanted, 100 * tolerance, ALIKE)) {
    return "this looks like a percentage; a share between 0 and 1 is wanted.";
  }
  const share = (got * wanted) / (wanted * wanted);
  const times = whole(share);
  if (size > CLEAR * tolerance && times && near(got, times * wanted, tolerance, CLOSE)) return `this is ${times} times the right answer; is a sum taken where a mean is meant?`;
  const parts = whole(1 / share);
  if (parts && size / (parts * (parts + 1)) > CLEAR * tolerance && near(got, wanted / parts, tolerance, CLOSE)) {
    return `this is the right answer divided by ${parts}; is a mean taken where a sum is meant?`;
  }
  const ours = Math.abs(got);
  const far = ours > FAR * Math.max(size, tolerance) || size > FAR * Math.max(ours, tolerance);
  return `this is ${far ? "far " : ""}too ${got > wanted ? "high" : "low"}.`;
}

/** How many decimals tell two numbers apart that differ by `tolerance`. */
export const digits = (tolerance) => Math.max(0, Math.ceil(-Math.log10(tolerance) - 1e-9));

function slipped(got, slip, tolerance) {
  const scale = Number(`1e${digits(2 * tolerance)}`);
  const rounded = Math.floor(slip * scale + 0.5) / scale;
  return near(got, slip, tolerance, ALIKE) || (near(rounded, slip, tolerance, ROUNDED) && same(got, rounded, Math.min(tolerance, NOTHING)));
}

const near = (got, value, tolerance, part) => same(got, value, Math.min(tolerance, Math.max(part * Math.abs(value), NOTHING)));
const same = (a, b, tolerance) => Math.abs(a - b) <= tolerance * SLACK;
const whole = (share) => (Number.isFinite(share) && Math.round(share) >= 3 && Math.round(share) <= MOST ? Math.round(share) : 0);
