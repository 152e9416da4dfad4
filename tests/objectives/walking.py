"""A random graph as the positives are given: stored, as walks, and dense for loops over pairs."""

import torch
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.ops.random_walks.walk_matrices import (
    cumulative_influence,
    transition_matrix,
    walk_power,
    walk_returns,
    walk_volumes,
)
from graphcl.ops.random_walks.walk_operator import Walks


def positives(
    n: int = 12, order: int = 3, *, cumulative: bool = True, dtype: torch.dtype = torch.float64, seed: int = 0
) -> tuple[Tensor, Walks]:
    """M as CSR and as walks, of a graph with about two weighted edges a node."""
    generator = torch.Generator().manual_seed(seed)
    graph = torch.randint(n, (2, 2 * n), generator=generator), n, torch.rand(2 * n, generator=generator)
    walk, volume = transition_matrix(*graph), walk_volumes(*graph)
    matrix = (cumulative_influence if cumulative else walk_power)(walk, order)
    returns = walk_returns(walk, volume, order, cumulative=cumulative)
    walks = Walks(
        from_scipy(walk, dtype),
        torch.from_numpy(volume).to(dtype),
        torch.from_numpy(returns).to(dtype),
        order,
        cumulative,
    )
    return from_scipy(matrix, dtype), walks
