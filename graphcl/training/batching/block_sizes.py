"""Sizes of the blocks of nodes that inference takes one after the other."""

from collections.abc import Sequence

import torch
from torch import Tensor

BLOCK = 65_536
"""Most nodes of a block, unless another number is given."""

BLOCK_EDGES = 2**18
"""Most edges into the nodes of a block, unless a single node has more: where degrees are skewed, as hubs are."""


def block_sizes(targets: Sequence[Tensor], num_nodes: int, *, most_nodes: int, most_edges: int) -> list[int]:
    """Lengths of consecutive blocks of nodes, each as long as the two limits allow.

    Args:
        targets: the targets of the edges, (e,), of each set of edges.
        num_nodes: n, the sum of the lengths.
        most_nodes: in a block, at least 1.
        most_edges: into the nodes of a block; a node that alone has more is a block of its own.

    Example:
        >>> block_sizes([torch.tensor([0, 1, 1, 1])], 5, most_nodes=3, most_edges=2)
        [1, 1, 3]
    """
    before = torch.zeros(num_nodes + 1, dtype=torch.long)
    for target in targets:
        before[1:] += torch.bincount(target, minlength=num_nodes).cpu()
    before = before.cumsum(0)
    sizes, start = [], 0
    while start < num_nodes:
        fit = int(torch.searchsorted(before, before[start] + most_edges, right=True)) - 1
        stop = min(max(fit, start + 1), start + most_nodes, num_nodes)
        sizes.append(stop - start)
        start = stop
    return sizes
