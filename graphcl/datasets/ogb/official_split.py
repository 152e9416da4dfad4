"""Official splits of OGB: csv.gz files of indices, or torch files that hold plain tensors and arrays alone."""

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graphcl.datasets.files.archive import Array
from graphcl.datasets.ogb.sets import OgbSet
from graphcl.datasets.ogb.tables import read_column

PARTS = ("train", "valid", "test")
"""As OGB names them."""

NAMES = {"train": "train", "valid": "val", "test": "test"}
"""As they are named here."""


def read_indices(folder: Path, facts: OgbSet, size: int, *, exact: bool) -> dict[str, Tensor]:
    """The official split of nodes or graphs: indices by "train", "val" and "test".

    Args:
        folder: of the dataset.
        facts: on it.
        size: nodes or graphs that there are.
        exact: whether the parts must have the sizes that OGB publishes.

    Raises:
        FileNotFoundError: no split there.
        ValueError: a damaged file, indices out of range, parts that overlap, or other sizes.
    """
    place = folder / "split" / facts.split
    if (place / "split_dict.pt").is_file():
        found = read_plain(place / "split_dict.pt")
        if missing := [part for part in PARTS if part not in found]:
            raise ValueError(f"{place / 'split_dict.pt'} has no part {missing[0]!r}; take OGB's csv.gz files")
        parts = {part: _integers(found[part], place / "split_dict.pt") for part in PARTS}
    else:
        parts = {part: read_column(place / f"{part}.csv.gz") for part in PARTS}
    for part, index in parts.items():
        if len(index) and not 0 <= int(index.min()) <= int(index.max()) < size:
            raise ValueError(f"{place}: {part} must lie in [0, {size - 1}]; got {index.min()} to {index.max()}")
    check_sizes(place, facts, [len(index) for index in parts.values()], exact=exact)
    every = np.concatenate(list(parts.values()))
    if len(np.unique(every)) < len(every):
        raise ValueError(f"{place}: the parts of a split must not overlap; put OGB's files there again")
    return {NAMES[part]: torch.from_numpy(index.astype(np.int64)) for part, index in parts.items()}


def read_links(folder: Path, facts: OgbSet, nodes: int, *, exact: bool) -> dict[str, Tensor]:
    """The official split of links: (2, e) pairs by "train", "val", "val_negative", "test" and "test_negative".

    Args:
        folder: of the dataset.
        facts: on it.
        nodes: of the graph.
        exact: as for `read_indices`.

    Raises:
        FileNotFoundError, ValueError: as for `read_indices`.
    """
    place = folder / "split" / facts.split
    found: dict[str, Tensor] = {}
    sizes = []
    for part in PARTS:
        file = place / f"{part}.pt"
        content = read_plain(file)
        for key, name in (("edge", NAMES[part]), ("edge_neg", f"{NAMES[part]}_negative")):
            if key not in content and (key == "edge" or part != "train"):
                raise ValueError(f"{file} has no {key!r}; put OGB's files there again")
            if key in content and (key == "edge" or part != "train"):
                pairs = _integers(content[key], file)
                if pairs.ndim != 2 or pairs.shape[1] != 2:
                    raise ValueError(
                        f"{file}: {key} must be (e, 2); got {pairs.shape}; put OGB's files there again"
                    )
                if len(pairs) and not 0 <= int(pairs.min()) <= int(pairs.max()) < nodes:
                    raise ValueError(f"{file}: {key} must lie in [0, {nodes - 1}]; put OGB's files there again")
                found[name] = torch.from_numpy(np.ascontiguousarray(pairs.T))
        sizes.append(found[NAMES[part]].size(1))
    check_sizes(place, facts, sizes, exact=exact)
    return found


def check_sizes(place: Path, facts: OgbSet, sizes: list[int], *, exact: bool) -> None:
    """Refuse empty parts, and other sizes than OGB publishes.

    Raises:
        ValueError: as said.
    """
    told = ", ".join(f"{size:,}" for size in sizes)
    if not all(sizes):
        raise ValueError(f"{place}: no part of a split may be empty; got {told}")
    if exact and tuple(sizes) != facts.parts:
        published = ", ".join(f"{size:,}" for size in facts.parts)
        raise ValueError(
            f"{place}: {facts.name} has parts of {published}; got {told}; put OGB's files there again, or load "
            "with counts='any'"
        )


def read_plain(file: Path) -> Mapping[str, Any]:
    """A torch file that holds a dict of tensors, NumPy arrays and plain values; it can run no code.

    Args:
        file: which OGB wrote by torch.save.

    Raises:
        FileNotFoundError: no such file.
        ValueError: anything else in it.
    """
    if not file.is_file():
        raise FileNotFoundError(f"{file} is missing; put OGB's whole folder there")
    try:
        with torch.serialization.safe_globals(_array_globals()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what torch says of other pickle protocols, before it refuses them
            content = torch.load(file, map_location="cpu", weights_only=True)
    except (
        pickle.UnpicklingError,
        RuntimeError,
        EOFError,
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
    ):
        raise ValueError(
            f"{file} holds more than tensors and arrays, or is damaged, and was not loaded; put OGB's file there"
        ) from None
    if not isinstance(content, dict):
        raise ValueError(f"{file} must hold a dict; got {type(content).__name__}")  # noqa: TRY004
    return content


def _array_globals() -> list[Any]:
    """What builds NumPy arrays of numbers, under the names of NumPy 1 and 2; none of it runs code of a file."""
    from numpy._core import multiarray

    rebuild = multiarray._reconstruct  # noqa: SLF001
    scalar = multiarray.scalar
    kinds = [type(np.dtype(kind)) for kind in (np.int64, np.int32, np.float64, np.float32, np.bool_)]
    both = [
        (function, f"numpy.{room}.multiarray.{name}")
        for function, name in ((rebuild, "_reconstruct"), (scalar, "scalar"))
        for room in ("core", "_core")
    ]
    return [*both, np.ndarray, np.dtype, *kinds]


def _integers(values: Any, file: Path) -> Array:
    array = values.numpy() if isinstance(values, Tensor) else np.asarray(values)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{file} must hold integers; got {array.dtype}; put OGB's file there again")
    return array.astype(np.int64)
