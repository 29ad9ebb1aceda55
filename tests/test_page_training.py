"""Fifty steps of training in the page beside torch's autograd and Adam, right and with each mistake: every loss, every weight."""

import json
from functools import partial

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from test_page_engine import ROOT, close, run_in_node
from vaelib import dense_vae
from vaelib.estimators import detached, score_function
from vaelib.objectives import estimated_elbo, weighted_elbo

PIXELS, LATENT, HIDDEN, COUNT, STEPS, RATE, BETA = 64, 2, 64, 32, 50, 3e-3, 0.8
MISTAKES = ("none", "no trick", "wrong sign", "mean over pixels", "no KL", "score function")
# what node and a browser run alike; tests/browser/test_train_vae.py calls it in a page
LEARN = """async ({ engine, layers, mistake, x, noise, count, beta, rate }) => {
  const load = (name) => import(`${engine}${name}.mjs`);
  const [{ learner }, { objective }, { plainKernel, wasmKernel }] = await Promise.all(["learner", "mistakes", "kernel"].map(load));
  const answers = {};
  for (const makeKernel of [plainKernel, wasmKernel]) {
    const vae = learner(layers, { rows: count, makeKernel });
    const settings = { count, rate, ...objective(mistake, { beta, pixels: vae.pixels }) };
    const runs = noise.map((one, i) => vae.step({ x: Float64Array.from(x[i]), noise: Float64Array.from(one), ...settings }));
    const weights = Object.values(vae.weights()).flat().flatMap(({ weight, bias }) => [[...weight], [...bias]]);
    answers[vae.encoder.kernel.name] = { runs, weights };
  }
  return answers;
}"""


def question(mistake, seed):
    """A fresh VAE of torch in double precision, fifty batches with their noise, and the same as JSON."""
    generator = torch.Generator().manual_seed(seed)
    model = dense_vae(PIXELS, LATENT, hidden=(HIDDEN,), activation="silu", seed=seed).double()
    x = torch.bernoulli(torch.rand(STEPS, COUNT, PIXELS, generator=generator, dtype=torch.float64), generator=generator)
    noise = torch.randn(STEPS, COUNT, LATENT, generator=generator, dtype=torch.float64)
    names = {"encoder": ("hidden.0", "mean", "log_var"), "decoder": ("hidden.0", "output")}
    layers = {part: [words(getattr(model, part).get_submodule(name), name) for name in all_of] for part, all_of in names.items()}
    asked = {"layers": layers, "mistake": mistake, "x": x.flatten(1).tolist(), "noise": noise.flatten(1).tolist()}
    return model, x, noise, asked | {"count": COUNT, "beta": BETA, "rate": RATE}


def words(linear, name):
    sizes = {"inputs": linear.in_features, "outputs": linear.out_features}
    return {"name": name, **sizes, "weight": linear.weight.flatten().tolist(), "bias": linear.bias.tolist()}


def loss_of(mistake, model, x, noise):
    """The loss as somebody would write it who makes this mistake, and the ELBO's terms."""
    terms = weighted_elbo(model, x, noise, BETA).elbo
    log_likelihood, kl = terms.log_likelihood, terms.kl
    if mistake in ("no trick", "score function"):
        estimator = detached if mistake == "no trick" else score_function
        loss = -partial(estimated_elbo, estimator=estimator)(model, x, noise, BETA).value.mean()
    elif mistake == "mean over pixels":
        loss = binary_cross_entropy_with_logits(model.decode(model.encode(x).draw(noise)), x) + BETA * kl.mean()
    else:
        loss = {"none": BETA * kl - log_likelihood, "wrong sign": -log_likelihood - BETA * kl, "no KL": -log_likelihood}[mistake].mean()
    return loss, log_likelihood.sum().item(), kl.sum().item()


def compare(answers, mistake, model, x, noise):
    """The page's fifty steps beside those of torch, double precision as good as exactly, single precision to 1e-4."""
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    terms = []
    for pixels, one in zip(x, noise, strict=True):
        loss, *sums = loss_of(mistake, model, pixels, one)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        terms.append(sums)
    assert set(answers) == {"JavaScript", "WebAssembly"}
    encoder, decoder = model.encoder, model.decoder
    linears = [*encoder.hidden, encoder.mean, encoder.log_var, *decoder.hidden, decoder.output]
    wanted = [tensor.detach().flatten() for linear in linears for tensor in (linear.weight, linear.bias)]
    for kernel, answer in answers.items():
        tolerance = 1e-8 if kernel == "JavaScript" else 1e-4
        for run, sums in zip(answer["runs"], terms, strict=True):
            for name, one in zip(("log_likelihood", "kl"), sums, strict=True):
                close(run[name], torch.tensor(one, dtype=torch.float64), tolerance * max(1, abs(one)), f"{kernel} {name}")
        for ours, theirs in zip(answer["weights"], wanted, strict=True):
            close(ours, theirs, tolerance * theirs.abs().max().item(), f"{kernel} weights after {STEPS} steps")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_fifty_steps_are_torchs(mistake):
    model, x, noise, asked = question(mistake, seed=11)
    asked["engine"] = (ROOT / "vaelib/widgets/js/engine").as_uri() + "/"
    script = f"""import {{ readFileSync }} from "node:fs";
const learn = {LEARN};
console.log(JSON.stringify(await learn(JSON.parse(readFileSync(0, "utf8")))));"""
    compare(run_in_node(script, asked), mistake, model, x, noise)


def test_the_mistakes_are_those_that_the_page_offers():
    module = json.dumps((ROOT / "vaelib/widgets/js/engine/mistakes.mjs").as_uri())
    script = f"import {{ MISTAKES }} from {module}; console.log(JSON.stringify(MISTAKES));"
    assert tuple(run_in_node(script, {})) == MISTAKES
