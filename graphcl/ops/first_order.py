"""Gradients in closed form, of which no gradient is to be taken."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

P = ParamSpec("P")
R = TypeVar("R")


def first_order(backward: Callable[P, R]) -> Callable[P, R]:
    """Have the backward of a `torch.autograd.Function` refuse `create_graph=True`.

    torch's own `once_differentiable` refuses only where the incoming gradient needs a gradient itself. That of a
    scalar loss does not, and a second derivative would lack what comes through the saved tensors.

    Raises:
        RuntimeError: in the backward pass, if its own graph is to be recorded.
    """

    @wraps(backward)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if torch.is_grad_enabled():
            raise RuntimeError(
                "this has no second derivative; leave create_graph=True out, "
                'or take the sums over all pairs with summation="dense" or method="dense", which have one'
            )
        return backward(*args, **kwargs)

    return checked
