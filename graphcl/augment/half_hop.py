"""Half-Hop: edges into some nodes are replaced by paths of two edges through new, slow nodes."""

from copy import copy
from typing import ClassVar, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch_geometric.data import Batch, Data

from graphcl.attachments import attach
from graphcl.augment.attributes import edge_attachments, edge_keys, node_keys, require, without
from graphcl.augment.augmenter import Augmenter
from graphcl.augment.checks import check_num_nodes, check_share
from graphcl.augment.draws import Probabilities, keep
from graphcl.ops.graph_matrices.sparse import csr, csr_from_edges
from graphcl.typing import Edges, Nodes

SLOW = "slow_node_mask"
"""The attribute of a graph that marks its slow nodes, by PyG's name; they come after all others."""


class HalfHopped(NamedTuple):
    """The edges of a half-hopped graph of n nodes, and the ends of the edges that its slow nodes replace.

    Slow node i has the number n + i.
    """

    edge_index: Int[Tensor, "2 m"]
    source: Int[Tensor, " slow"]
    target: Int[Tensor, " slow"]


def half_hop(
    edge_index: Edges, num_nodes: int, p: Probabilities, *, generator: torch.Generator | None = None
) -> HalfHopped:
    """Half-Hop of the edges: draw nodes, and replace each edge u -> v into one of them by a slow node s.

    The slow node stands in u -> s -> v, so that what v receives from u arrives a layer later, and v -> s is added:
    it mixes both ends, and informs v alone. Self loops stay as they are. The order is that of the authors' code:
    other edges, self loops, all u -> s, all s -> v, all v -> s; slow nodes are numbered as their edges come.

    Args:
        edge_index: (2, e).
        num_nodes: n.
        p: the probability of drawing a node, in [0, 1]: a number, or one per node. The graph grows by a node and
            two edges for every edge into a drawn node.
        generator: what the draws come from; None for torch's global generator.

    Raises:
        ValueError: a probability outside [0, 1], or an edge with a node of number `num_nodes` or more.

    Example:
        >>> both = torch.tensor([[0, 1], [1, 0]])
        >>> half_hop(both, 2, torch.tensor([0.0, 1.0]), generator=torch.Generator()).edge_index
        tensor([[1, 0, 2, 1],
                [0, 2, 1, 2]])

    Reference: [Azabou et al., "Half-Hop: A graph upsampling approach for slowing down message passing", ICML
    2023]; github.com/nerdslab/halfhop at a532b95, which raises at its default, p = 1.
    """
    check_num_nodes(edge_index, num_nodes)
    drawn = ~keep(num_nodes, p, generator, edge_index.device)
    loop = edge_index[0] == edge_index[1]
    replaced = drawn[edge_index[1]] & ~loop
    source, target = edge_index[:, replaced]
    slow = torch.arange(num_nodes, num_nodes + len(source), device=edge_index.device, dtype=edge_index.dtype)
    parts = [
        edge_index[:, ~replaced & ~loop],
        edge_index[:, loop],
        torch.stack([source, slow]),
        torch.stack([slow, target]),
        torch.stack([target, slow]),
    ]
    return HalfHopped(torch.cat(parts, dim=1), source, target)


def append_mixed_rows(
    x: Nodes, source: Int[Tensor, " slow"], target: Int[Tensor, " slow"], alpha: float
) -> Float[Tensor, "m d"]:
    """Features of a half-hopped graph: x, then alpha x_u + (1 - alpha) x_v of each slow node between u and v.

    Args:
        x: (n, d), dense or CSR; the layout is kept.
        source: (s,), u.
        target: (s,), v.
        alpha: share of the source, in [0, 1].

    Raises:
        ValueError: an alpha outside [0, 1].

    Example:
        >>> append_mixed_rows(torch.tensor([[0.0], [1.0]]), torch.tensor([0]), torch.tensor([1]), 0.25)
        tensor([[0.0000],
                [1.0000],
                [0.7500]])
    """
    check_share("alpha", alpha)
    if x.layout != torch.sparse_csr:
        return torch.cat([x, alpha * x[source] + (1 - alpha) * x[target]])
    mixed = _mixed_csr(x, source, target, alpha)
    indptr = torch.cat([x.crow_indices(), mixed.crow_indices()[1:] + x.crow_indices()[-1]])
    indices = torch.cat([x.col_indices(), mixed.col_indices()])
    return csr(indptr, indices, torch.cat([x.values(), mixed.values()]), (len(indptr) - 1, x.size(1)))


class HalfHop(Augmenter):
    """Half-Hop: slow down what some nodes receive by new nodes in the middle of their edges: `half_hop`.

    The nodes of the graph keep their numbers, and slow nodes come after them, marked in `slow_node_mask`. Methods
    that compare two views compare the nodes of the graph alone, on views with slow nodes too; embeddings are those
    of the graph as it is. In `torch_geometric.transforms.Compose` it belongs after what drops edges, since a slow
    node for each of them is memory: p = 1 multiplies the nodes of a dense graph by its mean degree.

    In a sample of a larger graph slow nodes have the in-degree 2, and the nodes of the graph keep theirs, so that
    sums over sampled neighbours estimate those of the half-hopped graph. Other attributes of nodes are for a slow
    node those of its target. Attachments of edges are removed.

    Batch normalisation sees slow nodes in training and none afterwards; layer normalisation does not mind.

    Args:
        alpha: share of the source's features in those of a slow node, in [0, 1]; the rest is the target's.
        p: the probability of drawing a node, whose in-edges are half-hopped, in [0, 1]; a number, or one per node.
        generator: what the draws come from when a call names none.

    Raises:
        ValueError: an alpha outside [0, 1]; when called, edges with attributes.
        TypeError: when called with a batch of graphs.

    Example:
        >>> path = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]))
        >>> view = HalfHop(0.5, torch.tensor([1.0, 0.0, 0.0]))(path, torch.Generator())
        >>> view.x[3:], view.slow_node_mask
        (tensor([[0.5000, 0.5000, 0.0000]]), tensor([False, False, False,  True]))
    """

    sparse_x: ClassVar[bool] = True

    def __init__(
        self, alpha: float = 0.5, p: Probabilities = 0.5, *, generator: torch.Generator | None = None
    ) -> None:
        super().__init__(generator=generator)
        check_share("alpha", alpha)
        self.alpha, self.p = alpha, p

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The graph with slow nodes after its own."""
        require(data, "x", "edge_index")
        if isinstance(data, Batch):
            raise TypeError("HalfHop takes one graph; got a batch of graphs; apply it to each of them")
        gone = [*edge_attachments(data), *(["e_id"] if "e_id" in data else [])]
        others = [key for key in edge_keys(data) if key not in gone]
        if others:
            raise ValueError(
                f"{others[0]} belongs to edges that are replaced; remove it first: del data.{others[0]}"
            )
        hopped = half_hop(data.edge_index, data.x.size(0), self.p, generator=generator)
        return _grown(data, hopped, append_mixed_rows(data.x, hopped.source, hopped.target, self.alpha), gone)


def _grown(data: Data, hopped: HalfHopped, x: Tensor, gone: list[str]) -> Data:
    """A copy with slow nodes, and what goes along nodes for them too."""
    nodes = {key: data[key] for key in node_keys(data) if key not in ("x", SLOW)}
    before = data.get(SLOW)
    if before is None:
        before = torch.zeros(data.x.size(0), dtype=torch.bool, device=hopped.source.device)
    out = without(copy(data), [key for key in gone if key != "e_id"])
    if "e_id" in out:
        del out.e_id
    out.x, out.edge_index = x, hopped.edge_index
    if "num_nodes" in out:
        out.num_nodes = x.size(0)
    for key, value in nodes.items():
        more = value[hopped.target]
        if key in ("degree", "added_loop"):  # two in-edges, and no self loop
            more = torch.full_like(more, 2 if key == "degree" else 1)
        out[key] = torch.cat([value, more])
    return attach(out, "node", **{SLOW: torch.cat([before, torch.ones_like(hopped.source, dtype=torch.bool)])})


def _mixed_csr(x: Tensor, source: Tensor, target: Tensor, alpha: float) -> Tensor:
    """The rows of the slow nodes as CSR: the entries of both ends, added up where they meet."""
    start, count = x.crow_indices()[:-1], x.crow_indices().diff()
    rows = torch.arange(len(source), device=source.device)
    parts = []
    for end, weight in ((source, alpha), (target, 1 - alpha)):
        row = rows.repeat_interleave(count[end])
        first = count[end].cumsum(0) - count[end]
        place = torch.arange(len(row), device=row.device) + (start[end] - first).repeat_interleave(count[end])
        parts.append((row, x.col_indices()[place].long(), weight * x.values()[place]))
    row, column, values = (torch.cat(both) for both in zip(*parts, strict=True))
    return csr_from_edges(row, column, values, (len(source), x.size(1)))
