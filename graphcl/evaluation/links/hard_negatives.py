"""Hard negatives as in HeaRT: for each positive, non-edges that common neighbours or PageRank rank high."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Int
from scipy.sparse import csr_array
from torch import Tensor

from graphcl.evaluation.links.adjacency import simple_adjacency
from graphcl.evaluation.links.split import LinkSplit

RESTART, STEPS = 0.15, 20
"""Of personalised PageRank: restart probability, and steps of the power iteration (what is left is below 4 %)."""

ENTRIES_AT_ONCE = 2**22
"""Scores of anchors x nodes in one block."""


class HardNegatives(NamedTuple):
    """Negatives that each belong to one positive.

    Args:
        pairs: (2, m), an end of the positive and another node.
        owner: (m,), the column of the positive.
    """

    pairs: Int[Tensor, "2 m"]
    owner: Int[Tensor, " m"]


def hard_negatives(split: LinkSplit, part: str = "test", *, per_positive: int = 500) -> HardNegatives:
    """Hard negatives of each positive: one end is kept, the other replaced by a node that scores high.

    Candidates w for an end u are the nodes of u's graph without an edge to u in the whole graph. They are ranked
    by common neighbours with u (ties by PageRank) and by PageRank personalised to u, both in the graph without
    held-out edges; the better of the two ranks counts. Half of the negatives keep one end, half the other; there
    are fewer where a graph has fewer candidates. Nothing is drawn.

    Args:
        split: the positives; a leaky split has the same negatives as the one without a leak.
        part: "val" or "test".
        per_positive: number of negatives of each positive, an even number; HeaRT takes 500.

    Raises:
        ValueError: an odd number, or one below 2.

    Example:
        >>> from graphcl.evaluation import split_links
        >>> ring = torch.stack([torch.arange(40), (torch.arange(40) + 1) % 40])
        >>> split = split_links(ring, 40)
        >>> pairs, owner = hard_negatives(split, per_positive=6)
        >>> owner.bincount().tolist()
        [6, 6, 6, 6]

    Reference: [Li et al., "Evaluating Graph Neural Networks for Link Prediction: Current Pitfalls and New
    Benchmarking", NeurIPS 2023, arXiv 2306.10453]. There resource allocation and, where there are features, their
    similarity are further rankings.
    """
    if per_positive < 2 or per_positive % 2:
        raise ValueError(f"per_positive must be an even number from 2; got {per_positive}")
    ends = split.part(part)
    anchors, place = torch.unique(ends, return_inverse=True)
    found = torch.cat(list(_candidates(split, anchors, per_positive // 2)))
    pairs, owners = [], []
    for end in (0, 1):
        chosen = found[place[end]]
        positive, column = (chosen >= 0).nonzero(as_tuple=True)
        pairs.append(torch.stack([ends[end, positive], chosen[positive, column]]))
        owners.append(positive)
    return HardNegatives(torch.cat(pairs, dim=1), torch.cat(owners))


def _candidates(split: LinkSplit, anchors: Tensor, k: int) -> Iterator[Tensor]:
    """For each anchor the k best candidates, padded by -1, a block of anchors at a time."""
    seen, real = (simple_adjacency(edges, split.num_nodes) for edges in (split.train_edges, split.all_edges))
    bounds = torch.cat([torch.zeros(1).long(), torch.bincount(split.graph).cumsum(0)])
    start = 0
    while start < len(anchors):
        graph = split.graph[anchors[start:]]
        low = int(bounds[graph[0]])
        blocks = (torch.arange(1, len(graph) + 1) * (bounds[graph + 1] - low)) <= ENTRIES_AT_ONCE
        count = max(1, int(blocks.long().cumprod(0).sum()))
        high = int(bounds[graph[count - 1] + 1])
        block = anchors[start : start + count].numpy()
        adjacency = seen[low:high, low:high]
        allowed = _allowed(split, block, real, low, high)
        best = _best(adjacency, block - low, torch.from_numpy(allowed), k)
        yield torch.where(best >= 0, best + low, -1)
        start += count


def _allowed(split: LinkSplit, block: np.ndarray, real: csr_array, low: int, high: int) -> np.ndarray:
    """(anchors, nodes): nodes of the anchor's graph, not itself and no neighbour in the whole graph."""
    graph = split.graph.numpy()
    allowed: np.ndarray = graph[block][:, None] == graph[None, low:high]
    rows = real[block, low:high].tocoo()
    allowed[rows.row, rows.col] = False
    allowed[np.arange(len(block)), block - low] = False
    return allowed


def _best(adjacency: csr_array, anchors: np.ndarray, allowed: Tensor, k: int) -> Tensor:
    """The k candidates with the best of two ranks, padded by -1."""
    n, b = adjacency.shape[0], len(anchors)
    common = torch.from_numpy((adjacency[anchors] @ adjacency).toarray())
    rank = torch.from_numpy(_pagerank(adjacency, anchors))
    width = min(k, n)
    best = torch.full((b, n), 2 * n)
    for number, score in enumerate((common + rank, rank)):  # PageRank is below 1, and counts are whole
        order = score.masked_fill(~allowed, -1.0).topk(width, dim=1).indices
        places = (2 * torch.arange(width) + number).expand(b, -1)
        best.scatter_reduce_(1, order, places, "amin")
    best.masked_fill_(~allowed, 2 * n)
    value, node = best.topk(width, dim=1, largest=False)
    return torch.where(value < 2 * n, node, -1)


def _pagerank(adjacency: csr_array, anchors: np.ndarray) -> np.ndarray:
    """(anchors, nodes), PageRank personalised to each anchor, by power iteration."""
    degree = np.maximum(adjacency.sum(axis=1), 1)
    walk = csr_array(adjacency.multiply(1 / degree[:, None])).T.tocsr()
    start = np.zeros((adjacency.shape[0], len(anchors)))
    start[anchors, np.arange(len(anchors))] = 1
    rank = start
    for _ in range(STEPS):
        rank = RESTART * start + (1 - RESTART) * (walk @ rank)
    return np.ascontiguousarray(rank.T)
