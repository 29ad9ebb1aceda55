"""MixturePosterior: a point and three Gaussian components to drag, the exact posterior, and the ELBO of a chosen q. Traits; js/ draws."""

import numpy as np
import torch

from vaelib.exact import Mixture
from vaelib.figures import CLASS_COLOURS
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Bounded, Probabilities

COUNT = 3  # components; this and the limits as in js/widgets/mixture_posterior/index.mjs
EXTENT = 5.0
LEAST = 0.01  # of a weight: a component that cannot be would make the KL infinite
COLOURS = [CLASS_COLOURS[index] for index in (4, 1, 2)]
PAINTED = 0.33  # of a colour over white, a strength that the still pictures' palette has
WEIGHT = (0.4, 0.35, 0.25)


class MixturePosterior(PageWidget):
    """A point x of the plane under three round Gaussians: p(z|x) exactly, and the bound for any q over the three.

    x and each mean lie in [-5, 5]^2; std (3,) in [0.1, 2.5]; weight (3,) are probabilities of at least 0.01, q (3,) any probabilities.
    Every argument is a trait, observable and settable. Raises traitlets.TraitError on a value that it cannot draw.
    """

    _esm = STATIC / "mixture_posterior.mjs"
    page_name = "mixture_posterior"
    page_state = ("x", "mean", "std", "weight", "q")

    x = Bounded((2,), -EXTENT, EXTENT).tag(sync=True)
    mean = Bounded((COUNT, 2), -EXTENT, EXTENT).tag(sync=True)
    std = Bounded((COUNT,), 0.1, 2.5).tag(sync=True)
    weight = Probabilities(COUNT, LEAST).tag(sync=True)
    q = Probabilities(COUNT).tag(sync=True)

    def __init__(
        self,
        *,
        x: tuple[float, float] = (0.8, -0.2),
        mean: tuple[tuple[float, float], ...] = ((-2.0, -1.0), (1.8, -1.4), (0.2, 2.0)),
        std: tuple[float, ...] = (1.1, 0.8, 1.3),
        weight: tuple[float, ...] = WEIGHT,
        q: tuple[float, ...] = WEIGHT,
    ):
        super().__init__(x=x, mean=mean, std=std, weight=weight, q=q)

    def still(self) -> Still:
        """The plane with its components and x, coloured by the likeliest component, and bars of the posterior and of q."""
        mixture, x, q = self._mixture(), torch.tensor([self.x], dtype=torch.float64), torch.tensor([self.q], dtype=torch.float64)
        posterior = mixture.posterior(x)[0].tolist()
        log_evidence, elbo = mixture.log_prob(x).item(), mixture.elbo(x, q).total.item()
        figure = stills.card(560, 300)
        self._draw_plane(stills.plane(figure, (0.02, 0.04, 0.48, 0.87), "plane of x"))
        axes = stills.plane(figure, (0.54, 0.3, 0.44, 0.61), "p(z|x) solid, q hatched")
        for k, colour in enumerate(COLOURS):
            axes.barh(2 - k + 0.19, posterior[k], 0.34, color=colour)
            axes.barh(2 - k - 0.19, self.q[k], 0.34, color="white", edgecolor=colour, hatch="////", linewidth=1.0)
            axes.text(-0.04, 2 - k, str(k + 1), ha="right", va="center", fontsize=9, color=stills.INK)
        axes.set(xlim=(-0.12, 1.0), ylim=(-0.5, 2.5))
        words = f"log p(x) = {log_evidence:.2f} nats\nELBO = {elbo:.2f} nats\ngap = {log_evidence - elbo + 0.0:.2f} nats"
        figure.text(0.55, 0.13, words, va="center", fontsize=9, linespacing=1.5, color=stills.INK)
        shares = "; ".join(", ".join(f"{value:.2f}" for value in row) for row in (posterior, self.q))
        place = ", ".join(f"{value:.2f}" for value in self.x)
        return Still(
            stills.png(figure),
            f"Left: three Gaussian components as circles in the plane, and the point x at ({place}). Right: bars for each component, "
            f"its posterior and q ({shares}). {words.replace(chr(10), ', ')}.",
        )

    def _mixture(self) -> Mixture:
        weight, mean, std = (torch.tensor(values, dtype=torch.float64) for values in (self.weight, self.mean, self.std))
        return Mixture(weight, mean, 2 * std.log()[:, None].expand(COUNT, 2))

    def _draw_plane(self, axes) -> None:
        cells = (np.arange(120) + 0.5) / 60 * EXTENT - EXTENT
        across, up = np.meshgrid(cells, cells)
        points = torch.from_numpy(np.stack([across.ravel(), up.ravel()], axis=1))
        likeliest = self._mixture().log_joint(points).argmax(-1).reshape(across.shape).numpy()
        full = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in COLOURS])
        painted = np.round(255 + (full - 255) * PAINTED).astype(np.uint8)
        axes.imshow(painted[likeliest], extent=(-EXTENT, EXTENT) * 2, origin="lower", interpolation="nearest")
        turn = np.linspace(0, 2 * np.pi, 121)
        for (m1, m2), std, colour in zip(self.mean, self.std, COLOURS, strict=True):
            for radius, style in ((std, "-"), (2 * std, "--")):
                axes.plot(m1 + radius * np.cos(turn), m2 + radius * np.sin(turn), style, color=colour, linewidth=1.4)
        for k, (m1, m2) in enumerate(self.mean):
            axes.text(m1, m2, str(k + 1), ha="center", va="center", fontsize=10, fontweight="bold", color=stills.INK)
        stills.marker(axes, self.x)
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(-EXTENT, EXTENT))
