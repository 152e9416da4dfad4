"""Linear layers on the CPU that choose the faster of oneDNN and MKL by the shape of the weight."""

from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.typing import Nodes

Weight = Float[Tensor, "c d"]
Result = Float[Tensor, "n c"]
Bias = Float[Tensor, " c"]


def linear(x: Nodes, weight: Weight, bias: Bias | None = None) -> Result:
    """Linear layer x W^T + b, with the values of `F.linear`; faster in float32 on a CPU.

    Args:
        x: (n, d).
        weight: W, (c, d).
        bias: b, (c,), or None.

    Raises:
        RuntimeError: in a double backward, see `first_order`; on a CPU in float32.

    Example:
        >>> linear(torch.ones(2, 3), torch.ones(4, 3)).shape
        torch.Size([2, 4])
    """
    if _is_plain(x):
        return F.linear(x, weight, bias)
    rows: Tensor = _Linear.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return rows


def relu_linear(x: Nodes, weight: Weight, bias: Bias) -> Result:
    """Fused ReLU and linear layer, relu(x) W^T + b, with ReLU and its gradient in place to save memory.

    Args:
        x: (n, d), overwritten by relu(x); it must not be a leaf that requires gradients.
        weight: W, (c, d).
        bias: b, (c,).

    Raises:
        RuntimeError: in a double backward, see `first_order`; on a CPU in float32.

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
    """Autograd function of `linear`."""

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
    """Autograd function of `relu_linear`; the second output is relu(x)."""

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
    """Gradient of the weight, in the faster of two layouts."""
    return grad.T @ x if grad.size(1) <= x.size(1) else (x.T @ grad).T


def product(x: Nodes, weight: Weight, bias: Bias | None = None) -> Result:
    """Forward pass of `linear`, without autograd, in float32 on a CPU.

    If c < d it is computed as a 1 x 1 convolution by oneDNN, which took two thirds of the time of MKL's matrix
    product from 600 columns to 300, and the same time from 300 to 600.

    Args:
        x: (n, d).
        weight: W, (c, d).
        bias: b, (c,), or None.

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
