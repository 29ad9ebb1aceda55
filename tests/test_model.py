"""Encoder, decoder, VAE: shapes, determinism, names and refusals."""

import pytest
import torch

from vaelib import VAE, Gaussian
from vaelib.networks import Decoder, Encoder


@pytest.mark.parametrize("hidden", [(), (5,), (7, 5, 3)])
@pytest.mark.parametrize("activation", ["relu", "silu", "tanh"])
def test_any_depth_gives_the_shapes_it_promises(hidden, activation):
    model = VAE(6, 2, hidden=hidden, activation=activation)
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
    one, two, other = VAE(6, 2), VAE(6, 2), VAE(6, 2, seed=1)
    assert torch.equal(torch.rand(1), expected)
    for a, b, c in zip(one.parameters(), two.parameters(), other.parameters()):
        assert torch.equal(a, b) and not torch.equal(a, c)


def test_a_learned_std_is_one_of_the_models_parameters():
    model = VAE(6, 2, likelihood=Gaussian(0.3, learn_std=True))
    assert any(p is model.likelihood.log_std for p in model.parameters() if p.requires_grad)


@pytest.mark.parametrize("arguments, words", [
    ({"latent_dim": 0}, "latent_dim must be a whole number >= 1, got 0"),
    ({"latent_dim": -2}, "latent_dim must be a whole number >= 1, got -2"),
    ({"latent_dim": 2.0}, "latent_dim must be a whole number >= 1, got 2.0"),
    ({"latent_dim": True}, "latent_dim must be a whole number >= 1, got True"),
    ({"pixels": 0}, "pixels must be a whole number >= 1, got 0"),
    ({"hidden": (8, 0)}, "each hidden width must be a whole number >= 1, got 0"),
    ({"hidden": 128}, "hidden must be a list or tuple of widths such as (128,), got 128"),
    ({"hidden": None}, "hidden must be a list or tuple of widths such as (128,), got None"),
    ({"seed": "a"}, "seed must be a whole number, got 'a'"),
    ({"likelihood": "bernoulli"}, "likelihood must be an object such as Bernoulli() or Gaussian(), got 'bernoulli'"),
    ({"likelihood": Gaussian}, "likelihood must be an object such as Bernoulli() or Gaussian(), got <class"),
    ({"activation": "sigmoid"}, "activation must be one of relu, silu, tanh, got 'sigmoid'"),
])  # fmt: skip
def test_sizes_that_make_no_network_are_refused(arguments, words):
    with pytest.raises(ValueError) as error:
        VAE(**({"pixels": 6, "latent_dim": 2} | arguments))
    assert words in str(error.value)


def test_wrong_images_and_codes_are_refused_with_both_shapes():
    model = VAE(784, 2)
    with pytest.raises(ValueError, match=r"x must have shape \(batch, 784\), got \(3, 1, 28, 28\)"):
        model.encode(torch.zeros(3, 1, 28, 28))
    with pytest.raises(ValueError, match=r"z must have shape \(batch, 2\), got \(3,\)"):
        model.decode(torch.zeros(3))
    with pytest.raises(ValueError, match=r"x must be a floating-point tensor of shape \(batch, 784\), got ndarray"):
        model.encode(torch.zeros(3, 784).numpy())
    with pytest.raises(ValueError, match="floating-point tensor .* got torch.uint8"):
        model.encode(torch.zeros(3, 784, dtype=torch.uint8))
