"""Log-sum-exp over the pairs of rows of other nodes, weighted by whether two rows are of one group."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.objectives.all_pairs.blocks import Weigh, blocked_logsumexp
from graphcl.objectives.all_pairs.off_diagonal import triangle_logsumexp
from graphcl.typing import Labels, Nodes

Marks = Int[Tensor, "n 2"]
"""The node of each row, and its group. Rows of one node are never paired."""


def grouped_logsumexp(
    u: Nodes,
    v: Float[Tensor, "m d"] | None = None,
    *,
    scale: float,
    marks: Marks,
    other_marks: Int[Tensor, "m 2"] | None = None,
    same: float = 1.0,
    different: float = 1.0,
) -> Float[Tensor, " n"]:
    """Row-wise log-sum-exp over the rows of other nodes: log sum_j w_ij exp(scale * u_i . v_j).

    w_ij is 0 for rows of one node, `same` for rows of one group, and `different` for the others. A pair of weight
    0 is masked before the exponential, never subtracted: at a low temperature a difference of sums is noise.
    Memory is linear in n + m, forward and backward; without v each block of pairs serves its rows and its columns.

    Args:
        u: (n, d), in float32 at least.
        v: (m, d); None means `u` itself.
        scale: the inverse temperature.
        marks: (n, 2), node and group of each row of u, see `mark_rows`.
        other_marks: (m, 2), those of v; None takes `marks`.
        same: weight of pairs of one group, at least 0.
        different: weight of pairs of different groups, at least 0.

    Returns:
        (n,); the most negative finite number for a row whose sum is empty, with the gradient 0. Gradients reach u
        and v.

    Raises:
        ValueError: a weight that is negative or not finite, or marks of another number of rows.

    Example:
        >>> u, marks = torch.zeros(4, 2), mark_rows(torch.tensor([0, 0, 0, 1]))
        >>> grouped_logsumexp(u, scale=1.0, marks=marks)[0]  # log 3
        tensor(1.0986)
        >>> grouped_logsumexp(u, scale=1.0, marks=marks, same=0.0)  # one other, or three
        tensor([0.0000, 0.0000, 0.0000, 1.0986])

    Reference: ours; the sums of [Yeh et al., "Decoupled Contrastive Learning", ECCV 2022, arXiv 2110.06848]
        (groups
    that are nodes) and of negatives by cluster.
    """
    other = marks if other_marks is None else other_marks
    _check(u, u if v is None else v, marks, other, same, different)
    weigh = _weights(marks, other, same, different, -torch.inf)
    if v is None:
        return triangle_logsumexp(u, scale, weigh=weigh)
    return blocked_logsumexp(u, v, scale, weigh=weigh)


def dense_grouped_logsumexp(
    u: Nodes,
    v: Float[Tensor, "m d"] | None = None,
    *,
    scale: float,
    marks: Marks,
    other_marks: Int[Tensor, "m 2"] | None = None,
    same: float = 1.0,
    different: float = 1.0,
) -> Float[Tensor, " n"]:
    """`grouped_logsumexp` from the whole matrix of pairs, for few rows.

    Example:
        >>> dense_grouped_logsumexp(torch.zeros(3, 2), scale=1.0, marks=mark_rows(torch.arange(3)))  # log 2
        tensor([0.6931, 0.6931, 0.6931])
    """
    other, columns = marks if other_marks is None else other_marks, u if v is None else v
    _check(u, columns, marks, other, same, different)
    weigh = _weights(marks, other, same, different, torch.finfo(u.dtype).min)
    logs = torch.logsumexp(weigh(scale * (u @ columns.T), 0, 0), dim=1)
    return logs.clamp(min=torch.finfo(u.dtype).min)


def mark_rows(groups: Labels, nodes: Labels | None = None) -> Marks:
    """Node and group of each row, (n, 2).

    Args:
        groups: (n,), any integers.
        nodes: (n,), any integers; None numbers the rows, each a node of its own.

    Example:
        >>> mark_rows(torch.tensor([5, 5])).tolist()
        [[0, 5], [1, 5]]
    """
    numbers = torch.arange(len(groups), device=groups.device) if nodes is None else nodes
    return torch.stack([numbers, groups], dim=1)


def _check(u: Tensor, v: Tensor, marks: Tensor, other: Tensor, same: float, different: float) -> None:
    for name, weight in (("same", same), ("different", different)):
        if not (weight >= 0 and math.isfinite(weight)):
            raise ValueError(f"{name} must be a finite weight of at least 0; got {weight}")
    if (len(marks), len(other)) != (len(u), len(v)):
        wanted = f"{len(u)} rows and {len(v)} columns"
        raise ValueError(f"marks must have a row for each of {wanted}; got {len(marks)} and {len(other)}")


def _weights(marks: Tensor, other: Tensor, same: float, different: float, none: float) -> Weigh:
    """Adds the log weights to a block; `none` is that of the weight 0."""

    def weigh(pairs: Tensor, row: int, column: int) -> Tensor:
        rows, columns = marks[row : row + pairs.size(0), :, None], other[column : column + pairs.size(1)]
        if not same == different == 1:
            together = rows[:, 1] == columns[:, 1]
            for mask, weight in ((together, same), (~together, different)):
                if weight == 0:
                    pairs = pairs.masked_fill_(mask, none)
                elif weight != 1:
                    pairs = pairs.add_(mask.to(pairs.dtype), alpha=math.log(weight))
        return pairs.masked_fill_(rows[:, 0] == columns[:, 0], none)

    return weigh
