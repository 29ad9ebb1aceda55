"""`check_version.py TAG`: the tag, pyproject.toml, CITATION.cff and CHANGELOG.md name one version, or the release stops here."""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def versions(root):
    """What each file says the version is; the changelog's is its newest dated section, None when there is none."""
    dated = re.search(r"^## \[(\d[^\]]*)\] - \d{4}-\d{2}-\d{2}$", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    cited = re.search(r'^version: "?([^"\n]+)"?$', (root / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "pyproject.toml": project["version"],
        "CITATION.cff": cited and cited[1],
        "CHANGELOG.md": dated and dated[1],
    }


def disagreements(root, tag):
    return [f"{name} says {said}, the tag is {tag}" for name, said in versions(root).items() if f"v{said}" != tag]


if __name__ == "__main__":
    sys.exit("\n".join(disagreements(ROOT, sys.argv[1])) or None)
