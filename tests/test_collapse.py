"""The stored runs of the cures of posterior collapse: their first epochs are run again, and the file is whole."""

import importlib.util
from pathlib import Path

import pytest
import torch

from vaelib.exercises import collapse_runs, data_spectrum

PATH = Path(__file__).parents[1] / "benchmarks" / "collapse.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("collapse", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name, seed", [("linear warm-up", 0), ("free bits", 1), ("first weights", 2)])
def test_the_first_epochs_of_a_stored_run_come_again(benchmark, name, seed):
    again, stored = benchmark.run(name, seed, 2), collapse_runs()["runs"][name][seed]
    for now, before in zip(again["kl"], stored["kl"], strict=False):
        assert now == pytest.approx(before, abs=0.002, rel=0.01)
    assert again["elbo"] == pytest.approx(stored["elbo"][:2], abs=0.05)


def test_the_file_has_what_the_command_writes(benchmark):
    stored = collapse_runs()
    assert stored["seeds"] == list(benchmark.SEEDS) and stored["stops"] == list(benchmark.STOPS) and stored["std"] == benchmark.STD
    assert list(stored["runs"]) == list(benchmark.CURES) and stored["epochs"] == benchmark.EPOCHS == benchmark.STOPS[-1]
    for level, above in stored["above"].items():
        assert above == min(16, int((data_spectrum("digits8") > float(level)).sum()))


def test_other_first_weights_keep_a_signals_size_where_torchs_shrink_it(benchmark):
    x = torch.randn(500, 64, generator=torch.Generator().manual_seed(0))
    sizes = {}
    for make in (benchmark.deep, benchmark.wide):
        h = x
        for layer in make(0).encoder.hidden:
            h = torch.relu(h @ layer.weight.T)
        sizes[make.__name__] = h.pow(2).mean().sqrt().item() / x.pow(2).mean().sqrt().item()
    assert 0.8 < sizes["wide"] < 1.25 and sizes["deep"] == pytest.approx(sizes["wide"] / 6**1.5, rel=1e-4)
