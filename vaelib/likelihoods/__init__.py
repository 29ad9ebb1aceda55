"""What the decoder's output means: p(x|z) as an object. `Bernoulli` and `Gaussian` are here; any object that answers `Likelihood` fits."""

from vaelib.likelihoods.bernoulli import Bernoulli
from vaelib.likelihoods.gaussian import Gaussian
from vaelib.likelihoods.protocol import Likelihood, require_likelihood

__all__ = ["Bernoulli", "Gaussian", "Likelihood", "require_likelihood"]
