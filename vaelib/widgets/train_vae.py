"""TrainVAE: a small dense VAE that learns the 8x8 digits before the reader, right or with a mistake. Traits and a still; js/ trains."""

import torch
import traitlets

from vaelib.model import dense_vae
from vaelib.pretrained.images import IMAGES, read_images
from vaelib.widgets import stills
from vaelib.widgets.mount import STATIC, PageWidget, Still
from vaelib.widgets.traits import Number, Seed

MISTAKES = ("none", "no trick", "wrong sign", "mean over pixels", "no KL", "score function")  # as in js/engine/mistakes.mjs
SHOWN = 10


class TrainVAE(PageWidget):
    """Train a VAE, 64-hidden-latent-hidden-64 with Bernoulli pixels, on the tossed 8x8 digits, in a worker of the reader's browser.

    latent from 2 to 8, hidden from 8 to 128: the sizes. beta in [0, 8]: the factor of the KL. learning_rate in [0.0001, 0.1], of Adam.
    mistake: "none", "no trick" (z is cut from the graph), "wrong sign" (of the KL), "mean over pixels" (beside a KL that is a sum),
    "no KL" or "score function" (in place of the trick). sample_seed repeats first weights, batches, tosses and noise; without one each
    view begins with its own. Every argument is a trait, observable and settable; the model's weights stay in the browser.
    Raises traitlets.TraitError on a value it cannot train with.
    """

    _esm = STATIC / "train_vae.mjs"
    page_name = "train_vae"
    page_state = ("latent", "hidden", "beta", "learning_rate", "mistake", "sample_seed")

    latent = traitlets.Int(2, min=2, max=8).tag(sync=True)
    hidden = traitlets.Int(64, min=8, max=128).tag(sync=True)
    beta = Number(0, 8, 1.0).tag(sync=True)
    learning_rate = Number(1e-4, 0.1, 3e-3).tag(sync=True)
    mistake = traitlets.Enum(MISTAKES, "none").tag(sync=True)
    sample_seed = Seed().tag(sync=True)
    images_file = traitlets.Bytes(read_only=True).tag(sync=True)

    def __init__(
        self,
        *,
        latent: int = 2,
        hidden: int = 64,
        beta: float = 1.0,
        learning_rate: float = 3e-3,
        mistake: str = "none",
        sample_seed: int | None = None,
    ):
        self.set_trait("images_file", IMAGES.read_bytes())
        super().__init__(
            latent=latent, hidden=hidden, beta=beta, learning_rate=learning_rate, mistake=mistake, sample_seed=sample_seed
        )  # fmt: skip

    def _file_names(self) -> dict[str, str]:
        return {"images_file": IMAGES.name}

    def still(self) -> Still:
        """An untrained model: where it puts the digits, and what comes back."""
        x, label = (one[::4] for one in read_images())
        model = dense_vae(64, self.latent, hidden=(self.hidden,), activation="silu", seed=self.sample_seed or 0)
        with torch.no_grad():
            codes = model.encode(x).mean
            back = model.likelihood.mean(model.decode(codes[:SHOWN]))
        figure = stills.card(620, 250)
        axes = stills.plane(figure, (0.02, 0.05, 0.36, 0.84), "codes of the digits, untrained")
        stills.scatter(axes, codes[:, :2].numpy(), label.tolist())
        reach = 1.2 * codes[:, :2].abs().max().item()
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
        for bottom, pictures in ((0.54, x), (0.16, back)):
            for i in range(SHOWN):
                title = ("digits" if bottom > 0.5 else "back") if i == 0 else ""
                stills.pixels(figure, (0.41 + 0.058 * i, bottom, 0.055, 0.14 * 620 / 250 / 2.5), title, pictures[i].numpy())
        return Still(
            stills.png(figure),
            f"A VAE with {self.latent} latents and {self.hidden} hidden units before training on 8x8 digits: the codes of all digits lie "
            "in one heap, and every digit comes back as the same grey. It is trained in the page.",
        )
