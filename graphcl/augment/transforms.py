"""Augmenters of the structure of a graph, or of each graph of a batch: edges and nodes.

Attributes of edges follow the edges and those of nodes follow the nodes, see `graphcl.augment.attributes`. The
function named in a docstring says more about the arguments and the errors.
"""

from typing import ClassVar

import torch
from torch_geometric.data import Data

from graphcl.augment.adaptive_rates import EdgeRate
from graphcl.augment.attributes import require
from graphcl.augment.augmenter import Augmenter
from graphcl.augment.centrality import STEPS, Centrality
from graphcl.augment.changed_graph import with_edges, with_nodes, without_edges
from graphcl.augment.draws import Probabilities
from graphcl.augment.edges import add_edges, keep_edges
from graphcl.augment.importance import CAP
from graphcl.augment.nodes import drop_nodes, random_walk_subgraph


class DropEdges(Augmenter):
    """Drop edges at random: `keep_edges`.

    Args:
        p: the probability of dropping an edge: a number, or one per edge.
        undirected: whether both directions of an edge are dropped together.
        generator: what the draws come from when a call names none.

    Example:
        >>> data = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), edge_attr=torch.eye(2), num_nodes=2)
        >>> DropEdges(torch.tensor([1.0, 0.0]), generator=torch.Generator())(data)
        Data(edge_index=[2, 1], edge_attr=[1, 2], num_nodes=2)
    """

    sparse_x: ClassVar[bool] = True

    def __init__(
        self, p: Probabilities, *, undirected: bool = False, generator: torch.Generator | None = None
    ) -> None:
        super().__init__(generator=generator)
        self.p, self.undirected = p, undirected

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The graph without some of its edges."""
        edge_index = require(data, "edge_index").edge_index
        return without_edges(data, keep_edges(edge_index, self.p, generator=generator, undirected=self.undirected))


class AdaptiveDropEdges(Augmenter):
    """Drop edges to unimportant nodes more often: `edge_drop_probabilities`, then `keep_edges`.

    Centralities and probabilities are computed once by `prepare`, or else at every call. In a batch of graphs the
    rate is that of all graphs together.

    Args:
        rate: the mean probability of dropping an edge; the cap makes it less.
        centrality: "degree", "pagerank", "lazy-walk" or "eigenvector".
        undirected: whether both directions of an edge are dropped together, with the mean of their probabilities.
        cap: the greatest probability.
        steps: iterations of the centrality.
        generator: what the draws come from when a call names none.

    Example:
        >>> star = Data(edge_index=torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]]), num_nodes=3)
        >>> AdaptiveDropEdges(0.5, generator=torch.Generator().manual_seed(0))(star).edge_index
        tensor([[0, 1, 2],
                [2, 0, 0]])
    """

    sparse_x: ClassVar[bool] = True

    def __init__(
        self,
        rate: float,
        *,
        centrality: Centrality = "degree",
        undirected: bool = False,
        cap: float = CAP,
        steps: int = STEPS,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(generator=generator)
        self.rate, self.centrality, self.undirected = rate, centrality, undirected
        self.cap, self.steps = cap, steps

    def prepare(self, data: Data) -> Data:
        """A copy of the graph with the centrality and the probabilities."""
        return self._adaptive.attach(require(data, "edge_index"))

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The graph without some of its edges."""
        p = self._adaptive.of(require(data, "edge_index"))
        return without_edges(data, keep_edges(data.edge_index, p, generator=generator, undirected=self.undirected))

    @property
    def _adaptive(self) -> EdgeRate:
        return EdgeRate(self.rate, self.centrality, self.steps, self.cap)


class AddEdges(Augmenter):
    """Add random edges, each with the attributes of an edge of the graph: `add_edges`.

    Args:
        p: the number of new edges as a share of the edges.
        undirected: whether both directions of each new edge are added.
        generator: what the draws come from when a call names none.

    Example:
        >>> data = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=50)
        >>> AddEdges(1.0, generator=torch.Generator().manual_seed(0), undirected=True)(data).edge_index
        tensor([[ 0,  1, 22, 35],
                [ 1,  0, 35, 22]])
    """

    sparse_x: ClassVar[bool] = True

    def __init__(self, p: float, *, undirected: bool = False, generator: torch.Generator | None = None) -> None:
        super().__init__(generator=generator)
        self.p, self.undirected = p, undirected

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The graph with the new edges after its own."""
        grown = add_edges(
            require(data, "edge_index").edge_index,
            data.num_nodes,
            self.p,
            generator=generator,
            undirected=self.undirected,
            batch=data.get("batch"),
        )
        return with_edges(data, grown.edge_index, grown.origin)


class DropNodes(Augmenter):
    """Drop nodes at random, but never all of a graph: `drop_nodes`.

    Args:
        p: the probability of dropping a node: a number, or one per node.
        generator: what the draws come from when a call names none.

    Example:
        >>> data = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]))
        >>> DropNodes(torch.tensor([1.0, 0.0, 0.0]), generator=torch.Generator())(data)
        Data(x=[2, 3], edge_index=[2, 2])
    """

    sparse_x: ClassVar[bool] = True

    def __init__(self, p: Probabilities, *, generator: torch.Generator | None = None) -> None:
        super().__init__(generator=generator)
        self.p = p

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The subgraph induced by the other nodes."""
        edge_index, batch = require(data, "edge_index").edge_index, data.get("batch")
        return with_nodes(data, drop_nodes(edge_index, data.num_nodes, self.p, generator=generator, batch=batch))


class RandomWalkSubgraph(Augmenter):
    """Keep the nodes that random walks visit: `random_walk_subgraph`.

    Args:
        walks: how many in each graph.
        length: steps of each walk.
        restart: the probability, before each step, of going back to the start.
        generator: what the draws come from when a call names none.

    Example:
        >>> circle = Data(x=torch.eye(4), edge_index=torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]]))
        >>> RandomWalkSubgraph(1, 2, generator=torch.Generator())(circle)
        Data(x=[3, 4], edge_index=[2, 2])
    """

    sparse_x: ClassVar[bool] = True

    def __init__(
        self, walks: int, length: int, *, restart: float = 0.0, generator: torch.Generator | None = None
    ) -> None:
        super().__init__(generator=generator)
        self.walks, self.length, self.restart = walks, length, restart

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The subgraph induced by the visited nodes."""
        part = random_walk_subgraph(
            require(data, "edge_index").edge_index,
            data.num_nodes,
            walks=self.walks,
            length=self.length,
            generator=generator,
            restart=self.restart,
            batch=data.get("batch"),
        )
        return with_nodes(data, part)
