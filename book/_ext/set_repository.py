"""Names the repository everywhere at once: `python book/_ext/set_repository.py OWNER/NAME [BRANCH]`. It runs no notebook.

_config.yml says which repository this is; the notebooks (badge and install cell), CITATION.cff and pyproject.toml repeat it.
A fork runs this once and commits what it changed; the publishing workflow runs it too, so that a page's buttons lead to where
it was built.
"""

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
BRANCH = re.compile(r"(?![/-])[A-Za-z0-9._/-]+(?<!/)")
NAMING = ("_config.yml", "CITATION.cff", "pyproject.toml", "README.md", "CHANGELOG.md", "book/about.md", "notebooks/*.ipynb")


def archive(branch):
    """Where, under a repository's address, GitHub keeps the newest state of a branch as a zip, which pip installs without git."""
    return f"archive/refs/heads/{branch}.zip"


def install_command(place, branch):
    """What Colab installs the library with: from the repository, so that it needs no release and no name on the package index."""
    return f'%pip install -q "vaelib @ https://github.com/{place}/{archive(branch)}"'


def site(place):
    """Where GitHub's Pages show a repository's book, unless it has a domain of its own."""
    owner, name = place.split("/")
    return f"https://{owner.lower()}.github.io/{name}/"


def renamed(text, before, after):
    """The text with one repository's addresses turned into another's; each is a pair (OWNER/NAME, branch)."""
    (old, old_branch), (new, new_branch) = before, after
    text = text.replace(f"/github/{old}/blob/{old_branch}/", f"/github/{new}/blob/{new_branch}/")
    text = text.replace(f"https://github.com/{old}/{archive(old_branch)}", f"https://github.com/{new}/{archive(new_branch)}")
    text = text.replace(site(old), site(new))
    return re.sub(rf"https://github\.com/{re.escape(old)}(?![\w.-])", f"https://github.com/{new}", text)


def set_repository(root, place, branch):
    """Writes the files that change, and returns their names; ValueError for what cannot be a repository or a branch."""
    if not PLACE.fullmatch(place) or not BRANCH.fullmatch(branch):
        raise ValueError(f"a repository is OWNER/NAME and a branch is a plain name, got {place!r} and {branch!r}")
    repository = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["repository"]
    before = repository["url"].removeprefix("https://github.com/"), repository["branch"]
    changed = []
    for path in sorted(path for pattern in NAMING for path in root.glob(pattern)):
        text = path.read_text(encoding="utf-8")
        new = renamed(text, before, (place, branch))
        if path.name == "_config.yml":
            new = re.sub(rf"^  branch: {re.escape(before[1])}$", f"  branch: {branch}", new, flags=re.MULTILINE)
        if new != text:
            path.write_text(new, encoding="utf-8")
            changed.append(str(path.relative_to(root)))
    return changed


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: set_repository.py OWNER/NAME [BRANCH]")
    for name in set_repository(ROOT, sys.argv[1], *(sys.argv[2:] or ["main"])):
        print(name)
