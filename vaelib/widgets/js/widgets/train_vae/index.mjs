// Train a VAE on this page: the 8x8 digits, a small dense VAE that learns in a worker, and what forms meanwhile. Lays out and asks; the parts draw,
// and worker/ trains, by this same bundle.

import { termCurves } from "./curves.mjs";
import { latentBars, pictureRows, short } from "./pictures.mjs";
import { codePlane } from "./plane.mjs";
import { latest, MISTAKE_NAMES, nats, STAGES, standing, told } from "./words.mjs";
import { MISTAKES } from "../../engine/mistakes.mjs";
import { live } from "../../host/live.mjs";
import { attempt, oncePerFrame } from "../../host/frames.mjs";
import { readFile } from "../../host/model.mjs";
import { still } from "../../host/motion.mjs";
import { starter } from "../../host/start.mjs";
import { choice, nextSeed, number, seed, sharedNames, whole } from "../../host/traits.mjs";
import { button, element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { serveTraining, training } from "../../worker/training.mjs";

export const TRAITS = {
  latent: whole(2, 8), hidden: whole(8, 128), beta: number(0, 8), learning_rate: number(1e-4, 0.1), mistake: choice(MISTAKES), sample_seed: seed(),
};
export const shared = sharedNames(TRAITS);

const [SIDE, COLUMNS] = [8, 10];
const PACE = 3000; // milliseconds that a stage of a slow step is lit
const REST = 1000; // milliseconds between two pictures where motion is to be reduced

async function build(model, el, signal) {
  const bytes = await readFile(model, "images_file", signal);
  const now = live(TRAITS, { model, el, signal, paint, changed: follow });
  const paintRest = oncePerFrame(drawRest, signal);
  let [report, baselines, label] = [null, null, null]; // what is known of the present training
  let [running, inSight, speed, mistakeAt] = [false, true, 0, 0];
  let [trace, stage, timer, passed] = [null, 0, 0, null]; // a slow step, the stage that is lit, and what was there when the speed was last taken

  const plane = codePlane({ signal });
  const curves = termCurves({ signal });
  const bars = latentBars({ signal });
  const pictures = pictureRows({ side: SIDE, columns: COLUMNS, rows: 3, signal });
  const words = liveText({ signal });
  const run = button("Train", () => go(!running), { signal });
  const step = button("", slowly, { signal });
  const fresh = button("New start", () => now.save({ sample_seed: nextSeed(now.state.sample_seed) }), { signal });
  const reset = now.resetButton(() => {
    go(false);
    begin();
  });
  const stages = STAGES.map((name) => element("li", "", name));
  const mistakes = segments("Break it", MISTAKES.map((value) => ({ value, label: MISTAKE_NAMES[value] })), now.state.mistake, (mistake) => now.save({ mistake }), { signal });
  const of = (name, options) => slider({ value: now.state[name], onInput: (value) => now.save({ [name]: value }), signal, ...options });
  const sliders = {
    beta: of("beta", { label: "\u03b2", min: 0, max: 8, step: 0.1, format: (value) => value.toFixed(1) }),
    learning_rate: slider({
      label: "learning rate", min: Math.log(1e-4), max: Math.log(0.1), step: 0.01, stride: 0.1, value: Math.log(now.state.learning_rate), format: (log) => rateText(Math.exp(log)),
      onInput: (log) => now.save({ learning_rate: Number(Math.exp(log).toPrecision(2)) }), signal,
    }),
    latent: of("latent", { label: "latents", min: 2, max: 8, step: 1 }),
    hidden: of("hidden", { label: "hidden units", min: 8, max: 128, step: 8 }),
  };

  const work = training({ bytes, source: typeof model.get("_esm") === "string" ? model.get("_esm") : null, hear, signal, lost: (error) => attempt(() => { throw error; }, signal) });
  let opened = null; // called at the first report
  await new Promise((done) => {
    opened = done;
    begin();
  });

  el.replaceChildren(element("div", "vaelib-card vaelib-train", [
    predict("Five mistakes that people make. Which of them drive the KL to 0, and which let it grow?",
      "Without the trick the encoder learns from the KL alone, and a mean over 64 pixels makes the KL 64 times as dear: in both the KL falls to 0. With the wrong sign it grows without end. Without a KL in the loss it grows as far as it helps the pictures. The score function is no mistake on average: it is only noisy, and late."),
    element("div", "vaelib-row", [run.element, step.element, fresh.element, reset.element, element("ol", "vaelib-stages", stages)]),
    element("div", "vaelib-columns", [
      element("div", "vaelib-stack", [plane.element]),
      element("div", "vaelib-stack", [curves.element, pictures.element, bars.element]),
    ]),
    mistakes.element,
    element("div", "vaelib-columns vaelib-columns-equal", Object.values(sliders).map((one) => one.element)),
    words.element,
  ]));

  // a new training, from the first weights on
  function begin() {
    const { latent, hidden, sample_seed } = now.state;
    endSlowStep();
    [report, speed, passed, mistakeAt] = [null, 0, null, 0];
    work.ask({ begin: { latent, hidden, seed: sample_seed }, settings: settings(), go: wanted() });
  }

  function settings() {
    const { mistake, beta, learning_rate: rate } = now.state;
    return { mistake, beta, rate };
  }

  function follow(name) {
    endSlowStep();
    if (["latent", "hidden", "sample_seed"].includes(name)) begin();
    else work.ask({ settings: settings() });
    if (name === "mistake") mistakeAt = report?.epoch ?? 0;
    now.redraw();
  }

  function hear(answer) {
    if (answer.kind === "begun") ({ baselines, label } = answer);
    if (answer.kind === "trace") {
      trace = answer;
      stage = -1;
      advance();
    }
    if (answer.kind !== "report") return;
    report = answer;
    takeSpeed();
    if (report.failed) go(false);
    opened();
    now.redraw();
    setTimeout(() => { if (!signal.aborted) work.ask({ seen: true }); }, still() ? REST : 0);
  }

  function takeSpeed() {
    const at = { time: performance.now(), steps: report.steps };
    if (!running || !passed) passed = at;
    else if (at.time - passed.time > 500) {
      speed = ((at.steps - passed.steps) / (at.time - passed.time)) * (1000 / Math.ceil(label.length / 128));
      passed = at;
    }
  }

  function wanted() {
    return running && inSight && !document.hidden;
  }

  function go(on) {
    running = on && !report?.failed;
    if (running) endSlowStep();
    else speed = 0;
    passed = null;
    work.ask({ go: wanted() });
    now.redraw();
  }

  // a slow step: its first stage at once, the others by themselves or at another press
  function slowly() {
    if (trace) return advance();
    running = false;
    speed = 0;
    work.ask({ go: false });
    work.ask({ trace: true });
  }

  function advance() {
    clearTimeout(timer);
    stage += 1;
    if (stage >= STAGES.length) return endSlowStep();
    if (!still() && stage < STAGES.length - 1) timer = setTimeout(() => { if (inSight) advance(); }, PACE);
    now.redraw();
  }

  function endSlowStep() {
    clearTimeout(timer);
    trace = null;
    now.redraw();
  }

  const sight = new IntersectionObserver((entries) => {
    inSight = entries.at(-1).isIntersecting;
    look();
  });
  sight.observe(el);
  document.addEventListener("visibilitychange", look, { signal });
  function look() {
    passed = null;
    if (running) work.ask({ go: wanted() });
  }
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    sight.disconnect();
  }, { once: true });

  function paint() {
    const { state, theme } = now;
    mistakes.set(state.mistake);
    for (const name of ["beta", "latent", "hidden"]) sliders[name].set(state[name]);
    sliders.learning_rate.set(Math.log(state.learning_rate));
    run.setLabel(running ? "Pause" : "Train");
    run.enable(!report?.failed);
    step.enable(!report?.failed);
    step.setLabel(!trace ? "One step, slowly" : stage < STAGES.length - 1 ? `Next: ${STAGES[stage + 1]}` : "Done");
    stages.forEach((one, i) => one.toggleAttribute("data-lit", trace !== null && i === stage));
    if (!report) return;
    plane.draw({ codes: report.codes, label, axes: report.axes, trace, stage, theme });
    plane.setLabel(`The codes of ${label.length} training digits, coloured by digit${trace ? ", and the image of the slow step" : ""}.`);
    paintRest();
    const weights = 64 * state.hidden * 2 + state.hidden * (2 + 3 * state.latent) + 2 * state.latent + 64;
    words.say(trace ? told(stage, trace, { ...settings(), pixels: SIDE * SIDE, weights: weights.toLocaleString("en"), rate: rateText(state.learning_rate) }) : standing({ report, baselines, speed: running ? speed : 0, mistake: state.mistake, since: report.epoch - mistakeAt }));
  }

  // the other pictures have a frame of their own, so that neither keeps the page from anything else
  function drawRest() {
    if (!report) return;
    const { theme } = now;
    const what = latest(report);
    const example = trace && { given: trace.x, back: stage >= 2 ? trace.before.picture : null };
    curves.draw({ history: report.history, baselines, theme });
    curves.setLabel(`Over ${what.epoch} epochs: log-likelihood ${nats(what.log_likelihood)}, KL ${nats(what.kl)} and ELBO ${nats(what.elbo)} nats a held-out digit; a fair coin a pixel scores ${nats(baselines.coin)}, the best fixed picture ${nats(baselines.fixed)}.`);
    bars.draw({ kl: report.kl_per_dimension, theme });
    bars.setLabel(`The KL of each latent: ${Array.from(report.kl_per_dimension, short).join(", ")} nats.`);
    pictures.draw({
      rows: [{ name: "digit", pictures: withFirst(report.given, example?.given) }, { name: "back", pictures: withFirst(report.back, example?.back) }, { name: "new", pictures: report.drawn }],
      framed: trace !== null, theme,
    });
    pictures.setLabel("Ten held-out digits, below each what comes back from its code, and ten new digits, decoded at draws from the prior.");
  }
}

function withFirst(pictures, first) {
  if (!first) return pictures;
  const copy = pictures.slice();
  copy.set(first, 0);
  return copy;
}

const rateText = (rate) => Number(rate.toPrecision(2)).toString();

serveTraining();

export default { render: starter("The training", build) };
