// What keeps a widget's picture true to its traits and to the colours of the page: painted once in a frame after a change of either. Draws nothing.

import { button } from "../ui/controls.mjs";
import { onThemeChange, readTheme } from "../draw/palette.mjs";
import { oncePerFrame } from "./frames.mjs";
import { followTraits } from "./traits.mjs";

/**
 * The declared traits (traits.mjs) of the widget in `el`: { state, theme, asked, save, redraw, resetButton(also) }. `paint()` draws all of it
 * in the next frame after a trait or the colours have changed; `changed(name, before)` and `coloured()` may do other work instead. The
 * Reset button leads back to the author's state; `also()` then drops what is in no trait.
 *
 * @param declared
 * @param {{
 *   model: any, el: HTMLElement, signal: AbortSignal, facts?: any, agree?: (state: any) => any, paint: () => void,
 *   changed?: (name: string, before: any) => void, coloured?: () => void
 * }} settings
 */
export function live(declared, { model, el, signal, facts, agree, paint, changed, coloured }) {
  let theme = readTheme(el);
  const redraw = oncePerFrame(paint, signal);
  const traits = followTraits(declared, { model, facts, agree, signal, changed: changed ?? redraw });
  onThemeChange(el, (next) => {
    theme = next;
    (coloured ?? redraw)();
  }, signal);
  return {
    get state() { return traits.state; },
    get theme() { return theme; },
    asked: traits.asked,
    save: traits.save,
    redraw,
    resetButton: (also) => button("Reset", () => {
      traits.reset();
      if (!also) return;
      also();
      redraw();
    }, { signal }),
  };
}
