"""fit: its objective, its history, its seeds, what it learns and what it refuses."""

import copy
import math
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from vaelib import VAE, Gaussian, StandardNormal, binarize, dense_vae, evaluate, fit, importance_weighted_bound, load_digits8, score
from vaelib.objectives import Terms, free_bits, importance_weighted, weighted_elbo
from vaelib.schedules import cosine, linear
from vaelib.training import evaluation


@pytest.fixture(scope="module")
def digits():
    return load_digits8()


def same(a, b):
    return all(torch.equal(p, q) for p, q in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


@pytest.fixture(scope="module")
def bits(digits):
    coins = torch.Generator().manual_seed(0)
    return binarize(digits.x_train, generator=coins), binarize(digits.x_test, generator=coins)


@pytest.fixture(scope="module")
def trained(digits):
    model = dense_vae(64, 2)
    x_test = binarize(digits.x_test, generator=torch.Generator().manual_seed(0))
    history = fit(model, digits.x_train, x_validation=x_test, epochs=15, learning_rate=3e-3, resample_pixels=True)
    return model, history, x_test


def test_training_beats_the_best_model_without_latents(trained, digits):
    """The independent-pixel Bernoulli at the training mean is the best a decoder can do that ignores z."""
    rate = digits.x_train.mean(0).clamp(1e-3, 1 - 1e-3)
    _, history, x_test = trained
    baseline = (x_test * rate.log() + (1 - x_test) * (1 - rate).log()).sum(-1).mean()
    assert history.validation.elbo[-1] > baseline + 1
    assert history.validation.elbo[-1] > history.validation.elbo[0]


def test_the_history_is_the_elbo_and_its_terms(trained):
    model, history, x_test = trained
    for terms in (history.train, history.validation):
        assert terms.elbo.shape == terms.log_likelihood.shape == terms.kl.shape == (15,)
        assert terms.kl_per_dimension.shape == (15, 2)
        np.testing.assert_allclose(terms.elbo, terms.log_likelihood - terms.kl)
        np.testing.assert_allclose(terms.kl, terms.kl_per_dimension.sum(1))
        assert (terms.kl_per_dimension >= 0).all()
    last = evaluate(model, x_test)
    assert abs(last.total.mean().item() - history.validation.elbo[-1]) < 1e-4


def test_the_same_seed_repeats_and_another_does_not(digits):
    def run(seed):
        model = dense_vae(64, 2)
        fit(model, digits.x_train[:200], epochs=2, resample_pixels=True, seed=seed)
        return torch.cat([p.detach().flatten() for p in model.parameters()])

    assert torch.equal(run(1), run(1)) and not torch.equal(run(1), run(2))


def test_one_step_goes_down_the_gradient_of_minus_the_elbo(digits):
    """Adam's first step is -rate * sign(gradient), so the sign of the loss and the weight of the KL can be read off."""
    x = binarize(digits.x_train[:64], generator=torch.Generator().manual_seed(0))
    for beta in (0.0, 1.0, 4.0):
        model, reference = dense_vae(64, 2), dense_vae(64, 2)
        fit(model, x, epochs=1, batch_size=64, learning_rate=1e-3, beta=beta, seed=7)
        generator = torch.Generator().manual_seed(7)
        order = torch.randperm(64, generator=generator)
        mean, log_var = reference.encode(x[order])
        z = mean + (log_var / 2).exp() * torch.randn(mean.shape, generator=generator)
        logits = reference.decode(z)
        cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits(logits, x[order], reduction="sum")
        kl = -0.5 * (1 + log_var - mean**2 - log_var.exp()).sum()
        ((cross_entropy + beta * kl) / 64).backward()
        for moved, start in zip(model.parameters(), reference.parameters(), strict=True):
            clear = start.grad.abs() > 1e-5
            step = (moved - start).detach()[clear]
            torch.testing.assert_close(step, -1e-3 * start.grad[clear].sign(), atol=2e-5, rtol=0)  # Adam's eps


def test_a_huge_beta_collapses_the_posterior_onto_the_prior(digits):
    model = dense_vae(64, 2)
    history = fit(model, digits.x_train, epochs=20, learning_rate=3e-3, beta=50.0, resample_pixels=True)
    assert history.train.kl[-1] < 0.05


def test_a_gaussian_likelihood_learns_its_std(digits):
    model = dense_vae(64, 2, likelihood=Gaussian(1.0, learn_std=True))
    fit(model, digits.x_train, epochs=10, learning_rate=1e-2)
    assert 0.1 < model.likelihood.std.item() < 0.4


def test_evaluate_is_per_image_and_steadier_with_more_samples(trained):
    model, _, x_test = trained
    one, many = evaluate(model, x_test), evaluate(model, x_test, samples=20)
    assert one.log_likelihood.shape == one.kl.shape == (297,)
    assert torch.equal(one.kl, many.kl) and not one.log_likelihood.requires_grad
    spread = [torch.stack([evaluate(model, x_test[:50], samples=n, seed=s).total.mean() for s in range(8)]).std() for n in (1, 30)]
    assert spread[1] < spread[0]


def test_on_epoch_sees_the_history_so_far_and_may_stop(digits):
    seen = []

    def watch(epoch, history):
        seen.append((epoch, history))
        return epoch == 2

    history = fit(dense_vae(64, 2), digits.x_train[:100], epochs=9, learning_rate=cosine(1e-2), on_epoch=watch)
    assert [epoch for epoch, _ in seen] == [0, 1, 2] and len(history.train.elbo) == 3
    for epoch, before in seen:  # what was handed over does not change later
        assert np.array_equal(before.train.kl_per_dimension, history.train.kl_per_dimension[: epoch + 1])
        assert np.array_equal(before.learning_rate, history.learning_rate[: epoch + 1])
    with pytest.raises(ValueError, match=r"on_epoch must take two arguments, \(epoch, history\)"):
        fit(dense_vae(64, 2), digits.x_train, on_epoch=lambda epoch: None)


@pytest.mark.parametrize("bad, words", [
    (lambda x: x * 255, "[0, 1]"),
    (lambda x: x[0], "(n, 64) with n >= 1, got (64,)"),
    (lambda x: x[:0], "got (0, 64)"),
    (lambda x: x[:, :60], "got (1500, 60)"),
    (lambda x: x.reshape(-1, 8, 8), "got (1500, 8, 8); flatten the images: x.flatten(1)"),
    (lambda x: x.index_fill(0, torch.tensor([3]), math.nan), "64 values that are NaN"),
    (lambda x: x.double(), "torch.float32, or be bytes of 0..255 (uint8), got torch.float64; call x.float()"),
    (lambda x: x.bool(), "got torch.bool; call x.float()"),
    (lambda x: x.to("meta"), "must lie where the model does, on cpu, got meta; call x.to('cpu')"),
    (lambda x: x.numpy(), "got ndarray; call torch.from_numpy(x)"),
    (lambda x: list(x), "got list; call torch.stack(x)"),
    (lambda x: (x, x), "got tuple; a VAE is trained on images alone"),
    (lambda x: torch.utils.data.DataLoader(x), "got DataLoader; batches are drawn here"),
    (lambda x: torch.utils.data.TensorDataset(x), "got TensorDataset; batches are drawn here"),
    (lambda x: x - 0.5, "undo it and binarize"),
    (lambda x: x * 16, "divide by 16"),
    (lambda x: x - 3e-8, "x.clamp(0, 1)"),
])  # fmt: skip
@pytest.mark.parametrize("name", ["x", "x_validation"])
def test_bad_images_are_refused_before_anything_changes(digits, bad, words, name):
    model = dense_vae(64, 2)
    before = [p.clone() for p in model.parameters()]
    images = {"x": digits.x_train} | {name: bad(digits.x_train)}
    with pytest.raises(ValueError) as error:
        fit(model, images.pop("x"), epochs=1, **images)
    assert words in str(error.value)
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), before, strict=True))


@pytest.mark.parametrize("setting", [
    {"epochs": 0}, {"batch_size": 0}, {"batch_size": 2.5}, {"epochs": True}, {"learning_rate": -1e-3}, {"learning_rate": math.nan},
    {"learning_rate": True}, {"seed": 0.5},
    {"seed": -1}, {"seed": True}, {"samples": 0}, {"patience": 0}, {"checkpoint_every": 0},
    {"beta": "1"}, {"beta": lambda progress: math.nan}, {"learning_rate": lambda progress: -1.0},
])  # fmt: skip
def test_settings_out_of_range_are_refused_by_name(digits, setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        fit(dense_vae(64, 2), digits.x_train, **setting)


@pytest.mark.parametrize("settings", [{"epochs": 3, "learning_rate": 1e4}, {"epochs": 1, "batch_size": 1500, "learning_rate": 1e38}])
def test_a_run_that_blows_up_says_so_and_leaves_the_last_finite_weights(digits, settings):
    model = dense_vae(64, 2)
    with pytest.raises(RuntimeError, match=r"not finite; try a smaller learning_rate .*\|log_var\| [\d.]+, \|x\| 1, gradient [\d.]+"):
        fit(model, digits.x_train, **settings)
    assert all(torch.isfinite(p).all() for p in model.parameters())
    history = fit(model, digits.x_train, epochs=2, learning_rate=1e-3)
    assert history.train.elbo[1] > history.train.elbo[0] > -50


def test_a_run_that_blows_up_late_keeps_what_it_had_learned(digits):
    model, reference = dense_vae(64, 2), dense_vae(64, 2)
    with pytest.raises(RuntimeError, match="epoch 3 are not finite"):
        fit(model, digits.x_train, epochs=4, learning_rate=lambda progress: 1e-3 if progress < 0.5 else 1e30)
    assert len(model.last_fit.history.train.elbo) == 2
    fit(reference, digits.x_train, epochs=2, learning_rate=1e-3)
    assert same(model, reference)


def test_weights_that_overflow_are_named_and_not_the_learning_rate(digits):
    model = dense_vae(64, 2)
    model.encoder.log_var.bias.data.fill_(100.0)
    with pytest.raises(ValueError, match=r"exp\(log_var\) overflows, which no learning_rate mends.*\|log_var\| 1"):
        fit(model, digits.x_train, learning_rate=1e-5)
    model.encoder.log_var.bias.data.fill_(math.nan)
    for call in (fit, evaluate, score):
        with pytest.raises(ValueError, match=r"finite weights, got 2 in encoder.log_var.bias"):
            call(model, digits.x_train)


def test_numpy_numbers_are_numbers(digits):
    history = fit(dense_vae(64, 2), digits.x_train[:100], epochs=np.int64(2), learning_rate=np.float32(1e-3), seed=np.int64(3))
    assert len(history.train.elbo) == 2


def test_greys_are_no_validation_of_tosses(digits):
    with pytest.raises(ValueError, match="x_validation must hold 0 and 1"):
        fit(dense_vae(64, 2), digits.x_train, x_validation=digits.x_test, resample_pixels=True)


def test_a_model_whose_gradients_are_off_is_refused(digits):
    with pytest.raises(ValueError, match=r"requires_grad_\(True\)"):
        fit(dense_vae(64, 2).requires_grad_(False), digits.x_train)


def test_an_interrupted_run_keeps_the_weights_it_reached(digits):
    def stop(epoch, history):
        raise KeyboardInterrupt

    stopped, whole = dense_vae(64, 2), dense_vae(64, 2)
    with pytest.raises(KeyboardInterrupt):
        fit(stopped, digits.x_train, epochs=1, on_epoch=stop)
    fit(whole, digits.x_train, epochs=1)
    assert same(stopped, whole)


def test_evaluate_refuses_what_fit_refuses(digits):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        evaluate(dense_vae(64, 2), digits.x_test * 16)
    with pytest.raises(ValueError, match="samples"):
        evaluate(dense_vae(64, 2), digits.x_test, samples=0)


def test_fit_again_goes_on_as_if_it_had_never_stopped(digits):
    """Two calls of 3 epochs are one of 6, bit for bit: neither noise nor order is drawn twice, and Adam stays warm."""
    settings = dict(batch_size=64, learning_rate=2e-3, resample_pixels=True, seed=5)
    once, twice = dense_vae(64, 2), dense_vae(64, 2)
    fit(once, digits.x_train[:300], epochs=6, **settings)
    for _ in range(2):
        history = fit(twice, digits.x_train[:300], epochs=3, **settings)
        twice = copy.deepcopy(twice)  # a copy goes on too
    assert same(once, twice) and len(history.train.elbo) == 3 and twice.last_fit.epochs == 6


def test_a_hundred_calls_of_one_epoch_reach_what_one_call_of_a_hundred_reaches(bits):
    """With the noise of the first epoch replayed a hundred times the test ELBO is -29.4, below a model without latents (-27.5)."""
    scores = []
    for calls in (100, 1):
        model = dense_vae(64, 8)
        for _ in range(calls):
            fit(model, bits[0], epochs=100 // calls, learning_rate=3e-3)
        scores.append(evaluate(model, bits[1], samples=5).total.mean().item())
    assert abs(scores[0] - scores[1]) < 1e-4 and scores[1] > -24.4


def test_another_seed_draws_what_no_earlier_call_drew(digits):
    """With rate 0 nothing moves, so that the recorded ELBO depends on the order and the noise alone."""
    model, seen = dense_vae(64, 2), []
    for seed in (0, 1, 0, 1, 0):
        seen += fit(model, digits.x_train[:100], epochs=2, learning_rate=0.0, seed=seed).train.log_likelihood.tolist()
    assert len(set(seen)) == 10


def test_chunks_of_a_larger_set_train_one_model(bits):
    """Data larger than memory, one way: fit on one chunk after another, again and again. Worth -26.0 when noise was replayed."""
    model = dense_vae(64, 8)
    for _ in range(30):
        for chunk in bits[0].chunk(5):
            fit(model, chunk, epochs=1, learning_rate=3e-3)
    assert evaluate(model, bits[1], samples=5).total.mean() > -25.2


def test_bytes_and_images_in_a_file_train_to_the_same_bits(digits, tmp_path):
    """Data larger than memory, the other way: a tensor mapped from a file, of which a batch is read at a time."""
    grey = (255 * digits.x_train).round().to(torch.uint8)
    grey.numpy().tofile(tmp_path / "images")
    mapped = torch.from_file(str(tmp_path / "images"), size=grey.numel(), dtype=torch.uint8).view(-1, 64)
    models = []
    for x in (grey.float() / 255, grey, mapped):
        models.append(dense_vae(64, 2))
        fit(models[-1], x, epochs=2, resample_pixels=True)
    assert same(models[0], models[1]) and same(models[0], models[2])
    ours, theirs = evaluate(models[0], grey), evaluate(models[0], grey.float() / 255)
    assert torch.equal(ours.total, theirs.total)


class Switching(nn.Module):
    """A decoder with batch normalization and dropout: what it says depends on its mode."""

    latent_dim = 2

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 64))

    def forward(self, z):
        return self.layers(z)


def test_modes_are_those_of_training_and_of_scoring_and_then_as_they_were(bits):
    torch.manual_seed(0)
    model = VAE(dense_vae(64, 2).encoder, Switching())
    norm, dropout = model.decoder.layers[1], model.decoder.layers[3]
    dropout.eval()  # someone's own mixture
    fit(model, bits[0], x_validation=bits[1], epochs=2)
    assert model.training and norm.training and not dropout.training
    assert norm.num_batches_tracked == 2 * 12, "validation images do not train"
    model.eval()
    fit(model, bits[0], epochs=1)
    assert not norm.training and norm.num_batches_tracked == 3 * 12
    whole = evaluate(model.train(), bits[1], samples=1)
    alone = evaluate(model, bits[1][:1])
    torch.testing.assert_close(alone.total, whole.total[:1], atol=10, rtol=0)  # another draw of z; a batch of one raised
    before = copy.deepcopy(model.state_dict())
    score(model, bits[1][:5], samples=3)
    assert all(torch.equal(p, before[name]) for name, p in model.state_dict().items()) and norm.training


def test_the_best_weights_are_kept_and_patience_stops(bits):
    few, settings = bits[0][:60], dict(x_validation=bits[1], learning_rate=3e-2, batch_size=20)
    seen = {}

    def keep(epoch, history):
        seen[epoch] = copy.deepcopy(model)

    model = dense_vae(64, 8)
    history = fit(model, few, epochs=60, keep_best=True, on_epoch=keep, **settings)
    best = int(np.argmax(history.validation.elbo))
    assert history.best_epoch == best < 50 and same(model, seen[best])
    assert evaluate(model, bits[1]).total.mean() == pytest.approx(history.validation.elbo.max(), abs=1e-4)
    patient = dense_vae(64, 8)
    stopped = fit(patient, few, epochs=60, patience=8, **settings)
    assert len(stopped.train.elbo) == stopped.best_epoch + 1 + 8 and same(patient, seen[stopped.best_epoch])
    for wants in ({"patience": 3}, {"keep_best": True}):
        with pytest.raises(ValueError, match="pass x_validation"):
            fit(dense_vae(64, 2), few, **wants)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_what_an_interrupted_run_saw_is_not_lost(bits, error):
    def stop(epoch, history):
        if epoch == 4:
            raise error

    model = dense_vae(64, 2)
    with pytest.raises(error):
        fit(model, bits[0][:200], x_validation=bits[1], epochs=9, on_epoch=stop)
    whole = fit(dense_vae(64, 2), bits[0][:200], x_validation=bits[1], epochs=9)
    left = model.last_fit.history
    assert len(left.train.elbo) >= 4
    np.testing.assert_array_equal(left.validation.elbo, whole.validation.elbo[: len(left.validation.elbo)])


def test_the_history_records_the_learning_rate_and_beta(bits):
    rate, beta = cosine(1e-2), linear(0, 1, until=0.5)
    history = fit(dense_vae(64, 2), bits[0][:128], epochs=8, batch_size=64, learning_rate=rate, beta=beta)
    last = [(2 * epoch + 1) / 16 for epoch in range(8)]
    np.testing.assert_allclose(history.learning_rate, [rate(at) for at in last])
    np.testing.assert_allclose(history.beta, [beta(at) for at in last])


def test_a_schedule_in_epochs_is_warned_about(bits):
    with pytest.warns(UserWarning, match=r"beta goes from 0 to 0.1 .* levels off at 1 later; a schedule is a function of progress"):
        fit(dense_vae(64, 2), bits[0][:100], epochs=2, beta=lambda epoch: min(1, epoch / 10))


def test_data_far_from_the_likelihoods_scale_are_warned_about(digits):
    with pytest.warns(UserWarning, match="x reaches 255 where the likelihood's std is 1; scale x"):
        fit(dense_vae(64, 2, likelihood=Gaussian(1.0)), 255 * digits.x_train[:100], epochs=1)


def test_pixels_that_are_not_binary_are_not_tossed(digits):
    with pytest.raises(ValueError, match="resample_pixels tosses each pixel to 0 or 1"):
        fit(dense_vae(64, 2, likelihood=Gaussian(0.1)), digits.x_train, resample_pixels=True)


def test_labels_half_precision_and_autocast_are_refused_in_words(digits):
    x = digits.x_train
    with pytest.raises(ValueError, match=r"a VAE learns without labels, got 2 tensors: call fit\(model, x\)"):
        fit(dense_vae(64, 2), x, digits.y_train)
    with pytest.raises(ValueError, match=r"float16.*call model.float\(\) or .bfloat16\(\)"):
        fit(dense_vae(64, 2).half(), x.half())
    for call in (fit, evaluate, score):
        with torch.autocast("cpu", torch.bfloat16), pytest.raises(ValueError, match=r"outside torch.autocast"):
            call(dense_vae(64, 2), x)
    history = fit(dense_vae(64, 2).bfloat16(), x[:300].bfloat16(), epochs=3, learning_rate=3e-3)
    assert history.train.elbo[-1] > history.train.elbo[0] and np.isfinite(history.train.elbo).all()


class Unsummed(nn.Module):
    """A likelihood whose log_prob has a shape of its own."""

    numbers = 1

    def __init__(self, reduce):
        super().__init__()
        self.reduce = reduce

    def check(self, x): ...

    def mean(self, output): ...

    def sample(self, output, generator): ...

    def log_prob(self, x, output):
        return self.reduce(x * output - nn.functional.softplus(output))


@pytest.mark.parametrize("reduce", [
    lambda pixels: pixels, lambda pixels: pixels.sum(), lambda pixels: pixels.sum(-2), lambda pixels: pixels.sum(-1, keepdim=True),
    lambda pixels: pixels.sum(-1).mean(0),
])  # fmt: skip
def test_a_log_prob_of_the_wrong_shape_is_refused_at_the_door(bits, reduce):
    model = dense_vae(64, 2, likelihood=Unsummed(reduce))
    for call in (fit, evaluate, score):
        with pytest.raises(ValueError, match=r"must be \(samples, batch\)"):
            call(model, bits[0][:64])


def test_an_objective_of_ones_own_is_climbed_and_recorded(bits):
    """beta as a function of one's own gives the weights that beta gives."""

    def twice(model, x, noise, beta):
        terms = weighted_elbo(model, x, noise, 2.0)
        return Terms(terms.value, terms.elbo, {"sparsity": model.encode(x).mean.abs().sum(-1)})

    ours, theirs = dense_vae(64, 2), dense_vae(64, 2)
    history = fit(ours, bits[0][:200], epochs=3, objective=twice)
    other = fit(theirs, bits[0][:200], epochs=3, beta=2.0)
    assert same(ours, theirs)
    np.testing.assert_array_equal(history.train.elbo, other.train.elbo)
    assert history.train.others["sparsity"].shape == (3,) and other.train.others is None


def test_the_importance_weighted_objective_climbs_its_bound(bits):
    """It lies above the ELBO of the same draws, and one step goes up its gradient, taken here by the bound's own function."""
    x = bits[0][:64]
    model, reference = dense_vae(64, 2), dense_vae(64, 2)
    history = fit(model, x, epochs=1, batch_size=64, objective=importance_weighted, samples=5, seed=7)
    assert history.train.others["bound"][0] > history.train.elbo[0]
    generator = torch.Generator().manual_seed(7)
    x = x[torch.randperm(64, generator=generator)]
    q, noise = reference.encode(x), torch.randn(5, 64, 2, generator=generator)
    bound = importance_weighted_bound(x, q, noise, decode=reference.decode, likelihood=reference.likelihood).mean()
    bound.backward()
    assert abs(bound.item() - history.train.others["bound"][0]) < 1e-4
    for moved, start in zip(model.parameters(), reference.parameters(), strict=True):
        clear = start.grad.abs() > 1e-5
        torch.testing.assert_close((moved - start).detach()[clear], 1e-3 * start.grad[clear].sign(), atol=2e-5, rtol=0)
    with pytest.raises(ValueError, match="beta must be 1"):
        fit(dense_vae(64, 2), x, objective=importance_weighted, beta=2.0)


def test_score_is_the_importance_weighted_bound_on_the_same_noise(trained):
    model, _, x_test = trained
    x, generator = x_test[:7], torch.Generator().manual_seed(3)
    noise = torch.stack([torch.randn(20, 2, generator=generator) for _ in x], dim=1)
    with torch.no_grad():
        bound = importance_weighted_bound(
            x, model.encode(x), noise, decode=model.decode, likelihood=model.likelihood, prior=StandardNormal(2)
        )
    ours = score(model, x, samples=20, seed=3)
    torch.testing.assert_close(ours.bound, bound, atol=1e-4, rtol=0)
    assert ours.mean == pytest.approx(bound.mean().item(), abs=1e-4)
    assert ours.standard_error == pytest.approx(bound.std().item() / 7**0.5, abs=1e-4)


@pytest.mark.parametrize("piece, at_once", [(7, 1 << 22), (20, 1), (1000, 20 * 64 * 2)])
def test_score_in_pieces_is_the_score_in_one(trained, monkeypatch, piece, at_once):
    model, _, x_test = trained
    whole = score(model, x_test[:5].repeat(1, 1), samples=20)
    monkeypatch.setattr(evaluation, "PIECE", piece)
    monkeypatch.setattr(evaluation, "AT_ONCE", at_once)
    noise = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    parts = score(model, x_test[:5], samples=20)
    if piece >= 20:
        torch.testing.assert_close(parts.bound, whole.bound, atol=1e-4, rtol=0)
    else:  # 7 + 7 + 6 draws of the first image
        generator = torch.Generator().manual_seed(0)
        noise = torch.cat([torch.randn(n, 2, generator=generator) for n in (7, 7, 6)])[:, None]
        x = x_test[:1]
        with torch.no_grad():
            bound = importance_weighted_bound(x, model.encode(x), noise, decode=model.decode, likelihood=model.likelihood)
        torch.testing.assert_close(parts.bound[:1], bound, atol=1e-4, rtol=0)


def test_more_draws_are_a_tighter_bound_and_memory_does_not_grow(trained):
    model, _, x_test = trained
    bounds = [evaluate(model, x_test, samples=10).total.mean().item(), *(score(model, x_test, samples=k).mean for k in (10, 300))]
    assert bounds[0] < bounds[1] < bounds[2] < bounds[0] + 3
    decoded, known = [], model.decode
    model.decode = lambda z: decoded.append(z.shape[:-1].numel()) or known(z)
    try:
        score(model, x_test[:2], samples=5000)
    finally:
        del model.decode
    assert max(decoded) <= 1000 and sum(decoded) == 2 * 5000 + 6  # six more at the door


def test_validation_encodes_each_image_once(bits):
    model, seen = dense_vae(64, 2), []
    model.encoder.register_forward_hook(lambda module, arguments, output: seen.append(len(arguments[0])))
    fit(model, bits[0][:10], x_validation=bits[1], epochs=3, batch_size=10)
    assert sum(seen) == 3 * (10 + len(bits[1])) + 2 + 3 * 2  # two images at each door


def test_free_bits_charge_a_latent_for_no_less_than_it_has_for_free():
    model, generator = dense_vae(6, 4, hidden=()).double(), torch.Generator().manual_seed(0)
    x = torch.bernoulli(torch.full((50, 6), 0.5, dtype=torch.float64), generator=generator)
    noise = torch.randn(50, 4, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        model.encoder.mean.bias.copy_(torch.tensor([0.0, 0.1, 1.0, 2.0]))
    plain = weighted_elbo(model, x, noise, 0.7)
    kl = plain.elbo.kl_per_dimension.mean(0)
    assert (kl > 0.3).tolist() == [False, False, True, True]
    found = free_bits(model, x, noise, 0.7, nats=0.3)
    wanted = plain.elbo.log_likelihood.mean() - 0.7 * (0.3 + 0.3 + kl[2] + kl[3])
    torch.testing.assert_close(found.value.mean(), wanted, rtol=1e-12, atol=0)
    torch.testing.assert_close(found.elbo.total, plain.elbo.total)
    torch.testing.assert_close(free_bits(model, x, noise, 0.7, nats=0.0).value, plain.value)

    def slopes(value):
        model.zero_grad()
        value.mean().backward()
        return model.encoder.mean.weight.grad.clone()

    free = slopes(found.value)
    torch.testing.assert_close(free[:2], slopes(weighted_elbo(model, x, noise, 0.0).value)[:2])
    torch.testing.assert_close(free[2:], slopes(weighted_elbo(model, x, noise, 0.7).value)[2:])
    for nats in (-0.1, math.inf, "1", True):
        with pytest.raises(ValueError, match="nats must be a finite number >= 0"):
            free_bits(model, x, noise, 1.0, nats=nats)


def test_fit_climbs_free_bits_and_records_the_elbo(bits):
    kl = {}
    for nats in (0.4, 0.0):
        model, objective = dense_vae(64, 3, seed=1), partial(free_bits, nats=nats)
        history = fit(model, bits[0][:200], epochs=40, batch_size=20, beta=30.0, objective=objective, learning_rate=3e-3)
        assert history.train.elbo[-1] == pytest.approx(history.train.log_likelihood[-1] - history.train.kl[-1])
        kl[nats] = history.train.kl_per_dimension[-1]
    assert kl[0.4].min() > 0.1 and kl[0.0].max() < 0.01
