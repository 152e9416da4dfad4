"""Target networks: slow copies of a network that follow its parameters."""

from collections.abc import Iterable

import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from graphcl.encoders import GNN


@torch.no_grad()
def move_towards(target: Iterable[nn.Parameter], network: Iterable[nn.Parameter], momentum: float) -> None:
    """Move a target's parameters, in place: theta_t <- m theta_t + (1 - m) theta.

    Args:
        target: theta_t.
        network: theta, in the same order.
        momentum: m, in [0, 1]; 1 leaves the target where it is.

    Example:
        >>> slow, fast = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.ones(1))
        >>> move_towards([slow], [fast], 0.75)
        >>> slow.item()
        0.25
    """
    average = get_ema_multi_avg_fn(momentum)
    average(list(target), list(network), torch.tensor(0))  # the number of steps, which it does not read


def share_matrix(encoder: nn.Module, target: nn.Module) -> None:
    """Let two GNNs keep one matrix of a view's edges, which both read one after the other."""
    if isinstance(encoder, GNN) and isinstance(target, GNN):
        target.matrix = encoder.matrix
