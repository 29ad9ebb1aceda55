// Words as the search compares them: one spelling for British and American English, one form for singular, plural and tenses.

const OUR = /^(col|behavi|neighb|fav|hon|lab|vap|flav|harb|hum|vig|arm|rum)our/;
const SPELLINGS = [
  [OUR, "$1or"], [/^grey/, "gray"], [/(..)is(e[sdr]?|ers?|ing|ations?|able)$/, "$1iz$2"], [/lys(e[sdr]?|ing)$/, "lyz$1"],
  [/ll(ing|ed|ers?)$/, "l$1"], [/^(cent|met|fib|lit|theat)re(s?)$/, "$1er$2"], [/parametr(?=[iy])/, "parameter"],
  [/^programme/, "program"], [/^artefact/, "artifact"], [/^(licen|defen|offen)ce/, "$1se"], [/^catalogue/, "catalog"], [/^judgement/, "judgment"],
  [/^whilst$/, "while"], [/^learnt$/, "learned"], [/^spelt$/, "spelled"],
];
const STOP = new Set(("a an and are as at be but by can do does for from how i if in is it its my of on or that the their then there these they this to was what when "
  + "which why will with").split(" "));

const known = new Map(); // a book says the same words over and over

/** One spelling and one form of a word in small letters. */
export function stem(word) {
  if (!known.has(word)) known.set(word, shorten(word));
  return known.get(word);
}

function shorten(word) {
  let one = word;
  for (const [from, to] of SPELLINGS) one = one.replace(from, to);
  if (one.length > 3 && /[^sui]s$/.test(one)) one = one.slice(0, -1);
  else if (one.length > 3 && one.endsWith("ies")) one = `${one.slice(0, -3)}y`;
  if (one.length > 5) one = one.replace(/(ing|ed|ly|ness)$/, "").replace(/([bdfgmnprt])\1$/, "$1");
  if (one.length > 3) one = one.replace(/e$/, "").replace(/i$/, "y");
  return one;
}

/** The words of a text: [{ word, stem, at, end }]; "auto-encoder" and "auto encoder" are one word. */
export function wordsOf(text) {
  const found = [];
  for (const match of text.matchAll(/\bauto[- ](?=encod)[\p{L}]+|[\p{L}\p{N}]+/giu)) {
    const word = match[0].toLowerCase().replace(/[- ]/g, "").normalize("NFKD").replace(/\p{M}/gu, "");
    found.push({ word, stem: stem(word), at: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** The stems that a question asks for: without the small words, unless it has no other. */
export function asked(question) {
  const all = wordsOf(question);
  const told = all.filter(({ word }) => !STOP.has(word));
  return [...new Set((told.length ? told : all).map((one) => one.stem))];
}

/** Does a word of the text answer a stem that was asked for? The beginning of a longer word will do from four letters on. */
export const answers = (found, wanted) => found === wanted || (wanted.length >= 4 && found.startsWith(wanted));
