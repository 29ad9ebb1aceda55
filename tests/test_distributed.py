"""Several processes train what one trains, and one that is lost ends the job, which its last checkpoint goes on with."""

import os
import signal
import subprocess
import sys
import time

import torch

from vaelib import storage
from vaelib.cli import main
from vaelib.training import checkpoint

SETTINGS = ["--threads", "1", "train", "digits8", "--hidden", "32", "--batch-size", "150", "--learning-rate", "3e-3", "--resample-pixels"]


def started(processes, *arguments):
    """torchrun with so many processes, in a group of its own."""
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        f"--nproc-per-node={processes}",
        "-m",
        "vaelib",
        *SETTINGS,
        *arguments,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def workers(parent):
    """The processes that torchrun has started."""
    children = []
    for folder in os.listdir("/proc"):
        if folder.isdecimal():
            try:
                with open(f"/proc/{folder}/stat") as file:
                    text = file.read()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(text.rpartition(")")[2].split()[1]) == parent:
                children.append(int(folder))
    return sorted(children)


def test_two_processes_are_one_process_on_the_same_batches(tmp_path):
    """50 steps; 150 images a batch, so that no share of a batch is a power of two and rounding is free to differ."""
    with started(2, "--epochs", "5", "--out", str(tmp_path / "two")) as job:
        _, words = job.communicate()
    assert job.returncode == 0, words
    assert main([*SETTINGS, "--epochs", "5", "--out", str(tmp_path / "one")]) == 0
    one, two = storage.load(tmp_path / "one"), storage.load(tmp_path / "two")
    for ours, theirs in zip(one.parameters(), two.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


def test_a_lost_process_ends_the_job_and_the_last_checkpoint_goes_on(tmp_path):
    settings = ["--epochs", "400", "--out", str(tmp_path / "model"), "--checkpoints", str(tmp_path / "run")]
    with started(2, *settings) as job:
        for line in job.stdout:
            if line.startswith("epoch 3/"):
                os.kill(workers(job.pid)[1], signal.SIGKILL)
                break
        _, words = job.communicate(timeout=120)
    assert job.returncode != 0 and ("SIGKILL" in words or "Signal 9" in words)
    assert not (tmp_path / "model").exists()
    reached = checkpoint.read(checkpoint.found(tmp_path / "run")[-1])
    assert 2 <= reached.epoch < 400
    before = time.time()
    settings[1] = str(reached.epoch + 1)  # two processes or one: the run is the same
    assert main([*SETTINGS, *settings]) == 0
    assert (tmp_path / "model").stat().st_mtime > before - 1
    assert checkpoint.read(checkpoint.found(tmp_path / "run")[-1]).epoch == reached.epoch + 1
