"""Codes of graphs by colour refinement: equal for graphs that message passing cannot tell apart."""

import torch
from jaxtyping import Int, Shaped
from torch import Tensor

from graphcl.ops.colour_refinement import refine_colours
from graphcl.typing import Edges

Categories = Shaped[Tensor, "n c"]
"""Categories of nodes: integers, or numbers that are whole, as in one-hot rows."""

EdgeCategories = Shaped[Tensor, "e k"]
"""The same of edges."""


def graph_codes(
    x: Categories,
    edge_index: Edges,
    batch: Int[Tensor, " n"],
    *,
    edge_attr: EdgeCategories | None = None,
    num_layers: int = 3,
) -> Int[Tensor, " graphs"]:
    """A code for each graph, equal for graphs that `num_layers` rounds of colour refinement cannot tell apart.

    Isomorphic graphs always have equal codes. Codes are the numbers 0, 1, ... in no particular order, and mean
    nothing beside those of another call. Graphs are compared by sums of random 64-bit integers, one for each
    colour of a node.

    Args:
        x: (n, c), categories or one-hot rows.
        edge_index: (2, e), in both directions, nodes numbered over all graphs.
        batch: (n,), the graph of each node, ascending.
        edge_attr: (e, k), categories of the edges; they enter as the number of each category at a node.
        num_layers: rounds of refinement.

    Returns:
        (graphs,), on the device of x.

    Raises:
        ValueError: x or edge_attr that is not categorical, or a graph vector that does not fit.

    Example:
        >>> edges = torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
        >>> codes = graph_codes(torch.ones(5, 1).long(), edges, torch.tensor([0, 0, 1, 1, 2])).tolist()
        >>> codes[0] == codes[1], codes[0] == codes[2]
        (True, False)
    """
    last = node_colours(x, edge_index, batch, edge_attr=edge_attr, num_layers=num_layers)[-1]
    draw = torch.Generator(last.device).manual_seed(1)
    number = torch.randint(-(2**63), 2**63 - 1, (int(last.max()) + 1,), generator=draw, device=last.device)
    graph = batch.to(last.device).long()
    content = last.new_zeros(int(graph[-1]) + 1).index_add(0, graph, number[last])
    codes: Tensor = torch.unique(content, return_inverse=True)[1]
    return codes


def node_colours(
    x: Categories,
    edge_index: Edges,
    batch: Int[Tensor, " n"],
    *,
    edge_attr: EdgeCategories | None = None,
    num_layers: int = 3,
) -> list[Int[Tensor, " n"]]:
    """The colour of each node after 0, 1, ..., `num_layers` rounds of refinement, from 0 up in each.

    Args:
        x: as of `graph_codes`.
        edge_index: as of `graph_codes`.
        batch: as of `graph_codes`.
        edge_attr: as of `graph_codes`.
        num_layers: as of `graph_codes`.

    Raises:
        ValueError: as `graph_codes`.

    Example:
        >>> x, batch, edges = torch.ones(3, 1), torch.zeros(3).long(), torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> node_colours(x, edges, batch, num_layers=1)[-1].tolist()
        [0, 1, 0]
    """
    start = node_categories(x, batch)
    edge_index = edge_index.to(start.device).long()
    marks = torch.zeros_like(start)
    if edge_attr is not None and len(edge_attr):
        number = _whole("edge_attr", edge_attr).unique(dim=0, return_inverse=True)[1]
        width = int(number.max()) + 1
        marks = torch.bincount(edge_index[1] * width + number, minlength=len(start) * width).view(-1, width)
    first, layers = refine_colours(start, edge_index, marks, num_layers)
    return [first.label, *(layer.label for layer in layers)]


def node_categories(x: Categories, batch: Int[Tensor, " n"]) -> Int[Tensor, "n 1"]:
    """The category of each node, from 0 up: equal rows of x have one.

    Args:
        x: (n, c), categories or one-hot rows.
        batch: (n,), the graph of each node, ascending.

    Raises:
        ValueError: as `graph_codes`.

    Example:
        >>> node_categories(torch.tensor([[7], [3], [7]]), torch.tensor([0, 0, 1])).T
        tensor([[1, 0, 1]])
    """
    if x.dim() != 2 or len(x) != len(batch) or not len(x):
        raise ValueError(f"x must have one row per entry of batch; got {list(x.shape)} for {len(batch)} nodes")
    if int(batch[0]) < 0 or bool((batch.diff() < 0).any()):
        raise ValueError("batch must number the graph of each node, in ascending order; sort the nodes")
    category: Tensor = _whole("x", x).unique(dim=0, return_inverse=True)[1]
    return category[:, None]


def _whole(name: str, values: Tensor) -> Tensor:
    """Categories as int64."""
    values = values.detach()
    if values.is_floating_point() and not bool((values == values.round()).all()):
        raise ValueError(f"{name} must hold categories or one-hot rows; got fractions; leave real attributes out")
    whole: Tensor = values.long()
    return whole
