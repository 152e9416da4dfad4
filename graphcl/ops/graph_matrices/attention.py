"""Softmax over the edges into each node and sums weighted by it, of several heads, without a row per edge."""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.ops.graph_matrices.sparse import csr
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Edges

PerEdge = Float[Tensor, "e heads"]


@dataclass(frozen=True)
class AttentionEdges:
    """The edges that nodes attend along, in the order of their targets, and again in that of their sources.

    Args:
        indptr: (m + 1,), where the edges into each target begin.
        source: (e,), the nodes that they come from, ascending for each target.
        target: (e,), the nodes that they go to.
        out_indptr: (n + 1,), where the edges out of each node begin, in the other order.
        out_target: (e,), the nodes that they go to, in that order.
        order: (e,), their numbers in the first order.
    """

    indptr: Int[Tensor, " targets_1"]
    source: Int[Tensor, " e"]
    target: Int[Tensor, " e"]
    out_indptr: Int[Tensor, " sources_1"]
    out_target: Int[Tensor, " e"]
    order: Int[Tensor, " e"]

    @classmethod
    def of(cls, edge_index: Edges, num_nodes: int) -> "AttentionEdges":
        """Sort edges; every node gets one self loop in place of those that it has.

        Args:
            edge_index: (2, e), messages flow from row 0 to row 1; a repeated edge counts as often as it is there.
            num_nodes: n.

        Example:
            >>> AttentionEdges.of(torch.tensor([[0, 2], [1, 2]]), 3).source
            tensor([0, 0, 1, 2])
        """
        nodes = torch.arange(num_nodes, device=edge_index.device)
        others = edge_index[:, edge_index[0] != edge_index[1]]
        source, target = torch.cat([others, nodes.expand(2, -1)], dim=1)
        by_target = torch.argsort(target * num_nodes + source, stable=True)
        source, target = source[by_target], target[by_target]
        order = torch.argsort(source, stable=True)
        counts = torch.bincount(target, minlength=num_nodes), torch.bincount(source, minlength=num_nodes)
        return cls(_starts(counts[0]), source, target, _starts(counts[1]), target[order], order)

    def into(self, targets: Bool[Tensor, " m"]) -> "AttentionEdges":
        """The edges into some of the targets, which are numbered in their order.

        Example:
            >>> path = AttentionEdges.of(torch.tensor([[0, 1], [1, 2]]), 3)
            >>> path.into(torch.tensor([False, True, False])).source
            tensor([0, 1])
        """
        place = torch.cumsum(targets, 0) - 1
        kept, kept_out = targets[self.target], targets[self.out_target]
        number = torch.cumsum(kept, 0) - 1
        leaving = torch.cat([kept_out.new_zeros(1, dtype=torch.long), torch.cumsum(kept_out, 0)])
        return AttentionEdges(
            _starts(self.indptr.diff()[targets]),
            self.source[kept],
            place[self.target[kept]],
            leaving[self.out_indptr],
            place[self.out_target[kept_out]],
            number[self.order[kept_out]],
        )


def attention_weights(
    edges: AttentionEdges, own: Float[Tensor, "m heads"], other: Float[Tensor, "n heads"], *, slope: float
) -> PerEdge:
    """Attention weights of a GAT: the softmax over the edges j -> i into each node of LeakyReLU(own_i + other_j).

    Args:
        edges: m targets, n sources.
        own: (m, heads), scores of the nodes that attend.
        other: (n, heads), scores of the nodes that are attended to.
        slope: of the LeakyReLU below 0.

    Returns:
        (e, heads), in the order of the targets, in float32 at least; they sum to 1 over the edges into a node, and
        gradients reach both scores.

    Raises:
        RuntimeError: in a double backward.

    Example:
        >>> edges = AttentionEdges.of(torch.tensor([[1], [0]]), 2)
        >>> attention_weights(edges, torch.zeros(2, 1), torch.zeros(2, 1), slope=0.2).T
        tensor([[0.5000, 0.5000, 1.0000]])

    Reference: [Velickovic et al., "Graph Attention Networks", ICLR 2018, arXiv 1710.10903], equation 3.
    """
    with full_precision(own):
        weights: Tensor = _Weights.apply(  # type: ignore[no-untyped-call]
            edges, at_least_float32(own), at_least_float32(other), slope
        )
        return weights


def attended_sums(
    edges: AttentionEdges, weight: PerEdge, values: Float[Tensor, "n heads d"]
) -> Float[Tensor, "m heads d"]:
    """Weighted sums over the edges into each node: out_ih = sum over j -> i of w_ijh v_jh.

    One sparse product for each head; the gradient of the weights is a sampled dense product, so that no tensor has
    a row of length d for each edge.

    Args:
        edges: m targets, n sources.
        weight: (e, heads), in the order of the targets.
        values: (n, heads, d).

    Returns:
        (m, heads, d), in float32 at least; gradients reach weights and values.

    Raises:
        RuntimeError: in a double backward.

    Example:
        >>> edges = AttentionEdges.of(torch.tensor([[1], [0]]), 2)
        >>> attended_sums(edges, torch.ones(3, 1), torch.tensor([[[1.0]], [[10.0]]])).flatten()
        tensor([11., 10.])
    """
    with full_precision(values):
        sums: Tensor = _Sums.apply(  # type: ignore[no-untyped-call]
            edges, at_least_float32(weight), at_least_float32(values)
        )
        return sums


class _Weights(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, edges: AttentionEdges, own: Tensor, other: Tensor, slope: float) -> Tensor:
        score = own.index_select(0, edges.target) + other.index_select(0, edges.source)
        negative = score < 0
        score = F.leaky_relu(score, slope)
        largest = torch.segment_reduce(score, "max", offsets=edges.indptr, axis=0)
        weight = (score - largest.index_select(0, edges.target)).exp_()
        weight /= _sums(weight, edges.indptr).index_select(0, edges.target)
        ctx.edges, ctx.slope = edges, slope
        ctx.save_for_backward(weight, negative)
        return weight

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[None, Tensor, Tensor, None]:
        weight, negative = ctx.saved_tensors
        edges: AttentionEdges = ctx.edges
        flow = weight * grad
        flow = flow - weight * _sums(flow, edges.indptr).index_select(0, edges.target)
        flow = torch.where(negative, flow * ctx.slope, flow)
        return None, _sums(flow, edges.indptr), _sums(flow[edges.order], edges.out_indptr), None


class _Sums(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, edges: AttentionEdges, weight: Tensor, values: Tensor) -> Tensor:
        ctx.edges = edges
        ctx.save_for_backward(weight, values)
        shape = (len(edges.indptr) - 1, len(values))
        return _each_head(edges.indptr, edges.source, weight, values, shape)

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[None, Tensor | None, Tensor | None]:
        weight, values = ctx.saved_tensors
        edges: AttentionEdges = ctx.edges
        by_weight = by_values = None
        if ctx.needs_input_grad[1]:
            shape = (len(grad), len(values))
            empty = csr(edges.indptr, edges.source, weight.new_zeros(len(weight)), shape)
            heads = [
                torch.sparse.sampled_addmm(empty, grad[:, k].contiguous(), values[:, k].T.contiguous(), beta=0.0)
                for k in range(weight.size(1))
            ]
            by_weight = torch.stack([head.values() for head in heads], dim=1)
        if ctx.needs_input_grad[2]:
            shape = (len(values), len(grad))
            by_values = _each_head(edges.out_indptr, edges.out_target, weight[edges.order], grad, shape)
        return None, by_weight, by_values


def _each_head(indptr: Tensor, indices: Tensor, weight: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    """One sparse product a head, side by side."""
    heads = (
        csr(indptr, indices, weight[:, k].contiguous(), shape) @ values[:, k].contiguous()
        for k in range(weight.size(1))
    )
    return torch.stack(list(heads), dim=1)


def _sums(values: Tensor, indptr: Tensor) -> Tensor:
    """Sums over segments of rows, in a fixed order."""
    return torch.segment_reduce(values, "sum", offsets=indptr, axis=0)


def _starts(counts: Tensor) -> Tensor:
    """Where each node's edges begin, and the end of the last."""
    return torch.cat([counts.new_zeros(1), torch.cumsum(counts, 0)])
