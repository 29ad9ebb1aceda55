"""The stored models: what their cards say of them, what a damaged file does, and that the recipes make them."""

import gzip
import json
import math

import pytest
import torch

from vaelib import dense_vae, evaluate, fit, load_digits8, pretrained
from vaelib.files import read_tensors
from vaelib.moments import slant, thickness
from vaelib.pretrained import recipes
from vaelib.pretrained.aggregate import filling
from vaelib.pretrained.images import IMAGES, read_images, write_images
from vaelib.storage import read_parts

NAMES = ("digits8-2d", "digits8-2d-ae", "digits8-8d", "mnist-2d")
REAL = [pytest.param(name, marks=pytest.mark.mnist) if name == "mnist-2d" else name for name in NAMES]


def test_the_models_of_the_book_are_here():
    assert tuple(pretrained.names()) == NAMES
    assert set(recipes.RECIPES) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_is_as_large_as_its_card_says(name):
    card = pretrained.card(name)
    for part, size in card["gzip_bytes"].items():
        packed = len(gzip.compress(pretrained.file_path(name, part).read_bytes(), 9, mtime=0))
        assert abs(packed - size) <= 0.01 * size  # zlib versions pack a little differently
    recipe = recipes.RECIPES[name]
    assert {k: card["recipe"][k] for k in recipe._fields} == json.loads(json.dumps(recipe._asdict()))
    model = pretrained.load(name)
    assert (model.latent_dim, not model.training) == (recipe.latent_dim, True)
    assert not any(p.requires_grad for p in model.parameters())


@pytest.mark.parametrize("name", REAL)
def test_the_stored_file_scores_what_its_card_says(name):
    recipe, test = recipes.RECIPES[name], pretrained.card(name)["test"]
    data = recipes.load_data(recipe)
    assert recipes.data_hash(recipe, data) == pretrained.card(name)["data_sha256"]
    terms = evaluate(pretrained.load(name), recipes.test_images(data), samples=test["samples_of_z"])
    for term in ("log_likelihood", "kl"):
        assert abs(getattr(terms, term).mean().item() - test[term]) < 2e-3  # printed to 3 decimals
    assert abs(terms.total.mean().item() - test["elbo"]) < 2e-3


def test_mnist_2d_keeps_its_promises():
    card = pretrained.card("mnist-2d")
    assert card["test"]["images"] == 10_000 and card["test"]["elbo"] >= -139
    assert card["gzip_bytes"]["encoder"] + card["gzip_bytes"]["decoder"] <= 230_000


@pytest.mark.parametrize("name", REAL)
def test_the_stored_codes_are_the_stored_models(name):
    codes, recipe = pretrained.read_codes(name), recipes.RECIPES[name]
    greys, label = recipes.coded_images(recipe, recipes.load_data(recipe))
    x = recipes.binarize(greys, generator=torch.Generator().manual_seed(recipes.TEST_SEED))
    mean, log_var = pretrained.load(name).encode(x)
    torch.testing.assert_close(codes["mean"], mean, atol=5e-3, rtol=1e-3)  # half precision
    torch.testing.assert_close(codes["log_var"], log_var, atol=1e-2, rtol=1e-3)
    assert torch.equal(codes["label"], label)
    torch.testing.assert_close(codes["slant"], slant(greys), atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(codes["thickness"], thickness(greys), atol=1e-3, rtol=1e-3)


def test_codes_are_renewed_from_the_stored_encoder_and_nothing_else_is(tmp_path):
    name = "digits8-2d"
    kept = {path.name: path.read_bytes() for path in pretrained.FOLDER.glob(f"{name}.*") if "codes" not in path.name}
    for file, content in kept.items():
        (tmp_path / file).write_bytes(content)
    card = recipes.renew_codes(name, tmp_path)
    again, stored = read_tensors(tmp_path / f"{name}.codes.safetensors"), read_tensors(pretrained.file_path(name, "codes"))
    assert again[1] == stored[1]
    torch.testing.assert_close(again[0], stored[0], atol=5e-3, rtol=2e-3)  # half precision
    assert abs(card["gzip_bytes"].pop("codes") - pretrained.card(name)["gzip_bytes"]["codes"]) < 200
    was = pretrained.card(name)
    del was["gzip_bytes"]["codes"]
    assert card == was
    assert all((tmp_path / file).read_bytes() == content for file, content in kept.items() if not file.endswith(".json"))


# how the codes of all training images fill the prior


def test_codes_that_are_the_prior_fill_it():
    zero = torch.zeros(3, 2)
    full = filling(zero, zero)
    assert (full["holes"], full["kl"], full["mismatch"], full["variance"]) == (0, 0, 0, [1, 1])


def test_what_lies_beside_the_prior_leaves_a_hole_of_known_size():
    moved = filling(torch.tensor([[2.0, 0.0]]), torch.zeros(1, 2))
    below = torch.special.ndtr(torch.tensor((2 - math.log(10)) / 2)).item()  # where N(2, 1) is under a tenth of N(0, 1)
    assert abs(moved["holes"] - below) < 0.02  # a cell is 0.1 wide
    assert abs(moved["mismatch"] - 2) < 2e-3 and abs(moved["information"]) < 2e-3  # all of it: one q for all


def test_two_codes_far_apart_tell_one_bit():
    apart = filling(torch.tensor([[-2.0, 0.0], [2.0, 0.0]]), torch.full((2, 2), -2.0))
    assert abs(apart["information"] - math.log(2)) < 1e-3
    assert apart["variance"] == pytest.approx([4 + math.exp(-2), math.exp(-2)], abs=1e-3)


@pytest.mark.mnist
def test_the_training_codes_are_as_the_card_says(tmp_path):
    for path in pretrained.FOLDER.glob("mnist-2d.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    card = recipes.renew_training_codes("mnist-2d", tmp_path)
    was = pretrained.card("mnist-2d")["training_codes"]
    for key in ("holes", "mismatch", "kl", "information"):
        assert abs(card["training_codes"][key] - was[key]) < 2e-3


# the autoencoder: what a VAE becomes when its KL costs nothing


def test_the_autoencoder_is_the_vae_with_one_factor_changed():
    vae, autoencoder = recipes.RECIPES["digits8-2d"], recipes.RECIPES["digits8-2d-ae"]
    assert autoencoder == vae._replace(beta=0.0)
    shapes = [{name: weight.shape for name, weight in pretrained.load(n).state_dict().items()} for n in ("digits8-2d", "digits8-2d-ae")]
    assert shapes[0] == shapes[1]


def test_the_autoencoder_reconstructs_better_and_is_the_worse_model_of_the_data():
    vae, autoencoder = (pretrained.card(name)["test"] for name in ("digits8-2d", "digits8-2d-ae"))
    assert autoencoder["log_likelihood"] > vae["log_likelihood"] + 1
    assert autoencoder["elbo"] < vae["elbo"] - 40


def test_the_autoencoder_has_stopped_making_noise():
    model, x = pretrained.load("digits8-2d-ae"), recipes.test_images(load_digits8())
    mean, log_var = model.encode(x)
    assert ((0.5 * log_var).exp().median(0).values / mean.std(0) < 2e-4).all()
    at_mean = model.likelihood.log_prob(x, model.decode(mean))
    assert abs((at_mean - evaluate(model, x, samples=10).log_likelihood).mean()) < 2e-3


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_a_kl_the_noise_goes_by_itself(seed):
    """15 epochs of the recipe's model: the noise is already a hundredth of the spread of the codes, and costs next to nothing."""
    data = load_digits8()
    model = dense_vae(64, 2, hidden=(128, 128), activation="silu", seed=seed)
    fit(model, data.x_train, epochs=15, learning_rate=3e-3, beta=0.0, resample_pixels=True, seed=seed)
    x = recipes.test_images(data)
    mean, log_var = model.encode(x)
    assert ((0.5 * log_var).exp().median(0).values / mean.std(0) < 0.02).all()
    at_mean = model.likelihood.log_prob(x, model.decode(mean)).mean()
    assert abs(at_mean - evaluate(model, x, samples=10).log_likelihood.mean()) < 0.02  # of 20 nats


def test_the_stored_pca_is_the_codes_pca():
    codes = pretrained.read_codes("digits8-8d")
    projected = (codes["mean"] - codes["pca.centre"]) @ codes["pca.components"].T
    torch.testing.assert_close(codes["pca"], projected, atol=5e-3, rtol=1e-3)  # half precision
    torch.testing.assert_close(codes["pca.components"] @ codes["pca.components"].T, torch.eye(2), atol=1e-5, rtol=0)


def test_unknown_names_and_parts_are_refused():
    with pytest.raises(ValueError, match="name must be one of digits8-2d, digits8-2d-ae, digits8-8d, mnist-2d, got 'mnist'"):
        pretrained.load("mnist")
    with pytest.raises(ValueError, match="part must be one of encoder, decoder, codes, got 'weights'"):
        pretrained.file_path("mnist-2d", "weights")
    with pytest.raises(ValueError, match="got 'mnist'"):
        recipes.make("mnist", None)


def test_a_recipe_makes_every_file_of_a_model(tmp_path, monkeypatch):
    monkeypatch.setitem(recipes.RECIPES, "digits8-2d", recipes.RECIPES["digits8-2d"]._replace(epochs=2))
    tmp_path = tmp_path / "made" / "on the way"
    card = recipes.make("digits8-2d", tmp_path, progress=False)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "digits8-2d.codes.safetensors", "digits8-2d.decoder.safetensors", "digits8-2d.encoder.safetensors", "digits8-2d.json",
    ]  # fmt: skip
    stored = read_parts(tmp_path / "digits8-2d.encoder.safetensors", tmp_path / "digits8-2d.decoder.safetensors")
    terms = evaluate(stored, recipes.test_images(load_digits8()), samples=recipes.ELBO_SAMPLES)
    assert abs(terms.total.mean().item() - card["test"]["elbo"]) < 1e-3


def test_a_run_that_is_stopped_leaves_the_old_model_whole(tmp_path, monkeypatch):
    monkeypatch.setitem(recipes.RECIPES, "digits8-2d", recipes.RECIPES["digits8-2d"]._replace(epochs=1))
    recipes.make("digits8-2d", tmp_path, progress=False)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(recipes, "describe", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        recipes.make("digits8-2d", tmp_path, progress=False)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_stored_images_are_scikit_learns_and_are_written_again_byte_for_byte(tmp_path):
    data = load_digits8()
    x, label = read_images()
    assert torch.equal(x, torch.cat([data.x_train, data.x_test])) and torch.equal(label, torch.cat([data.y_train, data.y_test]))
    write_images(tmp_path / IMAGES.name)
    assert (tmp_path / IMAGES.name).read_bytes() == IMAGES.read_bytes()
    assert len(gzip.compress(IMAGES.read_bytes(), 9)) < 50_000
