"""Batch normalisation of distinct rows weighted by their multiplicities."""

from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor, nn

from graphcl.ops.first_order import first_order
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

BLOCK_ROWS = 1024
"""Rows that are processed at a time, so that intermediate results stay in the cache."""


def weighted_batch_norm(z: Nodes, times: Int[Tensor, " n"], norm: nn.BatchNorm1d) -> Nodes:
    """Batch normalisation in training mode of rows with multiplicities: equal to `norm` on the repeated rows.

    With w_i = times_i / sum times, mu = sum w_i z_i and s^2 = sum w_i (z_i - mu)^2 + eps,
    y_i = g (z_i - mu) / s + b. The running statistics of the module are updated as for the repeated rows.

    Args:
        z: (n, d), the distinct rows.
        times: (n,), the multiplicity of each row, at least 1; the sum must be at least 2.
        norm: with weight, bias and, if it tracks them, running statistics.

    Returns:
        (n, d), in the dtype of z; computed in float32 or wider.

    Raises:
        RuntimeError: in a double backward, see `first_order`.

    Example:
        >>> norm = nn.BatchNorm1d(1)
        >>> weighted_batch_norm(torch.tensor([[0.0], [3.0]]), torch.tensor([2, 1]), norm).round(decimals=3)
        tensor([[-0.7070],
                [ 1.4140]], grad_fn=<RoundBackward1>)
    """
    full = at_least_float32(z)
    share = times.to(full.dtype) / times.sum()
    with full_precision(z):
        result = _WeightedNorm.apply(full, share, norm.weight, norm.bias, norm.eps)  # type: ignore[no-untyped-call]
    rows, mean, variance = result
    update_running(norm, mean, variance, times.sum())
    out: Tensor = rows.to(z.dtype)
    return out


@torch.no_grad()
def update_running(norm: nn.BatchNorm1d, mean: Tensor, variance: Tensor, rows: Tensor) -> None:
    """Update the running statistics of a batch normalisation, with the unbiased variance.

    Through `.data`, which leaves their version as it is, like PyTorch's own batch normalisation: another view of
    the batch may have kept them for its backward pass, in which training mode does not read them.

    Args:
        norm: with running statistics, or without, where nothing is done.
        mean: (d,), of the columns.
        variance: (d,), biased.
        rows: how many they are of, at least 2.

    Example:
        >>> norm = nn.BatchNorm1d(1)
        >>> update_running(norm, torch.ones(1), torch.ones(1), torch.tensor(2))
        >>> norm.running_mean, norm.running_var
        (tensor([0.1000]), tensor([1.1000]))
    """
    if norm.running_mean is None or norm.running_var is None or norm.num_batches_tracked is None:
        return
    norm.num_batches_tracked += 1
    step = 1 / norm.num_batches_tracked if norm.momentum is None else norm.momentum
    n = rows.to(variance.dtype)
    norm.running_mean.data.lerp_(mean.to(norm.running_mean.dtype), step)
    norm.running_var.data.lerp_((variance * (n / (n - 1))).to(norm.running_var.dtype), step)


class _WeightedNorm(torch.autograd.Function):
    """Autograd function of `weighted_batch_norm`, block by block; of the rows only z is saved for the gradient."""

    @staticmethod
    def forward(
        ctx: Any, z: Tensor, share: Tensor, weight: Tensor, bias: Tensor, eps: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        mean = share @ z
        variance = torch.zeros_like(mean)
        for rows, part in zip(z.split(BLOCK_ROWS), share.split(BLOCK_ROWS), strict=True):
            variance += part @ (rows - mean).square_()
        rate = (variance + eps).rsqrt()
        out, scale = torch.empty_like(z), weight * rate
        for rows, place in zip(z.split(BLOCK_ROWS), out.split(BLOCK_ROWS), strict=True):
            torch.addcmul(bias, rows - mean, scale, out=place)
        ctx.save_for_backward(z, share, mean, rate, weight)
        ctx.mark_non_differentiable(mean, variance)
        return out, mean, variance

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor, *_: Any) -> tuple[Tensor, None, Tensor, Tensor, None]:
        z, share, mean, rate, weight = ctx.saved_tensors
        grad_bias, grad_weight = grad.sum(0), torch.zeros_like(mean)
        for rows, own in zip(z.split(BLOCK_ROWS), grad.split(BLOCK_ROWS), strict=True):
            grad_weight += (rows - mean).mul_(own).sum(0)
        grad_weight *= rate
        out, slope, scale = torch.empty_like(z), grad_weight * rate, weight * rate
        parts = (t.split(BLOCK_ROWS) for t in (z, grad, share[:, None], out))
        for rows, own, part, place in zip(*parts, strict=True):
            pulled = torch.addcmul(grad_bias, rows - mean, slope).mul_(part)
            torch.sub(own, pulled, out=place).mul_(scale)
        return out, None, grad_weight, grad_bias, None
