"""Run the notebooks and store their outputs in normal form. No Sphinx, no comparison (nbval compares).

`python book/_ext/run_notebooks.py [NOTEBOOK ...]`: each notebook (default: all) is executed in a fresh kernel on one thread
and written back with nothing in it that differs from run to run. A notebook that fails is left as it was.
"""

import base64
import io
import os
import re
import sys
from pathlib import Path

import nbformat
import yaml
from nbclient import NotebookClient
from PIL import Image

import set_repository

ROOT = Path(__file__).resolve().parents[2]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
BADGE = re.compile(r"https://colab\.research\.google\.com/github/[^)\s]+")
INSTALL = re.compile(r"%pip install .*\bvaelib\b.*")


def repository() -> tuple[str, str]:
    """OWNER/NAME and branch, from the one repository constant in _config.yml."""
    named = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]
    return named["url"].removeprefix("https://github.com/"), named["branch"]


def colab_url(name: str) -> str:
    """Where Colab opens a notebook."""
    place, branch = repository()
    return f"https://colab.research.google.com/github/{place}/blob/{branch}/notebooks/{name}"


def normalize(notebook: nbformat.NotebookNode, name: str) -> None:
    """Drop what changes from run to run (ids, timings, widget state) and point badge and install cell at the repository of _config.yml."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    count = 0
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index:02d}"
        # tags fold and hide cells on the page; mystnb holds a figure's words for those who cannot see it
        cell.metadata = {key: cell.metadata[key] for key in ("mystnb", "tags") if cell.metadata.get(key)}
        if cell.cell_type == "markdown":
            cell.source = BADGE.sub(colab_url(name), cell.source)
            continue
        cell.source = INSTALL.sub(set_repository.install_command(*repository()), cell.source)
        count += 1
        cell.execution_count = count
        # A progress bar on stderr says nothing to a reader of the page.
        cell.outputs = [o for o in cell.outputs if not (o.output_type == "stream" and o.name == "stderr")]
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            if "data" in output:
                # Without its kernel a stored widget view is an error message; the text/html beside it draws in the page.
                output.data.pop(WIDGET_VIEW, None)
                if "image/png" in output.data and "text/html" not in output.data:
                    output.data["image/png"] = smaller(output.data["image/png"])
                output.metadata = {}


def smaller(png: str) -> str:
    """The same picture in 256 colours, about a third of the bytes: base64 in, base64 out."""
    packed = io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return base64.b64encode(packed.getvalue()).decode("ascii")


def run(path: Path) -> None:
    """Execute one notebook and write it back. Raises nbclient's CellExecutionError when a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=False, coalesce_streams=True)
    client.execute(cwd=str(path.parent))
    normalize(notebook, path.name)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    for path in [Path(p) for p in sys.argv[1:]] or sorted((ROOT / "notebooks").glob("*.ipynb")):
        print(path.name, flush=True)
        run(path)
