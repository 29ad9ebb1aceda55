"""vaelib: variational autoencoders that read like their formulas. This room only names what most readers import."""

from importlib.metadata import version

from vaelib.bounds import Elbo, elbo, importance_weighted_bound
from vaelib.data import binarize, load_digits8, load_mnist
from vaelib.distributions import gaussian_log_prob, kl_to_standard_normal, reparameterize
from vaelib.likelihoods import Bernoulli, Gaussian
from vaelib.model import VAE
from vaelib.training import evaluate, fit

__all__ = [
    "VAE", "Bernoulli", "Elbo", "Gaussian", "binarize", "elbo", "evaluate", "fit", "gaussian_log_prob",
    "importance_weighted_bound", "kl_to_standard_normal", "load_digits8", "load_mnist", "reparameterize",
]  # fmt: skip


def __getattr__(name: str) -> str:
    """`vaelib.__version__`, which pyproject.toml alone states and the installed package repeats."""
    if name == "__version__":
        return version("vaelib")
    raise AttributeError(f"module 'vaelib' has no attribute {name!r}")
