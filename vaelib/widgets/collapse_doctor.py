"""CollapseDoctor: the KL of each latent in stored runs of the cures of posterior collapse, beside the run without one, and the verdict."""

import numpy as np
import traitlets

from vaelib.exercises import collapse_runs
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still

CURES = (
    "no cure", "linear warm-up", "cyclical", "free bits", "smaller std", "learned std", "weaker decoder", "first weights", "beta 4",
)  # fmt: skip
SPEAKS = 0.25  # nats from which a latent is counted


class CollapseDoctor(PageWidget):
    """The KL of each latent of one model under a cure, and without it, from the same seed, epoch by epoch; runs of benchmarks/collapse.py.

    cure: "no cure", "linear warm-up", "cyclical", "free bits", "smaller std", "learned std", "weaker decoder", "first weights" or
    "beta 4". seed from 0 to 2; stop from 0 to 10, the number of a stored epoch, of which the last is 60. Every argument is a trait,
    observable and settable. Raises traitlets.TraitError on a run that is not stored.
    """

    _esm = STATIC / "collapse_doctor.mjs"
    page_name = "collapse_doctor"
    page_state = ("cure", "seed", "stop")

    cure = traitlets.Enum(CURES, "linear warm-up").tag(sync=True)
    seed = traitlets.Int(0, min=0, max=2).tag(sync=True)
    stop = traitlets.Int(10, min=0, max=10).tag(sync=True)

    def __init__(self, *, cure: str = "linear warm-up", seed: int = 0, stop: int = 10):
        self.stored = collapse_runs()  # the page's script has the same file within it
        super().__init__(cure=cure, seed=seed, stop=stop)

    def kl(self, cure: str) -> np.ndarray:
        """The KL of each latent of a run with the present seed at the present epoch, falling: (latents,), in nats."""
        return np.sort(self.stored["runs"][cure][self.seed]["kl"][self.stop])[::-1]

    def still(self) -> Still:
        """The bars of the cure and of the run without one."""
        figure = stills.card(620, 300)
        top = max(1.0, *(self.kl(name).max() for name in (self.cure, "no cure")))
        for bottom, name in ((0.54, "no cure"), (0.04, self.cure)):
            axes = stills.plane(figure, (0.02, bottom, 0.96, 0.36), f"{name}: the KL of each latent")
            kl = self.kl(name)
            axes.bar(np.arange(len(kl)), kl, width=0.7, color=[stills.ACCENT if one > SPEAKS else stills.MUTED for one in kl])
            axes.set(xlim=(-1, len(kl)), ylim=(0, 1.05 * top))
        counts = [int((self.kl(name) > SPEAKS).sum()) for name in (self.cure, "no cure")]
        return Still(
            stills.png(figure),
            f"The KL of 16 latents as bars after {self.stored['stops'][self.stop]} epochs, seed {self.seed}: with {self.cure} "
            f"{counts[0]} of them have more than {SPEAKS} nats, without a cure {counts[1]}.",
        )
