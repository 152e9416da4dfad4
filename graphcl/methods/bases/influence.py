"""The contrast of SCGC as a part of a method: what it attaches to the graph, and how it computes its sums."""

from copy import copy
from typing import Literal

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.objectives import choose_positives, choose_summation, influence_contrast
from graphcl.objectives.all_pairs.logsumexp import Summation
from graphcl.ops.sparse import from_scipy
from graphcl.ops.walk_matrices import (
    count_influence,
    cumulative_influence,
    transition_matrix,
    walk_power,
    walk_returns,
    walk_volumes,
)
from graphcl.ops.walks import Walks
from graphcl.typing import Nodes

Influence = Literal["last", "cumulative"]
"""Positives: where walks of exactly `order` steps end (SCGC), or all that they visit on the way (SCGC*)."""


class InfluenceContrast:
    """`influence_contrast` on one graph, by the ways that its size asks for.

    Args:
        influence: which positives: "last" is P^order, "cumulative" is P + ... + P^order.
        order: steps of the random walk.
        tau: inverse temperature.
        summation: how the sum over all pairs is computed.
        width: of the embeddings.

    Attributes:
        choices: what "auto" came to, and how the sums over positives are computed; known after the first loss.
    """

    def __init__(self, influence: Influence, *, order: int, tau: float, summation: Summation, width: int) -> None:
        self.cumulative, self.order = influence == "cumulative", order
        self.tau, self.summation, self.width = tau, summation, width
        self.choices: dict[str, str] = {}

    def attach(self, data: Data) -> Data:
        """A copy of the graph with the positives as sparse rows, or, where they are too many, with their walks."""
        data = copy(data)
        graph = data.edge_index, data.num_nodes, data.get("edge_weight")
        walk, volume, dtype = transition_matrix(*graph), walk_volumes(*graph), data.x.dtype
        data.node_volume = torch.from_numpy(volume).to(dtype)
        entries = count_influence(walk, self.order)
        way = choose_positives(entries, len(volume), self.width, tau=self.tau, summation=self.summation)
        if way == "stored":
            ends = cumulative_influence if self.cumulative else walk_power
            data.row_positives = from_scipy(ends(walk, self.order), dtype)
        else:
            returns = walk_returns(walk, volume, self.order, cumulative=self.cumulative)
            data.row_step, data.node_returns = from_scipy(walk, dtype), torch.from_numpy(returns).to(dtype)
        return data

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
