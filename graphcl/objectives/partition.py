"""All-pairs sums of exponentials: the denominator of every contrastive loss, in one place."""

from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from graphcl.precision import at_least_float32

Partition = Literal["auto", "dense", "blocked"]
"""How an all-pairs sum is computed; all ways agree up to rounding."""

DENSE_PAIRS = 2**20
"""`auto` forms the whole matrix of pairs up to this many (1,024 x 1,024) and goes by blocks beyond."""

ROWS, COLUMNS = 512, 1024
"""The size of one block of pairs: 2 MB in float32, which a core keeps in its own cache."""


def log_partition(
    u: Float[Tensor, "n d"],
    v: Float[Tensor, "m d"] | None = None,
    *,
    scale: float,
    method: Partition = "auto",
) -> Float[Tensor, " n"]:
    """The log of each row's sum over all pairs: log sum_j exp(scale * u_i . v_j).

    SCGC's denominator is this with scale = tau (which multiplies); InfoNCE's with scale = 1 / temperature.
    Inputs in half precision are summed in float32.

    Args:
        u: rows that ask, (n, d).
        v: rows that answer, (m, d), m >= 1; None means `u` itself, each row paired with itself as well.
        scale: the inverse temperature, any finite number.
        method: "dense" holds the n x m matrix of pairs; "blocked" holds one block of it at a time and computes
            it a second time for the gradient, so that memory is linear in n + m; "auto" picks by size.

    Returns:
        (n,), in float32 at least; gradients reach both u and v.

    Raises:
        ValueError: an unknown method, no rows in v, or widths that differ.

    Example:
        >>> u = torch.eye(3)
        >>> log_partition(u, scale=0.0)  # log 3
        tensor([1.0986, 1.0986, 1.0986])
    """
    v = u if v is None else v
    if u.size(1) != v.size(1) or len(v) == 0:
        raise ValueError(f"u and v must have equal width and v a row; got {tuple(u.shape)} and {tuple(v.shape)}")
    u, v = at_least_float32(u), at_least_float32(v)
    if method == "auto":
        method = "dense" if len(u) * len(v) <= DENSE_PAIRS else "blocked"
    if method == "dense":
        return torch.logsumexp(scale * (u @ v.T), dim=1)
    if method == "blocked":
        total: Tensor = _Blocked.apply(u, v, scale)  # type: ignore[no-untyped-call]
        return total
    raise ValueError(f"method must be one of auto, dense, blocked; got {method!r}")


class _Blocked(torch.autograd.Function):
    """Forward: a running log-sum over blocks of columns. Backward: softmax weights, block by block again."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, v: Tensor, scale: float) -> Tensor:
        result = torch.full((len(u),), -torch.inf, dtype=u.dtype, device=u.device)
        for total, rows in zip(result.split(ROWS), u.split(ROWS), strict=True):
            for columns in v.split(COLUMNS):
                torch.logaddexp(total, torch.logsumexp((scale * rows) @ columns.T, dim=1), out=total)
        ctx.save_for_backward(u, v, result)
        ctx.scale = scale
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        u, v, result = ctx.saved_tensors
        grad_u, grad_v = torch.zeros_like(u), torch.zeros_like(v)
        blocks = zip(u.split(ROWS), result.split(ROWS), grad.split(ROWS), grad_u.split(ROWS), strict=True)
        for rows, total, weight, grad_rows in blocks:
            for columns, grad_columns in zip(v.split(COLUMNS), grad_v.split(COLUMNS), strict=True):
                pairs = (ctx.scale * rows) @ columns.T
                pairs.sub_(total[:, None]).exp_().mul_(ctx.scale * weight[:, None])
                grad_rows.addmm_(pairs, columns)
                grad_columns.addmm_(pairs.T, rows)
        return grad_u, grad_v, None
