// One integral, three ways: a grid, draws from the prior, draws from a proposal, side by side and as the latents grow. Lays out controls; the parts compute and draw.

import { byDraws, grid, gridPlaces, KINDS, LIMITS, logDrawsFor, logEvidence, logPointsFor, narrowest, places, PRIOR } from "./integral.mjs";
import { costPlot } from "./cost_plot.mjs";
import { humpPlane } from "./hump_plane.mjs";
import { count, few, PREDICTION, SCENE_WORDS, sentence, signed } from "./words.mjs";
import { button, element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { live } from "../../host/live.mjs";
import { starter } from "../../host/start.mjs";
import { choice, nextSeed, number as numberIn, seed, sharedNames, whole } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";
import { clamp } from "../../engine/range.mjs";

const WAYS = ["grid", "prior", "proposal"];
const SHOWN = 60; // draws that the plane needs

export const TRAITS = {
  kind: choice(KINDS), way: choice(WAYS), step: numberIn(...LIMITS.step), draws: whole(...LIMITS.draws), place: numberIn(...LIMITS.place),
  width: numberIn(...LIMITS.width), latents: whole(...LIMITS.latents), sample_seed: seed(),
};
export const shared = sharedNames(TRAITS);

function build(model, el, signal) {
  const now = live(TRAITS, { model, el, signal, paint });
  const { state: opening } = now;
  const proposal = () => ({ place: now.state.place, width: now.state.width });
  const plane = humpPlane({ at: proposal, onMove: now.save, onStep: moveSetting, signal });
  const costs = costPlot({ at: () => now.state.latents, onMove: (latents) => now.save({ latents }), signal });
  const words = liveText({ signal });
  const way = segments("Show", WAYS, opening.way, (value) => now.save({ way: value }), { signal });
  const kind = segments("x has", KINDS, opening.kind, (value) => now.save({ kind: value }), { signal });
  const step = slider({ label: "step", min: LIMITS.step[0], max: LIMITS.step[1], step: 0.01, stride: 0.1, value: opening.step, format: (value) => shown(value), onInput: (value) => now.save({ step: value }), signal });
  const draws = slider({
    label: "draws", min: 1, max: 4, step: 0.02, stride: 0.1, value: Math.log10(opening.draws), format: (tens) => Math.round(10 ** tens).toLocaleString("en-US"),
    onInput: (tens) => now.save({ draws: round(10 ** tens) }), signal,
  });
  const latents = slider({ label: "latents", min: LIMITS.latents[0], max: LIMITS.latents[1], step: 1, value: opening.latents, onInput: (value) => now.save({ latents: value }), signal });
  const again = button("New draws", () => now.save({ sample_seed: nextSeed(now.state.sample_seed) }), { signal });
  const setting = element("div", "vaelib-row");
  const caption = element("p", "vaelib-caption");
  const table = waysTable();

  el.replaceChildren(element("div", "vaelib-card vaelib-integral", [
    predict(...PREDICTION),
    element("div", "vaelib-columns", [
      element("div", "vaelib-stack", [way.element, plane.element, setting, table.element]),
      element("div", "vaelib-stack", [kind.element, costs.element, element("div", "vaelib-row", [latents.element, now.resetButton().element]), caption]),
    ]),
    words.element,
  ]));

  /** What the arrow keys do on the plane where there is no proposal to move. */
  function moveSetting(times, far) {
    const next = Math.round(100 * now.state.step + times * (far ? 50 : 10)) / 100;
    if (now.state.way === "grid") now.save({ step: clamp(next, LIMITS.step) });
    else now.save({ sample_seed: nextSeed(now.state.sample_seed) });
  }

  function paint() {
    const { state, theme } = now;
    const exact = state.latents * logEvidence(state.kind);
    const drawing = { ...state, seed: state.sample_seed };
    const rows = {
      grid: grid(state),
      prior: { ...byDraws(drawing, PRIOR), log_points: Math.log(state.draws) },
      proposal: { ...byDraws(drawing, proposal()), log_points: Math.log(state.draws) },
    };
    for (const row of Object.values(rows)) Object.assign(row, { off: row.log_estimate - exact });
    table.fill(rows, exact, state.way);

    const drawn = state.way === "grid" ? gridPlaces(state.step) : places(state.way === "prior" ? PRIOR : proposal(), Math.min(SHOWN, state.draws), state.sample_seed);
    plane.draw({ kind: state.kind, way: state.way, proposal: proposal(), places: drawn, bars: state.step, theme });
    plane.setLabel(`The area under the grey curve, over one latent z, is p(x). ${planeWords(state)}`);
    const perLatent = Array.from({ length: LIMITS.latents[1] }, (_, i) => i + 1);
    const logs = {
      grid: perLatent.map((d) => logPointsFor(state.kind, d)),
      prior: perLatent.map((d) => logDrawsFor(state.kind, PRIOR, d)),
      proposal: perLatent.map((d) => logDrawsFor(state.kind, proposal(), d)),
    };
    const looks = { grid: [theme.muted, [2, 3]], prior: [theme.ink, [6, 4]], proposal: [theme.accent, []] };
    costs.draw({ latents: state.latents, ways: WAYS.map((name) => ({ name, logs: logs[name], colour: looks[name][0], dash: looks[name][1], strong: name === state.way })), theme });
    costs.setLabel(`Points that an error of 10 percent takes, over the number of latents. With ${state.latents}: grid ${count(logs.grid[state.latents - 1])}, prior ${count(logs.prior[state.latents - 1])}, proposal ${count(logs.proposal[state.latents - 1])}. Arrow keys change the number of latents.`);

    const wanted = state.way === "grid" ? [step.element] : [draws.element, again.element];
    if (setting.firstChild !== wanted[0]) setting.replaceChildren(...wanted);
    step.set(state.step);
    draws.set(Math.log10(state.draws));
    latents.set(state.latents);
    way.set(state.way);
    kind.set(state.kind);
    caption.textContent = `Each pixel ${SCENE_WORDS[state.kind]}${state.latents > 1 ? `; ${state.latents} latents have ${state.latents} such pixels` : ""}. ${state.way === "grid" ? "" : "A stroke is a draw, as high as its weight w. All count when they are equally high: (\u03a3w)\u00b2 / \u03a3w\u00b2."}`;
    const needed = state.way === "grid" ? 0 : logDrawsFor(state.kind, state.way === "prior" ? PRIOR : proposal(), state.latents);
    words.say(sentence(state, rows[state.way], { needed, narrowest: narrowest(state.kind) }));
  }

  paint();
}

function planeWords({ way, step, place, width }) {
  if (way === "grid") return `Bars of width ${shown(step)} stand in for it. Arrow keys change the width.`;
  if (way === "prior") return "Strokes mark draws from the prior, the dashed bell. Arrow keys draw anew.";
  return `Strokes mark draws from the proposal, a bell at ${shown(place)} of width ${shown(width)}. Drag its handles, or move it by the left and right arrow keys and widen it by up and down.`;
}

/** { element, fill(rows, exact, way) } */
function waysTable() {
  const head = ["", "log p(x)", "off by", "points", "that count"].map((text) => {
    const cell = element(text ? "th" : "td", "", text);
    if (text) cell.scope = "col";
    return cell;
  });
  const row = (name) => {
    const cells = [0, 1, 2, 3].map(() => element("td"));
    const title = element("th", "", name);
    title.scope = "row";
    return { node: element("tr", "", [title, ...cells]), cells };
  };
  const truth = row("exact");
  const rows = Object.fromEntries(WAYS.map((name) => [name, row(name)]));
  const table = element("table", "vaelib-table", [element("thead", "", element("tr", "", head)), element("tbody", "", [truth.node, ...Object.values(rows).map(({ node }) => node)])]);
  function fill(results, exact, way) {
    truth.cells[0].textContent = shown(exact);
    for (const [name, { node, cells }] of Object.entries(rows)) {
      const { log_estimate, off, log_points, effective } = results[name];
      node.toggleAttribute("data-chosen", name === way);
      [shown(log_estimate), signed(off), count(log_points), effective === undefined ? "\u2013" : few(effective)].forEach((text, i) => { cells[i].textContent = text; });
    }
  }
  return { element: table, fill };
}

/** Two digits, so that a link stays short and the slider stands where it was left. */
const round = (value) => clamp(Number(value.toPrecision(2)), LIMITS.draws);

export default { render: starter("The integral lab", build) };
