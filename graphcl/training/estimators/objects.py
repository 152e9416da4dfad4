"""Objects as hyper-parameters: given as they are or by a name, described in records, trained on a copy."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

import torch
from pydantic import AfterValidator
from torch import Tensor, nn

from graphcl.importing import import_named, is_path, path_of


def _dotted(name: str) -> str:
    if not is_path(name):
        raise ValueError("a name like my_module:MyClass")
    return name


ObjectName = Annotated[str, AfterValidator(_dotted)]
"""Where an object is found: `module:Name`."""


def made(value: Any, *arguments: Any) -> Any:
    """The object that a hyper-parameter stands for: itself, or what its name finds.

    Args:
        value: an object, or `module:Name` of one, or of a class or function that makes it.
        arguments: of the class or function.

    Example:
        >>> made("torch.nn:Linear", 2, 1)
        Linear(in_features=2, out_features=1, bias=True)
    """
    if not isinstance(value, str):
        return value
    found = import_named(value)
    makes = isinstance(found, type) or (bool(arguments) and not isinstance(found, nn.Module))
    return found(*arguments) if makes else found


def is_plain(value: Any) -> bool:
    """Whether JSON can hold a value, so that it needs no description.

    Example:
        >>> is_plain((1, "a", None)), is_plain(nn.Linear(1, 1))
        (True, False)
    """
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and is_plain(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def described(value: Any) -> Any:
    """A value as a record keeps it: an object by the name of its class and a digest of its state.

    Example:
        >>> described(0.5), described(nn.Identity())["object"]
        (0.5, 'torch.nn.modules.linear:Identity')
    """
    if is_plain(value):
        return value
    if isinstance(value, list | tuple):
        return [described(item) for item in value]
    kind = value if hasattr(value, "__qualname__") else type(value)  # classes and functions by their own names
    return {"object": path_of(kind), "digest": hashlib.sha256(repr(_state(value)).encode()).hexdigest()[:16]}


def is_description(value: Any) -> bool:
    """Whether a value read from a file stands for an object that the file does not hold.

    Example:
        >>> is_description(described(nn.Identity())), is_description("gcn")
        (True, False)
    """
    if isinstance(value, list):
        return any(map(is_description, value))
    return isinstance(value, dict) and set(value) == {"object", "digest"}


def _state(value: Any) -> Any:
    """All that makes an object what it is, as far as tensors and plain attributes say, in a form with one repr."""
    if isinstance(value, Tensor):
        data = value.detach().cpu().contiguous()
        return tuple(data.shape), str(data.dtype), hashlib.sha256(data.numpy().tobytes()).hexdigest()
    if isinstance(value, nn.Module):
        return repr(value), [(name, _state(part)) for name, part in value.state_dict().items()]
    if isinstance(value, torch.Generator):
        return "generator"
    if isinstance(value, Mapping):
        return sorted((str(key), _state(item)) for key, item in value.items())
    if isinstance(value, list | tuple | set):
        return [_state(item) for item in value]
    if callable(value) and hasattr(value, "__qualname__"):
        return value.__qualname__
    fields = getattr(value, "__dict__", None)
    return (type(value).__qualname__, _state(fields)) if fields is not None else repr(value)
