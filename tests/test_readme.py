"""The README's code runs as printed, and its commands exist."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_example_runs_as_printed(tmp_path):
    code = re.search(r"```python\n(.+?)```", README, re.DOTALL)[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    ours, stored = (float(number) for number in re.findall(r"tensor\((-[\d.]+)\)", done.stdout))
    assert stored > ours > -28, "both beat the best model without a latent"


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make ([a-z]+)(?=[`' ]|$)", README, re.MULTILINE))
    assert {"book", "test", "serve"} <= named <= targets
