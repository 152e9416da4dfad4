"""Weighted sums over stored positives: exact, by sparse products, without gathering a row of u per entry."""

from typing import Any

import torch
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.ops.graph_matrices.sparse import csr


def stored_log_positives(u: Tensor, positives: Tensor, tau: float, volume: Tensor | None = None) -> Tensor:
    """The log of each row's sum_j M_ij w_ij, w_ij = exp(tau u_i . u_j) for i != j and w_ii = 1.

    Args:
        u: rows of length at most 1, (n, d).
        positives: M, (n, n), CSR; every row has a positive entry.
        tau: the inverse temperature.
        volume: (n,), positive, with volume_i M_ij = volume_j M_ji, as M of random walks on an undirected graph
            has; the backward then needs no transpose of M, which takes most of its time.
    """
    total: Tensor = _Stored.apply(u, None, positives, tau, volume, 0)  # type: ignore[no-untyped-call]
    return total


def stored_log_positives_among(u: Tensor, v: Tensor, positives: Tensor, tau: float, start: int) -> Tensor:
    """`stored_log_positives` for some of the rows: the log of each row's sum_j M_ij w_ij over all rows v.

    Args:
        u: rows `start`, `start` + 1, ... of v, (n, d).
        v: rows of length at most 1, (m, d).
        positives: M, (n, m), CSR; every row has a positive entry.
        tau: the inverse temperature.
        start: where the rows of u begin in v; w is 1 for the pair of a row with itself.
    """
    total: Tensor = _Stored.apply(u, v, positives, tau, None, start)  # type: ignore[no-untyped-call]
    return total


class _Stored(torch.autograd.Function):
    """Forward saves M_ij w_ij. Cosines are at most 1, so exp(tau (c - 1)) cannot overflow."""

    @staticmethod
    def forward(
        ctx: Any, u: Tensor, v: Tensor | None, positives: Tensor, tau: float, volume: Tensor | None, start: int
    ) -> Tensor:
        indptr, column = positives.crow_indices(), positives.col_indices()
        own = torch.repeat_interleave(indptr.diff(), output_size=len(column)) + start == column
        keys = u if v is None else v
        weight = torch.sparse.sampled_addmm(positives.to(u.dtype), u, keys.T, beta=0.0).values()
        weight.masked_fill_(own, 0.0).sub_(1).mul_(tau).exp_().mul_(positives.values())
        total = torch.segment_reduce(weight, "sum", offsets=indptr)
        ctx.save_for_backward(u, v, indptr, column, weight.masked_fill_(own, 0.0), total, volume)
        ctx.tau = tau
        return tau + total.log()

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        u, v, indptr, column, weight, total, volume = ctx.saved_tensors
        keys = u if v is None else v
        weights = csr(indptr, column, weight, (len(u), len(keys)))
        share = (ctx.tau * grad / total)[:, None]
        grad_u = share * (weights @ keys)
        if v is not None:
            return grad_u, weights.t() @ (share * u), None, None, None, None
        if volume is None:
            return grad_u + weights.t() @ (share * u), None, None, None, None, None
        volume = volume[:, None]
        return grad_u + volume * (weights @ (share / volume * u)), None, None, None, None, None
