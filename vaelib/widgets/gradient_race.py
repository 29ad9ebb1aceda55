"""GradientRace: the trick, the score function and a detached draw go down the same average cost. Traits and a still; js/ draws.

Gradient descent on F(mean, log_var) = E[f(z)], z ~ N(mean, exp(log_var)), f(z) = z^2 + sin z, from log_var = 0. The
mean is held in [-6, 6] and log_var in [-4, 2].
"""

import math

import numpy as np
import traitlets

from vaelib.figures import CLASS_COLOURS
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number, Seed

EXTENT = 3.9  # of z in the picture, as in js/widgets/gradient_race/valley.mjs
RUNNERS = (("trick", stills.ACCENT), ("score function", CLASS_COLOURS[1]), ("detached", CLASS_COLOURS[5]))


class GradientRace(PageWidget):
    """Three runs of gradient descent on the average of z^2 + sin z over a normal, which differ in how a draw is differentiated.

    start in [-3, 3]: the mean that all begin with. learning_rate in [0.01, 0.3], draws from 1 to 100 a step, steps from 0 to 200 so far.
    same_noise: whether the three get the same noise. sample_seed repeats the noise; without one each view begins with noise of its own.
    Every argument is a trait, observable and settable. Raises traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "gradient_race.mjs"
    page_name = "gradient_race"
    page_state = ("start", "learning_rate", "draws", "steps", "same_noise", "sample_seed")

    start = Number(-3, 3, 2.5).tag(sync=True)
    learning_rate = Number(0.01, 0.3, 0.1).tag(sync=True)
    draws = traitlets.Int(1, min=1, max=100).tag(sync=True)
    steps = traitlets.Int(0, min=0, max=200).tag(sync=True)
    same_noise = traitlets.Bool(True).tag(sync=True)
    sample_seed = Seed().tag(sync=True)

    def __init__(
        self,
        *,
        start: float = 2.5,
        learning_rate: float = 0.1,
        draws: int = 1,
        steps: int = 0,
        same_noise: bool = True,
        sample_seed: int | None = None,
    ):
        super().__init__(
            start=start, learning_rate=learning_rate, draws=draws, steps=steps, same_noise=same_noise, sample_seed=sample_seed
        )  # fmt: skip

    def still(self) -> Still:
        """The valley with the three at their common start."""
        figure = stills.card(560, 240)
        axes = stills.plane(figure, (0.02, 0.05, 0.96, 0.83), "f(z) = z² + sin z, and three runs at their start")
        z = np.linspace(-EXTENT, EXTENT, 400)
        axes.plot(z, z**2 + np.sin(z), color=stills.INK)
        for lane, (name, colour) in enumerate(RUNNERS):
            height = -2.2 - 1.9 * lane
            axes.plot([self.start - 1, self.start + 1], [height, height], color=colour, linewidth=4)
            axes.text(self.start - 1.1, height, name, ha="right", va="center", fontsize=9, color=stills.INK)
        axes.plot([self.start] * 2, [-6.8, self.start**2 + math.sin(self.start)], ":", color=stills.MUTED)
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(-7.5, 12))
        average = self.start**2 + 1 + math.exp(-0.5) * math.sin(self.start)
        return Still(
            stills.png(figure),
            f"The valley f(z) = z^2 + sin z, and three runs that start at mean {self.start:.2f} with std 1, where the average cost is "
            f"{average:.2f}: the trick, the score function and the detached draw. Draws a step: {self.draws}.",
        )
