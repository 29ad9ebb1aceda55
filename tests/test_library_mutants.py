"""The library's small mistakes are noticed: a sign, a dropped half, the std for the variance, a mean for a sum.

For each module every such mistake is made in turn, and the module that has it is held against an oracle that knows nothing of it:
torch.distributions, a formula at a number, or a sum over a fine grid. tests/mutants.py makes the mistakes.
"""

import ast
import math
import types
from pathlib import Path

import pytest
import torch
from torch.distributions import Bernoulli, Categorical, Independent, MixtureSameFamily, MultivariateNormal, Normal, kl_divergence
from torch.testing import assert_close

import vaelib
from mutants import changes, mutants
from vaelib.posteriors import DiagonalGaussian

ROOT = Path(vaelib.__file__).parent
TIGHT = {"rtol": 1e-9, "atol": 1e-9}


def normal(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


X, MEAN, LOG_VAR, NOISE, SLOPE = normal(0, 3, 4), normal(1, 3, 2), normal(2, 3, 2), normal(3, 5, 3, 2), normal(4, 4, 2)
Q = Normal(MEAN, (0.5 * LOG_VAR).exp())
Z = MEAN + (0.5 * LOG_VAR).exp() * NOISE
PRIOR = Normal(torch.zeros(2, dtype=torch.float64), 1)


def seeded():
    return torch.Generator().manual_seed(0)


def distributions(m):
    other = Normal(normal(5, 3, 2), (0.5 * normal(6, 3, 2)).exp())
    assert_close(m.gaussian_log_prob(Z, MEAN, LOG_VAR), Q.log_prob(Z).sum(-1), **TIGHT)
    assert_close(m.gaussian_log_prob_of_draw(LOG_VAR, NOISE), Q.log_prob(Z).sum(-1), **TIGHT)
    assert_close(m.kl_per_dimension(MEAN, LOG_VAR), kl_divergence(Q, PRIOR), **TIGHT)
    assert_close(m.kl_to_standard_normal(MEAN, LOG_VAR), kl_divergence(Q, PRIOR).sum(-1), **TIGHT)
    assert_close(m.kl_between_gaussians(MEAN, LOG_VAR, normal(5, 3, 2), normal(6, 3, 2)), kl_divergence(Q, other).sum(-1), **TIGHT)
    assert_close(m.reparameterize(MEAN, LOG_VAR, NOISE), Z, **TIGHT)


def posteriors(m):
    q = m.DiagonalGaussian(MEAN, LOG_VAR)
    assert_close(q.std, Q.stddev, **TIGHT)
    assert_close(q.draw(NOISE), Z, **TIGHT)
    assert_close(q.log_prob(Z), Q.log_prob(Z).sum(-1), **TIGHT)
    assert_close(q.log_prob_of_draw(NOISE), Q.log_prob(Z).sum(-1), **TIGHT)
    assert_close(q.kl_to_standard_normal(), kl_divergence(Q, PRIOR), **TIGHT)


def priors(m):
    prior = m.StandardNormal(2).double()
    assert_close(prior.log_prob(Z), PRIOR.log_prob(Z).sum(-1), **TIGHT)
    assert_close(prior.kl(DiagonalGaussian(MEAN, LOG_VAR)), kl_divergence(Q, PRIOR), **TIGHT)
    draws = prior.sample(20_000, seeded())
    assert draws.mean(0).abs().max() < 0.03 and (draws.std(0) - 1).abs().max() < 0.03  # four standard errors


def bernoulli(m):
    pixels, bits = m.Bernoulli(), (X > 0).double()
    assert_close(pixels.log_prob(bits, 3 * X), Bernoulli(logits=3 * X).log_prob(bits).sum(-1), **TIGHT)
    assert_close(pixels.mean(X), 1 / (1 + (-X).exp()), **TIGHT)
    draws = pixels.sample(torch.full((20_000, 1), 1.5, dtype=torch.float64), seeded())
    assert abs(draws.mean().item() - 1 / (1 + math.exp(-1.5))) < 0.012  # four standard errors
    for low, high in ((-1e-7, 0.5), (0.5, 1 + 1e-7)):
        with pytest.raises(ValueError, match="rounding"):
            pixels.check(torch.tensor([low, high], dtype=torch.float64))
    for low, high in ((-1e-3, 1.0), (0.0, 1 + 1e-3)):
        with pytest.raises(ValueError, match="got values from") as error:
            pixels.check(torch.tensor([low, high], dtype=torch.float64))
        assert "rounding" not in str(error.value)


def gaussian(m):
    for pixels in (m.Gaussian(0.3), m.Gaussian([0.3, 0.5, 0.7, 2.0]), m.Gaussian(0.3, learn_std=True, min_std=0.2)):
        pixels = pixels.double()
        start = torch.as_tensor(pixels.spec()["std"], dtype=torch.float64)
        wanted = (start**2 + 0.2**2).sqrt() if pixels.learn_std else start
        assert_close(pixels.std.detach(), wanted, **TIGHT)
        assert_close(pixels.log_prob(2 * X, X).detach(), Normal(X, wanted.expand(3, 4)).log_prob(2 * X).sum(-1), **TIGHT)
        draws = pixels.sample(torch.full((20, 4), 5.0, dtype=torch.float64), seeded()).detach()
        assert_close(draws, 5 + wanted * torch.randn(20, 4, generator=seeded(), dtype=torch.float64), **TIGHT)
        pixels.std = wanted * 2
        assert_close(pixels.std.detach(), wanted * 2, **TIGHT)
    assert m.Gaussian(0.5, learn_std=True).min_std == 5e-4


def bounds(m):
    likelihood, q = vaelib.Gaussian(0.7).double(), DiagonalGaussian(MEAN, LOG_VAR)
    log_pixels = Normal(Z @ SLOPE.T, 0.7).log_prob(X).sum(-1)
    parts = {"decode": lambda z: z @ SLOPE.T, "likelihood": likelihood}
    log_weight = log_pixels + PRIOR.log_prob(Z).sum(-1) - Q.log_prob(Z).sum(-1)
    terms = m.elbo(X, q, NOISE, **parts)
    assert_close(terms.log_likelihood, log_pixels.mean(0), **TIGHT)
    assert_close(terms.kl_per_dimension, kl_divergence(Q, PRIOR), **TIGHT)
    assert_close(terms.kl, kl_divergence(Q, PRIOR).sum(-1), **TIGHT)
    assert_close(terms.total, log_pixels.mean(0) - kl_divergence(Q, PRIOR).sum(-1), **TIGHT)
    assert_close(m.elbo(X, q, NOISE[0], **parts).log_likelihood, log_pixels[0], **TIGHT)
    assert_close(m.log_importance_weights(X, q, NOISE, **parts), log_weight, **TIGHT)
    assert_close(m.importance_weighted_bound(X, q, NOISE, **parts), log_weight.exp().mean(0).log(), **TIGHT)

    class Wide:
        """A prior without a closed form."""

        latent_dim = 2

        def log_prob(self, z):
            return Normal(0.0, 2.0).log_prob(z).sum(-1)

        def kl(self, q):
            return None

    drawn = (Q.log_prob(Z) - Normal(0.0, 2.0).log_prob(Z)).sum(-1)
    assert_close(m.elbo(X, q, NOISE, **parts, prior=Wide()).kl, drawn.mean(0), **TIGHT)
    assert_close(m.log_importance_weights(X, q, NOISE, **parts, prior=Wide()), log_pixels - drawn, **TIGHT)


def schedules(m):
    table = [
        (m.constant(3.0), {0.0: 3.0, 1.0: 3.0}),
        (m.linear(1.0, 5.0, until=0.5), {0.0: 1.0, 0.25: 3.0, 0.5: 5.0, 1.0: 5.0}),
        (m.cosine(2.0, warm_up=0.2), {0.0: 0.0, 0.1: 1.0, 0.2: 2.0, 0.6: 1.0, 1.0: 0.0, 0.4: 1 + math.sqrt(0.5)}),
        (m.cyclical(1.0, 3.0, cycles=2, rise=0.5), {0.0: 1.0, 0.125: 2.0, 0.25: 3.0, 0.45: 3.0, 0.5: 1.0, 0.625: 2.0, 1.0: 3.0}),
    ]
    for schedule, values in table:
        for at, wanted in values.items():
            assert abs(schedule(at) - wanted) < 1e-12
    assert m.never_arrives(lambda epoch: min(1.0, epoch / 10), 30) and m.never_arrives(lambda epoch: 5 - min(3.0, epoch / 10), 30)
    for fine in (m.linear(0.0, 1.0, until=0.5), m.cosine(1.0), lambda progress: 5 - min(3.0, 2 * progress), lambda progress: progress):
        assert m.never_arrives(fine, 30) is None


def linear(m):
    for std in (0.7, torch.tensor(1.6, dtype=torch.float64)):
        model, bias = m.LinearGaussian(SLOPE, normal(5, 4), std), normal(5, 4)
        covariance = SLOPE @ SLOPE.T + float(std) ** 2 * torch.eye(4, dtype=torch.float64)
        marginal = MultivariateNormal(bias, covariance)
        assert_close(model.decode(Z), (SLOPE @ Z.unsqueeze(-1)).squeeze(-1) + bias, **TIGHT)
        assert_close(model.log_prob(X), marginal.log_prob(X), **TIGHT)
        gain = SLOPE.T @ torch.linalg.inv(covariance)  # the same posterior in the other form of Bayes' rule
        spread = torch.eye(2, dtype=torch.float64) - gain @ SLOPE
        mean = (X - bias) @ gain.T
        assert_close(model.posterior(X), (mean, spread), **TIGHT)
        assert_close(model.mean_field(X)[0], mean, **TIGHT)
        assert_close(model.mean_field(X)[1], -torch.linalg.inv(spread).diagonal().log().expand(3, 2), **TIGHT)
        gap = kl_divergence(MultivariateNormal(MEAN, torch.diag_embed(LOG_VAR.exp())), MultivariateNormal(mean, spread))
        terms = model.elbo(X, MEAN, LOG_VAR)
        assert_close(terms.total, marginal.log_prob(X) - gap, **TIGHT)
        assert_close(terms.kl, kl_divergence(Q, PRIOR).sum(-1), **TIGHT)
    data = normal(6, 30, 4) @ normal(7, 4, 4) + 3
    eigenvalues = torch.linalg.eigvalsh(torch.cov(data.T, correction=0))
    for latent in (1, 3):
        fitted = m.fit_linear_gaussian(data, latent)
        assert_close(fitted.bias, data.mean(0), **TIGHT)
        assert_close(fitted.std**2, eigenvalues[: 4 - latent].mean(), **TIGHT)
        covariance = fitted.weight @ fitted.weight.T + fitted.std**2 * torch.eye(4, dtype=torch.float64)
        assert_close(torch.linalg.eigvalsh(covariance)[4 - latent :], eigenvalues[4 - latent :], **TIGHT)
        along = torch.linalg.solve(covariance, torch.cov(data.T, correction=0)) @ fitted.weight
        assert_close(along, fitted.weight, rtol=1e-7, atol=1e-7)  # where the likelihood is highest (Tipping & Bishop 1999, eq. 6)
    with pytest.raises(ValueError, match="must vary in more than 1"):
        m.fit_linear_gaussian(torch.arange(5.0)[:, None] * torch.ones(3), 1)


def mixture(m):
    weight, mean, log_var = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64), normal(8, 3, 4), normal(9, 3, 4)
    ours = m.Mixture(weight, mean, log_var)
    parts = Independent(Normal(mean, (0.5 * log_var).exp()), 1)
    theirs = MixtureSameFamily(Categorical(weight), parts)
    joint = parts.log_prob(X.unsqueeze(1)) + weight.log()
    assert_close(ours.log_joint(X), joint, **TIGHT)
    assert_close(ours.log_prob(X), theirs.log_prob(X), **TIGHT)
    assert_close(ours.posterior(X), joint.softmax(-1), **TIGHT)
    shares = normal(10, 3, 3).softmax(-1)
    terms = ours.elbo(X, shares)
    assert_close(terms.log_likelihood, (shares * (joint - weight.log())).sum(-1), **TIGHT)
    assert_close(terms.kl, kl_divergence(Categorical(shares), Categorical(weight)), **TIGHT)
    with pytest.raises(ValueError, match="must hold probabilities"):
        ours._replace(weight=weight + 0.1).log_prob(X)


def quadrature(m):
    model = vaelib.exact.LinearGaussian(SLOPE, torch.zeros(4, dtype=torch.float64), 0.7)
    parts = {"decode": model.decode, "likelihood": vaelib.Gaussian(0.7).double()}
    found = m.quadrature(X[0], latent_dim=2, **parts)
    (mean, spread), q = model.posterior(X), (MEAN[:1], torch.full((1, 2), -1.5, dtype=torch.float64))
    assert_close(found.log_prob, model.log_prob(X)[0], rtol=0, atol=1e-6)
    assert_close(found.mean, mean[0], rtol=0, atol=1e-6)
    assert_close(found.covariance, spread, rtol=0, atol=1e-6)
    at = MultivariateNormal(mean[0], spread).log_prob(found.z)
    assert_close(found.log_density, at, rtol=0, atol=1e-5)
    near = mean[:1] + 0.1, torch.full((1, 2), -3.0, dtype=torch.float64)
    gap = model.log_prob(X[:1]) - model.elbo(X[:1], *near).total
    assert_close(found.kl_from(near[0][0], near[1][0]), gap[0], rtol=0, atol=1e-5)
    with pytest.raises(ValueError, match="and 1 is wanted"):
        found.kl_from(mean[0] + 50, near[1][0])
    bound = m.elbo_by_quadrature(X[:1], *q, nodes=6, **parts)
    assert_close(bound.log_likelihood, model.elbo(X[:1], *q).log_likelihood, **TIGHT)
    assert_close(bound.kl, model.elbo(X[:1], *q).kl, **TIGHT)
    thin = {"decode": lambda z: z.norm(dim=-1, keepdim=True), "likelihood": vaelib.Gaussian(0.005).double()}
    ring = m.quadrature(torch.ones(1, dtype=torch.float64), latent_dim=2, **thin)
    assert ring.log_density.max().isfinite() and (ring.log_density[ring.z.norm(dim=1) < 0.5] == -math.inf).all()
    narrow = torch.full((784,), 0.64, dtype=torch.float64)
    steep = {"decode": lambda z: ((z - 0.31) ** 2).expand(-1, 784), "likelihood": vaelib.Gaussian(0.02).double()}
    assert_close(m.quadrature(narrow, latent_dim=1, **steep).log_prob.item(), 2339.2195834, rtol=0, atol=1e-3)  # a sum by step 1e-5


def refinement(m):
    model = vaelib.exact.LinearGaussian(SLOPE, torch.zeros(4, dtype=torch.float64), 0.7)
    both = torch.cat([NOISE, -NOISE])
    parts = {"decode": model.decode, "likelihood": vaelib.Gaussian(0.7).double()}
    found = m.refine(X, MEAN, LOG_VAR, both, **parts, steps=400)
    again = vaelib.elbo(X, DiagonalGaussian(found.mean, found.log_var), both, **parts).total
    assert_close(again, found.history.amax(0), **TIGHT)
    assert found.history.shape == (401, 3)
    assert_close(found.history[0], vaelib.elbo(X, DiagonalGaussian(MEAN, LOG_VAR), both, **parts).total, **TIGHT)
    assert (found.history[-1] > found.history[0] + 0.1).all() and found.history[-50:].std(0).max() < 0.01


# Mistakes that make no difference, by a part of the line: whoever finds one here that does takes it out.
EXCUSED = {
    "exact.linear": {
        "torch.linalg.eigh((x": "x - bias has mean 0, so that adding a constant to the other factor adds nothing",
        "f'shape": "the square of a number has the number's axes",
    },
    "schedules": {"1e-09 * abs(far + first)": "a tolerance, where the two are equal"},
}
ORACLES = {
    "distributions": distributions, "posteriors": posteriors, "priors": priors, "likelihoods.bernoulli": bernoulli,
    "likelihoods.gaussian": gaussian, "bounds": bounds, "schedules": schedules, "exact.linear": linear, "exact.mixture": mixture,
    "exact.quadrature": quadrature, "exact.refinement": refinement,
}  # fmt: skip


def library_changes(node, parents):
    """The mistakes of a notebook's cell, and a mean for a sum and back, where an axis is named."""
    yield from changes(node, parents)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("sum", "mean") and node.args:
        other = "mean" if node.func.attr == "sum" else "sum"
        yield "mean", ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, node.keywords)


def refusals(tree):
    """What decides on a refusal, and what it says, and the name of an axis: no formula."""
    for one in ast.walk(tree):
        if isinstance(one, ast.Raise | ast.JoinedStr):
            yield one
        elif isinstance(one, ast.Call | ast.Subscript):  # the last axis: of two that is the second, too
            parts = [*one.args, *(keyword.value for keyword in one.keywords)] if isinstance(one, ast.Call) else [one.slice]
            yield from (part for part in parts if isinstance(part, ast.UnaryOp) and ast.unparse(part) == "-1")
        elif isinstance(one, ast.If) and any(isinstance(inner, ast.Raise) for inner in one.body):
            yield one.test


def made(module, code):
    """A module of its own from other source; what it imports is the library's."""
    other = types.ModuleType(f"vaelib.{module}")
    exec(compile(code, f"{module}, mutated", "exec"), other.__dict__)
    return other


@pytest.mark.parametrize("module", ORACLES)
def test_each_small_mistake_of_a_module_is_noticed(module):
    source = (ROOT / f"{module.replace('.', '/')}.py").read_text()
    before, missed = ast.unparse(ast.parse(source)), []
    ORACLES[module](made(module, before))
    made_here = mutants(source, library_changes, refusals)
    for kind, line, code in made_here:
        try:
            ORACLES[module](made(module, code))
        except Exception:  # whatever a mistake raises, it is noticed
            continue
        except BaseException as failed:  # pytest's own, where an error was expected and none came
            assert type(failed).__name__ == "Failed"
            continue
        wrong = next(new for old, new in zip(before.splitlines(), code.splitlines(), strict=True) if old != new)
        if any(part in wrong for part in EXCUSED.get(module, ())):
            continue
        missed.append(f"{module}, line {line}, {kind}: {wrong.strip()}")
    assert not missed, f"not noticed, {len(missed)} of {len(made_here)}:\n" + "\n".join(missed)
