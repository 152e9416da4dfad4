"""In-degrees of a whole graph, which travel with its samples."""

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.ops.graph_matrices.edges import EDGES_AT_ONCE


def whole_degrees(graph: Data, num_nodes: int, relations: int = 1) -> tuple[Tensor, Tensor]:
    """Each node's in-degree, and 1 where it has no self loop, (n,); by relation, (n, relations), if there are any.

    Counted in blocks of edges: beside the result, memory does not grow with them.

    Args:
        graph: edge_index, and perhaps edge_weight and edge_type.
        num_nodes: nodes of the graph.
        relations: how many there are at least, where the edges name theirs.

    Example:
        >>> whole_degrees(Data(edge_index=torch.tensor([[0, 1], [1, 1]])), 2)
        (tensor([0., 2.]), tensor([1., 0.]))
    """
    weight, kind = graph.get("edge_weight"), graph.get("edge_type")
    if kind is None:
        relations = 1
    elif len(kind):
        relations = max(relations, int(kind.max()) + 1)
    dtype, device = torch.float32 if weight is None else weight.dtype, graph.edge_index.device
    degree = torch.zeros(num_nodes * relations, dtype=dtype, device=device)
    added_loop = torch.ones_like(degree)
    for start in range(0, graph.edge_index.size(1), EDGES_AT_ONCE):
        part = slice(start, start + EDGES_AT_ONCE)
        source, target = graph.edge_index[:, part]
        if kind is not None:
            source, target = source * relations + kind[part], target * relations + kind[part]
        ones = torch.ones(len(target), dtype=dtype, device=device)
        degree.index_add_(0, target, ones if weight is None else weight[part])
        added_loop.index_fill_(0, target[source == target], 0.0)
    if kind is None:
        return degree, added_loop
    return degree.view(num_nodes, relations), added_loop.view(num_nodes, relations)
