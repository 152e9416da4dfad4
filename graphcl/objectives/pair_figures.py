"""Figures of a contrast of views that tell a collapse before a score does; they read no labels."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.pair_groups import grouped_logsumexp, mark_rows
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

PAIR_FIGURES = (
    *("alignment", "uniformity", "positive", "positive_spread", "negative", "negative_spread"),
    *("coupling", "coupling_spread"),
)
"""The keys of `pair_figures`."""


@torch.no_grad()
def pair_figures(u: Nodes, v: Nodes, *, temperature: float) -> dict[str, Float[Tensor, ""]]:
    """Alignment, uniformity, score curves and negative-positive coupling of two views of the same n things.

    With the rows p of both views at unit length, own pair c_ii = u_i . v_i, and the 2n - 2 rows of the other
    things as negatives of each row:

        alignment   = mean_i |u_i - v_i|^2,    uniformity = log mean exp( -2 |p_i - p_j|^2 ) over negatives
        coupling    = mean_i N_i,  N_i the share of the own pair in the softmax over it and the negatives, at t
        positive, negative = mean cosines, `_spread` their standard deviations; `coupling_spread` that of N

    A collapse of all rows to one shows as `negative` and `uniformity` going to 1 and 0. By the coupling, InfoNCE's
    gradient of row i is 1 - N_i times that of DCL: where its spread is small, Adam sees no difference.

    Args:
        u: the first view, (n, d), rows of any length; a row of zeros has the cosine 0 with all.
        v: the second view, (n, d).
        temperature: t of the coupling, positive.

    Returns:
        Scalars without gradients, in the order of `PAIR_FIGURES`. A single thing has negative 0, uniformity 0,
        coupling 1 and spreads 0. Memory is linear in n; time goes with n^2.

    Raises:
        ValueError: views of different shapes, or a temperature that is not positive.

    Example:
        >>> figures = pair_figures(torch.eye(3), torch.eye(3), temperature=0.5)
        >>> [round(float(figures[name]), 3) for name in ("alignment", "uniformity", "coupling")]
        [0.0, -4.0, 0.649]

    Reference: alignment and uniformity [Wang and Isola, ICML 2020, arXiv 2005.10242], here between different
    things alone; coupling [Yeh et al., ECCV 2022, arXiv 2110.06848]; score curves [arXiv 2108.02982].
    """
    if u.shape != v.shape:
        raise ValueError(f"u and v must be views of the same things; got {tuple(u.shape)} and {tuple(v.shape)}")
    if not temperature > 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    n = len(u)
    with full_precision(u):
        u, v = unit_rows(at_least_float32(u)), unit_rows(at_least_float32(v))
        own, p = (u * v).sum(1), torch.cat([u, v])
        pairs = max(2 * n * (2 * n - 2), 1)
        negative = (p.sum(0).square().sum() - p.square().sum() - 2 * own.sum()) / pairs
        squares = (p.T @ p).square().sum() - p.square().sum(1).square().sum() - 2 * own.square().sum()
        marks = mark_rows(torch.zeros(n, dtype=torch.long, device=u.device)).repeat(2, 1)
        share = torch.sigmoid(
            (own / temperature).repeat(2) - grouped_logsumexp(p, scale=1 / temperature, marks=marks)
        )
        near = grouped_logsumexp(p, scale=4.0, marks=marks).logsumexp(0) - 4 - math.log(pairs)
    values = (
        (u - v).square().sum(1).mean(),
        near if n > 1 else torch.zeros_like(near),
        own.mean(),
        own.std(correction=0),
        negative,
        (squares / pairs - negative.square()).clamp(min=0).sqrt(),
        share.mean(),
        share.std(correction=0),
    )
    return dict(zip(PAIR_FIGURES, values, strict=True))
