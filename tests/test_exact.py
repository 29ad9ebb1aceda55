"""What is called exact agrees with scipy, scikit-learn and torch.distributions, and refuses what it cannot answer."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, special
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from torch.distributions import MultivariateNormal, Normal, kl_divergence
from torch.testing import assert_close

from vaelib import Bernoulli, DiagonalGaussian, Gaussian, elbo, exact, load_digits8, pretrained
from vaelib.distributions import gaussian_log_prob, kl_between_gaussians

TIGHT = {"rtol": 0, "atol": 1e-9}
seeds = st.integers(0, 2**31 - 1)
few = settings(max_examples=25, deadline=None)


def normal(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def mixture(seed, components=3, dimensions=2):
    weight = normal(seed, components).softmax(0)
    return exact.Mixture(weight, 2 * normal(seed + 1, components, dimensions), 0.5 * normal(seed + 2, components, dimensions))


def linear(seed, pixels=4, latent=2):
    std = 0.2 + float(normal(seed, 1).abs())
    return exact.LinearGaussian(normal(seed + 1, pixels, latent), normal(seed + 2, pixels), std)


# mixtures


@given(seeds)
@few
def test_a_mixture_scores_and_divides_as_scikit_learn_does(seed):
    ours, x = mixture(seed), 3 * normal(seed + 3, 5, 2)
    theirs = GaussianMixture(3, covariance_type="diag")
    theirs.weights_, theirs.means_, theirs.covariances_ = (p.numpy() for p in (ours.weight, ours.mean, ours.log_var.exp()))
    theirs.precisions_cholesky_ = 1 / np.sqrt(theirs.covariances_)
    assert_close(ours.log_prob(x), torch.from_numpy(theirs.score_samples(x.numpy())), **TIGHT)
    assert_close(ours.posterior(x), torch.from_numpy(theirs.predict_proba(x.numpy())), **TIGHT)


@given(seeds)
@few
def test_the_bound_of_a_mixture_is_its_evidence_minus_the_kl_to_the_responsibilities(seed):
    ours, x = mixture(seed), 3 * normal(seed + 3, 5, 2)
    q = normal(seed + 4, 5, 3).softmax(-1)
    gap = torch.from_numpy(special.rel_entr(q.numpy(), ours.posterior(x).numpy()).sum(-1))
    assert_close(ours.elbo(x, q).total, ours.log_prob(x) - gap, **TIGHT)
    assert_close(ours.elbo(x, ours.posterior(x)).total, ours.log_prob(x), **TIGHT)


def test_a_point_far_from_every_component_still_has_a_posterior():
    posterior = mixture(0).posterior(torch.tensor([[1e4, -1e4]], dtype=torch.float64))
    assert torch.isfinite(posterior).all() and abs(posterior.sum().item() - 1) < 1e-12


def test_a_component_without_weight_explains_nothing():
    ours = exact.Mixture(torch.tensor([1.0, 0.0]), torch.zeros(2, 1), torch.zeros(2, 1))
    x = torch.tensor([[0.3]])
    assert ours.posterior(x).tolist() == [[1.0, 0.0]]
    assert ours.elbo(x, torch.tensor([[0.5, 0.5]])).kl.item() == math.inf


@pytest.mark.parametrize(
    "parts, x, message",
    [
        (
            ([0.5, 0.6], [[0.0], [1.0]], [[0.0], [0.0]]),
            [[0.0]],
            r"weight must hold probabilities .* shape \(2,\) with values from 0\.5 to 0\.6",
        ),
        (([0.5, 0.5], [[0.0], [1.0]], [[0.0]]), [[0.0]], r"\(k,\), \(k, d\) and \(k, d\), got \(2,\), \(2, 1\) and \(1, 1\)"),
        (([1.0], [[0.0]], [[0.0]]), [[0.0, 1.0]], r"x must be finite and have shape \(batch, 1\), got shape \(1, 2\)"),
        (([1.0], [[0.0]], [[0.0]]), [[math.nan]], "x must be finite"),
        (([math.nan], [[0.0]], [[0.0]]), [[0.0]], "weight must hold probabilities"),
    ],
)
def test_a_mixture_that_does_not_fit_is_refused(parts, x, message):
    with pytest.raises(ValueError, match=message):
        exact.Mixture(*(torch.tensor(part) for part in parts)).log_prob(torch.tensor(x))


@pytest.mark.parametrize("q", [[[0.5, 0.6]], [[1.5, -0.5]], [[1.0]], [[math.nan, 1.0]]])
def test_a_q_that_is_no_distribution_is_refused(q):
    ours = exact.Mixture(torch.tensor([0.5, 0.5]), torch.zeros(2, 1), torch.zeros(2, 1))
    with pytest.raises(ValueError, match=r"q must have shape \(1, 2\), no negative entries and rows that sum to 1, got shape"):
        ours.elbo(torch.zeros(1, 1), torch.tensor(q))


# linear-Gaussian


@given(seeds)
@few
def test_the_evidence_of_a_linear_model_is_one_wide_gaussian(seed):
    ours, x = linear(seed), normal(seed + 3, 5, 4)
    covariance = ours.weight @ ours.weight.T + ours.std**2 * torch.eye(4, dtype=torch.float64)
    assert_close(ours.log_prob(x), MultivariateNormal(ours.bias, covariance).log_prob(x), **TIGHT)


@given(seeds)
@few
def test_the_posterior_is_what_bayes_rule_leaves(seed):
    ours, x, z = linear(seed), normal(seed + 3, 5, 4), normal(seed + 4, 5, 2)
    mean, covariance = ours.posterior(x)
    joint = Normal(0, 1).log_prob(z).sum(-1) + Normal(ours.decode(z), ours.std).log_prob(x).sum(-1)
    by_rule = joint - ours.log_prob(x)
    assert_close(MultivariateNormal(mean, covariance).log_prob(z), by_rule, rtol=1e-8, atol=1e-8)  # of terms of order 100


@given(seeds)
@few
def test_the_bound_of_a_linear_model_is_its_evidence_minus_the_kl_to_the_posterior(seed):
    ours, x = linear(seed), normal(seed + 3, 5, 4)
    mean, log_var = normal(seed + 4, 5, 2), normal(seed + 5, 5, 2)
    q = MultivariateNormal(mean, torch.diag_embed(log_var.exp()))
    gap = kl_divergence(q, MultivariateNormal(*ours.posterior(x)))
    assert_close(ours.elbo(x, mean, log_var).total, ours.log_prob(x) - gap, rtol=1e-8, atol=1e-8)


def test_the_terms_of_the_exact_bound_are_the_means_of_the_drawn_ones():
    ours, x = linear(0), normal(3, 2, 4)
    mean, log_var = normal(4, 2, 2), normal(5, 2, 2)
    noise = normal(6, 200_000, 2, 2)
    drawn = elbo(x, DiagonalGaussian(mean, log_var), noise, decode=ours.decode, likelihood=Gaussian(ours.std).double())
    scale = ours.elbo(x, mean, log_var)
    assert_close(drawn.log_likelihood, scale.log_likelihood, rtol=0.01, atol=0)  # Monte Carlo, 2e5 draws
    assert_close(drawn.kl, scale.kl, **TIGHT)


@given(seeds)
@settings(max_examples=8, deadline=None)
def test_no_diagonal_gaussian_that_scipy_finds_beats_mean_field(seed):
    ours, x = linear(seed), normal(seed + 3, 1, 4)
    best = ours.elbo(x, *ours.mean_field(x)).total.item()

    def loss(flat):
        mean, log_var = torch.from_numpy(flat).reshape(2, 1, 2)
        return -ours.elbo(x, mean, log_var).total.item()

    found = optimize.minimize(loss, np.zeros(4), method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-9})
    assert best >= -found.fun - 1e-9
    assert abs(best + found.fun) < 1e-5  # and scipy comes as near as its finite differences let it


@pytest.mark.parametrize("degrees, wanted", [(0, 0.0), (90, 0.0), (45, 0.5 * math.log(2.5**2 / 4))])
def test_mean_field_costs_nothing_only_where_the_latents_do_not_explain_each_other_away(degrees, wanted):
    angle = math.radians(degrees)
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], dtype=torch.float64)
    scales = torch.diag(
        torch.tensor([1.0, 0.0], dtype=torch.float64)
    )  # the precision's eigenvalues are 4 and 1; turned by 45 degrees its diagonal is 2.5
    ours = exact.LinearGaussian(scales @ turn, torch.zeros(2, dtype=torch.float64), math.sqrt(1 / 3))
    x = normal(0, 1, 2)
    gap = ours.log_prob(x) - ours.elbo(x, *ours.mean_field(x)).total
    assert_close(gap.item(), wanted, **TIGHT)


@pytest.mark.parametrize("latent", [1, 5, 20])
def test_the_fitted_model_scores_as_scikit_learns_pca_does(latent):
    x = load_digits8().x_train.double()
    x = x[:, x.std(0) > 0.05]
    theirs = PCA(latent).fit(x.numpy())
    # scikit-learn divides by n - 1 where maximum likelihood divides by n
    scaled = exact.fit_linear_gaussian(x, latent)
    factor = len(x) / (len(x) - 1)
    unbiased = exact.LinearGaussian(scaled.weight * factor**0.5, scaled.bias, scaled.std * factor**0.5)
    assert_close(unbiased.log_prob(x), torch.from_numpy(theirs.score_samples(x.numpy())), rtol=1e-8, atol=1e-7)


def test_the_fit_is_the_top_of_the_likelihood():
    x = normal(0, 500, 5) @ normal(1, 5, 5)
    fitted = exact.fit_linear_gaussian(x, 2)
    weight, std = fitted.weight.clone().requires_grad_(), fitted.std.clone().requires_grad_()
    covariance = weight @ weight.T + std**2 * torch.eye(5, dtype=torch.float64)
    MultivariateNormal(fitted.bias, covariance).log_prob(x).mean().backward()
    assert weight.grad.abs().max() < 1e-9 and std.grad.abs() < 1e-9


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: exact.LinearGaussian(torch.ones(3, 1), torch.zeros(2), 1.0).log_prob(torch.zeros(1, 2)), r"got \(3, 1\) and \(2,\)"),
        (
            lambda: exact.LinearGaussian(torch.ones(2, 1), torch.zeros(2), 0.0).log_prob(torch.zeros(1, 2)),
            "std must be a finite number > 0, got 0",
        ),
        (
            lambda: exact.LinearGaussian(torch.ones(2, 1), torch.zeros(2), 1.0).posterior(torch.zeros(2)),
            r"shape \(batch, 2\), got shape \(2,\)",
        ),
        (
            lambda: linear(0).elbo(torch.zeros(1, 4).double(), torch.zeros(1, 3), torch.zeros(1, 3)),
            r"must have shape \(1, 2\), got \(1, 3\)",
        ),
        (lambda: exact.fit_linear_gaussian(torch.zeros(5, 3), 3), "latent_dim must be a whole number from 1 to 2, got 3"),
        (lambda: exact.fit_linear_gaussian(torch.arange(5.0)[:, None] * torch.ones(3), 1), "must vary in more than 1 directions"),
        (lambda: exact.fit_linear_gaussian(torch.full((5, 3), math.nan), 1), "x must be finite"),
    ],
)
def test_a_linear_model_that_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# quadrature


@given(seeds, st.integers(1, 2))
@settings(max_examples=10, deadline=None)
def test_quadrature_agrees_with_the_closed_form_of_a_linear_model(seed, latent):
    ours, x = linear(seed, latent=latent), normal(seed + 3, 4)
    likelihood = Gaussian(ours.std).double()
    ours = ours._replace(std=likelihood.std.item())  # which was rounded to single precision
    found = exact.quadrature(x, decode=ours.decode, likelihood=likelihood, latent_dim=latent)
    mean, covariance = ours.posterior(x[None])
    assert_close(found.log_prob, ours.log_prob(x[None])[0], rtol=0, atol=1e-5)
    assert_close(found.mean, mean[0], rtol=0, atol=1e-5)
    assert_close(found.covariance, covariance, rtol=1e-4, atol=1e-5)
    assert_close((found.log_density.exp() * found.cell).sum().item(), 1.0, **TIGHT)


@pytest.mark.parametrize("size", [1.0, 8.0])
def test_quadrature_agrees_with_scipy_on_a_bent_decoder(size):
    slope = size * normal(1, 2, 6)
    x = (normal(2, 6) > 0).double()
    decode = lambda z: torch.sin(2 * z) @ slope + z**2 @ slope.flip(0)  # noqa: E731
    found = exact.quadrature(x, decode=decode, likelihood=Bernoulli(), latent_dim=2)

    def joint(points):
        z = torch.from_numpy(points)
        return (Bernoulli().log_prob(x, decode(z)) + gaussian_log_prob(z, 0 * z, 0 * z)).exp().numpy()

    by_scipy = integrate.cubature(joint, [-7, -7], [7, 7], rtol=1e-6)
    assert by_scipy.status == "converged"
    assert_close(found.log_prob.item(), math.log(by_scipy.estimate), rtol=0, atol=1e-3)


def test_the_grid_follows_a_posterior_that_lies_far_out():
    ours = exact.LinearGaussian(torch.tensor([[1.0]], dtype=torch.float64), torch.zeros(1, dtype=torch.float64), 0.1)
    x = torch.tensor([60.0], dtype=torch.float64)
    found = exact.quadrature(x, decode=ours.decode, likelihood=Gaussian(0.1).double(), latent_dim=1)
    assert_close(found.log_prob, ours.log_prob(x[None])[0], rtol=0, atol=1e-3)
    assert abs(found.mean.item() - 60 / 1.01) < 1e-3


def test_the_grid_finds_a_posterior_that_is_narrower_than_its_first_cells():
    ours = exact.LinearGaussian(torch.tensor([[50.0, 0.0], [0.0, 50.0]]).double(), torch.zeros(2).double(), 1.0)
    x = torch.tensor([33.3, -71.7], dtype=torch.float64)
    found = exact.quadrature(x, decode=ours.decode, likelihood=Gaussian(1.0).double(), latent_dim=2)
    assert_close(found.log_prob, ours.log_prob(x[None])[0], rtol=0, atol=1e-3)


@pytest.mark.parametrize("kind", ["a digit", "a scribble", "no ink at all"])
def test_on_a_trained_decoder_the_grid_holds_all_and_is_fine_enough(kind):
    model = pretrained.load("digits8-2d")
    toss = torch.Generator().manual_seed(0)
    x = {
        "a digit": torch.bernoulli(load_digits8().x_test[15], generator=toss),
        "a scribble": torch.bernoulli(torch.full((64,), 0.5), generator=toss),
        "no ink at all": torch.zeros(64),
    }[kind]
    found = exact.quadrature(x, decode=model.decode, likelihood=model.likelihood, latent_dim=2)
    mass = (found.log_density.exp() * found.cell).reshape(found.shape)
    assert mass[0].sum() + mass[-1].sum() + mass[:, 0].sum() + mass[:, -1].sum() < 4e-6
    # a grid of our own, wider and of another step, adds up to the same
    axis = torch.arange(-12, 12, 0.0371)
    z = torch.cartesian_prod(axis, axis)
    joint = torch.cat([model.likelihood.log_prob(x, model.decode(part)) for part in z.split(20_000)]).double()
    by_hand = (joint + gaussian_log_prob(z, 0 * z, 0 * z)).logsumexp(0) + 2 * math.log(0.0371)
    assert_close(found.log_prob, by_hand, rtol=0, atol=2e-3)


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_the_bound_by_quadrature_is_the_closed_form(seed):
    ours, x = linear(seed), normal(seed + 3, 3, 4)
    q = normal(seed + 4, 3, 2), normal(seed + 5, 3, 2)
    found = exact.elbo_by_quadrature(x, *q, decode=ours.decode, likelihood=Gaussian(ours.std).double())
    assert_close(found.total, ours.elbo(x, *q).total, rtol=1e-6, atol=0)  # Gaussian keeps its log std in single precision


def test_the_gap_is_the_kl_to_the_posterior_on_the_grid():
    model = pretrained.load("digits8-2d").double()
    x = torch.bernoulli(load_digits8().x_test[:1].double(), generator=torch.Generator().manual_seed(0))
    found = exact.quadrature(x[0], decode=model.decode, likelihood=model.likelihood, latent_dim=2)
    mean, log_var = (part.detach() for part in model.encode(x))
    total = exact.elbo_by_quadrature(x, mean, log_var, decode=model.decode, likelihood=model.likelihood).total.detach()
    assert_close(found.log_prob - total[0], found.kl_from(mean[0], log_var[0]), rtol=0, atol=2e-3)


def test_kl_from_a_gaussian_to_a_gaussian_is_the_closed_form():
    ours = exact.LinearGaussian(torch.ones(2, 1).double(), torch.zeros(2).double(), 1.0)
    x = torch.tensor([0.5, 1.0], dtype=torch.float64)
    found = exact.quadrature(x, decode=ours.decode, likelihood=Gaussian(1.0).double(), latent_dim=1)
    mean, covariance = ours.posterior(x[None])
    q = mean[0] + 0.2, torch.tensor([-1.5]).double()
    assert_close(found.kl_from(*q), kl_between_gaussians(*q, mean[0], covariance.diagonal().log()), rtol=0, atol=1e-5)


def test_kl_from_a_q_beyond_the_grid_is_refused():
    ours = exact.LinearGaussian(torch.ones(2, 1).double(), torch.zeros(2).double(), 0.1)
    found = exact.quadrature(torch.zeros(2).double(), decode=ours.decode, likelihood=Gaussian(0.1).double(), latent_dim=1)
    with pytest.raises(ValueError, match=r"the grid holds 0\.000 of q, and 1 is wanted"):
        found.kl_from(torch.tensor([5.0]), torch.tensor([-4.0]))


@pytest.mark.parametrize(
    "x, latent, message",
    [
        (torch.zeros(1, 4), 2, r"x must be one finite image of shape \(pixels,\), got shape \(1, 4\)"),
        (torch.full((4,), math.nan), 2, "x must be one finite image"),
        (torch.zeros(0), 2, "x must be one finite image"),
        ([0.0], 2, "got list"),
        (torch.zeros(4), 3, "latent_dim must be 1 or 2, got 3"),
    ],
)
def test_quadrature_refuses_what_it_cannot_sum(x, latent, message):
    with pytest.raises(ValueError, match=message):
        exact.quadrature(x, decode=lambda z: z.repeat(1, 2), likelihood=Bernoulli(), latent_dim=latent)


def test_a_decoder_that_breaks_is_named():
    with pytest.raises(ArithmeticError, match="does the decoder give NaN"):
        exact.quadrature(torch.zeros(4), decode=lambda z: z.repeat(1, 2) * math.nan, likelihood=Bernoulli(), latent_dim=2)


# refinement


def test_refining_reaches_the_mean_field_optimum_of_a_linear_model():
    ours, x = linear(3), normal(6, 4, 4)
    noise = normal(7, 256, 4, 2)
    found = exact.refine(
        x, torch.zeros(4, 2).double(), torch.zeros(4, 2).double(), torch.cat([noise, -noise]),
        decode=ours.decode, likelihood=Gaussian(ours.std).double(), steps=600,
    )  # fmt: skip
    gained = ours.elbo(x, found.mean, found.log_var).total
    best = ours.elbo(x, *ours.mean_field(x)).total
    assert_close(gained, best, rtol=0, atol=0.02)  # the optimum on 512 draws is not quite the true one
    assert (gained <= best + 1e-9).all()


def test_refining_starts_at_the_given_q_and_moves_no_weight():
    model = pretrained.load("digits8-2d")
    x = torch.bernoulli(load_digits8().x_test[:3], generator=torch.Generator().manual_seed(0))
    mean, log_var = model.encode(x)
    before = [weight.clone() for weight in model.parameters()]
    noise = normal(0, 64, 3, 2).float()
    settings_ = {"decode": model.decode, "likelihood": model.likelihood}
    found = exact.refine(x, mean, log_var, noise, **settings_, steps=50)
    assert found.history.shape == (51, 3)
    assert_close(found.history[0], elbo(x, DiagonalGaussian(mean, log_var), noise, **settings_).total)
    assert (found.history[-1] > found.history[0]).all()
    assert all(torch.equal(old, new) and new.grad is None for old, new in zip(before, model.parameters(), strict=True))
    untouched = exact.refine(x, mean, log_var, noise, **settings_, steps=0)
    assert torch.equal(untouched.mean, mean) and len(untouched.history) == 1


@pytest.mark.parametrize(
    "settings_, message",
    [
        ({"steps": -1}, "steps must be a whole number >= 0, got -1"),
        ({"steps": 1.5}, "steps must be a whole number >= 0, got 1.5"),
        ({"learning_rate": 0.0}, "learning_rate must be a finite number > 0, got 0.0"),
        ({"learning_rate": math.nan}, "learning_rate must be a finite number > 0, got nan"),
        ({"learning_rate": math.inf}, "learning_rate must be a finite number > 0, got inf"),
    ],
)
def test_refining_refuses_steps_that_are_none(settings_, message):
    with pytest.raises(ValueError, match=message):
        zero = torch.zeros(1, 2)
        exact.refine(zero, zero, zero, zero, decode=lambda z: z, likelihood=Bernoulli(), **settings_)


def test_refining_refuses_to_begin_where_there_is_no_bound():
    zero = torch.zeros(1, 2)
    with pytest.raises(ValueError, match=r"the ELBO must be finite to begin with, got \[nan\]"):
        exact.refine(zero, zero + math.nan, zero, zero, decode=lambda z: z, likelihood=Bernoulli())


@pytest.mark.parametrize("learning_rate", [0.05, 5.0, 1e30])
def test_each_image_keeps_its_best_step_however_wild_the_steps_are(learning_rate):
    ours, x, noise = linear(3), normal(6, 4, 4), normal(7, 16, 4, 2)
    settings_ = {"decode": ours.decode, "likelihood": Gaussian(ours.std).double()}
    found = exact.refine(x, normal(8, 4, 2), normal(9, 4, 2), noise, **settings_, steps=30, learning_rate=learning_rate)
    assert torch.isfinite(found.mean).all() and torch.isfinite(found.log_var).all()
    again = elbo(x, DiagonalGaussian(found.mean, found.log_var), noise, **settings_).total
    assert_close(again, found.history.nan_to_num(nan=-math.inf).amax(0), **TIGHT)
