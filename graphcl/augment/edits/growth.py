"""Random connected subgraphs of given sizes, grown in all graphs of a batch at once."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from graphcl.augment.edits.regions import draw_centres
from graphcl.typing import Edges


def grow_subgraphs(
    ptr: Int[Tensor, " bounds"],
    edge_index: Edges,
    wanted: Int[Tensor, " graphs"],
    *,
    centres: Int[Tensor, " graphs"] | None = None,
    generator: torch.Generator | None = None,
) -> Bool[Tensor, " n"]:
    """Random connected set of nodes in each graph: starting at one, add uniformly drawn neighbours of the set.

    Each step adds one of the neighbours of the set, all equally probable, until the set has its size or has no
    neighbours. To do so for all graphs at once, node v joins at the time

        T_v = min over neighbours u of T_u + w_v,   0 for the start,

    with w_v exponential of mean 1. As the exponential distribution is memoryless, each neighbour of the set is
    equally likely to join next: the set is the first nodes in the order of T. T is a shortest-path length, found
    by at most max(wanted) - 1 relaxations over all edges, fewer where paths are short.

    Args:
        ptr: where the nodes of each graph start, from 0; no graph may be empty.
        edge_index: (2, e), both directions of every edge.
        wanted: number of nodes of each set, at least 1.
        centres: the start of each set; None draws them uniformly.
        generator: on the device of ptr; None for torch's global generator there.

    Returns:
        (n,), True for the nodes of the sets; a set is the start's component if that has fewer nodes than wanted.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> grow_subgraphs(torch.tensor([0, 3]), path, torch.tensor([2]), centres=torch.tensor([0]))
        tensor([ True,  True, False])

    Reference: the subgraphs of GraphCL [You et al., NeurIPS 2020, arXiv 2010.13902].
    """
    size = ptr.diff()
    if centres is None:
        centres = draw_centres(ptr, generator=generator)
    n = int(ptr[-1])
    wait = torch.empty(n, dtype=torch.float64, device=ptr.device).exponential_(generator=generator)
    joins = torch.full_like(wait, torch.inf)
    joins[centres] = 0.0
    source, target = edge_index
    for _ in range(int(wanted.max()) - 1):
        first = torch.full_like(joins, torch.inf).scatter_reduce(0, target, joins[source], "amin")
        earlier = torch.minimum(joins, first + wait)
        if torch.equal(earlier, joins):
            break
        joins = earlier
    graph = torch.repeat_interleave(torch.arange(len(size), device=ptr.device), size, output_size=n)
    order = torch.argsort(joins)
    order = order[torch.argsort(graph[order], stable=True)]
    place = torch.arange(n, device=ptr.device) - ptr[graph]
    inside = torch.zeros(n, dtype=torch.bool, device=ptr.device)
    inside[order] = (place < wanted[graph]) & torch.isfinite(joins[order])
    return inside
