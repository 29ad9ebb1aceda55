"""Divergences: a Gaussian q dragged over a density with two humps, with forward KL, reverse KL and MMD^2. Traits and a still; js/ draws."""

import math

import numpy as np
import torch
import traitlets

from vaelib.exact import Mixture
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number

WEIGHTS, HUMP = (0.7, 0.3), 0.5  # these and the limits as in js/widgets/divergences/fits.mjs
WIDTHS = (0.3, 1.0, 3.0)
EXTENT = 4.5  # of z in sight
MMD = "#0a7448"


class Divergences(PageWidget):
    """p = 0.7 N(-distance, 0.5^2) + 0.3 N(distance, 0.5^2) and q = N(q_mean, q_std^2), with KL(q || p), KL(p || q) and MMD^2(q, p).

    distance in [0.2, 2.5], q_mean in [-3.5, 3.5], q_std in [0.2, 2.5]; width: of MMD's kernel exp(-(a - b)^2 / 2 width^2), 0.3, 1 or 3;
    winners: whether the q at which each of the three is lowest is shown. Every argument is a trait, observable and settable.
    Raises traitlets.TraitError on a value that it cannot draw.
    """

    _esm = STATIC / "divergences.mjs"
    page_name = "divergences"
    page_state = ("distance", "q_mean", "q_std", "width", "winners")

    distance = Number(0.2, 2.5, 1.5).tag(sync=True)
    q_mean = Number(-3.5, 3.5).tag(sync=True)
    q_std = Number(0.2, 2.5, 1.0).tag(sync=True)
    width = traitlets.Enum(WIDTHS, default_value=1.0).tag(sync=True)
    winners = traitlets.Bool(False).tag(sync=True)

    def __init__(self, *, distance: float = 1.5, q_mean: float = 0.4, q_std: float = 0.8, width: float = 1.0, winners: bool = False):
        super().__init__(distance=distance, q_mean=q_mean, q_std=q_std, width=width, winners=winners)

    def amounts(self) -> tuple[float, float, float]:
        """(KL(q || p), KL(p || q), MMD^2), as sums over a grid."""
        step = 0.01
        z = torch.arange(-20, 20, step, dtype=torch.float64)
        log_p, log_q = self._log_p(z), torch.distributions.Normal(self.q_mean, self.q_std).log_prob(z)
        reverse = (log_q.exp() * (log_q - log_p)).sum().item() * step
        forward = (log_p.exp() * (log_p - log_q)).sum().item() * step
        coarse = slice(None, None, 5)
        difference = (log_q.exp() - log_p.exp())[coarse] * 5 * step
        kernel = (-((z[coarse, None] - z[coarse]) ** 2) / (2 * self.width**2)).exp()
        return reverse, forward, (difference @ kernel @ difference).item()

    def still(self) -> Still:
        """p with its two humps and q over it, and bars of the three."""
        amounts = self.amounts()
        figure = stills.card(620, 250)
        axes = stills.plane(figure, (0.02, 0.05, 0.55, 0.84), "p with two humps (black) and q (blue)")
        z = torch.linspace(-EXTENT, EXTENT, 451, dtype=torch.float64)
        axes.plot(z, self._log_p(z).exp(), color=stills.INK)
        axes.plot(z, stills.bell(z.numpy(), self.q_mean, self.q_std), color=stills.ACCENT)
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(0, max(0.85, 1.05 * stills.bell(np.zeros(1), 0, self.q_std).item())))
        names, colours = ("reverse KL", "forward KL", "MMD\u00b2"), (stills.ACCENT, stills.INK, MMD)
        stills.bars(figure, (0.6, 0.05, 0.38, 0.84), "how far q is off", list(zip(names, amounts, colours, strict=True)))
        words = ", ".join(f"{name} {value:.2f}" for name, value in zip(names, amounts, strict=True))
        return Still(
            stills.png(figure, (MMD,)),
            f"A density p with two humps at -{self.distance:.2f} and {self.distance:.2f}, the left one higher, and a bell q with mean "
            f"{self.q_mean:.2f} and standard deviation {self.q_std:.2f}. {words}.",
        )

    def _log_p(self, z: torch.Tensor) -> torch.Tensor:
        centres = torch.tensor([[-self.distance], [self.distance]], dtype=torch.float64)
        weights = torch.tensor(WEIGHTS, dtype=torch.float64)
        return Mixture(weights, centres, torch.full((2, 1), 2 * math.log(HUMP), dtype=torch.float64)).log_prob(z[:, None])
