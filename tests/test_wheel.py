"""What Colab does: the wheel in an environment of its own, outside the repository, at the oldest versions we promise: every widget,
and the first chapter. The other notebooks run in Colab's own image, weekly (.github/workflows/colab.yml).
"""

import json
import os
import re
import subprocess
import sys
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import nbformat
import pytest

import vaelib.widgets

ROOT = Path(__file__).parents[1]

# torch is the one that is here, that of requirements-torch.txt: a second would be hundreds of megabytes. The rest are the floors of
# pyproject.toml and what Colab ships of Jupyter.
FLOORS = (
    "numpy==2.0.2", "matplotlib==3.10.0", "scikit-learn==1.6.0", "safetensors==0.5.0", "pooch==1.8.0",
    "requests==2.31.0", "tqdm==4.66.0", "anywidget==0.9.18", "ipywidgets==7.7.1", "ipython==7.34.0", "ipykernel==6.17.1",
    "nbclient",
)  # fmt: skip

# anywidget asks google.colab for its widget manager; sitecustomize makes the stub stand in sys.modules as it does in Colab.
STUB = {
    "google/__init__.py": "",
    "google/colab/__init__.py": "",
    "google/colab/output.py": "def enable_custom_widget_manager(): pass\n",
    "sitecustomize.py": "import google.colab\n",
}

RUN = """
import json, sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
outputs = [o for cell in notebook.cells for o in cell.get("outputs", []) if "data" in o]
print(json.dumps([sorted(o["data"]) for o in outputs]))
"""

# Every widget, whether a chapter shows it or not.
WIDGETS = (
    'AnswerCheck("What is KL(N(1, 1) || N(0, 1))?", 0.5)', "Capacity()", "CodedLine()", "CollapseDoctor()", "Divergences()",
    'DrawDigit("mnist-2d", input="stroke 3")',
    "FrontDoor()", "GradientRace()", "HiddenCause(torch.eye(64)[:2], torch.zeros(2, 2))", "IntegralLab()",
    'LatentExplorer("digits8-2d")', "LatentViews()", "LogitCurve()", "LossMeaning()", "MixturePosterior()",
    "PixelWidth(torch.zeros(64), torch.ones(64))", "ReparameterizationBench()", "RunningAverage()",
    "SampleSheet()", "TrainVAE()", "TruthBench()", "TwoBells()", "VarianceHeads()", "Waterline()",
)  # fmt: skip


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command[:6]))} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
    return done.stdout


def shown_in_colab(colab, path, folder):
    """The kinds of data that each output of the notebook has there."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VAELIB_DATA_DIR")}
    return json.loads(run(colab, "-c", RUN, path, cwd=folder, env=environment).splitlines()[-1])


pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of what git would carry, so that no stray file of this checkout slips in."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    names = run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).splitlines()
    for name in names:
        if (ROOT / name).is_file() and name.startswith(("vaelib/", "pyproject.toml", "README.md", "LICENSE")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", out, source)
    return next(out.glob("*.whl"))


def lend(name, site, lent=frozenset()):
    """Links an installed distribution and all that it requires into another environment, where pip then takes it as installed."""
    try:
        here = distribution(name)
    except PackageNotFoundError:
        return lent  # required elsewhere: on another system, or by an extra that nobody asked for
    lent = lent | {name.lower()}
    for part in {file.parts[0] for file in here.files} - {"..", "__pycache__"}:
        if not (site / part).exists():
            (site / part).symlink_to(here.locate_file(part))
    for required in {re.match(r"[\w.-]+", line)[0].lower() for line in here.requires or () if "extra ==" not in line} - lent:
        lent = lend(required, site, lent)
    return lent


@pytest.fixture(scope="module")
def colab(wheel, tmp_path_factory):
    """Python of an environment that holds the wheel, the floors, and a google.colab."""
    folder = tmp_path_factory.mktemp("colab")
    venv.create(folder)
    python = folder / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    assert "numpy" not in lend("torch", site), "what torch requires is lent with it; the floors are not"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-compile", wheel, *FLOORS)
    for name, text in STUB.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    run(python, "-m", "ipykernel", "install", "--sys-prefix")
    return python


def test_the_wheel_carries_models_bundles_and_nothing_else(wheel):
    names = run(sys.executable, "-m", "zipfile", "-l", wheel)
    for part in ("mnist-2d.decoder.safetensors", "mnist-2d.json", "static/latent_explorer.mjs", "static/widgets.css"):
        assert part in names
    assert "tests/" not in names and "js/" not in names


def test_a_notebook_runs_as_in_colab(colab, tmp_path):
    path = ROOT / "notebooks" / "01_hidden_causes.ipynb"
    shown = shown_in_colab(colab, path, tmp_path)
    widgets = [types for types in shown if "application/vnd.jupyter.widget-view+json" in types]
    assert widgets and "LatentExplorer(" in path.read_text(encoding="utf-8")
    assert all("text/html" not in types for types in widgets), "Colab must have nothing to choose from"


def test_every_widget_is_live_in_colab_and_alone(colab, tmp_path):
    assert [call.split("(")[0] for call in WIDGETS] == sorted(vaelib.widgets.__all__), "a new widget is tried here too"
    code = nbformat.v4.new_code_cell
    cells = [code("import torch\nfrom vaelib.widgets import *"), *map(code, WIDGETS)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "widgets.ipynb")
    shown = shown_in_colab(colab, tmp_path / "widgets.ipynb", tmp_path)
    assert shown == [["application/vnd.jupyter.widget-view+json", "image/png", "text/plain"]] * len(WIDGETS)


def test_vaelib_is_the_wheels_own(colab, tmp_path):
    names = "vaelib numpy matplotlib sklearn safetensors pooch requests tqdm anywidget ipywidgets IPython"
    code = f"""import importlib.metadata, importlib.util
print(importlib.metadata.version("torch"))
for name in {names.split()}: print(importlib.util.find_spec(name).origin)"""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    version, *where = run(colab, "-c", code, cwd=tmp_path, env=environment).splitlines()
    assert version.startswith("2.13.0") and all(str(colab.parents[1]) in place for place in where), where
