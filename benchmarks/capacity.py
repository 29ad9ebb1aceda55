"""What wider and deeper networks reach on 500 of the 8x8 digits; writes vaelib/pretrained/digits8.capacity.safetensors in some 15 minutes.

`.venv/bin/python benchmarks/capacity.py [workers]`, one thread for each worker. Every model has 8 latents and Bernoulli pixels, and is
trained by 1,200 steps of Adam on the first 500 training images. Stored are the ELBOs of three seeds to a hundredth of a nat, and a sheet of
samples for each size.
"""

import sys
from multiprocessing import get_context

import torch

from vaelib import binarize, conv_vae, dense_vae, evaluate, fit, load_digits8
from vaelib.files import write_tensors
from vaelib.pretrained.capacity import DEPTHS, LATENTS, LEVELS, PAIRS, SEEDS, SHEET, SWEEP, TOSSES, WIDTHS
from vaelib.storage import FORMAT

IMAGES, EPOCHS, BATCH, LEARNING_RATE = 500, 240, 100, 4e-3
DRAWS = 10  # of z for each image, in a score


def images():
    """The training images as greys and tossed once, and the held-out ones tossed once."""
    data = load_digits8()
    grey = data.x_train[:IMAGES]
    toss = [torch.Generator().manual_seed(seed) for seed in (1, 0)]
    return grey, binarize(grey, generator=toss[0]), binarize(data.x_test, generator=toss[1])


def build(kind, sizes, seed):
    """A model of that kind ("dense" or "convolutional"), untrained."""
    if kind == "dense":
        return dense_vae(64, LATENTS, hidden=sizes, seed=seed)
    return conv_vae(8, LATENTS, channels=sizes, seed=seed)


def weights(model):
    """How many numbers are trained."""
    return sum(one.numel() for one in model.parameters())


def run(job):
    """Train one model: its weights, its scores (train, held out, KL on held-out images), and a sheet of decoded draws in sixteenths."""
    kind, sizes, toss, seed = job
    torch.set_num_threads(1)
    grey, tossed, held_out = images()
    model = build(kind, sizes, seed)
    again = toss == "anew"
    fit(
        model,
        grey if again else tossed,
        epochs=EPOCHS,
        batch_size=BATCH,
        learning_rate=LEARNING_RATE,
        resample_pixels=again,
        seed=seed,
    )
    train, test = (evaluate(model, x, samples=DRAWS) for x in (tossed, held_out))
    scores = [one.mean().item() for one in (train.total, test.total, test.kl)]
    with torch.no_grad():
        z = torch.randn(SHEET, LATENTS, generator=torch.Generator().manual_seed(0))
        sheet = (LEVELS * model.likelihood.mean(model.decode(z))).round().to(torch.uint8)
    return weights(model), scores, sheet


def stacked(results, shape):
    """Results of runs in order, as tensors (*shape, seed) of the three scores, weights (*shape) and sheets (*shape, SHEET, pixels)."""
    seeds = len(SEEDS)
    counts = torch.tensor([one[0] for one in results[::seeds]], dtype=torch.int32).reshape(shape)
    scores = [torch.tensor([one[1][i] for one in results]).mul(100).round().div(100).reshape(*shape, seeds) for i in range(3)]
    return scores, counts, torch.stack([one[2] for one in results[::seeds]]).reshape(*shape, SHEET, -1)


def main(workers=1):
    """Train them all and write the file."""
    sweep = [("dense", (width,) * depth, toss, seed) for toss in TOSSES for depth in DEPTHS for width in WIDTHS for seed in SEEDS]
    pairs = [(kind, sizes, "anew", seed) for kind, all_sizes in PAIRS.items() for sizes in all_sizes for seed in SEEDS]
    results = []
    with get_context("spawn").Pool(workers) as pool:
        for job, result in zip(sweep + pairs, pool.imap(run, sweep + pairs), strict=True):
            print(*job, *(f"{score:.2f}" for score in result[1]), flush=True)
            results.append(result)
    scores, counts, sheets = stacked(results[: len(sweep)], (len(TOSSES), len(DEPTHS), len(WIDTHS)))
    pair_scores, pair_counts, pair_sheets = stacked(results[len(sweep) :], (len(PAIRS), len(PAIRS["dense"])))
    tensors = dict(zip(("train", "held_out", "kl"), scores, strict=True))
    tensors |= {"weights": counts[0], "sheets": sheets, "pair_train": pair_scores[0], "pair_held_out": pair_scores[1]}
    tensors |= {"pair_weights": pair_counts, "pair_sheets": pair_sheets}
    write_tensors(tensors, SWEEP, about())


def about():
    """The words that the file keeps: how it was made, and what its axes are."""
    axes = {"tosses": TOSSES, "depths": DEPTHS, "widths": WIDTHS, "latents": [LATENTS]}
    lists = {name: ",".join(map(str, values)) for name, values in axes.items()}
    return {"format": FORMAT, "part": "capacity", "command": "python benchmarks/capacity.py", "levels": str(LEVELS), **lists}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
