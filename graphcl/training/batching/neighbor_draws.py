"""Random draws of in-neighbours: k of each node's, distinct or with replacement, without a loop over nodes."""

import torch
from jaxtyping import Int
from torch import Tensor

FLOYD_UP_TO = 64
"""Draws per node up to which each is compared with all before it; beyond, the neighbours are shuffled."""

RANDOM_BELOW = 2**62
"""Random integers are remainders of integers below this: for d neighbours the bias is at most d / 2^62."""


def distinct_draws(
    degree: Int[Tensor, " nodes"], count: int, generator: torch.Generator | None = None
) -> Int[Tensor, "count nodes"]:
    """Draw `count` distinct integers below each degree, uniformly over all subsets of that size.

    Args:
        degree: more than `count` everywhere.
        count: at least 1.
        generator: on the device of the degrees.

    Returns:
        A column for each node, in no particular order.

    Example:
        >>> draws = distinct_draws(torch.tensor([3, 9]), 2, torch.Generator().manual_seed(0))
        >>> draws.shape, (draws[0] != draws[1]).all().item(), (draws < torch.tensor([3, 9])).all().item()
        (torch.Size([2, 2]), True, True)
    """
    return _by_floyd(degree, count, generator) if count <= FLOYD_UP_TO else _by_shuffle(degree, count, generator)


def repeated_draws(
    degree: Int[Tensor, " nodes"], count: int, generator: torch.Generator | None = None
) -> Int[Tensor, "count nodes"]:
    """Draw `count` integers below each degree, independently and uniformly.

    Args:
        degree: at least 1 everywhere.
        count: at least 1.
        generator: on the device of the degrees.

    Example:
        >>> repeated_draws(torch.tensor([1, 1]), 3).tolist()
        [[0, 0], [0, 0], [0, 0]]
    """
    return torch.randint(RANDOM_BELOW, (count, len(degree)), generator=generator, device=degree.device).remainder_(
        degree
    )


def _by_floyd(degree: Tensor, count: int, generator: torch.Generator | None) -> Tensor:
    """Floyd's algorithm: draw t up to j for j = d - count ... d - 1, and take j itself where t was taken before.

    [Bentley and Floyd, Communications of the ACM 1987]
    """
    last = degree - count + torch.arange(count, device=degree.device)[:, None]
    draws = torch.randint(RANDOM_BELOW, last.shape, generator=generator, device=degree.device).remainder_(last + 1)
    for i in range(1, count):
        taken = (draws[:i] == draws[i]).any(0)
        draws[i] = torch.where(taken, last[i], draws[i])
    return draws


def _by_shuffle(degree: Tensor, count: int, generator: torch.Generator | None) -> Tensor:
    """The first of the neighbours of each node, shuffled; the cost is that of sorting all neighbours."""
    segment = torch.repeat_interleave(degree)
    first = torch.cumsum(degree, 0) - degree
    shuffle = torch.randperm(len(segment), generator=generator, device=degree.device)
    shuffle = shuffle[torch.argsort(segment[shuffle], stable=True)]  # shuffled within each segment
    return shuffle[first + torch.arange(count, device=degree.device)[:, None]] - first
