"""What a reader adds in a few lines of their own: a likelihood, a prior and networks are trained, evaluated, stored and loaded."""

import math

import pytest
import torch
from torch import nn

from vaelib import VAE, StandardNormal, binarize, conv_vae, dense_vae, evaluate, fit, load, load_digits8, save
from vaelib.noise import standard_normal
from vaelib.priors import standard_normal_log_prob


class Heteroscedastic(nn.Module):
    """Gaussian pixels, each with a mean and a log std of its own from the decoder."""

    numbers = 2

    def spec(self):
        return {"kind": "heteroscedastic"}

    def check(self, x):
        pass

    def log_prob(self, x, output):
        mean, log_std = output.chunk(2, -1)
        return -(0.5 * math.log(2 * math.pi) + log_std + 0.5 * ((x - mean) / log_std.exp()) ** 2).sum(-1)

    def mean(self, output):
        return output.chunk(2, -1)[0]

    def sample(self, output, generator):
        mean, log_std = output.chunk(2, -1)
        return mean + log_std.exp() * standard_normal(tuple(mean.shape), generator, mean)


class MixturePrior(nn.Module):
    """Equal parts of unit Gaussians around learned centres: no closed form for the KL, so the bound draws it."""

    def __init__(self, latent_dim, parts):
        super().__init__()
        self.latent_dim = latent_dim
        self.centre = nn.Parameter(torch.randn(parts, latent_dim, generator=torch.Generator().manual_seed(0)))

    def spec(self):
        return {"kind": "mixture of centres", "latent_dim": self.latent_dim, "parts": len(self.centre)}

    def log_prob(self, z):
        return standard_normal_log_prob(z.unsqueeze(-2) - self.centre).logsumexp(-1) - math.log(len(self.centre))

    def sample(self, n, generator):
        chosen = torch.randint(len(self.centre), (n,), generator=generator)
        return self.centre[chosen] + standard_normal((n, self.latent_dim), generator, self.centre)

    def kl(self, q):
        return None


class SmallEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(128, 4))

    def spec(self):
        return {"kind": "small encoder"}

    def forward(self, x):
        return self.body(x).chunk(2, -1)


class SmallDecoder(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(2, 32), nn.ReLU(), nn.Unflatten(1, (8, 2, 2)), nn.ConvTranspose2d(8, 1, 4, 4))

    def spec(self):
        return {"kind": "small decoder"}


def own_networks():
    torch.manual_seed(0)
    return VAE(SmallEncoder(), SmallDecoder(), prior=StandardNormal(2), pixels=64)


KINDS = {
    "heteroscedastic": Heteroscedastic,
    "mixture of centres": MixturePrior,
    "small encoder": SmallEncoder,
    "small decoder": SmallDecoder,
}


@pytest.mark.parametrize("make", [
    lambda: dense_vae(64, 2, likelihood=Heteroscedastic()),
    lambda: dense_vae(64, 2, prior=MixturePrior(2, 5)),
    own_networks,
    lambda: conv_vae(8, 2),
], ids=["two numbers a pixel", "a mixture prior", "networks of one's own", "the shipped convolutions"])  # fmt: skip
def test_a_part_of_ones_own_is_trained_evaluated_stored_and_loaded(make, tmp_path):
    model, digits = make(), load_digits8()
    draw = torch.Generator().manual_seed(0)
    real = isinstance(model.likelihood, Heteroscedastic)
    x, x_test = (part + 0.05 * torch.rand(part.shape, generator=draw) if real else binarize(part, generator=draw) for part in digits[::2])
    before = evaluate(model, x_test).total.mean()
    history = fit(model, x, epochs=8, learning_rate=3e-3)
    after = evaluate(model, x_test, samples=5)
    assert after.total.mean() > before + 5 and history.train.elbo[-1] > history.train.elbo[0] + 5
    assert after.log_likelihood.shape == after.kl.shape == (297,)
    save(model, tmp_path / "model")
    back = load(tmp_path / "model", kinds=KINDS)
    assert torch.equal(evaluate(back, x_test, samples=5).total, after.total)
    assert model.likelihood.sample(model.decode(model.prior.sample(3, draw)), draw).shape == (3, 64)


def test_a_kind_that_is_not_named_is_refused_and_the_way_out_is_said(tmp_path):
    save(own_networks(), tmp_path / "model")
    with pytest.raises(OSError, match=r"encoder of kind 'small encoder'.*load\(path, kinds=\{kind: class\}\)"):
        load(tmp_path / "model")


def test_the_mixture_priors_density_integrates_to_one():
    prior = MixturePrior(1, 3)
    z = torch.linspace(-12, 12, 4001)[:, None]
    assert abs(torch.trapezoid(prior.log_prob(z).exp(), z[:, 0]).item() - 1) < 1e-5
