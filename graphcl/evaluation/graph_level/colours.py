"""Baselines from the Weisfeiler-Lehman colours of the nodes of many graphs: subtree features, label histograms."""

import numpy as np
from jaxtyping import Int
from scipy.sparse import csr_array, hstack
from torch import Tensor

from graphcl.ops.graph_codes import Categories, EdgeCategories, node_categories, node_colours
from graphcl.typing import Edges


def label_histogram(x: Categories, batch: Int[Tensor, " n"]) -> csr_array:
    """Baseline: the number of nodes of each category in each graph, L2-normalised; edges are not read.

    Args:
        x: (n, c), categories or one-hot rows; equal rows are one category.
        batch: (n,), the graph of each node, ascending.

    Returns:
        (graphs, categories), sparse.

    Raises:
        ValueError: x that is not categorical, or a graph vector that does not fit.

    Example:
        >>> import torch
        >>> label_histogram(torch.tensor([[0], [1], [1]]), torch.tensor([0, 1, 1])).toarray().tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    return _unit(_counts(node_categories(x, batch)[:, 0], batch))


def subtree_features(
    x: Categories,
    edge_index: Edges,
    batch: Int[Tensor, " n"],
    *,
    edge_attr: EdgeCategories | None = None,
    num_layers: int = 3,
) -> csr_array:
    """Weisfeiler-Lehman subtree features: the number of nodes of each colour at each layer, L2-normalised.

    The dot product of two rows is the normalised Weisfeiler-Lehman subtree kernel of the graphs. Edge categories
    enter as the number of each category at a node.

    Args:
        x: (n, c), categories or one-hot rows.
        edge_index: (2, e), in both directions, nodes numbered over all graphs.
        batch: (n,), the graph of each node, ascending.
        edge_attr: (e, k), categories of the edges.
        num_layers: rounds of refinement; layer 0 is the label histogram.

    Returns:
        (graphs, colours), sparse.

    Raises:
        ValueError: x or edge_attr that is not categorical, or a graph vector that does not fit.

    Example:
        >>> import torch
        >>> path, triangle = torch.tensor([[0, 1], [1, 2]]), torch.tensor([[3, 4, 5], [4, 5, 3]])
        >>> edges = torch.cat([path, path.flip(0), triangle, triangle.flip(0)], dim=1)
        >>> x, batch = torch.zeros(6, 1).long(), torch.arange(6) // 3
        >>> rows = subtree_features(x, edges, batch, num_layers=1)
        >>> rows.toarray().round(2).tolist()  # one colour, then ends and middles; in the triangle all are middles
        [[0.8, 0.53, 0.27], [0.71, 0.0, 0.71]]

    Reference: [Shervashidze et al., "Weisfeiler-Lehman Graph Kernels", JMLR 2011].
    """
    layers = node_colours(x, edge_index, batch, edge_attr=edge_attr, num_layers=num_layers)
    return _unit(csr_array(hstack([_counts(label, batch) for label in layers])))


def _counts(label: Tensor, batch: Tensor) -> csr_array:
    """How often each label occurs in each graph."""
    ends = batch.cpu().numpy(), label.cpu().numpy()
    shape = int(batch[-1]) + 1, int(label.max()) + 1
    counts = csr_array((np.ones(len(label)), ends), shape=shape)
    counts.sum_duplicates()
    return counts


def _unit(rows: csr_array) -> csr_array:
    """L2-normalised rows; a graph without nodes keeps zeros."""
    norm = np.sqrt(rows.multiply(rows).sum(axis=1))
    return csr_array(rows.multiply(1 / np.where(norm > 0, norm, 1)[:, None]))
