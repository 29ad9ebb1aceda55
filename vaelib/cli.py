"""The command line: `python -m vaelib train | evaluate | sample | models`. Arguments and words; the work is done elsewhere.

Exit codes: 0 done, 1 refused or failed (one line on stderr says why), 2 wrong arguments, 130 interrupted.
"""

import argparse
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np
import torch
from torch import Tensor

from vaelib import pretrained, storage
from vaelib.checks import seeded
from vaelib.data import load_digits8, load_mnist
from vaelib.likelihoods import Bernoulli, Gaussian, Likelihood
from vaelib.model import VAE, dense_vae
from vaelib.networks import ACTIVATIONS
from vaelib.noise import toss
from vaelib.schedules import Schedule, constant, cosine, linear
from vaelib.training import History, distributed, evaluate, fit, score

LIKELIHOODS: dict[str, Callable[[], Likelihood]] = {"bernoulli": Bernoulli, "gaussian": lambda: Gaussian(learn_std=True)}
DATA = "digits8, mnist, or a .npy file of images, (n, pixels) or (n, height, width), in floats or bytes"
MODEL = "a file that `train` wrote, or the name of one of the book's models"


class Images(NamedTuple):
    """What a name of data stands for."""

    train: Tensor
    held_out: Tensor | None


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    try:
        options.run(options)
    except KeyboardInterrupt as error:
        _say("; ".join(["interrupted", *getattr(error, "__notes__", [])]), sys.stderr)
        return 130
    except (ValueError, OSError, RuntimeError) as error:
        _say(f"vaelib {options.command}: error: {' '.join(str(error).split())}", sys.stderr)
        return 1
    return 0


def train(options: argparse.Namespace) -> None:
    """Train a dense model and store it."""
    out = Path(options.out)
    if not out.parent.is_dir():
        raise OSError(f"--out must lie in a folder that is there, got {out}")
    device = _device(options.device)
    with distributed.processes(device):
        images = _images(options.data)
        binary = options.likelihood == "bernoulli"
        held_out = _binary(images.held_out) if binary and images.held_out is not None else images.held_out
        model = dense_vae(
            images.train.shape[1], options.latent, hidden=options.hidden, activation=options.activation,
            likelihood=LIKELIHOODS[options.likelihood](), seed=options.seed,
        ).to(device)  # fmt: skip
        bar, first = sys.stderr.isatty(), distributed.rank() == 0
        rate: Schedule = cosine(options.learning_rate) if options.cosine else constant(options.learning_rate)
        beta: Schedule = linear(0, options.beta, until=options.warm_up) if options.warm_up else constant(options.beta)
        history = fit(
            model, images.train.to(device), x_validation=None if held_out is None else held_out.to(device), epochs=options.epochs,
            batch_size=options.batch_size, learning_rate=rate, beta=beta, resample_pixels=options.resample_pixels,
            patience=options.patience, checkpoints=options.checkpoints, seed=options.seed, progress=bar,
            on_epoch=_reporter(options.epochs) if first and not bar else None,
        )  # fmt: skip
        if first:
            storage.save(model.cpu(), out)
            kept = history.best_epoch if options.patience and history.best_epoch is not None else len(history.train.elbo) - 1
            _say(f"{out}: {len(history.train.elbo)} epochs, kept {kept + 1}: {_line(history, kept)}")


def evaluate_model(options: argparse.Namespace) -> None:
    """Print what a stored model scores."""
    model, device = _model(options.model), _device(options.device)
    images = _images(options.data)
    x = images.train if images.held_out is None else images.held_out
    if isinstance(model.likelihood, Bernoulli):
        x = _binary(x)
    x, model = x.to(device), model.to(device)
    terms = evaluate(model, x, samples=10, seed=options.seed)
    total = terms.total.double()
    error = total.std().item() / math.sqrt(len(total)) if len(total) > 1 else math.nan
    _say(f"{len(x)} images, in nats per image")
    _say(f"ELBO                     {total.mean().item():9.3f} ± {error:.3f}")
    _say(f"log-likelihood           {terms.log_likelihood.mean().item():9.3f}")
    _say(f"KL                       {terms.kl.mean().item():9.3f}")
    if options.samples:
        bound = score(model, x, samples=options.samples, seed=options.seed)
        _say(f"log p(x), {options.samples:6d} draws   {bound.mean:9.3f} ± {bound.standard_error:.3f} (a lower bound)")


@torch.no_grad()
def sample(options: argparse.Namespace) -> None:
    """Write a sheet of images that the model makes as a PNG."""
    from matplotlib.image import imsave  # a second of import that no other command needs

    model = _model(options.model)
    side = math.isqrt(model.pixels)
    if side * side != model.pixels:
        raise ValueError(f"sample draws square images, got a model of {model.pixels} pixels")
    generator = seeded(options.seed)
    output = model.decode(model.prior.sample(options.images, generator))
    pixels = model.likelihood.sample(output, generator) if options.pixels else model.likelihood.mean(output)
    columns = math.ceil(math.sqrt(options.images))
    sheet = torch.ones(-(-options.images // columns) * columns, side, side)
    sheet[: options.images] = pixels.clamp(0, 1).reshape(-1, side, side)
    sheet = torch.nn.functional.pad(sheet, (1, 1, 1, 1), value=1.0)
    sheet = torch.cat([torch.cat(list(row), dim=1) for row in sheet.split(columns)])
    large = sheet.repeat_interleave(options.scale, 0).repeat_interleave(options.scale, 1)
    imsave(options.out, large.numpy(), cmap="gray", vmin=0, vmax=1, format="png")
    _say(f"{options.out}: {options.images} images, {large.shape[1]} x {large.shape[0]}")


def models(options: argparse.Namespace) -> None:
    """List the book's models."""
    for name in pretrained.names():
        card = pretrained.card(name)
        _say(f"{name:16s} {card['recipe']['data']:8s} {card['recipe']['latent_dim']} latents   test ELBO {card['test']['elbo']:8.2f} nats")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vaelib", description="Train, score and sample variational autoencoders.")
    parser.add_argument("--threads", type=_whole, help="of the processor (default: torch's)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    one = commands.add_parser(
        "train", help="train a dense model", description="Train a dense model. Also under torchrun, on one machine or more."
    )
    one.set_defaults(run=train)
    one.add_argument("data", help=DATA)
    one.add_argument("--out", required=True, help="the file to write, such as model.safetensors")
    one.add_argument("--latent", type=_whole, default=2, help="dimensions of z (default: %(default)s)")
    one.add_argument("--hidden", type=_whole, nargs="*", default=[128], help="widths of the encoder's hidden layers (default: 128)")
    one.add_argument("--activation", choices=ACTIVATIONS, default="relu")
    one.add_argument("--likelihood", choices=LIKELIHOODS, default="bernoulli")
    one.add_argument("--epochs", type=_whole, default=10)
    one.add_argument("--batch-size", type=_whole, default=128, help="over all processes (default: %(default)s)")
    one.add_argument("--learning-rate", type=float, default=1e-3)
    one.add_argument("--cosine", action="store_true", help="let the learning rate rise and fall: see schedules.cosine")
    one.add_argument("--beta", type=float, default=1.0, help="the weight of the KL (default: %(default)s)")
    one.add_argument("--warm-up", type=float, help="the part of the run, in (0, 1], over which beta rises from 0")
    one.add_argument("--resample-pixels", action="store_true", help="toss the pixels anew for every batch")
    one.add_argument("--patience", type=_whole, help="stop after so many epochs without a better validation ELBO")
    one.add_argument("--checkpoints", help="a folder: the same command again goes on from what it holds")

    one = commands.add_parser("evaluate", help="score a model on images it has not seen")
    one.set_defaults(run=evaluate_model)
    one.add_argument("model", help=MODEL)
    one.add_argument("data", help=DATA)
    one.add_argument("--samples", type=_whole, help="also bound log p(x) with so many draws of z")

    one = commands.add_parser("sample", help="write a sheet of images as a PNG")
    one.set_defaults(run=sample)
    one.add_argument("model", help=MODEL)
    one.add_argument("--out", required=True, help="the PNG to write")
    one.add_argument("--images", type=_whole, default=64, help="how many (default: %(default)s)")
    one.add_argument("--pixels", action="store_true", help="draw the pixels too, instead of showing their means")
    one.add_argument("--scale", type=_whole, default=4, help="screen pixels for each pixel (default: %(default)s)")

    commands.add_parser("models", help="list the book's models").set_defaults(run=models)
    for name, command in commands.choices.items():
        if name != "models":
            command.add_argument("--seed", type=int, default=0)
        if name in ("train", "evaluate"):
            command.add_argument("--device", default="cpu", help="cpu, cuda or mps (default: %(default)s)")
    return parser


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number >= 1, got {text!r}")
    return int(text)


def _device(name: str) -> torch.device:
    try:
        device = torch.device(f"cuda:{os.environ.get('LOCAL_RANK', 0)}" if name == "cuda" else name)
        torch.zeros(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(f"--device must be one that is here, got {name!r}: {str(error).splitlines()[0]}") from error
    return device


def _images(name: str) -> Images:
    if name == "digits8":
        data = load_digits8()
        return Images(data.x_train, data.x_test)
    if name == "mnist":
        data = load_mnist()
        return Images(*((255 * x).round().to(torch.uint8) for x in (data.x_train, data.x_test)))
    if not name.endswith(".npy") or not Path(name).is_file():
        raise OSError(f"data must be {DATA}, got {name!r}")
    array = np.load(name, mmap_mode="c")  # a batch is read at a time: the file may be larger than the memory
    if array.dtype not in (np.uint8, np.float32):
        raise ValueError(f"{name} must hold bytes or float32, got {array.dtype}; write it with .astype(numpy.float32)")
    return Images(torch.from_numpy(array).flatten(1), None)


def _binary(x: Tensor) -> Tensor:
    """Images as bits in float32, tossed once with the seed that the models' cards use."""
    return toss(x / 255 if x.dtype == torch.uint8 else x, seeded(0))


def _model(name: str) -> VAE:
    if Path(name).is_file():
        return storage.load(name)
    if name not in pretrained.names():
        raise ValueError(f"model must be {MODEL} ({', '.join(pretrained.names())}), got {name!r}")
    return pretrained.load(name)


def _reporter(epochs: int) -> Callable[[int, History], None]:
    def report(epoch: int, history: History) -> None:
        _say(f"epoch {epoch + 1}/{epochs}  {_line(history, epoch)}")

    return report


def _line(history: History, epoch: int) -> str:
    train, validation = history.train, history.validation
    held_out = "" if validation is None else f"  held out {validation.elbo[epoch]:.2f}"
    return f"ELBO {train.elbo[epoch]:.2f}  log-likelihood {train.log_likelihood[epoch]:.2f}  KL {train.kl[epoch]:.2f}{held_out}"


def _say(line: str, stream: TextIO | None = None) -> None:
    stream = stream or sys.stdout
    stream.write(line + "\n")
    stream.flush()
