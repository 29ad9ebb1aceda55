"""How fast `fit` trains, beside loops written by hand; writes benchmarks/training.json beside it.

`.venv/bin/python benchmarks/training.py`. 784-400-20-400-784, Adam at 1e-3, batches of 128, float32, on MNIST where `VAELIB_DATA_DIR` is
set and on random images of its shape elsewhere. All arms train in turn, the same number of steps in each round, each round beginning
with another arm; the table has the median over the rounds of wall time and of processor time, and of their ratio to `fit` in the same
round: on a shared machine only such ratios are firm, and on one thread those of processor time are the firmer ones (with two threads it
counts the waiting too). Then the ELBO of each arm's model on images it has not seen, since a fast loop that learns less would be no gain.
A round is one call of `fit`, with what it checks before it starts. `wanted` holds the promised bounds of the ratios beside what came.

fit, fit bytes, fit tossed   vaelib's, on floats, on the same images as bytes, and on floats with pixels binarized anew for every batch
bare                         by hand: one linear layer for mean and log-variance, logits loss, fused Adam, tensor indexing, no history
in memory                    the loop that texts print (sigmoid, binary cross-entropy, plain Adam) on DataLoader(TensorDataset(x))
item by item                 the same loop on a DataLoader whose data set opens, converts and scales each image, as image folders do
pythae                       its model and its trainer's step on its own data set and loader, where it is installed
products                     the matrix products of a step alone, into memory that is there: what no loop of this network can beat
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

import vaelib
from vaelib.model import dense_vae

PIXELS, HIDDEN, LATENT, BATCH, RATE = 784, 400, 20, 128, 1e-3
WANTED = [("bare", "at_least", 1.0), ("in memory", "at_least", 1.4), ("item by item", "at_least", 3.0), ("fit tossed", "at_most", 1.1)]


class Fit:
    def __init__(self, x, *, resample_pixels=False):
        self.x, self.model, self.tossed = x, dense_vae(PIXELS, LATENT, hidden=(HIDDEN,)), resample_pixels

    def train(self, epochs):
        vaelib.fit(self.model, self.x, epochs=epochs, batch_size=BATCH, learning_rate=RATE, resample_pixels=self.tossed)

    def q(self, x):
        return self.model.encode(x)

    def logits(self, z):
        return self.model.decode(z)


class Bare:
    def __init__(self, x):
        torch.manual_seed(0)
        self.x = x
        self.encoder = nn.Sequential(nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 2 * LATENT))
        self.decoder = nn.Sequential(nn.Linear(LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, PIXELS))
        self.optimizer = torch.optim.Adam([*self.encoder.parameters(), *self.decoder.parameters()], lr=RATE, fused=True)

    def train(self, epochs):
        for index in (index for _ in range(epochs) for index in torch.randperm(len(self.x)).split(BATCH)):
            x = self.x[index]
            mean, log_var = self.q(x)
            logits = self.decoder(mean + (0.5 * log_var).exp() * torch.randn_like(mean))
            loss = nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
            loss = (loss - 0.5 * (1 + log_var - mean**2 - log_var.exp()).sum()) / len(x)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    def q(self, x):
        return self.encoder(x).chunk(2, -1)

    def logits(self, z):
        return self.decoder(z)


class Printed:
    """The loop of many texts; its loss is summed over the batch, and its gradient is that of the mean for Adam."""

    def __init__(self, loader):
        torch.manual_seed(0)
        self.loader = loader
        self.first, self.mean, self.log_var = nn.Linear(PIXELS, HIDDEN), nn.Linear(HIDDEN, LATENT), nn.Linear(HIDDEN, LATENT)
        self.decoder = nn.Sequential(nn.Linear(LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, PIXELS))
        layers = (self.first, self.mean, self.log_var, self.decoder)
        self.optimizer = torch.optim.Adam([p for layer in layers for p in layer.parameters()], lr=RATE)

    def train(self, epochs):
        for (x,) in (batch for _ in range(epochs) for batch in self.loader):
            x = x.view(-1, PIXELS)
            mean, log_var = self.q(x)
            z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
            loss = nn.functional.binary_cross_entropy(torch.sigmoid(self.decoder(z)), x, reduction="sum")
            loss = loss - 0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    def q(self, x):
        h = torch.relu(self.first(x))
        return self.mean(h), self.log_var(h)

    def logits(self, z):
        return self.decoder(z)


class Pythae:
    def __init__(self, x):
        from pythae.data.datasets import BaseDataset
        from pythae.models import VAE, VAEConfig

        torch.manual_seed(0)
        config = VAEConfig(input_dim=(PIXELS,), latent_dim=LATENT, reconstruction_loss="bce")
        self.model = VAE(config, encoder=self._encoder(), decoder=self._decoder())
        self.loader = DataLoader(BaseDataset(x, torch.ones(len(x))), batch_size=BATCH, shuffle=True)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=RATE)

    @staticmethod
    def _encoder():
        from pythae.models.base.base_utils import ModelOutput
        from pythae.models.nn import BaseEncoder

        class Encoder(BaseEncoder):
            def __init__(self):
                super().__init__()
                self.first, self.mean, self.log_var = nn.Linear(PIXELS, HIDDEN), nn.Linear(HIDDEN, LATENT), nn.Linear(HIDDEN, LATENT)

            def forward(self, x):
                h = torch.relu(self.first(x))
                return ModelOutput(embedding=self.mean(h), log_covariance=self.log_var(h))

        return Encoder()

    @staticmethod
    def _decoder():
        from pythae.models.base.base_utils import ModelOutput
        from pythae.models.nn import BaseDecoder

        class Decoder(BaseDecoder):
            def __init__(self):
                super().__init__()
                self.layers = nn.Sequential(nn.Linear(LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, PIXELS))

            def forward(self, z):
                return ModelOutput(reconstruction=torch.sigmoid(self.layers(z)))

        return Decoder()

    def train(self, epochs):  # what its BaseTrainer.train_step does for each batch
        for inputs in (batch for _ in range(epochs) for batch in self.loader):
            output = self.model(inputs, epoch=1, dataset_size=len(self.loader.dataset))
            self.optimizer.zero_grad()
            output.loss.backward()
            self.optimizer.step()
            output.loss.item()
        self.model.update()

    def q(self, x):
        output = self.model.encoder(x)
        return output.embedding, output.log_covariance

    def logits(self, z):
        return self.model.decoder.layers(z)


class Products:
    def __init__(self, x):
        self.steps = -(-len(x) // BATCH)
        shapes = [(PIXELS, HIDDEN), (HIDDEN, LATENT), (HIDDEN, LATENT), (LATENT, HIDDEN), (HIDDEN, PIXELS)]
        self.products = []
        for first, (a, b) in enumerate(shapes):
            h, w, slope = torch.randn(BATCH, a), torch.randn(b, a), torch.randn(BATCH, b)
            self.products += [(h, w.t(), torch.empty(BATCH, b)), (slope.t(), h, torch.empty(b, a))]
            self.products += [(slope, w, torch.empty(BATCH, a))] if first else []  # nobody asks for the slope in x

    @torch.no_grad()
    def train(self, epochs):
        for _ in range(epochs * self.steps):
            for a, b, out in self.products:
                torch.mm(a, b, out=out)


class Items(Dataset):
    """Each image is opened, copied to a tensor and scaled by itself, as torchvision's data sets do."""

    def __init__(self, x):
        self.images = x.view(-1, 28, 28)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image = np.array(Image.fromarray(self.images[i].numpy(), mode="L"), copy=True)
        return (torch.from_numpy(image).view(1, 28, 28).contiguous().to(torch.float32).div(255),)


@torch.no_grad()
def elbo(arm, x):
    """The average ELBO of binary images, in nats, by the formulas and not by the library."""
    generator = torch.Generator().manual_seed(0)
    mean, log_var = arm.q(x)
    logits = arm.logits(mean + (0.5 * log_var).exp() * torch.randn(mean.shape, generator=generator))
    kl = 0.5 * (mean**2 + log_var.exp() - 1 - log_var).sum(-1)
    return (-nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1) - kl).mean().item()


def images(count):
    """count training images and 2,000 others as bytes, and where they are from."""
    if os.environ.get("VAELIB_DATA_DIR"):
        data = vaelib.load_mnist()
        return *((255 * x).round().to(torch.uint8) for x in (data.x_train[:count], data.x_test[:2000])), "MNIST"
    generator = torch.Generator().manual_seed(0)
    grey = torch.rand(PIXELS, generator=generator)  # random, but not without something to learn
    return *((255 * grey * torch.rand(n, PIXELS, generator=generator)).round().to(torch.uint8) for n in (count, 2000)), "random images"


def processor():
    """Its name where the system tells it, as on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())


def measure(threads, rounds, epochs, data, test):
    torch.set_num_threads(threads)
    x = data.float() / 255
    arms = {
        "fit": Fit(x), "fit bytes": Fit(data), "fit tossed": Fit(x, resample_pixels=True), "bare": Bare(x),
        "in memory": Printed(DataLoader(TensorDataset(x), batch_size=BATCH, shuffle=True)),
        "item by item": Printed(DataLoader(Items(data), batch_size=BATCH, shuffle=True)),
        "products": Products(x),
    }  # fmt: skip
    if importlib.util.find_spec("pythae"):
        arms["pythae"] = Pythae(x)
    clocks = {"wall": time.perf_counter, "processor": time.process_time}
    times = {clock: {name: [] for name in arms} for clock in clocks}
    names = list(arms)
    for number in range(rounds + 1):  # the first is a warm-up
        for name in names[number % len(names) :] + names[: number % len(names)]:
            start = {clock: now() for clock, now in clocks.items()}
            arms[name].train(epochs)
            if number:
                for clock, now in clocks.items():
                    times[clock][name].append(now() - start[clock])

    def ratio(clock, name, to="fit"):
        return round(statistics.median(a / b for a, b in zip(times[clock][name], times[clock][to], strict=True)), 3)

    tosses = vaelib.binarize(test.float() / 255, generator=torch.Generator().manual_seed(0))
    return {
        "arms": {
            name: {
                **{f"{clock}_seconds": round(statistics.median(times[clock][name]), 3) for clock in clocks},
                **{f"{clock}_times_fit": ratio(clock, name) for clock in clocks},
                "elbo": None if name == "products" else round(elbo(arms[name], tosses), 2),
            }
            for name in arms
        },
        "wanted": [
            {"ratio": f"{name} / fit", bound: figure, **{clock: ratio(clock, name) for clock in clocks}} for name, bound, figure in WANTED
        ],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=12_800, help="trained on in an epoch")
    parser.add_argument("--epochs", type=int, default=2, help="in a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    data, test, source = images(arguments.images)
    report = {
        "command": "python benchmarks/training.py",
        "machine": {
            "cores": os.cpu_count(),
            "processor": processor(),
            "machine": platform.machine(),
            "cpu": torch.backends.cpu.get_cpu_capability(),
            "torch": torch.__version__,
        },
        "data": source,
        "images": arguments.images,
        "epochs_a_round": arguments.epochs,
        "rounds": arguments.rounds,
        "load_average": os.getloadavg(),  # of the last 1, 5 and 15 minutes before: much above 1 and the times say little
        "threads": {str(n): measure(n, arguments.rounds, arguments.epochs, data, test) for n in arguments.threads},
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
