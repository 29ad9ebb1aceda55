"""DrawDigit: a drawing, the exact posterior over its two latents, the encoder's q, and the bounds. Traits and checks; js/ draws."""

import math
from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
import traitlets

from vaelib import drawings, exact, pretrained
from vaelib.posteriors import DiagonalGaussian
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Seed

INPUTS = (*drawings.NAMES, "drawing")
MASSES = [1 - math.exp(-(radius**2) / 2) for radius in (1, 2, 3)]  # of a two-dimensional Gaussian within 1, 2 and 3 std


class DrawDigit(PageWidget):
    """A sheet of 28x28 pixels to draw on, and what the model says of the drawing: p(z|x), q(z|x), log p(x) and the bounds, in nats.

    name: a pretrained model of 28x28 images with two latents. input: "stroke 0" ... "stroke 9", "4 or 9", "scribble", or "drawing",
    the pixels in `drawing`: text from vaelib.drawings.pack, or "" for a blank sheet. samples: draws of the importance-weighted bound,
    repeated by sample_seed (without one each view begins with draws of its own). refined: fit q to this drawing alone.
    encoder: False shows only what is exact, without q and bounds; codes: False leaves out the encoded digits.
    All but name, encoder and codes can be observed and set from Python.
    Raises ValueError for an unknown model, traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "draw_digit.mjs"
    page_name = "draw_digit"
    page_state = ("name", "input", "drawing", "samples", "sample_seed", "refined")
    page_facts = ("typical",)
    page_files: ClassVar[dict[str, str]] = {"decoder_file": "decoder", "encoder_file": "encoder", "codes_file": "codes"}

    name = traitlets.Unicode(read_only=True).tag(sync=True)
    input = traitlets.Enum(INPUTS, default_value="stroke 3").tag(sync=True)
    drawing = traitlets.Unicode().tag(sync=True)
    samples = traitlets.Int(50, min=1, max=500).tag(sync=True)
    sample_seed = Seed().tag(sync=True)
    refined = traitlets.Bool(False).tag(sync=True)
    typical = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)  # mean and spread of the test images' ELBO
    decoder_file = traitlets.Bytes(read_only=True).tag(sync=True)
    encoder_file = traitlets.Bytes(read_only=True).tag(sync=True)
    codes_file = traitlets.Bytes(read_only=True).tag(sync=True)

    def __init__(
        self,
        name: str = "mnist-2d",
        *,
        input: str = "stroke 3",
        drawing: str = "",
        samples: int = 50,
        sample_seed: int | None = None,
        refined: bool = False,
        encoder: bool = True,
        codes: bool = True,
    ):
        model = pretrained.load(name)
        if (model.latent_dim, model.pixels) != (2, drawings.PIXELS):
            raise ValueError(
                "DrawDigit wants a model of 28x28 images with 2 latents, "
                f"got {name!r} with {model.pixels} pixels and {model.latent_dim} latents"
            )
        test = pretrained.card(name)["test"]
        self.set_trait("name", name)
        self.set_trait("typical", [test["elbo"], round(test["standard_error"] * math.sqrt(test["images"]), 1)])
        for part, wanted in (("decoder", True), ("encoder", encoder), ("codes", codes)):
            if not isinstance(wanted, bool):
                raise traitlets.TraitError(f"{part} must be True or False, got {wanted!r}")
            self.set_trait(f"{part}_file", pretrained.file_path(name, part).read_bytes() if wanted else b"")
        super().__init__(input=input, drawing=drawing, samples=samples, sample_seed=sample_seed, refined=refined)

    @traitlets.validate("drawing")
    def _packed(self, proposal: dict) -> str:
        try:
            _unpacked(proposal["value"])
        except ValueError as error:
            raise traitlets.TraitError(f"drawing must be text from vaelib.drawings.pack: {error}") from error
        return proposal["value"]

    @property
    def x(self) -> torch.Tensor:
        """The pixels that are shown: (784,) of 0.0 and 1.0."""
        return _unpacked(self.drawing) if self.input == "drawing" else drawings.read(self.input)

    def still(self) -> Still:
        """The drawing, and a close-up of the plane with the exact posterior and q."""
        x = self.x
        grid, mean, log_var, bound = _evidence(self.name, drawings.pack(x))
        figure = stills.card(560, 300)
        stills.pixels(figure, (0.02, 0.09, 0.40, 0.75), "x, a drawing", x.numpy())
        axes = stills.plane(figure, (0.47, 0.04, 0.51, 0.87), "p(z|x) shaded, q(z|x) in blue" if self.encoder_file else "p(z|x), exact")
        spread = grid.covariance.diagonal().sqrt()
        reach = _draw_regions(axes, grid)
        words = (
            f"The exact posterior has its mean at {_pair(grid.mean)} and standard deviations {_pair(spread)}; "
            f"log p(x) is {grid.log_prob:.1f} nats."
        )
        if self.encoder_file:
            std = (log_var / 2).exp()
            circle = np.exp(1j * np.linspace(0, 2 * np.pi, 121))
            for radius in (1, 2, 3):
                across, along = (
                    mean[axis].item() + radius * std[axis].item() * part for axis, part in enumerate((circle.real, circle.imag))
                )
                axes.plot(across, along, color=stills.ACCENT, linewidth=1.6)
            words += f" The encoder's q has its mean at {_pair(mean)} and standard deviations {_pair(std)}; its ELBO is {bound:.1f} nats."
            reach = _joined(reach, mean - 3 * std, mean + 3 * std)
        (low, high), middle = reach, sum(reach) / 2
        half = 0.56 * (high - low).max()
        (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
        axes.set(xlim=(left, right), ylim=(bottom, top))
        return Still(
            stills.png(figure),
            f"Left: a drawing, {self.input}, of {int(x.sum())} pixels of ink. "
            f"Right: a close-up of the latent plane of {self.name}. {words}",
        )


@lru_cache(maxsize=4)  # a cell that is run again shows the same drawing
def _evidence(name: str, packed: str) -> tuple[exact.Grid, torch.Tensor, torch.Tensor, float]:
    """The exact posterior of a drawing, q's mean and log_var, (2,) each, and its ELBO."""
    model, x = pretrained.load(name).float(), drawings.unpack(packed).float()  # to a tenth of a nat, which is what is said
    grid = exact.quadrature(x, decode=model.decode, likelihood=model.likelihood, latent_dim=2)
    q = model.encode(x[None])
    assert isinstance(q, DiagonalGaussian)  # what every encoder in a file gives
    mean, log_var = q
    bound = exact.elbo_by_quadrature(x[None], mean, log_var, decode=model.decode, likelihood=model.likelihood)
    return grid, mean[0], log_var[0], bound.total.item()


def _unpacked(text: str) -> torch.Tensor:
    return drawings.unpack(text) if text else torch.zeros(drawings.PIXELS)


def _draw_regions(axes, grid: exact.Grid) -> tuple[torch.Tensor, torch.Tensor]:
    """The regions that hold as much of the posterior as 1, 2 and 3 std of a Gaussian; returns the corners of the largest."""
    density, _ = grid.log_density.sort(descending=True)
    held = (density.exp() * grid.cell).cumsum(0)
    levels = [density[(held < mass).sum()].item() for mass in MASSES]
    across, along = (grid.z[:, axis].reshape(grid.shape).numpy() for axis in (0, 1))
    shades = ["#d9dce1", "#b0b5bd", "#878e99"]
    axes.contourf(across, along, grid.log_density.reshape(grid.shape).numpy(), levels=[*levels[::-1], np.inf], colors=shades)
    inside = grid.z[grid.log_density > levels[-1]]
    return inside.min(0).values, inside.max(0).values


def _joined(reach, low: torch.Tensor, high: torch.Tensor):
    """The box around both, unless q is so far away that the posterior would be a dot."""
    both = torch.minimum(reach[0], low), torch.maximum(reach[1], high)
    return both if (both[1] - both[0]).max() < 12 * (reach[1] - reach[0]).max() else reach


def _pair(values: torch.Tensor) -> str:
    return "({:.2f}, {:.2f})".format(*values.tolist())
