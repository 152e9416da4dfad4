"""Which rows of a batch of graphs are equal at every layer of a message-passing encoder: colour refinement.

Copies of a graph that differ in a few places are alike away from them, masked atoms are alike among themselves,
and short paths repeat over all molecules. What is equal need be computed once.
"""

from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.ops.row_lists import RowLists
from graphcl.typing import Edges

Index = Int[Tensor, " _"]


class DistinctRows(NamedTuple):
    """The rows that a layer gives, each once, and what they are made of.

    Args:
        label: which of them each of the n nodes has.
        node: a node that has it, for each of them.
        times: how many nodes have it, for each of them.
        summed: for each of them the rows of the layer before that are the node's own and its neighbours'; of none
            for rows of the input.
    """

    label: Index
    node: Index
    times: Index
    summed: RowLists

    @staticmethod
    def all_nodes(edge_index: Edges, n: int) -> "DistinctRows":
        """Every node by itself.

        Example:
            >>> DistinctRows.all_nodes(torch.tensor([[0], [1]]), 2).node
            tensor([0, 1])
        """
        nodes = torch.arange(n, device=edge_index.device)
        source, target = (torch.cat([nodes, ends]) for ends in edge_index)
        return DistinctRows(nodes, nodes, torch.ones_like(nodes), RowLists.of(source, target, n, n))


def refine_colours(
    x: Int[Tensor, "n c"], edge_index: Edges, marks: Int[Tensor, "n kinds"], num_layers: int
) -> tuple[DistinctRows, list[DistinctRows]]:
    """Group the nodes whose rows are equal, layer by layer, in an encoder z_v <- f(z_v + sum_u z_u, marks_v).

    Two nodes of a layer are alike where they were alike before, their neighbours were, and their marks are the
    same. Neighbours are compared by sums of random 64-bit numbers, one for each distinct row: among 30,000 nodes
    two that differ are taken for alike with a probability below 1e-10.

    Args:
        x: categories of nodes, which the first layer's input depends on.
        edge_index: (2, e); messages flow from row 0 to row 1.
        marks: what else a node's sum depends on, for instance how many bonds of each kind it has.
        num_layers: at least 0.

    Returns:
        The distinct rows of x, and those of every layer.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> first, [layer] = refine_colours(torch.zeros(3, 1).long(), path, torch.zeros(3, 1).long(), 1)
        >>> first.times.tolist(), layer.label.tolist(), layer.times.tolist()  # both ends are alike
        ([3], [0, 1, 0], [2, 1])
    """
    draw = torch.Generator(x.device).manual_seed(0)
    mark, none = _fingerprint(marks, draw), edge_index[0, :0]
    layers = [_grouped(_fingerprint(x, draw), none, 0, edge_index[:, :0])]
    for _ in range(num_layers):
        before, count = layers[-1].label, len(layers[-1].node)
        number = _random(2, count, draw)
        received = torch.zeros_like(mark).index_add(0, edge_index[1], number[0, before[edge_index[0]]])
        layers.append(_grouped(mark + number[1, before] + received, before, count, edge_index))
    return layers[0], layers[1:]


def _grouped(fingerprint: Tensor, before: Tensor, count: int, edge_index: Tensor) -> DistinctRows:
    """The nodes by fingerprint, the first of each group for it, and what that one reads of the layer before."""
    label, n = torch.unique(fingerprint, return_inverse=True)[1], len(fingerprint)
    times = torch.bincount(label)
    nodes = torch.arange(n, device=label.device)
    node = nodes.new_full((len(times),), n).scatter_reduce(0, label, nodes, "amin")
    chosen = torch.zeros_like(label).index_fill(0, node, 1).bool()
    source, target = edge_index[:, chosen[edge_index[1]]]
    if len(before):
        source, target = torch.cat([node, source]), torch.cat([node, target])
    return DistinctRows(label, node, times, RowLists.of(before[source], label[target], count, len(node)))


def _random(rows: int, columns: int, draw: torch.Generator) -> Tensor:
    return torch.randint(-(2**63), 2**63 - 1, (rows, columns), generator=draw, device=draw.device)


def _fingerprint(values: Tensor, draw: torch.Generator) -> Tensor:
    """A random linear form of each row, in integers that wrap around."""
    return (values * _random(1, values.size(1), draw)).sum(1)
