"""The book's pen drawings, 28 x 28 pixels of 0 or 1, and the short text that any such drawing packs into. No models, no MNIST.

The pages draw the same twelve from pen strokes (widgets/js/widgets/draw_digit/drawings.mjs); a test holds the two together.
"""

import base64
import binascii

import numpy as np
import torch
from torch import Tensor

SIDE = 28
PIXELS = SIDE * SIDE
PACKED = {
    "stroke 0": "AAAAAAAAAAAAAAAAAAAAAwAAAPwAAD/gAAMGAABwYAAGBwAA4HAADAMAAMAwAAwDAADAMAAMAwAAwHAADAYAAOBgAAYGAABwwAADnAAAH4AAAPAAAAAAAAAAAAAAAAAAAAA=",
    "stroke 1": "AAAAAAAAAAAAAAAAAAAAAwAAADAAAAMAAAAwAAADAAAAMAAABwAAAHAAAAYAAABgAAAGAAAAYAAABgAAAOAAAAwAAADAAAAMAAAAwAAAHAAAAIAAAAAAAAAAAAAAAAAAAAA=",
    "stroke 2": "AAAAAAAAAAAAAAAA4AAAP4AAB7wAAODgAAwGAADAYAAIBgAAAGAAAAwAAAHAAAA4AAAHAAAAcAAADgAAAcAAADgAAAcAAAD/gAAf/4AB//gAAAAAAAAAAAAAAAAAAAAAAAA=",
    "stroke 3": "AAAAAAAAAAAAAAAAAAAAPgAAD/gAAePAABgMAAAAwAAADAAAAYAAAHgAAB8AAAH4AAAHwAAADgAAAGAAAAYAAABgAAAOAAEAwAAfPAAB/4AAAeAAAAAAAAAAAAAAAAAAAAA=",
    "stroke 4": "AAAAAAAAAAAAAAAAAAAAAAAAAAYAAMBgAAwGAADAYAAcDgABgOAAGAwAAYDAABwMAADD4AAP/gAAfsAAAAwAAADAAAAcAAABwAAAGAAAAYAAABgAAAGAAAAAAAAAAAAAAAA=",
    "stroke 5": "AAAAAAAAAAAAAAAAAAAAAPwAAH/AAA+AAADAAAAcAAABgAAAGAAAA4AAAD8AAAP4AAABwAAADAAAAMAAABwAAAGAAAAYAAADgAB48AAH/gAAD4AAAAAAAAAAAAAAAAAAAAA=",
    "stroke 6": "AAAAAAAAAAAAQAAAHAAAA8AAAHAAAA4AAADAAAAcAAABgAAAOAAAAwAAADMAAAf8AAB/4AAHhgAAcGAABwYAADBgAAOOAAAfwAAA+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "stroke 7": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAH/AAH/8AA/hgAAAOAAAAwAAAHAAAAYAAADgAAAMAAAAwAAAHAAAAYAAABgAAAGAAAA4AAADAAAAMAAAAwAAAHAAAAYAAAAAAA=",
    "stroke 8": "AAAAAAAAAAAAAAAAAAAAA4AAAPwAAB7gAAGHAAAYYAABjgAAHMAAANwAAA+AAABwAAAPAAAB+AAAOYAAAxgAAGGAAAYYAABjgAAHcAAAPwAAAcAAAAAAAAAAAAAAAAAAAAA=",
    "stroke 9": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA4AAAPwAAB7gAAOHAAAwMAADAwAAMHAAA48AAB/wAAD7AAAAMAAABwAAAGAAAAYAAABgAAAGAAAA4AAADAAAAMAAAAwAAAAAAAAAAA=",
    "4 or 9": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAABhgAAPOAAB84AAODAAAwMAADAwAAMDAAAwMAADjwAAH/AAAP8AAABwAAAGAAAAYAAABgAAAGAAAAYAAADgAAAOAAAAQAAAAAAAAAAA=",
    "scribble": "AAAAAAAAAAAAAAAAAAAAAPwAA//AB//4AP5+AAQfAAAPwAAD7/4Af//gA//4AAH8AAD+AAAf//AD//8AD4/gAA/wAAf4AAP4AAB+AAAD//wAD//AAAAAAAAAAAAAAAAAAAA=",
}
NAMES = tuple(PACKED)


def read(name: str) -> Tensor:
    """The drawing called `name`: (784,) of 0.0 and 1.0, row by row. "stroke 0" ... "stroke 9", "4 or 9" or "scribble".

    Raises ValueError for another name.
    """
    if name not in PACKED:
        raise ValueError(f"name must be one of {', '.join(NAMES)}, got {name!r}")
    return unpack(PACKED[name])


def pack(x: Tensor) -> str:
    """x (784,) of zeros and ones -> 132 letters: 98 bytes, the first pixel in the highest bit, in base 64.

    Raises ValueError for another shape or other values.
    """
    if not isinstance(x, Tensor) or x.shape != (PIXELS,) or not ((x == 0) | (x == 1)).all():
        got = f"shape {tuple(x.shape)}" if isinstance(x, Tensor) else type(x).__name__
        raise ValueError(f"x must be a tensor of shape ({PIXELS},) with values 0 and 1, got {got}")
    return base64.b64encode(np.packbits(x.detach().cpu().numpy().astype(np.uint8)).tobytes()).decode("ascii")


def unpack(text: str) -> Tensor:
    """What `pack` wrote -> (784,) of 0.0 and 1.0. Raises ValueError for any other text."""
    try:
        data = base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        data = b""
    if len(data) != PIXELS // 8:
        raise ValueError(f"a packed drawing is {PIXELS // 8} bytes in base 64, got {text!r:.60}")
    return torch.from_numpy(np.unpackbits(np.frombuffer(data, dtype=np.uint8)).astype(np.float32))
