"""Sum aggregation of messages by `embedding_bag`: one pass over memory, without a row per edge."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.first_order import first_order


@dataclass(frozen=True)
class RowLists:
    """A bipartite sum aggregation in CSR form, and its transpose for the gradient.

    Args:
        rows: concatenated lists of the input rows that each output sums (column indices of the CSR form).
        bounds: list i is rows[bounds[i] : bounds[i + 1]] (row pointers).
        users: concatenated lists of the outputs that each input row goes into.
        user_bounds: row pointers of `users`.
    """

    rows: Int[Tensor, " m"]
    bounds: Int[Tensor, " outputs_1"]
    users: Int[Tensor, " m"]
    user_bounds: Int[Tensor, " inputs_1"]

    @classmethod
    def of(cls, row: Int[Tensor, " m"], output: Int[Tensor, " m"], rows: int, outputs: int) -> "RowLists":
        """Build the lists from (input row, output) pairs, for instance the sources and targets of edges.

        Args:
            row: (m,), in [0, rows); a pair may occur more than once.
            output: (m,), in [0, outputs).
            rows: number of input rows.
            outputs: number of outputs; an output without rows is 0.

        Example:
            >>> RowLists.of(torch.tensor([1, 0, 1]), torch.tensor([2, 0, 0]), 2, 3).bounds
            tensor([0, 2, 2, 3])
        """
        bounds, by_output = _lists(output, outputs)
        user_bounds, by_row = _lists(row, rows)
        return cls(row[by_output], bounds, output[by_row], user_bounds)


def _lists(number: Tensor, numbers: int) -> tuple[Tensor, Tensor]:
    """Row pointers of each number's list in sorted order, and the sorting permutation."""
    ordered, order = torch.sort(number, stable=True)
    return torch.searchsorted(ordered, torch.arange(numbers + 1, device=number.device)), order


def sum_lists(z: Float[Tensor, "n d"], lists: RowLists) -> Float[Tensor, "outputs d"]:
    """Sum aggregation: out_i = sum_j z[rows_j] over j from bounds_i to bounds_(i+1) - 1.

    Deterministic: the gradient is the same sum over the transposed lists, in a fixed order on every device.

    Args:
        z: (n, d), of any floating type.
        lists: the rows of z that each output sums.

    Raises:
        RuntimeError: in a double backward, see `first_order`.

    Example:
        >>> lists = RowLists.of(torch.tensor([1, 0, 1]), torch.tensor([2, 0, 0]), 2, 3)
        >>> sum_lists(torch.tensor([[1.0], [10.0]]), lists).tolist()
        [[11.0], [0.0], [10.0]]
    """
    total: Tensor = _SumLists.apply(z, lists)  # type: ignore[no-untyped-call]
    return total


class _SumLists(torch.autograd.Function):
    """Autograd function of `sum_lists`."""

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
