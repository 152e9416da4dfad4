"""DAEGC: attention weighted by proximity, trained to reconstruct the edges and by its own sharpened clusters.

[Wang, Pan, Hu, Long, Jiang, Zhang, "Attributed Graph Clustering: A Deep Attentional Embedding Approach",
IJCAI 2019, arXiv 1906.06532]. The authors' code was not seen: losses and schedule follow the public port
github.com/Tiger101010/DAEGC at 5931c81, whose scores are those of the best epoch by label; here the last state
counts.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.encoders.proximity_attention import ProximityAttention
from graphcl.heads import StudentHead
from graphcl.methods.bases.autoencoder import PRETRAIN
from graphcl.methods.bases.self_training import CLUSTER, SelfTrainedClusterer, SelfTrainingModule
from graphcl.objectives import adjacency_cross_entropy, clustering_divergence, target_distribution
from graphcl.ops.graph_matrices.proximity import edge_proximity
from graphcl.ops.graph_matrices.sparse import stored_entries, unit_rows
from graphcl.training import Stage, Step, adam
from graphcl.typing import Count, CountOrZero, Nodes, NonNegative, Positive


class DAEGCModule(SelfTrainingModule):
    """DAEGC in two stages: "pretrain", reconstruction of the edges; "cluster", that and the self-training.

    Args:
        first: from the features to the hidden layer.
        second: from the hidden layer to the embedding.
        head: soft clusters on the embeddings.
        divergence_weight: of KL(p || q).
        columns: nodes drawn in each step to estimate the sum over all pairs; None sums over all.
        n_init: restarts of the k-means that places the centres.
    """

    def __init__(
        self,
        first: ProximityAttention,
        second: ProximityAttention,
        head: StudentHead,
        *,
        divergence_weight: float = 10.0,
        columns: int | None = None,
        n_init: int = 20,
    ) -> None:
        super().__init__(head, n_init)
        self.first, self.second = first, second
        self.divergence_weight, self.columns = divergence_weight, columns

    def prepare(self, data: Data) -> Data:
        """Attach the proximity at edges and self loops."""
        matrix = edge_proximity(data.edge_index, data.num_nodes, data.get("edge_weight"))
        ends, values = stored_entries(matrix, data.x.dtype)
        device = data.edge_index.device
        return attach(data, "whole", near=ends.to(device), proximity=values.to(device))

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The cross-entropy of all pairs against A + I; in "cluster" also KL(p || q), p the target of this q."""
        z = self.embed(batch)
        reconstruction = adjacency_cross_entropy(z, batch.near, columns=self.columns, generator=step.generator)
        if step.stage == PRETRAIN:
            return {"reconstruction": reconstruction}
        log_q = self.head(z)
        divergence = clustering_divergence(log_q, target_distribution(log_q.detach()))
        return {"divergence": self.divergence_weight * divergence, "reconstruction": reconstruction}

    def embed(self, batch: Data) -> Nodes:
        """Rows of unit length, of all nodes."""
        hidden = self.first(batch.x, batch.near, batch.proximity)
        return unit_rows(self.second(hidden, batch.near, batch.proximity))


@dataclass(kw_only=True, eq=False, repr=False)
class DAEGC(SelfTrainedClusterer):
    """DAEGC: two attention layers whose scores are weighted by proximity, edges reconstructed, and self-training.

    A directed graph is made undirected (the maximum of both directions); `edge_weight` counts in the proximity,
    and not in what is reconstructed, A + I of 0 and 1. All nodes are in each step, as published, because all pairs
    are compared. Their sum is exact in time n^2, in blocks, or estimated from drawn `columns` in linear time;
    memory is linear either way. No edge has more weight than a pair without one, so that on a large sparse graph
    the embeddings are pushed apart above all; that is the published loss.

    Args:
        hidden_channels: width between the two layers.
        out_channels: width of the embedding.
        pretrain_epochs: steps of reconstruction alone; the port carries on from its 30th.
        pretrain_lr: their learning rate.
        epochs: steps of self-training.
        lr: their learning rate.
        weight_decay: of Adam, in both stages.
        divergence_weight: of KL(p || q), beside the reconstruction.
        columns: nodes drawn in each step, with which all pairs of the reconstruction are formed, an estimate
            without bias; None forms all n^2.
        n_init: restarts of the k-means that places the centres.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = DAEGC(n_clusters=2, hidden_channels=16, epochs=5, pretrain_epochs=2).fit(karate.graph)
        >>> model.history_[-1].keys()
        dict_keys(['stage', 'epoch', 'loss', 'divergence', 'reconstruction'])
    """

    name: ClassVar[str] = "daegc"

    hidden_channels: Count = 256
    out_channels: Count = 16
    pretrain_epochs: CountOrZero = 30
    pretrain_lr: Positive = 5e-3
    epochs: CountOrZero = 100
    lr: Positive = 1e-4
    weight_decay: NonNegative = 5e-3
    divergence_weight: NonNegative = 10.0
    columns: Count | None = None
    n_init: Count = 20

    def _build(self, data: Data) -> DAEGCModule:
        return DAEGCModule(
            ProximityAttention(data.x.size(1), self.hidden_channels),
            ProximityAttention(self.hidden_channels, self.out_channels),
            StudentHead(self.n_clusters, self.out_channels),
            **self._settings_for(DAEGCModule),
        )

    def _stages(self) -> list[Stage]:
        return [
            Stage(PRETRAIN, self.pretrain_epochs, adam(self.pretrain_lr, self.weight_decay)),
            Stage(CLUSTER, self.epochs, adam(self.lr, self.weight_decay)),
        ]
