"""Structural clustering scores, without labels: modularity and conductance.

A score whose definition divides 0 by 0 is NaN: it is undefined, neither good nor bad. Both are for a graph without
edges, and conductance is where one cluster contains all edges.

The graph is undirected and unweighted: as in PyG, `edge_index` holds each edge in both directions, and a self-loop
once. Duplicate edges are counted as often as they occur.
"""

from math import nan
from typing import NamedTuple

import torch
from torch import Tensor
from torch_geometric.utils import is_undirected

from graphcl.typing import Edges, Integers


class _Ends(NamedTuple):
    """Numbers of edge ends per cluster, in float64; they sum to twice the number of edges."""

    all: Tensor
    """Volume of each cluster, the sum of its nodes' degrees."""
    inside: Tensor
    """Number of ends of edges within each cluster."""


def structure_scores(edge_index: Edges, labels: Integers) -> dict[str, float]:
    """Modularity and mean conductance of a clustering.

    Args:
        edge_index: (2, e), both directions of each edge; on any device.
        labels: (n,), the cluster of each node; any integers.

    Returns:
        modularity (higher is better) and conductance (lower is better); NaN where undefined: both for a graph
        without edges, conductance where one cluster contains all edges, as that of a clustering of one cluster.

    Raises:
        ValueError: an edge without its reverse, or a node index without a label.

    Example:
        >>> two_pairs = torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
        >>> structure_scores(two_pairs, torch.tensor([0, 0, 1, 1]))
        {'modularity': 0.5, 'conductance': 0.0}
        >>> structure_scores(two_pairs, torch.tensor([0, 0, 0, 0]))
        {'modularity': 0.0, 'conductance': nan}
    """
    ends = _count_ends(edge_index, labels)
    return {"modularity": _modularity(ends), "conductance": _conductance(ends)}


def modularity(edge_index: Edges, labels: Integers) -> float:
    """Modularity: fraction of edges within clusters, minus its expectation at random with the same degrees.

    Q = sum_c (inside_c / 2m - (volume_c / 2m)^2), in [-0.5, 1); NaN for a graph without edges.

    Args:
        edge_index: (2, e), both directions of each edge.
        labels: (n,), the cluster of each node.

    Raises:
        ValueError: an edge without its reverse, or a node index without a label.

    Example:
        >>> two_pairs = torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
        >>> modularity(two_pairs, torch.tensor([0, 0, 0, 0]))
        0.0

    Reference: [Newman, "Modularity and community structure in networks", PNAS 2006].
    """
    return _modularity(_count_ends(edge_index, labels))


def conductance(edge_index: Edges, labels: Integers) -> float:
    """Conductance, averaged over clusters: cut_c / min(volume_c, 2m - volume_c), in [0, 1]; lower is better.

    The mean is over the clusters for which it is defined, those with an edge end inside and one outside. Where
    there is none, because there are no edges or one cluster contains all of them, it is NaN.

    Args:
        edge_index: (2, e), both directions of each edge.
        labels: (n,), the cluster of each node.

    Raises:
        ValueError: an edge without its reverse, or a node index without a label.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> conductance(path, torch.tensor([0, 1, 1]))
        1.0
    """
    return _conductance(_count_ends(edge_index, labels))


def _modularity(ends: _Ends) -> float:
    total = ends.all.sum()
    if total == 0:
        return nan
    return float((ends.inside / total - (ends.all / total) ** 2).sum())


def _conductance(ends: _Ends) -> float:
    smaller_side = torch.minimum(ends.all, ends.all.sum() - ends.all)
    defined = smaller_side > 0
    if not defined.any():
        return nan
    return float(((ends.all - ends.inside)[defined] / smaller_side[defined]).mean())


def _count_ends(edge_index: Edges, labels: Integers) -> _Ends:
    labels = torch.as_tensor(labels)
    if labels.dim() != 1 or labels.is_floating_point():
        raise ValueError(f"labels must be one integer per node; got shape {tuple(labels.shape)} of {labels.dtype}")
    if edge_index.is_floating_point():
        raise ValueError(f"edge_index must hold integers; got {edge_index.dtype}; convert it with .long()")
    if edge_index.numel() and not 0 <= int(edge_index.min()) <= int(edge_index.max()) < len(labels):
        raise ValueError(
            f"edge_index must lie in [0, {len(labels)}), one label per node; "
            f"got values from {int(edge_index.min())} to {int(edge_index.max())}"
        )
    if not is_undirected(edge_index, num_nodes=len(labels)):
        raise ValueError(
            "edge_index must hold both directions of each edge; got one without its reverse; "
            "use torch_geometric.utils.to_undirected"
        )
    names, cluster = torch.unique(labels.to(edge_index.device), return_inverse=True)
    row, column = edge_index
    ends = (row == column).double() + 1  # a self-loop is listed once and has two ends
    inside = ends * (cluster[row] == cluster[column])
    zeros = torch.zeros(len(names), dtype=torch.float64, device=edge_index.device)
    return _Ends(zeros.index_add(0, cluster[row], ends), zeros.index_add(0, cluster[row], inside))
