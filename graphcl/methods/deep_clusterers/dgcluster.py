"""DGCluster without labels: a graph neural network that maximises modularity, and BIRCH, which finds the clusters.

[Bhowmick, Kosan, Huang, Singh, Medya, "DGCLUSTER: A Neural Framework for Attributed Graph Clustering via
Modularity Maximization", AAAI 2024]; the authors' code is pyrobits/DGCluster, read at e5ede94. The paper was not
at hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from sklearn.cluster import Birch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LinearLR, LRScheduler
from torch_geometric.data import Data

from graphcl.encoders.gnn import Activation
from graphcl.graph_collection import Graphs
from graphcl.heads import SquaredUnitHead
from graphcl.methods.bases.gnn import GNNEmbedder
from graphcl.methods.bases.soft_partition import SoftPartition
from graphcl.objectives.partition_quality import LinkShares, PartitionSums
from graphcl.objectives.partition_quality.modularity import modularity_of
from graphcl.ops.machine.runtime import Runtime
from graphcl.training import Batches, Stage
from graphcl.training.method import Layer
from graphcl.typing import Count, CountOrZero, Flag, Labels, Layers, Nodes, NonNegative, Positive, Probability


class AssignmentRows(SoftPartition):
    """A soft partition whose embedding is the assignment itself."""

    def embed(self, batch: Data) -> Nodes:
        """The assignment of the seeds."""
        return self.head.assign(super().embed(batch))

    @property
    def layers(self) -> Sequence[Layer] | None:
        """Those of the encoder, the last one followed by the head."""
        layers = super().layers
        if not layers:
            return None
        return [*layers[:-1], lambda batch: self.head.assign(layers[-1](batch))]


@dataclass(kw_only=True, eq=False, repr=False)
class DGCluster(GNNEmbedder):
    """DGCluster at lambda 0: rows of squared entries at unit length, with similarities of high modularity.

    The term that lambda weighs compares the similarities with the classes of all nodes, so that lambda = 0 alone
    is without labels, and there is no other here: of the published numbers for Cora, NMI 49.9 belongs to it and
    62.1 does not. Departures: all hidden layers have one width, where the authors' have 256 and 128; a number of
    clusters can be given, for k-means on the rows in place of BIRCH; and rows are read out with the scale of the
    last training step, see `heads.SquaredUnitHead`.

    With `batch_size` the sums that modularity is a function of are estimated, see `SoftPartition`, and the rows
    are the limit of `SquaredUnitHead` for many nodes, which needs no sum over all of them.

    Args:
        n_clusters: of k-means on the rows; None finds clusters, and their number, by BIRCH, as published.
        threshold: of BIRCH: the largest radius of a cluster.
        balance_weight: alpha, weight of (|sum_i o_i|^2 / n^2)^2, which is low where the rows point apart; 0, 0.5
            and 1 are published.
        dropout: share of the entries set to 0 between layers.
        clip: the greatest norm of the gradient.
        epochs: passes over the nodes; the learning rate falls to a tenth in a straight line.
        lr: learning rate of Adam, with AMSGrad.
        weight_decay: of Adam.

    Attributes:
        labels_: (n,), int64, by BIRCH, or by k-means if `n_clusters` is given.
        cluster_centers_: (clusters, out_channels), the centres that rows belong to the nearest of.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> model = DGCluster(hidden_channels=16, out_channels=8, epochs=20).fit(karate)
        >>> model.embedding_.shape, model.labels_.shape, model.history_[-1].keys()
        (torch.Size([34, 8]), torch.Size([34]), dict_keys(['stage', 'epoch', 'loss', 'modularity']))
    """

    name: ClassVar[str] = "dgcluster"
    activate_last: ClassVar[bool] = False

    hidden_channels: Count = 256
    out_channels: Count = 64
    num_layers: Layers = 3
    activation: Activation = "selu"
    row_normalize: Flag = False
    threshold: Positive = 0.5
    balance_weight: NonNegative = 0.0
    dropout: Probability = 0.5
    clip: Positive = 0.1
    epochs: CountOrZero = 300
    lr: Positive = 1e-3
    weight_decay: NonNegative = 1e-3

    def fit_predict(self, data: Data | Graphs, y: object = None, **fit_options: Any) -> Labels:
        """`fit(data).labels_`, also without a number of clusters; options are those of `fit`."""
        labels: Labels = self.fit(data, y, **fit_options).labels_
        return labels

    def _build(self, data: Data) -> AssignmentRows:
        sampled = self.batch_size is not None
        head = SquaredUnitHead(self.out_channels, scaled=not sampled)
        return AssignmentRows(self._encoder(data), head, self._losses, sampled=sampled)

    def _losses(self, sums: PartitionSums, shares: LinkShares) -> dict[str, Tensor]:  # noqa: ARG002
        losses = {"modularity": -modularity_of(sums)}
        if self.balance_weight:
            losses["balance"] = self.balance_weight * sums.sizes.square().sum().square()
        return losses

    def _network_settings(self) -> dict[str, Any]:
        return {"dropout": self.dropout}

    def _stages(self) -> list[Stage]:
        settings = {"schedule": _to_a_tenth, "clip": self.clip, **self._sampling()}
        return [Stage("modularity", self.epochs, self._optimizers, **settings)]

    def _optimizers(self, method: nn.Module) -> list[Optimizer]:
        parameters = method.parameters()
        return [torch.optim.Adam(parameters, lr=self.lr, weight_decay=self.weight_decay, amsgrad=True)]

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        if self.n_clusters is not None:
            super()._read_out(batches, runtime)
            return
        found = Birch(n_clusters=None, threshold=self.threshold).fit(self.embedding_.numpy())
        self.labels_ = torch.from_numpy(found.labels_).long()
        self.cluster_centers_ = torch.from_numpy(found.subcluster_centers_).to(self.embedding_.dtype)

    def _read_out_choices(self) -> dict[str, str]:
        return super()._read_out_choices() if self.n_clusters is not None else {"clusters": "birch"}

    def _fitted_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*super()._fitted_names(), "labels_", "cluster_centers_")))


def _to_a_tenth(optimizer: Optimizer, steps: int) -> LRScheduler:
    """The learning rate falls to a tenth, in a straight line over all steps."""
    return LinearLR(optimizer, 1.0, 0.1, total_iters=max(steps, 1))
