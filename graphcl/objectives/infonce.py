"""InfoNCE between two views of the same nodes: exact over all pairs, with memory linear in the nodes."""

from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.choice import choose_summation
from graphcl.objectives.all_pairs.logsumexp import all_pairs_logsumexp
from graphcl.objectives.all_pairs.mean import mean_logsumexp
from graphcl.objectives.all_pairs.off_diagonal import dense_off_diagonal_logsumexp, off_diagonal_logsumexp
from graphcl.ops.machine.distributed import RankRows, gather_rows, rows_of_ranks, world
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

ViewSummation = Literal["auto", "dense", "blocked", "series"]
"""How the sums over all pairs are computed: "auto" is exact and chosen by size; see `all_pairs_logsumexp`."""


def info_nce(
    u: Nodes,
    v: Nodes,
    *,
    temperature: float,
    symmetric: bool = False,
    same_view: bool = False,
    summation: ViewSummation = "auto",
    across_ranks: bool = False,
) -> Float[Tensor, ""]:
    """InfoNCE: cross-entropy that identifies each node's other view among all nodes.

    With s_ij = u_i . v_j / t:

        L(u, v) = 1/n sum_i ( log sum_j exp s_ij - s_ii )

    With `same_view` (intra-view negatives) the sum under the log also runs over the other nodes of the same view,
    exp(u_i . u_j / t) for j != i, as in GRACE. With `symmetric` the value is (L(u, v) + L(v, u)) / 2. gCooL's
    published code has neither.

    Args:
        u: the first view, (n, d), not normalised here: give unit rows for cosines.
        v: the second view of the same nodes, (n, d).
        temperature: t, positive; it divides. The published settings lie in [0.2, 0.9].
        symmetric: whether both views are anchors in turn, or the first only.
        same_view: whether the other nodes of an anchor's own view are negatives too.
        summation: "dense", "blocked" or "series", see `all_pairs_logsumexp`; "auto" chooses one of the first two,
            which are exact, by size. Sums within a view have no series and are blocked under "series".
        across_ranks: whether the negatives are the nodes of all ranks of torch.distributed, not this rank's alone:
            their rows are gathered, or, for "series", their moments summed. The value is weighted by
            `RankRows.weight`: DDP's mean over ranks, of value and gradient, is that of the joint batch.

    Returns:
        The mean over nodes, a scalar in float32 at least; gradients reach both views.

    Raises:
        ValueError: views of different shapes, a temperature that is not positive, or a rank without rows.

    Example:
        >>> info_nce(torch.zeros(4, 2), torch.zeros(4, 2), temperature=0.5)  # log 4
        tensor(1.3863)

    Reference:
        [van den Oord, Li, Vinyals, 2018, arXiv 1807.03748]; [Zhu et al., "Deep Graph Contrastive Representation
        Learning" (GRACE), 2020, arXiv 2006.04131], equation 1. Without `same_view` and `symmetric`: the node
        contrast of gCooL's published code [Li, Jing, Tong, WWW 2022, arXiv 2110.14863].
    """
    rows = contrasted_rows(u, v, temperature=temperature, summation=summation, across_ranks=across_ranks)
    u, v = at_least_float32(u), at_least_float32(v)
    scale, across_ranks = 1 / temperature, len(rows.counts) > 1
    pools = 2 if same_view and symmetric else 1  # both views are in one pool then
    summation = summation_of_views(summation, u, rows, scale=scale, pools=pools)
    with full_precision(u):
        own = scale * (u * v).sum(1).mean()
        if not symmetric:
            total = _one_way(u, v, scale, summation, same_view=same_view, across_ranks=across_ranks)
        elif same_view:  # both views in one pool, in which each node is compared with all but itself
            total = _off_diagonal(torch.cat([u, v]), scale, summation, across_ranks=across_ranks).mean()
        else:
            there, back = (
                _one_way(*pair, scale, summation, same_view=False, across_ranks=across_ranks)
                for pair in ((u, v), (v, u))
            )
            total = (there + back) / 2
        return rows.weight * (total - own)


def contrasted_rows(u: Tensor, v: Tensor, *, temperature: float, summation: str, across_ranks: bool) -> RankRows:
    """How the rows of two views are distributed over ranks, after checks of what a contrast of them takes.

    Raises:
        ValueError: views of different shapes, a temperature that is not positive, an unknown summation, or a rank
            without rows.

    Example:
        >>> rows = torch.ones(3, 2)
        >>> contrasted_rows(rows, rows, temperature=0.5, summation="auto", across_ranks=False).total
        3
    """
    if u.shape != v.shape:
        raise ValueError(f"u and v must be views of the same nodes; got {tuple(u.shape)} and {tuple(v.shape)}")
    if not temperature > 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    if summation not in get_args(ViewSummation):
        raise ValueError(f"summation must be one of {', '.join(get_args(ViewSummation))}; got {summation!r}")
    return rows_of_ranks(u) if across_ranks and world() > 1 else RankRows((len(u),))


def summation_of_views(
    summation: ViewSummation, u: Tensor, rows: RankRows, *, scale: float, pools: int
) -> ViewSummation:
    """The way of summing over pairs of two views, of which "auto" is an exact one, by size.

    Args:
        summation: as asked for.
        u: rows of a view on this rank.
        rows: how they are distributed over ranks.
        scale: the inverse temperature.
        pools: 2 where the rows of both views are in one pool, else 1.

    Example:
        >>> summation_of_views("auto", torch.ones(3, 2), RankRows((3,)), scale=1.0, pools=1)
        'dense'
    """
    if summation != "auto":
        return summation
    n, m = pools * max(rows.counts), pools * rows.total
    return choose_summation(n, m, u.size(1), scale=scale, device=u.device, tolerance=0.0)


def _one_way(
    u: Tensor, v: Tensor, scale: float, summation: ViewSummation, *, same_view: bool, across_ranks: bool
) -> Tensor:
    """Mean log-sum-exp of each row of u over all rows of v and, with `same_view`, over the other rows of u."""
    if same_view:
        between = all_pairs_logsumexp(u, v, scale=scale, method=summation, across_ranks=across_ranks)
        return torch.logaddexp(between, _off_diagonal(u, scale, summation, across_ranks=across_ranks)).mean()
    if summation == "blocked":
        return mean_logsumexp(u, gather_rows(v) if across_ranks else v, scale=scale)
    return all_pairs_logsumexp(u, v, scale=scale, method=summation, across_ranks=across_ranks).mean()


def _off_diagonal(u: Tensor, scale: float, summation: ViewSummation, *, across_ranks: bool) -> Tensor:
    """Log-sum-exp of each row over all other rows of its view or pool; there is no series for it."""
    log_sums = dense_off_diagonal_logsumexp if summation == "dense" else off_diagonal_logsumexp
    if across_ranks:
        rows = rows_of_ranks(u)
        return log_sums(u, gather_rows(u, rows), scale=scale, start=rows.start)
    return log_sums(u, scale=scale)
