"""The truth bench's Python side: the model that it names and the numbers that its still picture says, beside torch's."""

import json
import re

import torch

from vaelib.widgets import TruthBench, truth_bench
from vaelib.widgets.mount import STATIC


def test_the_still_says_torchs_numbers():
    """log p(x), ELBO and gap, as shown, against torch's own densities; one x and the mean over the eight."""
    normal, kl = torch.distributions.Normal, torch.distributions.kl_divergence
    for widget, x in ((TruthBench(x=1.5, q_mean=-0.5), [1.5]), (TruthBench(data="eight", x=1.7, q_mean=0.9), truth_bench.DATA)):
        x = torch.tensor(x, dtype=torch.float64)
        q = normal(widget.q_mean * x / (1.8 if widget.data == "eight" else 1.5), 0.9)
        gap = kl(q, normal(0.7 * x / 0.85, 0.6 / 0.85**0.5)).mean().item()
        log_evidence = normal(0, 0.85**0.5).log_prob(x).mean().item()
        words = f"log p(x) = {log_evidence:.2f}, ELBO = {log_evidence - gap:.2f}, the gap between them = {gap:.2f}"
        assert words in widget.still().alt


def test_the_still_knows_the_price_of_mean_field():
    prices = [TruthBench(view="mean field", angle=angle).still().alt.rsplit("= ", 1)[1] for angle in (0, 45, 90)]
    assert prices == ["0.00.", "0.62.", "0.00."]


def test_the_model_is_the_same_in_python_and_in_the_page():
    js = STATIC.parent / "js" / "widgets" / "truth_bench"
    line, field = ((js / name).read_text() for name in ("linear_gaussian.mjs", "mean_field.mjs"))
    read = lambda text, name: json.loads(re.search(rf"const {name} = ([^;]+);", text)[1])  # noqa: E731
    assert read(line, "DATA") == list(truth_bench.DATA)
    assert [read(field, name) for name in ("SCALES", "STD", "X")] == [
        list(truth_bench.SCALES),
        truth_bench.FIELD_STD,
        list(truth_bench.FIELD_X),
    ]
    for name, low, high in re.findall(r"(\w+): \[(-?[\d.]+), ([\d.]+)\]", re.search(r"const RANGE = (.+);", line)[1]):
        trait = TruthBench.class_traits()[name]
        assert (trait.low, trait.high) == (float(low), float(high)), name
