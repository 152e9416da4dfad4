"""Contrast of a node with the nodes of a random walk from it, against random nodes, without a logarithm: S3GC."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

BLOCK = 2**22
"""Entries of the gathered rows that are held at a time, unless one walk from each start has more."""


def walk_contrast(
    z: Nodes,
    start: Int[Tensor, " b"],
    positives: Int[Tensor, "b w p"],
    negatives: Int[Tensor, "b w q"],
) -> Float[Tensor, ""]:
    """Mean over walks of -sigmoid(p - q), each a log-sum-exp of inner products with the walk's start.

    p = logsumexp_{j in the walk} z_start . z_j and q = logsumexp_{j among its negatives} z_start . z_j; sigmoid(p - q)
    is exp(p) / (exp(p) + exp(q)). In the authors' code there is no logarithm around it, so that the loss lies in
    (-1, 0): with rows of unit length and as many negatives as positives in [-sigmoid(2), -sigmoid(-2)], -0.88 to
    -0.12, and -0.5 where all rows are equal.

    Walks are taken one number at a time, whose rows are gathered, (b, p + q, d), and gathered anew for the gradient.

    Args:
        z: embeddings, (n, d); the rows are taken as they are.
        start: (b,), rows of z; the loss is 0 without any.
        positives: (b, w, p), rows of z, of w walks from each start, without it.
        negatives: (b, w, q), rows of z.

    Returns:
        A scalar in float32 at least.

    Raises:
        ValueError: walks without positives or negatives.

    Example:
        >>> z = torch.eye(2)
        >>> walk_contrast(z, torch.tensor([0]), torch.tensor([[[0]]]), torch.tensor([[[1]]]))  # -sigmoid(1)
        tensor(-0.7311)

    Reference: [Devvrit, Sinha, Dhillon, Jain, "S3GC: Scalable Self-Supervised Graph Clustering", NeurIPS 2022], as in
    public copies of the authors' code.
    """
    walks = positives.size(1)
    if min(positives.size(2), negatives.size(2), walks) < 1:
        got = f"shapes {tuple(positives.shape)} and {tuple(negatives.shape)}"
        raise ValueError(f"every start must have a walk, with a positive and a negative; got {got}")
    z = at_least_float32(z)
    if not len(start):
        return 0.0 * z.sum()
    with full_precision(z):
        difference = torch.stack(
            [
                _log_sum(z, start, positives[:, walk]) - _log_sum(z, start, negatives[:, walk])
                for walk in range(walks)
            ]
        )
        return -torch.sigmoid(difference).mean()


def _log_sum(z: Tensor, start: Tensor, others: Tensor) -> Tensor:
    """Log-sum-exp over a start's other nodes of their inner products, (b,)."""
    from torch.utils.checkpoint import checkpoint

    products: Tensor = checkpoint(_products, z, start, others, use_reentrant=False, preserve_rng_state=False)
    return torch.logsumexp(products, dim=1)


def _products(z: Tensor, start: Tensor, others: Tensor) -> Tensor:
    rows = z.index_select(0, others.flatten()).view(*others.shape, -1)
    return (rows * z.index_select(0, start)[:, None]).sum(2)
