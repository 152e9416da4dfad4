"""Partition of a graph into parts of connected nodes of equal size, by breadth-first search from many sources."""

from collections.abc import Sequence

import torch
from torch import Tensor

from graphcl.training.batching.sampler import NeighborSampler
from graphcl.typing import Labels

PARTS = 8
"""Parts in a batch: more of them mix the batches better, fewer keep more edges."""


def parts_per_batch(batch_size: int) -> int:
    """How many parts make a batch: 8, or one for each node of a smaller batch.

    Example:
        >>> parts_per_batch(512), parts_per_batch(3)
        (8, 3)
    """
    return min(PARTS, batch_size)


def part_size(batch_size: int) -> int:
    """The nodes of each part, so that those of a batch have at most `batch_size` nodes together.

    Example:
        >>> part_size(512), part_size(100), part_size(3)
        (64, 12, 1)
    """
    return batch_size // parts_per_batch(batch_size)


def connected_parts(sampler: NeighborSampler, size: int, groups: Labels | None = None) -> Sequence[Tensor]:
    """Cut a graph into parts of nodes that are near each other.

    Pieces of at most `size` nodes grow by breadth-first search, all at once, from random sources, along in-edges;
    nodes that none of them reached are grown from further sources, twice as many each time. The pieces side by
    side, the largest first, are cut into parts of `size` nodes. Loops run over the levels of the search alone.

    Args:
        sampler: of the graph.
        size: nodes of a part, at least 1; the last part may have fewer.
        groups: (n,), from 0; edges between two of them are not followed, and their pieces stand side by side.

    Returns:
        Node numbers of each part; the same for the same graph.

    Example:
        >>> two_pairs = NeighborSampler(torch.tensor([[0, 2, 1, 3], [2, 0, 3, 1]]), 4)
        >>> sorted(sorted(part.tolist()) for part in connected_parts(two_pairs, 2))
        [[0, 2], [1, 3]]
    """
    piece = _pieces(sampler, size, groups)
    order = torch.argsort(piece, stable=True)
    order = order[torch.argsort(-torch.bincount(piece)[piece[order]], stable=True)]  # cuts fall between whole ones
    if groups is not None:
        order = order[torch.argsort(groups[order], stable=True)]
    parts: Sequence[Tensor] = order.split(size)
    return parts


def _pieces(sampler: NeighborSampler, size: int, groups: Tensor | None) -> Tensor:
    """The piece of each node, (n,), from 0."""
    device = sampler.edges.source.device
    draw = torch.Generator(device).manual_seed(0)
    piece = torch.full((sampler.num_nodes,), -1, device=device)
    room = torch.empty(0, dtype=torch.long, device=device)
    more = 1
    while len(left := (piece < 0).nonzero().flatten()):
        sources = left[torch.randperm(len(left), generator=draw, device=device)[: more * -(-len(left) // size)]]
        piece[sources] = torch.arange(len(room), len(room) + len(sources), device=device)
        room = torch.cat([room, torch.full_like(sources, size - 1)])
        frontier = sources
        while len(frontier):
            frontier = _grow(sampler, frontier, piece, room, groups, draw)
        more *= 2
    return piece


def _grow(
    sampler: NeighborSampler,
    frontier: Tensor,
    piece: Tensor,
    room: Tensor,
    groups: Tensor | None,
    draw: torch.Generator,
) -> Tensor:
    """Add the neighbours of the frontier that belong to no piece yet, as far as there is room; returns them."""
    source, target = sampler.in_neighbors(frontier)
    free = piece[source] < 0
    if groups is not None:
        free &= groups[source] == groups[frontier[target]]
    free &= (room > 0)[piece[frontier[target]]]
    source, wanted = source[free], piece[frontier[target[free]]]
    shuffle = torch.randperm(len(source), generator=draw, device=source.device)
    source, wanted = source[shuffle], wanted[shuffle]
    source, first = _first_of_each(source)
    wanted = wanted[first]
    by_piece = torch.argsort(wanted, stable=True)
    source, wanted = source[by_piece], wanted[by_piece]
    count = torch.bincount(wanted, minlength=len(room))
    rank = torch.arange(len(wanted), device=wanted.device) - (torch.cumsum(count, 0) - count)[wanted]
    kept = rank < room[wanted]
    piece[source[kept]] = wanted[kept]
    room -= torch.minimum(count, room)
    return source[kept]


def _first_of_each(values: Tensor) -> tuple[Tensor, Tensor]:
    """The distinct values, and where each stands first."""
    order = torch.argsort(values, stable=True)
    ordered = values[order]
    new = torch.ones_like(ordered, dtype=torch.bool)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered[new], order[new]
