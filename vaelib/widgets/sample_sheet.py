"""SampleSheet: the same draws of z through a VAE and through an autoencoder of the same size. Traits and checks; js/ draws."""

from typing import ClassVar

import torch
import traitlets
from torch import Tensor

from vaelib import pretrained
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number, Seed

ROW = 5  # images a row, and rows, as in js/widgets/sample_sheet/sheet.mjs
RADII = (1, 2, 3)  # standard deviations, as in js/widgets/sample_sheet/plane.mjs
IN_FRAME = 0.995  # of the codes' coordinates, as in js/widgets/sample_sheet/index.mjs
REACH = 3.3  # standard deviations in a frame around the draws, as there


class SampleSheet(PageWidget):
    """25 images decoded at draws of z, beside the latent plane with the codes of the model and the draws.

    name: a pretrained VAE with two latents. rival: another model of the same shape, trained as an autoencoder; both are there, and
    `kind` ("VAE" or "autoencoder") says which one decodes. show: "mean" (E[x|z]) or "sample" (a draw of the pixels).
    source: what z is drawn from, "prior" (N(0, I)) or "fitted" (the Gaussian with the mean and covariance of the model's codes).
    spread in [0.25, 3] widens the draws. zoom: the plane shows the draws closely instead of all codes. sample_seed repeats them;
    without one each view begins with draws of its own. The still picture shows other draws than the live one, of the same law.
    Raises ValueError for an unknown model or two of different shapes, traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "sample_sheet.mjs"
    page_name = "sample_sheet"
    page_state = ("name", "rival", "kind", "show", "source", "spread", "zoom", "sample_seed")
    page_facts = ("weights",)
    page_files: ClassVar[dict[str, str]] = {
        "decoder_file": "decoder",
        "codes_file": "codes",
        "rival_decoder_file": "decoder",
        "rival_codes_file": "codes",
    }
    page_models: ClassVar[dict[str, str]] = {"rival_decoder_file": "rival", "rival_codes_file": "rival"}

    name = traitlets.Unicode(read_only=True).tag(sync=True)
    rival = traitlets.Unicode(read_only=True).tag(sync=True)
    kind = traitlets.Enum(["VAE", "autoencoder"], default_value="VAE").tag(sync=True)
    show = traitlets.Enum(["mean", "sample"], default_value="mean").tag(sync=True)
    source = traitlets.Enum(["prior", "fitted"], default_value="prior").tag(sync=True)
    spread = Number(0.25, 3.0, default_value=1.0).tag(sync=True)
    zoom = traitlets.Bool(False).tag(sync=True)
    sample_seed = Seed().tag(sync=True)
    weights = traitlets.List(traitlets.Int(), read_only=True).tag(sync=True)
    decoder_file = traitlets.Bytes(read_only=True).tag(sync=True)
    codes_file = traitlets.Bytes(read_only=True).tag(sync=True)
    rival_decoder_file = traitlets.Bytes(read_only=True).tag(sync=True)
    rival_codes_file = traitlets.Bytes(read_only=True).tag(sync=True)

    def __init__(
        self,
        name: str = "digits8-2d",
        *,
        rival: str = "digits8-2d-ae",
        kind: str = "VAE",
        show: str = "mean",
        source: str = "prior",
        spread: float = 1.0,
        zoom: bool = False,
        sample_seed: int | None = None,
    ):
        self._models = {"VAE": pretrained.load(name), "autoencoder": pretrained.load(rival)}
        shapes = [[tuple(weight.shape) for weight in model.parameters()] for model in self._models.values()]
        latents = [model.latent_dim for model in self._models.values()]
        if latents != [2, 2] or shapes[0] != shapes[1]:
            raise ValueError(
                f"SampleSheet wants two models of one shape with 2 latents, got {name!r} with {latents[0]} and {rival!r} with {latents[1]}"
            )
        self.set_trait("name", name)
        self.set_trait("rival", rival)
        self.set_trait("weights", [sum(weight.numel() for weight in model.parameters()) for model in self._models.values()])
        for trait, part in self.page_files.items():
            self.set_trait(trait, pretrained.file_path(rival if trait in self.page_models else name, part).read_bytes())
        super().__init__(kind=kind, show=show, source=source, spread=spread, zoom=zoom, sample_seed=sample_seed)

    def still(self) -> Still:
        """The sheet, and the plane with the codes, the draws and the Gaussian they come from."""
        model = self._models[self.kind]
        name = self.name if self.kind == "VAE" else self.rival
        codes = pretrained.read_codes(name)
        generator = torch.Generator().manual_seed(self.sample_seed or 0)
        centre, factor = self._law(codes["mean"])
        z = centre + torch.randn(ROW * ROW, 2, generator=generator, dtype=factor.dtype) @ factor.T
        output = model.decode(z.to(next(model.decoder.parameters())))
        images = model.likelihood.mean(output) if self.show == "mean" else model.likelihood.sample(output, generator)
        figure = stills.card(580, 310)
        stills.pixels(figure, (0.02, 0.04, 0.47, 0.87), f"{ROW * ROW} draws through the decoder", _sheet(images).numpy())
        axes = stills.plane(figure, (0.515, 0.04, 0.465, 0.87), "codes, and where the draws fall")
        extent = max(4.0, codes["mean"].abs().flatten().quantile(IN_FRAME).ceil().item())
        if self.zoom:
            extent = (centre.abs() + REACH * factor.norm(dim=1)).max().item()
        axes.set(xlim=(-extent, extent), ylim=(-extent, extent))
        stills.scatter(axes, codes["mean"].numpy(), codes["label"].tolist())
        angle = torch.linspace(0, 2 * torch.pi, 73, dtype=factor.dtype)
        for radius in RADII:
            around = centre + radius * torch.stack([angle.cos(), angle.sin()], 1) @ factor.T
            axes.plot(*around.T.numpy(), color=stills.INK, linewidth=0.9, linestyle="--")
        axes.scatter(*z.T.numpy(), marker="x", s=22, color=stills.INK, linewidths=1.3, zorder=3)
        kind = "mean images" if self.show == "mean" else "images of drawn pixels"
        law = "N(0, I)" if self.source == "prior" else "a Gaussian fitted to its codes"
        wide = "" if self.spread == 1 else f", {self.spread:.2f} times as wide"
        return Still(
            stills.png(figure),
            f"Left: {ROW * ROW} {kind} that the {self.kind} {name} decodes from draws of {law}{wide}. "
            "Right: its latent plane, codes coloured by digit, with a cross for each draw and ellipses of 1, 2 and 3 standard deviations.",
        )

    def _law(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        """Mean (2,) and Cholesky factor (2, 2) of the Gaussian that z is drawn from."""
        if self.source == "prior":
            return codes.new_zeros(2), self.spread * torch.eye(2, dtype=codes.dtype)
        return codes.mean(0), self.spread * torch.linalg.cholesky(codes.T.cov())


def _sheet(images: Tensor) -> Tensor:
    """(ROW * ROW, pixels) -> one picture, row by row, a white pixel between any two images and around them: (pixels of it,)."""
    side = round(images.shape[1] ** 0.5)
    framed = torch.nn.functional.pad(images.reshape(-1, side, side), (0, 1, 0, 1))
    rows = framed.reshape(ROW, ROW, side + 1, side + 1).transpose(1, 2).reshape(ROW * (side + 1), ROW * (side + 1))
    return torch.nn.functional.pad(rows, (1, 0, 1, 0)).flatten()
