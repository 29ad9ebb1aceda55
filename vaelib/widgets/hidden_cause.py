"""HiddenCause: pictures of bars whose two causes are known and kept closed, for the reader to guess. Traits and checks; js/ draws."""

from typing import Any

import torch
import traitlets
from torch import Tensor

from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number, Point

SIDE = 8
MOST = 12  # pictures: a row of buttons, and a short stored state
EXTENT = 4.0  # of the plane, as in js/widgets/hidden_cause/strokes_model.mjs


class HiddenCause(PageWidget):
    """A bar of 8 x 8 pixels to look at, a plane on which to guess the slant z1 and the width z2 that made it, and an envelope.

    Pixel j, a_j to the right of the middle and b_j above it, is ink with probability sigmoid(4 (width / 2 - |a_j - slant b_j|)), where
    slant = 0.3 z1 and width = 2 * 1.3^z2; behind the envelope are the z that was drawn and the exact p(z|x) of that rule.
    x: (n, 64) of 0 and 1, n from 1 to 12, or one string of such rows with spaces between. causes: (n, 2), or all of them in one list.
    z: the guess. picture: which of them, from 0. opened: whether the envelope is. z, picture and opened can be observed and set.
    Raises ValueError for what is no such set of pictures, traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "hidden_cause.mjs"
    page_name = "hidden_cause"
    page_state = ("x", "causes", "z", "picture", "opened")

    x = traitlets.Unicode(read_only=True).tag(sync=True)
    causes = traitlets.List(Number(-100, 100), read_only=True).tag(sync=True)
    z = Point(2).tag(sync=True)
    picture = traitlets.Int(0, min=0, max=MOST - 1).tag(sync=True)
    opened = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, x: Tensor | str, causes: Tensor | list[float], *, z: tuple[float, float] = (0.0, 0.0), picture: int = 0, opened: bool = False
    ):
        rows = x.split(" ") if isinstance(x, str) else _letters(x)
        if not 1 <= len(rows) <= MOST or any(len(row) != SIDE**2 or set(row) - {"0", "1"} for row in rows):
            raise ValueError(f"x must be 1 to {MOST} pictures of {SIDE**2} pixels 0 or 1, got {_short(x)}")
        pairs = torch.as_tensor(causes)
        if pairs.numel() != 2 * len(rows) or not torch.isfinite(pairs).all():
            raise ValueError(f"causes must be two finite numbers for each of {len(rows)} pictures, got {_short(causes)}")
        self.set_trait("x", " ".join(rows))
        self.set_trait("causes", [round(value, 6) for value in pairs.flatten().tolist()])
        super().__init__(z=z, picture=picture, opened=opened)

    @traitlets.validate("picture")
    def _there(self, proposal: dict) -> int:
        count = len(self.x.split(" "))
        if proposal["value"] >= count:
            raise traitlets.TraitError(f"picture must be 0 to {count - 1}, got {proposal['value']}")
        return proposal["value"]

    def still(self) -> Still:
        """The picture beside an empty plane with the guess; what is in the envelope is not told."""
        row = self.x.split(" ")[self.picture]
        figure = stills.card(560, 300)
        axes = stills.plane(figure, (0.02, 0.04, 0.48, 0.87), "where was z?")
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(-EXTENT, EXTENT))
        guess = [min(EXTENT, max(-EXTENT, value)) for value in self.z]
        stills.marker(axes, guess)
        stills.pixels(
            figure, (0.54, 0.09, 0.44, 0.82), f"picture {self.picture + 1}", torch.tensor([float(pixel) for pixel in row]).numpy()
        )
        where = ", ".join(f"{value:.2f}" for value in guess)
        return Still(
            stills.png(figure),
            f"Left: an empty plane of two causes with a guess at ({where}). "
            f"Right: picture {self.picture + 1}, a bar of 8 by 8 pixels, black on white.",
        )


def _letters(x: Tensor) -> list[str]:
    if not isinstance(x, Tensor) or x.dim() != 2:
        raise ValueError(f"x must be a tensor of shape (n, {SIDE**2}), got {_short(x)}")
    return ["".join({0.0: "0", 1.0: "1"}.get(pixel, "?") for pixel in row) for row in x.tolist()]


def _short(value: Any) -> str:
    return f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"a {type(value).__name__} of length {len(value)}"
