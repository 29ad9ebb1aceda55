"""TwoBells: two Gaussians q and p to drag, and the two KL divergences between them. Traits and a still; js/ draws."""

import numpy as np
import torch

from vaelib.distributions import kl_between_gaussians
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number

MEAN, STD = (-3.0, 3.0), (0.5, 2.5)  # as in js/widgets/two_bells/plane.mjs
EXTENT = 4.5  # of z in sight


class TwoBells(PageWidget):
    """Bells q = N(q_mean, q_std^2) and p = N(p_mean, p_std^2) over one number z, with KL(q || p) and KL(p || q) in nats.

    Means lie in [-3, 3], standard deviations in [0.5, 2.5]. Every argument is a trait, observable and settable.
    Raises traitlets.TraitError on a value that it cannot draw.
    """

    _esm = STATIC / "two_bells.mjs"
    page_name = "two_bells"
    page_state = ("q_mean", "q_std", "p_mean", "p_std")

    q_mean = Number(*MEAN).tag(sync=True)
    q_std = Number(*STD, 1.0).tag(sync=True)
    p_mean = Number(*MEAN).tag(sync=True)
    p_std = Number(*STD, 1.0).tag(sync=True)

    def __init__(self, *, q_mean: float = -0.6, q_std: float = 0.8, p_mean: float = 0.6, p_std: float = 0.8):
        super().__init__(q_mean=q_mean, q_std=q_std, p_mean=p_mean, p_std=p_std)

    def still(self) -> Still:
        """The two bells, and bars of the two divergences."""
        bells = {"q": (self.q_mean, self.q_std), "p": (self.p_mean, self.p_std)}
        kls = self._kls()
        figure = stills.card(620, 250)
        axes = stills.plane(figure, (0.02, 0.05, 0.55, 0.84), "two bells over z: q (blue) and p (black)")
        z = np.linspace(-EXTENT, EXTENT, 451)
        for (mean, std), colour in zip(bells.values(), (stills.ACCENT, stills.INK), strict=True):
            axes.plot(z, stills.bell(z, mean, std), color=colour)
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(0, 0.85))
        names = ("KL(q \u2016 p)", "KL(p \u2016 q)")
        stills.bars(figure, (0.6, 0.05, 0.38, 0.84), "in nats", list(zip(names, kls, (stills.ACCENT, stills.INK), strict=True)))
        words = " and ".join(f"{name} with mean {mean:.2f} and standard deviation {std:.2f}" for name, (mean, std) in bells.items())
        return Still(
            stills.png(figure), f"Two bell curves, {words}. KL(q \u2016 p) is {kls[0]:.2f} nats, KL(p \u2016 q) is {kls[1]:.2f} nats."
        )

    def _kls(self) -> tuple[float, float]:
        q, p = (
            torch.tensor([[mean], [2 * np.log(std)]], dtype=torch.float64)
            for mean, std in ((self.q_mean, self.q_std), (self.p_mean, self.p_std))
        )
        return kl_between_gaussians(*q, *p).item(), kl_between_gaussians(*p, *q).item()
