"""Embeddings of all seeds by a module as it stands."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.ops.runtime import Runtime
from graphcl.training.batches import Batches
from graphcl.training.method import Method


@torch.no_grad()
def embed_all(
    module: Method, batches: Batches, runtime: Runtime, embed: Callable[[Data], Tensor] | None = None
) -> Tensor:
    """One row per seed, in order, in evaluation mode and in float32 at least, on the run's device.

    Args:
        module: its mode, training or evaluation, is put back afterwards.
        batches: its `sweep` gives every seed once.
        runtime: precision and device.
        embed: what makes the rows of a batch; None is `module.embed`.
    """
    training = module.training
    module.eval()
    try:
        with runtime.autocast():
            rows = [(embed or module.embed)(batch) for batch in batches.sweep()]
    finally:
        module.train(training)
    z = torch.cat(rows)
    return z if z.dtype == torch.float64 else z.float()
