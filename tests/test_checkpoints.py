"""Checkpoints: a run killed at any moment goes on to bitwise the same weights, and nothing that goes wrong loses what was there."""

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch

from vaelib import dense_vae, fit, load_digits8
from vaelib.cli import main
from vaelib.files import write_tensors
from vaelib.schedules import cosine
from vaelib.training import checkpoint

SETTINGS = dict(epochs=12, batch_size=64, learning_rate=cosine(3e-3), resample_pixels=True, keep_best=True, seed=3)


@pytest.fixture(scope="module")
def data():
    digits = load_digits8()
    return digits.x_train[:256], (digits.x_test[:50] > 0.5).float()


def train(data, folder=None, model=None, **changes):
    model = dense_vae(64, 2, hidden=(16,)) if model is None else model
    history = fit(model, data[0], x_validation=data[1], checkpoints=folder, **(SETTINGS | changes))
    return model, history


def same(a, b):
    return all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters(), strict=True))


def same_history(a, b):
    for one, other in ((a.train, b.train), (a.validation, b.validation)):
        assert all(np.array_equal(p, q) for p, q in zip(one[:4], other[:4], strict=True))
    assert np.array_equal(a.learning_rate, b.learning_rate) and a.best_epoch == b.best_epoch


@pytest.fixture(scope="module")
def whole(data):
    return train(data)


def child(work):
    """Run work in a process of its own, which ends with it. Returns its id."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def after_calls(count, act, work):
    """Run work, and act at its count-th call of a function, Python's or C's."""
    calls = 0

    def step(frame, event, argument):
        nonlocal calls
        calls += 1
        if calls == count:
            act()

    sys.setprofile(step)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def test_a_run_killed_at_random_points_reaches_the_same_weights(data, whole, tmp_path):
    calls = after_calls(-1, lambda: None, lambda: train(data, tmp_path / "counted"))
    draw, killed = random.Random(0), 0
    for _ in range(12):
        count = draw.randrange(calls // 3)
        pid = child(
            lambda count=count: after_calls(count, lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: train(data, tmp_path / "run"))
        )
        killed += os.waitpid(pid, 0)[1] == signal.SIGKILL
        assert all(checkpoint.read(path) for path in checkpoint.found(tmp_path / "run"))
    assert killed >= 6
    model, history = train(data, tmp_path / "run")
    assert same(model, whole[0])
    same_history(history, whole[1])
    assert len(checkpoint.found(tmp_path / "run")) == 2 and not list((tmp_path / "run").glob(".*"))


def test_a_run_interrupted_at_random_points_goes_on_to_the_same_weights(data, whole, tmp_path):
    calls = after_calls(-1, lambda: None, lambda: train(data, tmp_path / "counted"))
    draw, interrupted = random.Random(1), 0
    for _ in range(30):
        try:
            after_calls(draw.randrange(calls // 4), lambda: signal.raise_signal(signal.SIGINT), lambda: train(data, tmp_path / "run"))
        except KeyboardInterrupt:
            interrupted += 1
    assert interrupted >= 6
    model, history = train(data, tmp_path / "run")
    assert same(model, whole[0])
    same_history(history, whole[1])


@pytest.mark.parametrize("place", ["fdopen", "fsync", "chmod", "replace", "after"])
def test_a_run_killed_while_it_saves_loses_nothing(data, whole, tmp_path, monkeypatch, place):
    calls = 0

    def die(*arguments, **named):
        nonlocal calls
        calls += 1
        if calls == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return known(*arguments, **named)

    module, name = (checkpoint, "_flush_folder") if place == "after" else (os, place)
    known = getattr(module, name)
    with monkeypatch.context() as patch:
        patch.setattr(module, name, die)
        pid = child(lambda: train(data, tmp_path))
        assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    assert 1 <= len(checkpoint.found(tmp_path)) <= 3
    model, history = train(data, tmp_path)
    assert same(model, whole[0])
    same_history(history, whole[1])
    assert not list(tmp_path.glob(".*"))


def test_a_finished_run_is_read_and_a_run_at_constant_settings_may_be_made_longer(data, whole, tmp_path):
    train(data, tmp_path)
    before = [path.stat().st_mtime_ns for path in checkpoint.found(tmp_path)]
    model, history = train(data, tmp_path)
    assert same(model, whole[0]) and len(history.train.elbo) == 12
    assert [path.stat().st_mtime_ns for path in checkpoint.found(tmp_path)] == before
    longer = tmp_path / "longer"
    train(data, longer, epochs=5, learning_rate=1e-3)
    assert same(train(data, longer, epochs=9, learning_rate=1e-3)[0], train(data, epochs=9, learning_rate=1e-3)[0])
    with pytest.raises(ValueError, match="epochs must be at least the 9"):
        train(data, longer, epochs=7, learning_rate=1e-3)


def test_control_c_saves_and_says_how_to_go_on(data, whole, tmp_path):
    def interrupt(epoch, history):
        if epoch == 5:
            signal.raise_signal(signal.SIGINT)

    model = dense_vae(64, 2, hidden=(16,))
    with pytest.raises(KeyboardInterrupt) as error:
        train(data, tmp_path, model, on_epoch=interrupt, checkpoint_every=4)
    done = len(model.last_fit.history.train.elbo)
    assert done == 5 and checkpoint.found(tmp_path)[-1] == checkpoint.path_of(tmp_path, done)
    assert f"stopped after {done} of 12 epochs" in error.value.__notes__[0] and "the same call" in error.value.__notes__[0]
    assert same(train(data, tmp_path, checkpoint_every=4)[0], whole[0])


@pytest.mark.parametrize("change, words", [
    ({"seed": 4}, "seed is 4 here and 3 there"), ({"batch_size": 32}, "batch_size is 32 here and 64 there"),
    ({"epochs": 13}, "epochs is 13"),
    ({"learning_rate": cosine(1e-3)}, "learning_rate"), ({"beta": 2.0}, "beta is 2.0 here and 1.0 there"),
])  # fmt: skip
def test_another_runs_checkpoint_is_refused(data, tmp_path, change, words):
    train(data, tmp_path, epochs=12)
    with pytest.raises(ValueError) as error:
        train(data, tmp_path, **change)
    assert "the checkpoint of another run" in str(error.value) and words in str(error.value)


def test_other_images_another_model_and_a_second_call_are_another_run(data, tmp_path):
    model, _ = train(data, tmp_path)
    for name, run in {
        "x is": lambda: train((data[0].flip(0), data[1]), tmp_path),
        "x_validation is": lambda: train((data[0], 1 - data[1]), tmp_path),
        "model is": lambda: train(data, tmp_path, dense_vae(64, 3, hidden=(16,))),
        "give each call of fit a folder of its own": lambda: train(data, tmp_path, model),
    }.items():
        with pytest.raises(ValueError, match=name):
            run()


def test_a_damaged_checkpoint_is_refused_and_the_one_before_it_serves(data, whole, tmp_path):
    train(data, tmp_path)
    last = checkpoint.found(tmp_path)[-1]
    good = last.read_bytes()
    flipped = bytearray(good)
    flipped[-100] ^= 1
    foreign = (tmp_path.parent / "foreign").with_suffix(".safetensors")
    write_tensors({"weight": torch.zeros(3)}, foreign, {"format": "pt"})
    for bad in (good[: len(good) // 2], good[:4], b"", bytes(flipped), foreign.read_bytes(), b"not a checkpoint at all"):
        last.write_bytes(bad)
        model = dense_vae(64, 2, hidden=(16,))
        with pytest.raises(OSError, match=r"epoch-000012.safetensors must be .*delete it to go on from epoch-000011.safetensors"):
            train(data, tmp_path, model)
        assert same(model, dense_vae(64, 2, hidden=(16,))) and last.read_bytes() == bad
    last.unlink()
    assert same(train(data, tmp_path)[0], whole[0])


def test_a_full_disk_ends_the_run_with_the_earlier_checkpoints_whole(data, whole, tmp_path):
    """The kernel refuses to make a file longer than the limit, as it does where no room is left."""
    read, write = os.pipe()

    def until_full(epoch, history):
        if epoch == 7:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))

    def work():
        try:
            train(data, tmp_path, on_epoch=until_full)
        except OSError as error:
            os.write(write, str(error).encode())

    os.waitpid(child(work), 0)
    os.close(write)
    words = os.read(read, 10_000).decode()
    assert "the checkpoint of epoch 8 could not be written" in words and os.strerror(errno.EFBIG) in words
    assert "epoch-000007.safetensors is whole: make room" in words
    assert [path.name for path in checkpoint.found(tmp_path)] == ["epoch-000006.safetensors", "epoch-000007.safetensors"]
    assert not list(tmp_path.glob(".*"))
    assert same(train(data, tmp_path)[0], whole[0])


def test_a_folder_that_cannot_be_written_to_is_known_before_training(data, tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(OSError, match="could not be written"):
        train(data, file)
    closed = Path(tempfile.mkdtemp())  # where another user may look, too
    closed.chmod(0o555)
    read, write = os.pipe()

    def work():
        if os.getuid() == 0:  # root may write anywhere
            os.setuid(65534)
        try:
            train(data, closed / "run", on_epoch=lambda epoch, history: os.write(write, b"trained"))
        except OSError as error:
            os.write(write, str(error).encode())

    os.waitpid(child(work), 0)
    os.close(write)
    closed.rmdir()
    words = os.read(read, 10_000).decode()
    assert "trained" not in words and "could not be written" in words and os.strerror(errno.EACCES) in words


def test_the_command_goes_on_after_kill_and_after_control_c(tmp_path):
    command = [
        "--threads",
        "1",
        "train",
        "digits8",
        "--hidden",
        "16",
        "--batch-size",
        "500",
        "--epochs",
        "60",
        "--resample-pixels",
        "--cosine",
    ]
    resumed = [*command, "--out", str(tmp_path / "resumed"), "--checkpoints", str(tmp_path / "run")]
    assert main([*command, "--out", str(tmp_path / "whole")]) == 0
    for kill, code, epoch in ((signal.SIGKILL, -signal.SIGKILL, 7), (signal.SIGINT, 130, 20)):
        words = [sys.executable, "-m", "vaelib", *resumed]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                if line.startswith(f"epoch {epoch}/"):
                    process.send_signal(kill)
                    break
            _, words = process.communicate()
        assert process.returncode == code
    assert words.count("\n") == 1 and "of 60 epochs, kept in" in words and "goes on from there" in words
    assert main(resumed) == 0
    assert (tmp_path / "resumed").read_bytes() == (tmp_path / "whole").read_bytes()
