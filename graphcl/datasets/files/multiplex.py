"""Multiplex graphs (several relations over the same nodes), from edge tensors or from an npz file.

The file has the features, labels and masks of `graphcl.datasets.files.npz` and, in place of `edge_index`:

===============  =======================  ==================================================================
array            type, shape              meaning
===============  =======================  ==================================================================
`relations`      text, [R]                the names of the relations
`NAME_indices`   integers, [E]            CSR column indices of each relation: neighbours of node 0, of node 1, ...
`NAME_indptr`    integers, [N + 1]        CSR row pointers of each relation
===============  =======================  ==================================================================

Within each relation, edges are made undirected, and duplicates and self-loops are removed.

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

from graphcl.datasets.files.archive import Array, read_arrays
from graphcl.datasets.files.checks import check_labels, check_mask
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.files.csr import csr_shape
from graphcl.datasets.files.npz_features import CSR, read_features
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.typing import Edges, Labels, Nodes

_MASKS = ("train_mask", "val_mask", "test_mask")


def read_multiplex(path: str | os.PathLike[str]) -> GraphDataset:
    """Read a multiplex graph from an npz file in the layout described in this module's docstring.

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


def from_relations(x: Nodes, relations: Mapping[str, Edges], y: Labels | None = None) -> GraphDataset:
    """Build a multiplex dataset from the edges of each relation over the same nodes.

    Args:
        x: Features, [N, F], finite.
        relations: Edges of each relation by name, [2, E], in one or both directions; they are made undirected, and
            duplicates and self-loops are removed.
        y: The class of each node, integers, or None; negative values are unlabelled.

    Returns:
        The dataset `multiplex`, with the relation of each edge in `graph.edge_type`.

    Raises:
        TypeError: If the relations are not a mapping from names to integer tensors.
        ValueError: If there is no relation, an edge is out of range, or x or y is invalid.

    Example:
        >>> from_relations(torch.eye(3), {"near": torch.tensor([[0], [1]]), "far": torch.tensor([[0, 1], [2, 2]])})
        GraphDataset('multiplex': 3 nodes, 3 edges of 2 relations, 3 features, no classes)
    """
    if not isinstance(relations, Mapping):
        raise TypeError(f"relations must be edges by name, as {{'cites': edges}}; got {type(relations).__name__}")
    for name, edges in relations.items():
        if not isinstance(edges, torch.Tensor) or edges.is_floating_point() or edges.dtype == torch.bool:
            got = str(edges.dtype) if isinstance(edges, torch.Tensor) else type(edges).__name__
            raise TypeError(f"edges must be a tensor of integers, (2, e); got {got} for {name!r}; convert them")
    if not relations:
        raise ValueError("relations must name at least one; got none; give the edges of each by its name")
    whose = Path("multiplex")
    n = len(read_features(whose, {"x": x.detach().cpu().float().numpy()}))
    if y is not None:
        check_labels(whose, "y", y.cpu().numpy(), n)
    for name, edges in relations.items():
        if edges.numel() and not 0 <= int(edges.min()) <= int(edges.max()) < n:
            got = (
                f"{int(edges.min())} to {int(edges.max())} in {name!r}; relate the same nodes, and give each a row"
            )
            raise ValueError(f"relations must lie in [0, {n - 1}], the rows of x; got {got}")
    sizes = torch.tensor([edges.shape[1] for edges in relations.values()])
    kind = torch.repeat_interleave(sizes)
    joined = torch.cat(list(relations.values()), dim=1)
    return GraphDataset.from_parts(whose.name, x, joined, y, edge_type=kind, relations=list(relations))


def _names(path: Path, arrays: Mapping[str, Array]) -> list[str]:
    """Names of the relations."""
    names = arrays.get("relations")
    if names is None:
        raise ValueError(f"{path}: relations is missing; add the names of the relations")
    if names.dtype.kind != "U" or names.ndim != 1 or len(set(names.tolist())) != len(names) or not len(names):
        raise ValueError(f"{path}: relations must be distinct names; got {names.tolist()!r}")
    return [str(name) for name in names]


def _edges(path: Path, name: str, arrays: Mapping[str, Array], n: int) -> Array:
    """Edges of one relation, [2, E]."""
    for part in ("indices", "indptr"):
        if f"{name}_{part}" not in arrays:
            raise ValueError(f"{path}: {name}_{part} is missing, although relations names {name}; add it")
    indices, indptr = arrays[f"{name}_indices"], arrays[f"{name}_indptr"]
    rest = {f"{name}_data": np.ones(indices.shape), f"{name}_shape": np.array([n, n])}
    csr_shape(path, name, {f"{name}_indices": indices, f"{name}_indptr": indptr, **rest})
    source = np.repeat(np.arange(n), np.diff(indptr))
    edges: Array = np.stack([source, indices.astype(np.int64)])
    return edges
