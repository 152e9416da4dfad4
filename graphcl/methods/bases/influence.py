"""SCGC's contrast as a part of a method: what it attaches to the graph, and how it computes its sums."""

from typing import Literal

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.objectives import choose_positives, choose_summation, influence_contrast, sampled_influence_contrast
from graphcl.objectives.all_pairs.logsumexp import Summation
from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.ops.random_walks.neighbor_walk import NeighborWalk
from graphcl.ops.random_walks.walk_ends import MatrixWalk, Walk, draw_walk_ends
from graphcl.ops.random_walks.walk_matrices import (
    count_influence,
    cumulative_influence,
    transition_matrix,
    walk_power,
    walk_returns,
    walk_volumes,
)
from graphcl.ops.random_walks.walk_operator import Walks
from graphcl.typing import Nodes

Influence = Literal["last", "cumulative"]
"""Positives: where walks of exactly `order` steps end (SCGC), or all that they visit on the way (SCGC*)."""


class InfluenceContrast:
    """`influence_contrast` on one graph, by the ways that its size asks for, or on samples of its nodes.

    Args:
        influence: which positives: "last" is P^order, "cumulative" is P + ... + P^order.
        order: steps of the random walk.
        tau: inverse temperature.
        summation: how the sum over all pairs is computed.
        width: of the embeddings.
        walks: walks drawn from each seed of a sample; None where the loss is on all nodes at once.

    Attributes:
        choices: what "auto" chose, and how the sums over positives are computed; known after the first loss.
    """

    def __init__(
        self,
        influence: Influence,
        *,
        order: int,
        tau: float,
        summation: Summation,
        width: int,
        walks: int | None = None,
    ) -> None:
        self.cumulative, self.order = influence == "cumulative", order
        self.tau, self.summation, self.width, self.walks = tau, summation, width, walks
        self.walk: Walk | None = None
        self.num_nodes = 0
        self.choices: dict[str, str] = {}

    def attach(self, data: Data) -> Data:
        """A copy of the graph with the positives as sparse rows, or, where they are too many, with their walks.

        For samples the graph stays as it is: the walk is kept here, for the draws.
        """
        graph = data.edge_index, data.num_nodes, data.get("edge_weight")
        device, dtype, self.num_nodes = data.edge_index.device, data.x.dtype, int(data.num_nodes)
        if self.walks is not None:
            self.walk = _walk_on(data)
            return data
        walk = transition_matrix(*graph)
        volume = walk_volumes(*graph)
        data = attach(data, "node", node_volume=torch.from_numpy(volume).to(device, dtype))
        entries = count_influence(walk, self.order)
        way = choose_positives(entries, len(volume), self.width, tau=self.tau, summation=self.summation)
        if way == "stored":
            ends = cumulative_influence if self.cumulative else walk_power
            return attach(data, "row", row_positives=from_scipy(ends(walk, self.order), dtype).to(device))
        returns = walk_returns(walk, volume, self.order, cumulative=self.cumulative)
        data = attach(data, "row", row_step=from_scipy(walk, dtype).to(device))
        return attach(data, "node", node_returns=torch.from_numpy(returns).to(device, dtype))

    def loss(self, z: Nodes, batch: Data, generator: torch.Generator) -> Tensor:
        """The contrast of the embeddings of all nodes of a graph that `attach` made."""
        summation = self.summation
        if summation == "auto":
            summation = choose_summation(len(z), len(z), self.width, scale=self.tau, device=z.device)
        positives = batch.get("row_positives")
        if positives is None:
            way = "walks" if summation == "sampled" else "products"
            positives = Walks(batch.row_step, batch.node_volume, batch.node_returns, self.order, self.cumulative)
        else:
            way = "stored"
        self.choices = {"summation": summation, "positives": way}
        return influence_contrast(
            z, positives, tau=self.tau, volume=batch.node_volume, summation=summation, generator=generator
        )

    def draw(self, seeds: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        """The companions of seeds: the ends of some walks from each, (b, walks); none without samples."""
        if self.walks is None or self.walk is None:
            return {}
        ends = draw_walk_ends(
            self.walk, seeds, count=self.walks, order=self.order, cumulative=self.cumulative, generator=generator
        )
        return {"positives": ends}

    def sampled_loss(self, z: Nodes, batch: Data, *, across_ranks: bool) -> Tensor:
        """The contrast of a sample's seeds, from the rows of the seeds and their companions."""
        places = batch.roles["positives"]
        own = places == torch.arange(batch.seeds, device=places.device)[:, None]
        return self._contrast(z[: batch.seeds], z[places], own, for_both_ends=False, across_ranks=across_ranks)

    def stored_loss(
        self, z: Nodes, batch: Data, stored: Nodes, generator: torch.Generator, *, across_ranks: bool
    ) -> Tensor:
        """The contrast of a sample's seeds, from their own rows and the stored ones of their positives."""
        seeds = batch.n_id[: batch.seeds]
        ends = self.draw(seeds, generator)["positives"]
        own = ends == seeds[:, None]
        positives = torch.where(own[..., None], z[:, None], stored[ends].to(z.dtype))
        return self._contrast(z, positives, own, for_both_ends=True, across_ranks=across_ranks)

    def _contrast(
        self, z: Nodes, positives: Tensor, own: Tensor, *, for_both_ends: bool, across_ranks: bool
    ) -> Tensor:
        self.choices = {"summation": "seeds", "positives": "drawn"}
        return sampled_influence_contrast(
            z,
            positives,
            own,
            tau=self.tau,
            visits=float(self.order if self.cumulative else 1),
            num_nodes=self.num_nodes,
            for_both_ends=for_both_ends,
            across_ranks=across_ranks,
        )


def _walk_on(data: Data) -> Walk:
    """The random walk of a graph; without weights it reads the edge list alone."""
    weight, n = data.get("edge_weight"), int(data.num_nodes)
    if weight is None:
        return NeighborWalk(data.edge_index, n)
    step = from_scipy(transition_matrix(data.edge_index, n, weight), data.x.dtype)
    return MatrixWalk(step.to(data.edge_index.device))
