"""Networks that take every row by itself, applied to more rows than their layers' outputs fit for."""

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from graphcl.ops.sparse import select_rows

ROWS = 32_768
"""Rows whose outputs of all layers are held at once; a wide network has 12 kB of them per row."""


def by_rows(network: nn.Module, x: Tensor) -> Tensor:
    """network(x), in parts of 32,768 rows, each computed again for the gradient instead of kept.

    The memory for gradients then grows by the last layer's rows alone, and the time by a third.

    Args:
        network: takes every row by itself and draws nothing.
        x: (n, d), dense or CSR.

    Example:
        >>> by_rows(nn.Linear(3, 2), torch.ones(100_000, 3)).shape
        torch.Size([100000, 2])
    """
    n = x.size(0)
    if n <= ROWS:
        whole: Tensor = network(x)
        return whole
    parts = [select_rows(x, rows) for rows in torch.arange(n, device=x.device).split(ROWS)]
    if not torch.is_grad_enabled():
        return torch.cat([network(part) for part in parts])
    return torch.cat([checkpoint(network, part, use_reentrant=False, preserve_rng_state=False) for part in parts])
