"""Damaged weight files, made from sound ones: each mutation by name. Torch and the page read the same files and must decide alike."""

import json
import struct
from pathlib import Path

Mutation = dict[str, bytes]


def split(data: bytes) -> tuple[dict, bytes]:
    """The header and the tensors' bytes of a safetensors file."""
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def joined(header: dict | str | bytes, body: bytes, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else (header if isinstance(header, str) else json.dumps(header)).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + body


def with_tensor(data: bytes, name: str, dtype: str, shape: list[int], content: bytes) -> bytes:
    """The file with one more tensor at its end."""
    header, body = split(data)
    header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(content)]}
    return joined(header, body + content)


def mutations(data: bytes) -> Mutation:
    """name -> file, the sound one as "sound"."""
    header, body = split(data)
    text = json.dumps(header)
    tensors = [name for name in header if name != "__metadata__"]
    about = header["__metadata__"]
    found = {
        "sound": data,
        "empty": b"",
        "no header": data[:8],
        "html": b"<!doctype html><title>404</title>",
        "trailing byte": data + b"\0",
    }
    for part in range(1, 12):
        found[f"cut to {part} twelfths"] = data[: len(data) * part // 12]
    for length in (0, 1, 2**20, 2**40, 2**63):
        found[f"header of {length} bytes"] = joined(text, body, length)
    found |= {
        "spaces after the header": joined(text + "   ", body),
        "byte order mark": joined("\ufeff" + text, body),
        "not UTF-8": joined(text.encode().replace(b"vaelib 2", b"vaelib\xff2"), body),
        "NaN in the header": joined(text[:-1] + ', "x": NaN}', body),
        "a list as header": joined("[]", body),
        "deep": joined('{"a":' * 50_000 + "1" + "}" * 50_000, body),
        "deep list": joined(text[:-1] + ', "x": ' + "[" * 200_000 + "]" * 200_000 + "}", body),
        "double metadata": joined(text[:-1] + f', "__metadata__": {json.dumps(about)}}}', body),
        "double tensor": joined(text[:-1] + f', "{tensors[0]}": {json.dumps(header[tensors[0]])}}}', body),
        "double key": joined(text.replace('"format": "vaelib 2"', '"format": "vaelib 2", "format": "vaelib 2"'), body),
        "lone surrogate": joined(text.replace('"format": ', '"note": "\\ud800", "format": '), body),
        "no metadata": joined({name: header[name] for name in tensors}, body),
        "number in metadata": joined(header | {"__metadata__": about | {"size": 3}}, body),
        "metadata is a list": joined(header | {"__metadata__": ["a"]}, body),
        "a note in metadata": joined(header | {"__metadata__": about | {"note": "x" * 1000}}, body),
        "extra tensor": with_tensor(data, "extra", "F32", [1], b"\0" * 4),
        "empty name": with_tensor(data, "", "F32", [1], b"\0" * 4),
        "empty tensor": with_tensor(data, "extra", "F32", [0], b""),
        "strange dtype": with_tensor(data, "extra", "F8_E4M3", [4], b"\0" * 4),
        "prototype": with_tensor(data, "__proto__", "F32", [1], b"\0" * 4),
    }
    for name in about:
        found[f"without {name}"] = joined(header | {"__metadata__": {key: value for key, value in about.items() if key != name}}, body)
        for wrong in ("", "?", "null", "{}", "[]", "[" * 2000, '{"kind": "unknown"}', '{"kind": 3}', "toString"):
            found[f"{name} {wrong[:12]!r}"] = joined(header | {"__metadata__": about | {name: wrong}}, body)
        if not about[name].startswith("{"):
            continue
        spec = json.loads(about[name])
        for key, value in spec.items():
            changed = [
                {other: kept for other, kept in spec.items() if other != key},
                *(spec | {key: wrong} for wrong in (None, True, 0, -1, 3, "x", [], [0], [3.0], 2**70, 1e300, {"a": 1})),
            ]
            for number, words in enumerate(changed):
                found[f"{name}.{key} {number}"] = joined(header | {"__metadata__": about | {name: json.dumps(words)}}, body)
            if isinstance(value, int):
                loose = about[name].replace(f'"{key}": {value}', f'"{key}": {value}.0')
                found[f"{name}.{key} with a point"] = joined(header | {"__metadata__": about | {name: loose}}, body)
        found[f"{name} with more"] = joined(header | {"__metadata__": about | {name: json.dumps(spec | {"more": 1})}}, body)
        found[f"{name} with a generator"] = joined(header | {"__metadata__": about | {name: json.dumps(spec | {"generator": None})}}, body)
    for name in tensors:
        entry = header[name]
        start, end = entry["data_offsets"]
        found[f"without {name}"] = _without(header, body, name)
        found[f"{name} renamed"] = joined({("x" if key == name else key): value for key, value in header.items()}, body)
        changes = {
            "flat": {"shape": [end - start]},
            "turned": {"shape": entry["shape"][::-1]},
            "deeper": {"shape": [*entry["shape"], 1]},
            "with a point": {"shape": [float(size) for size in entry["shape"]]},
            "negative": {"shape": [-size for size in entry["shape"]]},
            "of text": {"shape": "4"},
            "without shape": {"shape": None},
            "overlapping": {"data_offsets": [max(0, start - 4), max(4, end - 4)]},
            "backwards": {"data_offsets": [end, start]},
            "beyond": {"data_offsets": [start, end + 10**9]},
            "unknown dtype": {"dtype": "F31"},
            "dtype of no text": {"dtype": 3},
            "named a method": {"dtype": "toString"},
        }
        for other in ("F32", "F16", "BF16", "I32", "U8", "I8", "F64", "BOOL"):
            changes[f"as {other}"] = {"dtype": other}
        for label, change in changes.items():
            found[f"{name} {label}"] = joined(header | {name: entry | change}, body)
        found[f"{name} null"] = joined(header | {name: None}, body)
        for label, bits in (
            ("NaN", b"\x00\x00\xc0\x7f"),
            ("infinite", b"\x00\x00\x80\x7f"),
            ("all ones", b"\xff\xff\xff\xff"),
            ("text", b"10.5"),
        ):
            if end - start >= 4:
                found[f"{name} {label}"] = joined(header, body[:start] + bits + body[start + 4 :])
    return {name: content for name, content in found.items() if name == "sound" or content not in (data, joined(text, body))}


def widened(data: bytes, dtype: str) -> bytes:
    """The file with all of its F32 tensors in another float type of the same values, sizes made anew."""
    import torch

    header, body = split(data)
    new, parts, at = {"__metadata__": header["__metadata__"]}, [], 0
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        content, kind = body[start:end], entry["dtype"]
        if kind == "F32":
            values = torch.frombuffer(bytearray(content), dtype=torch.float32)
            kinds = {"F64": torch.float64, "F16": torch.float16, "BF16": torch.bfloat16}
            content, kind = values.to(kinds[dtype]).view(torch.uint8).numpy().tobytes(), dtype
        new[name] = {"dtype": kind, "shape": entry["shape"], "data_offsets": [at, at + len(content)]}
        parts.append(content)
        at += len(content)
    return joined(new, b"".join(parts))


def write(folder: Path, sound: dict[str, bytes]) -> list[tuple[str, str, Path]]:
    """Writes every mutation of the sound files, part -> bytes: (part, mutation, path) of each, always in the same order."""
    files = []
    for part, data in sound.items():
        found = mutations(data) | {f"all {dtype}": widened(data, dtype) for dtype in ("F64", "F16", "BF16")}
        for number, (name, content) in enumerate(found.items()):
            path = folder / f"{part}-{number:04}.safetensors"
            path.write_bytes(content)
            files.append((part, name, path))
    return files


def _without(header: dict, body: bytes, name: str) -> bytes:
    start, end = header[name]["data_offsets"]
    gone = end - start
    rest = {}
    for key, entry in header.items():
        if key == name:
            continue
        if key != "__metadata__" and entry["data_offsets"][0] >= end:
            entry = entry | {"data_offsets": [offset - gone for offset in entry["data_offsets"]]}
        rest[key] = entry
    return joined(rest, body[:start] + body[end:])
