"""Capacity: what a hidden layer's width and the number of layers buy, on training and on held-out digits. Traits and a still; js/ draws."""

import traitlets

from vaelib.pretrained.capacity import DEPTHS, SHEET, SWEEP, TOSSES, WIDTHS, read_capacity
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still

ROW = 6  # samples a row, as in js/widgets/capacity/sheet.mjs
NATS = (-30.0, -19.0)  # in sight, as in js/widgets/capacity/curves.mjs


class Capacity(PageWidget):
    """A stored sweep of sizes: training and held-out ELBO over the width of the hidden layers, and samples of each model.

    Made by `benchmarks/capacity.py`. width: 4, 8, 16, 32, 64, 128 or 256 units in each hidden layer of encoder and decoder. depth: 1, 2
    or 3 hidden layers each.
    toss: "once" (the training images are tossed once, before training) or "anew" (for each batch). Every argument is a trait, observable
    and settable. Raises traitlets.TraitError on a size that was not tried.
    """

    _esm = STATIC / "capacity.mjs"
    page_name = "capacity"
    page_state = ("width", "depth", "toss")

    width = traitlets.Enum(WIDTHS, 16).tag(sync=True)
    depth = traitlets.Enum(DEPTHS, 1).tag(sync=True)
    toss = traitlets.Enum(TOSSES, "once").tag(sync=True)
    sweep_file = traitlets.Bytes(read_only=True).tag(sync=True)

    def __init__(self, *, width: int = 16, depth: int = 1, toss: str = "once"):
        self.set_trait("sweep_file", SWEEP.read_bytes())
        super().__init__(width=width, depth=depth, toss=toss)

    def _file_names(self) -> dict[str, str]:
        return {"sweep_file": SWEEP.name}

    def still(self) -> Still:
        """Both curves over the width, and the samples of the chosen model."""
        sweep = read_capacity()
        toss, depth, width = TOSSES.index(self.toss), DEPTHS.index(self.depth), WIDTHS.index(self.width)
        train, held_out = (scores[toss, depth].mean(-1) for scores in (sweep.train, sweep.held_out))
        figure = stills.card(620, 250)
        axes = stills.plane(figure, (0.02, 0.05, 0.5, 0.84), "ELBO over the width: training (dashed), held out")
        places = range(len(WIDTHS))
        axes.plot(places, train.numpy(), "--", color=stills.MUTED)
        axes.plot(places, held_out.numpy(), color=stills.ACCENT)
        axes.plot([width, width], [held_out[width].item(), train[width].item()], color=stills.INK, linewidth=3)
        axes.set(xlim=(-0.3, len(WIDTHS) - 0.7), ylim=NATS)
        for number, picture in enumerate(sweep.sheets[toss, depth, width]):
            row, column = divmod(number, ROW)
            title = "samples (means)" if number == 0 else ""
            stills.pixels(figure, (0.55 + 0.073 * column, 0.56 - 0.3 * row, 0.068, 0.068 * 620 / 250), title, picture.numpy())
        layers = f"{self.depth} hidden layer{'s' if self.depth > 1 else ''} of {self.width} units"
        return Still(
            stills.png(figure),
            f"{layers}, tossed {self.toss}: {int(sweep.weights[depth, width]):,} weights, a training ELBO of {train[width]:.1f} and a "
            f"held-out ELBO of {held_out[width]:.1f} nats, the averages of three seeds; and {SHEET} decoded draws from the prior.",
        )
