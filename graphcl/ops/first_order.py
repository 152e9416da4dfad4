"""Raise on double backward through a custom autograd function."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

_P = ParamSpec("_P")
_R = TypeVar("_R")


def first_order(backward: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorator for `torch.autograd.Function.backward` that raises under `create_graph=True`.

    PyTorch's `once_differentiable` raises only if the incoming gradient requires a gradient. That of a scalar loss
    does not, and the second derivative would silently lack the terms through the saved tensors.

    Args:
        backward: the static method, taking ctx and the gradients of the outputs.

    Raises:
        RuntimeError: in the backward pass, if a graph of it is recorded.

    Example:
        >>> class Square(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x * x
        ...
        ...     @staticmethod
        ...     @first_order
        ...     def backward(ctx, grad):
        ...         return 2 * grad * ctx.saved_tensors[0]
        >>> x = torch.tensor(3.0, requires_grad=True)
        >>> torch.autograd.grad(Square.apply(x), x)[0]
        tensor(6.)
        >>> torch.autograd.grad(Square.apply(x), x, create_graph=True)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        RuntimeError: this has no second derivative; leave create_graph=True out, ...
    """

    @wraps(backward)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        if torch.is_grad_enabled():
            raise RuntimeError(
                "this has no second derivative; leave create_graph=True out, "
                'or compute the all-pairs log-sum-exp with summation="dense" or method="dense"'
            )
        return backward(*args, **kwargs)

    return checked
