"""DistributedDataParallel around a method, and freezing of what a stage does not train."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from graphcl.ops.distributed import world
from graphcl.training.method import Method


def bare(module: nn.Module) -> Method:
    """The method, without a wrapper that a user may have put around it.

    Raises:
        TypeError: a module that is no method.

    Example:
        >>> method = Method()
        >>> bare(method) is method
        True
    """
    inner = module.module if isinstance(module, DistributedDataParallel) else module
    if not isinstance(inner, Method):
        got = type(inner).__name__
        raise TypeError(
            f"module must be a graphcl.training.Method; got {got}; subclass it to write forward and embed"
        )
    return inner


def wrapped(method: Method, device: torch.device) -> nn.Module:
    """What the loop calls forward on: with several processes DistributedDataParallel, which averages gradients.

    It takes up the parameters that require gradients now: freeze the others first.

    Example:
        >>> method = Method()
        >>> wrapped(method, torch.device("cpu")) is method
        True
    """
    if world() == 1 or not any(parameter.requires_grad for parameter in method.parameters()):
        return method
    return DistributedDataParallel(method, device_ids=[device] if device.type == "cuda" else None)


@contextmanager
def frozen_except(method: nn.Module, trained: Iterable[nn.Parameter]) -> Iterator[None]:
    """Freeze all other parameters within the block; afterwards each requires gradients as before.

    Example:
        >>> layer = nn.Linear(2, 1)
        >>> with frozen_except(layer, [layer.weight]):
        ...     layer.weight.requires_grad, layer.bias.requires_grad
        (True, False)
        >>> layer.bias.requires_grad
        True
    """
    kept = set(map(id, trained))
    frozen = [p for p in method.parameters() if p.requires_grad and id(p) not in kept]
    for parameter in frozen:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in frozen:
            parameter.requires_grad_(True)
