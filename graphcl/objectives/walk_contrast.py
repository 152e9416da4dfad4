"""Contrast of a node with the nodes of a random walk from it, against random nodes, without a logarithm: S3GC."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

ENTRIES = 2**24
"""Entries of all gathered rows together beyond which they are gathered anew for the gradient."""


def walk_contrast(
    z: Nodes,
    start: Int[Tensor, " b"],
    positives: Int[Tensor, "b w p"],
    negatives: Int[Tensor, "b w q"],
) -> Float[Tensor, ""]:
    """Mean over walks of -sigmoid(p - q), each a log-sum-exp of inner products with the walk's start.

    p = logsumexp_{j in the walk} z_start . z_j and q = logsumexp_{j among its negatives} z_start . z_j;
    sigmoid(p - q) is exp(p) / (exp(p) + exp(q)). In the authors' code there is no logarithm around it, so that the
    loss lies in (-1, 0); with rows of unit length and as many negatives as positives from -sigmoid(2) to
    -sigmoid(-2), -0.88 to -0.12. Where all rows are equal it is -0.5.

    The rows are gathered for one walk of each start at a time. Where those of all walks have more than 2^24
    entries they are not kept, but gathered anew for the gradient.

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

    Reference: [Devvrit, Sinha, Dhillon, Jain, "S3GC: Scalable Self-Supervised Graph Clustering", NeurIPS 2022], as
    in public copies of the authors' code.
    """
    walks = positives.size(1)
    if min(positives.size(2), negatives.size(2), walks) < 1:
        got = f"shapes {tuple(positives.shape)} and {tuple(negatives.shape)}"
        raise ValueError(f"every start must have a walk, with a positive and a negative; got {got}")
    z = at_least_float32(z)
    if not len(start):
        return 0.0 * z.sum()
    gathered = (positives.numel() + negatives.numel()) * z.size(1)
    compute = _forgetful if gathered > ENTRIES and torch.is_grad_enabled() else _difference
    with full_precision(z):
        parts = [compute(z, start, positives[:, w], negatives[:, w]) for w in range(walks)]
        return -torch.sigmoid(torch.stack(parts)).mean()


def _difference(z: Tensor, start: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
    """P - q of one walk from each start, (b,)."""
    at = z.index_select(0, start)[:, None]
    rows = (z.index_select(0, nodes.flatten()).view(*nodes.shape, -1) for nodes in (positives, negatives))
    p, q = (torch.logsumexp((row * at).sum(2), dim=1) for row in rows)
    return p - q


def _forgetful(z: Tensor, start: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
    """The same, computed again in the backward pass."""
    arguments = z, start, positives, negatives
    result: Tensor = checkpoint(_difference, *arguments, use_reentrant=False, preserve_rng_state=False)
    return result
