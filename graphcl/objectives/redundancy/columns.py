"""Columns of the rows of all ranks: standardised, or centred."""

import torch
from torch import Tensor

from graphcl.ops.machine.distributed import max_over_ranks, rows_of_ranks, sum_over_ranks
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Nodes

CONSTANT = 16
"""A column counts as constant if its standard deviation is below 16 machine epsilons of its largest entry."""


def standardise_columns(h: Nodes, *, across_ranks: bool = False) -> Nodes:
    """Columns with mean 0 and standard deviation 1, with the divisor n - 1: (h - mean) / std.

    A constant column, up to rounding, becomes 0 and receives no gradient, where the authors' code has 0 / 0 = NaN.
    So does every column of a single row. Columns may have any scale: each is divided by its largest entry first.

    Args:
        h: (n, d).
        across_ranks: whether mean and standard deviation are those of the rows of all ranks.

    Raises:
        ValueError: no rows, also of a single rank.

    Example:
        >>> standardise_columns(torch.tensor([[1.0, 7.0], [2.0, 7.0], [3.0, 7.0]]))
        tensor([[-1.0000,  0.0000],
                [ 0.0000,  0.0000],
                [ 1.0000,  0.0000]])
    """
    h = at_least_float32(h)
    n = joint_rows(h, across_ranks)
    limits = torch.finfo(h.dtype)
    largest = h.detach().abs().amax(0)
    if across_ranks:
        largest = max_over_ranks(largest)
    h = h / torch.where(largest >= limits.tiny, largest, 1)
    centred = h - joint_sum(h.sum(0), across_ranks) / n
    variance = joint_sum(centred.square().sum(0), across_ranks) / max(n - 1, 1)
    varies = variance > (CONSTANT * limits.eps) ** 2
    return centred * (torch.where(varies, variance, 1).rsqrt() * varies)


def centre_columns(h: Nodes, *, across_ranks: bool = False) -> Nodes:
    """Columns with mean 0: h - mean, in float32 at least.

    Args:
        h: (n, d).
        across_ranks: whether the mean is that of the rows of all ranks.

    Raises:
        ValueError: no rows, also of a single rank.

    Example:
        >>> centre_columns(torch.tensor([[1.0], [3.0]])).tolist()
        [[-1.0], [1.0]]
    """
    h = at_least_float32(h)
    return h - joint_sum(h.sum(0), across_ranks) / joint_rows(h, across_ranks)


def check_view_pair(h1: Tensor, h2: Tensor, *, across_ranks: bool) -> int:
    """The number of rows of two views, of all ranks together, if they are views of the same nodes.

    Raises:
        ValueError: views of different shapes, or no rows.

    Example:
        >>> check_view_pair(torch.ones(3, 2), torch.ones(3, 2), across_ranks=False)
        3
    """
    if h1.shape != h2.shape:
        raise ValueError(f"h1 and h2 must be views of the same nodes; got {tuple(h1.shape)} and {tuple(h2.shape)}")
    return joint_rows(h1, across_ranks)


def joint_rows(h: Tensor, across_ranks: bool) -> int:
    """How many rows there are: those of this rank, or of all ranks.

    Raises:
        ValueError: no rows, also of a single rank.

    Example:
        >>> joint_rows(torch.ones(3, 2), False)
        3
    """
    if not across_ranks and len(h) == 0:
        raise ValueError("there must be a row to standardise; got none; leave empty batches out")
    return rows_of_ranks(h).total if across_ranks else len(h)


def joint_sum(sums: Tensor, across_ranks: bool) -> Tensor:
    """Sums over the rows of this rank, or of all ranks.

    Example:
        >>> joint_sum(torch.ones(2), False)
        tensor([1., 1.])
    """
    return sum_over_ranks(sums) if across_ranks else sums
