// How a widget begins and ends: a failure is said where it should stand, and no listener outlives it. Draws nothing.

import { element } from "../ui/controls.mjs";
import { onFailure } from "./frames.mjs";

/** The `render` of a widget: `build(model, el, signal)` draws it, `signal` aborts when the host takes it away. */
export function starter(name, build) {
  return async function render({ model, el }) {
    const stop = new AbortController();
    const end = (words, error) => {
      stop.abort();
      el.replaceChildren(element("p", "", `${name} ${words}: ${error?.message ?? error}.`));
    };
    el.classList.add("vaelib-widget");
    // the page's own host then shows the still picture again; others show the sentence
    onFailure(stop.signal, (error) => {
      if (stop.signal.aborted) return;
      end("cannot be drawn", error);
      el.dispatchEvent(new CustomEvent("vaelib-failed", { bubbles: true, detail: error }));
    });
    try {
      await build(model, el, stop.signal);
    } catch (error) {
      end("could not start", error);
      throw error;
    }
    return () => {
      stop.abort();
      el.replaceChildren();
    };
  };
}
