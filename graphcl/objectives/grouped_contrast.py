"""InfoNCE and decoupled contrast between two views, with a weight of negatives that belong to one group."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.pair_groups import dense_grouped_logsumexp, grouped_logsumexp, mark_rows
from graphcl.objectives.infonce import ViewSummation, contrasted_rows, summation_of_views
from graphcl.ops.machine.distributed import RankRows, gather_rows, sum_over_ranks
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Labels, Nodes

SIGMA = 0.5
"""Temperature of the weights of DCLW, as published."""


def grouped_info_nce(
    u: Nodes,
    v: Nodes,
    groups: Labels,
    *,
    temperature: float,
    group_weight: float = 0.0,
    symmetric: bool = False,
    same_view: bool = False,
    summation: ViewSummation = "auto",
    across_ranks: bool = False,
) -> Float[Tensor, ""]:
    """InfoNCE whose negatives of the node's own group have a weight, mean over the anchors.

    With s_ij the inner product of two rows over t, own_i that of the two views of node i, g the groups, and w the
    weight:

        L_i = log( exp own_i + sum_{g_j != g_i} exp s_ij + w sum_{g_j = g_i, j != i} exp s_ij ) - own_i

    w = 1 is `info_nce`, w = 0 leaves out what is of one group. A node without a negative has the loss 0.

    Args:
        u: the first view, (n, d), not normalised here: give unit rows for cosines.
        v: the second view of the same nodes, (n, d).
        groups: (n,), any integers, such as clusters of nodes or codes of equal graphs.
        temperature: t, positive; it divides.
        group_weight: w, at least 0.
        symmetric: as of `info_nce`.
        same_view: as of `info_nce`.
        summation: as of `info_nce`; there is no series of these sums, which are blocked under "series".
        across_ranks: as of `info_nce`; equal groups are one group on all ranks.

    Returns:
        A scalar in float32 at least; gradients reach both views. Memory is linear in the nodes.

    Raises:
        ValueError: as `info_nce`; a weight that is negative or not finite; another number of groups than of rows.

    Example:
        >>> u = torch.zeros(4, 2)
        >>> grouped_info_nce(u, u, torch.tensor([0, 0, 1, 2]), temperature=0.5)  # mean of log 3, 3, 4, 4
        tensor(1.2425)

    Reference: ours. Its two ends are the batches of [Chakraborty, Gosthipaty, Paul, "G-SimCLR", 2020,
    arXiv 2009.12007], one sample of each cluster, and of [Zhang et al., ECCV 2024, arXiv 2402.11816], one cluster.
    """
    rows = _checked(u, v, groups, temperature, summation, across_ranks)
    u, v = at_least_float32(u), at_least_float32(v)
    with full_precision(u):
        negatives, own = _log_sums(
            *(u, v, groups, rows, 1 / temperature, group_weight),
            symmetric=symmetric,
            same_view=same_view,
            summation=summation,
        )
        return rows.weight * (torch.logaddexp(negatives, own) - own).mean()


def decoupled_contrast(
    u: Nodes,
    v: Nodes,
    *,
    temperature: float,
    weights: Float[Tensor, " n"] | None = None,
    groups: Labels | None = None,
    group_weight: float = 0.0,
    symmetric: bool = False,
    same_view: bool = False,
    summation: ViewSummation = "auto",
    across_ranks: bool = False,
) -> Float[Tensor, ""]:
    """Decoupled contrastive loss (DCL): InfoNCE without the own pair in the sum, mean over the anchors.

    With s, own and g as in `grouped_info_nce`, b_i weights of the positive pairs, and w the weight of negatives of
    one's own group:

        L_i = log( sum_{g_j != g_i} exp s_ij + w sum_{g_j = g_i, j != i} exp s_ij ) - b_i own_i

    For b = 1 and unit rows it lies within 2 / t of the log of the number of negatives, so that it goes below 0,
    and InfoNCE of the same anchor is log(1 + exp L_i). An anchor without a negative is left out of the mean;
    without any the loss is 0.

    Args:
        u: the first view, (n, d), not normalised here.
        v: the second view of the same nodes, (n, d).
        temperature: t, positive.
        weights: b, (n,), of both directions; None is 1. `positive_weights` are those of DCLW.
        groups: (n,); None makes each node a group of its own.
        group_weight: w, at least 0; read with groups alone.
        symmetric: as of `info_nce`.
        same_view: as of `info_nce`. With both, this is the published form; with neither, and the cosines of whole
            graphs, it is `nt_xent`.
        summation: as of `grouped_info_nce`.
        across_ranks: as of `grouped_info_nce`.

    Returns:
        A scalar in float32 at least; gradients reach both views. Memory is linear in the nodes.

    Raises:
        ValueError: as `grouped_info_nce`, or another number of weights than of rows.

    Example:
        >>> decoupled_contrast(torch.zeros(4, 2), torch.zeros(4, 2), temperature=0.5)  # log 3
        tensor(1.0986)

    Reference: [Yeh et al., "Decoupled Contrastive Learning", ECCV 2022, arXiv 2110.06848], as two public codes
    have it; one of them masks by adding log(1e-45), which leaks at low temperatures, where this masks by -inf.
    """
    rows = _checked(u, v, groups, temperature, summation, across_ranks)
    if weights is not None and len(weights) != len(u):
        raise ValueError(f"weights must be one for each of {len(u)} rows; got {len(weights)}")
    u, v = at_least_float32(u), at_least_float32(v)
    with full_precision(u):
        negatives, own = _log_sums(
            *(u, v, groups, rows, 1 / temperature, group_weight),
            symmetric=symmetric,
            same_view=same_view,
            summation=summation,
        )
        if weights is not None:
            own = own * weights.to(own.dtype).repeat(len(own) // len(u))
        known = negatives > torch.finfo(negatives.dtype).min
        count = sum_over_ranks(known.sum()) if len(rows.counts) > 1 else known.sum()
        total = torch.where(known, negatives - own, 0).sum()
        return total * len(rows.counts) / count.clamp(min=1)


@torch.no_grad()
def positive_weights(
    u: Nodes, v: Nodes, *, sigma: float = SIGMA, across_ranks: bool = False
) -> Float[Tensor, " n"]:
    """Weights of positive pairs of DCLW: 2 - n softmax_i(u_i . v_i / sigma); their mean is 1.

    Pairs that agree already weigh less. They carry no gradient, as in one of the two public codes.

    Args:
        u: the first view, (n, d).
        v: the second view, (n, d).
        sigma: positive.
        across_ranks: whether the softmax runs over the pairs of all ranks.

    Raises:
        ValueError: views of different shapes, or a sigma that is not positive.

    Example:
        >>> positive_weights(torch.eye(2), torch.eye(2))
        tensor([1., 1.])
    """
    if u.shape != v.shape:
        raise ValueError(f"u and v must be views of the same nodes; got {tuple(u.shape)} and {tuple(v.shape)}")
    if not sigma > 0:
        raise ValueError(f"sigma must be positive; got {sigma}")
    with full_precision(u):
        own = (at_least_float32(u) * at_least_float32(v)).sum(1) / sigma
    every = gather_rows(own) if across_ranks else own
    return 2 - len(every) * torch.exp(own - every.logsumexp(0))


def _checked(
    u: Tensor, v: Tensor, groups: Tensor | None, temperature: float, summation: str, across_ranks: bool
) -> RankRows:
    """How the rows are distributed, after checks of all that came in."""
    rows = contrasted_rows(u, v, temperature=temperature, summation=summation, across_ranks=across_ranks)
    if groups is not None and len(groups) != len(u):
        raise ValueError(f"groups must be one for each of {len(u)} rows; got {len(groups)}")
    return rows


def _log_sums(
    u: Tensor,
    v: Tensor,
    groups: Tensor | None,
    rows: RankRows,
    scale: float,
    weight: float,
    *,
    symmetric: bool,
    same_view: bool,
    summation: ViewSummation,
) -> tuple[Tensor, Tensor]:
    """Log-sums over negatives, and scores of own pairs, of each anchor: n, or 2 n where both views search."""
    nodes = rows.start + torch.arange(len(u), device=u.device)
    marks = mark_rows(nodes if groups is None else groups, nodes)
    pools = 2 if symmetric and same_view else 1  # both views are in one pool then
    summation = summation_of_views(summation, u, rows, scale=scale, pools=pools)
    log_sums = dense_grouped_logsumexp if summation == "dense" else grouped_logsumexp

    def among(queries: Tensor, keys: Tensor | None, marks: Tensor) -> Tensor:
        """Each query's sum over the keys of all ranks; None are the queries."""
        every, theirs = queries if keys is None else keys, marks
        if len(rows.counts) > 1:
            every, theirs = gather_rows(every), gather_rows(marks)
        elif keys is None:
            return log_sums(queries, scale=scale, marks=marks, same=weight)
        return log_sums(queries, every, scale=scale, marks=marks, other_marks=theirs, same=weight)

    own = scale * (u * v).sum(1)
    if pools == 2:
        return among(torch.cat([u, v]), None, marks.repeat(2, 1)), own.repeat(2)
    directions = [(u, v), (v, u)] if symmetric else [(u, v)]
    sums = [among(*pair, marks) for pair in directions]
    if same_view:
        sums = [torch.logaddexp(sums[0], among(u, None, marks))]
    return torch.cat(sums), own.repeat(len(directions))
