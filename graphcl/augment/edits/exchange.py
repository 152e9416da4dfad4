"""Exchange of edges: those that candidates lose, and the node pairs without an edge that they get instead."""

from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.augment.edits.budgets import EditScheme
from graphcl.augment.edits.pairs import draw_free_pairs, pair_of_number
from graphcl.augment.edits.regions import Region
from graphcl.augment.edits.subsets import Draw, draw_subsets
from graphcl.graph_collection import bounds
from graphcl.typing import Edges


@dataclass(frozen=True)
class Exchange:
    """The edges that some candidates of each graph lose and get.

    Attributes:
        budget: number of edges that each candidate of each graph exchanges.
        lost: indices of the lost edges.
        lost_column: the candidate that loses each, from 0.
        new: the new edges, between nodes of the batch.
        new_column: the candidate that gets each, from 0.
        new_graph: the graph of each.
    """

    budget: Int[Tensor, "graphs candidates"]
    lost: Int[Tensor, " lost"]
    lost_column: Int[Tensor, " lost"]
    new: Edges
    new_column: Int[Tensor, " new"]
    new_graph: Int[Tensor, " new"]


def exchange_edges(
    region: Region,
    budget: Int[Tensor, "graphs candidates"],
    scheme: EditScheme,
    draw: Draw = "auto",
    generator: torch.Generator | None = None,
) -> Exchange:
    """Draw the edges that each candidate loses and gets within a region, independently of the other candidates.

    Args:
        region: nodes and edges of each graph to draw among.
        budget: number of edges that each candidate of each graph is to exchange; at most the region's edges.
        scheme: whether a lost edge may be drawn again.
        draw: how subsets are drawn, see `draw_subsets`.
        generator: on the device of the region; None for torch's global generator there.

    Returns:
        The exchange; its budget is at most the number of free pairs.

    Example:
        >>> path = Region.of(torch.tensor([0, 3]), torch.tensor([[0, 1], [1, 2]]))
        >>> exchange = exchange_edges(path, torch.tensor([[2]]), EditScheme())
        >>> exchange.budget, exchange.new  # only the ends of the path are a pair without an edge
        (tensor([[1]]), tensor([[2],
                [0]]))
    """
    graphs, columns = budget.shape
    comes_back = scheme.mode == "reference" and not scheme.directed
    if not comes_back:
        budget = torch.minimum(budget, (region.pairs - region.edge_count)[:, None])
    wanted = budget.T.flatten()  # candidate by candidate
    segment, place = draw_subsets(region.edge_count.repeat(columns), wanted, method=draw, generator=generator)
    lost_column, graph = _column_and_graph(segment, graphs)
    lost = bounds(region.edge_count)[graph] + place
    taken = torch.ones(columns, len(region.edges), dtype=torch.bool, device=lost.device)
    if comes_back:
        taken[lost_column, lost] = False
    column, edge = taken.nonzero(as_tuple=True)
    owner = torch.repeat_interleave(region.edge_count, output_size=len(region.edges))
    drawn, number = draw_free_pairs(
        region.pairs.repeat(columns),
        column * graphs + owner[edge],
        region.number[edge],
        wanted,
        method=draw,
        generator=generator,
    )
    new_column, new_graph = _column_and_graph(drawn, graphs)
    ends = pair_of_number(number, region.size[new_graph] if region.ordered else None)
    new = torch.stack([region.node(new_graph, end) for end in ends])
    return Exchange(budget, region.edges[lost], lost_column, new, new_column, new_graph)


def _column_and_graph(segment: Tensor, graphs: int) -> tuple[Tensor, Tensor]:
    return torch.div(segment, graphs, rounding_mode="floor"), segment % graphs
