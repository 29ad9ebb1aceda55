"""How latents fall silent, and what helps, on the 8x8 digits: writes vaelib/exercises/collapse.json, which a page asserts and draws.

`nice -n 10 .venv/bin/python benchmarks/collapse.py` takes about a quarter of an hour on one thread. `--seed 7` prints the runs of one
other seed and stores nothing: do the claims still hold? `--epochs 5` stops each run there, its schedules being those of all epochs.
"""

import argparse
import json
import math
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import torch

from vaelib import VAE, Gaussian, dense_vae, evaluate, fit, load_digits8
from vaelib.diagnostics import aggregate, kl_of_each_latent, variance_of_means, verdict
from vaelib.exercises import data_spectrum
from vaelib.networks import Decoder, Encoder
from vaelib.objectives import free_bits
from vaelib.schedules import cyclical, linear

FILE = Path(__file__).parents[1] / "vaelib" / "exercises" / "collapse.json"
SEEDS, LATENTS, EPOCHS, RATE, STD = (0, 1, 2), 16, 60, 3e-3, 0.15
DEEP = (128, 128, 128)
STOPS = (1, 2, 3, 5, 8, 12, 20, 30, 40, 50, 60)  # the epochs that are kept
WIDTHS = {"linear": (), "one hidden layer": (128,)}
LEVELS = (1.0, 0.5, 0.2, 0.1)  # variances of the pixels at which the waterline is compared with a network


def deep(seed, *, std=STD, learn_std=False):
    """The model of every run but those that say otherwise: three hidden layers on each side, torch's own first weights."""
    return dense_vae(64, LATENTS, hidden=DEEP, likelihood=Gaussian(std, learn_std=learn_std), seed=seed)


def weak(seed):
    """The same encoder with a decoder without hidden layers."""
    generator = torch.Generator().manual_seed(seed)
    encoder = Encoder(64, LATENTS, hidden=DEEP, generator=generator)
    return VAE(encoder, Decoder(LATENTS, 64, hidden=(), generator=generator), likelihood=Gaussian(STD))


@torch.no_grad()
def wide(seed):
    """First weights that keep the size of a signal from layer to layer (He et al. 2015): torch's own shrink it by sqrt(6) each."""
    model = deep(seed)
    for layer in (*model.encoder.hidden, *model.decoder.hidden):
        layer.weight.mul_(math.sqrt(6))
    return model


# name -> how the model is made, and what `fit` is told besides
CURES = {
    "no cure": (deep, {}),
    "linear warm-up": (deep, {"beta": linear(0, 1, until=0.5)}),
    "cyclical": (deep, {"beta": cyclical(0, 1, cycles=4, rise=0.5)}),
    "free bits": (deep, {"objective": partial(free_bits, nats=0.5)}),
    "smaller std": (partial(deep, std=0.075), {}),
    "learned std": (partial(deep, learn_std=True), {}),
    "weaker decoder": (weak, {}),
    "first weights": (wide, {}),
    "beta 4": (deep, {"beta": 4.0}),
}


def rounded(values, digits=3):
    return [float(f"{value:.{digits}f}") for value in values]


def run(name, seed, epochs):
    """One run: the KL of each latent at the stops, and what the trained model scores on the test images, which is not used in training."""
    (make, settings), data = CURES[name], load_digits8()
    model = make(seed)
    history = fit(
        model, data.x_train, epochs=EPOCHS, seed=seed, learning_rate=RATE, on_epoch=lambda epoch, _: epoch + 1 == epochs, **settings
    )
    stops = [stop for stop in STOPS if stop <= epochs]
    beta = settings.get("beta", 1.0) if not callable(settings.get("beta", 1.0)) else 1.0
    found, test = verdict(model, data.x_train, beta=beta), evaluate(model, data.x_test, samples=20)
    # sigma is no part of what the codes know, so that runs of several sigmas compare by what they miss
    with torch.no_grad():
        back = model.decode(model.encode(data.x_test).mean)
    split = aggregate(model, data.x_train, samples=4)
    return {
        "kl": [rounded(history.train.kl_per_dimension[stop - 1]) for stop in stops],
        "elbo": rounded(history.train.elbo[[stop - 1 for stop in stops]], 2),
        "states": [one.state for one in found.latents],
        "room": found.room,
        "words": str(found),
        "test_elbo": round(test.total.mean().item(), 2),
        "test_kl": round(test.kl.mean().item(), 2),
        "missed": round((back - data.x_test).square().sum(1).mean().item(), 3),
        "std": round(model.likelihood.std.item(), 4),
        "information": round(split.information, 2),
        "marginal_kl": round(split.marginal_kl, 2),
    }


def carried(words, level, seed, epochs):
    """One run at a given variance of the pixels: the KL of each latent after training, falling, and how many are active."""
    data = load_digits8()
    model = dense_vae(64, LATENTS, hidden=WIDTHS[words], likelihood=Gaussian(level**0.5), seed=seed)
    fit(model, data.x_train, epochs=epochs, seed=seed, learning_rate=RATE)
    kl = kl_of_each_latent(model, data.x_train).sort(descending=True).values
    return {"kl": rounded(kl.tolist()), "active": int((variance_of_means(model, data.x_train) > 0.01).sum())}


def told(name, seed, one):
    used = one["states"].count("used")
    print(
        f"{name:15s} seed {seed}: {used:2d} used, room {one['room']:2d}, KL {one['test_kl']:5.2f}, test ELBO {one['test_elbo']:6.2f}, "
        f"missed {one['missed']:.2f}, std {one['std']:.3f}; " + " ".join(f"{value:.2f}" for value in sorted(one["kl"][-1], reverse=True)),
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, help="print the runs of this seed alone, and store nothing")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="stop each run after so many epochs, and store nothing")
    parser.add_argument("--workers", type=int, default=1, help="how many processes of one thread each")
    asked = parser.parse_args()
    seeds = SEEDS if asked.seed is None else (asked.seed,)
    tasks = [(name, seed, asked.epochs) for seed in seeds for name in CURES]
    models = [(words, level, seed, asked.epochs) for words in WIDTHS for level in LEVELS for seed in seeds]
    runs: dict[str, list] = {name: [] for name in CURES}
    carry: dict[str, dict] = {words: {str(level): [] for level in LEVELS} for words in WIDTHS}
    with ProcessPoolExecutor(asked.workers, initializer=torch.set_num_threads, initargs=(1,)) as workers:
        for (name, seed, _), one in zip(tasks, workers.map(run, *zip(*tasks, strict=True)), strict=True):
            runs[name].append(one)
            told(name, seed, one)
        for (words, level, _, _), one in zip(models, workers.map(carried, *zip(*models, strict=True)), strict=True):
            carry[words][str(level)].append(one)
            print(f"{words}, variance {level}: {one['active']} active", flush=True)
    if asked.seed is None and asked.epochs == EPOCHS:
        spectrum = data_spectrum("digits8").tolist()
        above = {str(level): min(LATENTS, sum(value > level for value in spectrum)) for level in LEVELS}
        about = {"seeds": list(SEEDS), "epochs": EPOCHS, "stops": list(STOPS), "latents": LATENTS, "std": STD, "above": above}
        FILE.write_text(json.dumps(about | {"runs": runs, "carry": carry}) + "\n", encoding="utf-8")
