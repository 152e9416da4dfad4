"""Batch normalisation over the rows of all processes: SyncBatchNorm on any device, by differentiable sums."""

import torch
from jaxtyping import Int
from torch import Tensor, nn

from graphcl.ops.machine.distributed import sum_over_ranks
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.ops.weighted_norm import update_running
from graphcl.typing import Nodes


def batch_norm_across_ranks(z: Nodes, norm: nn.BatchNorm1d, times: Int[Tensor, " n"] | None = None) -> Nodes:
    """Batch normalisation in training mode by mean and variance of the rows of all processes.

    The running statistics of the module are updated, equally on all ranks. Every rank has to call it as often.

    Args:
        z: (n, d), the rows of this rank; ranks may differ in their number.
        norm: with weight, bias and, if it tracks them, running statistics.
        times: (n,), the multiplicity of each row; None for 1 each. All ranks together have at least two rows.

    Returns:
        (n, d), in the dtype of z; computed in float32 or wider.

    Example:
        >>> norm = nn.BatchNorm1d(1, affine=False)
        >>> batch_norm_across_ranks(torch.tensor([[0.0], [2.0]]), norm).round(decimals=3).T
        tensor([[-1.,  1.]])
    """
    full = at_least_float32(z)
    count = times if times is not None else torch.ones(len(z), device=z.device)
    weight = count.to(full.dtype)
    with full_precision(z):
        total = sum_over_ranks(weight.sum())
        mean = sum_over_ranks(weight @ full) / total
        centred = full - mean
        variance = sum_over_ranks(weight @ centred.square()) / total
        rows = centred * (variance + norm.eps).rsqrt()
        if norm.affine:
            rows = rows * norm.weight + norm.bias
    update_running(norm, mean.detach(), variance.detach(), total)
    return rows.to(z.dtype)
