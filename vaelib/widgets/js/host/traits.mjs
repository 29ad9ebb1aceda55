// The traits that a widget shares with its host, declared once: reading, checking, watching, sharing and Reset follow from it. No drawing.
//
//   const TRAITS = { view: choice(["bound", "jensen"]), slope: number(-3, 3), opened: flag(), picture: whole(0, ({ count }) => count - 1) };
//
// A kind is { kind, accept(value, facts), bound(value, facts), otherwise(facts) }: `accept` gives undefined for what cannot be read, `bound`
// brings what was read into its range, and `otherwise` is what holds where the author said nothing that can be read. A limit or a list of
// options may be a function of the `facts` that are known only once the widget's files are read. What is not of its kind later, in a
// damaged link for one, is passed over in favour of what the author set.

import { clamp } from "../engine/range.mjs";

const SEEDS = 2 ** 31;
const FRESH = 1e6; // fresh seeds are below it, so that links stay short

const resolved = (limit, facts) => (typeof limit === "function" ? limit(facts) : limit);
const rowOf = (value, count) => (Array.isArray(value) && value.length === count ? value : undefined);
const finite = (value) => (Number.isFinite(value) ? value : undefined);
const all = (row, read) => {
  const values = row?.map(read);
  return values?.includes(undefined) ? undefined : values;
};

/** A number from `low` to `high`. */
export const number = (low, high) => ({
  kind: "number", limits: [low, high], accept: finite,
  bound: (value, facts) => clamp(value, [resolved(low, facts), resolved(high, facts)]),
  otherwise: () => 0,
});

/** A whole number from `low` to `high`; one beyond them is not read. */
export const whole = (low, high) => ({
  kind: "whole", limits: [low, high],
  accept: (value, facts) => (Number.isSafeInteger(value) && value >= resolved(low, facts) && value <= resolved(high, facts) ? value : undefined),
  bound: (value) => value,
  otherwise: (facts) => resolved(low, facts),
});

/** What repeats a draw. Where the author left it at null, each visit of the page begins with a draw of its own. */
export const seed = () => ({ ...whole(0, SEEDS - 1), kind: "seed", otherwise: () => crypto.getRandomValues(new Uint32Array(1))[0] % FRESH });

/** The seed of the next draw. */
export const nextSeed = (value) => (value + 1) % SEEDS;

/** True or false. */
export const flag = (otherwise = false) => ({ kind: "flag", accept: (value) => (typeof value === "boolean" ? value : undefined), bound: (value) => value, otherwise: () => otherwise });

/** One of the options. */
export const choice = (options) => ({
  kind: "choice", options,
  accept: (value, facts) => (resolved(options, facts).includes(value) ? value : undefined),
  bound: (value) => value,
  otherwise: (facts) => resolved(options, facts)[0],
});

/** `count` numbers from `low` to `high`. */
export const list = (count, low, high) => ({
  kind: "list", shape: [count], limits: [low, high],
  accept: (value, facts) => all(rowOf(value, resolved(count, facts)), finite),
  bound: (values, facts) => values.map((value) => clamp(value, [resolved(low, facts), resolved(high, facts)])),
  otherwise: (facts) => new Array(resolved(count, facts)).fill(0),
});

/** A point of the latent space: `count` numbers from -extent to extent. */
export const point = (count, extent) => ({ ...list(count, (facts) => -resolved(extent, facts), extent), kind: "point", limits: undefined, extent });

/** `rows` lists of `columns` numbers from `low` to `high`. */
export const table = (rows, columns, low, high) => ({
  kind: "table", shape: [rows, columns], limits: [low, high],
  accept: (value) => all(rowOf(value, rows), (row) => all(rowOf(row, columns), finite)),
  bound: (value) => value.map((row) => row.map((one) => clamp(one, [low, high]))),
  otherwise: () => Array.from({ length: rows }, () => new Array(columns).fill(0)),
});

/** What `read(value)` makes of a value, or nothing (null or undefined): a kind of the widget's own. */
export const own = (kind, read, otherwise) => ({ kind, accept: (value) => read(value) ?? undefined, bound: (value) => value, otherwise: () => otherwise });

/** The kind, kept out of links: a trait that only the author sets. */
export const author = (kind) => ({ ...kind, author: true });

/** The names that a link to the page carries, z last: an input moves z, and a link that names both must win. */
export function sharedNames(declared) {
  const names = Object.keys(declared).filter((name) => !declared[name].author);
  return [...names.filter((name) => name !== "z"), ...names.filter((name) => name === "z")];
}

/**
 * The declared traits of a `model`: { state, asked(name), save(values), reset() }. `state` is what they say now, mended, a new object after
 * each change; `asked(name)` is the value as it was set, which may lie beyond its limits; `save` sets some; `reset` leads back to what the
 * author had set when this was called. `changed(name, before)` follows each change, whoever made it, until `signal` aborts; `agree(state)`
 * mends what no trait can tell alone.
 *
 * @param declared
 * @param {{
 *   model: any, facts?: any, changed: (name: string, before: any) => void, agree?: (state: any) => any, signal: AbortSignal
 * }} settings
 */
export function followTraits(declared, { model, facts = {}, changed, agree = (state) => state, signal }) {
  const names = Object.keys(declared);
  const read = (name, otherwise) => {
    const value = declared[name].accept(model.get(name), facts);
    return value === undefined ? otherwise() : declared[name].bound(value, facts);
  };
  const readAll = (otherwise) => agree(Object.fromEntries(names.map((name) => [name, read(name, () => otherwise(name))])));
  const initial = readAll((name) => declared[name].bound(declared[name].otherwise(facts), facts));

  // a fresh seed is told at once, so that a link repeats what is seen
  const fresh = names.filter((name) => declared[name].kind === "seed" && model.get(name) !== initial[name]);
  if (fresh.length) set(Object.fromEntries(fresh.map((name) => [name, initial[name]])));
  const first = Object.fromEntries(names.map((name) => [name, declared[name].accept(model.get(name), facts) === undefined ? initial[name] : model.get(name)]));
  let state = initial;

  function set(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    try {
      model.save_changes?.();
    } catch {
      // some static hosts offer save_changes only to throw; the picture in the page is right without it
    }
  }

  for (const name of names) {
    const listener = () => {
      const before = state;
      state = readAll((other) => initial[other]);
      changed(name, before);
    };
    model.on(`change:${name}`, listener);
    signal.addEventListener("abort", () => model.off?.(`change:${name}`, listener), { once: true });
  }

  return {
    get state() { return state; },
    asked: (name) => declared[name].accept(model.get(name), facts) ?? state[name],
    reset: () => set(first),
    save(values) {
      set(Object.fromEntries(Object.entries(values).map(([name, value]) => {
        const accepted = declared[name]?.accept(value, facts);
        if (accepted === undefined) throw new Error(`wanted a value for the trait ${name}, got ${JSON.stringify(value)}`);
        return [name, declared[name].bound(accepted, facts)];
      })));
    },
  };
}
