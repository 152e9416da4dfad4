"""SCGC*: a plain MLP pulled towards what each node's random walks visit; the graph is only in the loss.

[Kulatilleke, Portmann, Chandra, "SCGC: Self-Supervised Contrastive Graph Clustering", 2022, arXiv 2204.12656;
Neurocomputing 2025]. Not the method of the same name of Liu et al. (TNNLS 2023). Where paper and published code
could differ this follows the code, but for its protocol: the read-out is taken once, after the last step.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar, cast

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders import Autoencoder
from graphcl.heads import StudentHead, kmeans
from graphcl.methods.pretraining import PRETRAIN, AutoencoderModule, PretrainedClusterer
from graphcl.objectives import (
    clustering_divergence,
    cumulative_influence,
    influence_contrast,
    target_distribution,
    transition_matrix,
)
from graphcl.objectives.partition import Partition
from graphcl.sparse import from_scipy
from graphcl.training import Stage, Step
from graphcl.training.method import EmbedAll
from graphcl.typing import Count, CountOrZero, Labels, Nodes, NonNegative, Positive

CLUSTER = "cluster"


class SCGCStarModule(AutoencoderModule):
    """Stage "pretrain": the autoencoder gives the features back. Stage "cluster": contrast and self-training.

    Args:
        autoencoder: its encoder is trained on; its decoder serves the pre-training alone.
        head: soft clusters on the embeddings.
        alpha: weight of the contrast.
        beta: weight of the clustering divergence.
        tau: inverse temperature of the contrast.
        order: steps of the random walk.
        n_init: restarts of the k-means that places the centres.
        partition: how the sum over all pairs is computed.
    """

    def __init__(
        self,
        autoencoder: Autoencoder,
        head: StudentHead,
        *,
        alpha: float,
        beta: float,
        tau: float,
        order: int,
        n_init: int = 20,
        partition: Partition = "auto",
    ) -> None:
        super().__init__(autoencoder)
        self.head = head
        self.alpha, self.beta, self.tau, self.order = alpha, beta, tau, order
        self.n_init, self.partition = n_init, partition

    def prepare(self, data: Data) -> Data:
        """Attach the positives, P + ... + P^order, as sparse rows."""
        data = copy(data)
        walk = transition_matrix(data.edge_index, data.num_nodes, data.get("edge_weight"))
        data.row_positives = from_scipy(cumulative_influence(walk, self.order))
        return data

    def start(self, step: Step, embed_all: EmbedAll) -> None:
        """Place the centres by k-means on the pre-trained embeddings."""
        if step.stage == CLUSTER:
            seed = int(torch.randint(2**31 - 1, (), generator=step.generator, device=step.generator.device))
            n_clusters = len(self.head.centres)
            self.head.place(kmeans(embed_all(), n_clusters, n_init=self.n_init, seed=seed)[1])

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """In "cluster": alpha L_con + beta L_KL, the target sharpened from the very q that it supervises."""
        if step.stage == PRETRAIN:
            return super().forward(batch, step)
        z = self.embed(batch)
        log_q = self.head(z)
        log_p = target_distribution(log_q.detach())
        contrast = influence_contrast(z, batch.row_positives, tau=self.tau, partition=self.partition)
        divergence = clustering_divergence(log_q, log_p)
        return {"contrast": self.alpha * contrast, "divergence": self.beta * divergence}


@dataclass(kw_only=True, eq=False, repr=False)
class SCGCStar(PretrainedClusterer):
    """SCGC*: an MLP on features, the graph in a contrastive loss, soft clusters refined by self-training.

    Training is on the full graph. A directed graph is made undirected (the maximum of both directions);
    `edge_weight` is honoured. Prediction needs features only.

    Args:
        epochs: full-batch steps after pre-training.
        lr: their learning rate.
        weight_decay: of Adam, in those steps.
        alpha: weight of the contrast.
        beta: weight of the clustering divergence.
        tau: inverse temperature: it multiplies the cosine.
        order: positives are the nodes that a walk visits within this many steps.
        n_init: restarts of the k-means that places the centres.
        partition: "dense" or "blocked" sum over all pairs, or "auto" by size; see `log_partition`.

    Attributes:
        labels_: (n,), int64, the most probable cluster after the last step.
        soft_labels_: (n, n_clusters), rows sum to 1.
        embedding_: (n, out_channels).
        history_: one dict per epoch; stages_: what each stage cost.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = SCGCStar(n_clusters=2, hidden_channels=(16,), epochs=5, pretrain_epochs=2)
        >>> model.fit(karate.graph).soft_labels_.shape
        torch.Size([34, 2])
    """

    name: ClassVar[str] = "scgc-star"
    accepts_edge_weight: ClassVar[bool] = True

    epochs: CountOrZero = 200
    lr: Positive = 1e-3
    weight_decay: NonNegative = 0.0
    alpha: NonNegative = 1.0
    beta: NonNegative = 0.1
    tau: Positive = 0.25
    order: Count = 2
    n_init: Count = 20
    partition: Partition = "auto"

    def predict(self, data: Data) -> Labels:
        """The most probable cluster of each node, also of nodes that `fit` did not see; no edge is read."""
        return self._soft(self.transform(data)).argmax(1)

    def _build(self, data: Data) -> SCGCStarModule:
        return SCGCStarModule(
            self._autoencoder(data),
            StudentHead(self.n_clusters, self.out_channels),
            alpha=self.alpha,
            beta=self.beta,
            tau=self.tau,
            order=self.order,
            n_init=self.n_init,
            partition=self.partition,
        )

    def _stages(self) -> list[Stage]:
        cluster = Stage(CLUSTER, self.epochs, self.lr, self.weight_decay, parameters=_trained_parameters)
        return [*super()._stages(), cluster]

    def _cluster(self, z: Nodes) -> Labels:
        self.soft_labels_ = self._soft(z)
        return self.soft_labels_.argmax(1)

    @torch.no_grad()
    def _soft(self, z: Nodes) -> Tensor:
        head = cast("SCGCStarModule", self.module_).head
        soft: Tensor = head(z.to(head.centres.device)).exp().cpu()
        return soft


def _trained_parameters(module: SCGCStarModule) -> Iterable[nn.Parameter]:
    return chain(module.autoencoder.encoder.parameters(), module.head.parameters())
