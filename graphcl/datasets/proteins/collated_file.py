"""Graphs in a file of PyG: tensors of all graphs, and where each graph starts; no code of the file is run.

PyG writes `(data, slices)` with `torch.save`: `data` holds the tensors of all graphs concatenated, `slices` the
offsets of each. `torch.load(weights_only=True)` reads it with no other class allowed than a stand-in for `data`,
which has attributes and no code.
"""

import pickle
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

STANDS_FOR = (
    *(f"torch_geometric.data.data.{name}" for name in ("Data", "DataEdgeAttr", "DataTensorAttr")),
    "torch_geometric.data.storage.GlobalStorage",
)
"""The only classes that such a file may name."""

BROKEN = (
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)


class Collated(NamedTuple):
    """Content of the file.

    Attributes:
        tensors: Concatenated over all graphs, by name.
        slices: For some names, the offsets of each graph, from 0 to the length of the tensor.
    """

    tensors: dict[str, Tensor]
    slices: dict[str, Tensor]


class PlainRecord:
    """Stand-in for an object of PyG: attributes, and no code."""


def read_collated(path: Path) -> Collated:
    """Read the tensors of a file that PyG wrote; no code in it is run.

    Args:
        path: The file.

    Returns:
        The tensors and offsets.

    Raises:
        ValueError: If the file is damaged, holds other classes, or is not in this layout.
    """
    try:
        with _no_class_but_stand_ins(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns of pickles that it refuses next
            content = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(content, tuple | list) or len(content) < 2:
            raise ValueError("no pair (data, slices)")
        return Collated(_tensors(_attributes(content[0])), _tensors(_attributes(content[1])))
    except pickle.UnpicklingError as error:
        reason = "it names code, or classes of other packages, which are never run"
        raise ValueError(f"{path}: not a file (data, slices) of PyG, or damaged ({reason})") from error
    except BROKEN as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise ValueError(
            f"{path}: not a file (data, slices) of PyG, or damaged ({reason}); download it again"
        ) from error


@contextmanager
def _no_class_but_stand_ins() -> Iterator[None]:
    """Allow `torch.load` no class but the stand-in; what other packages allowed is put back."""
    before = torch.serialization.get_safe_globals()
    torch.serialization.clear_safe_globals()
    torch.serialization.add_safe_globals([(PlainRecord, name) for name in STANDS_FOR])
    try:
        yield
    finally:
        torch.serialization.clear_safe_globals()
        torch.serialization.add_safe_globals(before)


def _attributes(value: Any) -> Mapping[str, Any]:
    """The attributes of a graph of any version of PyG, or the items of a dict."""
    if isinstance(value, PlainRecord):
        attributes = vars(value)
        store = attributes.get("_store")
        found = vars(store).get("_mapping", {}) if isinstance(store, PlainRecord) else attributes
    else:
        found = value
    if not isinstance(found, Mapping):
        raise ValueError(f"no attributes but {type(found).__name__}")  # noqa: TRY004  (the file is wrong)
    return found


def _tensors(values: Mapping[str, Any]) -> dict[str, Tensor]:
    """The dense tensors among some values, which must have memory for all of their entries."""
    tensors = {
        str(name): value
        for name, value in values.items()
        if isinstance(value, Tensor) and value.layout == torch.strided
    }
    for name, tensor in tensors.items():
        if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
            raise ValueError(f"{name} is longer than its data")
    return tensors
