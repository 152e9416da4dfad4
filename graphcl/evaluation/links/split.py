"""Splits of edges for link prediction: held-out edges are removed from message passing in both directions."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch_geometric.data import Data

from graphcl.typing import Edges

LINK_PARTS = ("train", "val", "test")

FEWEST = 10
"""Edges that a split needs."""


@dataclass(frozen=True, eq=False)
class LinkSplit:
    """Train, validation and test edges of one graph, or of many as one disconnected graph.

    Args:
        all_edges: (2, e), the edges as they were given.
        held_out: (e,), which columns are validation or test edges, in either direction.
        train: (2, a), undirected edges that remain, the lower node first; positives that a decoder is fitted on.
        val: (2, b), held-out edges for selection.
        test: (2, c), held-out edges for scores.
        graph: (n,), the graph of each node, ascending; zeros for a single graph.
        leaky: whether held-out edges are visible all the same; see `leaky_links`.
    """

    all_edges: Edges
    held_out: Bool[Tensor, " e"]
    train: Int[Tensor, "2 a"]
    val: Int[Tensor, "2 b"]
    test: Int[Tensor, "2 c"]
    graph: Int[Tensor, " n"]
    leaky: bool = False

    @property
    def num_nodes(self) -> int:
        """Number of nodes."""
        return len(self.graph)

    @property
    def visible(self) -> Bool[Tensor, " e"]:
        """Which columns of `all_edges` a method may see."""
        return torch.ones_like(self.held_out) if self.leaky else ~self.held_out

    @property
    def edge_index(self) -> Edges:
        """The edges for message passing: what a method is fitted on, and embeds with."""
        return self.all_edges[:, self.visible]

    @property
    def train_edges(self) -> Edges:
        """The edges without the held-out ones, also of a leaky split."""
        return self.all_edges[:, ~self.held_out]

    def part(self, name: str) -> Int[Tensor, "2 m"]:
        """The positives of "train", "val" or "test"."""
        pairs: Tensor = getattr(self, name)
        return pairs

    def apply(self, data: Data) -> Data:
        """A copy of the graph with visible edges only; edge_weight, edge_attr and edge_type follow.

        Features that were computed from edges, such as degrees, must be computed again by the caller.

        Raises:
            ValueError: a graph with other edges than the split was made of.
        """
        if not torch.equal(data.edge_index.cpu(), self.all_edges):
            raise ValueError(
                "the graph must have the edges that the split was made of; make a split of this graph"
            )
        out, visible = data.clone(), self.visible.to(data.edge_index.device)
        out.edge_index = data.edge_index[:, visible]
        for name in ("edge_weight", "edge_attr", "edge_type"):
            if data.get(name) is not None:
                out[name] = data[name][visible]
        return out


def split_links(
    edge_index: Edges,
    num_nodes: int,
    *,
    graph: Int[Tensor, " n"] | None = None,
    val: float = 0.05,
    test: float = 0.10,
    seed: int = 0,
) -> LinkSplit:
    """Hold out random undirected edges for validation and test.

    Every column of a held-out edge, in both directions and all repeats, is removed from message passing.
    Self-loops are never held out. Compute degrees, and features made of them, from `LinkSplit.edge_index`.

    Args:
        edge_index: (2, e), in either or both directions.
        num_nodes: n.
        graph: (n,), the graph of each node, ascending; None for a single graph.
        val: share of the edges for validation, in (0, 1).
        test: share of the edges for test, in (0, 1).
        seed: of the draw; 0 is a seed.

    Raises:
        ValueError: shares out of range, nodes out of range, or fewer than ten edges.

    Example:
        >>> ring = torch.stack([torch.arange(40), (torch.arange(40) + 1) % 40])
        >>> split = split_links(ring, 40)
        >>> split.train.size(1), split.val.size(1), split.test.size(1), split.edge_index.size(1)
        (34, 2, 4, 34)
    """
    if not (0 < val < 1 and 0 < test < 1 and val + test < 1):
        raise ValueError(f"val and test must be shares in (0, 1) with a sum below 1; got {val} and {test}")
    edges = edge_index.cpu().long()
    if edges.numel() and not 0 <= int(edges.min()) <= int(edges.max()) < num_nodes:
        got = f"{int(edges.min())} to {int(edges.max())}"
        raise ValueError(f"edge_index must lie in [0, {num_nodes}); got {got}; renumber the nodes")
    low, high = edges.min(0).values, edges.max(0).values
    code, column = torch.unique(torch.where(low == high, -1, low * num_nodes + high), return_inverse=True)
    loops = int(len(code) and code[0] == -1)
    code, column = code[loops:], column - loops
    if len(code) < FEWEST:
        raise ValueError(f"link prediction needs at least {FEWEST} edges; got {len(code)}; take a larger graph")
    order = torch.randperm(len(code), generator=torch.Generator().manual_seed(seed))
    n_test, n_val = (max(1, int(share * len(code))) for share in (test, val))
    chosen = order.split([n_test, n_val, len(code) - n_test - n_val])
    held = torch.zeros(len(code), dtype=torch.bool)
    held[order[: n_test + n_val]] = True
    parts = [
        torch.stack([kept // num_nodes, kept % num_nodes]) for kept in (code[i.sort().values] for i in chosen)
    ]
    return LinkSplit(
        all_edges=edges,
        held_out=(column >= 0) & held[column.clamp(min=0)],
        train=parts[2],
        val=parts[1],
        test=parts[0],
        graph=torch.zeros(num_nodes, dtype=torch.long) if graph is None else graph.cpu().long(),
    )


def leaky_links(split: LinkSplit) -> LinkSplit:
    """The authors' leaky protocol: the evaluated edges stay in the message-passing graph and in its degrees.

    The task is then the reconstruction of visible edges, not the prediction of hidden ones. Scores of such a split
    carry the prefix `leaky/`; they are here to be compared with published numbers.

    Example:
        >>> ring = torch.stack([torch.arange(40), (torch.arange(40) + 1) % 40])
        >>> leaky_links(split_links(ring, 40)).edge_index.size(1)
        40
    """
    return replace(split, leaky=True)
