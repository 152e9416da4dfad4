"""The augmenters of structure as PyG transforms: a graph or a batch of graphs in, a changed copy out.

They compose with PyG's own (`torch_geometric.transforms.Compose`). The input stays as it is. Attributes of edges
follow the edges and those of nodes follow the nodes, see `graphcl.augment.attributes`. Each transform holds the
generator that its draws come from. The function named in a docstring says more of the arguments and the errors.
"""

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.transforms import BaseTransform

from graphcl.augment.attributes import require, with_edges, with_nodes
from graphcl.augment.centrality import Centrality
from graphcl.augment.draws import Probabilities
from graphcl.augment.edges import add_edges, keep_edges
from graphcl.augment.importance import CAP, edge_drop_probabilities
from graphcl.augment.nodes import drop_nodes, random_walk_subgraph


class DropEdges(BaseTransform):
    """Lose edges at random: `keep_edges`.

    Args:
        p: the probability of losing an edge: a number, or one per edge.
        generator: what the draws come from.
        undirected: whether both directions of an edge go together.

    Example:
        >>> data = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), edge_attr=torch.eye(2), num_nodes=2)
        >>> DropEdges(torch.tensor([1.0, 0.0]), generator=torch.Generator())(data)
        Data(edge_index=[2, 1], edge_attr=[1, 2], num_nodes=2)
    """

    def __init__(self, p: Probabilities, *, generator: torch.Generator, undirected: bool = False) -> None:
        self.p, self.generator, self.undirected = p, generator, undirected

    def forward(self, data: Data) -> Data:
        """The graph without some of its edges."""
        edge_index = require(data, "edge_index").edge_index
        return _without(data, keep_edges(edge_index, self.p, generator=self.generator, undirected=self.undirected))


class AdaptiveDropEdges(BaseTransform):
    """Lose edges into unimportant nodes rather: `edge_drop_probabilities`, then `keep_edges`.

    The centralities are computed at every call; a training loop rather computes the probabilities once and
    draws by `keep_edges`. In a batch the rate is that of all graphs together.

    Args:
        rate: the mean probability of losing an edge; the cap makes it less.
        generator: what the draws come from.
        centrality: "degree", "pagerank", "lazy-walk" or "eigenvector".
        undirected: whether both directions of an edge go together, with the mean of their probabilities.
        cap: the greatest probability.
        steps: rounds of the iteration behind the centrality.

    Example:
        >>> star = Data(edge_index=torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]]), num_nodes=3)
        >>> AdaptiveDropEdges(0.5, generator=torch.Generator().manual_seed(0))(star).edge_index
        tensor([[0, 1, 2],
                [2, 0, 0]])
    """

    def __init__(
        self,
        rate: float,
        *,
        generator: torch.Generator,
        centrality: Centrality = "degree",
        undirected: bool = False,
        cap: float = CAP,
        steps: int = 200,
    ) -> None:
        self.rate, self.generator, self.centrality = rate, generator, centrality
        self.undirected, self.cap, self.steps = undirected, cap, steps

    def forward(self, data: Data) -> Data:
        """The graph without some of its edges."""
        edge_index = require(data, "edge_index").edge_index
        p = edge_drop_probabilities(
            edge_index, data.num_nodes, self.rate, centrality=self.centrality, cap=self.cap, steps=self.steps
        )
        return _without(data, keep_edges(edge_index, p, generator=self.generator, undirected=self.undirected))


class AddEdges(BaseTransform):
    """Gain random edges, each with the attributes of one that is there: `add_edges`.

    Args:
        p: share of new edges.
        generator: what the draws come from.
        undirected: whether new edges come in both directions.

    Example:
        >>> data = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=50)
        >>> AddEdges(1.0, generator=torch.Generator().manual_seed(0), undirected=True)(data).edge_index
        tensor([[ 0,  1, 22, 35],
                [ 1,  0, 35, 22]])
    """

    def __init__(self, p: float, *, generator: torch.Generator, undirected: bool = False) -> None:
        self.p, self.generator, self.undirected = p, generator, undirected

    def forward(self, data: Data) -> Data:
        """The graph with some more edges."""
        grown = add_edges(
            require(data, "edge_index").edge_index,
            data.num_nodes,
            self.p,
            generator=self.generator,
            undirected=self.undirected,
            batch=data.get("batch"),
        )
        return with_edges(data, grown.edge_index, grown.origin)


class DropNodes(BaseTransform):
    """Lose nodes at random, but never all of a graph: `drop_nodes`.

    Args:
        p: the probability of losing a node: a number, or one per node.
        generator: what the draws come from.

    Example:
        >>> data = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]))
        >>> DropNodes(torch.tensor([1.0, 0.0, 0.0]), generator=torch.Generator())(data)
        Data(x=[2, 3], edge_index=[2, 2])
    """

    def __init__(self, p: Probabilities, *, generator: torch.Generator) -> None:
        self.p, self.generator = p, generator

    def forward(self, data: Data) -> Data:
        """The graph that the other nodes induce."""
        edge_index, batch = require(data, "edge_index").edge_index, data.get("batch")
        return with_nodes(
            data, drop_nodes(edge_index, data.num_nodes, self.p, generator=self.generator, batch=batch)
        )


class RandomWalkSubgraph(BaseTransform):
    """Keep what random walks visit: `random_walk_subgraph`.

    Args:
        walks: how many in each graph.
        length: steps of each walk.
        generator: what the draws come from.
        restart: the probability, before each step, of going back to the start.

    Example:
        >>> circle = Data(x=torch.eye(4), edge_index=torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]]))
        >>> RandomWalkSubgraph(1, 2, generator=torch.Generator())(circle)
        Data(x=[3, 4], edge_index=[2, 2])
    """

    def __init__(self, walks: int, length: int, *, generator: torch.Generator, restart: float = 0.0) -> None:
        self.walks, self.length, self.generator, self.restart = walks, length, generator, restart

    def forward(self, data: Data) -> Data:
        """The graph that the visited nodes induce."""
        part = random_walk_subgraph(
            require(data, "edge_index").edge_index,
            data.num_nodes,
            walks=self.walks,
            length=self.length,
            generator=self.generator,
            restart=self.restart,
            batch=data.get("batch"),
        )
        return with_nodes(data, part)


def _without(data: Data, stays: Tensor) -> Data:
    return with_edges(data, data.edge_index[:, stays], stays.nonzero().flatten())
