"""TruthBench: a linear-Gaussian model, whose log p(x) is known, beside its bound and the gap between them. Traits and a still; js/ draws.

One latent and one pixel: z ~ N(0, 1), x = slope z + std noise, q = N(q_mean, q_std^2). The M-step moves slope and std together. For one
pixel p(x) = N(0, slope^2 + std^2), so training fixes that sum alone, at the mean of x^2; which pair it ends at depends on the start.
`data="eight"` fits eight points with one encoder, q = N(gain x, q_std^2), gain = q_mean / x. The exact posterior has that form, so sharing
the encoder costs nothing, and every bar is then a mean over the eight. The mean-field view has two latents and two pixels,
x = diag(scales) R(angle)^T z + std noise: turning the latents tilts the posterior and leaves p(x) as it was.
"""

import math

import numpy as np
import torch
import traitlets

from vaelib.distributions import kl_between_gaussians
from vaelib.exact import LinearGaussian
from vaelib.figures import CLASS_COLOURS
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number

VIEWS, SPLITS, FITS = ("bound", "jensen", "mean field"), ("prior", "entropy", "posterior"), ("one", "eight")
DATA = (-2.3, -1.6, -1.1, -0.5, 0.5, 1.2, 1.8, 2.4)  # as in js/widgets/truth_bench/linear_gaussian.mjs
SCALES, FIELD_STD, FIELD_X = (1.85, 0.25), 0.5, (1.6, 0.4)  # as in mean_field.mjs there
GAP = "#ffaf07"


class TruthBench(PageWidget):
    """log p(x), the ELBO and the gap of a linear-Gaussian model, as bars in nats; q can be dragged onto the posterior.

    slope in [-3, 3], std in [0.4, 2], x in [-3, 3], q_mean in [-4, 4], q_std in [0.1, 2]. view: "bound" (densities over z, E-step,
    M-step, training), "jensen" (a secant between two importance weights, `secant` in [0, 3] standard deviations from the middle of q) or
    "mean field" (two latents, turned by `angle` in [0, 90] degrees). split: what the ELBO's second part is, the KL to the "prior", the
    "entropy" of q or the KL to the "posterior". steps: whether the bound comes with its E-step, M-step and training; no link carries it.
    data: fit "one" x, or "eight" points; then x stands for the nearest of them.
    Every argument is a trait, observable and settable. Raises traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "truth_bench.mjs"
    page_name = "truth_bench"
    page_state = ("view", "split", "data", "slope", "std", "x", "q_mean", "q_std", "secant", "angle", "steps")

    view = traitlets.Enum(VIEWS, default_value=VIEWS[0]).tag(sync=True)
    split = traitlets.Enum(SPLITS, default_value=SPLITS[0]).tag(sync=True)
    data = traitlets.Enum(FITS, default_value=FITS[0]).tag(sync=True)
    slope = Number(-3, 3).tag(sync=True)
    std = Number(0.4, 2, 0.6).tag(sync=True)
    x = Number(-3, 3).tag(sync=True)
    q_mean = Number(-4, 4).tag(sync=True)
    q_std = Number(0.1, 2, 0.9).tag(sync=True)
    secant = Number(0, 3).tag(sync=True)
    angle = Number(0, 90).tag(sync=True)
    steps = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        *,
        view: str = VIEWS[0],
        split: str = SPLITS[0],
        data: str = FITS[0],
        slope: float = 0.7,
        std: float = 0.6,
        x: float = 2.0,
        q_mean: float = 0.4,
        q_std: float = 0.9,
        secant: float = 1.0,
        angle: float = 30.0,
        steps: bool = True,
    ):
        super().__init__(
            view=view,
            split=split,
            data=data,
            slope=slope,
            std=std,
            x=x,
            q_mean=q_mean,
            q_std=q_std,
            secant=secant,
            angle=angle,
            steps=steps,
        )

    def still(self) -> Still:
        """The view's picture on the left, the three bars on the right, and their numbers in words."""
        log_evidence, bound, gap = self._field() if self.view == "mean field" else self._line()
        figure = stills.card(620, 270)
        words = {"bound": self._draw_densities, "jensen": self._draw_secant, "mean field": self._draw_ellipses}[self.view](figure)
        _draw_bars(figure, log_evidence, bound, gap)
        return Still(
            stills.png(figure),
            f"{words} Bars in nats: log p(x) = {log_evidence:.2f}, ELBO = {bound:.2f}, the gap between them = {gap:.2f}.",
        )

    def _nearest(self) -> float:
        return min(DATA, key=lambda point: abs(point - self.x)) if self.data == "eight" else self.x

    def _model(self) -> LinearGaussian:
        return LinearGaussian(_tensor([[self.slope]]), _tensor([0.0]), self.std)

    def _line(self) -> tuple[float, float, float]:
        eight = self.data == "eight" and self.view == "bound"
        x = _tensor(DATA if eight else [self._nearest()])[:, None]
        mean = x * (self.q_mean / self._nearest()) if eight else _tensor([[self.q_mean]])
        log_var = torch.full_like(mean, 2 * math.log(self.q_std))
        model = self._model()
        exact_mean, covariance = model.posterior(x)
        gap = kl_between_gaussians(mean, log_var, exact_mean, covariance.log().expand_as(mean))
        bound = model.elbo(x, mean, log_var).total
        return model.log_prob(x).mean().item(), bound.mean().item(), gap.mean().item()

    def _turned(self) -> tuple[LinearGaussian, torch.Tensor]:
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        rotation = _tensor([[cos, -sin], [sin, cos]])
        return LinearGaussian(_tensor(SCALES).diag() @ rotation.T, torch.zeros(2, dtype=torch.float64), FIELD_STD), _tensor([FIELD_X])

    def _field(self) -> tuple[float, float, float]:
        model, x = self._turned()
        mean, log_var = model.mean_field(x)
        exact = torch.distributions.MultivariateNormal(mean, model.posterior(x)[1])
        ours = torch.distributions.MultivariateNormal(mean, torch.diag_embed(log_var.exp()))
        gap = torch.distributions.kl_divergence(ours, exact)
        return model.log_prob(x).item(), model.elbo(x, mean, log_var).total.item(), gap.item()

    def _draw_densities(self, figure) -> str:
        exact_mean, covariance = self._model().posterior(_tensor([[self._nearest()]]))
        mean, std = exact_mean.item(), covariance.sqrt().item()
        axes = stills.plane(figure, (0.02, 0.11, 0.55, 0.79), "over z: prior (dashed), exact posterior, q (blue)")
        z = np.linspace(-4, 4, 401)
        axes.plot(z, _density(z, 0, 1), "--", color=stills.MUTED)
        axes.plot(z, _density(z, mean, std), color=stills.INK)
        axes.plot(z, _density(z, self.q_mean, self.q_std), color=stills.ACCENT)
        axes.set(xlim=(-4, 4), ylim=(0, 1.25 * _density(0, 0, std)))
        return (
            f"Three densities over z: the prior N(0, 1), the exact posterior for x = {self._nearest():.2f} with mean {mean:.2f} and std "
            f"{std:.2f}, and q with mean {self.q_mean:.2f} and std {self.q_std:.2f}."
        )

    def _draw_secant(self, figure) -> str:
        z = torch.tensor([-1.0, 1.0], dtype=torch.float64) * self.secant * self.q_std + self.q_mean
        normal = torch.distributions.Normal
        log_weight = normal(self.slope * z, self.std).log_prob(_tensor(self._nearest())) + normal(0.0, 1.0).log_prob(z)
        log_weight = (log_weight - normal(self.q_mean, self.q_std).log_prob(z)).numpy()
        relative = np.exp(log_weight - log_weight.max())  # the larger weight is 1, so that the picture cannot overflow
        axes = stills.plane(figure, (0.02, 0.11, 0.55, 0.79), "log w over w, and a secant between two weights")
        w = np.linspace(0.001, 1.25, 400)
        low = min(np.log(relative).min(), -1.0) - 0.3
        axes.plot(w, np.log(w), color=stills.INK)
        axes.plot(relative, np.log(relative), "o-", color=CLASS_COLOURS[5])
        lost = np.log(relative.mean()) - np.log(relative).mean()
        axes.plot([relative.mean()] * 2, [np.log(relative).mean(), np.log(relative.mean())], color=GAP, linewidth=4)
        axes.set(xlim=(-0.03, 1.25), ylim=(low, 0.5))
        return (
            "The curve log w and a secant between the importance weights of two draws, "
            f"{self.secant:.2f} standard deviations to either side of the middle of q. "
            f"The mean of their logarithms lies {lost:.2f} nats below the logarithm of their mean."
        )

    def _draw_ellipses(self, figure) -> str:
        model, x = self._turned()
        (mean, covariance), (_, log_var) = model.posterior(x), model.mean_field(x)
        axes = stills.plane(figure, (0.02, 0.06, 0.39, 0.84), f"latents turned by {self.angle:.0f}°: posterior, q (blue)")
        turn = np.linspace(0, 2 * np.pi, 200)
        circle = np.stack([np.cos(turn), np.sin(turn)])
        axes.plot(*circle, "--", color=stills.MUTED)
        for times in (1, 2):
            for factor, colour in ((torch.linalg.cholesky(covariance), stills.INK), ((log_var[0] / 2).exp().diag(), stills.ACCENT)):
                axes.plot(*(mean.numpy().T + times * factor.numpy() @ circle), color=colour)
        axes.set(xlim=(-2.7, 2.7), ylim=(-2.7, 2.7), aspect="equal")
        return (
            f"Two latents, turned by {self.angle:.0f} degrees: ellipses of the exact posterior, which leans, and of the best q "
            f"whose latents are independent, which cannot."
        )


def _draw_bars(figure, log_evidence: float, bound: float, gap: float) -> None:
    axes = stills.plane(figure, (0.6, 0.11, 0.38, 0.79), "in nats")
    low = 1.08 * min(bound, log_evidence)
    rows = (
        (f"ELBO {bound:.2f}", 0, bound, stills.ACCENT),
        (f"+ gap {gap:.2f}", bound, gap, GAP),
        (f"= log p(x) {log_evidence:.2f}", 0, log_evidence, stills.INK),
    )
    for row, (words, start, length, colour) in enumerate(rows):
        axes.barh(-row, length, left=start, height=0.4, color=colour)
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # dotted lines pass behind the words
        axes.text(0.98 * low, -row + 0.28, words, va="bottom", fontsize=9, color=stills.INK, bbox=paper)
    for place, (top, bottom) in ((bound, (0, -1)), (bound + gap, (-1, -2))):
        axes.plot([place, place], [top, bottom], ":", color=stills.MUTED, linewidth=1)
    axes.set(xlim=(low, -0.02 * low), ylim=(-2.5, 0.7))


def _density(z: np.ndarray | float, mean: float, std: float) -> np.ndarray:
    return np.exp(-(((z - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))


def _tensor(values) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)
