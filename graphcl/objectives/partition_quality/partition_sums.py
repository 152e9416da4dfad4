"""The sums over nodes and edges that the qualities of a soft partition are functions of."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.partition_quality.link_shares import LinkShares
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.ops.machine.precision import at_least_float32, full_precision


class PartitionSums(NamedTuple):
    """Sums of a soft assignment C, (n, k), and of link shares W, each linear in nodes, edges or pairs of a row.

    Because they are plain sums, a sample of nodes gives unbiased estimates of them; what is read off them is not
    linear.
    """

    within: Tensor
    """(k,), diag(C'WC): the share of links within each cluster."""
    out: Tensor
    """(k,), C' W 1: the share of links that leave the nodes of each cluster."""
    into: Tensor
    """(k,), C' W' 1."""
    squares: Tensor
    """The sum over nodes of their share of links times |C_i|^2, tr(C'DC) with D the degrees' shares."""
    sizes: Tensor
    """(k,), the mean row of C: the share of nodes in each cluster."""
    gram: Tensor | None
    """(k, k), C'C / n, where it was asked for: it costs n k^2."""

    def changed(self, change: Callable[[str, Tensor], Tensor]) -> "PartitionSums":
        """The same with each sum that is there replaced by a function of its name and itself."""
        names = ("within", "out", "into", "squares", "sizes")
        plain = {name: change(name, getattr(self, name)) for name in names}
        return PartitionSums(**plain, gram=None if self.gram is None else change("gram", self.gram))


def partition_sums(assign: Float[Tensor, "n k"], shares: LinkShares, *, gram: bool = False) -> PartitionSums:
    """The sums over all nodes and edges, in O(e k), or O(e k + n k^2) with `gram`; nothing of size n x n.

    Args:
        assign: C, soft assignment, (n, k); gradients, and second ones, reach it.
        shares: of the graph's links, with n nodes.
        gram: whether C'C is wanted.

    Raises:
        ValueError: an assignment that is no matrix, or another number of rows than the graph has nodes.

    Example:
        >>> from graphcl.objectives.partition_quality.link_shares import link_shares
        >>> partition_sums(torch.eye(2), link_shares(torch.tensor([[0, 1], [1, 0]]), 2)).within
        tensor([0., 0.])
    """
    check_assignment(assign, len(shares.out))
    assign = at_least_float32(assign)
    with full_precision(assign):
        within: Tensor = _Within.apply(assign, shares.matrix)  # type: ignore[no-untyped-call]
        return PartitionSums(
            within,
            shares.out @ assign,
            shares.into @ assign,
            (shares.out + shares.into) @ assign.square().sum(1) / 2,
            assign.mean(0),
            assign.T @ assign / len(assign) if gram else None,
        )


def check_assignment(assign: Tensor, num_nodes: int | None = None) -> None:
    """Refuse an assignment of another shape than (n, k) with at least one row and one column.

    Raises:
        ValueError: that shape, or another number of rows than `num_nodes`.

    Example:
        >>> check_assignment(torch.ones(3))
        Traceback (most recent call last):
            ...
        ValueError: assign must have the shape (n, k), one row per node; got (3,)
    """
    shape = tuple(assign.shape)
    if len(shape) != 2 or not assign.numel():
        raise ValueError(f"assign must have the shape (n, k), one row per node; got {shape}")
    if num_nodes is not None and shape[0] != num_nodes:
        raise ValueError(f"assign must have a row for each of the graph's {num_nodes} nodes; got {shape[0]}")


class _Within(torch.autograd.Function):
    """diag(C'MC) of a symmetric M, whose gradient, twice the columns of MC, needs no second sparse product."""

    @staticmethod
    def forward(ctx: Any, assign: Tensor, matrix: Tensor) -> Tensor:
        product = multiply(matrix, assign)
        ctx.matrix = matrix
        ctx.save_for_backward(assign, product)
        return (assign * product).sum(0)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        assign, product = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is asked for, which flows through the product too
            product = multiply(ctx.matrix, assign)
        return 2 * gradient * product, None
