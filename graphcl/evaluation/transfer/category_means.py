"""Mean of the node features of each graph, one-hot: the baseline without any structure."""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.graph_collection import GraphCollection


def mean_node_features(graphs: GraphCollection) -> Float[Tensor, "graphs c"]:
    """Share of each category among the nodes of a graph, for every column of x; numbers are averaged.

    Of molecules these are the shares of elements and of chirality tags. Categories that occur in no graph have no
    column.

    Args:
        graphs: with integer categories, or numbers, in x.

    Returns:
        (graphs, categories of all columns), zeros for a graph without nodes.

    Example:
        >>> x, ptr = torch.tensor([[5], [7], [5]]), torch.tensor([0, 2, 3])
        >>> mean_node_features(GraphCollection(x, torch.zeros(2, 0).long(), ptr, ptr * 0))
        tensor([[0.5000, 0.5000],
                [1.0000, 0.0000]])
    """
    size = graphs.node_ptr.diff()
    graph = torch.repeat_interleave(torch.arange(len(size), device=size.device), size)
    total = torch.cat(list(_totals(graphs, graph)), dim=1)
    return total / size.clamp(min=1)[:, None]


def _totals(graphs: GraphCollection, graph: Tensor) -> Iterator[Tensor]:
    """Counts of the categories of each column, or sums of numbers, by graph."""
    x, n = graphs.x, len(graphs)
    if x.is_floating_point():
        yield x.new_zeros(n, x.size(1)).index_add(0, graph, x)
        return
    for column in x.unbind(1):
        kinds, place = column.long().unique(return_inverse=True)
        yield torch.bincount(graph * len(kinds) + place, minlength=n * len(kinds)).view(n, len(kinds)).float()
