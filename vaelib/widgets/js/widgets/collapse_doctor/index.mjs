// Collapse doctor: the KL of each latent in stored runs of the cures, epoch by epoch, above it the run without a cure from the same seed.

import stored from "../../../../exercises/collapse.json" with { type: "json" };
import { CURES, falling, label, QUESTION, sentence, SPEAKS } from "./words.mjs";
import { shown } from "../../draw/format.mjs";
import { klBars } from "../waterline/kl_bars.mjs";
import { element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { live } from "../../host/live.mjs";
import { starter } from "../../host/start.mjs";
import { choice, sharedNames, whole } from "../../host/traits.mjs";

export const TRAITS = { cure: choice(CURES), seed: whole(0, 2), stop: whole(0, 10) };
export const shared = sharedNames(TRAITS);

function build(model, el, signal) {
  const now = live(TRAITS, { model, el, signal, paint });
  const { state: opening } = now;
  const { stops, runs } = stored;
  const cures = segments("Cure", CURES.map((value) => ({ value, label: label(value) })), opening.cure, (cure) => now.save({ cure }), { signal });
  const seed = slider({ label: "seed", min: 0, max: 2, step: 1, value: opening.seed, onInput: (value) => now.save({ seed: value }), signal });
  const epoch = slider({ label: "epoch", min: 0, max: stops.length - 1, step: 1, value: opening.stop, format: (at) => String(stops[at]), onInput: (stop) => now.save({ stop }), signal });
  const [without, treated] = [0, 1].map(() => klBars({ aspect: 2.8, signal }));
  const words = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-doctor", [
    predict(...QUESTION),
    cures.element,
    element("div", "vaelib-columns vaelib-columns-equal", [
      element("div", "vaelib-stack", [seed.element, epoch.element, element("div", "vaelib-row", now.resetButton().element), words.element]),
      element("div", "vaelib-stack", [element("p", "vaelib-caption", "no cure"), without.element, element("p", "vaelib-caption", "with the cure chosen"), treated.element]),
    ]),
  ]));

  function paint() {
    const { state: { cure, seed: number, stop }, theme } = now;
    cures.set(cure);
    seed.set(number);
    epoch.set(stop);
    const both = ["no cure", cure].map((name) => falling(runs[name][number].kl[stop]));
    const least = Math.max(...both.flat());
    [without, treated].forEach((bars, i) => {
      bars.draw({ kl: both[i], least, silent: SPEAKS, theme });
      bars.setLabel(`The KL of each latent ${i ? `with ${label(cure)}` : "without a cure"}, falling: ${both[i].map((nats) => shown(nats)).join(", ")} nats.`);
    });
    words.say(sentence(cure, runs[cure][number], { at: stop, stops }));
  }

  paint();
}

export default { render: starter("The collapse doctor", build) };
