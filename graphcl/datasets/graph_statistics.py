"""Statistics of a graph: size, features, classes, homophily, connected components, degrees, splits."""

from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.collection_statistics import collection_statistics
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.typing import Edges, Labels, Nodes


def statistics(dataset: GraphDataset | GraphCollectionDataset) -> dict[str, Any]:
    """Statistics of a dataset: size, features, classes, edge homophily, components, degrees and splits.

    Args:
        dataset: Any dataset; some or all labels may be missing.

    Returns:
        For many graphs, see `collection_statistics`. For a single graph, a JSON-serialisable dictionary with
        these keys in this order:

        - `nodes`; `edges`: undirected edges, without self-loops;
        - `features`: columns of x; `feature_density`: fraction of non-zero entries of x, None without x;
        - `classes`: number of classes; `class_sizes`: nodes per label; `unlabelled`: nodes without a label;
        - `homophily`: edge homophily, the fraction of edges between nodes of one class, among edges whose nodes
          both have a label; None where there is no such edge;
        - `components`: connected components, counting isolated nodes; `isolated`: nodes without an edge;
        - `mean_degree`, `max_degree`: neighbours per node;
        - `relations`: edges per relation of a multiplex graph; else empty. All numbers above count an edge once
          for every relation that has it;
        - `splits`: by name, the number of nodes in each split (one number, or one per column of the mask).

    Example:
        >>> from graphcl.datasets.sources.embedded import karate
        >>> found = statistics(karate())
        >>> found["class_sizes"], found["components"], found["max_degree"], round(found["homophily"], 4)
        ({'0': 17, '1': 17}, 1, 17, 0.859)
    """
    if isinstance(dataset, GraphCollectionDataset):
        return collection_statistics(dataset)
    graph = dataset.graph
    n, x = graph.num_nodes, graph.x
    features = 0 if x is None else x.size(1)
    degrees = torch.bincount(graph.edge_index[0], minlength=n)
    sizes = _class_sizes(graph.y)
    return {
        "nodes": n,
        "edges": graph.edge_index.shape[1] // 2,
        "features": features,
        "feature_density": None if x is None else _stored(x) / (n * features),
        "classes": len(sizes),
        "class_sizes": sizes,
        "unlabelled": n - sum(sizes.values()),
        "homophily": None if graph.y is None else _homophily(graph.edge_index, graph.y),
        "components": _components(graph.edge_index, n),
        "isolated": int((degrees == 0).sum()),
        "mean_degree": graph.edge_index.shape[1] / n,
        "max_degree": int(degrees.max()),
        "relations": _relation_sizes(dataset),
        "splits": {name: mask.reshape(n, -1).sum(0).tolist() for name, mask in dataset.splits.items()},
    }


def _relation_sizes(dataset: GraphDataset) -> dict[str, int]:
    """Number of undirected edges per relation."""
    if not dataset.relations:
        return {}
    sizes = torch.bincount(dataset.graph.edge_type, minlength=len(dataset.relations)) // 2
    return dict(zip(dataset.relations, sizes.tolist(), strict=True))


def _stored(x: Nodes) -> int:
    """Number of entries other than 0."""
    return int(torch.count_nonzero(x.values() if x.layout == torch.sparse_csr else x))


def _class_sizes(y: Tensor | None) -> dict[str, int]:
    """Number of nodes per label, without unlabelled nodes."""
    if y is None:
        return {}
    labels, sizes = y[y >= 0].unique(return_counts=True)
    return {str(label): size for label, size in zip(labels.tolist(), sizes.tolist(), strict=True)}


def _homophily(edge_index: Edges, y: Labels) -> float | None:
    """Edge homophily: fraction of edges within classes, among edges whose nodes both have a label."""
    first, second = y[edge_index]
    labelled = (first >= 0) & (second >= 0)
    if not labelled.any():
        return None
    return float((first == second)[labelled].double().mean())


def _components(edge_index: Edges, n: int) -> int:
    """Number of connected components."""
    row, col = edge_index.numpy()
    adjacency = csr_array((np.ones(len(row), dtype=bool), (row, col)), shape=(n, n))
    return int(connected_components(adjacency, directed=False)[0])
