"""InfoNCE between two views of the same nodes: exact over all pairs, in memory linear in the nodes."""

from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.choice import choose_summation
from graphcl.objectives.all_pairs.logsumexp import all_pairs_logsumexp
from graphcl.objectives.all_pairs.mean import mean_logsumexp
from graphcl.objectives.all_pairs.off_diagonal import dense_off_diagonal_logsumexp, off_diagonal_logsumexp
from graphcl.ops.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

ViewSummation = Literal["auto", "dense", "blocked", "series"]
"""How the sums over all pairs are computed: exactly, by size; or one of the ways of `all_pairs_logsumexp`."""


def info_nce(
    u: Nodes,
    v: Nodes,
    *,
    temperature: float,
    symmetric: bool = False,
    same_view: bool = False,
    summation: ViewSummation = "auto",
) -> Float[Tensor, ""]:
    """Find each node's other view among all nodes, by cross-entropy.

    With s_ij = u_i . v_j / t:

        L(u, v) = 1/n sum_i ( log sum_j exp s_ij - s_ii )

    With `same_view` the sum under the log also runs over the other nodes of the own view, exp(u_i . u_j / t) for
    j != i, as in GRACE. With `symmetric` the value is (L(u, v) + L(v, u)) / 2. gCooL's published code has neither.

    Args:
        u: the first view, (n, d), taken as it is: give unit rows for cosines.
        v: the second view of the same nodes, (n, d).
        temperature: t, positive; it divides. The published settings lie in [0.2, 0.9].
        symmetric: whether each view searches the other, or the first the second only.
        same_view: whether the other nodes of the own view are negatives too.
        summation: "dense", "blocked" or "series", see `all_pairs_logsumexp`; "auto" takes one of the first two,
            which are exact, by size. Sums over the own view have no series and are blocked there.

    Returns:
        The mean over nodes, a scalar in float32 at least; gradients reach both views.

    Raises:
        ValueError: views of different shapes, or a temperature that is not positive.

    Example:
        >>> info_nce(torch.zeros(4, 2), torch.zeros(4, 2), temperature=0.5)  # log 4
        tensor(1.3863)

    Reference:
        [van den Oord, Li, Vinyals, 2018, arXiv 1807.03748]; [Zhu et al., "Deep Graph Contrastive Representation
        Learning" (GRACE), 2020, arXiv 2006.04131], equation 1; the gCooL sheet's sections 5.1 and 11.1.
    """
    if u.shape != v.shape:
        raise ValueError(f"u and v must be views of the same nodes; got {tuple(u.shape)} and {tuple(v.shape)}")
    if not temperature > 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    if summation not in get_args(ViewSummation):
        raise ValueError(f"summation must be one of {', '.join(get_args(ViewSummation))}; got {summation!r}")
    u, v = at_least_float32(u), at_least_float32(v)
    scale = 1 / temperature
    if summation == "auto":
        n, d = u.shape
        n *= 2 if same_view and symmetric else 1  # both views are in one pool then
        summation = choose_summation(n, n, d, scale=scale, device=u.device, tolerance=0.0)
    with full_precision(u):
        own = scale * (u * v).sum(1).mean()
        if not symmetric:
            return _search(u, v, scale, summation, same_view=same_view) - own
        if same_view:  # both views in one pool, in which each node searches its other view
            return _others(torch.cat([u, v]), scale, summation).mean() - own
        there, back = (_search(*pair, scale, summation, same_view=False) for pair in ((u, v), (v, u)))
        return (there + back) / 2 - own


def _search(u: Tensor, v: Tensor, scale: float, summation: ViewSummation, *, same_view: bool) -> Tensor:
    """The mean log-sum of each row of u over all rows of v, and with `same_view` over the other rows of u."""
    if same_view:
        across = all_pairs_logsumexp(u, v, scale=scale, method=summation)
        return torch.logaddexp(across, _others(u, scale, summation)).mean()
    if summation == "blocked":
        return mean_logsumexp(u, v, scale=scale)
    return all_pairs_logsumexp(u, v, scale=scale, method=summation).mean()


def _others(u: Tensor, scale: float, summation: ViewSummation) -> Tensor:
    """Each row's log-sum over all others; there is no series for it."""
    return (
        dense_off_diagonal_logsumexp(u, scale=scale)
        if summation == "dense"
        else off_diagonal_logsumexp(u, scale=scale)
    )
