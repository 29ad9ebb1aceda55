// A training in a worker that runs this same bundle: what the page asks of it, and what it tells, ten times a second at most. No mathematics.
//
// The page asks { images } once, then { begin: { latent, hidden, seed } }, { settings }, { go: true | false }, { trace: true }, { weights: true } and
// { seen: true }. Answers are { kind, run, ... }: "report", "trace" and "weights" as course.mjs and learner.mjs have them, and "failed".

import { parseImages } from "../engine/images.mjs";
import { course } from "./course.mjs";
import { inWorker, makeWorker } from "./transport.mjs";

const PATIENCE = 10_000; // milliseconds in which the worker must say that it is there
const SLICE = 12; // milliseconds of work before messages get their turn
const PAUSE = 100; // milliseconds between two reports, so that the page has time for other things

/** { ask(message) } of a worker for these image bytes; `hear(answer)` gets the answers to the latest `begin`, `lost(error)` is told where no worker works. */
export function training({ bytes, source, hear, lost, signal }) {
  const address = source ? URL.createObjectURL(new Blob([source], { type: "text/javascript" })) : import.meta.url;
  const worker = makeWorker(address);
  let run = 0;
  if (!worker) throw new Error("wanted a worker to train in, got none from this browser");
  const silence = setTimeout(() => lost(new Error(`wanted a worker to train in, got no answer for ${PATIENCE / 1000} seconds`)), PATIENCE);
  worker.onmessage = ({ data }) => {
    clearTimeout(silence);
    if (data.kind === "failed") lost(new Error(data.message));
    else if (data.run === run) hear(data);
  };
  worker.onerror = (event) => {
    event.preventDefault?.();
    lost(new Error(`wanted a worker to train in, got ${event.message || "none from this page"}`));
  };
  signal.addEventListener("abort", () => {
    clearTimeout(silence);
    worker.terminate();
    if (source) URL.revokeObjectURL(address);
  }, { once: true });
  worker.postMessage({ images: bytes });
  return {
    ask: (message) => {
      if (message.begin) run += 1;
      worker.postMessage({ ...message, run });
    },
  };
}

/**
 * Answers the messages of `training`; `post(answer)` sends.
 *
 * @param {(answer: any) => void} post
 * @param {{ now?: () => number, turns?: typeof turnsOfChannel, makeKernel?: any }} settings
 */
export function trainer(post, { now = () => performance.now(), turns = turnsOfChannel, makeKernel } = {}) {
  let images = null;
  let current = null; // the course
  let settings = null;
  let run = 0;
  let [running, waiting, seen] = [false, false, true];
  let last = -Infinity;

  const report = () => {
    if (!current) return;
    [last, seen] = [now(), false];
    post({ kind: "report", run, ...current.report() });
  };
  const goOn = () => {
    if (waiting || !running || current?.failed() !== false) return;
    waiting = true;
    turn.next();
  };
  const turn = turns(guarded(() => {
    waiting = false;
    if (!running) return;
    const end = now() + SLICE;
    while (now() < end && !current.failed()) current.advance(settings);
    if (current.failed() || (seen && now() - last >= PAUSE)) report();
    goOn();
  }));

  function guarded(action) {
    return (message) => {
      try {
        action(message);
      } catch (error) {
        running = false;
        post({ kind: "failed", message: error.message });
      }
    };
  }

  return {
    hear: guarded((message) => {
      if (message.images) images = parseImages(message.images);
      if (message.begin) {
        run = message.run;
        current = course(images, { ...message.begin, makeKernel });
        post({ kind: "begun", run, baselines: current.baselines, label: images.label.slice(0, images.train) });
      }
      if (message.settings) settings = message.settings;
      if (message.seen) seen = true;
      if (message.trace && !current.failed()) post({ kind: "trace", run, ...current.trace(settings) });
      if (message.weights) post({ kind: "weights", run, layers: current.weights() });
      if (message.go !== undefined) running = message.go;
      if (message.begin || message.trace || message.go === false) report();
      goOn();
    }),
    stop: () => {
      running = false;
      turn.stop();
    },
  };
}

// Calls `action` at each `next()`, after what else is waiting; unlike a timeout it waits for nothing more.
function turnsOfChannel(action) {
  const channel = new MessageChannel();
  channel.port1.onmessage = action;
  return { next: () => channel.port2.postMessage(null), stop: () => channel.port1.close() };
}

/** Makes this thread the worker of `training`, if it is one. */
export function serveTraining() {
  if (!inWorker()) return;
  const { hear } = trainer((answer) => globalThis.postMessage(answer));
  globalThis.onmessage = ({ data }) => hear(data);
}
