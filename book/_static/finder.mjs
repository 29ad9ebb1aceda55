// Finds sections by words: how well each answers a question, and the sentences to quote. The page of results is search.mjs's.

import { answers, asked, wordsOf } from "./words.mjs";

const [IN_TITLE, IN_WORDS, IN_PAGE, IN_TEXT, PHRASE] = [5, 9, 1.5, 1, 4];
const REFERENCE = 0.25; // the library's reference stands behind the chapters, unless a name of code was asked for
const [LEFT, WIDTH] = [70, 240]; // characters of a quotation before the first word found, and in all

const stemsOf = (text) => wordsOf(text).map(({ stem }) => stem);

function counts(stems) {
  const found = new Map();
  for (const stem of stems) found.set(stem, (found.get(stem) ?? 0) + 1);
  return found;
}

/** What is compared of a section, counted once. */
function ready({ pages }, [page, anchor, title, words, text]) {
  const [address, name] = pages[page];
  const told = stemsOf(text);
  const worth = /\bapi_/.test(address) ? REFERENCE : 1;
  const names = worth < 1 ? [title, anchor] : [title]; // "vaelib.bounds.elbo"
  return {
    address, page: name, anchor, title, words, text, worth,
    fields: [[IN_TITLE, counts(stemsOf(names.join(" ")))], [IN_WORDS, counts(stemsOf(words))], [IN_PAGE, counts(stemsOf(name))], [IN_TEXT, counts(told)]],
    whole: [...names, ...words.split("; ")].map((one) => ` ${stemsOf(one).join(" ")} `), told: ` ${told.join(" ")} `,
  };
}

/** The sections of search.json made ready: a function (question) -> [{ address, anchor, page, title, text, score }], the best first. */
export function finder(index) {
  const known = index.sections.map((section) => ready(index, section));

  /** How much a section says of one stem: titles weigh more than text, and a word said often weighs little more than one said twice. */
  function says(section, wanted) {
    let sum = 0;
    for (const [weight, found] of section.fields) {
      let times = found.get(wanted) ?? 0;
      if (!times && wanted.length >= 4) for (const [stem, count] of found) if (answers(stem, wanted)) times += 0.5 * count;
      sum += weight * times / (times + 1);
    }
    return sum;
  }

  return function find(question) {
    const stems = asked(question);
    if (!stems.length) return [];
    const said = stems.map((wanted) => known.map((section) => says(section, wanted)));
    const rare = said.map((column) => Math.log(1 + known.length / (1 + column.filter((one) => one > 0).length)));
    const phrase = ` ${stems.join(" ")} `;
    const every = ` ${stemsOf(question).join(" ")} `;
    const code = /[_.]/.test(question.trim().slice(0, -1));
    const has = (text) => text.includes(phrase) || text.includes(every);
    const found = known.map((section, i) => {
      const met = stems.filter((_, k) => said[k][i] > 0).length;
      let score = stems.reduce((sum, _, k) => sum + rare[k] * said[k][i], 0) * (met / stems.length) ** 3;
      if (section.whole.some((one) => one === phrase || one === every)) score += 6 * PHRASE;
      else if (section.whole.some(has)) score += 2 * PHRASE;
      if (stems.length > 1 && has(section.told)) score += PHRASE;
      return { ...section, met, score: score * (code ? 1 : section.worth) };
    });
    const most = Math.max(...found.map(({ met }) => met));
    const enough = most === stems.length ? most : Math.max(1, most - 1);
    return found.filter(({ met, score }) => met >= enough && score > 0).sort((a, b) => b.score - a.score);
  };
}

/** A piece of a section's prose around the first words that were asked for, from a whole word to a whole word. */
export function quote(text, question) {
  const stems = asked(question);
  const first = wordsOf(text).find(({ stem }) => stems.some((wanted) => answers(stem, wanted)));
  const near = Math.max(0, (first?.at ?? 0) - LEFT);
  const sentence = text.lastIndexOf(". ", first?.at ?? 0) + 2;
  const start = near === 0 ? 0 : sentence > 1 && sentence >= near - LEFT ? sentence : text.indexOf(" ", near) + 1;
  if (text.length <= start + WIDTH) return (start ? "\u2026 " : "") + text.slice(start);
  const end = text.lastIndexOf(" ", start + WIDTH);
  return `${start ? "\u2026 " : ""}${text.slice(start, end > start ? end : start + WIDTH)} \u2026`;
}

/** A text as pieces, [words, was it asked for?], to mark what was found. */
export function pieces(text, question) {
  const stems = asked(question);
  const found = [];
  let at = 0;
  for (const one of wordsOf(text)) {
    if (!stems.some((wanted) => answers(one.stem, wanted))) continue;
    found.push([text.slice(at, one.at), false], [text.slice(one.at, one.end), true]);
    at = one.end;
  }
  return [...found, [text.slice(at), false]].filter(([words]) => words);
}
