"""FrontDoor: a sheet to draw on, the encoder's plane, the decoder's picture of a point that glides. Traits and checks; js/ draws."""

from functools import lru_cache
from typing import ClassVar

import torch
import traitlets

from vaelib import drawings, pretrained
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Point

EXTENT = 3.0  # of the plane, as in js/widgets/front_door/index.mjs
NEAR = 0.3  # codes within this distance are a code's neighbours
LEAST = 12  # neighbours of its own digit that a place of the tour has
PURE = 0.8  # and how nearly they are alone there, in parts of what is reached anywhere


class FrontDoor(PageWidget):
    """The first figure of the book: draw a digit, see its two numbers on a plane, and see the picture that the decoder draws from them.

    name: a pretrained model of 28x28 images with two latents. drawing: text from vaelib.drawings.pack, or "" for a blank sheet.
    gliding: whether the point moves by itself through the places of `tour`, one for each digit; False holds it at z. A reader who
    asks for reduced motion sees it stand until a button is pressed. All but name can be observed and set from Python.
    Raises ValueError for an unknown model, traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "front_door.mjs"
    page_name = "front_door"
    page_state = ("name", "drawing", "gliding", "z")
    page_facts = ("tour",)
    page_files: ClassVar[dict[str, str]] = {"decoder_file": "decoder", "encoder_file": "encoder", "codes_file": "codes"}

    name = traitlets.Unicode(read_only=True).tag(sync=True)
    drawing = traitlets.Unicode().tag(sync=True)
    gliding = traitlets.Bool(True).tag(sync=True)
    z = Point(2).tag(sync=True)
    tour = traitlets.List(traitlets.List(traitlets.Float()), read_only=True).tag(sync=True)
    decoder_file = traitlets.Bytes(read_only=True).tag(sync=True)
    encoder_file = traitlets.Bytes(read_only=True).tag(sync=True)
    codes_file = traitlets.Bytes(read_only=True).tag(sync=True)

    def __init__(self, name: str = "mnist-2d", *, drawing: str = "", gliding: bool = True, z: tuple[float, float] | None = None):
        self._model = pretrained.load(name)
        if (self._model.latent_dim, self._model.pixels) != (2, drawings.PIXELS):
            raise ValueError(
                "FrontDoor wants a model of 28x28 images with 2 latents, "
                f"got {name!r} with {self._model.pixels} pixels and {self._model.latent_dim} latents"
            )
        self.set_trait("name", name)
        self.set_trait("tour", [list(place) for place in tour(name)])
        for part in ("decoder", "encoder", "codes"):
            self.set_trait(f"{part}_file", pretrained.file_path(name, part).read_bytes())
        super().__init__(drawing=drawing, gliding=gliding, z=self.tour[0] if z is None else z)

    @traitlets.validate("drawing")
    def _packed(self, proposal: dict) -> str:
        try:
            return proposal["value"] and drawings.pack(drawings.unpack(proposal["value"]))
        except ValueError as error:
            raise traitlets.TraitError(f"drawing must be text from vaelib.drawings.pack: {error}") from error

    def still(self) -> Still:
        """The sheet, the plane with its codes, and the picture at z, from left to right as in the page."""
        z = [min(EXTENT, max(-EXTENT, value)) for value in self.z]
        x = drawings.unpack(self.drawing) if self.drawing else torch.zeros(drawings.PIXELS)
        image = self._model.likelihood.mean(self._model.decode(torch.tensor([z]).to(next(self._model.decoder.parameters()))))
        codes = pretrained.read_codes(self.name)
        figure = stills.card(720, 300)
        stills.pixels(figure, (0.02, 0.22, 0.22, 0.53), "draw a digit", x.numpy())
        axes = stills.plane(figure, (0.32, 0.04, 0.36, 0.86), "two numbers, one place")
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(-EXTENT, EXTENT))
        stills.scatter(axes, codes["mean"].numpy(), codes["label"].tolist())
        stills.marker(axes, z)
        stills.pixels(figure, (0.76, 0.22, 0.22, 0.53), "the picture there", image[0].numpy())
        for left, word in ((0.28, "encoder"), (0.72, "decoder")):
            figure.text(left, 0.5, f"{word}\n\u2192", fontsize=8, color=stills.MUTED, ha="center", va="center", linespacing=1.0)
        where = ", ".join(f"{value:.2f}" for value in z)
        return Still(
            stills.png(figure),
            f"Left: a sheet to draw a digit on. Middle: a plane of encoded digits, dots in the colours of their digits, and a ring at "
            f"({where}). Right: the picture that the decoder of {self.name} draws from these two numbers.",
        )


@lru_cache(maxsize=4)
def tour(name: str) -> tuple[tuple[float, float], ...]:
    """A place (z1, z2) for each digit, among its own codes where the decoder's picture is surest; around their middle, from the 0 on."""
    model, codes = pretrained.load(name).float(), pretrained.read_codes(name)
    mean, label = codes["mean"].float(), codes["label"]
    near = torch.cdist(mean, mean) < NEAR
    ink = model.likelihood.mean(model.decode(mean)).clamp(1e-6, 1 - 1e-6)
    unsure = -(ink * ink.log() + (1 - ink) * (1 - ink).log()).sum(1) / ink.sum(1)  # nats for each pixel of ink
    places = []
    for digit in label.unique():
        own = label == digit
        count = near[:, own].sum(1)
        pure = count / near.sum(1)
        fit = own & (count >= LEAST)
        fit &= pure >= PURE * pure[fit].max()
        places.append(mean[torch.where(fit, unsure, torch.inf).argmin()].tolist())
    middle = mean.mean(0)
    order = sorted(places, key=lambda place: torch.atan2(*(torch.tensor(place) - middle).flip(0)).item())
    first = order.index(places[0])
    return tuple((round(one, 2) + 0.0, round(two, 2) + 0.0) for one, two in order[first:] + order[:first])  # + 0.0 turns -0.0 into 0.0
