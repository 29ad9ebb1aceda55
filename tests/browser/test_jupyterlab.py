"""The first chapter in a real JupyterLab: drag its slider, and the trait changes in Python."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_hidden_causes.ipynb"

LISTEN = """import pathlib, json
explorer.observe(lambda change: pathlib.Path("seen.json").write_text(json.dumps(change.new)), "z")
pathlib.Path("listening").touch()"""


@pytest.fixture
def lab(tmp_path):
    """A JupyterLab over a copy of the chapter with one more cell, in which Python writes the explorer's z to a file."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(LISTEN))
    nbformat.write(notebook, tmp_path / "chapter.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_RUNTIME_DIR": str(tmp_path / "run")}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}", "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    log = open(tmp_path / "lab.log", "w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=1)
            break
        except OSError:
            assert server.poll() is None, (tmp_path / "lab.log").read_text()[-3000:]
            time.sleep(0.5)
    yield address, tmp_path
    server.terminate()
    server.wait(20)
    log.close()


def resting_box(page, element):
    """Where the element is once the cells above it have stopped growing."""
    before, still = None, 0
    for _ in range(100):
        box = element.bounding_box()
        still = still + 1 if box == before else 0
        if still == 5:
            return box
        before = box
        page.wait_for_timeout(200)
    pytest.fail("the notebook never came to rest")


def test_a_drag_in_jupyterlab_is_seen_in_python(browser, lab):
    address, folder = lab
    page = browser.new_context(viewport={"width": 1280, "height": 1000}).new_page()
    page.goto(f"{address}/lab/tree/chapter.ipynb")
    page.locator(".jp-Notebook").wait_for(timeout=90_000)
    page.get_by_text("| Idle").wait_for(timeout=60_000)  # asked to run sooner, JupyterLab asks which kernel is meant
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    slider = page.locator(".jp-OutputArea .vaelib-widget input[type=range]").first
    slider.wait_for(timeout=120_000)
    for _ in range(240):  # the last cell is far below, and JupyterLab draws only what is in sight: ask Python's own file
        if (folder / "listening").exists():
            break
        page.wait_for_timeout(250)
    slider.scroll_into_view_if_needed()
    box = resting_box(page, slider)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    shown = float(slider.input_value())
    assert shown > 0.5, slider.bounding_box()
    for _ in range(60):
        if (folder / "seen.json").exists() and (folder / "seen.json").stat().st_size:
            z = json.loads((folder / "seen.json").read_text())
            if abs(z[0] - shown) < 1e-6:
                break
        page.wait_for_timeout(250)
    else:
        pytest.fail(f"Python never saw z[0] = {shown}")
    other = page.locator(".jp-OutputArea .vaelib-widget input[type=range]").nth(1)
    assert z[1] == pytest.approx(float(other.input_value())), "the other coordinate stays"
