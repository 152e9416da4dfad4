"""Graph diffusion of a batch: one column for the k-th nodes of all graphs, in place of one for each node.

No edge joins two graphs, so that one product with T diffuses from a node of each at once: with n_G nodes and e_G
edges of graph G, time goes with the sum of n_G (n_G + e_G), and not with n (n + e).
"""

from collections.abc import Callable

import torch
from jaxtyping import Int
from scipy.sparse import csr_array
from torch import Tensor

Series = Callable[[csr_array, Tensor], Tensor]
"""From T and columns to the sum of coefficients times polynomials of the transpose of T, times the columns."""


def diffuse_graphs(
    T: csr_array,
    ptr: Int[Tensor, " bounds"],
    series: Series,
    top_k: int | None,
    threshold: float,
    block: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Sparsified rows of the diffusion of each graph of a batch.

    Args:
        T: the transition matrix of the batch, (n, n).
        ptr: offsets of the nodes of each graph, from 0 to n; on the device where the sums are to be.
        series: the sum, on that device.
        top_k: number of entries kept of each row; None keeps all.
        threshold: smaller entries are left out, and those that are not above 0.
        block: entries of the columns that are in memory at once.

    Returns:
        Row, column and value of the entries that are kept, sorted by row and then by column.
    """
    n, size = T.shape[0], ptr.diff()
    graph = torch.repeat_interleave(torch.arange(len(size), device=ptr.device), size, output_size=n)
    place = torch.arange(n, device=ptr.device) - ptr[graph]
    largest = int(size.max()) if len(size) else 0
    kept: list[tuple[Tensor, Tensor, Tensor]] = []
    start = 0
    while start < largest:
        nodes = (size > start)[graph].nonzero()[:, 0]  # of the graphs that have a node at this place
        own = nodes.cpu().numpy()
        part = T if len(nodes) == n else csr_array(T[own][:, own])
        width = min(max(block // len(nodes), 1), largest - start)
        first = place[nodes] - start
        seeds = ((first >= 0) & (first < width)).nonzero()[:, 0]
        columns = torch.zeros(len(nodes), width, device=ptr.device)
        columns[seeds, first[seeds]] = 1
        total = series(part, columns)
        source, column = ((total > 0) & (total >= threshold)).nonzero(as_tuple=True)
        target = ptr[graph[nodes[source]]] + start + column
        entries = target, nodes[source], total[source, column]
        kept.append(entries if top_k is None else _largest(*entries, top_k, n))
        start += width
    target, source, weight = (torch.cat(parts) for parts in zip(*kept, strict=True))
    order = torch.argsort(target * n + source)
    return target[order], source[order], weight[order]


def _largest(target: Tensor, source: Tensor, weight: Tensor, top_k: int, n: int) -> tuple[Tensor, Tensor, Tensor]:
    """The largest entries of each row."""
    count = torch.bincount(target, minlength=n)
    if int(count.max()) <= top_k:
        return target, source, weight
    order = torch.argsort(weight, descending=True, stable=True)
    order = order[torch.argsort(target[order], stable=True)]
    rank = torch.arange(len(order), device=order.device) - (count.cumsum(0) - count)[target[order]]
    order = order[rank < top_k]
    return target[order], source[order], weight[order]
