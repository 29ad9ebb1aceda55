"""Encoder, decoder, VAE: shapes, determinism, names and refusals."""

import numpy as np
import pytest
import torch
from torch import nn

from vaelib import VAE, Gaussian, StandardNormal, conv_vae, dense_vae
from vaelib.networks import Decoder, Encoder


@pytest.mark.parametrize("hidden", [(), (5,), (7, 5, 3)])
@pytest.mark.parametrize("activation", ["relu", "silu", "tanh"])
def test_any_depth_gives_the_shapes_it_promises(hidden, activation):
    model = dense_vae(6, 2, hidden=hidden, activation=activation)
    mean, log_var = model.encode(torch.rand(4, 6))
    assert mean.shape == log_var.shape == (4, 2)
    assert model.decode(torch.zeros(3, 4, 2)).shape == (3, 4, 6), "leading axes pass through"
    assert [layer.out_features for layer in model.decoder.hidden] == list(reversed(hidden))


def test_one_hidden_layer_is_the_network_of_the_formula():
    encoder = Encoder(6, 2, hidden=(5,))
    x = torch.rand(4, 6)
    h = torch.relu(x @ encoder.hidden[0].weight.T + encoder.hidden[0].bias)
    mean, log_var = encoder(x)
    torch.testing.assert_close(mean, h @ encoder.mean.weight.T + encoder.mean.bias)
    torch.testing.assert_close(log_var, h @ encoder.log_var.weight.T + encoder.log_var.bias)


def test_the_decoder_gives_logits_not_probabilities():
    logits = Decoder(2, 6)(100 * torch.randn(200, 2, generator=torch.Generator().manual_seed(0)))
    assert logits.min() < 0 and logits.max() > 1


def test_equal_seeds_give_equal_weights_and_the_callers_stream_is_untouched():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, two, other = dense_vae(6, 2), dense_vae(6, 2), dense_vae(6, 2, seed=1)
    assert torch.equal(torch.rand(1), expected)
    for a, b, c in zip(one.parameters(), two.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b) and not torch.equal(a, c)


def test_a_learned_std_is_one_of_the_models_parameters():
    model = dense_vae(6, 2, likelihood=Gaussian(0.3, learn_std=True))
    assert any(p is model.likelihood.log_factor for p in model.parameters() if p.requires_grad)


@pytest.mark.parametrize("arguments, words", [
    ({"latent_dim": 0}, "latent_dim must be a whole number >= 1, got 0"),
    ({"latent_dim": -2}, "latent_dim must be a whole number >= 1, got -2"),
    ({"latent_dim": 2.0}, "latent_dim must be a whole number >= 1, got 2.0"),
    ({"latent_dim": True}, "latent_dim must be a whole number >= 1, got True"),
    ({"pixels": 0}, "pixels must be a whole number >= 1, got 0"),
    ({"hidden": (8, 0)}, "each hidden width must be a whole number >= 1, got 0"),
    ({"hidden": 128}, "hidden must be a list or tuple of widths such as (128,), got 128"),
    ({"hidden": None}, "hidden must be a list or tuple of widths such as (128,), got None"),
    ({"seed": "a"}, "seed must be a whole number >= 0, got 'a'"),
    ({"likelihood": "bernoulli"},
     "likelihood must be an object such as Bernoulli() or Gaussian() with log_prob, mean, sample, check, got 'bernoulli'"),
    ({"likelihood": Gaussian}, "got the class Gaussian, not an object of it"),
    ({"likelihood": torch.nn.ReLU()}, "which lacks log_prob, mean, sample, check"),
    ({"activation": "sigmoid"}, "activation must be one of relu, silu, tanh, got 'sigmoid'"),
])  # fmt: skip
def test_sizes_that_make_no_network_are_refused(arguments, words):
    with pytest.raises(ValueError) as error:
        dense_vae(**({"pixels": 6, "latent_dim": 2} | arguments))
    assert words in str(error.value)


def test_wrong_images_and_codes_are_refused_with_both_shapes():
    model = dense_vae(784, 2)
    with pytest.raises(ValueError, match=r"x must have shape \(batch, 784\), got \(3, 1, 28, 28\)"):
        model.encode(torch.zeros(3, 1, 28, 28))
    with pytest.raises(ValueError, match=r"z must have shape \(batch, 2\), got \(3,\)"):
        model.decode(torch.zeros(3))
    with pytest.raises(ValueError, match=r"x must be a floating-point tensor of shape \(batch, 784\), got ndarray"):
        model.encode(torch.zeros(3, 784).numpy())
    with pytest.raises(ValueError, match=r"floating-point tensor .* got torch\.uint8"):
        model.encode(torch.zeros(3, 784, dtype=torch.uint8))


def test_a_seed_gives_the_weights_of_torchs_own_constructor():
    torch.manual_seed(3)
    plain = torch.nn.Linear(6, 5)
    model = dense_vae(6, 2, hidden=(5,), seed=3)
    assert torch.equal(model.encoder.hidden[0].weight, plain.weight) and torch.equal(model.encoder.hidden[0].bias, plain.bias)


def test_numpys_whole_numbers_are_whole_numbers():
    model = dense_vae(np.int64(6), np.int32(2), hidden=(np.int64(5),), seed=np.int64(1))
    assert type(model.pixels) is type(model.latent_dim) is int


def test_codes_and_images_of_another_type_are_refused_with_the_cure():
    model = dense_vae(6, 2)
    with pytest.raises(ValueError, match=r"x must be torch.float32 on cpu.*got torch.float64 on cpu; write x.to\(torch.float32\)"):
        model.encode(torch.zeros(3, 6, dtype=torch.float64))
    with pytest.raises(ValueError, match=r'z must be torch.float32 on cpu.*got torch.float32 on meta; write z.to\("cpu"\)'):
        model.decode(torch.zeros(3, 2, device="meta"))


def test_a_convolutional_pair_reads_and_draws_squares_of_any_batch():
    model = conv_vae(8, 3, channels=(4, 6))
    q = model.encode(torch.rand(5, 64))
    assert q.mean.shape == q.log_var.shape == (5, 3)
    z = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(model.decode(z)[1], model.decode(z[1]))
    with pytest.raises(ValueError, match="side must be divisible by 4"):
        conv_vae(10, 3)


def test_the_answer_for_one_image_does_not_depend_on_the_others_in_its_batch():
    model, x = conv_vae(8, 3), torch.rand(5, 64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(model.encode(x).mean[:1], model.encode(x[:1]).mean)


def test_a_decoder_that_knows_only_batches_serves_many_draws():
    decoder = nn.Sequential(nn.Linear(8, 128), nn.Unflatten(-1, (32, 2, 2)), nn.ConvTranspose2d(32, 1, 4, 4), nn.Flatten(1))
    model = VAE(Encoder(64, 8), decoder, prior=StandardNormal(8))
    assert model.decode(torch.zeros(3, 5, 8)).shape == (3, 5, 64)


@pytest.mark.parametrize("parts, words", [
    ((6, 2), "encoder must be a torch.nn.Module, got 6; for dense networks write dense_vae(pixels, latent_dim)"),
    ((Encoder(6, 2), Decoder(3, 6)), "encoder.latent_dim must be 3, got 2"),
    ((Encoder(6, 2), Decoder(2, 5)), "decoder.outputs must be 6, got 5"),
    ((Encoder(6, 2), nn.Linear(2, 6)), "pass prior=StandardNormal(latent_dim)"),
    ((nn.Linear(6, 4), Decoder(2, 6)), "pixels must be a whole number >= 1, got None"),
])  # fmt: skip
def test_parts_that_do_not_fit_each_other_are_refused(parts, words):
    with pytest.raises(ValueError) as error:
        VAE(*parts)
    assert words in str(error.value)
