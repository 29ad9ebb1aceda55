"""IntegralLab: one integral p(x) by a grid, by draws from the prior and by draws from a proposal. Traits and a still; js/ draws.

One latent z ~ N(0, 1) and one pixel. "one hump": x = 1 is z plus noise of std 0.3. "two humps": x = 2 is z^2 plus noise of std 0.5. With d
latents there are d such pixels, so that the exact log p(x) is d times that of one.
"""

import math
from collections.abc import Callable

import numpy as np
import traitlets

from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number, Seed

KINDS, WAYS = ("one hump", "two humps"), ("grid", "prior", "proposal")
SCENES: dict[str, tuple[float, float, Callable[[np.ndarray], np.ndarray]]] = {
    KINDS[0]: (1.0, 0.3, lambda z: z),
    KINDS[1]: (2.0, 0.5, np.square),
}  # x, std of the noise, decoder; as in js/widgets/integral_lab/integral.mjs
REACH = 6.0  # of a grid, to both sides of 0
EXTENT = 3.6  # of z in the picture
FINE = 0.002  # step of the sum that stands for the exact integral


class IntegralLab(PageWidget):
    """p(x) = integral of p(x|z) p(z) dz three ways, each with its estimate, error, cost and effective sample size, for 1 to 20 latents.

    kind: "one hump" or "two humps" (see the module). way: which of "grid", "prior" and "proposal" the plane shows. step in [0.1, 2] of the
    grid from -6 to 6; draws from 10 to 10,000; the proposal N(place, width^2), place in [-3, 3], width in [0.05, 2]; latents from 1 to 20.
    sample_seed repeats the draws; without one each view begins with draws of its own.
    Every argument is a trait, observable and settable. Raises traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "integral_lab.mjs"
    page_name = "integral_lab"
    page_state = ("kind", "way", "step", "draws", "place", "width", "latents", "sample_seed")

    kind = traitlets.Enum(KINDS, default_value=KINDS[0]).tag(sync=True)
    way = traitlets.Enum(WAYS, default_value=WAYS[0]).tag(sync=True)
    step = Number(0.1, 2, 0.8).tag(sync=True)
    draws = traitlets.Int(1000, min=10, max=10_000).tag(sync=True)
    place = Number(-3, 3, 0.4).tag(sync=True)
    width = Number(0.05, 2, 0.6).tag(sync=True)
    latents = traitlets.Int(1, min=1, max=20).tag(sync=True)
    sample_seed = Seed().tag(sync=True)

    def __init__(
        self,
        *,
        kind: str = KINDS[0],
        way: str = WAYS[0],
        step: float = 0.8,
        draws: int = 1000,
        place: float = 0.4,
        width: float = 0.6,
        latents: int = 1,
        sample_seed: int | None = None,
    ):
        super().__init__(
            kind=kind, way=way, step=step, draws=draws, place=place, width=width, latents=latents, sample_seed=sample_seed
        )  # fmt: skip

    def still(self) -> Still:
        """The height under which p(x) is the area, with the grid's bars, and the prior or the proposal, whichever is shown."""
        exact, estimate = (self.latents * math.log(self._sum(step)) for step in (FINE, self.step))
        figure = stills.card(560, 230)
        axes = stills.plane(figure, (0.02, 0.05, 0.96, 0.83), "p(x) is the area under the curve p(x | z) p(z), over z")
        z = np.linspace(-EXTENT, EXTENT, 721)
        height = self._joint(z)
        axes.fill_between(z, height / height.max(), color="#e2e5ea")
        axes.plot(z, height / height.max(), color=stills.INK)
        if self.way == "grid":
            points = _grid(self.step)
            axes.bar(points, self._joint(points) / height.max(), self.step, fill=False, edgecolor=stills.ACCENT)
        else:
            place, width = (0.0, 1.0) if self.way == "prior" else (self.place, self.width)
            axes.plot(z, _normal(z, place, width) / _normal(0, 0, 1) / 1.3, color=stills.ACCENT)
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(0, 1.1))
        words = {
            "grid": f"A grid of step {self.step:.2f} gives {estimate:.2f}.",
            "prior": "The bell is the prior, from which draws are taken.",
            "proposal": f"The bell is the proposal N({self.place:.2f}, {self.width:.2f}^2).",
        }[self.way]
        return Still(
            stills.png(figure),
            f"The curve p(x | z) p(z) over one latent z, with {self.kind}: for {self.latents} latents log p(x) is {exact:.2f}. {words}",
        )

    def _joint(self, z: np.ndarray) -> np.ndarray:
        x, std, decode = SCENES[self.kind]
        return _normal(x, decode(z), std) * _normal(z, 0, 1)

    def _sum(self, step: float) -> float:
        return float(self._joint(_grid(step)).sum() * step)


def _grid(step: float) -> np.ndarray:
    count = math.floor(REACH / step + 1e-9)
    return np.arange(-count, count + 1) * step


def _normal(value, mean, std):
    return np.exp(-(((value - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))
