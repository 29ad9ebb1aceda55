"""Waterline: the eigenvalues of a data set, a line at beta times the variance, and the KLs of the best linear VAE. js/ draws."""

import math

import numpy as np
import traitlets

from vaelib.exercises.spectra import read_spectra
from vaelib.widgets import stills
from vaelib.widgets.loss_meaning import NAMES
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number

LOW, HIGH = -3.0, 3.0  # powers of ten that the picture spans


class Waterline(PageWidget):
    """Which latents of the best linear VAE are used: those whose eigenvalue is above beta * variance. A latent's KL is half the log ratio.

    data: "digits8" or "mnist". beta in [0.05, 20], the weight of the KL; variance in [0.002, 2], that of the pixels; latents from 1
    to 32. Every argument is a trait, observable and settable. Raises traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "waterline.mjs"
    page_name = "waterline"
    page_state = ("data", "beta", "variance", "latents")
    page_facts = ("spectra",)

    data = traitlets.Enum(tuple(NAMES), "digits8").tag(sync=True)
    beta = Number(0.05, 20, 1.0).tag(sync=True)
    variance = Number(0.002, 2, 0.1).tag(sync=True)
    latents = traitlets.Int(16, min=1, max=32).tag(sync=True)
    spectra = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, *, data: str = "digits8", beta: float = 1.0, variance: float = 0.1, latents: int = 16):
        self.set_trait("spectra", read_spectra())
        super().__init__(data=data, beta=beta, variance=variance, latents=latents)

    def kl(self) -> np.ndarray:
        """The KL of each latent in the best linear model, averaged over the images: (latents,), in nats."""
        eigenvalues = np.array(self.spectra[self.data]["eigenvalues"][: self.latents])
        return 0.5 * np.log(np.maximum(eigenvalues / (self.beta * self.variance), 1.0))

    def still(self) -> Still:
        """The eigenvalues as bars with the waterline, and the KL of each latent below."""
        kl, level = self.kl(), self.beta * self.variance
        heights = np.log10(np.maximum(self.spectra[self.data]["eigenvalues"][: self.latents], 1e-9))
        alive = int((kl > 0).sum())
        figure = stills.card(620, 330)
        axes = stills.plane(figure, (0.02, 0.42, 0.96, 0.5), f"the largest eigenvalues of {NAMES[self.data]}, and the waterline")
        for number, height in enumerate(heights):
            colour = {"color": stills.ACCENT} if number < alive else {"facecolor": "white", "edgecolor": stills.MUTED}
            axes.bar(number, max(0.0, height - LOW), bottom=LOW, width=0.7, **colour)
        axes.set(xlim=(-1, self.latents), ylim=(LOW, HIGH))
        shown = min(HIGH - 0.1, max(LOW + 0.1, math.log10(level)))
        axes.plot([-1, self.latents], [shown, shown], "--", color=stills.INK)
        axes.text(self.latents - 0.2, shown + 0.1, f"β σ² = {level:.3g}", ha="right", fontsize=9, color=stills.INK)
        costs = stills.plane(figure, (0.02, 0.04, 0.96, 0.28), "the KL of each latent")
        costs.bar(np.arange(self.latents), kl, width=0.7, color=stills.ACCENT)
        costs.set(xlim=(-1, self.latents), ylim=(0, 1.05 * max(1.0, kl.max())))
        return Still(
            stills.png(figure),
            f"The {self.latents} largest eigenvalues of {NAMES[self.data]} as bars, and a waterline at {level:.3g}: {alive} of "
            f"{self.latents} latents of the best linear model are used, with a KL of {kl.sum():.2f} nats an image.",
        )
