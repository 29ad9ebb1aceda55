"""Safetensors files, written whole or not at all and read with suspicion. What the tensors mean is in `storage`.

safetensors runs no code on loading. Its header is checked here first, by the rules that the book's pages apply too, so that both
readers refuse the same files.
"""

import json
import os
import tempfile
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

LONGEST_HEADER = 1_000_000  # bytes
SHOWN = 120  # characters of a foreign text that a message repeats


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all: into a temporary file beside it, to the disk, then moved into place.

    Raises OSError when that fails, with what stood there before untouched.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())  # mkstemp makes a private file
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_tensors(tensors: dict[str, Tensor], path: Path, metadata: dict[str, str]) -> None:
    """Write named tensors to a safetensors file, whole or not at all; the same tensors and metadata make the same bytes."""
    write_whole(path, packed(tensors, metadata))


def packed(tensors: dict[str, Tensor], metadata: dict[str, str]) -> bytes:
    """The bytes of a safetensors file, its metadata sorted by name: the library alone writes them in an order that changes."""
    file = save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, metadata=metadata)
    end = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the format aligns the tensors to eight bytes
    return len(text).to_bytes(8, "little") + text + file[end:]


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """All tensors and the metadata of a safetensors file. Raises OSError that names the file when it is missing or damaged."""
    path = Path(path)
    if not path.exists():
        raise OSError(f"{path} must be a safetensors file, got no file there")
    if not path.is_file():
        raise OSError(f"{path} must be a safetensors file, got {'a folder' if path.is_dir() else 'something that is no regular file'}")
    try:
        _check_header(path)
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
    except OSError as error:
        raise OSError(f"{path} must be a safetensors file, got something that cannot be read: {error}") from error
    except (SafetensorError, ValueError, RecursionError, AttributeError, TypeError) as error:
        raise OSError(f"{path} must be a whole safetensors file, got a damaged one: {shortened(error)}") from error


def shortened(text: object) -> str:
    """A foreign text as a message repeats it."""
    line = str(text)
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}..."


def _check_header(path: Path) -> None:
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(LONGEST_HEADER, path.stat().st_size - 8):
            raise ValueError(f"a header of 2 to {LONGEST_HEADER:,} bytes within the file is wanted, its length says {length:,}")
        text = file.read(length)
    try:
        header = json.loads(text, object_pairs_hook=_without_doubles)
    except RecursionError as error:
        raise ValueError("its header is nested too deep") from error
    if "" in header:
        raise ValueError("a tensor without a name")
    for name, entry in header.items():
        if name != "__metadata__" and not hasattr(torch, _DTYPES.get(entry.get("dtype"), "")):
            raise ValueError(f"{shortened(name)} is of type {shortened(entry.get('dtype'))}, one of {', '.join(_DTYPES)} is wanted")


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ValueError("a name stands twice in the header")
    return entries


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# The types that the book's files use, and float64 and int64 for the state of a run.
_DTYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I8": "int8",
    "U8": "uint8",
    "I32": "int32",
    "I64": "int64",
    "BOOL": "bool",
}
