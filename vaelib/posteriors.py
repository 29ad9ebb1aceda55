"""q(z|x), the encoder's answer: a distribution over z that draws from noise, scores a draw and prices itself against a prior."""

from typing import NamedTuple, Protocol

from torch import Tensor

from vaelib.distributions import gaussian_log_prob, gaussian_log_prob_of_draw, kl_per_dimension, reparameterize


class Posterior(Protocol):
    """What the bounds ask of a q(z|x). Leading axes are the batch; the last axis of z is one event; nats.

    mean is E_q[z], (batch, latent); noise has one more leading axis where several draws are wanted.
    """

    @property
    def mean(self) -> Tensor: ...

    def draw(self, noise: Tensor) -> Tensor: ...

    def log_prob(self, z: Tensor) -> Tensor: ...

    def log_prob_of_draw(self, noise: Tensor) -> Tensor: ...

    def kl_to_standard_normal(self) -> Tensor | None: ...


class DiagonalGaussian(NamedTuple):
    """q(z|x) = N(mean, diag exp(log_var)): mean and log_var, each (..., latent). It unpacks as `mean, log_var = q`."""

    mean: Tensor
    log_var: Tensor

    @property
    def std(self) -> Tensor:
        """The standard deviation of each coordinate, (..., latent)."""
        return (0.5 * self.log_var).exp()

    def draw(self, noise: Tensor) -> Tensor:
        """z = mean + std * noise: (..., latent) -> (..., latent). Leading axes of noise (samples) broadcast."""
        return reparameterize(self.mean, self.log_var, noise)

    def log_prob(self, z: Tensor) -> Tensor:
        """log q(z|x) in nats: (..., latent) -> (...)."""
        return gaussian_log_prob(z, self.mean, self.log_var)

    def log_prob_of_draw(self, noise: Tensor) -> Tensor:
        """log q(z|x) at z = draw(noise), in nats: (..., latent) -> (...). Exact however narrow q is, since z is not rounded away."""
        return gaussian_log_prob_of_draw(self.log_var, noise)

    def kl_to_standard_normal(self) -> Tensor:
        """KL(q || N(0, I)) of each coordinate, in nats: (..., latent)."""
        return kl_per_dimension(self.mean, self.log_var)
