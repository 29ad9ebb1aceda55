"""The VAE: an encoder, a decoder, the likelihood that gives the decoder's output meaning, and the prior. No loss, no data, no training."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

from vaelib.checks import require_last_axis, require_method, seeded, whole
from vaelib.likelihoods import Bernoulli, Likelihood, require_likelihood
from vaelib.networks import ConvDecoder, ConvEncoder, Decoder, Encoder
from vaelib.posteriors import DiagonalGaussian, Posterior
from vaelib.priors import Prior, StandardNormal


class VAE(nn.Module):
    """p(x, z) = p(x|z) p(z) with the approximate posterior q(z|x).

    encoder: x (batch, pixels) -> q(z|x), or the pair (mean, log_var) of a diagonal Gaussian. decoder: z (batch, latent) -> the
    likelihood's numbers, (batch, numbers * pixels), or an image of as many. likelihood: `Bernoulli()` (default) or another.
    prior: N(0, I) by default, for which the decoder must have `latent_dim`. pixels: where the encoder does not know it itself.
    Raises ValueError on parts that do not fit each other. Source: Kingma & Welling 2014.
    """

    last_fit: Any = None  # what `fit` leaves here, a `vaelib.training.LastFit`, so that another `fit` goes on

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        *,
        likelihood: Likelihood | None = None,
        prior: Prior | None = None,
        pixels: int | None = None,
    ):
        super().__init__()
        for name, network in (("encoder", encoder), ("decoder", decoder)):
            if not isinstance(network, nn.Module):
                raise ValueError(
                    f"{name} must be a torch.nn.Module, got {network!r}; for dense networks write dense_vae(pixels, latent_dim)"
                )
        likelihood = Bernoulli() if likelihood is None else likelihood
        require_likelihood(likelihood)
        if prior is None:
            latent_dim = getattr(decoder, "latent_dim", None)
            if latent_dim is None:
                raise ValueError("this decoder does not say its latent_dim: pass prior=StandardNormal(latent_dim)")
            prior = StandardNormal(latent_dim)
        require_method("prior", prior, ("log_prob", "sample", "kl"), "StandardNormal(latent_dim)")
        self.pixels = whole("pixels", getattr(encoder, "pixels", pixels))
        self.latent_dim = whole("prior.latent_dim", getattr(prior, "latent_dim", None))
        for name, part, wanted in (
            ("encoder.latent_dim", getattr(encoder, "latent_dim", None), self.latent_dim),
            ("decoder.latent_dim", getattr(decoder, "latent_dim", None), self.latent_dim),
            ("pixels", pixels, self.pixels),
            ("decoder.outputs", getattr(decoder, "outputs", None), likelihood.numbers * self.pixels),
        ):
            if part is not None and part != wanted:
                raise ValueError(
                    f"{name} must be {wanted}, got {part}: {self.pixels} pixels, {self.latent_dim} latents by the prior, and "
                    f"{likelihood.numbers} number(s) of output a pixel by the likelihood"
                )
        self.encoder, self.decoder, self.likelihood, self.prior = encoder, decoder, likelihood, prior

    def encode(self, x: Tensor) -> Posterior:
        """x (batch, pixels) -> q(z|x); a diagonal Gaussian unpacks as mean, log_var, each (batch, latent)."""
        self._require_beside("x", x, self.encoder)
        q = self.encoder(x)
        return DiagonalGaussian(*q) if type(q) is tuple else q

    def decode(self, z: Tensor) -> Tensor:
        """z (..., latent) -> the likelihood's parameters (..., numbers * pixels): logits for Bernoulli, the mean for Gaussian.

        The decoder sees one batch, whatever the leading axes are.
        """
        require_last_axis("z", z, self.latent_dim)
        self._require_beside("z", z, self.decoder)
        if z.dim() == 2:
            return self.decoder(z).flatten(1)
        return self.decoder(z.reshape(-1, z.shape[-1])).reshape(*z.shape[:-1], -1)

    @staticmethod
    def _require_beside(name: str, tensor: Tensor, network: nn.Module) -> None:
        weight = next(network.parameters(), None)
        if weight is None or not isinstance(tensor, Tensor) or not tensor.is_floating_point():
            return
        if tensor.device != weight.device or tensor.dtype != weight.dtype:
            wanted = f"{weight.dtype} on {weight.device}"
            if tensor.dtype != weight.dtype:
                cure = f"{name}.to({weight.dtype})"
            else:
                cure = f'{name}.to("{weight.device}")'
            raise ValueError(f"{name} must be {wanted}, as the model's weights are, got {tensor.dtype} on {tensor.device}; write {cure}")


def dense_vae(
    pixels: int,
    latent_dim: int,
    *,
    hidden: Sequence[int] = (128,),
    activation: str = "relu",
    likelihood: Likelihood | None = None,
    prior: Prior | None = None,
    seed: int = 0,
) -> VAE:
    """The usual VAE of dense layers in one line.

    pixels, latent_dim: sizes. hidden: widths of the encoder's hidden layers; the decoder mirrors them. activation: "relu", "silu" or
    "tanh". likelihood, prior: as in `VAE`. seed: of the first weights; the same seed gives the same weights on one platform and torch
    version. Raises ValueError on sizes below 1 and on anything else it cannot build from.
    """
    generator = seeded(seed)
    likelihood = Bernoulli() if likelihood is None else likelihood
    require_likelihood(likelihood)
    encoder = Encoder(pixels, latent_dim, hidden=hidden, activation=activation, generator=generator)
    outputs = likelihood.numbers * encoder.pixels
    decoder = Decoder(latent_dim, outputs, hidden=tuple(reversed(hidden)), activation=activation, generator=generator)
    return VAE(encoder, decoder, likelihood=likelihood, prior=prior)


def conv_vae(
    side: int,
    latent_dim: int,
    *,
    channels: Sequence[int] = (16, 32),
    likelihood: Likelihood | None = None,
    prior: Prior | None = None,
    seed: int = 0,
) -> VAE:
    """A VAE of strided convolutions for square images of side * side pixels. Arguments and errors as in `ConvEncoder` and `dense_vae`."""
    generator = seeded(seed)
    likelihood = Bernoulli() if likelihood is None else likelihood
    require_likelihood(likelihood)
    encoder = ConvEncoder(side, latent_dim, channels=channels, generator=generator)
    decoder = ConvDecoder(latent_dim, side, channels=channels, numbers=likelihood.numbers, generator=generator)
    return VAE(encoder, decoder, likelihood=likelihood, prior=prior)


@contextmanager
def evaluating(model: nn.Module, mode: bool = False) -> Iterator[None]:
    """Evaluation mode inside, for networks that have one (batch normalization, dropout), and each module's own mode afterwards.

    With mode True it is training mode instead.
    """
    modes = {module: module.training for module in model.modules()}
    model.train(mode)
    try:
        yield
    finally:
        for module, was in modes.items():
            module.training = was
