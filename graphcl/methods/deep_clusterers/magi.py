"""MAGI: contrast without augmentation, whose positives are the nodes that random walks visit often.

[Liu, Li, Chen, Wu, Wang, Zhou, Tian, Shen, Fu, Meng, Wang, Chen, "Revisiting Modularity Maximization for Graph
Clustering: A Contrastive Learning Perspective", KDD 2024, arXiv 2406.14288]; the authors' code is
EdisonLeeeee/MAGI, read at 6313854.
"""

from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.encoders.entry_dropout import entry_dropout
from graphcl.encoders.gnn import Activation
from graphcl.graph_collection import Graphs
from graphcl.heads.spectral import spectral_clusters
from graphcl.methods.bases.gnn import EncoderModule, GNNEmbedder
from graphcl.objectives.modular_contrast import modular_contrast
from graphcl.ops.graph_matrices.cluster_sums import cluster_sums
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.runtime import Runtime
from graphcl.ops.min_max import min_max_rows
from graphcl.ops.random_walks.neighbor_walk import NeighborWalk
from graphcl.ops.random_walks.walk_paths import draw_walk_paths
from graphcl.ops.random_walks.walk_positives import (
    counted_positives,
    expected_positives,
    frequent_visits,
    mean_of_positives,
)
from graphcl.training import Stage, Step, adam
from graphcl.training.batching.batches import Batches
from graphcl.typing import Count, CountOrZero, Flag, Layers, Nodes, NonNegative, Positive, Probability

WALKS = 20
"""Walks from each node of a batch, as in the authors' settings for large graphs."""

ReadOut = Literal["spectral", "k-means"]
"""How clusters are found: spectral clustering with the rows' products as affinities, or k-means on the rows."""


class MAGIModule(EncoderModule):
    """The loss acts on the encoder's rows, scaled to [0, 1] if asked for, and at unit length: no projection.

    Args:
        encoder: (x, edge_index) to one row per node.
        temperature: t, divides the cosines; the loss is multiplied by it.
        walk_length: steps of the walks that say which nodes are positives.
        dropout: share of the entries of x set to 0 in training.
        min_max: whether each row is scaled to [0, 1] before it goes to unit length.
        walks: walks drawn from each node of a batch; None for training on all nodes, with expected visits.
    """

    def __init__(
        self,
        encoder: nn.Module,
        *,
        temperature: float,
        walk_length: int,
        dropout: float,
        min_max: bool,
        walks: int | None = None,
    ) -> None:
        super().__init__(encoder)
        self.temperature, self.walk_length, self.dropout = temperature, walk_length, dropout
        self.min_max, self.walks = min_max, walks
        self.walk: NeighborWalk | None = None

    def prepare(self, data: Data) -> Data:
        """Attach the mean over each node's positives; for batches keep the walk that they are drawn by."""
        if not self.training:
            return data
        n = int(data.num_nodes)
        if self.walks is not None:
            self.walk = NeighborWalk(data.edge_index, n)
            return data
        pairs = expected_positives(data.edge_index, n, length=self.walk_length)
        return attach(data, "row", row_positives=mean_of_positives(pairs, n, data.x.dtype))

    def companions(self, seeds: Tensor, step: Step) -> dict[str, Tensor]:
        """Nodes that walks from a seed visit more often than their average; none without batches."""
        if self.walk is None:
            return {}
        return {"near": frequent_visits(self._visits(self.walk, seeds, step))}

    def finish(self, rows: Nodes) -> Nodes:
        """The rows as they are compared: scaled to [0, 1] if asked for, at unit length."""
        return unit_rows(min_max_rows(rows) if self.min_max else rows)

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The contrast of all nodes, or of the seeds and companions, see `graphcl.objectives.modular_contrast`."""
        rows = self.rows(self._dropped(batch))
        if self.walk is None:
            z, positives = rows[: batch.seeds], batch.row_positives
        else:
            z = rows[: batch.get("asked", batch.seeds)]
            nodes = batch.n_id[: len(z)]
            pairs = counted_positives(nodes, self._visits(self.walk, nodes, step))
            positives = mean_of_positives(pairs, len(z), z.dtype)
        return {"contrast": modular_contrast(z, positives, temperature=self.temperature)}

    def _visits(self, walk: NeighborWalk, nodes: Tensor, step: Step) -> Tensor:
        count = self.walks or WALKS
        paths = draw_walk_paths(walk, nodes, count=count, steps=self.walk_length, generator=step.generator)
        return paths.flatten(1)

    def _dropped(self, batch: Data) -> Data:
        """The batch with dropout on its features."""
        if not self.dropout:
            return batch
        batch = copy(batch)
        batch.x = entry_dropout(batch.x, self.dropout if self.training else 0.0)
        return batch


@dataclass(kw_only=True, eq=False, repr=False)
class MAGI(GNNEmbedder):
    """MAGI: an encoder whose rows are near those of the nodes that random walks from them visit often.

    The defaults are the authors' setting for Cora: one GCN layer of 512, 400 steps on all nodes. A positive of a
    node is one that walks of `walk_length` steps visit at least as often as the average node that they visit.
    Counts of drawn walks are replaced by the exact expectations that they tend to, see
    `graphcl.ops.random_walks.walk_positives.expected_positives`. Memory is linear in nodes and positives, time
    quadratic in nodes, so that large graphs are for batches. The last state counts.

    With `batch_size`, as the authors train on large graphs, a batch are its seeds and the nodes that walks from
    them visit most; other walks count the visits among these nodes. Two things are approximated: the negatives are
    those of the batch, and the rows are from sampled neighbours, see `GNNEmbedder`.

    The authors' SAGE layers average over the node itself too; ours average over its neighbours.

    Args:
        walk_length: steps of the walks.
        walks: walks drawn from each node of a batch; read with `batch_size` alone; None draws 20.
        temperature: t, divides the cosines; the loss is multiplied by it.
        activation: after every layer of the network, the last included.
        slope: of "leaky-relu" below 0.
        dropout: share of the entries set to 0 before every layer in training.
        min_max: whether rows are scaled to [0, 1] before they go to unit length.
        read_out: "spectral": spectral clustering with the products of the rows as affinities, in time linear in
            nodes, see `graphcl.heads.spectral.spectral_clusters`; it needs `min_max`. `predict` then assigns to
            the nearest mean of a cluster's rows. Or "k-means" on the rows.
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Attributes:
        embedding_: (n, out_channels), rows of unit length.
        cluster_centers_: (n_clusters, out_channels), of these rows.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = MAGI(n_clusters=2, out_channels=16, epochs=20).fit(karate.graph)
        >>> model.embedding_.shape, list(model.history_[-1])
        (torch.Size([34, 16]), ['stage', 'epoch', 'loss', 'contrast'])
    """

    name: ClassVar[str] = "magi"

    out_channels: Count = 512
    num_layers: Layers = 1
    activation: Activation = "leaky-relu"
    slope: NonNegative = 0.5
    row_normalize: Flag = False
    dropout: Probability = 0.1
    walk_length: Count = 2
    walks: Count | None = None
    temperature: Positive = 0.3
    min_max: Flag = True
    read_out: ReadOut = "spectral"
    epochs: CountOrZero = 400
    lr: Positive = 5e-4
    weight_decay: NonNegative = 1e-3

    def _network_settings(self) -> dict[str, Any]:
        leaky = {"activation": nn.LeakyReLU(self.slope)} if self.activation == "leaky-relu" else {}
        return {"dropout": self.dropout, **leaky}

    def _build(self, data: Data) -> MAGIModule:
        walks = None if self.batch_size is None else self.walks or WALKS
        return MAGIModule(self._encoder(data), **{**self._settings_for(MAGIModule), "walks": walks})

    def _stages(self) -> list[Stage]:
        return [Stage("contrast", self.epochs, adam(self.lr, self.weight_decay), **self._sampling())]

    def _check_sampling(self) -> None:
        super()._check_sampling()
        if self.walks is not None and self.batch_size is None:
            raise ValueError(f"walks are read with batch_size alone; got {self.walks}; set batch_size too")

    def _check_to_fit(self, graphs: Graphs) -> None:
        super()._check_to_fit(graphs)
        if self.read_out == "spectral" and not self.min_max and self.n_clusters is not None:
            raise ValueError(
                "read_out='spectral' needs products of rows that are not negative; got min_max=False; "
                "set min_max=True or read_out='k-means'"
            )

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        if self.n_clusters is None or self.read_out == "k-means":
            super()._read_out(batches, runtime)
            return
        z = self.embedding_
        self.labels_ = spectral_clusters(z, self.n_clusters, n_init=self.n_init, seed=self.seed)
        self.cluster_centers_ = _means(z, self.labels_, self.n_clusters)

    def _read_out_choices(self) -> dict[str, str]:
        chosen = super()._read_out_choices()
        return {"read_out": "spectral"} if chosen and self.read_out == "spectral" else chosen


def _means(z: Nodes, labels: Tensor, n_clusters: int) -> Tensor:
    """The mean row of each cluster; 0 for an empty one."""
    counts = torch.bincount(labels, minlength=n_clusters).clamp(min=1)
    return (cluster_sums(z, labels[None], n_clusters)[0] / counts[:, None]).to(z.dtype)
