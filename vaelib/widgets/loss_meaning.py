"""LossMeaning: which model a loss fits, read off its reductions and the weight of its KL, above a data set's spectrum. js/ draws."""

import math

import numpy as np
import traitlets

from vaelib.exercises import explain_loss
from vaelib.exercises.explanations import REDUCTIONS, SETTINGS, Explanation
from vaelib.exercises.spectra import MOST_EIGENVALUES, data_spectrum, read_spectra
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number

BETA = (1e-6, 1e6)
NAMES = {"digits8": "8x8 digits", "mnist": "MNIST"}


class LossMeaning(PageWidget):
    """error + beta * KL: the pixels' variance that it means, and the latents that live above that waterline in the linear model.

    error: "squared error", "half squared error" or "bce"; error_reduction and kl_reduction: "sum", "batch mean" (summed over pixels or
    latents, averaged over the batch) or "mean" (over everything). beta in [1e-6, 1e6]. data: "digits8" or "mnist". latents from 1 to 64,
    batch from 1 to 1024. The numbers are those of `explain_loss`. Every argument is a trait, observable and settable.
    Raises traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "loss_meaning.mjs"
    page_name = "loss_meaning"
    page_state = ("error", "error_reduction", "kl_reduction", "beta", "data", "latents", "batch")
    page_facts = ("spectra",)

    error = traitlets.Enum(tuple(SETTINGS), "squared error").tag(sync=True)
    error_reduction = traitlets.Enum(REDUCTIONS, "mean").tag(sync=True)
    kl_reduction = traitlets.Enum(REDUCTIONS, "batch mean").tag(sync=True)
    beta = Number(*BETA, 1.0).tag(sync=True)
    data = traitlets.Enum(tuple(NAMES), "mnist").tag(sync=True)
    latents = traitlets.Int(20, min=1, max=MOST_EIGENVALUES).tag(sync=True)
    batch = traitlets.Int(128, min=1, max=1024).tag(sync=True)
    spectra = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        *,
        error: str = "squared error",
        error_reduction: str = "mean",
        kl_reduction: str = "batch mean",
        beta: float = 1.0,
        data: str = "mnist",
        latents: int = 20,
        batch: int = 128,
    ):
        self.set_trait("spectra", read_spectra())
        super().__init__(
            error=error, error_reduction=error_reduction, kl_reduction=kl_reduction, beta=beta, data=data, latents=latents, batch=batch
        )  # fmt: skip

    def explanation(self) -> Explanation:
        """What `explain_loss` says of the present settings."""
        return explain_loss(
            error=self.error, error_reduction=self.error_reduction, kl_reduction=self.kl_reduction, beta=self.beta,
            pixels=self.spectra[self.data]["pixels"], latent_dim=self.latents, batch=self.batch, spectrum=data_spectrum(self.data),
        )  # fmt: skip

    def still(self) -> Still:
        """The spectrum as bars, and the waterline where there is one."""
        found, eigenvalues = self.explanation(), np.array(self.spectra[self.data]["eigenvalues"][: self.latents])
        figure = stills.card(620, 250)
        axes = stills.plane(
            figure, (0.02, 0.05, 0.96, 0.83), f"the largest eigenvalues of {NAMES[self.data]}, and the waterline of this loss"
        )
        low, high = -3.0, 3.0
        heights = np.log10(np.maximum(eigenvalues, 1e-9))
        alive = found.alive if found.alive is not None else self.latents
        for number, height in enumerate(heights):
            colour = {"color": stills.ACCENT} if number < alive else {"facecolor": "white", "edgecolor": stills.MUTED}
            axes.bar(number, max(0.0, height - low), bottom=low, width=0.7, **colour)
        axes.set(xlim=(-1, self.latents), ylim=(low, high))
        if found.variance:
            level = min(high - 0.1, max(low + 0.1, math.log10(found.variance)))
            axes.plot([-1, self.latents], [level, level], "--", color=stills.INK)
            axes.text(self.latents - 0.2, level + 0.1, f"σ² = {found.variance:.3g}", ha="right", fontsize=9, color=stills.INK)
        return Still(stills.png(figure), f"The largest eigenvalues of {NAMES[self.data]} as {self.latents} bars. {found.words}")
