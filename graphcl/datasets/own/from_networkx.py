"""Graphs of networkx as datasets."""

from collections.abc import Hashable, Mapping
from typing import Any

import networkx as nx
import numpy as np

from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.own.feature_source import Features
from graphcl.datasets.own.label_source import LabelSource
from graphcl.datasets.own.own_graph import OwnGraph
from graphcl.datasets.own.to_dataset import to_dataset
from graphcl.typing import Seed


def from_networkx(
    graph: Any,
    *,
    features: Features = None,
    feature_seed: Seed = 0,
    labels: LabelSource = None,
    weight: str | None = "weight",
    name: str = "graph",
) -> GraphDataset:
    """Build a dataset from a graph of networkx, directed or not, with parallel edges or not.

    Rows are nodes in the order of `graph.nodes`. Edges are undirected, self-loops are left out, parallel edges
    are one (their weights are summed, see `undirected_weighted`). Attributes of edges other than the weight are
    not read.

    Args:
        graph: The graph; its nodes may be any objects.
        features: Names of numeric attributes of the nodes; a row per node; degree, random-projection, spectral or
            one-hot (see `graphcl.datasets.own.made_features`); or the path of a table with a row per node.
        feature_seed: Of random-projection.
        labels: The name of an attribute, one label per node, labels by node, or the path of a table.
        weight: The attribute of edges that is their weight, if any edge has it; edges without it have weight 1.
            None reads no weights.
        name: The dataset's name.

    Returns:
        The dataset; `dataset.ids[i]` is the node of row i.

    Raises:
        TypeError: If it is no graph of networkx.
        ValueError: If it has no nodes, a weight is no number of at least 0, or features or labels do not fit.

    Example:
        >>> club = from_networkx(nx.karate_club_graph(), features="degree", labels="club", weight=None)
        >>> club
        GraphDataset('graph': 34 nodes, 78 edges, 1 features, 2 classes)
    """
    if not isinstance(graph, nx.Graph):
        raise TypeError(
            f"graph must be a graph of networkx; got {type(graph).__name__}; see from_edge_list, from_scipy"
        )
    return to_dataset(own_graph_of(graph, name, weight), features, labels, seed=feature_seed)


def own_graph_of(
    graph: Any,
    name: str,
    weight: str | None,
    ids: list[Hashable] | None = None,
    files: Mapping[str, str] | None = None,
) -> OwnGraph:
    """Rows, edges, weights and attributes of a graph of networkx.

    Args:
        graph: The graph.
        name: The dataset's name.
        weight: The attribute of edges that is their weight, or None.
        ids: What the nodes are called, in the order of `graph.nodes`; None takes the nodes themselves.
        files: sha256 of each raw file, by name.

    Returns:
        The graph; attributes hold None where a node lacks them.

    Raises:
        ValueError: If a weight is no number.
    """
    row = {node: place for place, node in enumerate(graph.nodes)}
    ends = np.array([(row[head], row[tail]) for head, tail in graph.edges()], dtype=np.int64).reshape(-1, 2)
    names = dict.fromkeys(str(key) for _, attributes in graph.nodes(data=True) for key in attributes)
    attributes = {key: [values.get(key) for _, values in graph.nodes(data=True)] for key in names}
    weights = None
    if weight is not None and any(weight in values for _, _, values in graph.edges(data=True)):
        weights = np.array([_number(name, weight, edge) for edge in graph.edges(data=weight, default=1)])
    return OwnGraph(name, ids or list(graph.nodes), ends.T, weights, attributes=attributes, files=files or {})


def _number(name: str, weight: str, edge: tuple[Hashable, Hashable, Any]) -> float:
    try:
        return float(edge[2])
    except (TypeError, ValueError):
        got = f"{edge[2]!r} from {edge[0]!r} to {edge[1]!r}"
        raise ValueError(
            f"{name}: {weight!r} of an edge must be a number; got {got}; say weight=None for none"
        ) from None
