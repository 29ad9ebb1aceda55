"""Files of models: what is written is read back, what is damaged, foreign or mixed is refused by name, and nothing is lost on the way."""

import json
import math

import pytest
import torch
from torch import nn

from vaelib import VAE, Gaussian, StandardNormal, conv_vae, dense_vae, files, storage
from vaelib.files import packed, read_tensors, write_tensors
from vaelib.networks import Decoder, Encoder
from vaelib.storage import load, read_parts, save, write_parts


@pytest.fixture
def parts(tmp_path):
    """A small model and the two files that a page would fetch."""
    model = dense_vae(64, 2, hidden=(80, 40), activation="tanh")
    paths = tmp_path / "encoder", tmp_path / "decoder"
    write_parts(model, *paths)
    return model, *paths


def same(one, other):
    assert one.state_dict().keys() == other.state_dict().keys()
    for (name, a), (_, b) in zip(one.state_dict().items(), other.state_dict().items(), strict=True):
        assert torch.equal(a, b), name


def test_what_is_written_in_parts_is_read_back_to_half_a_step(parts):
    model, encoder_path, decoder_path = parts
    stored = read_parts(encoder_path, decoder_path)
    for (name, weight), (_, read) in zip(model.state_dict().items(), stored.state_dict().items(), strict=True):
        small = weight.dim() == 1 or weight.numel() < storage.SMALL_LAYER
        step = 0 if small else weight.abs().amax(1, keepdim=True) / 127
        assert ((weight - read).abs() <= 0.5 * step + 1e-7).all(), name
    assert stored.encoder.activation == stored.decoder.activation == "tanh"


@pytest.mark.parametrize("model", [
    dense_vae(6, 2, hidden=(), activation="silu"),
    dense_vae(6, 2, likelihood=Gaussian(0.3, learn_std=True)),
    dense_vae(6, 2, likelihood=Gaussian([0.1] * 6, learn_std=True, min_std=0.01)).double(),
    conv_vae(8, 3, channels=(4, 6), likelihood=Gaussian(0.2)),
], ids=["dense", "gaussian", "a std a pixel, float64", "convolutions"])  # fmt: skip
def test_a_model_comes_back_with_its_networks_likelihood_prior_and_every_bit(model, tmp_path):
    if isinstance(model.likelihood, Gaussian) and model.likelihood.learn_std:
        model.likelihood.std = 0.5 * model.likelihood.std.detach()
    save(model, tmp_path / "model")
    back = load(tmp_path / "model")
    same(model, back)
    assert [type(getattr(back, part)) for part in storage.PARTS] == [type(getattr(model, part)) for part in storage.PARTS]
    assert back.likelihood.spec() == model.likelihood.spec() and back.encoder.spec() == model.encoder.spec()
    x = torch.rand(3, model.pixels).to(next(model.parameters()))
    assert torch.equal(back.encode(x).mean, model.encode(x).mean) and not back.training


def test_a_gaussian_model_is_stored_in_parts_with_its_std(tmp_path):
    model = dense_vae(6, 2, likelihood=Gaussian(0.3, learn_std=True))
    model.likelihood.std = 0.05
    write_parts(model, tmp_path / "encoder", tmp_path / "decoder")
    back = read_parts(tmp_path / "encoder", tmp_path / "decoder")
    assert isinstance(back.likelihood, Gaussian) and abs(back.likelihood.std.item() - 0.05) < 1e-7


def test_a_row_of_zeros_survives_int8():
    weight, scale = storage.quantize_rows(torch.zeros(2, 3))
    assert torch.equal(weight.float() * scale[:, None], torch.zeros(2, 3))


def test_a_file_cut_anywhere_is_refused_by_name(parts):
    _, path, other = parts
    whole = path.read_bytes()
    for length in (0, 4, 8, 60, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(OSError, match="encoder must be a whole safetensors file"):
            read_parts(path, other)


def test_bytes_of_another_kind_are_refused(tmp_path):
    path = tmp_path / "weights"
    for raw in (b"\xff" * 64, b"PK\x03\x04" + bytes(100)):
        path.write_bytes(raw)
        with pytest.raises(OSError, match="whole safetensors file"):
            read_tensors(path)
    with pytest.raises(OSError, match="got no file there"):
        read_tensors(tmp_path / "absent")
    with pytest.raises(OSError, match="got a folder"):
        read_tensors(tmp_path)


@pytest.mark.parametrize("header", [
    '{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    '{"__metadata__":{"a":"1"},"__metadata__":{"a":"2"}}',
    '{"a":{"dtype":"U16","shape":[2],"data_offsets":[0,4]}}',
    '{"a":[]}',
    "[" * 100_000,
])  # fmt: skip
def test_headers_that_readers_could_take_in_two_ways_are_refused_in_few_words(header, tmp_path):
    text = header.encode()
    (tmp_path / "file").write_bytes(len(text).to_bytes(8, "little") + text + bytes(4))
    with pytest.raises(OSError, match="whole safetensors file") as error:
        read_tensors(tmp_path / "file")
    assert len(str(error.value)) < 600


def test_the_same_tensors_make_the_same_bytes(tmp_path):
    metadata = {name: name for name in ("format", "part", "network", "likelihood", "perplexities", "an umlaut \u00fc")}
    tensors = {"mean.weight": torch.rand(3, 5), "mean.bias": torch.rand(3)}
    written = set()
    for turn in range(6):
        write_tensors(tensors, tmp_path / "one", dict(sorted(metadata.items(), reverse=turn % 2)))
        written.add((tmp_path / "one").read_bytes())
    assert len(written) == 1
    read, said = read_tensors(tmp_path / "one")
    assert said == metadata and all(torch.equal(read[name], tensors[name]) for name in tensors)


def damaged(parts, change, words):
    """The encoder file with its tensors and metadata changed by `change(tensors, metadata)` is refused with these words."""
    _, path, other = parts
    tensors, metadata = read_tensors(path)
    change(tensors, metadata)
    path.write_bytes(packed(tensors, metadata))
    with pytest.raises(OSError) as error:
        read_parts(path, other)
    assert words in str(error.value) and len(str(error.value)) < 1000


@pytest.mark.parametrize("name, tensor, words", [
    ("mean.weight", torch.zeros(2, 41), "mean.weight must have shape (2, 40), got (2, 41)"),
    ("mean.bias", torch.tensor(1.0), "mean.bias must have shape (2,), got ()"),
    ("mean.bias", torch.tensor([0.0, math.nan]), "mean.bias must be finite"),
    ("mean.bias", torch.zeros(2, dtype=torch.int32), "mean.bias must be a float"),
    ("mean.bias", torch.zeros(2, dtype=torch.bool), "mean.bias must be a float"),
    ("hidden.0.weight", torch.zeros(80, 64, dtype=torch.uint8), "hidden.0.weight must be a float"),
    ("hidden.0.weight.scale", torch.zeros(1), "hidden.0.weight.scale must be float32 of shape (80,)"),
    ("hidden.0.weight.scale", torch.full((80,), math.inf), "hidden.0.weight must be finite"),
    ("mean.bias.scale", torch.zeros(2), "no tensor called 'mean.bias.scale' is wanted"),
    ("stray", torch.zeros(1), "no tensor called 'stray' is wanted"),
])  # fmt: skip
def test_tensors_that_the_words_do_not_imply_are_refused(parts, name, tensor, words):
    damaged(parts, lambda tensors, metadata: tensors.update({name: tensor}), words)


@pytest.mark.parametrize("entry, value, words", [
    ("format", "vaelib 1", "must be the encoder of a model, in format 'vaelib 2', got format 'vaelib 1'"),
    ("part", "decoder", "got format 'vaelib 2', part 'decoder'"),
    ("model", "0" * 15, "16 hexadecimal digits"),
    ("model", "0" * 16, "must come from one trained model"),
    ("network", "{", "must say in words what its network is"),
    ("network", '{"kind": "transformer"}', "kind 'transformer', which is none of"),
    ("network", '{"kind": "dense encoder"}', "must hold the network that its words describe"),
    ("network", '{"kind": "dense encoder", "pixels": 64, "latent_dim": 2, "hidden": [80, 41], "activation": "tanh"}', "must have shape"),
    ("network", '{"kind": "dense encoder", "pixels": 64, "latent_dim": 2, "hidden": [80, NaN], "activation": "tanh"}', "whole number"),
    ("network", '{"kind": "dense encoder", "pixels": 64, "latent_dim": 2, "hidden": [99999, 99999], "activation": "tanh"}',
     "must have shape"),
    ("posterior", '{"kind": "flow"}', "must give a diagonal gaussian"),
])  # fmt: skip
def test_words_that_nobody_knows_are_refused(parts, entry, value, words):
    damaged(parts, lambda tensors, metadata: metadata.update({entry: value}), words)


def test_layers_that_a_small_file_only_claims_are_never_built(parts, monkeypatch):
    """A header of a few bytes may claim layers of gigabytes: shapes are compared before memory is taken."""
    spec = {"kind": "dense encoder", "pixels": 2**20, "latent_dim": 2, "hidden": [2**20, 2**20], "activation": "relu"}
    damaged(parts, lambda tensors, metadata: metadata.update(network=json.dumps(spec)), "must have shape (1048576, 1048576)")


def test_halves_of_two_models_are_refused_though_they_fit(parts, tmp_path):
    _, encoder_path, decoder_path = parts
    others = tmp_path / "other encoder", tmp_path / "other decoder"
    write_parts(dense_vae(64, 2, hidden=(80, 40), activation="tanh", seed=1), *others)
    with pytest.raises(OSError, match="must come from one trained model"):
        read_parts(encoder_path, others[1])
    with pytest.raises(OSError, match="must be the encoder"):
        read_parts(decoder_path, encoder_path)


def test_weights_that_are_not_finite_are_never_written(tmp_path):
    model = dense_vae(64, 2)
    model.encoder.mean.weight.data[0, 0] = torch.nan
    with pytest.raises(ValueError, match=r"NaN or infinity in encoder\.mean\.weight"):
        write_parts(model, tmp_path / "encoder", tmp_path / "decoder")
    with pytest.raises(ValueError, match=r"NaN or infinity in encoder\.mean\.weight"):
        save(model, tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_a_write_that_fails_leaves_the_old_file_and_no_other(parts, monkeypatch):
    model, path, other = parts
    before = path.read_bytes()
    monkeypatch.setattr(files.os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_parts(model, path, other)
    assert path.read_bytes() == before and sorted(path.parent.iterdir()) == sorted([path, other])


def test_a_part_that_cannot_say_what_it_is_is_refused_before_anything_is_written(tmp_path):
    model = VAE(Encoder(6, 2), nn.Linear(2, 6), prior=StandardNormal(2))
    with pytest.raises(ValueError, match=r"decoder Linear must say what it is to be stored: give it a method spec\(\)"):
        save(model, tmp_path / "model")

    class Twice(Decoder):
        def forward(self, z):
            return 2 * super().forward(z)

    with pytest.raises(ValueError, match='decoder Twice must have a kind of its own, got "dense decoder"'):
        save(VAE(Encoder(6, 2), Twice(2, 6)), tmp_path / "model")
    assert not list(tmp_path.iterdir())


def test_a_matrix_can_be_kept_in_half_precision_and_costs_a_thousandth_of_the_error(tmp_path):
    model = dense_vae(64, 2, hidden=(80, 80))
    paths = tmp_path / "encoder", tmp_path / "decoder"
    write_parts(model, *paths, half=["encoder.hidden.1.weight"])
    weight, stored = model.encoder.hidden[1].weight, read_parts(*paths).encoder.hidden[1].weight
    assert read_tensors(paths[0])[0]["hidden.1.weight"].dtype == torch.float16
    assert ((weight - stored).abs() <= weight.abs() * 2.0**-11 + 1e-7).all()
    with pytest.raises(ValueError, match=r"half must name matrices of 4096 weights or more.*got 'mean.weight'"):
        write_parts(model, *paths, half=["encoder.mean.weight"])
    with pytest.raises(ValueError, match=r"half must name matrices of the encoder or decoder, got 'prior\.x'"):
        write_parts(model, *paths, half=["prior.x"])
