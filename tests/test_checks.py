"""A check that cannot fail checks nothing: in each checking cell every small mistake is made in turn, and the cell must notice.

The mistakes are those of the field: a sign, the std for the variance and back, a dropped half. A line may end in
`# either sign: the reason` where a mistake makes no difference. tests/mutants.py makes them and runs the cells.
"""

import ast
import sys
from pathlib import Path

import matplotlib
import nbformat
import pytest
import torch

from mutants import mutants, needed, run, twin

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook import ticks  # noqa: E402

PATHS = [path for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")) if "# checks " in path.read_text(encoding="utf-8")]
MOST = 16  # mutants of one cell, counted: as many on a slow machine as on a fast one


@pytest.fixture(autouse=True)
def as_before():
    dtype, backend = torch.get_default_dtype(), matplotlib.get_backend()
    matplotlib.use("agg")
    yield
    torch.set_default_dtype(dtype)
    matplotlib.use(backend)


def chosen(all_mutants):
    """All, or MOST of them: spread over the cell, the kinds in turn."""
    kinds = {}
    for one in all_mutants:
        kinds.setdefault(one[0], []).append(one)
    if len(all_mutants) <= MOST:
        return all_mutants
    share = max(1, MOST // len(kinds))
    return [one for group in kinds.values() for one in group[:: max(1, -(-len(group) // share))]]


def survivors(source, namespace, name):
    run(source, twin(namespace, source), name)  # the first run warms up what is loaded only once
    for kind, line, code in chosen(mutants(source)):
        try:
            run(code, twin(namespace, source), name)
        except Exception:  # whatever a mistake raises, it is noticed
            continue
        before = ast.unparse(ast.parse(source)).splitlines()
        wrong = next((new for old, new in zip(before, code.splitlines(), strict=False) if old != new), code)
        yield f"{name}, line {line}, {kind}: {wrong.strip()}"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_check_notices_every_small_mistake(path):
    sources = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code" and "%pip" not in cell.source]
    checks = [position for position, source in enumerate(sources) if ticks.checked_in(source)]
    wanted = {position for check in checks for position in (*needed(sources, check), check)}
    namespace, found = {"__name__": "a notebook"}, []
    for position in sorted(wanted):
        if position in checks:
            found += survivors(sources[position], namespace, " and ".join(ticks.checked_in(sources[position])))
        run(sources[position], namespace, f"{path.name}, code cell {position}")
    assert checks and not found, "not noticed:\n" + "\n".join(found)


# What makes the mistakes


def test_each_kind_of_mistake_is_made():
    made = {code for _, _, code in mutants("kl = 0.5 * (mean**2 + log_var.exp() - log_var)")}
    assert made == {
        "kl = mean ** 2 + log_var.exp() - log_var",
        "kl = 0.5 * (mean ** 2 + log_var.exp() + log_var)",
        "kl = 0.5 * (mean ** 2 - log_var.exp() - log_var)",
        "kl = 0.5 * (mean + log_var.exp() - log_var)",
        "kl = 0.5 * (mean ** 2 + (0.5 * log_var).exp() - log_var)",
    }
    for source, wrong in {
        "a = (0.5 * log_var).exp()": "a = log_var.exp()",
        "a = b / 2": "a = b",
        "a = -b": "a = b",
        "a = z / std": "a = z / std ** 2",
        "a = torch.exp(log_var)": "a = torch.exp(0.5 * log_var)",
    }.items():
        assert wrong in {code for _, _, code in mutants(source)}, source


@pytest.mark.parametrize("source", [
    "print(f'{a - b}')", "axes[0].plot(z, -z)", "for mean, std in ((-1.0, 0.5), (1.0, 2.0)):\n    pass", "z = torch.linspace(-4, 4, 9)",
    "q = log_density(mean, std)", "assert abs(error) < 2 * (tolerance + std**2)", "a = b - c  # either sign: only its square is used",
])  # fmt: skip
def test_what_only_shows_or_feeds_or_is_excused_is_left_alone(source):
    assert mutants(source) == []


def test_a_check_that_cannot_fail_is_found():
    namespace = {}
    run("import torch\nmean = torch.tensor([1.0, -2.0])\nmean_copy = mean", namespace)
    blunt = "kl = 0.5 * mean**2\nassert (kl > 0).all()"
    sharp = "kl = 0.5 * mean**2\nassert kl.tolist() == [0.5, 2.0]"
    assert len(list(survivors(blunt, namespace, "blunt"))) == 1 and not list(survivors(sharp, namespace, "sharp"))


def test_only_the_cells_that_a_check_leans_on_are_run():
    cells = ["import torch", "a = 1", "b = [a]", "c = 3", "b.append(2)", "print(b)", "fit(c)", "def f():\n    return b", "assert f()"]
    assert needed(cells, 8) == [1, 2, 4, 7]


def test_what_a_mutant_does_stays_with_it():
    namespace = {}
    run(
        "import torch\ng = torch.Generator()\na = torch.zeros(2)\nb = a\ndef f():\n    a.add_(1)\n    return torch.rand(1, generator=g)",
        namespace,
    )
    seen = [twin(namespace, "f(), b") for _ in range(2)]
    draws = [one["f"]().item() for one in seen]
    assert draws[0] == draws[1] and namespace["a"].tolist() == [0, 0] and seen[0]["b"].tolist() == [1, 1]
