"""A real JupyterLab: the first chapter, and a notebook of every newer widget. What a reader moves Python reads, and what Python sets is drawn."""

import ast
import json
import math
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
import torch
from jupyter_client import BlockingKernelClient
from waiting import eventually

from vaelib import drawings, exact, exercises, pretrained

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_hidden_causes.ipynb"

LISTEN = """import pathlib, json
explorer.observe(lambda change: pathlib.Path("seen.json").write_text(json.dumps(change.new)), "z")
pathlib.Path("listening").touch()"""

IMPORTS = """import torch
from vaelib.widgets import AnswerCheck, Capacity, CollapseDoctor, DrawDigit, GradientRace, HiddenCause, IntegralLab, LossMeaning, MixturePosterior, PixelWidth, SampleSheet, TrainVAE, TruthBench, VarianceHeads, Waterline"""
SLIP = "the mean enters squared."
WIDGETS = {
    "bench": "TruthBench()",
    "mixture": "MixturePosterior()",
    "width": "PixelWidth(torch.eye(64)[:2], torch.full((2, 64), 0.5), std=0.3)",
    "integral": "IntegralLab()",
    "loss": "LossMeaning(latents=5)",
    "capacity": "Capacity()",
    "heads": "VarianceHeads()",
    "race": "GradientRace()",
    "doctor": "CollapseDoctor()",
    "water": "Waterline()",
    "train": "TrainVAE(sample_seed=1)",
    "digit": 'DrawDigit("mnist-2d", input="stroke 3")',
    "sheet": "SampleSheet()",
    "cause": "HiddenCause(torch.eye(64)[:2], torch.tensor([[0.5, -1.0], [0.0, 0.25]]))",
    "answer": f'AnswerCheck("What is KL(N(1, 1) || N(0, 1))?", 0.5, slips={{"{SLIP}": 0.25}})',
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab over a copy of the chapter with one more cell, in which Python writes the explorer's z to a file, and over the newer widgets."""
    folder = tmp_path_factory.mktemp("lab")
    code = nbformat.v4.new_code_cell
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(code(LISTEN))
    nbformat.write(notebook, folder / "chapter.ipynb")
    cells = [code(IMPORTS), *(code(f"{name} = {call}\n{name}") for name, call in WIDGETS.items())]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata), folder / "widgets.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "HOME": str(folder),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "run"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}", "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    log = open(folder / "lab.log", "w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=1)
            break
        except OSError:
            assert server.poll() is None, (folder / "lab.log").read_text()[-3000:]
            time.sleep(0.5)
    yield address, folder
    server.terminate()
    server.wait(20)
    log.close()


def run_all(browser, address, name):
    """The notebook in a window and a workspace of its own, all cells asked to run: (page, what it complains of)."""
    page = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce").new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(f"{message.text} {message.location}") if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb")
    page.locator(".jp-Notebook").wait_for(timeout=90_000)
    page.get_by_text("| Idle").wait_for(timeout=60_000)  # asked to run sooner, JupyterLab asks which kernel is meant
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return page, complaints


class Notebook:
    """The newer widgets in one window of JupyterLab, and their kernel's own Python."""

    def __init__(self, browser, address, folder):
        self.page, self.complaints = run_all(browser, address, "widgets")
        self.page.locator(".jp-OutputArea .vaelib-widget").nth(len(WIDGETS) - 1).wait_for(timeout=120_000)
        sessions = json.load(urllib.request.urlopen(f"{address}/api/sessions"))
        kernel = next(session["kernel"]["id"] for session in sessions if session["path"] == "widgets.ipynb")
        self.kernel = BlockingKernelClient(connection_file=str(folder / "run" / f"kernel-{kernel}.json"))
        self.kernel.load_connection_file()
        self.kernel.start_channels()

    def run(self, code, expression="None"):
        """Run code as a cell would; the value of the expression afterwards."""
        reply = self.kernel.execute_interactive(code, user_expressions={"value": expression}, timeout=60)["content"]
        assert reply["status"] == "ok", reply
        return ast.literal_eval(reply["user_expressions"]["value"]["data"]["text/plain"])

    def ask(self, expression):
        return self.run("", expression)


@pytest.fixture(scope="module")
def notebook(browser, lab):
    notebook = Notebook(browser, *lab)
    yield notebook
    notebook.kernel.stop_channels()
    notebook.page.context.close()


def numbers(text):
    return [float(found.replace("\u2212", "-")) for found in re.findall(r"[-\u2212]?\d+\.\d+", text)]


def repaints(notebook, canvas, code):
    """The canvas shows another picture once Python has run the code."""
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    notebook.run(code)
    eventually(lambda: canvas.evaluate("canvas => canvas.toDataURL()"), lambda now: now != before)


def use_bench(notebook, widget):
    widget.get_by_role("application").press("ArrowRight")
    eventually(lambda: notebook.ask("bench.q_mean"), lambda value: abs(value - 0.5) < 1e-9)
    notebook.run("bench.q_mean, bench.q_std = 0.0, 1.0")
    model = exact.LinearGaussian(torch.tensor([[0.7]]), torch.zeros(1), 0.6)
    bound = model.elbo(torch.tensor([[2.0]]), torch.zeros(1, 1), torch.zeros(1, 1))
    wanted = [bound.log_likelihood.item(), -bound.kl.item(), bound.total.item()]
    bars = widget.get_by_role("img", name="Bars in nats")
    eventually(lambda: numbers(bars.get_attribute("aria-label"))[:3], lambda shown: shown == pytest.approx(wanted, abs=6e-4))  # 3 decimals


def use_mixture(notebook, widget):
    widget.get_by_role("application", name="The point x").press("ArrowRight")
    eventually(lambda: notebook.ask("mixture.x"), lambda x: x == pytest.approx([0.9, -0.2]))
    notebook.run("mixture.x = (1.5, 1.0); mixture.q = (0.2, 0.3, 0.5)")
    weight, mean, std, q = (torch.tensor(notebook.ask(f"mixture.{name}")) for name in ("weight", "mean", "std", "q"))
    model = exact.Mixture(weight, mean, 2 * std.log()[:, None].expand(-1, 2))
    x = torch.tensor([[1.5, 1.0]])
    wanted = [model.elbo(x, q[None]).total.item(), model.log_prob(x).item()]
    rows = widget.locator(".vaelib-terms dd")
    eventually(
        lambda: [numbers(rows.nth(row).inner_text())[0] for row in (2, 4)], lambda shown: shown == pytest.approx(wanted, abs=6e-5)
    )  # 4 decimals


def use_digit(notebook, widget):
    model = pretrained.load("mnist-2d").double()
    shown = widget.locator(".vaelib-results[aria-busy=false] .vaelib-nats data").first  # in sight once all numbers are of this drawing

    def agrees(x):
        grid = exact.quadrature(x.double(), decode=model.decode, likelihood=model.likelihood, latent_dim=2)
        eventually(lambda: float(shown.get_attribute("value") or "nan"), lambda value: abs(value - grid.log_prob.item()) < 2e-3)

    agrees(drawings.read("stroke 3"))
    assert "in a worker" in widget.inner_text(), "the worker is made of the module's text"
    widget.get_by_role("application").press("Shift+ArrowDown")
    eventually(lambda: notebook.ask("digit.input"), lambda value: value == "drawing")
    drawn = drawings.unpack(notebook.ask("digit.drawing"))
    assert drawn.sum() > drawings.read("stroke 3").sum()
    agrees(drawn)
    notebook.run("digit.input = 'stroke 7'")
    agrees(drawings.read("stroke 7"))


def use_sheet(notebook, widget):
    widget.get_by_role("slider", name="spread").press("ArrowRight")
    eventually(lambda: notebook.ask("sheet.spread"), lambda value: abs(value - 1.05) < 1e-9)
    repaints(notebook, widget.locator("canvas").first, "sheet.kind = 'autoencoder'")
    assert widget.locator(".vaelib-live").inner_text().startswith("Autoencoder: ")


def use_cause(notebook, widget):
    widget.get_by_role("application").press("ArrowUp")
    eventually(lambda: notebook.ask("cause.z"), lambda z: z == pytest.approx([0, 0.1]))
    repaints(notebook, widget.locator("canvas").first, "cause.opened = True")
    assert "the z that was drawn, (0.50, \u22121.00)" in widget.locator(".vaelib-live").inner_text()


def use_answer(notebook, widget):
    """Nothing of it can be set, and an answer stays in the browser: it is judged there as Python judges it."""
    field = widget.get_by_role("textbox")
    for text in ("0.25", "0.5"):
        field.fill("")
        field.press_sequentially(text)  # JupyterLab takes 0 0 for "restart the kernel" where nobody types
        field.press("Enter")
        wanted = exercises.judge(float(text), 0.5, {SLIP: 0.25})
        eventually(widget.locator(".vaelib-live").inner_text, wanted.__eq__)


def use_width(notebook, widget):
    widget.get_by_role("slider").press("ArrowLeft")
    eventually(lambda: notebook.ask("width.std"), lambda std: std == pytest.approx(0.3 * math.exp(-0.05), abs=6e-4))
    notebook.run("width.std = 0.5; width.revealed = True")
    score = torch.distributions.Normal(0.5, 0.5).log_prob(torch.eye(64)[0]).sum().item()
    live = widget.locator(".vaelib-live")
    eventually(
        live.inner_text, lambda text: f"log p(x | z) = {score:.1f} nats".replace("-", "\u2212") in text and "0.500, and no width" in text
    )


def use_loss(notebook, widget):
    widget.get_by_role("slider", name="latents").press("ArrowRight")
    eventually(lambda: notebook.ask("loss.latents"), lambda latents: latents == 6)
    notebook.run("loss.error_reduction = 'batch mean'")
    variance = notebook.ask("loss.explanation().variance")
    eventually(widget.locator(".vaelib-live").inner_text, lambda text: f"= {variance} (" in text)


def use_race(notebook, widget):
    widget.get_by_role("button", name="Step").press("Enter")
    eventually(lambda: notebook.ask("race.steps"), lambda steps: steps == 1)
    repaints(notebook, widget.locator("canvas").first, "race.start = -1.0")


def use_train(notebook, widget):
    widget.get_by_role("slider", name="latents").press("ArrowRight")
    eventually(lambda: notebook.ask("train.latent"), lambda latent: latent == 3)
    widget.get_by_role("button", name="Train").press("Enter")
    live = widget.locator(".vaelib-live")
    eventually(live.inner_text, lambda text: re.match(r"Epoch [1-9]", text))  # in a worker, from the source that the kernel sent
    widget.get_by_role("button", name="Pause").press("Enter")
    repaints(notebook, widget.locator("canvas").first, "train.sample_seed = 2")


def use_by(slider, key, trait, wanted, change):
    """A key on a slider is seen in Python as `trait`, and `change` in Python repaints the figure's last picture."""

    def use(notebook, widget):
        widget.get_by_role("slider", name=slider).press(key)
        eventually(lambda: notebook.ask(trait), lambda value: value == pytest.approx(wanted))
        repaints(notebook, widget.locator("canvas").last, change)

    return use


USES = {
    "bench": use_bench, "mixture": use_mixture, "width": use_width, "loss": use_loss, "race": use_race,
    "integral": use_by("latents", "ArrowRight", "integral.latents", 2, "integral.way = 'proposal'"),
    "doctor": use_by("epoch", "ArrowLeft", "doctor.stop", 9, "doctor.cure = 'free bits'"),
    "water": use_by("latents", "ArrowLeft", "water.latents", 15, "water.beta = 4.0"),
    "capacity": use_by("width", "ArrowRight", "capacity.width", 32, "capacity.toss = 'anew'"),
    "heads": use_by("raw output", "ArrowLeft", "heads.raw", 0.9, "heads.raw = -0.75"),
    "train": use_train, "digit": use_digit,
    "sheet": use_sheet, "cause": use_cause, "answer": use_answer,
}  # fmt: skip


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_in_jupyterlab_speaks_with_python_both_ways(notebook, name):
    widget = notebook.page.locator(".jp-OutputArea .vaelib-widget").nth(list(WIDGETS).index(name))
    widget.scroll_into_view_if_needed()
    widget.locator("canvas, input").first.wait_for(state="visible")
    USES[name](notebook, widget)  # by keys alone: JupyterLab has a use of its own for most of them
    assert notebook.complaints == []


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
    page, _ = run_all(browser, address, "chapter")
    slider = page.locator(".jp-OutputArea .vaelib-widget input[type=range]").first
    slider.wait_for(timeout=120_000)
    eventually(
        (folder / "listening").exists, bool
    )  # the last cell is far below, and JupyterLab draws only what is in sight: ask Python's own file
    slider.scroll_into_view_if_needed()
    box = resting_box(page, slider)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    seen = folder / "seen.json"

    def both():
        text = seen.read_text() if seen.exists() else ""
        return json.loads(text) if text.endswith("]") else [0, 0], float(slider.input_value())

    z, _ = eventually(both, lambda found: found[0][0] > 0.5 and abs(found[0][0] - found[1]) < 1e-6)
    other = page.locator(".jp-OutputArea .vaelib-widget input[type=range]").nth(1)
    assert z[1] == pytest.approx(float(other.input_value())), "the other coordinate stays"
    page.context.close()
