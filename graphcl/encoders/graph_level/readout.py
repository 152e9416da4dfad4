"""Readout (global pooling) of node embeddings into graph embeddings: sum, mean, max, mean with a centre node."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Nodes

Pooled = Float[Tensor, "graphs d"]


def sum_nodes(z: Nodes, batch: Int[Tensor, " n"], graphs: int) -> Pooled:
    """Sum pooling over the nodes of each graph, in float32 or wider; zeros for a graph without nodes.

    Args:
        z: (n, d).
        batch: (n,), the graph of each node, in [0, graphs).
        graphs: number of graphs.

    Example:
        >>> sum_nodes(torch.ones(3, 1), torch.tensor([0, 0, 1]), 2).tolist()
        [[2.0], [1.0]]
    """
    z = at_least_float32(z)
    return z.new_zeros(graphs, z.size(1)).index_add(0, batch, z)


def mean_nodes(z: Nodes, batch: Int[Tensor, " n"], graphs: int) -> Pooled:
    """Mean pooling over the nodes of each graph, in float32 or wider; zeros for a graph without nodes.

    Args:
        z: (n, d).
        batch: (n,), the graph of each node, in [0, graphs).
        graphs: number of graphs.

    Example:
        >>> mean_nodes(torch.tensor([[1.0], [3.0], [5.0]]), torch.tensor([0, 0, 1]), 2).tolist()
        [[2.0], [5.0]]
    """
    size = torch.bincount(batch, minlength=graphs).clamp(min=1)
    return sum_nodes(z, batch, graphs) / size[:, None]


def max_nodes(z: Nodes, batch: Int[Tensor, " n"], graphs: int) -> Pooled:
    """Max pooling over the nodes of each graph; zeros for a graph without nodes.

    Args:
        z: (n, d).
        batch: (n,), the graph of each node, in [0, graphs).
        graphs: number of graphs.

    Example:
        >>> max_nodes(torch.tensor([[-1.0], [-3.0]]), torch.tensor([0, 0]), 2).tolist()
        [[-1.0], [0.0]]
    """
    index = batch[:, None].expand(-1, z.size(1))
    return z.new_zeros(graphs, z.size(1)).scatter_reduce(0, index, z, "amax", include_self=False)


def mean_and_centre(
    z: Nodes, batch: Int[Tensor, " n"], centre: Int[Tensor, " graphs"]
) -> Float[Tensor, "graphs 2*d"]:
    """Mean pooling concatenated with the embedding of the centre node, for fine-tuning on ego networks.

    Args:
        z: (n, d).
        batch: (n,), the graph of each node.
        centre: (graphs,), the index of each graph's centre node in the batch.

    Example:
        >>> mean_and_centre(torch.tensor([[1.0], [3.0]]), torch.tensor([0, 0]), torch.tensor([1])).tolist()
        [[2.0, 3.0]]
    """
    own = at_least_float32(z.index_select(0, centre))
    return torch.cat([mean_nodes(z, batch, len(centre)), own], dim=1)
