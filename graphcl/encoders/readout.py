"""Read-outs: from the rows of a batch's nodes to one row per graph."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.precision import at_least_float32

Rows = Float[Tensor, "n d"]
Graphs = Float[Tensor, "graphs d"]


def sum_nodes(z: Rows, batch: Int[Tensor, " n"], graphs: int) -> Graphs:
    """The sum of each graph's rows, in float32 at least; zeros for a graph without nodes.

    Args:
        z: (n, d).
        batch: graph of each node, in [0, graphs).
        graphs: how many there are.

    Example:
        >>> sum_nodes(torch.ones(3, 1), torch.tensor([0, 0, 1]), 2).tolist()
        [[2.0], [1.0]]
    """
    z = at_least_float32(z)
    return z.new_zeros(graphs, z.size(1)).index_add(0, batch, z)


def mean_nodes(z: Rows, batch: Int[Tensor, " n"], graphs: int) -> Graphs:
    """The mean of each graph's rows, in float32 at least; zeros for a graph without nodes.

    Example:
        >>> mean_nodes(torch.tensor([[1.0], [3.0], [5.0]]), torch.tensor([0, 0, 1]), 2).tolist()
        [[2.0], [5.0]]
    """
    size = torch.bincount(batch, minlength=graphs).clamp(min=1)
    return sum_nodes(z, batch, graphs) / size[:, None]


def max_nodes(z: Rows, batch: Int[Tensor, " n"], graphs: int) -> Graphs:
    """The largest entry of each column over each graph's rows; zeros for a graph without nodes.

    Example:
        >>> max_nodes(torch.tensor([[-1.0], [-3.0]]), torch.tensor([0, 0]), 2).tolist()
        [[-1.0], [0.0]]
    """
    index = batch[:, None].expand(-1, z.size(1))
    return z.new_zeros(graphs, z.size(1)).scatter_reduce(0, index, z, "amax", include_self=False)


def mean_and_centre(
    z: Rows, batch: Int[Tensor, " n"], centre: Int[Tensor, " graphs"]
) -> Float[Tensor, "graphs 2*d"]:
    """The mean of each graph's rows beside the row of its centre, as fine-tuning on ego networks uses it.

    Args:
        z: (n, d).
        batch: graph of each node.
        centre: a node of each graph, numbered through the batch.

    Example:
        >>> mean_and_centre(torch.tensor([[1.0], [3.0]]), torch.tensor([0, 0]), torch.tensor([1])).tolist()
        [[2.0, 3.0]]
    """
    own = at_least_float32(z.index_select(0, centre))
    return torch.cat([mean_nodes(z, batch, len(centre)), own], dim=1)
