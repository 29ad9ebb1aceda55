"""LatentExplorer: a point of a two-dimensional latent space and the image it decodes to. Traits and checks; js/ draws."""

from typing import ClassVar

import torch
import traitlets

from vaelib import pretrained
from vaelib.figures import CLASS_COLOURS, SLANT_COLOURS, THICKNESS_COLOURS
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Point, Seed

INPUTS = ("none", *(f"stroke {digit}" for digit in range(10)))  # as in its input_panel.mjs
STROKE_PIXELS = 28 * 28
EXTENT = 4.0  # of the plane, as in js/widgets/latent_explorer/index.mjs
SHADES = {"slant": SLANT_COLOURS, "thickness": THICKNESS_COLOURS}


class LatentExplorer(PageWidget):
    """A plane of latent codes to drag over, and the decoded image beside it.

    name: a pretrained model with two latents. z: where the point stands. show: "mean" (E[x|z]) or "sample" (a draw of the
    pixels). sample_seed repeats the draws, of pixels and of z; without one each view begins with draws of its own.
    input: "none", or "stroke 0" ... "stroke 9", a drawn digit whose ELBO is taken; it needs the encoder and a model of 28x28 images.
    elbo: False leaves the KL and the ELBO of the input out, for pages on which they have no name yet.
    colour: what the encoded digits are coloured by, "label", or "slant" or "thickness" as `vaelib.moments` measured them.
    encoder, codes: False leaves that file out. The plane spans [-4, 4]^2; a z beyond it is drawn and decoded at
    its edge. `z` can be observed and set from Python.
    Raises ValueError for an unknown model, traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "latent_explorer.mjs"
    page_name = "latent_explorer"
    page_state = ("name", "z", "show", "sample_seed", "input", "colour", "elbo")
    page_files: ClassVar[dict[str, str]] = {"decoder_file": "decoder", "encoder_file": "encoder", "codes_file": "codes"}

    name = traitlets.Unicode(read_only=True).tag(sync=True)
    z = Point(2).tag(sync=True)
    show = traitlets.Enum(["mean", "sample"], default_value="mean").tag(sync=True)
    sample_seed = Seed().tag(sync=True)
    input = traitlets.Unicode("none").tag(sync=True)
    colour = traitlets.Enum(["label", "slant", "thickness"], default_value="label").tag(sync=True)
    elbo = traitlets.Bool(True, read_only=True).tag(sync=True)
    decoder_file = traitlets.Bytes(read_only=True).tag(sync=True)
    encoder_file = traitlets.Bytes(read_only=True).tag(sync=True)
    codes_file = traitlets.Bytes(read_only=True).tag(sync=True)

    def __init__(
        self,
        name: str = "mnist-2d",
        *,
        z: tuple[float, float] = (0.0, 0.0),
        show: str = "mean",
        sample_seed: int | None = None,
        input: str = "none",
        colour: str = "label",
        elbo: bool = True,
        encoder: bool = True,
        codes: bool = True,
    ):
        self._model = pretrained.load(name)
        if self._model.latent_dim != 2:
            raise ValueError(f"LatentExplorer wants a model with 2 latents, got {name!r} with {self._model.latent_dim}")
        self.set_trait("name", name)
        self.set_trait("elbo", elbo)
        for part, wanted in (("decoder", True), ("encoder", encoder), ("codes", codes)):
            if not isinstance(wanted, bool):
                raise traitlets.TraitError(f"{part} must be True or False, got {wanted!r}")
            self.set_trait(f"{part}_file", pretrained.file_path(name, part).read_bytes() if wanted else b"")
        super().__init__(z=z, show=show, sample_seed=sample_seed, input=input, colour=colour)

    @traitlets.validate("input")
    def _known_input(self, proposal: dict) -> str:
        value = proposal["value"]
        if value not in INPUTS:
            raise traitlets.TraitError(f'input must be "none" or "stroke 0" to "stroke 9", got {value!r}')
        if value != "none" and not (self.encoder_file and self._model.pixels == STROKE_PIXELS):
            raise traitlets.TraitError(f"input {value!r} needs encoder=True and a model of 28x28 images, got {self.name!r} without")
        return value

    def state(self) -> dict[str, object]:
        """Without `elbo` where nothing is left out."""
        return {name: value for name, value in super().state().items() if name != "elbo" or not value}

    def __repr__(self) -> str:
        return f"LatentExplorer({', '.join(f'{name}={value!r}' for name, value in self.state().items())})"

    def still(self) -> Still:
        """The plane with its codes, and the image at z."""
        z = [min(EXTENT, max(-EXTENT, value)) for value in self.z]
        logits = self._model.decode(torch.tensor([z]).to(next(self._model.decoder.parameters())))
        image = self._model.likelihood.mean(logits)
        if self.show == "sample":
            image = self._model.likelihood.sample(logits, torch.Generator().manual_seed(self.sample_seed or 0))
        figure = stills.card(560, 300)
        axes = stills.plane(figure, (0.02, 0.04, 0.48, 0.87), "latent plane")
        axes.set(xlim=(-EXTENT, EXTENT), ylim=(-EXTENT, EXTENT))
        if self.codes_file:
            codes = pretrained.read_codes(self.name)
            groups, colours = _shades(codes, self.colour)
            stills.scatter(axes, codes["mean"].numpy(), groups, colours)
        stills.marker(axes, z)
        stills.pixels(figure, (0.54, 0.09, 0.44, 0.82), "decoded image", image[0].numpy())
        where = ", ".join(f"{value:.2f}" for value in z)
        beyond = "" if z == self.z else ", the point of the plane nearest to z, which lies beyond it"
        kind = "mean of the pixels" if self.show == "mean" else "one draw of the pixels"
        return Still(
            stills.png(figure, SHADES.get(self.colour, ())),
            f"Left: the latent plane of {self.name} with encoded digits coloured by {self.colour} and a ring at z = ({where}){beyond}. "
            f"Right: the {kind} that the decoder gives there.",
        )


def _shades(codes: dict[str, torch.Tensor], colour: str) -> tuple[list[int], tuple[str, ...]]:
    """The colours of the dots, and which of them each dot has: equal steps from the 2nd to the 98th percentile, as js/draw/shades.mjs."""
    if colour == "label":
        return codes["label"].tolist(), CLASS_COLOURS
    values, colours = codes[colour], SHADES[colour]
    low, high = values.quantile(torch.tensor([0.02, 0.98])).tolist()
    if colour == "slant":
        reach = max(abs(low), abs(high))
        low, high = -reach, reach  # the middle is upright
    step = ((values - low) / (high - low) * len(colours)).floor().clamp(0, len(colours) - 1)
    return step.long().tolist(), colours
