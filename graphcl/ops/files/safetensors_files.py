"""Files of tensors and plain values in the format of safetensors: tensors, and the rest as JSON in the header."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from graphcl.ops.files.tensor_files import whole_file

SUFFIX = ".safetensors"

HEADER = "graphcl"
"""The key of the header under which everything but the tensors is written, as one text of JSON."""

_TENSOR, _TUPLE, _FLOAT = "$tensor", "$tuple", "$float"
"""Keys of what JSON has no form for: a tensor by its name, a tuple, a float that is not finite."""


def is_safetensors(path: Path) -> bool:
    """Whether a path has the suffix of safetensors.

    Example:
        >>> is_safetensors(Path("model.safetensors")), is_safetensors(Path("model.pt"))
        (True, False)
    """
    return path.suffix.lower() == SUFFIX


def write_safetensors(path: Path, content: Mapping[str, Any]) -> None:
    """Save a dict of tensors and plain values atomically, in the format of safetensors.

    Args:
        path: of the file; its folder is created.
        content: dense tensors, numbers, strings, None, and lists, tuples and dicts (of text keys) of them.

    Raises:
        ModuleNotFoundError: safetensors is not installed.
        TypeError: a value of another type.
        OSError: as for `whole_file`.
    """
    package = require_safetensors()
    tensors: dict[str, Tensor] = {}
    text = json.dumps(_packed(content, "", tensors), allow_nan=False)
    data = package.save(tensors, {HEADER: text})
    with whole_file(path) as file:
        file.write(data)


def read_safetensors(path: Path) -> dict[str, Any]:
    """Load a file written by `write_safetensors` onto the CPU; there is no code in the format.

    Args:
        path: of the file.

    Raises:
        FileNotFoundError: no such file.
        ModuleNotFoundError: safetensors is not installed.
        ValueError: a corrupt file, or one of another format.
    """
    if not path.exists():
        raise FileNotFoundError(f"no file {path}; give the path of a file written by graphcl")
    require_safetensors()
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {})[HEADER]
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118  (no dict)
        content = _whole(_unpacked(json.loads(text, parse_constant=_no_json), tensors), tensors)
    except (SafetensorError, OSError, RecursionError, RuntimeError, ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{path} is not a file written by graphcl, or it is broken; write it again") from error
    return content


def require_safetensors() -> ModuleType:
    """The module `safetensors.torch`.

    Raises:
        ModuleNotFoundError: it is not installed; the message says how to install it.
    """
    try:
        import safetensors.torch
    except ModuleNotFoundError as error:
        message = "files of safetensors need the package; install it: pip install 'graphcl[weights]'"
        raise ModuleNotFoundError(message, name="safetensors") from error
    return safetensors.torch


def _packed(value: Any, name: str, tensors: dict[str, Tensor]) -> Any:
    """A value in the form of JSON; tensors are put aside under the path of keys that leads to them."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {_FLOAT: str(value)}
    if isinstance(value, Tensor) and value.layout == torch.strided:
        while name in tensors:
            name += "+"
        tensors[name] = value.detach().cpu().clone(memory_format=torch.contiguous_format)
        return {_TENSOR: name}
    if isinstance(value, list | tuple):
        items = [_packed(item, f"{name}/{place}", tensors) for place, item in enumerate(value)]
        return {_TUPLE: items} if isinstance(value, tuple) else items
    if isinstance(value, Mapping) and not any(not isinstance(key, str) or key.startswith("$") for key in value):
        return {key: _packed(item, f"{name}/{key}" if name else key, tensors) for key, item in value.items()}
    raise TypeError(
        f"{name} is a {type(value).__name__} that safetensors cannot hold; write a file of another suffix, as .pt"
    )


def _unpacked(value: Any, tensors: dict[str, Tensor]) -> Any:
    """The reverse of `_packed`; each tensor is taken from the dict, once."""
    if isinstance(value, list):
        return [_unpacked(item, tensors) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(key, item)] = value.items()
        if key == _TENSOR:
            return tensors.pop(item)
        if key == _TUPLE and isinstance(item, list):
            return tuple(_unpacked(part, tensors) for part in item)
        if key == _FLOAT and item in ("nan", "inf", "-inf"):
            return float(item)
    if any(key.startswith("$") for key in value):
        raise ValueError("a key that graphcl does not write")
    return {key: _unpacked(item, tensors) for key, item in value.items()}


def _whole(content: Any, unnamed: Mapping[str, Tensor]) -> dict[str, Any]:
    """The content of a file, if it is a dict that names all of its tensors."""
    if unnamed or not isinstance(content, dict):
        raise ValueError("no dict, or tensors that it does not name")
    return content


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
