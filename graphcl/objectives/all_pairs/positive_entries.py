"""Sums over stored positives: exact, by products of sparse matrices, without a row of u for each entry."""

from typing import Any

import torch
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.ops.sparse import csr


def stored_log_positives(u: Tensor, positives: Tensor, tau: float, volume: Tensor | None = None) -> Tensor:
    """The log of each row's sum_j M_ij w_ij, w_ij = exp(tau u_i . u_j) for i != j and w_ii = 1.

    Args:
        u: rows of length at most 1, (n, d).
        positives: M, (n, n), CSR; every row has a positive entry.
        tau: the inverse temperature.
        volume: (n,), positive, with volume_i M_ij = volume_j M_ji where M is made of walks on an undirected graph:
            the gradient is then spared the transpose of M, which takes most of its time.
    """
    total: Tensor = _Stored.apply(u, positives, tau, volume)  # type: ignore[no-untyped-call]
    return total


class _Stored(torch.autograd.Function):
    """Forward keeps M_ij w_ij. Cosines are at most 1, so exp(tau (c - 1)) cannot overflow."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, positives: Tensor, tau: float, volume: Tensor | None) -> Tensor:
        indptr, column = positives.crow_indices(), positives.col_indices()
        own = torch.repeat_interleave(indptr.diff(), output_size=len(column)) == column
        weight = torch.sparse.sampled_addmm(positives.to(u.dtype), u, u.T, beta=0.0).values()
        weight.masked_fill_(own, 0.0).sub_(1).mul_(tau).exp_().mul_(positives.values())
        total = torch.segment_reduce(weight, "sum", offsets=indptr)
        ctx.save_for_backward(u, indptr, column, weight.masked_fill_(own, 0.0), total, volume)
        ctx.tau = tau
        return tau + total.log()

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:
        u, indptr, column, weight, total, volume = ctx.saved_tensors
        weights = csr(indptr, column, weight, (len(u), len(u)))
        share = (ctx.tau * grad / total)[:, None]
        grad_u = share * (weights @ u)
        if volume is None:
            return grad_u + weights.t() @ (share * u), None, None, None
        volume = volume[:, None]
        return grad_u + volume * (weights @ (share / volume * u)), None, None, None
