"""Models and sums small enough to know log p(x) and the posterior exactly: what a bound is measured against. Nothing is trained here.

`Mixture` and `LinearGaussian` have closed forms, `quadrature` serves any decoder of one or two latents, `refine` finds the best
diagonal Gaussian for a single image. Everything is per example and in nats.
"""

from vaelib.exact.linear import LinearGaussian, fit_linear_gaussian
from vaelib.exact.mixture import Mixture
from vaelib.exact.quadrature import Grid, elbo_by_quadrature, quadrature
from vaelib.exact.refinement import Refined, refine

__all__ = ["Grid", "LinearGaussian", "Mixture", "Refined", "elbo_by_quadrature", "fit_linear_gaussian", "quadrature", "refine"]
