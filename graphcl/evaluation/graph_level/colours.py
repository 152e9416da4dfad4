"""Weisfeiler-Lehman colours of the nodes of many graphs: subtree features, label histograms, codes of graphs."""

from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Int, Shaped
from scipy.sparse import csr_array, hstack
from torch import Tensor

from graphcl.ops.colour_refinement import refine_colours
from graphcl.typing import Edges

Categories = Shaped[Tensor, "n c"]
"""Categories of nodes: integers, or numbers that are whole, as in one-hot rows."""

EdgeCategories = Shaped[Tensor, "e k"]
"""The same of edges."""


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
        >>> label_histogram(torch.tensor([[0], [1], [1]]), torch.tensor([0, 1, 1])).toarray().tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    return _unit(_counts(_category(x, batch)[:, 0], batch))


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
        >>> path, triangle = torch.tensor([[0, 1], [1, 2]]), torch.tensor([[3, 4, 5], [4, 5, 3]])
        >>> edges = torch.cat([path, path.flip(0), triangle, triangle.flip(0)], dim=1)
        >>> x, batch = torch.zeros(6, 1).long(), torch.arange(6) // 3
        >>> rows = subtree_features(x, edges, batch, num_layers=1)
        >>> rows.toarray().round(2).tolist()  # one colour, then ends and middles; in the triangle all are middles
        [[0.8, 0.53, 0.27], [0.71, 0.0, 0.71]]

    Reference: [Shervashidze et al., "Weisfeiler-Lehman Graph Kernels", JMLR 2011].
    """
    layers = _refined(x, edge_index, batch, edge_attr, num_layers)
    return _unit(csr_array(hstack([_counts(label, batch) for label in layers])))


def graph_codes(
    x: Categories,
    edge_index: Edges,
    batch: Int[Tensor, " n"],
    *,
    edge_attr: EdgeCategories | None = None,
    num_layers: int = 3,
) -> Int[Tensor, " graphs"]:
    """A code for each graph, equal for graphs that `num_layers` rounds of colour refinement cannot tell apart.

    Isomorphic graphs always have equal codes. Codes are the numbers 0, 1, ... in no particular order.

    Args:
        x: (n, c), categories or one-hot rows.
        edge_index: (2, e), in both directions, nodes numbered over all graphs.
        batch: (n,), the graph of each node, ascending.
        edge_attr: (e, k), categories of the edges.
        num_layers: rounds of refinement.

    Raises:
        ValueError: as for `subtree_features`.

    Example:
        >>> edges = torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
        >>> codes = graph_codes(torch.ones(5, 1).long(), edges, torch.tensor([0, 0, 1, 1, 2])).tolist()
        >>> codes[0] == codes[1], codes[0] == codes[2]
        (True, False)
    """
    last = _refined(x, edge_index, batch, edge_attr, num_layers)[-1]
    rows = _counts(last, batch)
    rows.sort_indices()
    ends = rows.indptr
    content = [rows.indices[a:b].tobytes() + rows.data[a:b].tobytes() for a, b in pairwise(ends)]
    return torch.from_numpy(np.unique(np.array(content, dtype=object), return_inverse=True)[1].astype(np.int64))


def _refined(
    x: Tensor, edge_index: Tensor, batch: Tensor, edge_attr: Tensor | None, num_layers: int
) -> list[Tensor]:
    """The colour of each node at each layer."""
    start = _category(x, batch)
    edge_index = edge_index.cpu().long()
    marks = torch.zeros(len(start), 1, dtype=torch.long)
    if edge_attr is not None and len(edge_attr):
        number = _whole("edge_attr", edge_attr).unique(dim=0, return_inverse=True)[1]
        width = int(number.max()) + 1
        marks = torch.bincount(edge_index[1] * width + number, minlength=len(start) * width).view(-1, width)
    first, layers = refine_colours(start, edge_index, marks, num_layers)
    return [first.label, *(layer.label for layer in layers)]


def _category(x: Tensor, batch: Tensor) -> Tensor:
    """(n, 1), the category of each node: equal rows of x have one."""
    if x.dim() != 2 or len(x) != len(batch) or not len(x):
        raise ValueError(f"x must have one row per entry of batch; got {list(x.shape)} for {len(batch)} nodes")
    if int(batch[0]) < 0 or bool((batch.diff() < 0).any()):
        raise ValueError("batch must number the graph of each node, in ascending order; sort the nodes")
    category: Tensor = _whole("x", x).unique(dim=0, return_inverse=True)[1]
    return category[:, None]


def _whole(name: str, values: Tensor) -> Tensor:
    """Categories as int64."""
    values = values.detach().cpu()
    if values.is_floating_point() and not bool((values == values.round()).all()):
        raise ValueError(f"{name} must hold categories or one-hot rows; got fractions; leave real attributes out")
    whole: Tensor = values.long()
    return whole


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
