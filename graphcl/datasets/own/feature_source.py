"""Features of a user's graph: made from its edges, or from a table, attributes of its nodes or a matrix."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graphcl.datasets.edges import undirected, undirected_weighted
from graphcl.datasets.files.archive import Array
from graphcl.datasets.own.feature_table import finite_features, read_feature_table
from graphcl.datasets.own.made_features import MADE, make_features
from graphcl.datasets.own.node_table import NodeTable, is_table
from graphcl.datasets.own.own_graph import OwnGraph, in_order
from graphcl.typing import Nodes, Seed

Features = str | Sequence[str] | Array | Tensor | None
"""One of the names in `made_features`, the path of a table, names of attributes, a matrix, or None."""


def features_of(
    graph: OwnGraph, features: Features | NodeTable, seed: Seed, edges: Tensor, weight: Tensor | None
) -> Nodes | None:
    """Features of a graph, in the order of its rows.

    Args:
        graph: The graph.
        features: Where they come from; None for no features.
        seed: Of features that are drawn at random.
        edges: The graph's edges.
        weight: Their weights, or None.

    Returns:
        The features, float32, or None.

    Raises:
        ValueError: If there is no such table or attribute, or its rows do not fit the graph.
    """
    if features is None:
        return None
    if isinstance(features, str):
        if features in MADE:
            n = len(graph.ids)
            both, weights = (
                (undirected(edges, n), None) if weight is None else undirected_weighted(edges, weight, n)
            )
            return make_features(features, both, n, weights, seed)
        if is_table(features):
            features = read_feature_table(Path(features))
        else:
            features = [name.strip() for name in features.split(",")]
    if isinstance(features, NodeTable):
        rows = np.asarray(in_order(graph, features, required=True))
        return torch.from_numpy(np.ascontiguousarray(rows))
    if isinstance(features, Sequence) and features and all(isinstance(name, str) for name in features):
        columns = [_attribute(graph, str(name)) for name in features]
        return torch.from_numpy(finite_features(graph.name, np.stack(columns, axis=1)))
    x = finite_features(graph.name, features.detach().cpu().numpy() if isinstance(features, Tensor) else features)
    return torch.from_numpy(np.asarray(in_order(graph, NodeTable("features", x), required=True)))


def _attribute(graph: OwnGraph, name: str) -> NDArray[np.float64]:
    """A numeric attribute of all nodes."""
    if name not in graph.attributes:
        raise ValueError(
            f"{graph.name}: features must be {', '.join(MADE)}, a file (.npy, .csv) or numeric attributes of the "
            f"nodes; got {name!r}{graph.named_attributes()}"
        )
    values = graph.attributes[name]
    numeric = [isinstance(value, int | float | np.number) for value in values]
    if not all(numeric):
        node = numeric.index(False)
        got = f"{values[node]!r} at node {graph.ids[node]!r}"
        raise ValueError(f"{graph.name}: the attribute {name!r} must be a number for each node; got {got}")
    return np.array(values, dtype=np.float64)
