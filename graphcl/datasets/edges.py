"""Edges in the one form that every dataset has: both directions, no self loops, no duplicates, sorted."""

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.typing import Edges


def undirected(edge_index: Edges, num_nodes: int) -> Int[Tensor, "2 u"]:
    """The edges in both directions, without self loops and duplicates, sorted by source and then by target.

    Args:
        edge_index: Edges in any order and any direction, entries in [0, num_nodes).
        num_nodes: How many nodes there are, at most 3e9 (a pair of nodes is one 64-bit key).

    Returns:
        A new int64 tensor; the input is left as it is.

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
