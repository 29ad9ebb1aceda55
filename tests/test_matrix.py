"""Every public function of tensors in both precisions, on inputs that are not contiguous, without values and on a GPU where there is one.

CALLS is the table: a function, or a method of a public class, and how it is called; a new one must stand there. The right values are
the business of each module's own tests; here it is that the same numbers come out wherever and however the tensors lie.
"""

import importlib
import inspect
import math

import pytest
import torch
from torch.testing import assert_close

from vaelib import (
    Bernoulli,
    DiagonalGaussian,
    Gaussian,
    StandardNormal,
    bounds,
    dense_vae,
    diagnostics,
    distributions,
    estimators,
    exact,
    latent,
    moments,
    networks,
    noise,
    objectives,
    priors,
    training,
)

MODULES = [
    "bounds", "diagnostics", "distributions", "estimators", "exact.linear", "exact.mixture", "exact.quadrature", "exact.refinement",
    "latent",
    "likelihoods.bernoulli", "likelihoods.gaussian", "model", "moments", "networks.conv", "networks.dense", "noise", "objectives",
    "posteriors", "priors",
    "training.evaluation", "training.loop",
]  # fmt: skip
# Words, settings and modules: nothing with a tensor in it comes in or goes out. `evaluating` is a context.
NO_TENSORS = {
    "model.dense_vae", "model.conv_vae", "model.evaluating", "likelihoods.bernoulli.Bernoulli.spec", "likelihoods.gaussian.Gaussian.spec",
    "likelihoods.gaussian.Gaussian.extra_repr", "networks.conv.ConvEncoder.spec", "networks.conv.ConvDecoder.spec",
    "networks.dense.Encoder.spec", "networks.dense.Decoder.spec", "priors.StandardNormal.spec",
}  # fmt: skip
PROTOCOLS = {"Posterior", "Prior", "Likelihood"}


class Maker:
    """Makes the same numbers in a given precision, on a given device, contiguous or every second of twice as many."""

    def __init__(self, dtype=torch.float64, device="cpu", strided=False):
        self.dtype, self.device, self.strided = dtype, torch.device(device), strided

    def place(self, tensor):
        tensor = tensor.to(self.device, self.dtype)
        if not self.strided or tensor.dim() == 0:
            return tensor
        wide = torch.stack([tensor, torch.full_like(tensor, math.nan)], -1).flatten(-2)  # what lies between must never be read
        return wide[..., ::2]

    def normal(self, seed, *shape):
        return self.place(torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float32).double())

    def shares(self, seed, *shape):
        return self.place(torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float32).double())

    def bits(self, seed, *shape):
        return self.place((torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) < 0.5).double())

    def module(self, module):
        return module.to(self.device, self.dtype)

    def model(self):
        return self.module(dense_vae(9, 2, hidden=(5,)))

    def q(self, batch=3):
        return DiagonalGaussian(self.normal(1, batch, 2), self.normal(2, batch, 2))

    def bound(self):
        weight = self.normal(4, 2, 9)
        parts = {"decode": lambda z: z @ weight, "likelihood": self.module(Gaussian(0.7))}
        return (self.normal(0, 3, 9), self.q(), self.normal(3, 4, 3, 2)), parts

    def linear(self):
        return exact.LinearGaussian(self.normal(5, 9, 2), self.normal(6, 9), 0.7)

    def mixture(self):
        weight = self.place(torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64))
        return exact.Mixture(weight, self.normal(7, 3, 9), self.normal(8, 3, 9))

    def grid(self):
        weight = self.normal(4, 2, 9)
        return exact.quadrature(self.normal(0, 9), decode=lambda z: z @ weight, likelihood=self.module(Gaussian(0.7)), latent_dim=2)


def seeded():
    return torch.Generator().manual_seed(0)


def with_bound(function):
    def call(m):
        arguments, parts = m.bound()
        return function(*arguments, **parts)

    return call


def bound_at_q(function, *more, **settings):
    def call(m):
        (x, q, _), parts = m.bound()
        return function(x, *q, *(part(m) for part in more), **parts, **settings)

    return call


def estimated(estimator):
    return lambda m: estimator(lambda z: (z**2).sum(-1), m.q(), m.normal(3, 4, 3, 2))


def std_set(m):
    likelihood = m.module(Gaussian(0.7))
    likelihood.std = m.shares(3, 1)[0] + 0.5
    return likelihood.std


CALLS = {
    "bounds.elbo": with_bound(bounds.elbo),
    "bounds.importance_weighted_bound": with_bound(bounds.importance_weighted_bound),
    "bounds.log_importance_weights": with_bound(bounds.log_importance_weights),
    "bounds.Elbo.kl": lambda m: bounds.Elbo(m.normal(0, 3), m.normal(1, 3, 2)).kl,
    "bounds.Elbo.total": lambda m: bounds.Elbo(m.normal(0, 3), m.normal(1, 3, 2)).total,
    "diagnostics.kl_of_each_latent": lambda m: diagnostics.kl_of_each_latent(m.model(), m.bits(0, 3, 9)),
    "diagnostics.variance_of_means": lambda m: diagnostics.variance_of_means(m.model(), m.bits(0, 3, 9)),
    "diagnostics.active_units": lambda m: diagnostics.active_units(m.model(), m.bits(0, 3, 9)).to(m.dtype),
    "diagnostics.aggregate": lambda m: torch.tensor(diagnostics.aggregate(m.model(), m.bits(0, 3, 9), samples=5)),
    "diagnostics.verdict": lambda m: torch.tensor(diagnostics.verdict(m.model(), m.bits(0, 3, 9)).heard),
    "distributions.gaussian_log_prob": lambda m: distributions.gaussian_log_prob(m.normal(0, 3, 2), *m.q()),
    "distributions.gaussian_log_prob_of_draw": lambda m: distributions.gaussian_log_prob_of_draw(m.normal(0, 3, 2), m.normal(1, 3, 2)),
    "distributions.kl_per_dimension": lambda m: distributions.kl_per_dimension(*m.q()),
    "distributions.kl_to_standard_normal": lambda m: distributions.kl_to_standard_normal(*m.q()),
    "distributions.kl_between_gaussians": lambda m: distributions.kl_between_gaussians(*m.q(), m.normal(3, 3, 2), m.normal(4, 3, 2)),
    "distributions.reparameterize": lambda m: distributions.reparameterize(*m.q(), m.normal(3, 4, 3, 2)),
    "estimators.pathwise": estimated(estimators.pathwise),
    "estimators.detached": estimated(estimators.detached),
    "estimators.score_function": estimated(estimators.score_function),
    "exact.linear.LinearGaussian.decode": lambda m: m.linear().decode(m.normal(0, 3, 2)),
    "exact.linear.LinearGaussian.log_prob": lambda m: m.linear().log_prob(m.normal(0, 3, 9)),
    "exact.linear.LinearGaussian.posterior": lambda m: m.linear().posterior(m.normal(0, 3, 9)),
    "exact.linear.LinearGaussian.mean_field": lambda m: m.linear().mean_field(m.normal(0, 3, 9)),
    "exact.linear.LinearGaussian.elbo": lambda m: m.linear().elbo(m.normal(0, 3, 9), *m.q()),
    "exact.linear.fit_linear_gaussian": lambda m: exact.fit_linear_gaussian(m.normal(0, 20, 4), 2)[1:],
    "exact.mixture.Mixture.log_joint": lambda m: m.mixture().log_joint(m.normal(0, 3, 9)),
    "exact.mixture.Mixture.log_prob": lambda m: m.mixture().log_prob(m.normal(0, 3, 9)),
    "exact.mixture.Mixture.posterior": lambda m: m.mixture().posterior(m.normal(0, 3, 9)),
    "exact.mixture.Mixture.elbo": lambda m: m.mixture().elbo(m.normal(0, 3, 9), m.normal(9, 3, 3).softmax(-1)),
    "exact.quadrature.quadrature": lambda m: m.grid()[0],
    "exact.quadrature.elbo_by_quadrature": bound_at_q(exact.elbo_by_quadrature, nodes=6),
    "exact.quadrature.Grid.mean": lambda m: m.grid().mean,
    "exact.quadrature.Grid.covariance": lambda m: m.grid().covariance,
    "exact.quadrature.Grid.kl_from": lambda m: (lambda grid: grid.kl_from(grid.mean, grid.covariance.diagonal().log()))(m.grid()),
    "exact.refinement.refine": bound_at_q(exact.refine, lambda m: m.normal(3, 4, 3, 2), steps=3),
    "latent.encode_set": lambda m: latent.encode_set(m.model(), m.bits(0, 3, 9)),
    "latent.grid": lambda m: latent.grid(2.0, 3),
    "latent.decode_grid": lambda m: latent.decode_grid(m.model(), steps=3),
    "latent.traverse": lambda m: latent.traverse(m.model(), m.normal(0, 2), 1, [-1.0, 0.0, 1.0]),
    "latent.interpolate": lambda m: latent.interpolate(m.model(), m.normal(0, 2), m.normal(1, 2), 4),
    "latent.decode_mean": lambda m: latent.decode_mean(m.model(), m.normal(0, 3, 2)),
    "likelihoods.bernoulli.Bernoulli.check": lambda m: m.module(Bernoulli()).check(m.bits(0, 3, 9)),
    "likelihoods.bernoulli.Bernoulli.log_prob": lambda m: m.module(Bernoulli()).log_prob(m.bits(0, 3, 9), m.normal(1, 3, 9)),
    "likelihoods.bernoulli.Bernoulli.mean": lambda m: m.module(Bernoulli()).mean(m.normal(1, 3, 9)),
    "likelihoods.bernoulli.Bernoulli.sample": lambda m: m.module(Bernoulli()).sample(m.normal(1, 3, 9), seeded()),
    "likelihoods.gaussian.Gaussian.std": std_set,
    "likelihoods.gaussian.Gaussian.check": lambda m: m.module(Gaussian(0.7)).check(m.normal(0, 3, 9)),
    "likelihoods.gaussian.Gaussian.log_prob": lambda m: m.module(Gaussian(0.7)).log_prob(m.normal(0, 3, 9), m.normal(1, 3, 9)),
    "likelihoods.gaussian.Gaussian.mean": lambda m: m.module(Gaussian(0.7)).mean(m.normal(1, 3, 9)),
    "likelihoods.gaussian.Gaussian.sample": lambda m: m.module(Gaussian(0.7)).sample(m.normal(1, 3, 9), seeded()),
    "model.VAE.encode": lambda m: m.model().encode(m.bits(0, 3, 9)),
    "model.VAE.decode": lambda m: m.model().decode(m.normal(0, 4, 3, 2)),
    "moments.slant": lambda m: moments.slant(m.shares(0, 3, 9)),
    "moments.thickness": lambda m: moments.thickness(m.shares(0, 3, 9)),
    "networks.conv.ConvEncoder.forward": lambda m: m.module(networks.ConvEncoder(8, 2, channels=(3,)))(m.bits(0, 3, 64)),
    "networks.conv.ConvDecoder.forward": lambda m: m.module(networks.ConvDecoder(2, 8, channels=(3,)))(m.normal(0, 3, 2)),
    "networks.dense.Encoder.forward": lambda m: m.module(networks.Encoder(9, 2))(m.bits(0, 3, 9)),
    "networks.dense.Decoder.forward": lambda m: m.module(networks.Decoder(2, 9))(m.normal(0, 3, 2)),
    "noise.standard_normal": lambda m: noise.standard_normal((3, 2), seeded(), m.normal(0, 1)),
    "noise.noise_like": lambda m: noise.noise_like(m.normal(0, 3, 2), seeded()),
    "noise.toss": lambda m: noise.toss(m.shares(0, 3, 9), seeded()),
    "noise.binarize": lambda m: noise.binarize(m.shares(0, 3, 9), generator=seeded()),
    "objectives.weighted_elbo": lambda m: objectives.weighted_elbo(m.model(), m.bits(0, 3, 9), m.normal(1, 4, 3, 2), 0.5),
    "objectives.importance_weighted": lambda m: objectives.importance_weighted(m.model(), m.bits(0, 3, 9), m.normal(1, 4, 3, 2), 1.0),
    "objectives.free_bits": lambda m: objectives.free_bits(m.model(), m.bits(0, 3, 9), m.normal(1, 4, 3, 2), 0.5, nats=0.1),
    "objectives.estimated_elbo": lambda m: objectives.estimated_elbo(
        m.model(), m.bits(0, 3, 9), m.normal(1, 4, 3, 2), 1.0, estimator=estimators.score_function
    ),
    "posteriors.DiagonalGaussian.std": lambda m: m.q().std,
    "posteriors.DiagonalGaussian.draw": lambda m: m.q().draw(m.normal(3, 4, 3, 2)),
    "posteriors.DiagonalGaussian.log_prob": lambda m: m.q().log_prob(m.normal(3, 4, 3, 2)),
    "posteriors.DiagonalGaussian.log_prob_of_draw": lambda m: m.q().log_prob_of_draw(m.normal(3, 4, 3, 2)),
    "posteriors.DiagonalGaussian.kl_to_standard_normal": lambda m: m.q().kl_to_standard_normal(),
    "priors.StandardNormal.log_prob": lambda m: m.module(StandardNormal(2)).log_prob(m.normal(0, 3, 2)),
    "priors.StandardNormal.sample": lambda m: m.module(StandardNormal(2)).sample(3, seeded()),
    "priors.StandardNormal.kl": lambda m: m.module(StandardNormal(2)).kl(m.q()),
    "priors.standard_normal_log_prob": lambda m: priors.standard_normal_log_prob(m.normal(0, 3, 2)),
    "training.evaluation.evaluate": lambda m: training.evaluate(m.model(), m.bits(0, 3, 9)),
    "training.evaluation.score": lambda m: training.score(m.model(), m.bits(0, 3, 9), samples=5)[0],
    "training.evaluation.Score.mean": lambda m: torch.tensor(training.score(m.model(), m.bits(0, 3, 9), samples=5).mean),
    "training.evaluation.Score.standard_error": lambda m: torch.tensor(
        training.score(m.model(), m.bits(0, 3, 9), samples=5).standard_error
    ),
    "training.loop.fit": lambda m: fitted(m.model(), m.bits(0, 6, 9)),
}
# Random numbers differ with the precision and with the generator's device; all else must not.
DRAWN = {
    "diagnostics.aggregate", "diagnostics.verdict",
    "likelihoods.bernoulli.Bernoulli.sample", "likelihoods.gaussian.Gaussian.sample", "noise.standard_normal", "noise.noise_like",
    "noise.toss", "noise.binarize", "priors.StandardNormal.sample", "training.evaluation.evaluate", "training.evaluation.score",
    "training.evaluation.Score.mean", "training.evaluation.Score.standard_error", "training.loop.fit",
}  # fmt: skip
FIXED = {"latent.grid"}  # points for a reader: the default dtype, whatever model will decode them
IN_DOUBLE = {
    "exact.quadrature.quadrature",
    "exact.quadrature.Grid.mean",
    "exact.quadrature.Grid.covariance",
    "exact.quadrature.Grid.kl_from",
}
PLAIN = {
    "diagnostics.aggregate",
    "diagnostics.verdict",
    "training.evaluation.Score.mean",
    "training.evaluation.Score.standard_error",
}  # Python's numbers


def fitted(model, x):
    training.fit(model, x, epochs=1, batch_size=3)
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def tensors(result):
    """All tensors of a result: a tensor, a tuple of them, or nothing."""
    if isinstance(result, torch.Tensor):
        return [result.detach()]
    return [one for part in result if part is not None for one in tensors(part)] if isinstance(result, tuple | list) else []


def public():
    """Every function, and every public method and property of every class, that a module defines."""
    for module in MODULES:
        for name, value in vars(importlib.import_module(f"vaelib.{module}")).items():
            if name.startswith("_") or getattr(value, "__module__", "") != f"vaelib.{module}":
                continue
            if inspect.isfunction(value):
                yield f"{module}.{name}"
            elif inspect.isclass(value) and name not in PROTOCOLS:
                for part, member in vars(value).items():
                    if not part.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                        yield f"{module}.{name}.{part}"


def test_every_public_function_of_tensors_stands_in_the_table():
    assert set(CALLS) | NO_TENSORS == set(public()) and not set(CALLS) & NO_TENSORS


@pytest.mark.parametrize("name", CALLS)
def test_single_precision_gives_what_double_gives_and_in_its_own_dtype(name):
    single, double = (tensors(CALLS[name](Maker(dtype))) for dtype in (torch.float32, torch.float64))
    for got, wanted in zip(single, double, strict=True):
        assert got.shape == wanted.shape and (name in FIXED or wanted.dtype == torch.float64 or name in PLAIN)
        assert got.dtype == (torch.float64 if name in IN_DOUBLE else torch.float32)
        if name not in DRAWN:
            assert_close(got.double(), wanted.double(), rtol=1e-4, atol=1e-4)  # single precision


@pytest.mark.parametrize("name", CALLS)
def test_what_is_not_contiguous_counts_as_what_is(name):
    for got, wanted in zip(tensors(CALLS[name](Maker(strided=True))), tensors(CALLS[name](Maker())), strict=True):
        assert_close(got, wanted, rtol=0, atol=1e-12)


# What must look at values says so on the device that has none.
LOOKS = {
    "diagnostics.kl_of_each_latent", "diagnostics.variance_of_means", "diagnostics.active_units", "diagnostics.aggregate",
    "diagnostics.verdict",
    *IN_DOUBLE, "exact.refinement.refine", "latent.encode_set", "likelihoods.bernoulli.Bernoulli.check",
    "likelihoods.gaussian.Gaussian.check", "likelihoods.gaussian.Gaussian.std",
    "moments.slant", "moments.thickness", "noise.binarize", "training.evaluation.evaluate", "training.evaluation.score",
    "training.evaluation.Score.mean", "training.evaluation.Score.standard_error", "training.loop.fit",
}  # fmt: skip


DEVICES = ["meta", "cuda"] if torch.cuda.is_available() else ["meta"]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", CALLS)
def test_a_device_of_its_own_is_followed(name, device):
    """On the meta device only shapes are computed: a tensor that was made on the processor, in secret, is found there too."""
    if device == "meta" and name in LOOKS:
        with pytest.raises(ValueError, match="meta"):
            CALLS[name](Maker(device=device))
        return
    for got, wanted in zip(tensors(CALLS[name](Maker(device=device))), tensors(CALLS[name](Maker())), strict=True):
        assert got.shape == wanted.shape and got.dtype == wanted.dtype
        assert got.device.type == ("cpu" if name in FIXED | PLAIN else device)
        if device != "meta" and name not in DRAWN:
            assert_close(got.cpu(), wanted, rtol=1e-9, atol=1e-9)


# Densities: what they are a function of, and their extremes.

NARROW, WIDE = Gaussian(0.3).double(), Gaussian(0.7).double()
SLOPE, MIXTURE, LINEAR = Maker().normal(4, 2, 9), Maker().mixture(), Maker().linear()

DENSITIES = {
    "gaussian": (lambda x, mean, log_var: distributions.gaussian_log_prob(x, mean, log_var), ((3, 2), (3, 2), (3, 2))),
    "gaussian of a draw": (lambda log_var, noise: distributions.gaussian_log_prob_of_draw(log_var, noise), ((3, 2), (3, 2))),
    "kl to the standard normal": (lambda mean, log_var: distributions.kl_to_standard_normal(mean, log_var), ((3, 2), (3, 2))),
    "kl between gaussians": (distributions.kl_between_gaussians, ((3, 2), (3, 2), (3, 2), (3, 2))),
    "q": (lambda z, mean, log_var: DiagonalGaussian(mean, log_var).log_prob(z), ((3, 2), (3, 2), (3, 2))),
    "prior": (StandardNormal(2).log_prob, ((3, 2),)),
    "bernoulli": (lambda logits, raw: Bernoulli().log_prob(raw.sigmoid(), logits), ((3, 4), (3, 4))),
    "gaussian pixels": (lambda output, x: NARROW.log_prob(x, output), ((3, 4), (3, 4))),
    "mixture": (lambda x: MIXTURE.log_prob(x.reshape(-1, 9)).reshape(x.shape[:-1]), ((3, 9),)),
    "linear": (lambda x: LINEAR.log_prob(x.reshape(-1, 9)).reshape(x.shape[:-1]), ((3, 9),)),
    "elbo": (lambda x, mean, log_var, noise: of_a_bound(bounds.elbo, x, mean, log_var, noise), ((3, 9), (3, 2), (3, 2), (3, 2))),
    "importance-weighted bound": (
        lambda x, mean, log_var, noise: of_a_bound(bounds.importance_weighted_bound, x, mean, log_var, noise),
        ((3, 9), (3, 2), (3, 2), (3, 2)),
    ),
}


def of_a_bound(bound, x, mean, log_var, noise):
    arguments = [part.reshape(-1, part.shape[-1]) for part in (x, mean, log_var, noise)]
    found = bound(arguments[0], DiagonalGaussian(*arguments[1:3]), arguments[3], decode=lambda z: z @ SLOPE, likelihood=WIDE)
    return getattr(found, "total", found).reshape(x.shape[:-1])


@pytest.mark.parametrize("name", DENSITIES)
def test_each_example_has_its_own_gradient_by_vmap(name):
    """vmap(grad) of the density of one example is the gradient of the sum over all, since no example touches another's number."""
    density, shapes = DENSITIES[name]
    values = [Maker().normal(20 + i, *shape) for i, shape in enumerate(shapes)]
    found = torch.func.vmap(torch.func.grad(density, argnums=tuple(range(len(values)))))(*values)
    leaves = [value.clone().requires_grad_() for value in values]
    for ours, wanted in zip(found, torch.autograd.grad(density(*leaves).sum(), leaves), strict=True):
        assert_close(ours, wanted, rtol=1e-9, atol=1e-9)


HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("log_var", [-100.0, 100.0])
def test_a_log_variance_of_a_hundred_either_way_has_its_density_and_its_gradient(log_var, dtype):
    """At a draw, one standard deviation from the mean 0: log N = -(log 2 pi + log_var + 1) / 2 each, whatever the scale is."""
    v = torch.full((1, 2), log_var, dtype=dtype, requires_grad=True)
    z, zero = torch.full((1, 2), math.exp(log_var / 2), dtype=dtype), torch.zeros(1, 2, dtype=dtype)
    wanted = torch.full((1,), -2 * HALF_LOG_TWO_PI - log_var - 1, dtype=dtype)
    q = DiagonalGaussian(zero, v)
    for value, slope in (
        (distributions.gaussian_log_prob(z, zero, v), 0.0),
        (q.log_prob(z), 0.0),
        (distributions.gaussian_log_prob_of_draw(v, zero + 1), -0.5),
        (q.log_prob_of_draw(zero + 1), -0.5),
        (distributions.gaussian_log_prob(zero, zero, v) - 1, -0.5),
    ):
        assert_close(value, wanted, rtol=1e-5, atol=0)
        assert_close(torch.autograd.grad(value.sum(), v)[0], torch.full_like(v, slope), rtol=1e-5, atol=1e-4)
    component = exact.Mixture(torch.ones(1, dtype=dtype), zero, v)
    assert_close(component.log_prob(z), wanted, rtol=1e-5, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("log_var", [-100.0, 100.0])
def test_a_kl_at_a_log_variance_of_a_hundred_is_the_formula_or_beyond_the_type(log_var, dtype):
    """(exp(v) - 1 - v) / 2 each: 49.5 for -100; 1.3e43 for 100, which is infinite in single precision and no NaN."""
    v = torch.full((1, 2), log_var, dtype=dtype)
    zero = torch.zeros(1, 2, dtype=dtype)
    wanted = torch.tensor([math.expm1(log_var) - log_var], dtype=torch.float64).to(dtype)
    for found in (
        distributions.kl_to_standard_normal(zero, v), distributions.kl_between_gaussians(zero, v, zero, zero),
        DiagonalGaussian(zero, v).kl_to_standard_normal().sum(-1), StandardNormal(2).kl(DiagonalGaussian(zero, v)).sum(-1),
    ):  # fmt: skip
        assert_close(found, wanted, rtol=1e-5, atol=0)
    assert distributions.kl_between_gaussians(zero, v, zero, v).item() == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("log_var", [-100.0, 100.0])
def test_bounds_at_a_log_variance_of_a_hundred_have_their_value_and_gradient(log_var, dtype):
    """With pixels that see nothing of z the two bounds are the pixels' own log-likelihood minus what q costs."""
    mean, v = torch.full((1, 2), 10.0, dtype=dtype, requires_grad=True), torch.full((1, 2), log_var, dtype=dtype, requires_grad=True)
    noise_ = torch.ones(1, 1, 2, dtype=dtype)
    settings = {"decode": lambda z: torch.zeros(*z.shape[:-1], 3, dtype=dtype) + 0 * z.sum(-1, keepdim=True), "likelihood": Bernoulli()}
    x, log_pixels = torch.ones(1, 3, dtype=dtype), -3 * math.log(2)
    weighted = bounds.importance_weighted_bound(x, DiagonalGaussian(mean, v), noise_, **settings)
    z = 10 + math.exp(log_var / 2)
    wanted = torch.tensor([log_pixels - z**2 + log_var + 1], dtype=torch.float64).to(dtype)  # log p(z) - log q(z): 2 pi cancels
    assert_close(weighted, wanted, rtol=1e-5, atol=0)  # -2.7e43 is beyond single precision
    if weighted.isfinite().all():
        slope = torch.autograd.grad(weighted.sum(), v)[0]
        assert_close(slope, torch.full((1, 2), 0.5 - 0.5 * z * math.exp(log_var / 2), dtype=dtype), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_logits_of_ten_thousand_either_way_have_their_likelihood_and_its_gradient(dtype):
    """log sigmoid(1e4) is 0 and log sigmoid(-1e4) is -1e4; the gradient is x - sigmoid(logits)."""
    logits = torch.tensor([[1e4, 1e4, -1e4, -1e4]], dtype=dtype, requires_grad=True)
    x = torch.tensor([[1.0, 0.0, 1.0, 0.0]], dtype=dtype)
    value = Bernoulli().log_prob(x, logits)
    assert value.item() == -2e4
    assert torch.autograd.grad(value.sum(), logits)[0].tolist() == [[0.0, -1.0, 1.0, 0.0]]
    assert Bernoulli().mean(logits).tolist() == [[1.0, 1.0, 0.0, 0.0]]
    assert Bernoulli().sample(logits.detach(), seeded()).tolist() == [[1.0, 1.0, 0.0, 0.0]]
