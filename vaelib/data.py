"""Digits as tensors in [0, 1]: scikit-learn's 8x8 set (embedded) and MNIST (verified download). No models.

scikit-learn's `load_digits` comes with its package. MNIST comes from the first mirror that answers, is checked against the
SHA-256 of the original files, and is kept in a cache; `VAELIB_DATA_DIR` names a folder to use instead.
"""

import errno
import gzip
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
MNIST_SHA256 = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
MOST_BYTES = 20_000_000  # of one download; the largest of the four files has 9,912,422
PARTIAL = ".vaelib-download-"  # and what follows: a folder in which a download is not yet whole
STALE = 3600.0  # seconds after which such a folder was left by a process that was killed
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG, errno.EIO)  # no other mirror mends these


class Dataset(NamedTuple):
    """x: (n, pixels) float32 in [0, 1], row by row from the top left. y: (n,) int64 class labels."""

    x_train: Tensor
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor


def load_digits8(*, seed: int = 0) -> Dataset:
    """scikit-learn's 1,797 real 8x8 digits, x = grey / 16: 1,500 to train on and 297 held out, split by `seed`. No download.

    The stored models of `pretrained` were trained on the 1,500 of seed 0. Another seed shuffles these among its held-out images:
    `load_digits8(seed=1).x_test` is no test set for them.
    """
    from sklearn.datasets import load_digits  # here, as it takes longer to import than all of vaelib

    digits = load_digits()
    x = torch.tensor(digits.data / 16, dtype=torch.float32)
    y = torch.tensor(digits.target, dtype=torch.int64)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    train, test = order[:1500], order[1500:]
    return Dataset(x[train], y[train], x[test], y[test])


def load_mnist(folder: str | Path | None = None, *, mirrors: tuple[str, ...] = MNIST_MIRRORS) -> Dataset:
    """MNIST's 60,000 + 10,000 28x28 digits, x = grey / 255 (LeCun et al. 1998).

    folder: where the four files are or shall be kept; default `VAELIB_DATA_DIR`, else the user's cache. A file that is there
    is never fetched and never changed. Raises OSError for one with another content than MNIST's, and, with the name of every mirror
    tried, when none delivers a good file; when the disk is full or cannot be written, at once.
    """
    if isinstance(mirrors, str) or not mirrors:
        raise ValueError(f"mirrors must be a list of at least one address, got {mirrors!r}")
    import pooch

    folder = Path(folder or os.environ.get("VAELIB_DATA_DIR") or pooch.os_cache("vaelib"))
    if folder.exists() and not folder.is_dir():
        raise OSError(f"MNIST wants a folder to keep its files in, got {folder}, which is a file")
    arrays = [_read_idx(_fetch(name, folder, mirrors)) for name in MNIST_SHA256]
    images = [torch.from_numpy(a.reshape(len(a), 784).astype(np.float32) / 255) for a in arrays[0::2]]
    labels = [torch.from_numpy(a.astype(np.int64)) for a in arrays[1::2]]
    return Dataset(images[0], labels[0], images[1], labels[1])


def _fetch(name: str, folder: Path, mirrors: tuple[str, ...]) -> Path:
    import pooch

    failures, target = [], folder / name
    if target.is_file():
        if (got := pooch.file_hash(str(target))) == MNIST_SHA256[name]:
            return target
        raise OSError(
            f"{target} is there, but it is not MNIST's file of this name: its SHA-256 is {got}, and {MNIST_SHA256[name]} is wanted. "
            "It was left as it is; Fashion-MNIST's files have the same names. "
            "Remove it to have MNIST's fetched, or set VAELIB_DATA_DIR to another folder."
        )
    if target.exists():
        raise OSError(f"{target} must be a file, got something that is none; it was left as it is")
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    for mirror in mirrors:
        # The download goes to a folder of its own beside the target and is moved only when its hash is right: nothing half-written stays.
        with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=folder) as partial:
            try:
                got = pooch.retrieve(
                    mirror + name, known_hash=f"sha256:{MNIST_SHA256[name]}", fname=name, path=partial, downloader=_downloader()
                )
                os.replace(got, target)
                return target
            except (OSError, ValueError) as error:  # no connection, HTTP error, wrong hash
                if isinstance(error, OSError) and error.errno in DISK:
                    raise OSError(error.errno, f"{name} could not be kept in {folder}: {error.strerror}") from error
                failures.append(f"  {mirror}{name}: {type(error).__name__}: {str(error).splitlines()[0]}")
    raise OSError(
        f"{name} could not be had with SHA-256 {MNIST_SHA256[name]}.\nTried:\n"
        + "\n".join(failures)
        + f"\nPut the right file into {folder}, or set VAELIB_DATA_DIR to a folder that holds it."
    )


def _downloader() -> Callable:
    """Pooch's own, with a progress bar that stops a body without end: pooch asks each bar to move by what has come."""
    import pooch
    from tqdm import tqdm

    class Progress(tqdm):
        def __bool__(self) -> bool:
            return True  # also where the server does not say how long the body is

        def update(self, n: float | None = 1) -> bool | None:
            if self.n + (n or 0) > MOST_BYTES:
                raise OSError(f"the body has more than {MOST_BYTES:,} bytes, and MNIST's largest file has fewer than ten million")
            return super().update(n)

    bar = Progress(total=0, unit="B", unit_scale=True, ncols=79, leave=False)
    return pooch.HTTPDownloader(progressbar=bar, timeout=30)


def _sweep(folder: Path) -> None:
    """Remove what a download that was killed has left: folders of ours in which nothing has moved for an hour."""
    for left in folder.glob(f"{PARTIAL}*"):
        moved = max((one.stat().st_mtime for one in (left, *left.rglob("*"))), default=0.0)
        if left.is_dir() and time.time() - moved > STALE:
            shutil.rmtree(left, ignore_errors=True)


def _read_idx(path: Path) -> np.ndarray:
    # The IDX format: two zero bytes, a type (8 = unsigned byte), the number of axes, each axis as big-endian 32 bits, data.
    try:
        raw = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise OSError(f"{path} must be a gzip file in IDX format, got one that cannot be unpacked: {error}") from error
    axes = raw[3] if len(raw) > 3 else 0
    shape = np.frombuffer(raw, ">u4", count=axes, offset=4) if len(raw) >= 4 + 4 * axes else np.zeros(0)
    if raw[:3] != b"\0\0\x08" or axes == 0 or len(raw) != 4 + 4 * axes + int(np.prod(shape)):
        raise OSError(f"{path} must be a whole IDX file of unsigned bytes, got header {raw[:4]!r} and {len(raw)} bytes")
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * axes).reshape(shape)
