"""Bootstrapped latents over pairs of nodes: each end of a pair is predicted from the other's row (AFGRL)."""

from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.edge_products import edge_products
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.typing import Edges, Nodes


def paired_bootstrap(prediction: Nodes, target: Float[Tensor, "m c"], pairs: Edges) -> Float[Tensor, ""]:
    """AFGRL's loss: squared distances of unit rows over pairs of positives, in both directions.

        L = mean over (i, j) of [2 - 2 cos(q_i, t_j)] + [2 - 2 cos(q_j, t_i)]

    It is a mean over pairs, so that a node with many positives weighs more. A row of zeros has the cosine 0. No
    tensor has a row for each pair.

    Args:
        prediction: q, (n, d), the predictor's rows.
        target: t, (n, d), the target network's rows; no gradient reaches it.
        pairs: (2, p), positives; (i, i) is one like any other.

    Returns:
        A scalar in [0, 8], in float32 at least; without pairs it is 0.

    Raises:
        ValueError: different shapes.
        RuntimeError: in a double backward.

    Example:
        >>> import torch
        >>> paired_bootstrap(torch.eye(2), torch.eye(2), torch.tensor([[0, 0], [0, 1]]))  # (0 + 4) / 2
        tensor(2.)

    Reference:
        [Lee, Lee, Park, "Augmentation-Free Self-Supervised Learning on Graphs", AAAI 2022, arXiv 2112.02472];
        github.com/Namkyeong/AFGRL at 95095f4.
    """
    if prediction.shape != target.shape:
        got = f"{tuple(prediction.shape)} and {tuple(target.shape)}"
        raise ValueError(f"prediction and target must have one shape; got {got}; give a row of each node")
    q = unit_rows(prediction)
    t = unit_rows(target.detach()).to(q.dtype)
    cosines = edge_products(pairs, q, t) + edge_products(pairs.flip(0), q, t)
    return (4 - 2 * cosines).sum() / max(pairs.size(1), 1)
