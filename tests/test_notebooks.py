"""The notebooks keep their contract, and nbval would notice if a stored number were wrong."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from vaebook import ticks  # noqa: E402

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
notebooks = pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)

INSTALL = """import sys

if "google.colab" in sys.modules:
    %pip install -q "vaelib @ https://github.com/{place}/archive/refs/heads/{branch}.zip\""""


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


@notebooks
def test_it_opens_with_a_badge_a_guarded_install_and_what_it_wants(path):
    first, second = read(path).cells[:2]
    repository = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]
    owner_and_name = repository["url"].removeprefix("https://github.com/")
    target = f"(https://colab.research.google.com/github/{owner_and_name}/blob/{repository['branch']}/notebooks/{path.name})"
    assert first.source.startswith("# ") and target in first.source
    assert second.source == INSTALL.format(place=owner_and_name, branch=repository["branch"])
    assert second.metadata.tags == ["remove-cell"]


@notebooks
def test_its_cells_are_short_explained_and_stored_without_noise(path):
    notebook = read(path)
    assert "widgets" not in notebook.metadata
    for position, (before, cell) in enumerate(itertools.pairwise(notebook.cells), 1):
        if cell.cell_type != "code":
            continue
        lines = cell.source.splitlines()
        assert len(lines) <= 25, f"a cell of {len(lines)} lines: {lines[0]}"
        named = lines[0].startswith(("# fold: ", "# predict: ", "# checks ")) or "hide-cell" in cell.metadata.get("tags", [])
        if position > 3 and not named:  # the title's question stands before the install, the imports and the figure
            assert before.cell_type == "markdown", f"no sentence before: {lines[0]}"
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
            assert not re.search(r"0x[0-9a-f]{6}|tensor\(|/home/|/tmp/", output.get("data", {}).get("text/plain", ""))


@notebooks
def test_it_is_stored_as_make_notebooks_writes_it(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@notebooks
def test_it_reaches_for_nothing_outside(path):
    reach = r"sys\.path|!pip|%pip|urllib|requests\.|torch\.manual_seed|random\.seed|load_mnist\(\)"
    for cell in code_cells(path)[1:]:
        assert not re.search(reach, cell.source), cell.source


@notebooks
def test_every_numbered_equation_has_its_check(path):
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    labels = re.findall(r":label: *(\S+)", text) + re.findall(r"\\label\{(\S+?)\}", text)
    checks = [label for cell in code_cells(path) for label in ticks.checked_in(cell.source)]
    assert ticks.faults(labels, checks) == []  # a page whose equations stand elsewhere has none


def test_nbval_notices_one_wrong_digit(tmp_path):
    """One stored digit of one print is changed in a copy; the strict run must fail in just that cell, and pass untouched."""
    path = ROOT / "notebooks" / "04_elbo.ipynb"
    command = [
        sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "-c", "/dev/null",
        f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}", "copy.ipynb",
    ]  # fmt: skip
    notebook = read(path)
    # Keep only what leads up to the first printed number: the point is the comparison, not the run time.
    last, output = next(
        (i, o) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"
        for o in cell.outputs if o.output_type == "stream" and re.search(r"\d\.\d", o.text)
    )  # fmt: skip
    notebook.cells = notebook.cells[: last + 1]
    for changed in (False, True):
        if changed:
            output.text = re.sub(r"\d(?=\D*\Z)", lambda m: str((int(m[0]) + 1) % 10), output.text, count=1)
        nbformat.write(notebook, tmp_path / "copy.ipynb")
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == (1 if changed else 0), done.stdout[-3000:]
    assert "1 failed" in done.stdout
