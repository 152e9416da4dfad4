"""Linear maps of many rows, as fast as a CPU has them: one library for wide results, another for narrow ones."""

from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.first_order import first_order

Rows = Float[Tensor, "n d"]
Weight = Float[Tensor, "c d"]
Result = Float[Tensor, "n c"]
Bias = Float[Tensor, " c"]


def linear(x: Rows, weight: Weight, bias: Bias | None = None) -> Result:
    """The rows x W' + b, as `F.linear` gives it.

    Args:
        x: (n, d).
        weight: W, (c, d).
        bias: b.

    Example:
        >>> linear(torch.ones(2, 3), torch.ones(4, 3)).shape
        torch.Size([2, 4])
    """
    if _is_plain(x):
        return F.linear(x, weight, bias)
    rows: Tensor = _Linear.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return rows


def relu_linear(x: Rows, weight: Weight, bias: Bias) -> Result:
    """relu(x) W' + b, in place: the rows, and their gradient, are not copied, whose pages would be touched anew.

    Args:
        x: (n, d), overwritten by relu(x); if it needs a gradient it must not be a leaf.
        weight: W, (c, d).
        bias: b.

    Example:
        >>> relu_linear(torch.tensor([[-1.0, 2.0]]), torch.ones(1, 2), torch.ones(1))
        tensor([[3.]])
    """
    if _is_plain(x):
        return F.linear(F.relu(x, inplace=True), weight, bias)
    rows: Tensor = _ReluLinear.apply(x, weight, bias)[0]  # type: ignore[no-untyped-call]
    return rows


def _is_plain(x: Tensor) -> bool:
    return x.device.type != "cpu" or x.dtype != torch.float32 or torch.is_autocast_enabled("cpu")


class _Linear(torch.autograd.Function):
    """See `linear`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return product(x, weight, bias)

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor, Tensor | None]:
        x, weight = ctx.saved_tensors
        bias = grad.sum(0) if ctx.needs_input_grad[2] else None
        return product(grad, weight.T), _by_weight(grad, x), bias


class _ReluLinear(torch.autograd.Function):
    """See `relu_linear`; relu(x) comes second."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        ctx.mark_dirty(x.relu_())
        ctx.save_for_backward(x, weight)
        ctx.set_materialize_grads(False)
        return product(x, weight, bias), x

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor, _: None) -> tuple[Tensor, Tensor, Tensor]:
        x, weight = ctx.saved_tensors
        down = product(grad, weight.T)
        torch.ops.aten.threshold_backward.grad_input(down, x, 0, grad_input=down)
        return down, _by_weight(grad, x), grad.sum(0)


def _by_weight(grad: Tensor, x: Tensor) -> Tensor:
    """The gradient of the weight; the faster of two layouts."""
    return grad.T @ x if grad.size(1) <= x.size(1) else (x.T @ grad).T


def product(x: Rows, weight: Weight, bias: Bias | None = None) -> Result:
    """The rows x W' + b without a gradient, float32 on a CPU.

    Where the result is narrower than x it is computed as a convolution over one pixel, by oneDNN: from 600 columns
    to 300 that took two thirds of the seconds of MKL's product, and from 300 to 600 as many.

    Args:
        x: (n, d).
        weight: W, (c, d).
        bias: b.

    Example:
        >>> product(torch.ones(1, 2), torch.ones(1, 2))
        tensor([[2.]])
    """
    n, d = x.shape
    if len(weight) >= d or not n or not torch.backends.mkldnn.is_available():
        return F.linear(x, weight, bias)
    pixels = x.contiguous().as_strided((1, d, n, 1), (n * d, 1, d, d))
    kernel = weight[:, :, None, None].contiguous(memory_format=torch.channels_last)
    result: Tensor = torch.mkldnn_convolution(pixels, kernel, bias, (0, 0), (1, 1), (1, 1), 1)
    return result[0, :, :, 0].T
