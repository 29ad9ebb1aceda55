"""The page's engine learns what torch learns: gradients of the ELBO in every weight, and the weights after five steps of Adam."""

import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import torch
from torch import nn

ROOT = Path(__file__).parents[1]
ACTIVATIONS = {"relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}
RATE = 0.01
SCRIPT = """
import { readFileSync } from "node:fs";
const load = (name) => import(new URL(`${name}.mjs`, %s));
const [{ dense }, { elboGradient }, { adam }, { likelihoodOf }, { plainKernel, wasmKernel }] =
  await Promise.all(["dense", "elbo", "adam", "likelihoods", "kernel"].map(load));
const { parts, activation, std, x, noise, count, beta, rate } = JSON.parse(readFileSync(0, "utf8"));
const answers = {};
for (const makeKernel of [plainKernel, wasmKernel]) {
  const make = (layers, heads) => dense({ layers, heads, activation, makeKernel, rows: count, learns: true });
  const [encoder, decoder] = [make(parts.encoder, 2), make(parts.decoder, 1)];
  const optimizer = adam([encoder, decoder], { rate });
  const rows = (all, { inputs, wanted }) =>
    Array.from({ length: wanted.outputs }, (_, o) => Array.from(all.subarray(o * inputs, o * inputs + wanted.inputs)));
  const read = (pick) => [encoder, decoder].map(({ layers }) => layers.map((layer) => ({
    weight: rows(pick(layer, "weight"), layer),
    bias: Array.from(pick(layer, "bias").subarray(0, layer.wanted.outputs)),
  })));
  const tensors = { "likelihood.log_factor": { dtype: "F32", shape: [], data: Float32Array.of(0) } };
  const spec = std ? { kind: "gaussian", std, learn_std: false, min_std: 0 } : { kind: "bernoulli" };
  const likelihood = likelihoodOf(spec, { outputs: parts.decoder.at(-1).outputs, tensors }), runs = [];
  let gradients = null;
  for (const one of noise) {
    runs.push(elboGradient({ encoder, decoder, likelihood, x, noise: one, count, beta }));
    gradients ??= read((layer, name) => layer.learning[name].gradient);
    optimizer.step();
  }
  answers[encoder.kernel.name] = { runs, gradients, weights: read((layer, name) => layer[name]) };
}
console.log(JSON.stringify(answers));
"""


def in_node(question: dict) -> dict:
    return run_in_node(SCRIPT % json.dumps((ROOT / "vaelib/widgets/js/engine").as_uri() + "/"), question)


def run_in_node(script: str, question: dict):
    """What a module prints, as JSON, that reads the question from its input."""
    node = shutil.which("node")
    if node is None:
        message = "no node here: install Node 20 or later to compare the page's arithmetic with torch"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    asked = json.dumps(question)
    done = subprocess.run([node, "--input-type=module", "-e", script], input=asked, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


class Small(nn.Module):
    """Hidden layers, and one or more heads that share them."""

    def __init__(self, inputs, hidden, outputs, heads, activation, generator):
        super().__init__()
        widths = [inputs, *hidden]
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(widths))
        self.heads = nn.ModuleList(nn.Linear(widths[-1], outputs) for _ in range(heads))
        self.activation = activation()
        for weight in self.parameters():
            nn.init.normal_(weight, std=0.4, generator=generator)

    def forward(self, x):
        for layer in self.hidden:
            x = self.activation(layer(x))
        return [head(x) for head in self.heads]

    def linears(self):
        return [*self.hidden, *self.heads]

    def words(self, names):
        return [
            {
                "name": name,
                "inputs": layer.in_features,
                "outputs": layer.out_features,
                "weight": layer.weight.flatten().tolist(),
                "bias": layer.bias.tolist(),
            }
            for name, layer in zip(names, self.linears(), strict=True)
        ]


def close(ours, wanted, tolerance, what):
    ours = torch.tensor(ours, dtype=torch.float64)
    worst = ((ours - wanted.double()).abs().max() / tolerance).item()
    assert worst <= 1, f"{what}: {worst:.1f} times what is allowed"


@pytest.mark.parametrize(
    ("kind", "activation"), [("bernoulli", "relu"), ("bernoulli", "silu"), ("bernoulli", "tanh"), ("gaussian", "silu")]
)
def test_gradients_and_five_steps_of_adam_are_torchs(kind, activation):
    generator = torch.Generator().manual_seed(7)
    pixels, latent, count, beta, std = 37, 3, 21, 0.7, 0.4
    torch.set_default_dtype(torch.float64)
    try:
        encoder = Small(pixels, (19, 12), latent, 2, ACTIVATIONS[activation], generator)
        decoder = Small(latent, (14,), pixels, 1, ACTIVATIONS[activation], generator)
    finally:
        torch.set_default_dtype(torch.float32)
    x = torch.bernoulli(torch.full((count, pixels), 0.3, dtype=torch.float64), generator=generator)
    noise = torch.randn(5, count, latent, generator=generator, dtype=torch.float64)
    parts = {"encoder": encoder.words(["hidden.0", "hidden.1", "mean", "log_var"]), "decoder": decoder.words(["hidden.0", "output"])}
    answers = in_node(
        {
            "parts": parts,
            "activation": activation,
            "std": std if kind == "gaussian" else None,
            "x": x.flatten().tolist(),
            "noise": noise.flatten(1).tolist(),
            "count": count,
            "beta": beta,
            "rate": RATE,
        }
    )

    weights = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(weights, lr=RATE)
    first = None
    terms = []
    for one in noise:
        mean, log_var = encoder(x)
        (output,) = decoder(mean + (log_var / 2).exp() * one)
        if kind == "gaussian":
            log_likelihood = torch.distributions.Normal(output, std).log_prob(x).sum(-1)
        else:
            log_likelihood = -nn.functional.binary_cross_entropy_with_logits(output, x, reduction="none").sum(-1)
        q, prior = torch.distributions.Normal(mean, (log_var / 2).exp()), torch.distributions.Normal(0.0, 1.0)
        kl = torch.distributions.kl_divergence(q, prior).sum(-1)
        optimizer.zero_grad()
        (beta * kl - log_likelihood).mean().backward()
        first = first or [-weight.grad.clone() for weight in weights]
        optimizer.step()
        terms.append((log_likelihood.sum().item(), kl.sum().item()))

    assert set(answers) == {"JavaScript", "WebAssembly"}
    for kernel, answer in answers.items():
        for run, (log_likelihood, kl) in zip(answer["runs"], terms, strict=True):
            close(run["log_likelihood"], torch.tensor(log_likelihood), 1e-5 * max(1, abs(log_likelihood)), f"{kernel} log p(x|z)")
            close(run["kl"], torch.tensor(kl), 1e-5 * max(1, abs(kl)), f"{kernel} KL")
        layers = [layer for part in answer["gradients"] for layer in part]
        ours = [layer[name] for layer in layers for name in ("weight", "bias")]
        for found, wanted in zip(ours, first, strict=True):
            close(found, wanted, 1e-4 * wanted.abs().max().item(), f"{kernel} gradient")
        layers = [layer for part in answer["weights"] for layer in part]
        for layer, wanted in zip(layers, [*encoder.linears(), *decoder.linears()], strict=True):
            for name in ("weight", "bias"):
                # single precision: where a gradient is near 0, Adam's step follows its sign
                close(
                    layer[name],
                    getattr(wanted, name).detach(),
                    1e-9 if kernel == "JavaScript" else 1e-3,
                    f"{kernel} {name} after five steps",
                )
