"""How each pretrained model was made: data, settings, seed, projections and the card that reports the stored file.

`python -m vaelib.pretrained NAME [--folder F]` runs one; with `--codes` it only writes the codes file anew, from the encoder that
is there. mnist-2d wants MNIST (see `vaelib.data`) and some minutes; the 8x8 models take seconds.
"""

import gzip
import hashlib
import json
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import torch
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from torch import Tensor

from vaelib.data import MNIST_SHA256, Dataset, load_digits8, load_mnist
from vaelib.files import write_tensors
from vaelib.latent import encode_set
from vaelib.model import VAE, dense_vae
from vaelib.moments import slant, thickness
from vaelib.noise import binarize
from vaelib.pretrained.aggregate import filling
from vaelib.schedules import cosine
from vaelib.storage import FORMAT, identity, read_parts, write_parts
from vaelib.training import evaluate, fit

PERPLEXITIES = (5, 30, 100)
TEST_SEED = 0  # of the binarization of the test images
ELBO_SAMPLES = 10


class Recipe(NamedTuple):
    """Everything that decides the weights, apart from platform and torch version."""

    data: str  # "mnist" or "digits8"
    latent_dim: int
    hidden: tuple[int, ...] = (128, 128)
    activation: str = "silu"
    epochs: int = 200
    batch_size: int = 128
    peak_learning_rate: float = 3e-3
    beta: float = 1.0  # the factor of the KL in the objective
    seed: int = 0
    codes: int = 1797  # how many images' codes are stored for the pictures
    half: tuple[str, ...] = ()  # matrices kept in float16, where int8 costs too much
    views: bool = False  # store PCA and t-SNE of the codes too


RECIPES = {
    # In int8 this one matrix costs 1.0 nat of test ELBO and the three others 0.14 together: rows with a few large weights, large inputs.
    "mnist-2d": Recipe("mnist", 2, batch_size=512, peak_learning_rate=6e-3, codes=3000, half=("encoder.hidden.1.weight",)),
    "digits8-2d": Recipe("digits8", 2, epochs=250),
    # Where the KL costs nothing, noise only blurs: the encoder learns to make none, and what remains is an autoencoder.
    "digits8-2d-ae": Recipe("digits8", 2, epochs=250, beta=0.0),
    "digits8-8d": Recipe("digits8", 8, epochs=250, views=True),
}


def make(name: str, folder: Path, *, progress: bool = True) -> dict:
    """Train one model, write its three files and its card into `folder` (made if absent), and return the card.

    The four appear together at the end: a run that is stopped leaves what was there.
    """
    if name not in RECIPES:
        raise ValueError(f"name must be one of {', '.join(RECIPES)}, got {name!r}")
    recipe = RECIPES[name]
    folder.mkdir(parents=True, exist_ok=True)
    data = load_data(recipe)
    model = dense_vae(data.x_train.shape[1], recipe.latent_dim, hidden=recipe.hidden, activation=recipe.activation, seed=recipe.seed)
    started = time.perf_counter()
    fit(
        model, data.x_train, epochs=recipe.epochs, batch_size=recipe.batch_size, seed=recipe.seed,
        learning_rate=cosine(recipe.peak_learning_rate), beta=recipe.beta, resample_pixels=True, progress=progress,
    )  # fmt: skip
    seconds = time.perf_counter() - started
    with tempfile.TemporaryDirectory(dir=folder) as beside:
        paths = {part: Path(beside) / f"{name}.{part}.safetensors" for part in ("encoder", "decoder", "codes")}
        write_parts(model, paths["encoder"], paths["decoder"], half=recipe.half)
        stored = read_parts(paths["encoder"], paths["decoder"])
        write_codes(stored, recipe, data, paths["codes"], identity(model))
        card = describe(name, recipe, stored, model, data, paths)
        card["made_with"]["training_seconds"] = round(seconds)
        if len(data.x_train) > recipe.codes:  # the codes file holds too few images to tell how they fill the prior
            card["training_codes"] = training_codes(name, stored, data)
        (Path(beside) / f"{name}.json").write_text(json.dumps(card, indent=2) + "\n")
        for path in Path(beside).iterdir():
            os.replace(path, folder / path.name)
    return card


def renew_codes(name: str, folder: Path) -> dict:
    """Write the codes file of a model anew from the encoder in `folder`, and return the card with the file's new size."""
    recipe = RECIPES[name]
    model = read_parts(*(folder / f"{name}.{part}.safetensors" for part in ("encoder", "decoder")))
    path, card_path = folder / f"{name}.codes.safetensors", folder / f"{name}.json"
    card = json.loads(card_path.read_text())
    write_codes(model, recipe, load_data(recipe), path, card["model"])
    card["gzip_bytes"]["codes"] = packed_size(path)
    card_path.write_text(json.dumps(card, indent=2) + "\n")
    return card


def renew_training_codes(name: str, folder: Path) -> dict:
    """Measure anew, with the encoder in `folder`, how the codes of all training images fill the prior, and return the card."""
    model = read_parts(*(folder / f"{name}.{part}.safetensors" for part in ("encoder", "decoder")))
    card_path = folder / f"{name}.json"
    card = json.loads(card_path.read_text())
    card["training_codes"] = training_codes(name, model, load_data(RECIPES[name]))
    card_path.write_text(json.dumps(card, indent=2) + "\n")
    return card


def training_codes(name: str, model: VAE, data: Dataset) -> dict:
    """`aggregate.filling` of all training images, tossed once, and the command that says so."""
    codes = encode_set(model, binarize(data.x_train, generator=torch.Generator().manual_seed(TEST_SEED)))
    measured = filling(codes.mean, codes.log_var)
    return {"command": f"python -m vaelib.pretrained {name} --training-codes", "binarization_seed": TEST_SEED} | measured


def write_codes(model: VAE, recipe: Recipe, data: Dataset, path: Path, identity: str) -> None:
    """Encode the images of `coded_images` with the stored model, and measure what they show: label, slant and thickness."""
    x, label = coded_images(recipe, data)
    codes = encode_set(model, binarize(x, generator=torch.Generator().manual_seed(TEST_SEED)))
    tensors = {
        "mean": codes.mean.half(), "log_var": codes.log_var.half(), "label": label.to(torch.uint8),
        "slant": slant(x).half(), "thickness": thickness(x).half(),
    }  # fmt: skip
    metadata = {"format": FORMAT, "part": "codes", "model": identity}
    if recipe.views:
        # Project what is stored, so that a reader who projects the file again gets the file's own picture.
        views, scores = project(tensors["mean"].float())
        tensors |= views
        metadata |= {"perplexities": ",".join(map(str, PERPLEXITIES))} | scores
    write_tensors(tensors, path, metadata)


def coded_images(recipe: Recipe, data: Dataset) -> tuple[Tensor, Tensor]:
    """The images of a codes file, as greys, and their labels: MNIST's first test images, or all 8x8 digits, training images first."""
    if recipe.data == "mnist":
        return data.x_test[: recipe.codes], data.y_test[: recipe.codes]
    return torch.cat([data.x_train, data.x_test]), torch.cat([data.y_train, data.y_test])


def project(mean: Tensor) -> tuple[dict[str, Tensor], dict[str, str]]:
    """PCA and t-SNE of codes (n, latent): coordinates (n, 2), the PCA's map, and trustworthiness in [0, 1] of each view."""
    points = mean.numpy()
    pca = PCA(2, svd_solver="full").fit(points)
    flat = pca.transform(points)
    tensors = {
        "pca": torch.tensor(flat).half(),
        "pca.components": torch.tensor(pca.components_).float(),
        "pca.centre": torch.tensor(pca.mean_).float(),
    }
    scores = {"trustworthiness.pca": f"{trustworthiness(points, flat, n_neighbors=10):.3f}"}
    for perplexity in PERPLEXITIES:
        flat = TSNE(2, perplexity=perplexity, init="pca", random_state=0).fit_transform(points)
        tensors[f"tsne.{perplexity}"] = torch.tensor(flat).half()
        scores[f"trustworthiness.tsne.{perplexity}"] = f"{trustworthiness(points, flat, n_neighbors=10):.3f}"
    return tensors, scores


def describe(name: str, recipe: Recipe, stored: VAE, trained: VAE, data: Dataset, paths: dict[str, Path]) -> dict:
    """The facts of the stored file: ELBO with its two terms on the binarized test images, sizes, and how it was made."""
    x_test = test_images(data)
    terms = evaluate(stored, x_test, samples=ELBO_SAMPLES)
    float_elbo = evaluate(trained, x_test, samples=ELBO_SAMPLES).total.mean().item()
    return {
        "name": name,
        "model": identity(trained),
        "command": f"python -m vaelib.pretrained {name}",
        "recipe": recipe._asdict() | {"optimizer": "Adam", "schedule": "cosine, 2 % warm-up", "pixels": "binarized anew each batch"},
        "data_sha256": data_hash(recipe, data),
        "test": {
            "images": len(x_test),
            "binarization_seed": TEST_SEED,
            "samples_of_z": ELBO_SAMPLES,
            "elbo": round(terms.total.mean().item(), 3),
            "log_likelihood": round(terms.log_likelihood.mean().item(), 3),
            "kl": round(terms.kl.mean().item(), 3),
            "standard_error": round(terms.total.std().item() / len(x_test) ** 0.5, 3),
            "elbo_before_int8": round(float_elbo, 3),
            "unit": "nats per image",
        },
        "gzip_bytes": {part: packed_size(path) for part, path in paths.items()},
        "made_with": {"torch": torch.__version__.split("+")[0], "machine": platform.machine()},
    }


def load_data(recipe: Recipe) -> Dataset:
    """The images that a recipe names."""
    return load_mnist() if recipe.data == "mnist" else load_digits8()


def packed_size(path: Path) -> int:
    """Bytes of a file as a page fetches it: gzipped."""
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def test_images(data: Dataset) -> Tensor:
    """The held-out images as the cards score them: binarized once with the stated seed."""
    return binarize(data.x_test, generator=torch.Generator().manual_seed(TEST_SEED))


def data_hash(recipe: Recipe, data: Dataset) -> dict[str, str]:
    """SHA-256 of what was trained on: the original files for MNIST, the float32 training array for the embedded digits."""
    if recipe.data == "mnist":
        return {name: digest for name, digest in MNIST_SHA256.items() if name.startswith("train")}
    return {"x_train (float32)": hashlib.sha256(data.x_train.numpy().tobytes()).hexdigest()}
