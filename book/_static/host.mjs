// Brings the widgets of a page to life without a kernel: finds them, loads module and files, keeps their state in the address.
// It knows nothing of what a widget draws; the same modules run under Jupyter, whose model object this one resembles.

const MARGIN = "300px"; // start before a widget scrolls into view
const ADDRESS_PAUSE = 400; // milliseconds between writes to the address; Safari refuses more than a hundred in thirty seconds
const FRAGMENT_LIMIT = 4000; // characters; a longer fragment is not one that a widget wrote
const START_LIMIT = 60_000; // milliseconds in which a module must arrive, and again in which it must begin
const WRITTEN = /^([a-z_]+-[1-9][0-9]{0,2})=(.*)$/; // a part of a fragment that a widget wrote

/** { key: state } of a fragment such as "#latent_explorer-1=%7B...%7D&..."; what cannot be read is left out. */
export function parseFragment(fragment) {
  const found = new Map();
  if (typeof fragment !== "string" || fragment.length > FRAGMENT_LIMIT) return found;
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const match = WRITTEN.exec(part);
    if (!match) continue;
    try {
      const state = JSON.parse(decodeURIComponent(match[2]));
      if (typeof state === "object" && state !== null && !Array.isArray(state)) found.set(match[1], state);
    } catch {
      // not ours, or damaged on the way: the widget starts as it was built
    }
  }
  return found;
}

/** The parts of a fragment that no widget wrote, such as the name of a section; they stay where they are. */
export function foreignParts(fragment) {
  return fragment.replace(/^#/, "").split("&").filter((part) => part && !WRITTEN.test(part));
}

/** The fragment, with its "#", for a Map of { key: state } behind the parts that others wrote; empty when there is nothing to say. */
export function formatFragment(states, foreign = []) {
  const parts = [...foreign, ...[...states].map(([key, state]) => `${key}=${encodeURIComponent(JSON.stringify(state))}`)];
  return parts.length ? `#${parts.join("&")}` : "";
}

/** Only the traits in `shared`, in its order. */
export function pickShared(state, shared) {
  return Object.fromEntries(shared.filter((name) => Object.hasOwn(state, name)).map((name) => [name, state[name]]));
}

/** What a widget needs of an anywidget model: get, set, on, off, save_changes, send. */
export function createModel(state) {
  const values = new Map(Object.entries(state));
  const listeners = new Map();
  const emit = (event, ...details) => {
    for (const listener of [...(listeners.get(event) ?? [])]) listener(...details);
  };
  const model = {
    get: (name) => values.get(name),
    set(name, value) {
      if (JSON.stringify(values.get(name)) === JSON.stringify(value)) return;
      values.set(name, value);
      emit(`change:${name}`, model, value);
      emit("change", model);
    },
    on(events, listener) {
      for (const event of events.split(" ")) listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    },
    off(event, listener) {
      if (!event) return listeners.clear();
      listeners.set(event, listener ? (listeners.get(event) ?? []).filter((one) => one !== listener) : []);
    },
    save_changes() {},
    send() {},
  };
  return model;
}

const running = new Map(); // key -> { model, shared, initial, el }

async function start(el, key) {
  el.setAttribute("aria-busy", "true");
  const still = [...el.childNodes];
  // the widget draws in a box that nobody sees yet, so that a failure leaves the still picture as it was
  const stage = document.createElement("div");
  stage.hidden = true;
  el.append(stage);
  let ended = false;
  let stop = null;
  const fail = (error) => {
    if (ended) return;
    ended = true;
    running.delete(key);
    stop?.();
    el.replaceChildren(...still);
    delete el.dataset.vaelibLive;
    report(el, error);
  };
  stage.addEventListener("vaelib-failed", (event) => fail(event.detail)); // what goes wrong once it lives
  try {
    const state = JSON.parse(el.dataset.vaelibState ?? "{}");
    for (const [name, address] of Object.entries(JSON.parse(el.dataset.vaelibFiles ?? "{}"))) {
      state[name] = address === "" ? "" : new URL(address, document.baseURI).href;
    }
    if (!el.dataset.vaelibModule) throw new Error("the page names no module for it");
    const module = await inTime(import(new URL(el.dataset.vaelibModule, document.baseURI).href), "its module did not arrive");
    const shared = module.shared ?? [];
    const model = createModel(state);
    const rendered = Promise.resolve(module.default.render({ model, el: stage })).then((end) => {
      stop = typeof end === "function" ? end : null;
      if (ended) stop?.();
    });
    await inTime(rendered, "it did not begin");
    if (ended) return;
    const initial = stateOf(model, shared); // the seed of a figure that begins with a draw of its own is in it
    apply(model, shared, parseFragment(location.hash).get(key)); // after render, so that its reset leads back to the book's state
    stage.hidden = false;
    el.replaceChildren(stage);
    el.dataset.vaelibLive = ""; // the page's style sheet frames the still picture until then
    running.set(key, { model, shared, initial });
    for (const name of shared) model.on(`change:${name}`, writeAddress);
  } catch (error) {
    fail(error);
  } finally {
    el.removeAttribute("aria-busy");
  }
}

/** The promise's value, or an error once it has taken too long. */
function inTime(promise, words) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${words} within ${START_LIMIT / 1000} seconds`)), START_LIMIT);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function apply(model, shared, state) {
  if (!state) return;
  for (const [name, value] of Object.entries(pickShared(state, shared))) model.set(name, value);
}

function stateOf(model, shared) {
  return Object.fromEntries(shared.map((name) => [name, model.get(name)]));
}

function report(el, error) {
  const sentence = document.createElement("p");
  sentence.setAttribute("role", "status");
  sentence.textContent = `This figure stays a picture, because its live form could not start: ${error?.message ?? error}`; // whatever was thrown
  el.dataset.vaelibFailed = "";
  el.append(sentence);
  console.error(`${el.dataset.vaelibWidget}:`, error);
}

let timer = null;
function writeAddress() {
  timer ??= setTimeout(() => {
    timer = null;
    if (location.hash.length > FRAGMENT_LIMIT) return; // what is there is not a widget's
    const states = parseFragment(location.hash); // widgets not yet in view keep what the address says of them
    for (const [key, { model, shared, initial }] of running) {
      const now = stateOf(model, shared);
      if (JSON.stringify(now) === JSON.stringify(initial)) states.delete(key);
      else states.set(key, now);
    }
    const fragment = formatFragment(states, foreignParts(location.hash));
    if (fragment === location.hash) return;
    try {
      history.replaceState(history.state, "", fragment || location.pathname + location.search);
    } catch {
      // the browser limits how often the address may change; the next move writes it
    }
  }, ADDRESS_PAUSE);
}

function readAddress() {
  const states = parseFragment(location.hash);
  for (const [key, { model, shared }] of running) apply(model, shared, states.get(key));
}

function startAll() {
  const counts = new Map();
  const keys = new Map();
  const observer = typeof IntersectionObserver === "undefined" ? null : new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      start(target, keys.get(target));
    }
  }, { rootMargin: MARGIN });
  const linked = parseFragment(location.hash);
  let scrolled = false;
  for (const el of document.querySelectorAll("[data-vaelib-widget]")) {
    const name = el.dataset.vaelibWidget;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const key = `${name}-${counts.get(name)}`;
    keys.set(el, key);
    if (observer) observer.observe(el);
    else start(el, key); // a browser that cannot say what is in view starts all
    if (linked.has(key) && !scrolled) {
      scrolled = true;
      el.scrollIntoView({ block: "start" });
    }
  }
  addEventListener("hashchange", readAddress);
}

if (typeof document !== "undefined") startAll();
