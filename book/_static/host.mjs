// Brings the widgets of a page to life without a kernel: finds them, loads module and files, keeps their state in the address.
// It knows nothing of what a widget draws; the same modules run under Jupyter, whose model object this one resembles.

const MARGIN = "300px"; // start before a widget scrolls into view
const ADDRESS_PAUSE = 400; // milliseconds between writes to the address; Safari refuses more than a hundred in thirty seconds
const FRAGMENT_LIMIT = 4000; // characters; a longer fragment is not one that a widget wrote

/** { key: state } of a fragment such as "#latent_explorer-1=%7B...%7D&..."; what cannot be read is left out. */
export function parseFragment(fragment) {
  const found = new Map();
  if (typeof fragment !== "string" || fragment.length > FRAGMENT_LIMIT) return found;
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const match = /^([a-z_]+-[1-9][0-9]{0,2})=(.+)$/.exec(part);
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

/** The fragment, with its "#", for a Map of { key: state }; empty when there is nothing to say. */
export function formatFragment(states) {
  const parts = [...states].map(([key, state]) => `${key}=${encodeURIComponent(JSON.stringify(state))}`);
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
  // the widget draws in a box that nobody sees yet, so that a failure leaves the still picture as it was
  const stage = document.createElement("div");
  stage.hidden = true;
  el.append(stage);
  try {
    const state = JSON.parse(el.dataset.vaelibState ?? "{}");
    for (const [name, address] of Object.entries(JSON.parse(el.dataset.vaelibFiles ?? "{}"))) {
      state[name] = address === "" ? "" : new URL(address, document.baseURI).href;
    }
    if (!el.dataset.vaelibModule) throw new Error("the page names no module for it");
    const module = await import(new URL(el.dataset.vaelibModule, document.baseURI).href);
    const shared = module.shared ?? [];
    const model = createModel(state);
    const initial = pickShared(state, shared);
    await module.default.render({ model, el: stage });
    apply(model, shared, parseFragment(location.hash).get(key)); // after render, so that its reset leads back to the book's state
    stage.hidden = false;
    el.replaceChildren(stage);
    running.set(key, { model, shared, initial });
    for (const name of shared) model.on(`change:${name}`, writeAddress);
  } catch (error) {
    stage.remove();
    report(el, error);
  } finally {
    el.removeAttribute("aria-busy");
  }
}

function apply(model, shared, state) {
  if (!state) return;
  for (const [name, value] of Object.entries(pickShared(state, shared))) model.set(name, value);
}

function report(el, error) {
  const sentence = document.createElement("p");
  sentence.setAttribute("role", "status");
  sentence.textContent = `This figure stays a picture, because its live form could not start: ${error.message}`;
  el.dataset.vaelibFailed = "";
  el.append(sentence);
  console.error(`${el.dataset.vaelibWidget}:`, error);
}

let timer = null;
function writeAddress() {
  timer ??= setTimeout(() => {
    timer = null;
    const states = parseFragment(location.hash); // widgets not yet in view keep what the address says of them
    for (const [key, { model, shared, initial }] of running) {
      const now = Object.fromEntries(shared.map((name) => [name, model.get(name)]));
      if (JSON.stringify(now) === JSON.stringify(initial)) states.delete(key);
      else states.set(key, now);
    }
    const fragment = formatFragment(states);
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
  const observer = new IntersectionObserver((entries) => {
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
    observer.observe(el);
    if (linked.has(key) && !scrolled) {
      scrolled = true;
      el.scrollIntoView({ block: "start" });
    }
  }
  addEventListener("hashchange", readAddress);
}

if (typeof document !== "undefined") startAll();
