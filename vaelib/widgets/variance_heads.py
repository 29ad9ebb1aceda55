"""VarianceHeads: one raw output of an encoder, and the std that four kinds of head make of it. Traits and a still; js/ draws."""

import numpy as np
import torch

from vaelib.distributions import kl_to_standard_normal
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number

REACH = 4.0  # of the raw output, as in js/widgets/variance_heads/heads.mjs


class VarianceHeads(PageWidget):
    """What a head's raw output means as a log-variance, and what goes wrong where it is taken for the std itself or sent through a ReLU.

    raw in [-4, 4]: the output of the last linear layer. Beside each std stand the variance, KL(N(0, std**2) || N(0, 1)) and its
    derivative by raw; softplus is the fourth head. The argument is a trait, observable and settable.
    Raises traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "variance_heads.mjs"
    page_name = "variance_heads"
    page_state = ("raw",)

    raw = Number(-REACH, REACH, 1.0).tag(sync=True)

    def __init__(self, *, raw: float = 1.0):
        super().__init__(raw=raw)

    def still(self) -> Still:
        """The std over the raw output for all four heads."""
        raw = np.linspace(-REACH, REACH, 401)
        figure = stills.card(620, 250)
        title = "std over the raw output: log-variance (blue), as it comes (dashed), ReLU, softplus (dotted)"
        axes = stills.plane(figure, (0.05, 0.08, 0.92, 0.8), title)
        axes.axhspan(-REACH, 0, color="#e3e7ec")
        axes.plot(raw, np.exp(raw / 2), color=stills.ACCENT, linewidth=2.5)
        axes.plot(raw, raw, "--", color=stills.MUTED)
        axes.plot(raw, np.maximum(raw, 0), color=stills.MUTED)
        axes.plot(raw, np.log1p(np.exp(raw)), ":", color=stills.INK)
        std = np.exp(self.raw / 2)
        axes.axvline(self.raw, color=stills.INK, linewidth=0.9)
        stills.marker(axes, (self.raw, std))
        axes.set(xlim=(-REACH, REACH), ylim=(-2, REACH))
        kl = kl_to_standard_normal(torch.zeros(1), torch.tensor([self.raw])).item()
        return Still(
            stills.png(figure),
            f"A raw output of {self.raw:.2f}: as a log-variance it means a standard deviation of {std:.2f} and a KL of {kl:.2f} nats; "
            f"taken as the standard deviation itself it is {self.raw:.2f}, and a ReLU makes it {max(0.0, self.raw):.2f}.",
        )
