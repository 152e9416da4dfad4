"""Reader of graphs in npz files, and the layout of these files.

A file is written by `numpy.savez_compressed(path, **arrays)`. Its arrays, for N nodes and F features:

===============  =======================  ==================================================================
array            type, shape              meaning
===============  =======================  ==================================================================
`edge_index`     integers, [2, E]         edges between the nodes 0 ... N - 1, in one direction or in both;
                                          optional if the parameter `k` is given
`x`              numbers, [N, F]          optional: features, dense; or the four arrays of a CSR matrix instead:
`x_data`         numbers, [nnz]           stored entries,
`x_indices`      integers, [nnz]          column indices,
`x_indptr`       integers, [N + 1]        row pointers,
`x_shape`        integers, [2]            N and F
`y`              integers, [N]            optional: one class per node; negative values are unlabelled
`train_mask`     booleans, [N]            optional, as are `val_mask` and `test_mask`: the splits
`edge_type`      integers, [E]            optional: relation of each edge, from 0, of a multiplex graph
===============  =======================  ==================================================================

A file with an array `relations` has the layout of `graphcl.datasets.files.multiplex`. Arrays `edge_weight` and
`edge_attr` are not supported and raise an error; other arrays are ignored. If both forms of the features are
present, `x` is used. Edges are made undirected, duplicates and self-loops are removed, features become float32,
and labels keep their values. Without x, N is the length of y or, without y, the largest node + 1. Nothing is
unpickled, so arrays of Python objects raise an error.

    >>> import numpy as np, tempfile
    >>> arrays = {"x": np.eye(3), "edge_index": [[0, 1], [1, 2]], "y": [0, 0, 1]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez_compressed(f"{folder}/path.npz", **arrays)
    ...     read_npz(f"{folder}/path.npz")
    GraphDataset('path.npz': 3 nodes, 2 edges, 3 features, 2 classes)
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from graphcl.datasets.files.archive import Array, read_arrays
from graphcl.datasets.files.checks import check_edges, check_labels, check_mask, check_relations
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.files.multiplex import read_multiplex
from graphcl.datasets.files.npz_features import CSR, read_features
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.own.own_graph import OwnGraph
from graphcl.datasets.own.to_dataset import to_dataset
from graphcl.datasets.parameters import checked
from graphcl.datasets.sources.tabular_knn import NeighbourSimilarity, knn_graph
from graphcl.typing import Count, Seed

_MASKS = ("train_mask", "val_mask", "test_mask")
_UNUSED = ("edge_weight", "edge_attr")


@checked
def read_npz(
    path: str | os.PathLike[str],
    *,
    k: Count | None = None,
    similarity: NeighbourSimilarity | None = None,
    features: str | None = None,
    feature_seed: Seed = 0,
) -> GraphDataset:
    """Read a graph from an npz file in the layout described in this module's docstring.

    Args:
        path: The file.
        k: If given, replace the edges by the k-nearest-neighbour graph of the features, k in [1, N - 1].
        similarity: "heat" (the default), "dot" or "ncos", as in `knn_graph`; requires `k`.
        features: For a file without x: degree, random-projection, spectral or one-hot (see
            `graphcl.datasets.own.made_features`), or the path of a table with a row per node.
        feature_seed: Of random-projection.

    Returns:
        A dataset named after the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file does not have this layout, or a parameter is out of range.

    Example:
        >>> read_npz("missing.npz")
        Traceback (most recent call last):
            ...
        FileNotFoundError: missing.npz: no such file; name an existing .npz file
    """
    path = Path(path)
    if similarity is not None and k is None:
        raise ValueError(
            f"{path.name}: similarity needs k, the number of neighbours; got similarity={similarity!r}"
        )
    arrays = read_arrays(path, {"x", *CSR, "edge_index", "edge_type", "relations", "y", *_MASKS, *_UNUSED})
    if k is not None and (several := {"edge_type", "relations"} & arrays.keys()):
        raise ValueError(f"{path}: k replaces the edges of one relation; the file has {min(several)}; leave k out")
    if "relations" in arrays:
        return read_multiplex(path)
    if unused := [key for key in _UNUSED if key in arrays]:
        raise ValueError(f"{path}: {unused[0]} is not used, all edges count the same; save the file without it")
    if not {"x", *CSR, "edge_type"} & arrays.keys() and k is None:
        return _without_x(path, arrays, features, feature_seed)
    if features is not None:
        raise ValueError(f"{path}: features={features} would replace x; leave it out, or save the file without x")
    x = torch.from_numpy(read_features(path, arrays))
    n = len(x)
    if k is None:
        parameters = {}
        if "edge_index" not in arrays:
            raise ValueError(f"{path}: edge_index is missing; add it, or give k for a k-nearest-neighbour graph")
        edge_index = torch.from_numpy(check_edges(path, "edge_index", arrays["edge_index"], n))
    else:
        if k >= n:
            raise ValueError(f"{path}: k must lie in [1, {n - 1}] for {n} nodes; got {k}")
        parameters = {"k": k, "similarity": similarity or "heat"}
        edge_index = knn_graph(x, k=k, similarity=similarity or "heat")
    kind = check_relations(path, arrays["edge_type"], edge_index.size(1)) if "edge_type" in arrays else None
    y = check_labels(path, "y", arrays["y"], n) if "y" in arrays else None
    return GraphDataset.from_parts(
        path.name,
        x,
        edge_index,
        None if y is None else torch.from_numpy(y),
        splits=_splits(path, arrays, n),
        parameters=parameters,
        files={path.name: file_checksum(path)},
        edge_type=None if kind is None else torch.from_numpy(kind),
        relations=[] if kind is None else [str(number) for number in range(int(kind.max(initial=0)) + 1)],
    )


def _splits(path: Path, arrays: Mapping[str, Array], n: int) -> dict[str, Tensor]:
    """The masks that a file has, by the name of the split."""
    return {
        mask.removesuffix("_mask"): torch.from_numpy(check_mask(path, mask, arrays[mask], n))
        for mask in _MASKS
        if mask in arrays
    }


def _without_x(path: Path, arrays: Mapping[str, Array], features: str | None, seed: Seed) -> GraphDataset:
    """A graph whose file has no features, with those that are made or read from another file."""
    edges = arrays.get("edge_index")
    if edges is None:
        raise ValueError(f"{path}: edge_index is missing; add it, or x and k for a k-nearest-neighbour graph")
    n = len(arrays["y"]) if "y" in arrays else int(edges.max(initial=-1)) + 1
    y = check_labels(path, "y", arrays["y"], n) if "y" in arrays else None
    graph = OwnGraph(
        path.name, range(n), check_edges(path, "edge_index", edges, n), files={path.name: file_checksum(path)}
    )
    parameters = {"features": features, "feature_seed": seed or None}
    dataset = to_dataset(graph, features, y, seed=seed, parameters=parameters)
    return replace(dataset, splits=_splits(path, arrays, n))
