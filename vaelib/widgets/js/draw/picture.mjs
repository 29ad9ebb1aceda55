// A canvas that shows the last scene it was given, and shows it again when its size has changed. It knows nothing of what is in a scene.

import { surface } from "./canvas.mjs";

/**
 * { on, element, draw(scene), setLabel(text), scene }: `paint(context, scene)` draws all of a scene on an empty canvas, and leaves no setting behind.
 * `on` is the surface that it draws on, `aspect` its width over its height; `scene` is the last one, null before the first.
 */
export function picture({ label = "", aspect, paint, signal }) {
  let scene = null;
  const on = surface({ label, aspect, onResize: show, signal });

  function show() {
    if (!scene || !on.width) return;
    const { context } = on;
    context.clearRect(0, 0, on.width, on.height);
    context.save();
    paint(context, scene);
    context.restore();
  }

  return {
    on,
    element: on.element,
    setLabel: on.setLabel,
    draw(next) {
      scene = next;
      show();
    },
    get scene() { return scene; },
  };
}
