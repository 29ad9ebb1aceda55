"""Checks that several modules share: each raises ValueError with what was wanted and what came. No mathematics."""

from numbers import Integral

import torch
from torch import Generator, Tensor


def require_tensor(name: str, value: object) -> Tensor:
    """`value` if it is a tensor."""
    if not isinstance(value, Tensor):
        raise ValueError(f"{name} must be a tensor, got {type(value).__name__}")
    return value


def require_same_event(name_a: str, a: Tensor, name_b: str, b: Tensor) -> None:
    """Both are tensors that agree on their last axis."""
    require_tensor(name_a, a)
    require_tensor(name_b, b)
    # Broadcasting (batch, 1) against (batch, d) is legal in torch and always a mistake here.
    if a.dim() == 0 or b.dim() == 0 or a.shape[-1] != b.shape[-1]:
        raise ValueError(f"{name_a} and {name_b} must agree on their last axis, got shapes {tuple(a.shape)} and {tuple(b.shape)}")


def require_last_axis(name: str, tensor: Tensor, size: int) -> None:
    """A floating-point tensor of shape (..., size)."""
    if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
        got = tensor.dtype if isinstance(tensor, Tensor) else type(tensor).__name__
        raise ValueError(f"{name} must be a floating-point tensor of shape (batch, {size}), got {got}")
    if tensor.dim() == 0 or tensor.shape[-1] != size:
        hint = ""
        if tensor.dim() > 2 and tensor.shape[1:].numel() == size:
            hint = f"; {name}.flatten(1) has the shape that is wanted"
        raise ValueError(f"{name} must have shape (batch, {size}), got {tuple(tensor.shape)}{hint}")


def whole(name: str, value: object, *, least: int = 1) -> int:
    """`value` as an int, if it is a whole number >= least: Python's or NumPy's, and never a bool."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number >= {least}, got {value!r}")
    return int(value)


def seeded(seed: object, device: torch.device | str = "cpu") -> Generator:
    """A generator for a seed: a whole number >= 0, Python's or NumPy's."""
    return Generator(device=device).manual_seed(whole("seed", seed, least=0))


def require_generator(generator: object) -> None:
    """A torch.Generator."""
    if not isinstance(generator, Generator):
        raise ValueError(f"generator must be a torch.Generator, got {type(generator).__name__}")


def require_method(name: str, value: object, methods: tuple[str, ...], example: str) -> None:
    """An object that has each of `methods`."""
    missing = [method for method in methods if not callable(getattr(value, method, None))]
    if missing or isinstance(value, type):
        got = f"the class {value.__name__}, not an object of it" if isinstance(value, type) else f"{value!r}"
        lacks = f", which lacks {', '.join(missing)}" if missing else ""
        raise ValueError(f"{name} must be an object such as {example} with {', '.join(methods)}, got {got}{lacks}")


def require_values(name: str, tensor: Tensor) -> None:
    """A tensor that holds numbers, which on the meta device none does."""
    if tensor.is_meta:
        raise ValueError(f"{name} must have values, got a tensor on the meta device")


def holds_somewhere(condition: Tensor) -> bool:
    """Whether a condition holds for any entry. False where nobody can tell: under torch.func.vmap and on the meta device."""
    try:
        return bool(condition.any())
    except RuntimeError:
        return False
