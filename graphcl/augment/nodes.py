"""Subgraphs induced by the nodes that stay when others are dropped, or that random walks visit."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from graphcl.augment.checks import check_batch, check_num_nodes, check_some_nodes
from graphcl.augment.draws import Probabilities, below, check_probability, uniform
from graphcl.typing import Edges


class Subgraph(NamedTuple):
    """An induced subgraph, and masks by which attributes can follow."""

    edge_index: Int[Tensor, "2 kept"]
    """The edges between the nodes that stay, which are renumbered from 0 in their order."""
    nodes: Bool[Tensor, " n"]
    """Which nodes stay: `x[nodes]`, `batch[nodes]`."""
    edges: Bool[Tensor, " e"]
    """Which edges stay: `edge_attr[edges]`."""


def induced_subgraph(edge_index: Edges, nodes: Bool[Tensor, " n"]) -> Subgraph:
    """Induced subgraph: an edge stays if both its ends do.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> induced_subgraph(path, torch.tensor([False, True, True])).edge_index
        tensor([[0, 1],
                [1, 0]])
    """
    edges = nodes[edge_index[0]] & nodes[edge_index[1]]
    number = torch.cumsum(nodes, 0).to(edge_index.dtype) - 1
    return Subgraph(number[edge_index[:, edges]], nodes, edges)


def drop_nodes(
    edge_index: Edges,
    num_nodes: int,
    p: Probabilities,
    *,
    generator: torch.Generator | None = None,
    batch: Int[Tensor, " n"] | None = None,
) -> Subgraph:
    """Drop nodes independently at random, with their edges; a graph keeps at least one node.

    Args:
        edge_index: (2, e).
        num_nodes: n, at least 1.
        p: the probability of dropping a node, in [0, 1]: a number, or one per node, (n,).
        generator: what the draws come from; None for torch's global generator.
        batch: (n,), the graph of each node; None for one graph.

    Raises:
        ValueError: a probability outside [0, 1], or not one per node, no node, too few nodes for the edges, or a
            batch that does not fit.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> drop_nodes(path, 3, 0.5, generator=torch.Generator().manual_seed(1)).nodes
        tensor([ True, False, False])

    Reference: node dropping of GraphCL [You et al., NeurIPS 2020, arXiv 2010.13902], where the number of
    dropped nodes is fixed.
    """
    check_some_nodes(edge_index, num_nodes)
    check_probability(p, num_nodes)
    check_batch(batch, num_nodes)
    draw = uniform(num_nodes, generator, edge_index.device)
    margin = draw - (p.to(draw.device) if isinstance(p, Tensor) else p)
    batch = (edge_index.new_zeros(num_nodes) if batch is None else batch).long()
    graphs = int(batch.max()) + 1
    best = margin.new_full((graphs,), -torch.inf).scatter_reduce(0, batch, margin, "amax")
    return induced_subgraph(edge_index, (margin >= 0) | (margin == best[batch]))


def random_walks(
    edge_index: Edges,
    num_nodes: int,
    starts: Int[Tensor, " w"],
    length: int,
    *,
    generator: torch.Generator | None = None,
    restart: float = 0.0,
) -> Int[Tensor, "w steps"]:
    """One random walk from each start, along edges drawn uniformly; repeated edges count each time.

    Args:
        edge_index: (2, e), followed from row 0 to row 1.
        num_nodes: n.
        starts: (w,), node numbers.
        length: steps, at least 0.
        generator: what the draws come from; None for torch's global generator.
        restart: the probability, before each step, of going back to the start instead, in [0, 1]. A walk also
            goes back where it finds no out-edge.

    Returns:
        (w, length + 1), the nodes in the order of their visits, the start first.

    Raises:
        ValueError: a restart outside [0, 1], a negative length, starts that are no nodes, or too few nodes for the
            edges.

    Example:
        >>> circle = torch.tensor([[0, 1, 2], [1, 2, 0]])
        >>> random_walks(circle, 3, torch.tensor([1]), 4, generator=torch.Generator())
        tensor([[1, 2, 0, 1, 2]])
    """
    check_probability(restart, len(starts))
    if length < 0:
        raise ValueError(f"length must be at least 0; got {length}")
    check_num_nodes(edge_index, num_nodes)
    if len(starts) and not 0 <= int(starts.min()) <= int(starts.max()) < num_nodes:
        got = f"{int(starts.min())} to {int(starts.max())}"
        raise ValueError(f"starts must be node numbers in [0, {num_nodes}); got values from {got}")
    order = torch.argsort(edge_index[0], stable=True)
    neighbour = torch.cat([edge_index[1, order], edge_index.new_zeros(1)])  # one more, for nodes without out-edges
    degree = torch.bincount(edge_index[0], minlength=num_nodes)
    first = torch.cumsum(degree, 0) - degree
    visits = [starts]
    for _ in range(length):
        here = visits[-1]
        there = neighbour[first[here] + below(degree[here].clamp(min=1), generator)]
        back = (uniform(len(starts), generator, starts.device) < restart) | (degree[here] == 0)
        visits.append(torch.where(back, starts, there))
    return torch.stack(visits, dim=1)


def random_walk_subgraph(
    edge_index: Edges,
    num_nodes: int,
    *,
    walks: int,
    length: int,
    generator: torch.Generator | None = None,
    restart: float = 0.0,
    batch: Int[Tensor, " n"] | None = None,
) -> Subgraph:
    """Subgraph induced by the nodes that random walks from uniformly drawn starts visit.

    Args:
        edge_index: (2, e).
        num_nodes: n, at least 1.
        walks: how many in each graph, at least 1.
        length: steps of each walk, at least 0.
        generator: what the draws come from; None for torch's global generator.
        restart: see `random_walks`.
        batch: (n,), the graph of each node, in ascending order, no graph empty; None for one graph.

    Raises:
        ValueError: a restart outside [0, 1], no walk, a negative length, or too few nodes for the edges.

    Example:
        >>> circle = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]])
        >>> random_walk_subgraph(circle, 4, walks=1, length=2, generator=torch.Generator()).nodes.sum()
        tensor(3)

    Reference: the subgraphs of GCC [Qiu et al., KDD 2020, arXiv 2006.09963] and of GraphCL.
    """
    if walks < 1:
        raise ValueError(f"walks must be at least 1; got {walks}")
    check_some_nodes(edge_index, num_nodes)
    check_batch(batch, num_nodes)
    size = torch.bincount(batch) if batch is not None else edge_index.new_full((1,), num_nodes)
    first = torch.cumsum(size, 0) - size
    starts = (first + below(size.expand(walks, -1), generator)).flatten()
    visits = random_walks(edge_index, num_nodes, starts, length, generator=generator, restart=restart)
    nodes = torch.zeros(num_nodes, dtype=torch.bool, device=edge_index.device)
    nodes[visits.flatten()] = True
    return induced_subgraph(edge_index, nodes)
