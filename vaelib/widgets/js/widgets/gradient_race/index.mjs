// The race of three gradients: trick, score function and detached draw go down the same valley. Steps, runs and lays out controls; the parts compute and draw.

import { curves } from "./curves.mjs";
import { LEAST, LIMITS, race, RUNNERS } from "./race.mjs";
import { valley } from "./valley.mjs";
import { button, element, liveText, predict, slider, toggle } from "../../ui/controls.mjs";
import { live } from "../../host/live.mjs";
import { still } from "../../host/motion.mjs";
import { starter } from "../../host/start.mjs";
import { flag, nextSeed, number as numberIn, seed, sharedNames, whole } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";

const PACE = 40; // milliseconds a step

export const TRAITS = {
  start: numberIn(...LIMITS.start), learning_rate: numberIn(...LIMITS.learning_rate), draws: whole(...LIMITS.draws), steps: whole(...LIMITS.steps), same_noise: flag(), sample_seed: seed(),
};
export const shared = sharedNames(TRAITS);

function build(model, el, signal) {
  const now = live(TRAITS, { model, el, signal, paint });
  const { state: opening } = now;
  const most = LIMITS.steps[1];
  let frame = 0; // of the run in progress, or 0
  let running = false;
  let inSight = true;

  const ground = valley({ at: () => now.state.start, onMove: (start) => now.save({ start }), signal });
  const costs = curves({ name: "average cost, above the least possible", y: [0.01, 50], rows: [0.01, 0.1, 1, 10], signal });
  const spreads = curves({ name: "spread of a step\u2019s gradient", y: [0.1, 30], rows: [0.1, 1, 10], signal });
  const words = liveText({ signal });
  const rate = slider({ label: "learning rate", min: LIMITS.learning_rate[0], max: LIMITS.learning_rate[1], step: 0.01, value: opening.learning_rate, format: (value) => value.toFixed(2), onInput: (value) => now.save({ learning_rate: value }), signal });
  const draws = slider({ label: "draws a step", min: LIMITS.draws[0], max: LIMITS.draws[1], step: 1, value: opening.draws, onInput: (value) => now.save({ draws: value }), signal });
  const same = toggle("same noise for all", opening.same_noise, (checked) => now.save({ same_noise: checked }), { signal });
  const run = button("", () => (running ? pause() : begin()), { signal });
  const step = button("Step", () => {
    pause();
    now.save({ steps: Math.min(most, now.state.steps + 1) });
  }, { signal });
  const again = button("New noise", () => now.save({ sample_seed: nextSeed(now.state.sample_seed) }), { signal });
  const reset = now.resetButton(pause);

  el.replaceChildren(element("div", "vaelib-card vaelib-race", [
    predict("Three gradients, one valley: who walks, who staggers, who stays?",
      "The trick walks down: each draw tells which way the cost falls. The score function goes the same way on average, but each draw tells only how much it cost, so with one draw a step it staggers, and large steps throw it out of the valley. With ten draws it walks, too. The detached draw has a gradient without any noise, exactly 0, and stays."),
    element("div", "vaelib-columns", [
      element("div", "vaelib-stack", [ground.element, element("div", "vaelib-row", [run.element, step.element, again.element, reset.element])]),
      element("div", "vaelib-stack", [costs.element, spreads.element]),
    ]),
    element("div", "vaelib-columns vaelib-columns-equal", [rate.element, draws.element, same.element]),
    words.element,
  ]));

  function begin() {
    if (now.state.steps >= most) now.save({ steps: 0 });
    if (still()) {
      now.save({ steps: most });
      return;
    }
    running = true;
    let last = performance.now();
    const move = (time) => {
      if (signal.aborted || !running) return;
      const due = Math.floor((time - last) / PACE);
      if (!inSight || due > 10) last = time; // out of sight, or the page slept: it goes on where it was
      else if (due > 0) {
        last += due * PACE;
        now.save({ steps: Math.min(most, now.state.steps + due) });
        if (now.state.steps >= most) pause();
      }
      if (running) frame = requestAnimationFrame(move);
    };
    frame = requestAnimationFrame(move);
    now.redraw();
  }

  function pause() {
    running = false;
    cancelAnimationFrame(frame);
    now.redraw();
  }

  const sight = new IntersectionObserver((entries) => { inSight = entries.at(-1).isIntersecting; });
  sight.observe(el);
  signal.addEventListener("abort", () => {
    pause();
    sight.disconnect();
  }, { once: true });

  function paint() {
    const { state, theme } = now;
    const ways = race({ ...state, seed: state.sample_seed, shared: state.same_noise });
    const looks = { trick: [theme.accent, []], "score function": [theme.classes[1], [7, 3]], detached: [theme.classes[5], [2, 3]] };
    const lines = (name) => RUNNERS.map((runner) => ({ name: runner, colour: looks[runner][0], dash: looks[runner][1], values: ways[runner].map((one) => one[name]) }));
    const ends = Object.fromEntries(RUNNERS.map((runner) => [runner, ways[runner].at(-1)]));
    ground.draw({ start: state.start, runners: RUNNERS.map((name) => ({ name, colour: looks[name][0], mean: ends[name].mean, std: Math.exp(ends[name].log_var / 2) })), theme });
    ground.setLabel(`The valley f(z) = z\u00b2 + sin z. ${RUNNERS.map((name) => `${name}: mean ${shown(ends[name].mean)}, std ${shown(Math.exp(ends[name].log_var / 2))}`).join("; ")}. All start at mean ${shown(state.start)}; drag the ring or use the arrow keys.`);
    costs.draw({ lines: lines("cost").map((one) => ({ ...one, values: one.values.map((value) => value - LEAST.cost) })), theme });
    costs.setLabel(`The average cost over the steps, down to ${RUNNERS.map((name) => `${shown(ends[name].cost)} (${name})`).join(", ")}; the least possible is ${shown(LEAST.cost)}.`);
    spreads.draw({ lines: lines("spread").map((one) => (one.name === "detached" ? { ...one, name: "detached: 0" } : one)), theme });
    spreads.setLabel(`The standard deviation of a step\u2019s gradient for the mean, now ${RUNNERS.map((name) => `${shown(ends[name].spread)} (${name})`).join(", ")}.`);
    rate.set(state.learning_rate);
    draws.set(state.draws);
    same.set(state.same_noise);
    run.setLabel(running ? "Pause" : state.steps >= most ? "Run again" : "Run");
    step.enable(state.steps < most);
    words.say(sentence(state, ends));
  }

  paint();
}

function sentence({ steps, draws }, ends) {
  const all = (name) => RUNNERS.map((runner) => `${shown(ends[runner][name])} (${runner})`).join(", ");
  return `After ${steps} step${steps === 1 ? "" : "s"} the average cost is ${all("cost")}; the least possible is ${shown(LEAST.cost)}. A gradient for the mean from ${draws} draw${draws === 1 ? "" : "s"} now spreads by ${all("spread")}.`;
}

export default { render: starter("The race of gradients", build) };
