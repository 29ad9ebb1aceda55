"""What latents carry, against models in which it is known: linear ones, and small sets whose q(z) is a sum over a fine grid."""

import math

import pytest
import torch
from torch import nn
from torch.distributions import Categorical, MixtureSameFamily, Normal, kl_divergence
from torch.testing import assert_close

from vaelib import VAE, Gaussian, dense_vae
from vaelib.diagnostics import active_units, aggregate, kl_of_each_latent, variance_of_means, verdict
from vaelib.networks import Decoder

EIGENVALUES = torch.tensor([4.0, 2.0, 1.0, 0.3, 0.2, 0.1], dtype=torch.float64)


def whitened(n=400, seed=0):
    """n vectors of six numbers with mean 0 and covariance I, exactly."""
    x = torch.randn(n, 6, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    x = x - x.mean(0)
    return torch.linalg.solve_triangular(torch.linalg.cholesky(x.T @ x / n), x.T, upper=False).T


def data(n=400):
    """n vectors whose covariance has exactly EIGENVALUES, in turned directions."""
    turn, _ = torch.linalg.qr(torch.randn(6, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64))
    return (whitened(n) * EIGENVALUES.sqrt()) @ turn.T, turn


def best(turn, *, std, beta=1.0, alive=3):
    """A linear VAE with four latents at the optimum of the weighted ELBO, but for the latents after `alive`, whose weights are 0."""
    model = dense_vae(6, 4, hidden=(), likelihood=Gaussian(std)).double()
    level = beta * std**2
    squared = (EIGENVALUES[:4] - level).clamp(min=0) * (torch.arange(4) < alive)
    weight = turn[:, :4] * squared.sqrt()
    with torch.no_grad():
        for layer in (model.encoder.mean, model.encoder.log_var, model.decoder.output):
            layer.weight.zero_()
            layer.bias.zero_()
        model.decoder.output.weight.copy_(weight)
        model.encoder.mean.weight.copy_(weight.T / (level + squared)[:, None])
        model.encoder.log_var.bias.copy_((level / (level + squared)).log())
    return model


class Table(nn.Module):
    """An encoder that knows five images by their first number."""

    pixels, latent_dim = 1, 1

    def __init__(self, mean, log_var):
        super().__init__()
        self.mean, self.log_var = nn.Parameter(mean), nn.Parameter(log_var)

    def forward(self, x):
        row = x[:, 0].long()
        return self.mean[row], self.log_var[row]


def five(mean, std):
    encoder = Table(torch.tensor(mean).double()[:, None], 2 * torch.tensor(std).double().log()[:, None])
    return VAE(encoder, Decoder(1, 1).double(), likelihood=Gaussian()).double(), torch.arange(5.0).double()[:, None]


@pytest.mark.parametrize("beta, std", [(1.0, 0.5**0.5), (3.0, 0.5**0.5), (0.5, 0.5**0.5)])
def test_a_latent_of_the_linear_model_has_half_the_logarithm_of_its_eigenvalue_over_the_waterline(beta, std):
    x, turn = data()
    wanted = 0.5 * (EIGENVALUES[:4] / (beta * std**2)).log().clamp(min=0)
    wanted[3] = 0
    model = best(turn, std=std, beta=beta)
    assert_close(kl_of_each_latent(model, x), wanted, rtol=0, atol=1e-12)
    assert_close(variance_of_means(model, x), (1 - beta * std**2 / EIGENVALUES[:4]).clamp(min=0) * (wanted > 0), rtol=0, atol=1e-12)
    assert active_units(model, x).tolist() == (wanted > 0).tolist()


def test_the_threshold_is_that_of_the_variance_of_means():
    model, x = five([-0.2, -0.1, 0.0, 0.1, 0.2], [1.0] * 5)  # variance 0.02
    assert active_units(model, x).tolist() == [True] and active_units(model, x, threshold=0.021).tolist() == [False]


@pytest.mark.parametrize("mean, std", [([-2.0, -1.0, 0.0, 0.5, 3.0], [0.3, 0.5, 0.2, 1.0, 0.7]), ([0.4] * 5, [0.5] * 5)])
def test_both_parts_of_the_kl_are_those_of_a_sum_over_a_fine_grid(mean, std):
    model, x = five(mean, std)
    q = Normal(torch.tensor(mean).double(), torch.tensor(std).double())
    mixture = MixtureSameFamily(Categorical(torch.ones(5).double()), q)
    z = torch.linspace(-12, 12, 24_001, dtype=torch.float64)
    step, log_mixed = z[1] - z[0], mixture.log_prob(z)
    marginal = ((log_mixed - Normal(0.0, 1.0).log_prob(z)) * log_mixed.exp()).sum() * step
    own = q.log_prob(z[:, None])
    information = ((own - log_mixed[:, None]) * own.exp()).sum(0).mean() * step
    found = aggregate(model, x, samples=20_000)
    assert found.kl == pytest.approx(kl_divergence(q, Normal(0.0, 1.0)).mean().item(), rel=1e-12)
    assert found.information + found.marginal_kl == pytest.approx(found.kl, rel=1e-12)
    assert found.information == pytest.approx(information.item(), abs=0.02)
    assert found.marginal_kl == pytest.approx(marginal.item(), abs=0.02)


def test_the_aggregate_of_the_best_linear_model_is_the_prior_and_all_its_kl_is_information():
    x, turn = data(3000)
    model = best(turn, std=1.0, alive=2)
    truth = 0.5 * EIGENVALUES[:2].log().sum().item()
    few, many = aggregate(model, x[:30], samples=20), aggregate(model, x, samples=2)
    assert few.information < truth - 0.05, "a small set makes the information too small"
    assert many.information == pytest.approx(truth, abs=4 * many.standard_error) and abs(many.marginal_kl) < 0.06
    assert many.information < math.log(3000) and aggregate(model, x[:2], samples=500).information <= math.log(2) + 1e-9


def test_a_set_of_codes_far_apart_has_the_logarithm_of_its_size_and_no_error():
    model, x = five([-400.0, -200.0, 0.0, 200.0, 400.0], [1.0] * 5)
    found = aggregate(model, x)
    assert found.information == pytest.approx(math.log(5), abs=1e-9) and found.standard_error < 1e-9


def test_latents_below_the_waterline_are_rightly_unused():
    x, turn = data()
    for beta, used in ((1.0, 3), (3.0, 2), (9.0, 0)):
        found = verdict(best(turn, std=0.5**0.5, beta=beta), x, beta=beta)
        assert [one.state for one in found.latents] == ["used"] * used + ["unused"] * (4 - used) and found.room == 0
        assert f"{used} of 4" in str(found) and "Rightly unused" in str(found)
        assert ("ignores z" in str(found)) == (used == 0)


def test_latents_that_would_pay_are_called_collapsed():
    x, turn = data()
    for alive in (0, 1, 2):
        found = verdict(best(turn, std=0.5, alive=alive), x)
        assert found.room == 3 - alive  # the fourth eigenvalue, 0.3, is above 0.25, but not by what noise could do
        assert f"Collapsed: {3 - alive} of the {4 - alive}" in str(found)
    assert verdict(best(turn, std=0.5, alive=0), x, beta=17.0).room == 0


def test_what_all_images_miss_alike_is_no_latents_business():
    x, turn = data()
    assert verdict(best(turn, std=0.5**0.5), x + 3.0).room == 0


def test_a_redraw_is_heard_by_the_kl_between_the_pixels():
    x, turn = data(200_000)
    model = best(turn, std=1.0, alive=1)
    weight = model.decoder.output.weight[:, 0]  # its squared length is 3, and q and the prior are independent draws of variance 1
    heard = verdict(model, x).latents[0].heard
    assert heard == pytest.approx((2 * weight.square().sum() / 2).item(), rel=0.02)


def ruin(change):
    x, turn = data()
    model = best(turn, std=0.5)
    with torch.no_grad():
        change(model)
    return verdict(model, x)


def test_each_way_to_collapse_has_its_words():
    deaf = ruin(lambda m: m.decoder.output.weight.zero_())
    assert [one.state for one in deaf.latents[:3]] == ["not heard"] * 3 and deaf.heard == 0
    assert "ignores z" in str(deaf) and "does not listen" in str(deaf) and "Latents 1, 2, 3 " in str(deaf)

    def silent(model):
        model.encoder.mean.weight.zero_()
        model.encoder.log_var.bias.zero_()

    noisy = ruin(silent)
    assert [one.state for one in noisy.latents] == ["noise"] * 3 + ["unused"] and "they are noise to it" in str(noisy)
    same = ruin(lambda m: m.encoder.mean.weight.zero_())
    assert [one.state for one in same.latents[:3]] == ["the same for all"] * 3 and "the same of every image" in str(same)
    assert same.latents[0].variance == 0 and same.latents[0].kl > 0.01


def test_for_bernoulli_pixels_room_is_measured_in_the_curvature_of_the_coin():
    generator = torch.Generator().manual_seed(0)
    cause = torch.rand(4000, 1, generator=generator) < 0.5
    for strength, room in ((0.0, 0), (0.4, 1)):
        ink = torch.where(cause, 0.5 + strength, 0.5 - strength).expand(4000, 10)
        x = torch.bernoulli(ink, generator=generator)
        model = dense_vae(10, 2, hidden=())
        with torch.no_grad():
            model.decoder.output.weight.zero_()
            model.decoder.output.bias.zero_()
        assert verdict(model, x).room == room


class TwoNumbers(nn.Module):
    """Pixels with a mean and a log-variance each."""

    numbers = 2

    def log_prob(self, x, output):
        mean, log_var = output.chunk(2, -1)
        return Normal(mean, (0.5 * log_var).exp()).log_prob(x).sum(-1)

    def mean(self, output):
        return output.chunk(2, -1)[0]

    def sample(self, output, generator):
        return self.mean(output)

    def check(self, x):
        pass


def test_room_is_left_open_where_it_is_not_defined():
    model = dense_vae(6, 2, hidden=(), likelihood=TwoNumbers())
    found = verdict(model, torch.randn(20, 6, generator=torch.Generator().manual_seed(0)))
    assert found.room is None and "cannot be told" in str(found)


@pytest.mark.parametrize("call, words", [
    (lambda m, x: verdict(m, x[:1]), "at least 2 images"),
    (lambda m, x: aggregate(m, [1.0]), "x must be a tensor, got list"),
    (lambda m, x: aggregate(m, x[:, :3]), "(n, 6)"),
    (lambda m, x: aggregate(m, x, samples=0), "samples must be a whole number >= 1"),
    (lambda m, x: aggregate(m, x, seed=-1), "seed"),
    (lambda m, x: active_units(m, x, threshold=0), "threshold must be a finite number > 0, got 0"),
    (lambda m, x: verdict(m, x, threshold=math.nan), "threshold"),
    (lambda m, x: verdict(m, x, beta=0), "beta must be a finite number > 0, got 0"),
    (lambda m, x: kl_of_each_latent(m, x * math.nan), "finite"),
])  # fmt: skip
def test_what_cannot_be_judged_is_refused(call, words):
    x, turn = data(20)
    with pytest.raises(ValueError) as error:
        call(best(turn, std=1.0), x)
    assert words in str(error.value)
