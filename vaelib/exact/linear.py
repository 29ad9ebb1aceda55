"""The linear-Gaussian model (probabilistic PCA): log p(x), posterior and bound in closed form. No networks, no sampling."""

import math
from numbers import Integral
from typing import NamedTuple

import torch
from torch import Tensor

from vaelib.bounds import Elbo
from vaelib.checks import holds_somewhere
from vaelib.distributions import gaussian_log_prob, kl_per_dimension


class LinearGaussian(NamedTuple):
    """z ~ N(0, I), x = weight z + bias + std * noise: weight (pixels, latent), bias (pixels,), std () or float, the pixels' std.

    Source: Tipping & Bishop 1999. Its methods raise ValueError on shapes that do not fit and on a std that is not > 0.
    """

    weight: Tensor
    bias: Tensor
    std: Tensor | float

    def decode(self, z: Tensor) -> Tensor:
        """E[x|z]: (..., latent) -> (..., pixels)."""
        return z @ self.weight.T + self.bias

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x) = log N(x; bias, weight weight^T + std^2 I): (batch, pixels) -> (batch,), in nats."""
        self._check(x)
        residual = x - self.bias
        projected = residual @ self.weight  # (batch, latent): the pixels' covariance is never formed
        precision, variance = self._precision(), self.std**2
        explained = (projected * torch.linalg.solve(precision, projected.T).T).sum(-1) / variance**2
        log_det = torch.logdet(precision) + 2 * len(self.bias) * self._log_std()
        return -0.5 * (len(self.bias) * math.log(2 * math.pi) + log_det + (residual**2).sum(-1) / variance - explained)

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """p(z|x) = N(mean, covariance): mean (batch, latent), covariance (latent, latent), the same for every x."""
        self._check(x)
        covariance = torch.linalg.inv(self._precision())
        return (x - self.bias) @ self.weight @ covariance / self.std**2, covariance

    def mean_field(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The diagonal Gaussian with the least KL(q || p(z|x)): mean and log_var, each (batch, latent).

        Its variances are one over the diagonal of the posterior's precision, never wider than the posterior's own margins.
        Source: Bishop 2006, sec. 10.1.2.
        """
        mean, _ = self.posterior(x)
        return mean, -self._precision().diagonal().log().expand_as(mean)

    def elbo(self, x: Tensor, mean: Tensor, log_var: Tensor) -> Elbo:
        """The bound at q = N(mean, diag exp(log_var)), each (batch, latent), without draws. Terms (batch,), in nats."""
        self._check(x)
        if mean.shape != (len(x), self.weight.shape[1]) or log_var.shape != mean.shape:
            raise ValueError(
                f"mean and log_var must have shape {(len(x), self.weight.shape[1])}, got {tuple(mean.shape)} and {tuple(log_var.shape)}"
            )
        at_mean = gaussian_log_prob(x, self.decode(mean), (2 * self._log_std()).expand_as(x))
        spread = (log_var.exp() * (self.weight**2).sum(0)).sum(-1) / self.std**2
        return Elbo(at_mean - 0.5 * spread, kl_per_dimension(mean, log_var))

    def _precision(self) -> Tensor:
        latent = self.weight.shape[1]
        return torch.eye(latent, dtype=self.weight.dtype, device=self.weight.device) + self.weight.T @ self.weight / self.std**2

    def _log_std(self) -> Tensor:
        return torch.as_tensor(self.std, dtype=self.weight.dtype, device=self.weight.device).log()

    def _check(self, x: Tensor) -> None:
        if self.weight.dim() != 2 or self.bias.shape != self.weight.shape[:1]:
            raise ValueError(
                "weight and bias must have shapes (pixels, latent) and (pixels,), "
                f"got {tuple(self.weight.shape)} and {tuple(self.bias.shape)}"
            )
        std = torch.as_tensor(self.std)
        if std.dim() or holds_somewhere(~(std.isfinite() & (std > 0))):
            raise ValueError(f"std must be a finite number > 0, got {_shown(std)}")
        if x.dim() != 2 or x.shape[1] != len(self.bias) or holds_somewhere(~x.isfinite()):
            raise ValueError(f"x must be finite and have shape (batch, {len(self.bias)}), got shape {tuple(x.shape)}")


def _shown(std: Tensor) -> str:
    return f"shape {tuple(std.shape)}" if std.dim() else f"{std.item():g}"


def fit_linear_gaussian(x: Tensor, latent_dim: int) -> LinearGaussian:
    """The model of maximum likelihood for x (n, pixels), from the eigenvectors of its covariance; std^2 is the mean eigenvalue left out.

    Source: Tipping & Bishop 1999, eqs. 7 and 8, with the rotation left at I. Raises ValueError unless 1 <= latent_dim < pixels and
    there is some variance beyond latent_dim directions to give to the pixels' noise.
    """
    if x.dim() != 2 or len(x) < 2 or holds_somewhere(~x.isfinite()):
        raise ValueError(f"x must be finite and have shape (n, pixels) with n >= 2, got shape {tuple(x.shape)}")
    pixels = x.shape[1]
    if not (isinstance(latent_dim, Integral) and 1 <= latent_dim < pixels):
        raise ValueError(f"latent_dim must be a whole number from 1 to {pixels - 1}, got {latent_dim!r}")
    bias = x.mean(0)
    eigenvalues, directions = torch.linalg.eigh((x - bias).T @ (x - bias) / len(x))
    variance = eigenvalues[:-latent_dim].mean()
    if holds_somewhere(variance <= torch.finfo(x.dtype).eps * eigenvalues[-1]):
        raise ValueError(f"x must vary in more than {latent_dim} directions, or no noise is left for the pixels")
    scales = (eigenvalues[-latent_dim:] - variance).clamp(min=0).sqrt()
    return LinearGaussian((directions[:, -latent_dim:] * scales).flip(1), bias, variance.sqrt())
