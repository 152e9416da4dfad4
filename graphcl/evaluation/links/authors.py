"""Link prediction as in the authors' code of D-SLA: its candidates, and its AP averaged over batches.

For comparison with their numbers only: their positives stay visible in message passing and in degrees (a leak),
and a mean of batch APs is not the AP of all pairs.
"""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.evaluation.links.non_edges import NonEdges
from graphcl.evaluation.links.scores import pooled_scores
from graphcl.typing import Edges


class AuthorsCandidates(NamedTuple):
    """Candidate pairs of one small graph.

    Args:
        ego: nodes that are adjacent to all others.
        positive: (2, p), directed edges without an ego node, by row and column.
        negative: (2, q), ordered non-edges, by row and column.
    """

    ego: Int[Tensor, " k"]
    positive: Int[Tensor, "2 p"]
    negative: Int[Tensor, "2 q"]


def authors_candidates(edge_index: Edges, num_nodes: int) -> AuthorsCandidates:
    """All candidate pairs of one small graph by the authors' rule.

    Edges at a node that is adjacent to all others are no candidates; both directions of an edge are. All ordered
    non-edges are listed, so this is for graphs of some hundreds of nodes.

    Args:
        edge_index: (2, e), in both directions, without self-loops.
        num_nodes: n.

    Example:
        >>> star = torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]])
        >>> ego, positive, negative = authors_candidates(star, 3)
        >>> ego.tolist(), positive.size(1), negative.tolist()
        ([0], 0, [[1, 2], [2, 1]])

    Reference: [Kim, Baek, Hwang, NeurIPS 2022, arXiv 2202.02989], the authors' code for social graphs.
    """
    code = torch.unique(edge_index[0] * num_nodes + edge_index[1])
    row, column = code // num_nodes, code % num_nodes
    degree = torch.bincount(row, minlength=num_nodes)
    ego = degree == num_nodes - 1
    kept = ~(ego[row] | ego[column])
    pairs = NonEdges(edge_index, torch.zeros(num_nodes, dtype=torch.long))
    negative = pairs.pairs(torch.arange(int(pairs.count.sum())))
    return AuthorsCandidates(ego.nonzero()[:, 0], torch.stack([row, column])[:, kept], negative)


def mean_batch_ap(batches: Sequence[tuple[Tensor, Tensor]]) -> float:
    """The mean over batches of each batch's average precision, as the authors report it.

    Args:
        batches: of each batch, the scores of its positives and of its negatives.

    Raises:
        ValueError: no batch, or one without a positive or a negative.

    Example:
        >>> mean_batch_ap([(torch.tensor([1.0]), torch.tensor([0.0])), (torch.tensor([0.0]), torch.tensor([1.0]))])
        0.75
    """
    if not batches:
        raise ValueError("there must be at least one batch; got none")
    return fmean(pooled_scores(positive, negative)["ap"] for positive, negative in batches)
