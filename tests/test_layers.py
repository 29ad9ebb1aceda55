"""The house's one-way rule: imports inside vaelib point towards simpler rooms, never back."""

import ast
from pathlib import Path

import pytest

VAELIB = Path(__file__).parents[1] / "vaelib"

# Each room with the rooms it may import, in the order of DESIGN's plan. A new room must be placed here.
MAY_IMPORT = {
    "checks": set(),
    "files": set(),
    "data": set(),
    "moments": {"checks"},
    "drawings": set(),
    "schedules": set(),
    "noise": {"checks"},
    "distributions": {"checks"},
    "likelihoods": {"checks", "noise"},
    "posteriors": {"distributions"},
    "priors": {"checks", "noise", "posteriors"},
    "exercises": {"checks", "likelihoods", "posteriors", "priors"},
    "bounds": {"checks", "likelihoods", "posteriors", "priors"},
    "networks": {"checks", "posteriors"},
    "model": {"checks", "likelihoods", "networks", "posteriors", "priors"},
    "storage": {"files", "likelihoods", "model", "networks", "priors"},
    "estimators": {"posteriors"},
    "objectives": {"bounds", "estimators", "model"},
    "training": {"bounds", "checks", "files", "model", "noise", "objectives", "schedules"},
    "exact": {"bounds", "checks", "distributions", "posteriors"},
    "latent": {"checks", "model"},
    "diagnostics": {"checks", "latent", "model", "noise", "posteriors"},
    "pretrained": {"data", "distributions", "files", "latent", "model", "moments", "noise", "schedules", "storage", "training"},
    "cli": {"checks", "data", "likelihoods", "model", "networks", "noise", "pretrained", "schedules", "storage", "training"},
    "__main__": {"cli"},
    "figures": {"latent", "model", "training"},
    "widgets": {"distributions", "drawings", "exact", "exercises", "figures", "latent", "model", "noise", "posteriors", "pretrained"},
}


def rooms_imported(path: Path) -> set[str]:
    """The rooms of vaelib that a file imports, whatever the form of the import."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} uses a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("vaelib.")}
    return rooms


def room_of(path: Path) -> str:
    return path.relative_to(VAELIB).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", sorted(p for p in VAELIB.rglob("*.py") if p != VAELIB / "__init__.py"), ids=lambda p: p.stem)
def test_a_room_imports_only_the_rooms_before_it(path):
    room = room_of(path)
    assert room in MAY_IMPORT, f"{path} is a new room: give it a place in MAY_IMPORT"
    # "from vaelib.x import name" also yields x's own names; only rooms count
    imported = {r for r in rooms_imported(path) if r in MAY_IMPORT or (VAELIB / r).exists() or (VAELIB / f"{r}.py").exists()}
    assert imported - {room} <= MAY_IMPORT[room]


def test_the_plan_itself_has_no_cycle():
    placed = set()
    for room, needs in MAY_IMPORT.items():
        assert needs <= placed, f"{room} needs a room that comes later"
        placed.add(room)


@pytest.mark.parametrize("path", sorted(VAELIB.rglob("*.py")), ids=lambda p: str(p.relative_to(VAELIB)))
def test_a_file_can_be_read_in_one_sitting_and_says_what_it_is(path):
    source = path.read_text()
    assert len(source.splitlines()) <= 250
    assert ast.get_docstring(ast.parse(source)), "the first line says what is in the room and what is not"
    if path.name != "__main__.py":
        assert "print(" not in source
