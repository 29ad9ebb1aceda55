"""ReparameterizationBench: noise -> z = mean + std * noise -> cost, and the gradients that flow back. Traits; js/ draws."""

import math

import numpy as np
import traitlets

from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number, Seed

STD_RULES = ("exp(log_var / 2)", "exp(log_var)")
AXIS = (-6.0, 6.0)  # of the noise and of z, as in js/widgets/reparameterization/picture.mjs
UNIT, TALLEST = 0.5, 1.35  # height of the standard normal, the scale of every density; a narrower one is cut off at TALLEST


class ReparameterizationBench(PageWidget):
    """One draw z = mean + std * noise under a cost f(z) = z^2 + sin z, with df/dmean and df/dlog_var as arrows.

    mean in [-3, 3], log_var in [-4, 2], noise in [-3, 3]. trick: False draws z without a path back to mean and log_var.
    draws: also shows 200 draws and the mean of their gradients beside the closed form. sample_seed repeats them and
    the single noises; without one each view begins with draws of its own.
    std_rule: "exp(log_var / 2)", or "exp(log_var)", the slip of reading a log-variance as a log-standard-deviation.
    Every argument is a trait, observable and settable. Raises traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "reparameterization.mjs"
    page_name = "reparameterization"
    page_state = ("mean", "log_var", "noise", "trick", "draws", "sample_seed", "std_rule")

    mean = Number(-3, 3).tag(sync=True)
    log_var = Number(-4, 2).tag(sync=True)
    noise = Number(-3, 3).tag(sync=True)
    trick = traitlets.Bool(True).tag(sync=True)
    draws = traitlets.Bool(False).tag(sync=True)
    sample_seed = Seed().tag(sync=True)
    std_rule = traitlets.Enum(STD_RULES, default_value=STD_RULES[0]).tag(sync=True)

    def __init__(
        self,
        *,
        mean: float = 1.0,
        log_var: float = -1.0,
        noise: float = 1.0,
        trick: bool = True,
        draws: bool = False,
        sample_seed: int | None = None,
        std_rule: str = STD_RULES[0],
    ):
        super().__init__(mean=mean, log_var=log_var, noise=noise, trick=trick, draws=draws, sample_seed=sample_seed, std_rule=std_rule)

    def still(self) -> Still:
        """Both densities, the line from the noise to z, and the gradients in words."""
        std = math.exp(self.log_var / 2 if self.std_rule == STD_RULES[0] else self.log_var)
        z = self.mean + std * self.noise
        slope = 2 * z + math.cos(z)
        per_log_var = std * self.noise / 2 if self.std_rule == STD_RULES[0] else std * self.noise
        gradients = (slope, slope * per_log_var) if self.trick else (0.0, 0.0)
        words = f"z = {_shown(z)}, df/dmean = {_shown(gradients[0])}, df/dlog_var = {_shown(gradients[1])}"
        return Still(
            _picture(self.mean, math.exp(self.log_var / 2), std, self.noise, z, words),
            f"A standard normal above, N({self.mean:.2f}, exp({self.log_var:.2f})) below, and a line from noise = {self.noise:.2f} "
            f"to the sample: {words}.",
        )


def _picture(mean: float, std: float, drawn_std: float, noise: float, z: float, words: str) -> bytes:
    figure = stills.card(560, 270)
    axes = stills.plane(figure, (0.02, 0.11, 0.96, 0.79), "noise ~ N(0, 1) above, z = mean + std · noise below")
    axes.set(xlim=AXIS, ylim=(-0.1, 2.6))
    grid = np.sort(np.append(np.linspace(*AXIS, 321), mean))
    axes.plot(grid, 1.6 + _density(grid, 0.0, 1.0), color=stills.MUTED)
    if drawn_std != std:
        axes.plot(grid, _density(grid, mean, drawn_std), color=stills.INK, linestyle="--", linewidth=1.0)
    axes.plot(grid, _density(grid, mean, std), color=stills.ACCENT)
    if UNIT / min(std, drawn_std) > TALLEST:
        axes.text(mean + 0.3, TALLEST - 0.05, "\u2191", va="top", color=stills.INK)
    axes.axhline(1.6, color="#c4c9d0", linewidth=0.8)
    axes.axhline(0.0, color="#c4c9d0", linewidth=0.8)
    axes.annotate("", (np.clip(z, *AXIS), 0.0), (noise, 1.6), arrowprops={"arrowstyle": "-|>", "color": stills.INK})
    axes.plot([noise, z], [1.6, 0.0], "o", color=stills.INK, markersize=6)
    figure.text(0.5, 0.025, words, ha="center", fontsize=9, color=stills.INK)
    return stills.png(figure)


def _density(grid: np.ndarray, mean: float, std: float) -> np.ndarray:
    """Proportional to N(mean, std^2), all to one scale, so that a narrow one stands tall until it is cut off."""
    return np.minimum(UNIT / std * np.exp(-(((grid - mean) / std) ** 2) / 2), TALLEST)


def _shown(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"  # + 0.0 turns -0.0 into 0.0
