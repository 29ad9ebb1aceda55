"""The command line: what it prints, writes and answers, and the words for what it refuses."""

import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from matplotlib.image import imread

from vaelib import binarize, evaluate, load_digits8, pretrained, score, storage
from vaelib.cli import main


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("cli") / "model"
    command = ["train", "digits8", "--out", path, "--latent", "3", "--hidden", "32", "16", "--activation", "tanh", "--epochs", "3"]
    assert main([str(word) for word in command]) == 0
    return path


def test_train_stores_what_it_trained_and_logs_plain_lines(tmp_path, capsys):
    path = tmp_path / "model"
    settings = [
        "--epochs",
        "4",
        "--cosine",
        "--warm-up",
        "0.5",
        "--beta",
        "0.5",
        "--likelihood",
        "gaussian",
        "--patience",
        "3",
        "--seed",
        "2",
    ]
    assert main(["train", "digits8", "--out", str(path), *settings]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["1/4", "2/4", "3/4", "4/4"]
    assert all(re.search(r"ELBO -?[\d.]+  log-likelihood -?[\d.]+  KL [\d.]+  held out -?[\d.]+$", line) for line in lines)
    stored = storage.load(path)
    held_out = evaluate(stored, load_digits8().x_test, seed=2).total.mean().item()
    assert abs(held_out - float(lines[-1].split()[-1])) < 0.01 and stored.likelihood.learn_std


def test_evaluate_prints_the_scores_of_the_library(model, capsys):
    assert main(["evaluate", str(model), "digits8", "--samples", "20"]) == 0
    printed = re.findall(r"(-?\d+\.\d+)(?: ± ([\d.]+))?", capsys.readouterr().out)
    x = binarize(load_digits8().x_test, generator=torch.Generator().manual_seed(0))
    terms, bound = evaluate(storage.load(model), x, samples=10), score(storage.load(model), x, samples=20)
    wanted = [terms.total.mean(), terms.log_likelihood.mean(), terms.kl.mean(), bound.mean]
    for (ours, _), theirs in zip(printed, wanted, strict=True):
        assert abs(float(ours) - float(theirs)) < 2e-3
    assert abs(float(printed[3][1]) - bound.standard_error) < 2e-3
    assert abs(float(printed[0][1]) - terms.total.std().item() / len(x) ** 0.5) < 2e-3


def test_a_file_of_images_is_data(model, tmp_path, capsys):
    digits = load_digits8()
    np.save(tmp_path / "bytes.npy", (255 * digits.x_test).round().to(torch.uint8).reshape(-1, 8, 8).numpy())
    np.save(tmp_path / "floats.npy", digits.x_test.numpy())
    out = []
    for name in ("bytes.npy", "floats.npy"):
        assert main(["evaluate", str(model), str(tmp_path / name)]) == 0
        out.append(capsys.readouterr().out)
    assert out[0].splitlines()[0] == "297 images, in nats per image"
    elbo = [float(re.search(r"ELBO +(\S+)", text)[1]) for text in out]
    assert abs(elbo[0] - elbo[1]) < 0.2  # greys rounded to bytes
    assert main(["train", str(tmp_path / "bytes.npy"), "--out", str(tmp_path / "m"), "--epochs", "1", "--resample-pixels"]) == 0
    assert storage.load(tmp_path / "m").pixels == 64


@pytest.mark.parametrize("options, low", [([], 3), (["--pixels"], 2)])
def test_sample_writes_a_sheet(model, tmp_path, options, low):
    path = tmp_path / "sheet.png"
    assert main(["sample", str(model), "--out", str(path), "--images", "7", "--scale", "2", *options]) == 0
    sheet = imread(path)
    assert sheet.shape[:2] == (3 * 10 * 2, 3 * 10 * 2)  # 3 x 3 places of 8 + 2 pixels
    values = np.unique(sheet[..., 0])
    assert len(values) == 2 if low == 2 else len(values) > 3
    assert (sheet[-20:, -20:, 0] == 1).all(), "places without an image stay empty"
    assert main(["sample", str(model), "--out", str(tmp_path / "again.png"), "--images", "7", "--scale", "2", *options]) == 0
    assert (tmp_path / "again.png").read_bytes() == path.read_bytes()


def test_models_lists_the_books_models_and_they_can_be_sampled(tmp_path, capsys):
    assert main(["models"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == pretrained.names()
    assert main(["sample", "mnist-2d", "--out", str(tmp_path / "sheet.png"), "--images", "4", "--scale", "1"]) == 0
    assert imread(tmp_path / "sheet.png").shape[:2] == (60, 60)


@pytest.mark.parametrize("command, words", [
    ("evaluate nowhere digits8", "model must be a file that `train` wrote, or the name of one of the book's models (digits8-2d, "),
    ("evaluate digits8-2d nowhere.npy", "data must be digits8, mnist, or a .npy file"),
    ("evaluate mnist-2d digits8", "x must be a tensor of shape (n, 784) with n >= 1, got (297, 64)"),
    ("train digits8 --out FOLDER/none/model", "--out must lie in a folder that is there"),
    ("train digits8 --out FOLDER/model --learning-rate -1", "learning_rate must be a finite number >= 0"),
    ("train digits8 --out FOLDER/model --warm-up 10", "until must lie in (0, 1]"),
    ("train digits8 --out FOLDER/model --likelihood gaussian --resample-pixels", "resample_pixels tosses each pixel"),
    ("train digits8 --out FOLDER/model --learning-rate 1e30", "not finite; try a smaller learning_rate"),
    ("train digits8 --out FOLDER/model --device nothing", "--device must be one that is here, got 'nothing'"),
    ("train FOLDER/doubles.npy --out FOLDER/model", "must hold bytes or float32, got float64"),
    ("sample FOLDER/damaged --out FOLDER/sheet.png", "must be a whole safetensors file, got a damaged one"),
    ("sample digits8-2d --out FOLDER/none/sheet.png", "No such file or directory"),
])  # fmt: skip
def test_what_is_refused_is_one_line_and_a_one(tmp_path, capsys, command, words):
    np.save(tmp_path / "doubles.npy", np.zeros((3, 64)))
    (tmp_path / "damaged").write_bytes(b"damaged, all of it")
    assert main(command.replace("FOLDER", str(tmp_path)).split()) == 1
    printed = capsys.readouterr()
    assert words in printed.err and printed.err.count("\n") == 1 and printed.err.startswith(f"vaelib {command.split()[0]}: error: ")


@pytest.mark.parametrize(
    "command", [[], ["train"], ["train", "digits8", "--out", "m", "--epochs", "0"], ["nothing"], ["models", "--seed", "1"]]
)
def test_wrong_arguments_are_a_two(capsys, command):
    with pytest.raises(SystemExit) as end:
        main(command)
    assert end.value.code == 2


def test_python_m_vaelib_is_the_command():
    done = subprocess.run([sys.executable, "-m", "vaelib", "models"], capture_output=True, text=True)
    assert done.returncode == 0 and "digits8-2d" in done.stdout and done.stderr == ""
