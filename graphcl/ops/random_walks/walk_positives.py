"""Positive pairs of MAGI: nodes that random walks visit at least as often as the average visited node."""

from typing import Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.sparse import csr_array
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.ops.random_walks.walk_matrices import count_influence, transition_matrix
from graphcl.typing import Edges

Rule = Literal["mean", "floor"]
"""The threshold of a row: its mean, or the mean rounded down, as integers are divided in the authors' code."""

SLACK = 1e-10
"""An entry counts as the mean if it is below it by less, as in the authors' code."""

BLOCK_ENTRIES = 2**24
"""Expected visits that are held at once: 200 MB."""

MOST_POSITIVES = 2**28
"""Most pairs that are stored: 3 GB."""


class Frequent(NamedTuple):
    """Which entries reach the threshold of their row, (m,), and which rows reach it by their own entry, a 0."""

    entries: Bool[Tensor, " m"]
    itself: Bool[Tensor, " rows"]


def above_row_mean(row: Int[Tensor, " m"], visits: Tensor, num_rows: int, *, rule: Rule = "mean") -> Frequent:
    """Entries of a sparse matrix of visits that are at least the mean of their row's stored entries.

    The diagonal does not count as visited but is stored as 0, so that the mean is the sum of the other entries
    divided by their number plus one. Where it is 0, as in a row without other entries, the node itself reaches it.

    Args:
        row: (m,), the row of each entry off the diagonal, in [0, num_rows).
        visits: (m,), positive, counts or expectations.
        num_rows: number of rows.
        rule: "mean", or "floor" for the mean rounded down.

    Example:
        >>> above_row_mean(torch.tensor([0, 0, 1]), torch.tensor([3.0, 1.0, 1.0]), 3).entries
        tensor([ True, False,  True])

    Reference: [Liu et al., MAGI, KDD 2024, arXiv 2406.14288]; the authors' code, EdisonLeeeee/MAGI at 6313854.
    """
    values = visits.double()
    total = values.new_zeros(num_rows).index_add(0, row, values)
    mean = total / (torch.bincount(row, minlength=num_rows) + 1)
    if rule == "floor":
        mean = mean.floor()
    return Frequent(values - mean[row] > -SLACK, mean < SLACK)


def expected_positives(edge_index: Edges, num_nodes: int, *, length: int) -> Int[Tensor, "2 p"]:
    """Positive pairs by the expected visits of random walks, P + P^2 + ... + P^length, without sampling.

    P = D^-1 (A + I), of the undirected graph: a walk may stay where it is. The pairs of row i are those with at
    least the mean of the row, see `above_row_mean`. It is what MAGI's counts of visits tend to with ever more
    walks. Rows are computed in blocks of which at most some 2^24 expectations are held.

    Args:
        edge_index: (2, e), one direction or both.
        num_nodes: n, at least 1.
        length: steps of a walk, at least 1.

    Returns:
        (2, p), node and positive, by node; every node has one, an isolated node itself.

    Raises:
        ValueError: a length below 1, or more than 2^28 pairs.

    Example:
        >>> path = torch.tensor([[0, 1], [1, 2]])
        >>> expected_positives(path, 4, length=2)
        tensor([[0, 1, 1, 2, 3],
                [1, 0, 2, 1, 3]])
    """
    if length < 1:
        raise ValueError(f"length must be at least 1; got {length}")
    walk = transition_matrix(edge_index, num_nodes)
    density = max(count_influence(walk, length) // num_nodes, 1)
    block = max(BLOCK_ENTRIES // density, 1)
    found, pairs = [], 0
    for start in range(0, num_nodes, block):
        found.append(_positives_of_block(walk, start, min(start + block, num_nodes), length))
        pairs += found[-1].size(1)
        if pairs > MOST_POSITIVES:
            raise ValueError(
                f"there are more than 2^28 positive pairs of walks of {length} steps in the first "
                f"{min(start + block, num_nodes)} of {num_nodes} nodes; set batch_size, or take shorter walks"
            )
    return torch.cat(found, dim=1).to(edge_index.device)


def _positives_of_block(walk: csr_array, start: int, end: int, length: int) -> Int[Tensor, "2 p"]:
    power = total = walk[start:end]
    for _ in range(length - 1):
        power = power @ walk
        total = total + power
    total = csr_array(total)
    total.sort_indices()
    rows = np.repeat(np.arange(end - start), np.diff(total.indptr))
    others = total.indices != rows + start
    row, column = torch.from_numpy(rows[others]), torch.from_numpy(total.indices[others]).long()
    frequent = above_row_mean(row, torch.from_numpy(total.data[others]), end - start)
    itself = frequent.itself.nonzero().flatten()
    near = torch.stack([row[frequent.entries], column[frequent.entries]])
    near = torch.cat([near, torch.stack([itself, itself + start])], dim=1)
    near[0] += start
    return near[:, torch.argsort(near[0], stable=True)] if len(itself) else near


def mean_of_positives(
    pairs: Int[Tensor, "2 p"], num_rows: int, dtype: torch.dtype = torch.float32
) -> Float[Tensor, "n n"]:
    """The matrix whose product with embeddings is the mean of each row's positives, (n, n) CSR; 0 without any.

    Args:
        pairs: (2, p), node and positive, each pair once.
        num_rows: n.
        dtype: of the values.

    Example:
        >>> mean_of_positives(torch.tensor([[0, 0], [1, 2]]), 3).to_dense()[0]
        tensor([0.0000, 0.5000, 0.5000])
    """
    share = torch.bincount(pairs[0], minlength=num_rows).clamp(min=1).to(dtype).reciprocal()
    return csr_from_edges(pairs[0], pairs[1], share[pairs[0]], (num_rows, num_rows))


def frequent_visits(visits: Int[Tensor, "b visits"]) -> Int[Tensor, " m"]:
    """Nodes that some row visits strictly more often than its average visited node, each once, in order.

    Example:
        >>> frequent_visits(torch.tensor([[5, 5, 5, 7], [1, 1, 2, 2]]))
        tensor([5])
    """
    if not visits.numel():
        return visits.new_empty(0)
    node = visits.max() + 1
    row = torch.arange(len(visits), device=visits.device)[:, None]
    key, count = torch.unique(row * node + visits, return_counts=True)
    distinct = torch.bincount(key // node, minlength=len(visits))
    above = count * distinct[key // node] > visits.size(1)
    frequent: Tensor = (key[above] % node).unique()
    return frequent


def counted_positives(
    nodes: Int[Tensor, " b"], visits: Int[Tensor, "b visits"], *, rule: Rule = "floor"
) -> Int[Tensor, "2 p"]:
    """Positive pairs among the nodes of a batch, by the counted visits of walks from each of them.

    Visits to nodes outside of the batch, and to the start, do not count.

    Args:
        nodes: (b,), distinct node numbers.
        visits: (b, visits), nodes visited from each, for instance of
            `graphcl.ops.random_walks.walk_paths.draw_walk_paths`, flattened.
        rule: of the threshold; the authors' code rounds it down.

    Returns:
        (2, p), places in `nodes`.

    Example:
        >>> visits = torch.tensor([[8, 8, 8, 9], [5, 5, 5, 5], [9, 9, 9, 9]])
        >>> counted_positives(torch.tensor([5, 8, 9]), visits, rule="mean")
        tensor([[0, 1, 2],
                [1, 0, 2]])
    """
    order = torch.argsort(nodes)
    place = torch.searchsorted(nodes[order], visits).clamp(max=len(nodes) - 1)
    column = order[place]
    row = torch.arange(len(nodes), device=nodes.device)[:, None].expand_as(visits)
    counts = (nodes[column] == visits) & (column != row)
    key, count = torch.unique(row[counts] * len(nodes) + column[counts], return_counts=True)
    frequent = above_row_mean(key // len(nodes), count, len(nodes), rule=rule)
    itself = frequent.itself.nonzero().flatten()
    key = torch.cat([key[frequent.entries], itself * (len(nodes) + 1)]).sort().values
    return torch.stack([key // len(nodes), key % len(nodes)])
