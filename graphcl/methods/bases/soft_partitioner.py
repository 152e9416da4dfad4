"""Base class of clusterers that train a soft partition: DMoN, MinCut and Neuromap."""

from dataclasses import dataclass
from typing import Any, ClassVar, cast

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders.gnn import Activation, Norm
from graphcl.graph_collection import Graphs
from graphcl.methods.bases.gnn import GNNEstimator
from graphcl.methods.bases.soft_partition import SoftPartition
from graphcl.training import GraphClusterer, Stage, adam
from graphcl.typing import Count, CountOrZero, Labels, Layers, Nodes, NonNegative, Positive, Probability


@dataclass(kw_only=True, eq=False, repr=False)
class SoftPartitioner(GNNEstimator, GraphClusterer):
    """Base class of clusterers that train an encoder with a head on a quality of soft partitions.

    The clusters are read out once, after the last step: argmax of the assignment, without dropout. A cluster may
    be empty.

    With `batch_size` the sums that the losses are functions of are estimated from the seeds and one drawn
    neighbour of each, without bias, and averaged over the last three steps or so, since no loss is linear in
    them; the gradient is that of the batch at the average. The rows: see `GNNEstimator`.

    Args:
        n_clusters: number of columns of the assignment, and so the most clusters there can be.
        activation: between the layers of our own networks, not after the last.
        dropout: share of the entries set to 0 between the layers of our own networks.
        norm: normalisation between those layers, "batch", "layer" or None.
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Attributes:
        embedding_: (n, out_channels), the encoder's rows.
        labels_: (n,), int64, the most probable cluster.
        soft_labels_: (n, n_clusters), rows sum to 1.
        history_: one dict per epoch; stages_: what each stage cost.
    """

    activate_last: ClassVar[bool] = False

    hidden_channels: Count = 64
    out_channels: Count = 64
    num_layers: Layers = 1
    activation: Activation = "selu"
    dropout: Probability = 0.0
    norm: Norm | None = None
    epochs: CountOrZero = 1000
    lr: Positive = 1e-3
    weight_decay: NonNegative = 0.0

    def predict(self, data: Data | Graphs) -> Labels:
        """The most probable cluster of each node, also in graphs that `fit` did not see.

        Raises:
            NotFittedError: before `fit`.
            ValueError: an input as for `transform`.
        """
        return self._soft(self.transform(data)).argmax(1)

    def _network_settings(self) -> dict[str, Any]:
        return {"dropout": self.dropout, "norm": self.norm}

    def _stages(self) -> list[Stage]:
        return [Stage("partition", self.epochs, adam(self.lr, self.weight_decay), **self._sampling())]

    def _cluster(self, z: Nodes) -> Labels:
        self.soft_labels_ = self._soft(z)
        return self.soft_labels_.argmax(1)

    @torch.no_grad()
    def _soft(self, z: Nodes) -> Tensor:
        module = cast("SoftPartition", self.module_).eval()
        parameter = next(module.head.parameters())
        return module.head.assign(z.to(parameter)).cpu()
