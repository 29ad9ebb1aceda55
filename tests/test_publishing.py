"""What publishes the book, as text: workflows, the repository's name, the offline zip, licences and citation."""

import datetime
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError

import vaelib

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / ".github")]

import check_version  # noqa: E402
import offline  # noqa: E402
import set_repository  # noqa: E402
from vaebook import ebook, math, publish  # noqa: E402

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
workflows = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


# Workflows


def test_there_is_a_workflow_to_test_and_publish_one_for_colab_and_one_to_release():
    assert [path.stem for path in WORKFLOWS] == ["ci", "colab", "release"]


@workflows
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path):
    used = re.findall(r"uses: *(.*)", path.read_text(encoding="utf-8"))
    assert path.stem == "colab" or len(used) > 2
    assert [action for action in used if not PINNED.fullmatch(action)] == []


def test_one_action_has_one_version():
    used = {line for path in WORKFLOWS for line in re.findall(r"uses: *(.*)", path.read_text(encoding="utf-8"))}
    names = [line.split("@")[0] for line in used]
    assert len(names) == len(set(names))


@workflows
def test_a_job_may_do_no_more_than_it_says_and_ends(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    triggers = workflow[True]  # YAML reads the word "on" so
    assert workflow["permissions"] == {} and "concurrency" in workflow
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(triggers)
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 90, name
        written = {right for right, level in job["permissions"].items() if level == "write"}
        allowed = {"publish": {"pages", "id-token"}, "index": {"id-token"}, "release": {"contents"}, "report": {"issues"}}
        assert written == allowed.get(name, set()), name
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
                assert not written, "a job that runs the repository's code holds no right to write"
            assert "${{" not in step.get("run", ""), "text from outside reaches a shell through its environment only"


def test_only_the_default_branch_is_published_and_only_after_the_tests():
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]
    where = "github.event_name != 'pull_request' && github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"
    upload = jobs["test"]["steps"][-1]
    commands = [step.get("run", "") for step in jobs["test"]["steps"]]
    assert jobs["publish"]["if"] == upload["if"] == where and jobs["publish"]["needs"] == "test"
    assert commands.index("make test") < commands.index("make book") == len(commands) - 2 and upload["with"]["path"] == "_build/html"


def test_a_release_is_built_apart_from_the_tests_of_hashed_tools_and_from_the_default_branch():
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))["jobs"]
    commands = {name: "\n".join(step.get("run", "") for step in job["steps"]) for name, job in jobs.items()}
    assert "make test" in commands["test"] and "make" not in commands["library"] and "needs" not in jobs["library"]
    assert [line for line in commands["library"].splitlines() if "pip" in line] == [
        '"$RUNNER_TEMP/build/bin/pip" install -q --require-hashes -r requirements-build.txt'
    ]
    assert "-m build --no-isolation" in commands["library"]
    checked = next(n for n, step in enumerate(jobs["library"]["steps"]) if "merge-base --is-ancestor" in step.get("run", ""))
    assert jobs["library"]["steps"][0]["with"]["fetch-depth"] == 0 and checked == 1
    assert jobs["index"]["needs"] == ["test", "library"] and {"test", "library", "index"} == set(jobs["release"]["needs"])
    fetched = jobs["index"]["steps"][0]["with"]
    assert fetched["artifact-ids"] == "${{ needs.library.outputs.artifact }}" and "name" not in fetched


def test_a_tag_beside_the_default_branch_stops_the_release(tmp_path):
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))["jobs"]
    (step,) = (step for step in jobs["library"]["steps"] if "merge-base" in step.get("run", ""))

    def git(*words):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "one")
    on = git("rev-parse", "HEAD")
    git("update-ref", "refs/remotes/origin/trunk", on)
    git("commit", "-q", "--allow-empty", "-m", "two")
    for commit, code in ((on, 0), (git("rev-parse", "HEAD"), 1)):
        environment = os.environ | {"GITHUB_SHA": commit, "BRANCH": "trunk", "GITHUB_REF_NAME": "v1"}
        assert subprocess.run(["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=environment).returncode == code


def test_only_our_own_alert_keeps_a_second_from_being_written():
    report = yaml.safe_load((ROOT / ".github/workflows/colab.yml").read_text(encoding="utf-8"))["jobs"]["report"]["steps"][0]
    (question,) = (line for line in report["run"].splitlines() if "issue list" in line)
    assert '--label "$LABEL"' in question and "--app github-actions" in question and "title" not in question


def test_all_that_is_pinned_is_kept_current():
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))["updates"]
    assert {one["package-ecosystem"] for one in updates} == {"github-actions", "pip", "npm"}
    assert all(one["cooldown"]["default-days"] >= 7 for one in updates)


def test_zizmor_finds_nothing():
    command = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--persona=pedantic", "--no-progress", str(ROOT / ".github")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


# A release


def write_versions(folder, project="0.2.0", cited="0.2.0", dated="0.2.0"):
    (folder / "pyproject.toml").write_text(f'[project]\nname = "vaelib"\nversion = "{project}"\n', encoding="utf-8")
    (folder / "CITATION.cff").write_text(f"cff-version: 1.2.0\nversion: {cited}\n", encoding="utf-8")
    (folder / "CHANGELOG.md").write_text(
        f"# Changelog\n\n## [Unreleased]\n\n## [{dated}] - 2026-12-01\n\n## [0.1.0] - 2026-11-01\n", encoding="utf-8"
    )


def test_a_release_needs_one_version_everywhere(tmp_path):
    write_versions(tmp_path)
    assert check_version.disagreements(tmp_path, "v0.2.0") == []
    assert len(check_version.disagreements(tmp_path, "v0.2.1")) == 3
    for part, name in (("project", "pyproject.toml"), ("cited", "CITATION.cff"), ("dated", "CHANGELOG.md")):
        write_versions(tmp_path, **{part: "0.1.9"})
        (sentence,) = check_version.disagreements(tmp_path, "v0.2.0")
        assert sentence == f"{name} says 0.1.9, the tag is v0.2.0"


def test_the_version_is_the_same_now_and_changes_wait_under_unreleased():
    said = check_version.versions(ROOT)
    assert said["pyproject.toml"] == said["CITATION.cff"] == vaelib.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]\n+### (Added|Changed|Fixed|Removed)\n+- ", changelog, re.MULTILINE)


def test_the_citation_has_what_its_format_demands():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0" and citation["type"] in {"software", "dataset"}
    assert citation["message"] and citation["title"] and all(author["name"] for author in citation["authors"])
    assert isinstance(citation.get("date-released", datetime.date.min), datetime.date)


# The repository's name


@pytest.fixture
def copy(tmp_path):
    for pattern in set_repository.NAMING:
        for path in ROOT.glob(pattern):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)
    return tmp_path


def test_every_badge_and_install_cell_leads_to_the_repository_that_was_named(copy):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    changed = set_repository.set_repository(copy, "a-reader/vae-book-2", "trunk")
    config = yaml.safe_load((copy / "_config.yml").read_text(encoding="utf-8"))["repository"]
    assert config == {"url": "https://github.com/a-reader/vae-book-2", "branch": "trunk", "path_to_book": ""}
    notebooks = sorted((copy / "notebooks").glob("*.ipynb"))
    assert notebooks and {str(path.relative_to(copy)) for path in notebooks} | {"CITATION.cff", "pyproject.toml"} <= set(changed)
    for path in notebooks:
        address = f"](https://colab.research.google.com/github/a-reader/vae-book-2/blob/trunk/notebooks/{path.name})"
        first, second = nbformat.read(path, as_version=4).cells[:2]
        assert address in first.source
        archive = "https://github.com/a-reader/vae-book-2/archive/refs/heads/trunk.zip"
        assert second.source.endswith(f'"vaelib @ {archive}"'), "pip takes the library from there and asks no index for its name"
    for path in before:
        assert "vae-book/vae-book" not in path.read_text(encoding="utf-8"), path.name
    assert 'Documentation = "https://a-reader.github.io/vae-book-2/"' in (copy / "pyproject.toml").read_text(encoding="utf-8")
    set_repository.set_repository(copy, "vae-book/vae-book", "main")
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    ("place", "branch"), [("vae-book", "main"), ("a/b/c", "main"), ("a/b\nurl: x", "main"), ("a/b", "-x"), ("a/b", "m n"), ("a/b", "")]
)
def test_what_cannot_be_a_repository_is_refused_and_nothing_is_written(copy, place, branch):
    before = (copy / "_config.yml").read_bytes()
    with pytest.raises(ValueError, match="OWNER/NAME"):
        set_repository.set_repository(copy, place, branch)
    assert (copy / "_config.yml").read_bytes() == before


# Pages of their own


def test_the_missing_page_names_everything_from_the_sites_path():
    page = (
        '<a href="book/index.html?a=1&amp;b=2"><img src="_static/a.png"><a href="#main"><a href="/x"><form action="search.html">'
        '<a href="https://example.org/"><html data-content_root="./"><img src="data:image/png;base64,AA==">'
    )
    moved = publish.absolute(page, "/vae-book/")
    assert moved == page.replace('"book/', '"/vae-book/book/').replace('"_static', '"/vae-book/_static').replace(
        '"search', '"/vae-book/search'
    ).replace('"./"', '"/vae-book/"')
    assert publish.absolute(moved, "/elsewhere/") == moved


@pytest.mark.parametrize("base", ["example.org/book/", "https://example.org/book", 'https://example.org/"><script>/', "ftp://example.org/"])
def test_an_address_that_cannot_be_the_sites_is_refused(monkeypatch, base):
    monkeypatch.setenv("BOOK_BASEURL", base)
    with pytest.raises(ExtensionError, match="BOOK_BASEURL"):
        publish.take_base(None, type("Config", (), {})())


def test_a_preview_tells_whole_words_without_formulas():
    page = new_document("page")
    section = nodes.section()
    page += section
    section += nodes.paragraph("", "About ", nodes.math("", r"\mu"), nodes.Text("."))
    section += nodes.paragraph("", 'One "short" sentence.')
    assert publish.told_by(page) == 'One "short" sentence.'
    section += nodes.paragraph("", "word, " * 60)
    told = publish.told_by(page)
    assert told.endswith("word …") and len(told) <= publish.TOLD + 2
    config = type("Config", (), {"html_title": "A <book>", "html_baseurl": ""})()
    tags = publish.preview(config, "A title", 'One "short" <b>', "a.html")
    assert 'content="One &quot;short&quot; &lt;b&gt;"' in tags and "og:url" not in tags and "og:image" not in tags


def test_an_e_books_formula_is_mathml_alone():
    page = ebook.mathml(math.typeset(r"\log \mathcal{N}(z) + \mathbb{E}[x] + \mathcal{L} \log (2)", True))
    assert page.startswith("<math") and "annotation" not in page and 'mathvariant="script"' not in page
    assert "𝒩" in page and "𝔼" in page and "ℒ" in page
    assert page.count('<mspace width="0.17em"/>') == 1, "a thin space before a letter, none before a bracket"


# To read without a network


def test_the_zip_is_the_same_for_the_same_site_and_unpacks_into_one_folder(tmp_path):
    site = tmp_path / "html"
    (site / "_static").mkdir(parents=True)
    for name in ("index.html", "_static/b.mjs", "_static/a.css", "objects.inv"):
        (site / name).write_text(name, encoding="utf-8")
    offline.pack(site, tmp_path / "one.zip")
    (site / "index.html").touch()
    offline.pack(site, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.namelist() == [f"vae-book/{name}" for name in ("README.txt", "_static/a.css", "_static/b.mjs", "index.html")]
        assert "python -m http.server" in archive.read("vae-book/README.txt").decode()


def test_an_unbuilt_book_is_not_packed(tmp_path):
    with pytest.raises(FileNotFoundError, match="run make book"):
        offline.pack(tmp_path, tmp_path / "a.zip")


# What stands beside the code


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_its_links_and_the_files_it_names_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if not re.match(r"https?:", link)]
    named = re.findall(r"`((?:book|vaelib|tests|notebooks|benchmarks|\.github)/[\w./-]*)`", text)
    assert [link for link in links + named if "NN_name" not in link and "name." not in link and not (ROOT / link).exists()] == []


def test_code_and_text_have_each_their_licence():
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    text = (ROOT / "LICENSE-TEXT").read_text(encoding="utf-8")
    assert "What it does not cover:" in text and "Creative Commons Attribution 4.0 International Public License" in text
    assert "Section 8 -- Interpretation." in text
