"""RunningAverage: the average of a function of normal draws as more of them come, and its standard error. Traits and a still; js/ draws."""

import math

import numpy as np
import torch
import traitlets

from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Seed

MOST = 10_000  # draws; this and the functions as in js/widgets/running_average/draws.mjs
TAIL = 0.5 * math.erfc(1 / math.sqrt(2))  # the probability of z > 1
FUNCTIONS = {
    "z": (lambda z: z, 0.0, 1.0),
    "z\u00b2": (lambda z: z**2, 1.0, math.sqrt(2)),
    "z > 1": (lambda z: (z > 1).double(), TAIL, math.sqrt(TAIL * (1 - TAIL))),
}  # name -> function, exact mean, exact standard deviation


class RunningAverage(PageWidget):
    """The average of z, z^2 or (z > 1) over the first n draws of a standard normal z, n from 1 to 10,000, beside its exact value.

    of: "z", "z\u00b2" or "z > 1". sample_seed repeats the draws; without one each view begins with draws of its own. The still picture
    shows other draws than the live one, of the same law. Every argument is a trait, observable and settable.
    Raises traitlets.TraitError on a value that it cannot draw.
    """

    _esm = STATIC / "running_average.mjs"
    page_name = "running_average"
    page_state = ("of", "n", "sample_seed")

    of = traitlets.Enum(list(FUNCTIONS), default_value="z").tag(sync=True)
    n = traitlets.Int(1, min=1, max=MOST).tag(sync=True)
    sample_seed = Seed().tag(sync=True)

    def __init__(self, *, of: str = "z\u00b2", n: int = 20, sample_seed: int | None = None):
        super().__init__(of=of, n=n, sample_seed=sample_seed)

    def still(self) -> Still:
        """The running average up to n, and the funnel of one standard error around the exact value."""
        function, mean, std = FUNCTIONS[self.of]
        z = torch.randn(MOST, generator=torch.Generator().manual_seed(self.sample_seed or 0), dtype=torch.float64)
        count = torch.arange(1, MOST + 1, dtype=torch.float64)
        averages = (function(z).cumsum(0) / count)[: self.n]
        figure = stills.card(560, 260)
        axes = stills.plane(figure, (0.02, 0.05, 0.96, 0.84), f"average of {self.of} over the first n draws, n from 1 to 10,000")
        log = np.linspace(0, 4, 201)
        axes.axhline(mean, color=stills.INK, linewidth=1.2)
        for side in (-1, 1):
            axes.plot(log, mean + side * std / 10 ** (log / 2), "--", color=stills.MUTED)
        axes.plot(count[: self.n].log10(), averages, color=stills.ACCENT)
        axes.plot(math.log10(self.n), averages[-1], marker="o", color=stills.ACCENT)
        axes.set(xlim=(-0.05, 4.05), ylim=(mean - 2 * std, mean + 2 * std))
        return Still(
            stills.png(figure),
            f"The average of {self.of} over the first n draws of a standard normal z, up to n = {self.n}, inside a funnel that narrows by "
            f"the root of n around the true value {mean:.2f}.",
        )
