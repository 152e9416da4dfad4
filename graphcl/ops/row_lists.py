"""Sums over lists of rows: the message of a graph's layer, in one pass over memory, with no row per edge."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.first_order import first_order


@dataclass(frozen=True)
class RowLists:
    """For each output the list of the rows that it sums, and the transposed lists for the gradient.

    Args:
        rows: which rows each output sums, list after list.
        bounds: list i is rows[bounds[i] : bounds[i + 1]].
        users: which outputs each row goes into, list after list.
        user_bounds: as `bounds`.
    """

    rows: Int[Tensor, " m"]
    bounds: Int[Tensor, " outputs_1"]
    users: Int[Tensor, " m"]
    user_bounds: Int[Tensor, " inputs_1"]

    @classmethod
    def of(cls, row: Int[Tensor, " m"], output: Int[Tensor, " m"], rows: int, outputs: int) -> "RowLists":
        """From pairs, row[j] being one of those that output[j] sums; a pair may stand there twice.

        Args:
            row: in [0, rows).
            output: in [0, outputs).
            rows: how many rows there are.
            outputs: how many sums there are; one without rows is 0.

        Example:
            >>> RowLists.of(torch.tensor([1, 0, 1]), torch.tensor([2, 0, 0]), 2, 3).bounds
            tensor([0, 2, 2, 3])
        """
        bounds, by_output = _lists(output, outputs)
        user_bounds, by_row = _lists(row, rows)
        return cls(row[by_output], bounds, output[by_row], user_bounds)


def _lists(number: Tensor, numbers: int) -> tuple[Tensor, Tensor]:
    """Where the list of each number begins when they are sorted, and the sorting permutation."""
    ordered, order = torch.sort(number, stable=True)
    return torch.searchsorted(ordered, torch.arange(numbers + 1, device=number.device)), order


def sum_lists(z: Float[Tensor, "n d"], lists: RowLists) -> Float[Tensor, "outputs d"]:
    """The sum of the rows on each list: out_i = sum_j z[rows_j], j from bounds_i to bounds_(i+1) - 1.

    Its gradient is the same sum over the transposed lists, in a fixed order on every device.

    Args:
        z: (n, d), of any floating type.
        lists: which rows of z each output sums.

    Example:
        >>> lists = RowLists.of(torch.tensor([1, 0, 1]), torch.tensor([2, 0, 0]), 2, 3)
        >>> sum_lists(torch.tensor([[1.0], [10.0]]), lists).tolist()
        [[11.0], [0.0], [10.0]]
    """
    total: Tensor = _SumLists.apply(z, lists)  # type: ignore[no-untyped-call]
    return total


class _SumLists(torch.autograd.Function):
    """See `sum_lists`."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, lists: RowLists) -> Tensor:
        ctx.lists = lists
        return _sums(z, lists.rows, lists.bounds)

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return _sums(grad, ctx.lists.users, ctx.lists.user_bounds), None


def _sums(z: Tensor, rows: Tensor, bounds: Tensor) -> Tensor:
    if not len(rows) or not z.size(1):
        return z.new_zeros(len(bounds) - 1, z.size(1))
    total: Tensor = torch.embedding_bag(z.contiguous(), rows, bounds, False, 0, False, None, True)[0]
    return total
