"""Clusters from orthonormal columns by alternating rounding, in place of k-means."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.cluster_sums import cluster_sums
from graphcl.typing import Labels, Nodes

ROUNDS = 100
"""Most alternations."""


def round_to_clusters(q: Nodes, *, rounds: int = ROUNDS) -> tuple[Labels, Float[Tensor, "k k"]]:
    """Alternate between clusters and the rotation of the columns that fits them best.

    Labels start as the largest entry of each row. Then, with C the one-hot labels divided by the roots of the
    clusters' sizes, row i goes to the largest entry of q_i (Q' C), until nothing changes. The result depends on
    the signs of the columns, see `largest_entries_positive` and `householder_signs`; clusters may become empty.

    Args:
        q: Q, (n, k), dense: a column for each cluster.
        rounds: most alternations, at least 0.

    Returns:
        Labels (n,) in [0, k), and directions (k, k): the labels are the largest entries of the rows of
        q @ directions.T. With `rounds=0` these are the unit vectors.

    Example:
        >>> labels, directions = round_to_clusters(torch.tensor([[0.7, 0.1], [0.7, 0.0], [0.1, 1.0]]))
        >>> labels, torch.equal(labels, (torch.eye(2) @ directions.T).argmax(1)[labels])
        (tensor([0, 0, 1]), True)

    Reference: [Lin et al., "Spectral Subspace Clustering for Attributed Graphs", KDD 2025, arXiv 2411.11074], as
    in the authors' code.
    """
    k = q.size(1)
    directions = torch.eye(k, dtype=q.dtype, device=q.device)
    labels = q.argmax(1)
    for _ in range(rounds):
        sizes = torch.bincount(labels, minlength=k).clamp(min=1)
        sums = cluster_sums(q, labels[None], k)[0]
        directions = (sums / sizes.sqrt()[:, None]).to(q.dtype)
        before, labels = labels, (q @ directions.T).argmax(1)
        if torch.equal(labels, before):
            break
    return labels, directions


def largest_entries_positive(q: Nodes) -> Float[Tensor, " k"]:
    """The sign of each column, 1 or -1, that makes its entry of largest absolute value positive.

    Args:
        q: (n, k), n at least 1.

    Example:
        >>> largest_entries_positive(torch.tensor([[1.0, 0.0], [-2.0, 0.0]]))
        tensor([-1.,  1.])
    """
    entries = q.gather(0, q.abs().argmax(0, keepdim=True))[0]
    return torch.where(entries < 0, -1.0, 1.0).to(q.dtype)


def householder_signs(q: Nodes) -> Float[Tensor, " k"]:
    """The sign of each column, 1 or -1, that orthogonal iteration by LAPACK's QR ends in from any start.

    The QR decomposition of orthonormal columns by Householder reflections is these columns times 1 or -1, and of
    that result the result itself. The signs depend on the numbering of the nodes: the first is that which makes
    the first node's entry negative.

    Args:
        q: (n, k), n >= k, orthogonal columns.

    Example:
        >>> householder_signs(torch.tensor([[0.6], [0.8]])), householder_signs(torch.tensor([[-0.6], [0.8]]))
        (tensor([-1.]), tensor([1.]))
    """
    signs = torch.linalg.qr(q).R.diagonal()
    return torch.where(signs < 0, -1.0, 1.0).to(q.dtype)
