"""Paths of random walks on a graph: all nodes that each walk visits."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.ops.random_walks.walk_ends import Walk


def draw_walk_paths(
    walk: Walk,
    start: Int[Tensor, " b"],
    *,
    count: int,
    steps: int,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "b count steps"]:
    """The nodes that `count` walks from each start visit after it, step by step.

    Args:
        walk: of the graph.
        start: (b,), node numbers.
        count: walks from each.
        steps: of each walk.
        generator: of the draws; None for torch's global one.

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import csr
        >>> from graphcl.ops.random_walks.walk_ends import MatrixWalk
        >>> ring = MatrixWalk(csr(torch.arange(4), torch.tensor([1, 2, 0]), torch.ones(3), (3, 3)))
        >>> draw_walk_paths(ring, torch.tensor([0, 1]), count=1, steps=3)
        tensor([[[1, 2, 0]],
        <BLANKLINE>
                [[2, 0, 1]]])
    """
    at = start.repeat_interleave(count)
    device = at.device if generator is None else generator.device
    path = at.new_empty(len(at), steps)
    for step in range(steps):
        draw = torch.rand(at.shape, dtype=torch.double, generator=generator, device=device).to(at.device)
        at = walk.step(at, draw)
        path[:, step] = at
    return path.view(len(start), count, steps)
