"""Graphs from edge lists: text files, see `graphcl.datasets.own.edge_rows` for their form, and pairs in memory."""

import os
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.own.edge_rows import read_edge_rows
from graphcl.datasets.own.feature_source import Features
from graphcl.datasets.own.feature_table import finite_features, read_feature_table
from graphcl.datasets.own.label_source import LabelSource
from graphcl.datasets.own.node_table import NodeTable, is_table, read_ids
from graphcl.datasets.own.numbering import NodeNumbering
from graphcl.datasets.own.own_graph import OwnGraph
from graphcl.datasets.own.to_dataset import to_dataset
from graphcl.datasets.parameters import checked
from graphcl.typing import Count, Flag, Seed


@checked
def read_edge_list(
    path: str | os.PathLike[str],
    *,
    header: Flag | None = None,
    delimiter: str | None = None,
    comments: Flag | None = None,
    weight: str | Count | Literal[False] | None = None,
    nodes: str | Count | None = None,
    features: str | list[str] | None = None,
    feature_seed: Seed = 0,
    labels: str | None = None,
) -> GraphDataset:
    """Read a graph from an edge list: .csv, .tsv, .txt, .edges or .edgelist, perhaps with .gz.

    Ids may be any texts. Rows are nodes in the order of first appearance: in the edges, then in `nodes`, then in
    the features; but where the ids are the integers 0 ... n - 1, row i is node i. Edges are undirected;
    self-loops are left out, repeated edges are one (their weights are summed, see `undirected_weighted`).

    Args:
        path: The file.
        header: Whether the first row names the columns; None decides by its cells.
        delimiter: What separates cells; None decides by the suffix.
        comments: Whether lines that begin with "#" or "%" are comments; None decides by their form.
        weight: The column of weights, by name or number from 1; False leaves all further columns out.
        nodes: A file of ids, of which some may be in no edge; or the number n of nodes 0 ... n - 1.
        features: degree, random-projection, spectral or one-hot (see `graphcl.datasets.own.made_features`); or a
            table with a row per node (see `graphcl.datasets.own.node_table`).
        feature_seed: Of random-projection.
        labels: A table of known classes, for scores.

    Returns:
        A dataset named after the file; `dataset.ids[i]` is what the file calls row i.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a file does not have its form, or they do not fit together.
    """
    edges = _read(Path(path), header=header, delimiter=delimiter, comments=comments, weight=weight)
    parameters = {
        "header": header,
        "delimiter": delimiter,
        "comments": comments,
        "weight": weight,
        "nodes": nodes,
        "features": features,
        "feature_seed": feature_seed or None,
        "labels": labels,
    }
    further = read_ids(Path(nodes)) if isinstance(nodes, str) else map(str, range(nodes or 0))
    return to_dataset(*_graph(edges, further, features), labels, seed=feature_seed, parameters=parameters)


def from_edge_list(
    edges: str | os.PathLike[str] | Array | Tensor | Iterable[Any],
    *,
    weight: Array | Tensor | Iterable[float | int] | None = None,
    nodes: Iterable[Hashable] | int | None = None,
    features: Features = None,
    feature_seed: Seed = 0,
    labels: LabelSource = None,
    name: str = "edges",
) -> GraphDataset:
    """Build a dataset from pairs of nodes, or from the path of an edge list; as `read_edge_list` does.

    Args:
        edges: (e, 2) integers, or pairs of any ids; of a tensor `edge_index` give the transpose. Or a path, which
            is read with the defaults of `read_edge_list`.
        weight: One per edge, not negative.
        nodes: Ids of further nodes; or the number n of nodes 0 ... n - 1.
        features: A row per node (for ids 0 ... n - 1), the path of a table, or a name as for `read_edge_list`.
        feature_seed: Of random-projection.
        labels: One label per row (for ids 0 ... n - 1), labels by id, or the path of a table.
        name: The dataset's name.

    Returns:
        The dataset; `dataset.ids[i]` is the id of row i.

    Raises:
        TypeError: If the edges are no pairs.
        ValueError: If edges, weights, features and labels do not fit together.

    Example:
        >>> friends = from_edge_list([("ann", "bob"), ("bob", "cem")], features="degree")
        >>> friends, friends.ids
        (GraphDataset('edges': 3 nodes, 2 edges, 1 features, no classes), ['ann', 'bob', 'cem'])
    """
    if isinstance(edges, str | os.PathLike):
        if weight is not None:
            raise ValueError("weight is for pairs in memory; a file has a column of weights, see read_edge_list")
        found = _read(Path(edges))
    else:
        found = _Edges(name, *_ends(edges), None if weight is None else _weights(weight))
    if isinstance(nodes, int):
        nodes = map(str, range(nodes)) if found.texts else range(nodes)
    return to_dataset(*_graph(found, nodes or (), features), labels, seed=feature_seed)


class _Edges(NamedTuple):
    """Edges between ids; texts, where they come from a file."""

    name: str
    heads: Sequence[Hashable]
    tails: Sequence[Hashable]
    weights: NDArray[np.float64] | None
    files: Mapping[str, str] = MappingProxyType({})
    texts: bool = False


def _read(path: Path, **options: Any) -> _Edges:
    rows = read_edge_rows(path, **options)
    weights = None if rows.weights is None else np.array(rows.weights)
    return _Edges(path.name, rows.heads, rows.tails, weights, {path.name: file_checksum(path)}, texts=True)


def _graph(
    edges: _Edges, further: Iterable[Hashable], features: Features
) -> tuple[OwnGraph, Features | NodeTable]:
    """Number the nodes of the edges, the further ones and those that only features name; read the features."""
    if edges.weights is not None and len(edges.weights) != len(edges.heads):
        raise ValueError(
            f"weight must have one value for each of {len(edges.heads)} edges; got {len(edges.weights)}"
        )
    nodes = NodeNumbering(node for pair in zip(edges.heads, edges.tails, strict=True) for node in pair)
    nodes.extend(further)
    table: Features | NodeTable = features
    if isinstance(features, str) and is_table(features):
        table = read_feature_table(Path(features))
    elif isinstance(features, np.ndarray | Tensor):
        table = NodeTable("features", finite_features("features", np.asarray(features)))
    if isinstance(table, NodeTable) and table.ids is None and nodes.are_positions(len(table.values)):
        nodes.extend(map(str, range(len(table.values))) if edges.texts else range(len(table.values)))
    elif isinstance(table, NodeTable) and table.ids is not None and edges.texts:
        nodes.extend(table.ids)
    ids, row = nodes.ordered()
    pairs = np.stack([row[nodes.rows(edges.heads)], row[nodes.rows(edges.tails)]])
    positional = nodes.are_positions(len(ids))
    return OwnGraph(edges.name, ids, pairs, edges.weights, positional, files=edges.files), table


def _ends(edges: Array | Tensor | Iterable[Any]) -> tuple[list[Hashable], list[Hashable]]:
    """Both ends of each edge in memory."""
    if isinstance(edges, Tensor | np.ndarray):
        pairs = np.asarray(edges)
        whole = pairs.dtype.kind == "f" and pairs.ndim == 2 and (pairs == pairs.round()).all()
        if pairs.ndim != 2 or pairs.shape[1] != 2 or not (whole or pairs.dtype.kind in "iuUS"):
            remedy = "of an edge_index give the transpose, and weights by weight="
            raise TypeError(
                f"edges must be pairs of ids, (e, 2); got {pairs.dtype} of {list(pairs.shape)}; {remedy}"
            )
        pairs = pairs.astype(np.int64) if whole else pairs
        return pairs[:, 0].tolist(), pairs[:, 1].tolist()
    heads: list[Hashable] = []
    tails: list[Hashable] = []
    for pair in edges:
        if (
            not isinstance(pair, tuple | list)
            or len(pair) != 2
            or not all(isinstance(end, Hashable) for end in pair)
        ):
            raise TypeError(f"edges must be pairs of ids; got {pair!r}; give weights by weight=")
        heads.append(pair[0])
        tails.append(pair[1])
    return heads, tails


def _weights(weight: Array | Tensor | Iterable[float | int]) -> NDArray[np.float64]:
    return np.asarray(
        weight if isinstance(weight, Tensor | np.ndarray) else list(weight), dtype=np.float64
    ).reshape(-1)
