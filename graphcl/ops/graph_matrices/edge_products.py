"""Inner products at edges (SDDMM) and sums over neighbours with trainable weights, without a row for each edge."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Edges, Nodes

EDGES_AT_ONCE = 2**16
"""Edges whose rows are gathered in one block: 16 MB for each end at a width of 64."""


def edge_products(edge_index: Edges, a: Nodes, b: Float[Tensor, "m d"]) -> Float[Tensor, " e"]:
    """Inner products at edges (SDDMM): a_i . b_j for each edge (i, j), in memory of the edges and rows alone.

    Args:
        edge_index: (2, e), i above j.
        a: (n, d).
        b: (m, d); may be a itself.

    Returns:
        (e,), in float32 at least; gradients reach a and b.

    Raises:
        RuntimeError: in a double backward.

    Example:
        >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> edge_products(torch.tensor([[0, 1], [1, 1]]), x, x)
        tensor([11., 25.])
    """
    with full_precision(a):
        products: Tensor = _EdgeProducts.apply(  # type: ignore[no-untyped-call]
            edge_index, at_least_float32(a), at_least_float32(b)
        )
        return products


def weighted_neighbours(
    edge_index: Edges, weight: Float[Tensor, " e"], x: Float[Tensor, "m d"], num_nodes: int
) -> Nodes:
    """Weighted sums over neighbours: row i is the sum of w_ij x_j over the edges (i, j), with gradients to w too.

    This is a sparse-dense product whose values are trained, as those of attention are; the gradient of the weights
    is `edge_products`.

    Args:
        edge_index: (2, e), i above j.
        weight: w, (e,).
        x: (m, d).
        num_nodes: n, the number of rows i.

    Returns:
        (n, d), in float32 at least.

    Raises:
        RuntimeError: in a double backward.

    Example:
        >>> edges = torch.tensor([[0, 0], [0, 1]])
        >>> weighted_neighbours(edges, torch.tensor([0.5, 2.0]), torch.tensor([[1.0], [10.0]]), 2)
        tensor([[20.5000],
                [ 0.0000]])
    """
    with full_precision(x):
        rows: Tensor = _WeightedNeighbours.apply(  # type: ignore[no-untyped-call]
            edge_index, at_least_float32(weight), at_least_float32(x), num_nodes
        )
        return rows


def _products(edge_index: Tensor, a: Tensor, b: Tensor) -> Tensor:
    parts = [
        torch.einsum("ed,ed->e", a.index_select(0, i), b.index_select(0, j))
        for i, j in zip(*(ends.split(EDGES_AT_ONCE) for ends in edge_index), strict=True)
    ]
    return torch.cat(parts)


def _gathered(edge_index: Tensor, weight: Tensor, x: Tensor, rows: int) -> Tensor:
    return csr_from_edges(edge_index[0], edge_index[1], weight.detach(), (rows, len(x))) @ x


class _EdgeProducts(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, edge_index: Tensor, a: Tensor, b: Tensor) -> Tensor:
        ctx.save_for_backward(edge_index, a, b)
        return _products(edge_index, a, b)

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[None, Tensor, Tensor]:
        edge_index, a, b = ctx.saved_tensors
        return None, _gathered(edge_index, grad, b, len(a)), _gathered(edge_index.flip(0), grad, a, len(b))


class _WeightedNeighbours(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, edge_index: Tensor, weight: Tensor, x: Tensor, num_nodes: int) -> Tensor:
        ctx.save_for_backward(edge_index, weight, x)
        return _gathered(edge_index, weight, x, num_nodes)

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[None, Tensor, Tensor, None]:
        edge_index, weight, x = ctx.saved_tensors
        by_x = _gathered(edge_index.flip(0), weight, grad, len(x))
        return None, _products(edge_index, grad, x), by_x, None
