"""LogitCurve: a logit and the probability that it stands for, as a point on the sigmoid. Traits and a still; js/ draws."""

import math

import numpy as np

from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number

EXTENT = 6.0  # of the logit, as in js/widgets/logit_curve/index.mjs


class LogitCurve(PageWidget):
    """The sigmoid with a point to drag: a logit in [-6, 6], its probability and its odds.

    logit is a trait, observable and settable. Raises traitlets.TraitError on a value that it cannot draw.
    """

    _esm = STATIC / "logit_curve.mjs"
    page_name = "logit_curve"
    page_state = ("logit",)

    logit = Number(-EXTENT, EXTENT).tag(sync=True)

    def __init__(self, *, logit: float = 0.8):
        super().__init__(logit=logit)

    def still(self) -> Still:
        """The curve and the point on it."""
        probability = 1 / (1 + math.exp(-self.logit))
        figure = stills.card(480, 240)
        axes = stills.plane(figure, (0.02, 0.05, 0.96, 0.83), "probability, from 0 to 1, over the logit, from -6 to 6")
        logits = np.linspace(-EXTENT, EXTENT, 241)
        axes.plot(logits, 1 / (1 + np.exp(-logits)), color=stills.ACCENT)
        axes.plot([self.logit, self.logit, -EXTENT], [0, probability, probability], "--", color=stills.MUTED, linewidth=1)
        stills.marker(axes, (self.logit, probability))
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(0, 1))
        return Still(
            stills.png(figure),
            f"The sigmoid, a curve that rises from 0 to 1 over the logit, with a point at the logit {self.logit:.2f}, "
            f"where the probability is {probability:.2f}, and that of the opposite {1 - probability:.2f}.",
        )
