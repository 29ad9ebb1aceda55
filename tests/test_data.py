"""The embedded digits, binarization, and MNIST from mirrors that lie, stall or are gone."""

import contextlib
import errno
import gzip
import hashlib
import http.server
import math
import os
import threading

import numpy as np
import pytest
import torch

from vaelib import binarize, data
from vaelib.data import MNIST_SHA256, load_digits8, load_mnist


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(int(n).to_bytes(4, "big") for n in array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0)


@pytest.fixture
def tiny_mnist(monkeypatch):
    """Four small files in MNIST's format, whose hashes stand in for the real ones."""
    random = np.random.default_rng(0)
    files = {}
    for name in MNIST_SHA256:
        n = 5 if name.startswith("train") else 3
        files[name] = idx(random.integers(0, 256, (n, 28, 28)) if "images" in name else random.integers(0, 10, n))
    monkeypatch.setattr(data, "MNIST_SHA256", {name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()})
    return files


@pytest.fixture
def mirror():
    """A local server; `mirror(files)` -> its address and the list of what was asked for; `endless`: it never ends a body."""
    servers = []

    def start(files, endless=None):
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.rsplit("/", 1)[-1]
                asked.append(name)
                if endless:
                    return self.flood(*endless)
                self.send_response(200 if name in files else 404)
                self.send_header("Content-Length", str(len(files.get(name, b""))))
                self.end_headers()
                self.wfile.write(files.get(name, b""))

            def flood(self, told, sent):
                """As many bytes as the other side takes; told: after a length that is a lie."""
                self.send_response(200)
                if told:
                    self.send_header("Content-Length", str(10**12))
                self.end_headers()
                sent.append(0)
                with contextlib.suppress(OSError):
                    while sent[-1] < 50_000_000:
                        sent[-1] += self.wfile.write(bytes(10_000))

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/", asked

    yield start
    for server in servers:
        server.shutdown()


DEAD = "http://127.0.0.1:9/"  # nothing listens on the discard port


def test_digits8_are_real_images_in_the_unit_interval():
    digits = load_digits8()
    assert digits.x_train.shape == (1500, 64) and digits.x_test.shape == (297, 64)
    assert digits.x_train.dtype == torch.float32 and digits.y_train.dtype == torch.int64
    assert digits.x_train.min() == 0 and digits.x_train.max() == 1
    assert set(digits.y_test.tolist()) == set(range(10))


def test_the_split_is_by_seed_and_loses_nothing():
    first, again, other = load_digits8(), load_digits8(), load_digits8(seed=1)
    assert torch.equal(first.x_train, again.x_train) and not torch.equal(first.x_train, other.x_train)
    for split in (first, other):
        assert torch.cat([split.y_train, split.y_test]).bincount().tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_binarized_pixels_are_on_as_often_as_they_are_bright():
    x = torch.tensor([[0.0, 0.2, 0.8, 1.0]]).repeat(50_000, 1)
    pixels = binarize(x, generator=torch.Generator().manual_seed(0))
    assert set(pixels.unique().tolist()) == {0.0, 1.0}
    rate = pixels.mean(0)
    assert rate[0] == 0 and rate[3] == 1
    assert (rate - x[0]).abs().max() < 4 * math.sqrt(0.16 / 50_000)


def test_binarization_repeats_with_its_seed():
    x = load_digits8().x_test
    draws = [binarize(x, generator=torch.Generator().manual_seed(seed)) for seed in (3, 3, 4)]
    assert torch.equal(draws[0], draws[1]) and not torch.equal(draws[0], draws[2])


@pytest.mark.parametrize("bad, got", [(255.0, "255"), (-0.5, "-0.5"), (math.nan, "nan")])
def test_binarize_refuses_what_is_no_probability(bad, got):
    with pytest.raises(ValueError, match=r"\[0, 1\]") as error:
        binarize(torch.tensor([0.5, bad]), generator=torch.Generator())
    assert got in str(error.value)


def test_mnist_comes_from_the_first_mirror_that_is_sound(tiny_mnist, mirror, tmp_path):
    corrupt, _ = mirror({name: raw[:-7] for name, raw in tiny_mnist.items()})  # truncated: the hash tells
    missing, asked = mirror({})
    good, _ = mirror(tiny_mnist)
    mnist = load_mnist(tmp_path, mirrors=(DEAD, corrupt, missing, good))
    assert mnist.x_train.shape == (5, 784) and mnist.x_test.shape == (3, 784)
    assert 0 <= mnist.x_train.min() and mnist.x_train.max() <= 1 and mnist.y_test.dtype == torch.int64
    assert len(asked) == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(tiny_mnist), "nothing half-written stays"


def test_a_file_that_is_there_is_never_fetched(tiny_mnist, tmp_path):
    for name, raw in tiny_mnist.items():
        (tmp_path / name).write_bytes(raw)
    assert len(load_mnist(tmp_path, mirrors=(DEAD,)).x_test) == 3


@pytest.mark.parametrize("content", [b"a digit of another kind", b"", None])
def test_a_file_of_the_same_name_is_never_overwritten(tiny_mnist, mirror, tmp_path, content):
    """Fashion-MNIST's files have MNIST's names. What is there stays, though a mirror has the right one, and the error says so."""
    good, asked = mirror(tiny_mnist)
    name = "t10k-labels-idx1-ubyte.gz"
    content = tiny_mnist[name][:20] if content is None else content
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OSError) as error:
        load_mnist(tmp_path, mirrors=(good,))
    for word in (str(tmp_path / name), hashlib.sha256(content).hexdigest(), "was left as it is", "Fashion-MNIST", "Remove it"):
        assert word in str(error.value)
    assert (tmp_path / name).read_bytes() == content and name not in asked


def test_a_pipe_of_the_same_name_is_refused_and_does_not_hang(tiny_mnist, mirror, tmp_path):
    good, asked = mirror(tiny_mnist)
    pipe = tmp_path / "train-images-idx3-ubyte.gz"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="must be a file, got something that is none; it was left as it is"):
        load_mnist(tmp_path, mirrors=(good,))
    assert pipe.is_fifo() and asked == []


@pytest.mark.parametrize("told", [False, True])
def test_a_body_without_end_is_cut_off_and_the_next_mirror_asked(tiny_mnist, mirror, tmp_path, monkeypatch, told):
    monkeypatch.setattr(data, "MOST_BYTES", 100_000)
    sent = []
    endless, _ = mirror(tiny_mnist, endless=(told, sent))
    good, _ = mirror(tiny_mnist)
    assert len(load_mnist(tmp_path, mirrors=(endless, good)).x_test) == 3
    assert len(sent) == 4 and max(sent) < 10_000_000  # the kernel's buffers hold some millions
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(tiny_mnist)
    with pytest.raises(OSError, match="more than 100,000 bytes"):
        load_mnist(tmp_path / "other", mirrors=(endless,))


def test_a_full_disk_is_told_at_once_and_no_other_mirror_is_asked(tiny_mnist, mirror, tmp_path, monkeypatch):
    good, _ = mirror(tiny_mnist)
    fetched = []

    def full(url, **_):
        fetched.append(url)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pooch.retrieve", full)
    with pytest.raises(OSError, match=r"could not be kept in .*: No space left on device") as error:
        load_mnist(tmp_path, mirrors=(good, good))
    assert error.value.errno == errno.ENOSPC and len(fetched) == 1 and list(tmp_path.iterdir()) == []


def test_what_a_kill_has_left_is_swept_and_what_still_runs_is_not(tiny_mnist, mirror, tmp_path):
    good, _ = mirror(tiny_mnist)
    old, young = tmp_path / f"{data.PARTIAL}old", tmp_path / f"{data.PARTIAL}young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "part").write_bytes(b"half")
    for path in (old / "part", old):
        os.utime(path, (0, 0))
    (tmp_path / "mine").mkdir()
    os.utime(tmp_path / "mine", (0, 0))
    load_mnist(tmp_path, mirrors=(good,))
    assert not old.exists() and (young / "part").exists() and (tmp_path / "mine").exists()


def test_without_a_network_the_error_names_every_mirror_and_the_way_out(tiny_mnist, tmp_path):
    mirrors = (DEAD, "http://127.0.0.1:9/other/")
    with pytest.raises(OSError) as error:
        load_mnist(tmp_path, mirrors=mirrors)
    assert "is there, but" not in str(error.value)
    for word in (*mirrors, "train-images-idx3-ubyte.gz", "SHA-256", str(tmp_path), "VAELIB_DATA_DIR"):
        assert word in str(error.value)


def test_the_environment_names_the_folder(tiny_mnist, tmp_path, monkeypatch):
    for name, raw in tiny_mnist.items():
        (tmp_path / name).write_bytes(raw)
    monkeypatch.setenv("VAELIB_DATA_DIR", str(tmp_path))
    assert len(load_mnist(mirrors=(DEAD,)).x_train) == 5


def test_a_corrupted_file_without_a_network_is_named_and_kept(tiny_mnist, tmp_path):
    for name, raw in tiny_mnist.items():
        (tmp_path / name).write_bytes(raw)
    broken = tmp_path / "t10k-images-idx3-ubyte.gz"
    broken.write_bytes(b"not the file")
    with pytest.raises(OSError) as error:
        load_mnist(tmp_path, mirrors=(DEAD,))
    got = hashlib.sha256(b"not the file").hexdigest()
    assert f"{broken} is there, but it is not MNIST's file of this name: its SHA-256 is {got}" in str(error.value)
    assert broken.read_bytes() == b"not the file"


def test_what_is_no_folder_and_what_is_no_list_of_mirrors_is_refused(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(OSError, match=r"wants a folder .* which is a file"):
        load_mnist(file)
    for mirrors in ("https://example.org/", ()):
        with pytest.raises(ValueError, match="mirrors must be a list"):
            load_mnist(tmp_path, mirrors=mirrors)


@pytest.mark.parametrize("bad, words", [(np.zeros(3), "got ndarray"), (torch.zeros(3, dtype=torch.uint8), "got torch.uint8")])
def test_binarize_wants_a_floating_point_tensor(bad, words):
    with pytest.raises(ValueError, match=words):
        binarize(bad, generator=torch.Generator())


def test_binarize_wants_its_randomness_from_the_caller():
    with pytest.raises(ValueError, match=r"generator must be a torch\.Generator, got NoneType"):
        binarize(torch.zeros(3), generator=None)


@pytest.mark.parametrize("raw", [
    b"not gzip", gzip.compress(b"", mtime=0), gzip.compress(b"\0\0\x08", mtime=0), gzip.compress(b"\0\0\x0d\x01\0\0\0\x01a", mtime=0),
    gzip.compress(b"\0\0\x08\x01\0\0\0\x05abc", mtime=0), idx(np.zeros((2, 3)))[:-9],
])  # fmt: skip
def test_a_file_that_is_no_idx_is_refused_by_name(raw, tmp_path):
    path = tmp_path / "broken.gz"
    path.write_bytes(raw)
    with pytest.raises(OSError, match=r"broken\.gz must be"):
        data._read_idx(path)


@pytest.mark.mnist
def test_the_real_mnist_has_its_size_and_its_greys():
    mnist = load_mnist()
    assert mnist.x_train.shape == (60_000, 784) and mnist.x_test.shape == (10_000, 784)
    assert mnist.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    grey = ((mnist.x_test > 0) & (mnist.x_test < 1)).double().mean().item()
    assert abs(grey - 0.186) < 0.001  # why binary cross-entropy on raw MNIST is no likelihood
