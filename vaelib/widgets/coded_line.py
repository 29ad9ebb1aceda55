"""CodedLine: eight codes on a line against the prior, their mean KL split into information and mismatch. Traits and a still; js/ draws."""

import numpy as np
import torch
import traitlets

from vaelib.distributions import kl_to_standard_normal
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Bounded

COUNT = 8  # codes; this, the limits and the presets as in js/widgets/coded_line/split.mjs
MEAN, STD = (-3.5, 3.5), (0.1, 1.5)
PRESETS = {
    "same": ((0.0,) * 8, (1.0,) * 8),
    "sharp": ((-3.0, -2.14, -1.29, -0.43, 0.43, 1.29, 2.14, 3.0), (0.15,) * 8),
    "prior": ((-1.65, -1.01, -0.58, -0.19, 0.19, 0.58, 1.01, 1.65), (0.35,) * 8),
    "far": ((1.4, 1.7, 2.0, 2.3, 2.6, 2.9, 3.2, 3.5), (0.25,) * 8),
}
EXTENT = 4.2  # of z in sight
INFORMATION, MISMATCH = "#0a7448", "#b4510b"


class CodedLine(PageWidget):
    """Codes N(mean_i, std_i^2) of eight images, their average against the prior N(0, 1), and what their KL pays for, in nats.

    mean (8,) in [-3.5, 3.5], std (8,) in [0.1, 1.5]. code: the one whose width the slider sets, from 0. The three are traits, observable
    and settable. preset, in place of mean and std: "same" (all of them the prior), "sharp" (spread and sharp), "prior" (their average as
    the prior wants it) or "far" (far from the prior). Raises ValueError for another preset, traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "coded_line.mjs"
    page_name = "coded_line"
    page_state = ("mean", "std", "code")

    mean = Bounded((COUNT,), *MEAN).tag(sync=True)
    std = Bounded((COUNT,), *STD).tag(sync=True)
    code = traitlets.Int(0, min=0, max=COUNT - 1).tag(sync=True)

    def __init__(
        self,
        *,
        mean: tuple[float, ...] = (-2.4, -1.5, -1.1, -0.2, 0.3, 0.8, 1.2, 2.6),
        std: tuple[float, ...] = (0.3, 0.4, 0.25, 0.5, 0.3, 0.4, 0.3, 0.5),
        code: int = 0,
        preset: str | None = None,
    ):
        if preset is not None:
            if preset not in PRESETS:
                raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {preset!r}")
            mean, std = PRESETS[preset]
        super().__init__(mean=mean, std=std, code=code)

    def split(self) -> tuple[float, float, float]:
        """(information, mismatch, KL) in nats: the first two as sums over a grid, the third by the closed form."""
        step = 0.005
        mean, std = (torch.tensor(values, dtype=torch.float64)[:, None] for values in (self.mean, self.std))
        z = torch.arange(-15, 15, step, dtype=torch.float64)
        log_q = torch.distributions.Normal(mean, std).log_prob(z)
        log_aggregate = log_q.logsumexp(0) - np.log(COUNT)
        information = (log_q.exp() * (log_q - log_aggregate)).sum(1).mean() * step
        mismatch = (log_aggregate.exp() * (log_aggregate - torch.distributions.Normal(0.0, 1.0).log_prob(z))).sum() * step
        return information.item(), mismatch.item(), kl_to_standard_normal(mean, 2 * std.log()).mean().item()

    def still(self) -> Still:
        """The codes, their average and the prior, and bars of information, mismatch and their sum."""
        information, mismatch, kl = self.split()
        figure = stills.card(620, 270)
        z = np.linspace(-EXTENT, EXTENT, 601)
        bells = [stills.bell(z, mean, std) for mean, std in zip(self.mean, self.std, strict=True)]
        axes = stills.plane(figure, (0.02, 0.05, 0.55, 0.85), "average of the codes (blue), prior (dashed)")
        axes.plot(z, np.mean(bells, axis=0), color=stills.ACCENT)
        axes.plot(z, stills.bell(z, 0, 1), "--", color=stills.MUTED)
        top = max(0.62, 1.05 * np.mean(bells, axis=0).max())
        for i, (mean, std) in enumerate(zip(self.mean, self.std, strict=True)):
            height = -top * (i + 1) / 8
            axes.plot([mean - std, mean + std], [height, height], color=stills.ACCENT, linewidth=1.4)
            axes.plot(mean, height, marker="o", markersize=4, color=stills.INK)
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(-1.1 * top, top))
        rows = [("information", information, INFORMATION), ("+ mismatch", mismatch, MISMATCH), ("= KL", kl, stills.INK)]
        stills.bars(figure, (0.6, 0.05, 0.38, 0.85), "in nats", rows)
        places = ", ".join(f"{value:.2f}" for value in self.mean)
        return Still(
            stills.png(figure, (INFORMATION, MISMATCH)),
            f"Eight codes on a line, with means {places}; their average and the prior. In nats: information {information:.2f} "
            f"+ mismatch {mismatch:.2f} = KL {kl:.2f}.",
        )
