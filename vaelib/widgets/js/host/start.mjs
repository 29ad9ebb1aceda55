// How a widget begins and ends: a failure is said where it should stand, and no listener outlives it. Draws nothing.

import { element } from "../ui/controls.mjs";

/** The `render` of a widget: `build(model, el, signal)` draws it, `signal` aborts when the host takes it away. */
export function starter(name, build) {
  return async function render({ model, el }) {
    const stop = new AbortController();
    el.classList.add("vaelib-widget");
    try {
      await build(model, el, stop.signal);
    } catch (error) {
      stop.abort();
      el.replaceChildren(element("p", "", `${name} could not start: ${error.message}.`));
      throw error;
    }
    return () => {
      stop.abort();
      el.replaceChildren();
    };
  };
}
