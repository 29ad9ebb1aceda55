// Native form controls with labels, dressed by widgets.css. Every listener ends with the AbortSignal that is passed in.

/**
 * A new element of class `className` with the given text and children. Text goes in as text, never as markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {string | Node | (string | Node)[]} content
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className = "", content = []) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...[content].flat());
  return node;
}

const STRIDES = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

/**
 * A labelled slider with its value beside it: { element, input, set(value) }. `set` does not call `onInput`. An arrow key moves by
 * `stride` and a page key by ten; with Shift an arrow moves by `step`.
 *
 * @param {{
 *   label: string, min: number, max: number, step: number, stride?: number, value: number, format?: (value: number) => string,
 *   onInput: (value: number) => void, signal: AbortSignal
 * }} settings
 */
export function slider({ label, min, max, step, stride = step, value, format = String, onInput, signal }) {
  const input = element("input");
  Object.assign(input, { type: "range", min, max, step });
  const output = element("output");
  output.setAttribute("aria-live", "off"); // the slider itself announces its value; an output would say it twice
  const show = (shown) => {
    const text = format(shown);
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  const set = (next) => {
    input.value = String(next);
    show(next); // not input.value: the thumb stands on a step, and the text beside it must agree with the text below
  };
  const moved = () => {
    show(Number(input.value));
    onInput(Number(input.value));
  };
  input.addEventListener("input", moved, { signal });
  input.addEventListener("keydown", (event) => { // here and not by the browser: JupyterLab keeps the arrow keys from it
    const times = STRIDES[event.key];
    if (!times || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.value = String(Number(input.value) + times * (event.shiftKey ? step : stride));
    moved();
  }, { signal });
  set(value);
  return { element: element("div", "vaelib-slider", [element("label", "", [element("span", "", label), input]), output]), input, set };
}

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** The direction [right, up] of an arrow key, which then does not scroll the page, or null. */
export function arrowDirection(event) {
  const direction = DIRECTIONS[event.key];
  if (!direction || event.ctrlKey || event.metaKey || event.altKey) return null;
  event.preventDefault();
  return direction;
}

/** The step [dx, dy] that an arrow key asks of a point on a plane, longer with Shift, or null. */
export const arrowStep = (event) => arrowDirection(event)?.map((one) => one * (event.shiftKey ? 0.5 : 0.1)) ?? null;

/**
 * A push button: { element, setLabel(text), enable(yes) }.
 *
 * @param {string} label
 * @param onClick
 * @param {{ signal?: AbortSignal }} end
 */
export function button(label, onClick, { signal } = {}) {
  const node = element("button", "vaelib-button", label);
  node.type = "button";
  node.addEventListener("click", onClick, { signal });
  return {
    element: node,
    setLabel: (text) => { node.textContent = text; },
    enable: (yes) => { node.disabled = !yes; },
  };
}

/**
 * A check box: { element, input, set(checked) }.
 *
 * @param {string} label
 * @param {boolean} checked
 * @param onChange
 * @param {{ signal?: AbortSignal }} end
 */
export function toggle(label, checked, onChange, { signal } = {}) {
  const input = element("input");
  input.type = "checkbox";
  input.checked = checked;
  input.addEventListener("change", () => onChange(input.checked), { signal });
  return { element: element("label", "vaelib-toggle", [input, element("span", "", label)]), input, set: (next) => { input.checked = next; } };
}

/**
 * One of many, as a list to open: { element, input, set(value) }. `options` are strings or { value, label }.
 *
 * @param {string} label
 * @param options
 * @param value
 * @param onChange
 * @param {{ signal?: AbortSignal }} end
 */
export function choice(label, options, value, onChange, { signal } = {}) {
  const input = element("select");
  for (const option of options.map(asOption)) {
    const node = element("option", "", option.label);
    node.value = option.value;
    input.append(node);
  }
  input.value = value;
  input.addEventListener("change", () => onChange(input.value), { signal });
  return { element: element("label", "vaelib-choice", [element("span", "", label), input]), input, set: (next) => { input.value = next; } };
}

/**
 * One of a few, all in sight: { element, set(value) }. An option may bring a `picture` (an element) to show above its label.
 *
 * @param {string} label
 * @param options
 * @param value
 * @param onChange
 * @param {{ signal?: AbortSignal }} end
 */
export function segments(label, options, value, onChange, { signal } = {}) {
  const buttons = new Map();
  const set = (next) => {
    for (const [key, node] of buttons) node.setAttribute("aria-pressed", String(key === next));
  };
  const row = element("div", "vaelib-segments");
  for (const option of options.map(asOption)) {
    const node = element("button", option.picture ? "vaelib-picture" : "", option.picture ? [option.picture, element("span", "", option.label)] : option.label);
    node.type = "button";
    node.addEventListener("click", () => {
      set(option.value);
      onChange(option.value);
    }, { signal });
    buttons.set(option.value, node);
    row.append(node);
  }
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", label);
  set(value);
  return { element: element("div", "vaelib-choice", [element("span", "", label), row]), set };
}

/**
 * A sentence that follows the picture: { element, say(text) }. Eyes see each change at once; a screen reader hears the last one,
 * after `quiet` milliseconds without another, so that a drag is not read out step by step.
 *
 * @param {{ signal?: AbortSignal, quiet?: number }} end
 */
export function liveText({ signal, quiet = 700 } = {}) {
  const seen = element("p", "vaelib-live");
  seen.setAttribute("aria-hidden", "true");
  const heard = element("p", "vaelib-heard");
  heard.setAttribute("role", "status");
  let timer;
  signal?.addEventListener("abort", () => clearTimeout(timer), { once: true });
  const say = (text) => {
    if (seen.textContent === text) return;
    seen.textContent = text;
    clearTimeout(timer);
    if (!signal?.aborted) timer = setTimeout(() => { heard.textContent = text; }, quiet);
  };
  return { element: element("div", "vaelib-live-box", [seen, heard]), say };
}

/** The question that opens every widget; the answer unfolds on demand. */
export function predict(question, answer) {
  const summary = element("summary", "", [element("strong", "", "Predict "), question]);
  return element("details", "vaelib-predict", [summary, element("p", "", answer)]);
}

const asOption = (option) => (typeof option === "string" ? { value: option, label: option } : option);
