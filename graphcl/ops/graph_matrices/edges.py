"""Edges in both directions, each once: what methods for undirected graphs read."""

import numpy as np
import torch
from jaxtyping import Int
from scipy.sparse import coo_array
from torch import Tensor
from torch_geometric.utils import to_undirected

from graphcl.typing import Edges

EDGES_AT_ONCE = 2**22
"""Looked at in one block."""


def undirected_edges(edge_index: Edges, num_nodes: int) -> Int[Tensor, "2 both"]:
    """Every edge in both directions and once, sorted by row and column; self loops stay.

    The result is that of `torch_geometric.utils.to_undirected`; on the CPU the edges are sorted by counting, as
    entries of a sparse matrix, in a third of the time.
    An `edge_index` that has this form already, see `both_ways_in_order`, is returned itself.

    Args:
        edge_index: (2, e), node numbers in [0, num_nodes).
        num_nodes: n.

    Example:
        >>> undirected_edges(torch.tensor([[0, 0, 2], [1, 1, 2]]), 3)
        tensor([[0, 1, 2],
                [1, 0, 2]])
    """
    if both_ways_in_order(edge_index, num_nodes):
        return edge_index
    if edge_index.device.type != "cpu" or num_nodes >= 2**31:
        ends: Tensor = to_undirected(edge_index, num_nodes=num_nodes)
        return ends
    row, column = edge_index.numpy().astype(np.int32)
    both_ways = np.concatenate([row, column]), np.concatenate([column, row])
    matrix = coo_array((np.ones(2 * len(row), dtype=bool), both_ways), shape=(num_nodes, num_nodes)).tocsr()
    rows = np.repeat(np.arange(num_nodes), np.diff(matrix.indptr))
    return torch.from_numpy(np.stack([rows, matrix.indices.astype(np.int64)]))


def both_ways_in_order(edge_index: Edges, num_nodes: int) -> bool:
    """Whether every edge is there in both directions, and all are sorted by row and column without repeats.

    One pass over the edges, a block at a time, so that edges mapped from a file are never held as a whole. The
    edges and their reverses are compared as sets, by the sums of a 64-bit hash of each; sets that differ have
    equal sums with probability 2^-64.

    Args:
        edge_index: (2, e), node numbers in [0, num_nodes), on any device.
        num_nodes: n, below 2^31.

    Example:
        >>> both_ways_in_order(torch.tensor([[0, 1], [1, 0]]), 2), both_ways_in_order(torch.tensor([[0], [1]]), 2)
        (True, False)
    """
    if num_nodes >= 2**31 or not edge_index.numel():
        return not edge_index.numel()
    last, difference = -1, 0
    for row, column in zip(*(ends.split(EDGES_AT_ONCE) for ends in edge_index), strict=True):
        key = row * num_nodes + column
        if int(key[0]) <= last or not bool((key[1:] > key[:-1]).all()):
            return False
        last = int(key[-1])
        difference += int((_mixed(key) - _mixed(column * num_nodes + row)).sum())
    return difference % 2**64 == 0


def _mixed(key: Tensor) -> Tensor:
    """The finaliser of SplitMix64, as far as signed integers go: a hash of integers, modulo 2^64."""
    key = (key ^ (key >> 30)) * -0x40A7B892E31B1A47
    key = (key ^ (key >> 27)) * -0x6B2FB644ECCEEE15
    return key ^ (key >> 31)


def undirected_relations(
    edge_index: Edges, edge_type: Int[Tensor, " e"], num_nodes: int
) -> tuple[Int[Tensor, "2 both"], Int[Tensor, " both"]]:
    """The same within each relation of a multiplex graph: edges sorted by relation, and the relation of each.

    Example:
        >>> ends, kind = undirected_relations(torch.tensor([[0, 0], [1, 1]]), torch.tensor([1, 0]), 2)
        >>> ends.tolist(), kind.tolist()
        ([[0, 1, 0, 1], [1, 0, 1, 0]], [0, 0, 1, 1])
    """
    relations = int(edge_type.max()) + 1 if len(edge_type) else 1
    shifted = undirected_edges(edge_index + num_nodes * edge_type, num_nodes * relations)
    return shifted % num_nodes, shifted[0] // num_nodes
