"""Canonical undirected edges, with or without weights: both directions, no self-loops, no duplicates, sorted."""

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.typing import Edges


def undirected_by_type(
    edge_index: Edges, edge_type: Int[Tensor, " e"], num_nodes: int, relations: int
) -> tuple[Int[Tensor, "2 u"], Int[Tensor, " u"]]:
    """Make the edges of each relation of a multiplex graph undirected, and concatenate them in order of relation.

    Args:
        edge_index: As for `undirected`.
        edge_type: The relation of each edge, in [0, relations).
        num_nodes: As for `undirected`.
        relations: Number of relations.

    Returns:
        The edges, and the relation of each edge.

    Example:
        >>> undirected_by_type(torch.tensor([[0, 0], [1, 1]]), torch.tensor([1, 0]), num_nodes=2, relations=2)
        (tensor([[0, 1, 0, 1],
                [1, 0, 1, 0]]), tensor([0, 0, 1, 1]))
    """
    parts = [undirected(edge_index[:, edge_type == relation], num_nodes) for relation in range(relations)]
    sizes = torch.tensor([part.shape[1] for part in parts])
    return torch.cat(parts, dim=1), torch.repeat_interleave(torch.arange(relations), sizes)


def undirected(edge_index: Edges, num_nodes: int) -> Int[Tensor, "2 u"]:
    """Make edges undirected: both directions, without self-loops and duplicates, sorted by source, then target.

    Args:
        edge_index: Edges in any order and any direction, entries in [0, num_nodes).
        num_nodes: Number of nodes, at most 3e9 (a pair of nodes is encoded as one 64-bit integer).

    Returns:
        A new int64 tensor; the input is not changed.

    Example:
        >>> undirected(torch.tensor([[2, 0, 1, 1], [1, 1, 0, 1]]), num_nodes=3)
        tensor([[0, 1, 1, 2],
                [1, 0, 2, 1]])
    """
    row, col = edge_index.long().numpy()
    row, col = row[row != col], col[row != col]
    keys = np.concatenate([row * num_nodes + col, col * num_nodes + row])
    keys.sort()
    keys = keys[np.diff(keys, prepend=-1) > 0]
    return torch.from_numpy(np.stack([keys // num_nodes, keys % num_nodes]))


def undirected_weighted(
    edge_index: Edges, edge_weight: Float[Tensor, " e"], num_nodes: int
) -> tuple[Int[Tensor, "2 u"], Float[Tensor, " u"]]:
    """Make weighted edges undirected, as `undirected` does; weights are max(A, A^T), A the matrix of the edges.

    The weights of repeated edges in one direction are summed in A. An edge of weight 0 is left out.

    Args:
        edge_index: As for `undirected`.
        edge_weight: One weight per edge, not negative.
        num_nodes: As for `undirected`.

    Returns:
        The edges, and the weight of each, float32.

    Example:
        >>> undirected_weighted(torch.tensor([[0, 0, 1], [1, 1, 0]]), torch.tensor([1.0, 2.0, 0.5]), num_nodes=2)
        (tensor([[0, 1],
                [1, 0]]), tensor([3., 3.]))
    """
    row, col = edge_index.long().numpy()
    weight = edge_weight.double().numpy()
    kept = (row != col) & (weight > 0)
    keys, place = np.unique(row[kept] * num_nodes + col[kept], return_inverse=True)
    sums = np.bincount(place, weights=weight[kept], minlength=len(keys))
    both = np.concatenate([keys, keys % num_nodes * num_nodes + keys // num_nodes])
    twice = np.concatenate([sums, sums])
    order = np.lexsort((-twice, both))
    both, twice = both[order], twice[order]
    first = np.diff(both, prepend=-1) > 0
    both = both[first]
    pairs = np.stack([both // num_nodes, both % num_nodes])
    return torch.from_numpy(pairs), torch.from_numpy(twice[first]).float()
