// Where the computing is done: in a worker that runs this same bundle, or in the page itself where workers are refused. No mathematics.

import { runner } from "./jobs.mjs";

const PATIENCE = 10_000; // milliseconds in which a worker must say that it is there

/**
 * { ask(job), where() }; `onAnswer(answer)` hears what jobs.mjs yields for the latest job, nothing for earlier ones.
 * `source` is the bundle's text where the host has it (Jupyter), else the worker is loaded from the bundle's own address.
 */
export function solver({ bytes, source, onAnswer, signal }) {
  let latest = 0;
  let pending = null; // the job to be asked again if the worker never starts
  let local = null;
  const hear = (id, answer) => {
    if (id !== latest || signal.aborted) return;
    if (answer.kind === "done") pending = null;
    onAnswer(answer);
  };
  const stay = () => {
    if (local || signal.aborted) return;
    clearTimeout(silence);
    worker?.terminate();
    worker = null;
    local = runner(bytes, hear);
    if (pending) local.ask(latest, pending);
  };

  const address = source ? URL.createObjectURL(new Blob([source], { type: "text/javascript" })) : import.meta.url;
  let worker = makeWorker(address);
  let silence = 0;
  if (worker) {
    silence = setTimeout(stay, PATIENCE);
    worker.onmessage = ({ data: { id, answer } }) => {
      clearTimeout(silence);
      hear(id, answer);
    };
    worker.onerror = (event) => {
      event.preventDefault?.(); // it is answered here: the page computes instead
      stay();
    };
    worker.postMessage({ bytes });
  } else {
    stay();
  }
  signal.addEventListener("abort", () => {
    clearTimeout(silence);
    worker?.terminate();
    local?.stop();
    if (source) URL.revokeObjectURL(address);
  }, { once: true });

  return {
    where: () => (local ? "page" : "worker"),
    ask: (job) => {
      latest += 1;
      pending = job;
      if (local) local.ask(latest, job);
      else worker.postMessage({ id: latest, job });
    },
  };
}

/** A worker that runs the module at `address`, or null where there is none to be had. */
export function makeWorker(address) {
  try {
    return new Worker(address, { type: "module" });
  } catch {
    return null; // an old engine, or a policy that allows none
  }
}

/** Is this thread a worker? */
export const inWorker = () => "WorkerGlobalScope" in globalThis && globalThis instanceof /** @type {any} */ (globalThis).WorkerGlobalScope;

/** Makes this thread the worker of `solver`, if it is one. */
export function serveAsWorker() {
  if (!inWorker()) return;
  let local = null;
  globalThis.onmessage = ({ data: { bytes, id, job } }) => {
    if (!bytes) return local.ask(id, job);
    local = runner(bytes, (to, answer) => globalThis.postMessage({ id: to, answer }));
    globalThis.postMessage({ id: 0, answer: { kind: "ready" } }); // no job has this number
  };
}
