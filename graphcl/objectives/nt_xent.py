"""NT-Xent between two views of the same graphs, in the form of GraphCL's code, and its diagnostics."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.precision import full_precision

Views = Float[Tensor, "graphs d"]
"""One row per graph."""


def nt_xent(u: Views, v: Views, *, temperature: float) -> Float[Tensor, ""]:
    """NT-Xent of GraphCL: each graph's two views attract, views of different graphs repel.

    With c_ij the cosine of u_i and v_j, and t the temperature:

        L(u, v) = 1/B sum_i ( log sum_{j != i} exp(c_ij / t) - c_ii / t )

    This is the form of GraphCL's authors' code. It differs from SimCLR's loss of that name in three ways: the
    positive pair is not in the sum, so that the loss falls below 0 once graphs are discriminated; pairs within
    one view are not compared; only the first view has anchors. The loss lies within 2 / t of log(B - 1). A single
    graph has no negatives: its loss and gradients are 0. `info_nce` is the loss with the positive pair in the sum.

    Args:
        u: the first view, (B, d); rows of any length, a row of zeros has cosine 0 with all.
        v: the second view of the same graphs, (B, d).
        temperature: t, positive; it divides.

    Returns:
        The mean over graphs, a scalar in float32 at least; gradients reach both views. Memory is B^2.

    Raises:
        ValueError: views of different shapes, or a temperature that is not positive.

    Example:
        >>> nt_xent(torch.eye(3), torch.eye(3), temperature=0.5)  # log 2 - 2
        tensor(-1.3069)

    Reference:
        [You et al., "Graph Contrastive Learning with Augmentations", NeurIPS 2020, arXiv 2010.13902]; the authors'
        `loss_cl`, github.com/Shen-Lab/GraphCL at b4d7501.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    cosine = _cosines(u, v)
    if len(cosine) < 2:
        return 0 * cosine.sum()
    negatives = (cosine / temperature).masked_fill(_diagonal(cosine), -torch.inf)
    return (negatives.logsumexp(1) - cosine.diagonal() / temperature).mean()


FIGURES = ("accuracy", "positive", "negative")
"""The keys of `view_figures`."""


@torch.no_grad()
def view_figures(u: Views, v: Views) -> dict[str, Tensor]:
    """Diagnostics of a contrast of views: retrieval accuracy, and cosines that reveal a collapse.

    Args:
        u: the first view, (B, d).
        v: the second view of the same graphs, (B, d).

    Returns:
        accuracy: the share of graphs whose second view has the largest cosine with the first; ties count.
        positive: the mean cosine of a graph's two views.
        negative: the mean cosine of views of different graphs, near 1 after a collapse; 0 for a single graph.

    Example:
        >>> view_figures(torch.eye(3), torch.eye(3))
        {'accuracy': tensor(1.), 'positive': tensor(1.), 'negative': tensor(0.)}
    """
    cosine = _cosines(u, v)
    graphs = len(cosine)
    own = cosine.diagonal()
    return {
        "accuracy": (own >= cosine.amax(1)).to(cosine.dtype).mean(),
        "positive": own.mean(),
        "negative": cosine.masked_fill(_diagonal(cosine), 0).sum() / max(graphs * (graphs - 1), 1),
    }


def _cosines(u: Tensor, v: Tensor) -> Tensor:
    """Cosines of the rows of u with those of v."""
    if u.shape != v.shape:
        raise ValueError(f"u and v must be views of the same graphs; got {tuple(u.shape)} and {tuple(v.shape)}")
    with full_precision(u):
        return unit_rows(u) @ unit_rows(v).T


def _diagonal(cosine: Tensor) -> Tensor:
    return torch.eye(len(cosine), dtype=torch.bool, device=cosine.device)
