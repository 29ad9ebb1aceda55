"""Torch and the page decide alike on every file of one corpus of damaged weight files, and say why in few words."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import corpus
from vaelib import Gaussian, dense_vae, pretrained
from vaelib.storage import read_parts, write_parts

ROOT = Path(__file__).parents[1]
LONGEST = 300  # characters of what a refusal says, the file's own path aside
SCRIPT = """
import { readFileSync } from "node:fs";
const { encoder, decoder } = await import(new URL("network.mjs", %s));
const { parseCodes } = await import(new URL("codes.mjs", %s));
const readers = { encoder, decoder, gaussian: decoder, codes: parseCodes };
const said = JSON.parse(readFileSync(0, "utf8")).map(([part, path]) => {
  try {
    readers[part](readFileSync(path));
    return null;
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
});
console.log(JSON.stringify(said));
"""


def read_in_page(files):
    node = shutil.which("node")
    if node is None:
        message = "no node here: install Node 20 or later to compare the two readers"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    engine = json.dumps((ROOT / "vaelib/widgets/js/engine").as_uri() + "/")
    asked = json.dumps([[part, str(path)] for part, _, path in files])
    command = [node, "--input-type=module", "-e", SCRIPT % (engine, engine)]
    return json.loads(subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout)


def read_in_torch(part, path, partners):
    """What the refusal says, or None. Anything but an OSError is a fault of the reader."""
    try:
        if part == "codes":
            pretrained.read_codes_file(path)
        else:
            paths = partners["gaussian" if part == "gaussian" else "bernoulli"]
            read_parts(path if part == "encoder" else paths[0], path if part != "encoder" else paths[1])
    except OSError as error:
        return str(error)
    return None


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """(part, mutation, torch's words or None, the page's words or None) of each file."""
    folder = tmp_path_factory.mktemp("corpus")
    partners, sound = {}, {}
    for kind, likelihood in (("bernoulli", None), ("gaussian", Gaussian(0.3, learn_std=True))):
        partners[kind] = (folder / f"{kind}.encoder", folder / f"{kind}.decoder")
        write_parts(dense_vae(70, 2, hidden=(64, 5), activation="silu", likelihood=likelihood, seed=3), *partners[kind])
    sound["encoder"], sound["decoder"] = (path.read_bytes() for path in partners["bernoulli"])
    sound["gaussian"] = partners["gaussian"][1].read_bytes()
    sound["codes"] = pretrained.file_path("digits8-8d", "codes").read_bytes()
    files = corpus.write(folder, sound)
    page = read_in_page(files)
    return [(part, name, read_in_torch(part, path, partners), said) for (part, name, path), said in zip(files, page, strict=True)]


def test_torch_and_the_page_decide_alike_on_every_file(verdicts):
    assert len(verdicts) > 1000
    different = [
        (part, name, torch_says, page_says) for part, name, torch_says, page_says in verdicts if (torch_says is None) != (page_says is None)
    ]
    assert different == [], "\n".join(map(str, different))


def test_what_is_sound_is_read_and_hardly_anything_else(verdicts):
    accepted = [(part, name) for part, name, torch_says, _ in verdicts if torch_says is None]
    assert {part for part, name in accepted if name == "sound"} == {"encoder", "decoder", "gaussian", "codes"}
    assert len(accepted) < 0.1 * len(verdicts), accepted


def test_a_refusal_is_short_and_says_no_more_than_what_is_wrong(verdicts):
    for part, name, torch_says, page_says in verdicts:
        for said in (torch_says, page_says):
            if said is None:
                continue
            text = " ".join(word for word in said.split() if not word.startswith("/"))
            assert len(text) < LONGEST, (part, name, text)
            assert "call stack" not in text and "recursion" not in text, (part, name, text)
        if page_says is not None:
            assert page_says.startswith("Error: ") and "wanted" in page_says, (part, name, page_says)


def test_the_corpus_is_the_same_each_time(tmp_path):
    sound = {"codes": pretrained.file_path("digits8-2d", "codes").read_bytes()}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    pairs = zip(corpus.write(tmp_path / "a", sound), corpus.write(tmp_path / "b", sound), strict=True)
    assert all(one[:2] == two[:2] and one[2].read_bytes() == two[2].read_bytes() for one, two in pairs)
