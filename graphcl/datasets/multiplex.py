"""A graph with several relations between its nodes, in one npz file: the layout, and its reader.

The file has the features, labels and masks of `graphcl.datasets.npz` and, in place of `edge_index`:

===============  =======================  ==================================================================
array            type, shape              meaning
===============  =======================  ==================================================================
`relations`      text, [R]                the names of the relations
`NAME_indices`   integers, [E]            for each of them: the neighbours of node 0, of node 1, and so on,
`NAME_indptr`    integers, [N + 1]        and where those of each node start
===============  =======================  ==================================================================

Edges are made undirected, duplicates and self loops are removed, within each relation.

    >>> import numpy as np, tempfile
    >>> arrays = {"x": np.eye(3), "relations": ["near", "far"], "near_indices": [1], "near_indptr": [0, 1, 1, 1]}
    >>> arrays |= {"far_indices": [2, 2], "far_indptr": [0, 1, 2, 2]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez_compressed(f"{folder}/three.npz", **arrays)
    ...     read_multiplex(f"{folder}/three.npz")
    GraphDataset('three.npz': 3 nodes, 3 edges of 2 relations, 3 features, no classes)
"""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from graphcl.datasets.archive import Array, read_arrays
from graphcl.datasets.checks import check_labels, check_mask
from graphcl.datasets.checksum import file_checksum
from graphcl.datasets.csr import csr_shape
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.npz_features import CSR, read_features

_MASKS = ("train_mask", "val_mask", "test_mask")


def read_multiplex(path: str | os.PathLike[str]) -> GraphDataset:
    """Read a multiplex graph from an npz file of the layout described at the head of this module.

    Args:
        path: The file.

    Returns:
        A dataset named after the file, its edges numbered by relation in `graph.edge_type`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file does not have the layout.
    """
    path = Path(path)
    names = _names(path, read_arrays(path, {"relations"}))
    parts = {f"{name}_{part}" for name in names for part in ("indices", "indptr")}
    arrays = read_arrays(path, {"x", *CSR, "y", *_MASKS, *parts})
    x = torch.from_numpy(read_features(path, arrays))
    edges = [_edges(path, name, arrays, len(x)) for name in names]
    y = check_labels(path, "y", arrays["y"], len(x)) if "y" in arrays else None
    return GraphDataset.from_parts(
        path.name,
        x,
        torch.from_numpy(np.concatenate(edges, axis=1)),
        None if y is None else torch.from_numpy(y),
        splits={
            mask.removesuffix("_mask"): torch.from_numpy(check_mask(path, mask, arrays[mask], len(x)))
            for mask in _MASKS
            if mask in arrays
        },
        files={path.name: file_checksum(path)},
        edge_type=torch.repeat_interleave(torch.tensor([part.shape[1] for part in edges])),
        relations=names,
    )


def _names(path: Path, arrays: Mapping[str, Array]) -> list[str]:
    """The names of the relations."""
    names = arrays.get("relations")
    if names is None:
        raise ValueError(f"{path}: relations is missing; add the names of the relations")
    if names.dtype.kind != "U" or names.ndim != 1 or len(set(names.tolist())) != len(names) or not len(names):
        raise ValueError(f"{path}: relations must be names, all different; got {names.tolist()!r}")
    return [str(name) for name in names]


def _edges(path: Path, name: str, arrays: Mapping[str, Array], n: int) -> Array:
    """The edges of one relation, [2, E]."""
    for part in ("indices", "indptr"):
        if f"{name}_{part}" not in arrays:
            raise ValueError(f"{path}: {name}_{part} is missing, although relations names {name}; add it")
    indices, indptr = arrays[f"{name}_indices"], arrays[f"{name}_indptr"]
    rest = {f"{name}_data": np.ones(indices.shape), f"{name}_shape": np.array([n, n])}
    csr_shape(path, name, {f"{name}_indices": indices, f"{name}_indptr": indptr, **rest})
    source = np.repeat(np.arange(n), np.diff(indptr))
    edges: Array = np.stack([source, indices.astype(np.int64)])
    return edges
