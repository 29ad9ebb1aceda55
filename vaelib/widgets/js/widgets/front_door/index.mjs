// The front door: a sheet to draw on, the plane where the encoder puts the drawing, and the picture that the decoder draws from a place of
// the plane. A point glides there until a hand takes it. Its parts draw and move elsewhere.

import { drawDigit, surface } from "../../draw/canvas.mjs";
import { decoder, encoder } from "../../engine/network.mjs";
import { describeNeighbours, readCodes } from "../../host/codes.mjs";
import { live } from "../../host/live.mjs";
import { hasFile, readFile } from "../../host/model.mjs";
import { still } from "../../host/motion.mjs";
import { starter } from "../../host/start.mjs";
import { flag, own, point, sharedNames, table } from "../../host/traits.mjs";
import { button, element, liveText } from "../../ui/controls.mjs";
import { pack, PIXELS, SIDE, unpack } from "../draw_digit/drawings.mjs";
import { drawPad } from "../draw_digit/sheet.mjs";
import { glider } from "./glide.mjs";
import { doorPlane } from "./plane.mjs";
import { tour } from "./tour.mjs";
import { shown } from "../../draw/format.mjs";

const EXTENT = 3; // of the plane, as in front_door.py
const PLACES = 10; // of the tour
const TRAIL = 150; // frames that the point's way is seen

export const TRAITS = {
  drawing: own("drawing", (text) => (text === "" || unpack(text) ? text : null), ""),
  gliding: flag(true),
  z: point(2, EXTENT),
};
export const shared = sharedNames(TRAITS);

const DOTS = "Each dot is a digit that a person wrote, at the two numbers that the encoder gives it.";
const GLIDES = "The point glides over the plane, and the decoder draws each place that it comes to. Take hold of it, or draw a digit.";

async function build(model, el, signal) {
  const net = decoder(await readFile(model, "decoder_file", signal));
  if (net.latent !== 2 || net.pixels !== PIXELS) throw new Error(`wanted a decoder from 2 latents to ${SIDE} x ${SIDE} pixels, got ${net.latent} and ${net.pixels}`);
  const now = live(TRAITS, { model, el, signal, paint, changed });
  const { state: opening } = now;
  let codes = null;
  let means = null; // the decoder's picture
  let trail = [];
  let asked = false; // has the reader, who wants pictures to stand still, asked for the glide?
  let ours = false; // is it this widget that sets z?
  let x = new Float64Array(PIXELS);
  let mark = null; // where the encoder puts the drawing

  const places = table(PLACES, 2, -EXTENT, EXTENT).accept(model.get("tour"));
  if (!places) throw new Error(`wanted ${PLACES} places to glide through, got ${JSON.stringify(model.get("tour"))}`);
  const way = tour(places);
  const glides = glider({ way, el, onMove: moved, signal });
  const moving = () => now.state.gliding && (asked || !still());
  const place = () => (moving() ? glides.at() : now.state.z);

  const sheet = drawPad({ at: () => x, tool: () => "pen", onDraw: (next) => now.save({ drawing: pack(next), gliding: false }), signal });
  const hint = element("p", "vaelib-door-hint", "draw here");
  hint.setAttribute("aria-hidden", "true"); // the sheet's own label says it
  const plane = doorPlane({ extent: EXTENT, at: place, onMove: (z) => put(z), signal });
  const caption = element("p", "vaelib-caption", DOTS);
  const picture = surface({ label: "The picture that the decoder draws", onResize: drawPicture, signal });
  const toggle = button("Stop the point", () => {
    const from = place();
    asked = !moving();
    if (!asked) return put(from);
    ours = true;
    now.save({ gliding: true, z: opening.z }); // what glides stands in no link
    ours = false;
    set(from); // with reduced motion the trait may have said so before
  }, { signal });
  const clear = button("Clear the sheet", () => now.save({ drawing: "" }), { signal });
  const words = liveText({ signal });

  const part = (name, heading, content) => element("div", `vaelib-door-${name}`, [element("p", "vaelib-heading", heading), ...content]);
  const arrow = (name) => element("p", `vaelib-door-arrow vaelib-door-${name}`, [element("span", "", name), element("span", "vaelib-door-shaft")]);
  el.replaceChildren(element("div", "vaelib-card vaelib-door", [
    element("div", "vaelib-door-parts", [
      part("sheet", "Draw a digit", [element("div", "vaelib-door-paper", [sheet.element, hint])]),
      arrow("encoder"),
      part("numbers", "Two numbers, one place", [plane.element]),
      arrow("decoder"),
      part("picture", "The picture there", [picture.element]),
      element("div", "vaelib-door-caption", [caption]),
    ]),
    element("div", "vaelib-door-foot", [element("div", "vaelib-row", [toggle.element, clear.element]), words.element]),
  ]));

  /** Holds the point at z. A hand moves in steps of 0.01, so that links stay short; computed places keep four decimals. */
  function put(z, steps = 100) {
    ours = true;
    now.save({ gliding: false, z: Array.from(z, (value) => Math.round(value * steps) / steps) });
    ours = false;
  }

  function moved(z) {
    trail = [...trail, z].slice(-TRAIL);
    paint();
  }

  /** Sets the point going, or holds it. */
  function set(from) {
    if (moving()) {
      trail = [];
      glides.start(from);
    } else glides.stop();
    now.redraw();
  }

  function changed(name) {
    if (name === "drawing") take();
    // whoever else sets z, a link or a kernel, wants the point there
    if (name === "z" && !ours && now.state.gliding) put(now.state.z, 1e6);
    if (name === "gliding") {
      if (!now.state.gliding && !ours) put(glides.at());
      set(now.state.z);
    }
    now.redraw();
  }

  let loaded = null; // the promise of the encoder: its file is fetched when the reader begins to draw
  async function take() {
    x = unpack(now.state.drawing) ?? new Float64Array(PIXELS);
    const { drawing } = now.state;
    if (!x.includes(1)) {
      mark = null;
      return;
    }
    try {
      if (!loaded) caption.textContent = "Fetching the encoder \u2026";
      loaded ??= readFile(model, "encoder_file", signal).then(encoder);
      const code = await loaded;
      if (signal.aborted || drawing !== now.state.drawing) return; // the hand has drawn on
      mark = Array.from(code.encode(x).mean);
      put(mark, 1e4);
      now.redraw();
    } catch (error) {
      loaded = null; // a lost connection may come back: the next stroke tries again
      if (!signal.aborted) caption.textContent = `The encoder could not be used (${error.message}).`;
    }
  }

  function paint() {
    const { theme } = now;
    const z = place();
    means = net.likelihood.mean(net.decode(z));
    plane.draw({ z, trail: moving() ? trail : [], codes, mark, theme });
    sheet.draw({ x, theme });
    hint.hidden = x.includes(1);
    drawPicture();
    toggle.setLabel(moving() ? "Stop the point" : "Let the point glide");
    clear.enable(x.includes(1));
    if (mark) caption.replaceChildren("\u2715 your digit, at (", numberElement(mark[0]), ", ", numberElement(mark[1]), ")");
    else if (!x.includes(1)) caption.textContent = DOTS;
    words.say(sentence(z));
  }

  function drawPicture() {
    if (means && picture.width) drawDigit(picture.context, means, SIDE, 0, 0, picture.width, { ink: now.theme.digitInk, paper: now.theme.digitPaper });
  }

  function sentence(z) {
    if (moving()) return GLIDES;
    const near = codes ? `; ${describeNeighbours(codes, z)}` : "";
    if (mark && z.every((value, axis) => Math.abs(value - mark[axis]) < 1e-3)) {
      return `The encoder puts your digit at (${z.map((one) => shown(one)).join(", ")})${near}. The picture is what the decoder makes of these two numbers alone.`;
    }
    return `The point is at (${z.map((one) => shown(one)).join(", ")})${near}.`;
  }

  if (now.state.drawing) take();
  paint();
  set(opening.z);
  if (hasFile(model, "codes_file")) {
    readCodes(model, signal).then((found) => {
      codes = found;
      now.redraw();
    }, (error) => {
      if (!signal.aborted) caption.textContent = `The dots could not be read (${error.message}).`;
    });
  }
}

function numberElement(value) {
  const node = element("data", "", shown(value));
  node.value = String(value);
  return node;
}

export default { render: starter("The front door", build) };
