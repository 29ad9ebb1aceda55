"""What a machine installs: locked files with hashes, torch by a step of its own, a quick import, and a package that is whole."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from setuptools import find_packages

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SLOW = ("sklearn", "scipy", "pooch", "requests", "matplotlib", "PIL", "pandas", "anywidget", "ipywidgets", "IPython")


def locked(name):
    """{package: hashes of its files} of a lock file."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    found = {}
    for line in lines:
        requirement = Requirement(line.split(" --hash")[0])
        assert str(requirement.specifier).startswith("=="), line
        found.setdefault(requirement.name.lower(), []).extend(re.findall(r"--hash=sha256:([0-9a-f]{64})(?= |$)", line))
    return found


def asked(name):
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    return {Requirement(line).name.lower() for line in lines if line}


@pytest.mark.parametrize("name", ["requirements", "requirements-build"])
def test_all_that_is_installed_is_known_by_its_hash(name):
    found = locked(f"{name}.txt")
    assert asked(f"{name}.in") <= set(found) and all(found.values())
    assert "torch" not in found and not [package for package in found if package.startswith(("nvidia", "cuda"))]


def test_what_the_package_wants_is_in_the_lock_or_is_torch():
    wanted = {Requirement(line).name for line in PROJECT["project"]["dependencies"]}
    assert wanted - set(locked("requirements.txt")) == {"torch"} == asked("requirements-torch.txt")


def test_no_index_is_searched_beside_another():
    """An extra index answers for every name, so whoever writes to one of the two could answer for the other."""
    for path in [ROOT / "Makefile", *(ROOT / ".ci").iterdir(), *ROOT.glob("requirements*"), *(ROOT / ".github").rglob("*.*")]:
        assert not re.search("extra.index", path.read_text(encoding="utf-8"), re.IGNORECASE), path.name


@pytest.mark.parametrize(
    ("answers", "index", "asked"),
    [
        ((0,), None, ["--no-index"]),
        ((1, 0), "https://cpu.example/", ["--no-index", "--index-url"]),
        ((1, 1, 0), "https://cpu.example/", ["--no-index", "--index-url", "with what it wants"]),
        ((1, 0), "", ["--no-index", "with what it wants"]),
    ],
)
def test_torch_comes_from_its_own_index_and_from_the_package_index_only_where_that_fails(tmp_path, answers, index, asked):
    """`python` is a stand-in that writes down how pip is called and answers as it is told."""
    python = tmp_path / "python"
    python.write_text(
        f'#!{sys.executable}\nimport json, pathlib, sys\nlog = pathlib.Path("{tmp_path}/log")\n'
        f'calls = log.read_text().splitlines() if log.exists() else []\nlog.write_text("\\n".join([*calls, json.dumps(sys.argv[1:])]))\n'
        f"sys.exit({answers}[len(calls)])\n",
        encoding="utf-8",
    )
    python.chmod(0o755)
    environment = os.environ | ({} if index is None else {"TORCH_INDEX": index})
    done = subprocess.run([ROOT / ".ci" / "install_torch", python], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    calls = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    kinds = [next((o for o in ("--no-index", "--index-url") if o in call), "with what it wants") for call in calls]
    assert kinds == asked
    for call, kind in zip(calls, kinds, strict=True):
        assert call[:3] == ["-m", "pip", "install"] and call[-2] == "-r" and call[-1].endswith("requirements-torch.txt")
        assert ("--no-deps" in call) == (kind != "with what it wants")
        assert kind != "--index-url" or call[call.index("--index-url") + 1] == index


def test_importing_the_library_imports_nothing_slow_but_torch():
    code = f"import sys, vaelib, vaelib.pretrained; print([name for name in {SLOW} if name in sys.modules])"
    bare = f"import sys, torch; print([name for name in {SLOW} if name in sys.modules])"
    ours, torchs = (
        subprocess.run([sys.executable, "-c", c], capture_output=True, text=True, check=True, cwd=ROOT).stdout for c in (code, bare)
    )
    assert ours == torchs


def test_a_command_parses_only_when_it_is_run():
    import vaelib.pretrained.__main__ as command

    with pytest.raises(SystemExit) as left:
        command.main(["no-such-model"])
    assert left.value.code == 2


def test_every_folder_of_the_library_is_packed_and_it_says_that_it_is_typed():
    settings = PROJECT["tool"]["setuptools"]
    packed = find_packages(ROOT, **{key: settings["packages"]["find"][key] for key in ("include",)})
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "vaelib").rglob("*.py")}
    assert set(packed) == folders and settings["packages"]["find"]["namespaces"] is False
    assert "py.typed" in settings["package-data"]["vaelib"] and (ROOT / "vaelib" / "py.typed").exists()


def test_the_package_says_where_its_readers_find_help():
    project = PROJECT["project"]
    assert {"Documentation", "Repository", "Issues", "Changelog"} <= set(project["urls"])
    assert project["authors"] and project["keywords"] and "Typing :: Typed" in project["classifiers"]
