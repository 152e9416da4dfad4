"""Colour refinement (1-WL): group the nodes that have equal rows at each layer of a message-passing GNN.

Many rows of a batch of molecules are equal: perturbed copies of a molecule differ in a few places only, masked
atoms share one category, and short chains occur in most molecules. Each distinct row is computed once.
"""

from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.ops.graph_matrices.row_lists import RowLists
from graphcl.typing import Edges

Index = Int[Tensor, " _"]


class DistinctRows(NamedTuple):
    """The distinct rows (colours) of one layer, and the rows of the previous layer that each is computed from.

    Args:
        label: (n,), the distinct row of each node.
        node: for each distinct row, the first node that has it.
        times: for each distinct row, the number of nodes that have it.
        summed: for each distinct row, the rows of the previous layer that are summed: the node's own and those of
            its neighbours; empty lists for the input.
    """

    label: Index
    node: Index
    times: Index
    summed: RowLists

    @staticmethod
    def all_nodes(edge_index: Edges, n: int) -> "DistinctRows":
        """One row per node, without refinement.

        Args:
            edge_index: (2, e); messages flow from row 0 to row 1.
            n: number of nodes.

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
    """Colour refinement by hashing: distinct rows at each layer z_v <- f(z_v + sum_u z_u, marks_v).

    Two nodes have the same colour if they had the same colour at the previous layer, the same multiset of
    neighbour colours, and the same marks. Multisets are compared by sums of random 64-bit integers, one for each
    colour: the probability of any collision among 30,000 nodes is below 1e-10.

    Args:
        x: (n, c), integer node features that determine the input of the first layer.
        edge_index: (2, e); messages flow from row 0 to row 1.
        marks: (n, kinds), further integers that a node's update depends on, for instance its number of bonds of
            each type.
        num_layers: at least 0.

    Returns:
        The distinct rows of x, and those of each layer.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> first, [layer] = refine_colours(torch.zeros(3, 1).long(), path, torch.zeros(3, 1).long(), 1)
        >>> first.times.tolist(), layer.label.tolist(), layer.times.tolist()  # both ends have one colour
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
    """Group nodes by fingerprint; the first node of each group gives the rows of the previous layer to sum."""
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
    """Hash each row: a random linear form in 64-bit integers with wrap-around."""
    return (values * _random(1, values.size(1), draw)).sum(1)
