"""LatentViews: PCA and t-SNE of the same eight-dimensional codes, linked. Traits and checks; js/ draws."""

from typing import ClassVar

import torch
import traitlets

from vaelib import pretrained
from vaelib.latent import decode_mean
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number, Point

LATENT = 8
NEIGHBOURS = 8  # as in js/engine/nearest.mjs


class LatentViews(PageWidget):
    """Two maps of one latent space, with a point z that the sliders move through both.

    name: a pretrained model with eight latents and stored maps. z: the point, drawn within the sliders' range, at least -4 to 4.
    perplexity: of the t-SNE shown, one of those stored. Both traits can be observed and set from Python.
    Raises ValueError for an unknown model or one without maps, traitlets.TraitError on a value it cannot draw.
    """

    _esm = STATIC / "latent_views.mjs"
    page_name = "latent_views"
    page_state = ("name", "z", "perplexity")
    page_files: ClassVar[dict[str, str]] = {"codes_file": "codes", "decoder_file": "decoder"}

    name = traitlets.Unicode(read_only=True).tag(sync=True)
    z = Point(LATENT).tag(sync=True)
    perplexity = Number(0.0, float("inf"), default_value=30.0).tag(sync=True)
    codes_file = traitlets.Bytes(read_only=True).tag(sync=True)
    decoder_file = traitlets.Bytes(read_only=True).tag(sync=True)

    def __init__(self, name: str = "digits8-8d", *, z: tuple[float, ...] = (0.0,) * LATENT, perplexity: float = 30.0):
        self._codes = pretrained.read_codes(name)
        self._maps = {float(key.removeprefix("tsne.")): key for key in self._codes if key.startswith("tsne.")}
        latent = self._codes["mean"].shape[1]
        if latent != LATENT or not self._maps:
            raise ValueError(f"{name!r} must have {LATENT} latents and stored t-SNE maps, got {latent} latents, {len(self._maps)} maps")
        self.set_trait("name", name)
        for part in ("codes", "decoder"):
            self.set_trait(f"{part}_file", pretrained.file_path(name, part).read_bytes())
        super().__init__(z=z, perplexity=perplexity)

    @traitlets.validate("perplexity")
    def _stored(self, proposal: dict) -> float:
        if proposal["value"] not in self._maps:
            stored = ", ".join(f"{value:g}" for value in sorted(self._maps))
            raise traitlets.TraitError(f"perplexity must be one of the stored {stored}, got {proposal['value']:g}")
        return proposal["value"]

    def still(self) -> Still:
        """Both maps with a ring at z, and the image at z."""
        codes, z = self._codes, torch.tensor(self.z, dtype=torch.float32)
        model = pretrained.load(self.name)
        labels = codes["label"].tolist()
        tsne = codes[self._maps[self.perplexity]].float()
        in_pca = codes["pca.components"].float() @ (z - codes["pca.centre"].float())
        in_tsne = _placed_by_neighbours(z, codes["mean"].float(), tsne)
        figure = stills.card(720, 300)
        views = (("PCA", codes["pca"].float(), in_pca), (f"t-SNE, perplexity {self.perplexity:g}", tsne, in_tsne))
        for left, (title, points, point) in zip((0.015, 0.385), views, strict=True):
            axes = stills.plane(figure, (left, 0.04, 0.355, 0.87), title)
            stills.scatter(axes, points.numpy(), labels)
            stills.marker(axes, point.numpy())
        image = decode_mean(model, z[None])[0]
        stills.pixels(figure, (0.77, 0.21, 0.215, 0.52), "decoded z", image.numpy())
        place = f" = ({', '.join(f'{one:g}' for one in self.z)})" if any(self.z) else ""
        return Still(
            stills.png(figure),
            f"Two maps of the codes of {self.name}, coloured by digit: PCA on the left, t-SNE with perplexity {self.perplexity:g} in the "
            f"middle, each with a ring at z{place}. Right: the image decoded at z.",
        )


def _placed_by_neighbours(z: torch.Tensor, codes: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """t-SNE maps no new point: z is drawn at the mean place of its nearest codes, weighted by 1 / squared distance."""
    squared, nearest = (codes - z).square().sum(1).topk(NEIGHBOURS, largest=False)
    weight = 1 / squared.clamp(min=1e-12)
    return (weight[:, None] * places[nearest]).sum(0) / weight.sum()
