"""Consensus among clusterings: the mean normalised mutual information of each with the others."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.graph_matrices.cluster_sums import ENTRIES

CONSENSUS_WEIGHT = 0.25
"""Of the consensus beside J, where one of several clusterings is chosen.

Of 0, 0.25, 0.4 and 0.5 it had the highest mean NMI and ARI of TwoView over eleven graphs (of ACC,
0.02 below 0); at 0.5 the vote outweighs J on coauthor-physics (NMI 76 in place of 82).
"""


def consensus(labelings: Int[Tensor, "m n"]) -> Float[Tensor, " m"]:
    """Mean normalised mutual information (NMI, arithmetic) of each clustering with the m - 1 others.

    A clustering that many runs come close to has a high value, one that a single run ended in a low one. It says
    nothing on whether a clustering is right: runs of one method share its errors.

    Args:
        labelings: (m, n), one clustering per row, non-negative integers; on any device.

    Returns:
        (m,), float64, in [0, 1]; 0 for a single clustering.

    Raises:
        ValueError: no clusterings of n nodes, or negative labels.

    Example:
        >>> consensus(torch.tensor([[0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1]]))
        tensor([0.5000, 0.5000, 0.0000], dtype=torch.float64)
    """
    matrix = pairwise_nmi(labelings)
    return (matrix.sum(1) - matrix.diagonal()) / max(len(matrix) - 1, 1)


def pairwise_nmi(labelings: Int[Tensor, "m n"]) -> Float[Tensor, "m m"]:
    """NMI of each pair of clusterings: 2 I(a, b) / (H(a) + H(b)), as scikit-learn's with the arithmetic mean.

    Time O(m^2 n), from contingency tables counted in blocks. Two clusterings of one cluster each have 1.

    Args:
        labelings: (m, n), one clustering per row, non-negative integers.

    Raises:
        ValueError: no clusterings of n nodes, or negative labels.

    Example:
        >>> pairwise_nmi(torch.tensor([[0, 0, 1, 1], [0, 1, 1, 1]]))
        tensor([[1.0000, 0.3437],
                [0.3437, 1.0000]], dtype=torch.float64)
    """
    if labelings.dim() != 2 or not labelings.numel():
        raise ValueError(f"labelings must be (m, n), a clustering per row; got shape {tuple(labelings.shape)}")
    if labelings.min() < 0:
        raise ValueError(f"labels must not be negative; got {int(labelings.min())}")
    labels = labelings.long()
    m, n = labels.shape
    k = int(labels.max()) + 1
    entropy = torch.stack([_entropy(row.bincount(minlength=k), n) for row in labels])
    nmi = torch.eye(m, dtype=torch.float64, device=labels.device)
    at_once = max(min(ENTRIES // n, ENTRIES // k**2), 1)
    for i in range(m):
        for start in range(i + 1, m, at_once):
            others = slice(start, min(start + at_once, m))
            joint = _joint_entropies(labels[i], labels[others], k)
            total = entropy[i] + entropy[others]
            value = torch.where(total > 0, 2 * (total - joint) / torch.where(total > 0, total, 1), 1)
            nmi[i, others] = nmi[others, i] = value.clamp(0, 1)
    return nmi


def _joint_entropies(one: Tensor, others: Tensor, k: int) -> Tensor:
    """The entropy of the pair of labels of each node, for one clustering with each of several."""
    table = torch.arange(len(others), device=one.device)[:, None] * k + one
    counts = (table * k + others).flatten().bincount(minlength=len(others) * k**2)
    return _entropy(counts.view(len(others), -1), len(one))


def _entropy(counts: Tensor, n: int) -> Tensor:
    """-sum p log p of counts that add up to n, along the last axis."""
    share = counts.double() / n
    entropy: Tensor = -torch.special.xlogy(share, share).sum(-1)
    return entropy
