"""Every gradient of what is called exact, against finite differences in float64, and with torch.func as with autograd."""

import pytest
import torch
from torch.autograd import gradcheck
from torch.testing import assert_close

from vaelib import Gaussian, exact


def normal(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


X, Z = normal(0, 3, 4), normal(1, 3, 2)
Q = normal(2, 3, 2), normal(3, 3, 2)
LINEAR = normal(4, 4, 2), normal(5, 4), torch.tensor(0.7, dtype=torch.float64)
MIXTURE = normal(6, 3).softmax(0), normal(7, 3, 4), normal(8, 3, 4)
SHARES = normal(9, 3, 3).softmax(-1)
SQUARES = Gaussian(0.6).double()
GRID = exact.quadrature(X[0], decode=lambda z: z @ LINEAR[0].T, likelihood=SQUARES, latent_dim=2)


def mixture(raw, mean, log_var):
    """Its weights stay probabilities while a finite difference moves one of them."""
    return exact.Mixture(raw.softmax(0), mean, log_var)


def by_quadrature(weight, mean, log_var, x):
    return exact.elbo_by_quadrature(x, mean, log_var, decode=lambda z: torch.tanh(z @ weight.T), likelihood=SQUARES, nodes=6).total


CASES = {
    "linear log_prob": (lambda w, b, s, x: exact.LinearGaussian(w, b, s).log_prob(x), (*LINEAR, X)),
    "linear decode": (lambda w, b, z: exact.LinearGaussian(w, b, 0.7).decode(z), (*LINEAR[:2], Z)),
    "linear posterior": (lambda w, b, s, x: exact.LinearGaussian(w, b, s).posterior(x), (*LINEAR, X)),
    "linear mean_field": (lambda w, b, s, x: exact.LinearGaussian(w, b, s).mean_field(x), (*LINEAR, X)),
    "linear elbo": (lambda w, b, s, x, m, v: exact.LinearGaussian(w, b, s).elbo(x, m, v).total, (*LINEAR, X, *Q)),
    "mixture log_prob": (lambda w, m, v, x: mixture(w, m, v).log_prob(x), (*MIXTURE, X)),
    "mixture log_joint": (lambda w, m, v, x: mixture(w, m, v).log_joint(x), (*MIXTURE, X)),
    "mixture posterior": (lambda w, m, v, x: mixture(w, m, v).posterior(x), (*MIXTURE, X)),
    "mixture elbo": (lambda w, m, v, x, raw: mixture(w, m, v).elbo(x, raw.softmax(-1)).total, (*MIXTURE, X, SHARES)),
    "elbo_by_quadrature": (by_quadrature, (LINEAR[0], *Q, X)),
    "kl_from": (lambda mean, log_var: GRID.kl_from(mean, log_var), (GRID.mean, GRID.covariance.diagonal().log())),
    "fit_linear_gaussian": (lambda x: exact.fit_linear_gaussian(x, 2)[1:], (normal(10, 8, 4),)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_is_that_of_finite_differences(name):
    function, values = CASES[name]
    assert gradcheck(function, [value.clone().requires_grad_() for value in values], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", ["linear log_prob", "linear elbo", "mixture log_prob", "mixture elbo", "elbo_by_quadrature"])
def test_a_gradient_for_each_image_by_vmap_is_that_image_s_own(name):
    """vmap(grad) over the images; a row of the plain gradient is the same, since no image touches another's number."""
    function, values = CASES[name]
    place = next(i for i, value in enumerate(values) if value is X)
    images = [i for i, value in enumerate(values) if i >= place or any(value is part for part in Q)]

    def one(*arguments):
        return function(*(part[None] if i in images else part for i, part in enumerate(arguments)))[0]

    dims = tuple(0 if i in images else None for i in range(len(values)))
    found = torch.func.vmap(torch.func.grad(one, argnums=place), in_dims=dims)(*values)
    x = X.clone().requires_grad_()
    plain = function(*(x if value is X else value for value in values)).sum()
    assert_close(found, torch.autograd.grad(plain, x)[0], rtol=0, atol=1e-10)
    by_model = torch.func.vmap(torch.func.grad(one, argnums=0), in_dims=dims)(*values)
    assert_close(by_model.sum(0), torch.func.grad(lambda first: function(first, *values[1:]).sum())(values[0]), rtol=1e-9, atol=1e-9)
