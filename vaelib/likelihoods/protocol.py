"""What every likelihood answers, and the check of shapes that they share."""

from typing import Protocol

from torch import Generator, Tensor

from vaelib.checks import require_method, whole

METHODS = ("log_prob", "mean", "sample", "check")


class Likelihood(Protocol):
    """p(x|z), given by the decoder's output. x (..., pixels), output (..., numbers * pixels), leading axes broadcast; nats.

    numbers is how many numbers each pixel takes from the output, the number outermost: `output.chunk(numbers, -1)`.
    log_prob sums over pixels and gives (...); it does not look at the values of x, so it can be differentiated, vmapped and compiled.
    check raises ValueError where x lies outside the support; `fit` and `evaluate` call it once, at the door.
    """

    numbers: int

    def log_prob(self, x: Tensor, output: Tensor) -> Tensor: ...

    def mean(self, output: Tensor) -> Tensor: ...

    def sample(self, output: Tensor, generator: Generator) -> Tensor: ...

    def check(self, x: Tensor) -> None: ...


def require_likelihood(likelihood: object) -> None:
    """Raises ValueError unless the object answers all of `Likelihood`."""
    require_method("likelihood", likelihood, METHODS, "Bernoulli() or Gaussian()")
    whole("likelihood.numbers, the numbers that a pixel takes from the decoder,", getattr(likelihood, "numbers", None))


def require_pixels(x: Tensor, output: Tensor, numbers: int = 1) -> None:
    """Raises ValueError unless output has `numbers` entries for each pixel of x, and x holds an image."""
    if x.dim() == 0 or output.dim() == 0 or numbers * x.shape[-1] != output.shape[-1]:
        each = "the same number of pixels" if numbers == 1 else f"{numbers} numbers of output for each pixel"
        raise ValueError(f"x and the decoder's output must have {each}, got shapes {tuple(x.shape)} and {tuple(output.shape)}")
    if x.numel() == 0:
        raise ValueError(f"x must hold at least one image, got shape {tuple(x.shape)}")
