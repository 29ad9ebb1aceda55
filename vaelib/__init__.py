"""vaelib: variational autoencoders that read like their formulas. The public names."""

from importlib.metadata import version

from vaelib.bounds import Elbo, elbo, importance_weighted_bound
from vaelib.data import load_digits8, load_mnist
from vaelib.distributions import gaussian_log_prob, kl_to_standard_normal, reparameterize
from vaelib.likelihoods import Bernoulli, Gaussian
from vaelib.model import VAE, conv_vae, dense_vae
from vaelib.noise import binarize
from vaelib.posteriors import DiagonalGaussian
from vaelib.priors import StandardNormal
from vaelib.storage import load, save
from vaelib.training import evaluate, fit, score

__all__ = [
    "VAE", "Bernoulli", "DiagonalGaussian", "Elbo", "Gaussian", "StandardNormal", "binarize", "conv_vae", "dense_vae", "elbo", "evaluate",
    "fit", "gaussian_log_prob", "importance_weighted_bound", "kl_to_standard_normal", "load", "load_digits8", "load_mnist",
    "reparameterize", "save", "score",
]  # fmt: skip


def __getattr__(name: str) -> str:
    """`vaelib.__version__`, which pyproject.toml alone states and the installed package repeats."""
    if name == "__version__":
        return version("vaelib")
    raise AttributeError(f"module 'vaelib' has no attribute {name!r}")
