"""What Colab does: the wheel in an empty environment, outside the repository, at the oldest versions we promise, every notebook."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

import vaelib.widgets

ROOT = Path(__file__).parents[1]

# torch is that of requirements-torch.txt; the rest are the floors of pyproject.toml and what Colab ships of Jupyter.
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
    'AnswerCheck("What is KL(N(1, 1) || N(0, 1))?", 0.5)', 'DrawDigit("mnist-2d", input="stroke 3")',
    "HiddenCause(torch.eye(64)[:2], torch.zeros(2, 2))", 'LatentExplorer("digits8-2d")', "LatentViews()", "MixturePosterior()",
    "ReparameterizationBench()", "SampleSheet()", "TruthBench()",
)  # fmt: skip


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command[:6]))} failed:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
    return done.stdout


def shown_in_colab(colab, path, folder):
    """The kinds of data that each output of the notebook has there."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VAELIB_DATA_DIR")}
    return json.loads(run(colab, "-c", RUN, path, cwd=folder, env=environment).splitlines()[-1])


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


@pytest.fixture(scope="module")
def colab(wheel, tmp_path_factory):
    """Python of an environment that holds the wheel, the floors, and a google.colab."""
    folder = tmp_path_factory.mktemp("colab")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(ROOT / ".ci" / "install_torch", python)
    run(python, "-m", "pip", "install", "-q", wheel, *FLOORS)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
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


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_a_notebook_runs_as_in_colab(colab, path, tmp_path):
    shown = shown_in_colab(colab, path, tmp_path)
    widgets = [types for types in shown if "application/vnd.jupyter.widget-view+json" in types]
    assert all("text/html" not in types for types in widgets), "Colab must have nothing to choose from"
    if "LatentExplorer(" in path.read_text():
        assert widgets


def test_every_widget_is_live_in_colab_and_alone(colab, tmp_path):
    assert [call.split("(")[0] for call in WIDGETS] == sorted(vaelib.widgets.__all__), "a new widget is tried here too"
    code = nbformat.v4.new_code_cell
    cells = [code("import torch\nfrom vaelib.widgets import *"), *map(code, WIDGETS)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "widgets.ipynb")
    shown = shown_in_colab(colab, tmp_path / "widgets.ipynb", tmp_path)
    assert shown == [["application/vnd.jupyter.widget-view+json", "image/png", "text/plain"]] * len(WIDGETS)


def test_vaelib_is_the_wheels_own(colab, tmp_path):
    where = run(colab, "-c", "import vaelib, torch; print(vaelib.__file__, torch.__version__)", cwd=tmp_path)
    assert str(ROOT) not in where and "2.13.0" in where
