"""SDCN: an autoencoder and a GCN that takes in its activations, both trained by one clustering target.

[Bo, Wang, Shi, Zhu, Lu, Cui, "Structural Deep Clustering Network", WWW 2020, arXiv 2002.01633]. Losses and
schedule are those of the published code; the protocol is ours: a fresh pre-training for each seed, and one
read-out, fixed in advance, after the last step.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, cast

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.encoders import Autoencoder
from graphcl.encoders.fused_gcn import FusedGCN
from graphcl.graph_collection import Graphs
from graphcl.heads import StudentHead
from graphcl.methods.bases.autoencoder import (
    PRETRAIN,
    new_autoencoder,
    pretraining,
    reconstruction_by_rows,
    scale_features,
)
from graphcl.methods.bases.self_training import CLUSTER, SelfTrainedClusterer, SelfTrainingModule
from graphcl.objectives import clustering_divergence, target_distribution
from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.ops.machine.precision import at_least_float32
from graphcl.ops.machine.runtime import Runtime
from graphcl.ops.random_walks.walk_matrices import transition_matrix
from graphcl.ops.rows import by_rows
from graphcl.training import Stage, Step, adam
from graphcl.training.batching.batches import Batches
from graphcl.training.inference import embed_all
from graphcl.typing import Count, CountOrZero, Nodes, NonNegative, Positive, Widths

ReadOut = Literal["gcn", "student"]
"""Which soft clusters are read: those of the GCN, Zp (the paper's SDCN), or of the embedding, q (its SDCN_Q)."""


class SDCNModule(SelfTrainingModule):
    """SDCN in two stages: "pretrain", reconstruction of the features; "cluster", all on all nodes at once.

    Args:
        autoencoder: its encoder makes the embeddings.
        gcn: from the features, the transition matrix and the encoder's activations to logits of clusters.
        head: soft clusters on the embeddings.
        read_out: which soft clusters `soft` gives.
        alpha: weight of KL(p || q).
        beta: weight of KL(p || Zp).
        n_init: restarts of the k-means that places the centres.
    """

    def __init__(
        self,
        autoencoder: Autoencoder,
        gcn: FusedGCN,
        head: StudentHead,
        *,
        read_out: ReadOut = "gcn",
        alpha: float = 0.1,
        beta: float = 0.01,
        n_init: int = 20,
    ) -> None:
        super().__init__(head, n_init)
        self.autoencoder, self.gcn = autoencoder, gcn
        self.read_out, self.alpha, self.beta = read_out, alpha, beta

    def prepare(self, data: Data) -> Data:
        """Attach the transition matrix, which both the losses and the clusters read."""
        walk = transition_matrix(data.edge_index, data.num_nodes, data.get("edge_weight"))
        return attach(data, "whole", walk=from_scipy(walk, data.x.dtype, narrow=True).to(data.edge_index.device))

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """In "cluster": alpha KL(p || q) + beta KL(p || Zp) + the reconstruction; p is the target of this q."""
        if step.stage == PRETRAIN:
            return {"reconstruction": self.autoencoder.reconstruction(batch.x)}
        *hidden, z = self.autoencoder.encoder.activations(batch.x)
        log_q = self.head(z)
        log_p = target_distribution(log_q.detach())
        log_gcn = self._log_gcn(batch, [*hidden, z])
        return {
            "divergence": self.alpha * clustering_divergence(log_q, log_p),
            "gcn_divergence": self.beta * clustering_divergence(log_gcn, log_p),
            "reconstruction": reconstruction_by_rows(self.autoencoder, batch.x, z),
        }

    def embed(self, batch: Data) -> Nodes:
        """The encoder's rows of the seeds, which read no edge."""
        return by_rows(self.autoencoder.encoder, batch.x)[: batch.seeds]

    def soft(self, batch: Data) -> Tensor:
        """The soft clusters of the read-out, (n, k)."""
        return self.soft_by_gcn(batch) if self.read_out == "gcn" else self.soft_by_student(batch)

    def soft_by_gcn(self, batch: Data) -> Tensor:
        """Zp, the row-wise softmax of the GCN's output, (n, k)."""
        return self._log_gcn(batch, self.autoencoder.encoder.activations(batch.x)).exp()

    def soft_by_student(self, batch: Data) -> Tensor:
        """q, Student's t on the embeddings, (n, k)."""
        return super().soft(batch)

    def _log_gcn(self, batch: Data, activations: list[Tensor]) -> Tensor:
        return torch.log_softmax(at_least_float32(self.gcn(batch.x, batch.walk, activations)), dim=1)


@dataclass(kw_only=True, eq=False, repr=False)
class SDCN(SelfTrainedClusterer):
    """SDCN: an autoencoder and a GCN fused with its activations, trained by one target of self-training.

    The GCN's layers read the mean of their input and of the autoencoder's layer of the same width; soft clusters
    of both, Zp of the GCN and q of the embedding, follow the sharpened target p of q, beside the reconstruction of
    the features. A directed graph is made undirected (the maximum of both directions); `edge_weight` is honoured.

    The second stage takes all nodes at once, as published: the GCN reads five edges away, so that samples of a few
    thousand seeds would take in most of a graph. Its peak memory is 43 kB a node at the published widths.

    Args:
        hidden_channels: widths of the encoder's hidden layers; the decoder mirrors them.
        out_channels: width of the embedding.
        pretrain_epochs: passes over the rows of x before clustering.
        pretrain_lr: learning rate of the pre-training.
        pretrain_batch_size: rows per step of the pre-training.
        feature_scale: x is multiplied by this first.
        epochs: steps on all nodes after the pre-training; the code's 200. The paper names 50 for graph data.
        lr: their learning rate.
        alpha: weight of KL(p || q).
        beta: weight of KL(p || Zp).
        read_out: which soft clusters become `soft_labels_` and `labels_`: "gcn", Zp, the paper's SDCN; "student",
            q, the paper's SDCN_Q. Choose it before seeing labels: the better of the two is another method.
        n_init: restarts of the k-means that places the centres.

    Attributes:
        labels_: (n,), int64, the most probable cluster by the read-out, after the last step.
        soft_labels_: (n, n_clusters), rows sum to 1, of the read-out.
        student_labels_: (n,), int64, the most probable cluster by q.
        embedding_: (n, out_channels), of the autoencoder; it reads no edge.
        history_: one dict per epoch; stages_: what each stage cost.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = SDCN(n_clusters=2, hidden_channels=(16,), epochs=5, pretrain_epochs=2).fit(karate.graph)
        >>> model.history_[-1].keys()
        dict_keys(['stage', 'epoch', 'loss', 'divergence', 'gcn_divergence', 'reconstruction'])
    """

    name: ClassVar[str] = "sdcn"
    read_outs: ClassVar[tuple[str, ...]] = ("student_labels_",)
    row_attributes: ClassVar[tuple[str, ...]] = ("embedding_", "labels_", "soft_labels_", "student_labels_")

    hidden_channels: Widths = (500, 500, 2000)
    out_channels: Count = 10
    pretrain_epochs: CountOrZero = 30
    pretrain_lr: Positive = 1e-3
    pretrain_batch_size: Count = 256
    feature_scale: Positive = 1.0
    epochs: CountOrZero = 200
    lr: Positive = 1e-3
    alpha: NonNegative = 0.1
    beta: NonNegative = 0.01
    read_out: ReadOut = "gcn"
    n_init: Count = 20

    def _build(self, data: Data) -> SDCNModule:
        widths = (data.x.size(1), *self.hidden_channels, self.out_channels, self.n_clusters)
        return SDCNModule(
            new_autoencoder(data, self.hidden_channels, self.out_channels),
            FusedGCN(widths),
            StudentHead(self.n_clusters, self.out_channels),
            **self._settings_for(SDCNModule),
        )

    def _stages(self) -> list[Stage]:
        cluster = Stage(CLUSTER, self.epochs, adam(self.lr))
        return [pretraining(self.pretrain_epochs, self.pretrain_lr, self.pretrain_batch_size), cluster]

    def _checked(self, data: Data | Graphs) -> Graphs:
        return scale_features(super()._checked(data), self.feature_scale)

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        super()._read_out(batches, runtime)
        module = cast("SDCNModule", self.module_)
        self.student_labels_ = embed_all(module, batches, runtime, module.soft_by_student).argmax(1).cpu()
