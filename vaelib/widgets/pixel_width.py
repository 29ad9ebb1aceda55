"""PixelWidth: a picture under Gaussian pixels of one width, from the mean alone to snow. Traits, checks and a still; js/ draws."""

import math
import re

import numpy as np
import torch
import traitlets
from torch import Tensor

from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number, Seed

SIDE = 8
LEVELS = 240  # grey levels of a stored pixel, as in js/widgets/pixel_width/gaussian_pixels.mjs; sixteenths are among them
MOST = 6  # pictures: a row of buttons, and a short stored state
RANGE = (0.01, 2.0)  # of the standard deviation
PACKED = re.compile(rf"[0-9a-f]{{{2 * SIDE**2}}}( [0-9a-f]{{{2 * SIDE**2}}}){{0,{MOST - 1}}}")


class PixelWidth(PageWidget):
    """Given images x, a mean for each, and one standard deviation for all pixels: log p(x|z) = log N(x; mean, std^2 I), and a sample.

    x and mean: (n, 64) or (64,) in [0, 1], n from 1 to 6, kept in steps of 1/240 (the 8x8 digits lose nothing), or as the text that the
    repr shows. std in [0.01, 2]. picture: which of them, from 0. pixel: the one that is looked at, row by row from 0 to 63.
    sample_seed repeats the sample's noise; without one each view begins with noise of its own. revealed: whether the best
    width is shown, the root mean square of x - mean.
    std, picture, pixel, sample_seed and revealed can be observed and set. Raises ValueError for what are no such pictures,
    traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "pixel_width.mjs"
    page_name = "pixel_width"
    page_state = ("x", "mean", "std", "picture", "pixel", "sample_seed", "revealed")

    x = traitlets.Unicode(read_only=True).tag(sync=True)
    mean = traitlets.Unicode(read_only=True).tag(sync=True)
    std = Number(*RANGE, 0.6).tag(sync=True)
    picture = traitlets.Int(0, min=0, max=MOST - 1).tag(sync=True)
    pixel = traitlets.Int(0, min=0, max=SIDE**2 - 1).tag(sync=True)
    sample_seed = Seed().tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        x: Tensor | str,
        mean: Tensor | str,
        *,
        std: float = 0.6,
        picture: int = 0,
        pixel: int = 27,
        sample_seed: int | None = None,
        revealed: bool = False,
    ):
        packed = [value if isinstance(value, str) else _packed(name, value) for name, value in (("x", x), ("mean", mean))]
        for name, text in zip(("x", "mean"), packed, strict=True):
            if not PACKED.fullmatch(text):
                raise ValueError(f"{name} must be 1 to {MOST} packed pictures of {SIDE**2} pixels, got a text of length {len(text)}")
            self.set_trait(name, text)
        if len(packed[0]) != len(packed[1]):
            raise ValueError(f"mean must hold a picture for each of x, {len(packed[0].split(' '))}, got {len(packed[1].split(' '))}")
        super().__init__(std=std, picture=picture, pixel=pixel, sample_seed=sample_seed, revealed=revealed)

    @traitlets.validate("picture")
    def _there(self, proposal: dict) -> int:
        count = len(self.x.split(" "))
        if proposal["value"] >= count:
            raise traitlets.TraitError(f"picture must be 0 to {count - 1}, got {proposal['value']}")
        return proposal["value"]

    def still(self) -> Still:
        """The given image and its mean, log p(x|z) over the width, and the present width in words."""
        x, mean = (_unpacked(text)[self.picture] for text in (self.x, self.mean))
        score = torch.distributions.Normal(torch.tensor(mean), self.std).log_prob(torch.tensor(x)).sum().item()
        best = max(float(np.sqrt(np.mean((x - mean) ** 2))), RANGE[0])
        figure = stills.card(620, 230)
        for place, title, pixels in ((0.02, "x, given", x), (0.3, "mean", mean)):
            stills.pixels(figure, (place, 0.1, 0.26, 0.76), title, pixels)
        axes = stills.plane(figure, (0.6, 0.1, 0.38, 0.76), "log p(x | z) over the width of the pixels")
        low, high = np.log(RANGE)
        width = np.exp(np.linspace(low, high, 300))
        lost = ((x - mean) ** 2).sum() / 2
        curve = -lost / width**2 - SIDE**2 * (np.log(width) + math.log(2 * math.pi) / 2)
        top = curve.max()
        axes.plot(np.log(width), curve, color=stills.INK)
        axes.set(xlim=np.log(RANGE), ylim=(top - 120, top + 10))
        stills.marker(axes, (math.log(self.std), max(score, top - 118)))
        found = f" Highest at {best:.3g}, the root of the mean squared miss." if self.revealed else ""
        return Still(
            stills.png(figure),
            "A given image of 8 by 8 pixels, its mean, and the curve of log p(x | z) over the width of the pixels: "
            f"at {self.std:.2f} it is {score:.1f} nats.{found}",
        )


def _packed(name: str, pictures: Tensor) -> str:
    if not isinstance(pictures, Tensor) or pictures.dim() not in (1, 2) or pictures.shape[-1] != SIDE**2:
        got = tuple(pictures.shape) if isinstance(pictures, Tensor) else f"a {type(pictures).__name__}"
        raise ValueError(f"{name} must be a tensor of shape (n, {SIDE**2}), got {got}")
    rows = pictures.detach().reshape(-1, SIDE**2).double()
    if not ((rows >= 0) & (rows <= 1)).all():
        raise ValueError(f"{name} must lie in [0, 1], got values from {rows.min():.3g} to {rows.max():.3g}")
    return " ".join(bytes(row).hex() for row in (rows * LEVELS).round().to(torch.uint8).tolist())


def _unpacked(text: str) -> np.ndarray:
    """Packed pictures -> (n, 64) in [0, 1]."""
    return np.array([list(bytes.fromhex(row)) for row in text.split(" ")]) / LEVELS
