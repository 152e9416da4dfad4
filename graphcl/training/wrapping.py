"""DistributedDataParallel around a method, and freezing of what a stage does not train."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from graphcl.encoders.graph_level.graph_layers import SingleRowNorm
from graphcl.ops.machine.distributed import rank, world
from graphcl.training.method import Method

UNSYNCHRONISED = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
"""Layers whose statistics are of one process's rows; ours take those of all, see `batch_norm_across_ranks`."""


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
    _warn_of_own_statistics(method)
    return DistributedDataParallel(
        method,
        device_ids=[device] if device.type == "cuda" else None,
        find_unused_parameters=method.skips_parameters,
    )


def _warn_of_own_statistics(method: nn.Module) -> None:
    """Say once, on rank 0, that a batch normalisation of one's own encoder has no statistics of all processes."""
    ours = {part.module for part in method.modules() if isinstance(part, SingleRowNorm)}
    own = {type(part).__name__ for part in method.modules() if type(part) in UNSYNCHRONISED and part not in ours}
    if own and rank() == 0:
        warnings.warn(
            f"{', '.join(sorted(own))} takes the statistics of each process's rows alone; on GPUs give an encoder "
            "made by torch.nn.SyncBatchNorm.convert_sync_batchnorm",
            stacklevel=2,
        )


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
