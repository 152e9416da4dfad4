"""In-degrees of a whole graph, which travel with its samples."""

import torch
from torch import Tensor
from torch_geometric.data import Data


def whole_degrees(graph: Data, num_nodes: int, relations: int = 1) -> tuple[Tensor, Tensor]:
    """Each node's in-degree, and 1 where it has no self loop, (n,); by relation, (n, relations), if there are any.

    Args:
        graph: edge_index, and perhaps edge_weight and edge_type.
        num_nodes: nodes of the graph.
        relations: how many there are at least, where the edges name theirs.

    Example:
        >>> whole_degrees(Data(edge_index=torch.tensor([[0, 1], [1, 1]])), 2)
        (tensor([0., 2.]), tensor([1., 0.]))
    """
    source, target = graph.edge_index
    weight = graph.get("edge_weight")
    weight = torch.ones(len(target), device=target.device) if weight is None else weight
    kind = graph.get("edge_type")
    if kind is None:
        relations = 1
    elif len(kind):
        relations = max(relations, int(kind.max()) + 1)
        source, target = source * relations + kind, target * relations + kind
    degree = torch.zeros(num_nodes * relations, dtype=weight.dtype, device=target.device)
    degree = degree.index_add(0, target, weight)
    added_loop = torch.ones_like(degree).index_fill(0, target[source == target], 0.0)
    if kind is None:
        return degree, added_loop
    return degree.view(num_nodes, relations), added_loop.view(num_nodes, relations)
