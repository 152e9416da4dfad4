"""SCGC and SCGC*: contrastive graph clustering with an MLP; the graph enters the loss alone, by random walks.

[Kulatilleke, Portmann, Chandra, "SCGC: Self-Supervised Contrastive Graph Clustering", 2022, arXiv 2204.12656;
Neurocomputing 2025]. Not the method of the same name of Liu et al. (TNNLS 2023). Where paper and published code
could differ this follows the code, but for its protocol: the read-out is taken once, after the last step.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import ClassVar, Literal, cast

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.agreement import Agreement
from graphcl.encoders import Autoencoder
from graphcl.graph_collection import Graphs
from graphcl.heads import StudentHead
from graphcl.methods.bases.autoencoder import (
    PRETRAIN,
    AutoencoderModule,
    new_autoencoder,
    pretraining,
    scale_features,
)
from graphcl.methods.bases.influence import Influence, InfluenceContrast
from graphcl.methods.bases.self_training import first_centres
from graphcl.methods.bases.stored_rows import StoredRows
from graphcl.objectives import clustering_divergence, target_distribution
from graphcl.objectives.all_pairs.logsumexp import Summation
from graphcl.ops.graph_matrices.sparse import select_rows
from graphcl.ops.machine.distributed import stack_over_ranks, world
from graphcl.training import GraphClusterer, Selection, Stage, Step, adam
from graphcl.training.method import EmbedAll
from graphcl.typing import Count, CountOrZero, Flag, Labels, Nodes, NonNegative, Positive, Widths

CLUSTER = "cluster"

POSITIVES = 5
"""Walks from each seed of a batch."""

Target = Literal["batch", "global"]
"""Over which nodes the self-training's cluster frequencies are summed: those of the batch, or all."""

PositiveRows = Literal["current", "stored"]
"""Of the ends of walks: computed in the step that compares them, or at the start of the epoch."""

Select = Literal["last", "agreement"]
"""The state that the training ends in: the last, or the best by a score without labels."""


class SCGCModule(AutoencoderModule):
    """SCGC in two stages: "pretrain", reconstruction of the features; "cluster", contrast and self-training.

    Args:
        autoencoder: its encoder is trained further, and its decoder if it reconstructs.
        head: soft clusters on the embeddings.
        influence: which positives: "last" is P^order, "cumulative" is P + ... + P^order.
        reconstruct: whether the features are reconstructed in the second stage too.
        alpha: weight of the contrast.
        beta: weight of the clustering divergence.
        tau: inverse temperature of the contrast.
        order: steps of the random walk.
        n_init: restarts of the k-means that places the centres.
        summation: how the sum over all pairs is computed.
        judge: makes of the graph the score of `agreement`; None where it is not used.
        walks: walks drawn from each seed, for training on batches; None for training on all nodes at once.
        global_target: whether the target's cluster frequencies are those of all nodes, summed before each epoch.
        store: whether the positives' rows are those of the start of the epoch.
        across_ranks: whether a batch's seeds are compared with those of all processes, unless False.

    Attributes:
        log_frequency: (k,), the log of the sum over all nodes of q; there with `global_target` alone.
    """

    def __init__(
        self,
        autoencoder: Autoencoder,
        head: StudentHead,
        *,
        influence: Influence,
        reconstruct: bool,
        alpha: float,
        beta: float,
        tau: float,
        order: int,
        n_init: int = 20,
        summation: Summation = "auto",
        judge: Callable[[Data], Agreement] | None = None,
        walks: int | None = None,
        global_target: bool = False,
        store: bool = False,
        across_ranks: bool | None = None,
    ) -> None:
        super().__init__(autoencoder)
        self.log_frequency: Tensor | None
        self.register_buffer("log_frequency", torch.zeros(len(head.centres)) if global_target else None)
        self.stored = StoredRows() if store else None
        self.head, self.across_ranks = head, across_ranks is not False
        self.alpha, self.beta, self.n_init, self.reconstruct = alpha, beta, n_init, reconstruct
        width = head.centres.size(1)
        self.contrast = InfluenceContrast(
            influence, order=order, tau=tau, summation=summation, width=width, walks=walks
        )
        self.make_judge = judge

    @property
    def joint(self) -> Sequence[str]:  # type: ignore[override]
        """The contrast, where it is among the seeds of all processes."""
        return ("contrast",) if self.across_ranks else ()

    def prepare(self, data: Data) -> Data:
        """Attach the positives; an embedding needs none."""
        if not self.training:
            return data
        if self.make_judge:
            self.judge = self.make_judge(data)
        return self.contrast.attach(data)

    def companions(self, seeds: Tensor, step: Step) -> dict[str, Tensor]:
        """The positives of seeds of a sample, ends of walks; none where their rows are stored."""
        return {} if step.stage == PRETRAIN or self.stored else self.contrast.draw(seeds, step.generator)

    def start(self, step: Step, embed_all: EmbedAll) -> None:
        """Place the centres by k-means on the pre-trained embeddings, or on 2^20 of them where there are more."""
        if step.stage == CLUSTER:
            self.head.place(first_centres(embed_all(), len(self.head.centres), self.n_init, step.generator))

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """In "cluster": alpha L_con + beta L_KL (+ L_rec), the target sharpened from the q that it supervises."""
        if step.stage == PRETRAIN:
            return super().forward(batch, step)
        rows = self.rows(batch)
        z = rows[: batch.seeds]
        log_q = self.head(z)
        log_p = target_distribution(log_q.detach(), self._log_frequency(log_q.detach()))
        if self.contrast.walks is None:
            contrast = self.contrast.loss(z, batch, step.generator)
        elif self.stored:
            stored = self.stored.rows
            contrast = self.contrast.stored_loss(z, batch, stored, step.generator, across_ranks=self.across_ranks)
        else:
            contrast = self.contrast.sampled_loss(rows, batch, across_ranks=self.across_ranks)
        divergence = clustering_divergence(log_q, log_p)
        losses = {"contrast": self.alpha * contrast, "divergence": self.beta * divergence}
        if self.reconstruct:
            losses["reconstruction"] = self.autoencoder.error(_of_seeds(batch), z)
        return losses

    def _log_frequency(self, log_q: Tensor) -> Tensor | None:
        """Of the clusters among all nodes, or the seeds of all processes; None for those of the given rows."""
        if self.log_frequency is not None:
            return self.log_frequency
        if not self.across_ranks or world() == 1:
            return None
        own = torch.logsumexp(log_q, dim=0)
        return torch.logsumexp(stack_over_ranks(own), dim=0)

    def refresh(self, step: Step, embed_all: EmbedAll) -> bool:
        """Before an epoch of the second stage, store the rows of all nodes and sum their soft clusters."""
        if step.stage != CLUSTER or step.index > 0:
            return False
        if self.stored:
            self.stored.rows = embed_all()
        if self.log_frequency is None:
            return self.stored is not None
        parts: list[Tensor] = []

        def add(batch: Data) -> Tensor:
            log_q = self.head(self.embed(batch))
            parts.append(torch.logsumexp(log_q.double(), 0))
            nothing: Tensor = log_q[:, :0]  # of a node is kept
            return nothing

        embed_all(add)
        self.log_frequency.copy_(torch.logsumexp(torch.stack(parts), 0))
        return True

    def after_step(self, step: Step) -> None:
        """Forget the stored rows after the last step."""
        if self.stored and step.done + 1 == step.total_steps:
            self.stored.rows = torch.empty(0, 0)

    def choices(self, stage: str) -> dict[str, str]:
        """How the sums over all pairs and over positives were computed."""
        return self.contrast.choices if stage == CLUSTER else {}

    def agreement(self, z: Nodes) -> float:
        """J of the clusters as they stand: how far features and edges agree on them, see `Agreement`."""
        score: float = self.judge.score(self.head(z).argmax(1), len(self.head.centres))["J"]
        return score

    def trained_parameters(self) -> Iterable[nn.Parameter]:
        """What the second stage trains: all, or all but the decoder where nothing is reconstructed."""
        network = self.autoencoder if self.reconstruct else self.autoencoder.encoder
        return chain(network.parameters(), self.head.parameters())


def _of_seeds(batch: Data) -> Tensor:
    """The features of a batch's seeds."""
    x: Tensor = batch.x
    return x if batch.seeds == x.size(0) else select_rows(x, torch.arange(batch.seeds, device=x.device))


@dataclass(kw_only=True, eq=False, repr=False)
class InfluenceClusterer(GraphClusterer):
    """Base class of SCGC and SCGC*: hyper-parameters, stages and read-out.

    A directed graph is made undirected (the maximum of both directions); `edge_weight` is honoured. Prediction
    needs features only.

    With `batch_size` a step sees a uniform draw of seeds, and three things are approximated. The contrast: a few
    walks from each seed estimate the sum over its positives, and the other seeds that over all nodes, both without
    bias, but the log of the estimate is too low on average, see `sampled_influence_contrast`. The rows of the
    positives, which are those of the start of the epoch, see `positive_rows`. The target p of the
    self-training: p_ik goes with q_ik^2 / f_k, and the frequencies f_k of a batch estimate those of all nodes, see
    `target`. What that costs: on Cora nothing, on a planted partition 78 in place of 90 NMI, most of it by the
    estimates and not by the stored rows: benchmarks/tables/sampled.md and sampled-planted.md.

    Args:
        hidden_channels: widths of the encoder's hidden layers; the decoder mirrors them.
        out_channels: width of the embedding.
        pretrain_epochs: passes over the rows of x before clustering.
        pretrain_lr: learning rate of the pre-training.
        pretrain_batch_size: rows per step of the pre-training.
        feature_scale: x is multiplied by this first.
        epochs: passes over the nodes after pre-training.
        lr: their learning rate.
        weight_decay: of Adam, in those steps.
        alpha: weight of the contrast.
        beta: weight of the clustering divergence.
        tau: inverse temperature: it multiplies the cosine.
        order: steps of the random walk that says which nodes are positives.
        n_init: restarts of the k-means that places the centres.
        summation: how the sum over all pairs is computed, see `all_pairs_logsumexp`; "auto" takes the fastest
            way that keeps its log within 1e-4, and `stages_` says which.
        select: which state the training ends in: the "last", or that with the best "agreement" of features and
            edges on its clusters among those after every `select_every` epochs; no label is read for it.
        select_every: epochs between two evaluations.
        batch_size: seeds per step of the clustering stage, of all processes together; None takes all nodes at
            once, as published.
        positives: walks drawn from each seed of a batch, whose ends are its positives; read with `batch_size`
            alone; None draws 5.
        target: whose cluster frequencies f the self-training's target divides by: those of the "batch", or the
            "global" ones, summed over all nodes before each epoch, which costs a pass of the encoder over the
            nodes, in blocks. With all nodes in one batch the two are the same. Read with `batch_size` alone; None
            takes "batch".
        positive_rows: embeddings of the ends of walks: "current" ones, computed in the same step, which takes
            1 + `positives` rows through the encoder for each seed; or those "stored" at the start of the epoch,
            which takes one, and a pass over all nodes an epoch, a third of the time: the gradient that stored
            rows cannot carry is given to the seeds, see `sampled_influence_contrast`. Read with `batch_size`
            alone; None takes "stored".
        across_ranks: with several processes, whether a step's seeds are contrasted with those of all of them, and
            the target is that of all, so that a step is the same for any number (None, the default, or true), or
            each process keeps to its own (false).

    Attributes:
        labels_: (n,), int64, the most probable cluster after the last step.
        soft_labels_: (n, n_clusters), rows sum to 1.
        embedding_: (n, out_channels).
        history_: one dict per epoch; stages_: what each stage cost.
    """

    revision: ClassVar[int] = 2
    accepts_edge_weight: ClassVar[bool] = True

    hidden_channels: Widths = (500, 500, 2000)
    out_channels: Count = 10
    pretrain_epochs: CountOrZero = 30
    pretrain_lr: Positive = 1e-3
    pretrain_batch_size: Count = 256
    feature_scale: Positive = 1.0
    epochs: CountOrZero = 200
    lr: Positive = 1e-3
    weight_decay: NonNegative = 0.0
    alpha: NonNegative = 1.0
    beta: NonNegative = 0.1
    tau: Positive = 0.25
    order: Count = 2
    n_init: Count = 20
    summation: Summation = "auto"
    select: Select = "last"
    select_every: Count = 5
    batch_size: Count | None = None
    positives: Count | None = None
    target: Target | None = None
    positive_rows: PositiveRows | None = None
    across_ranks: Flag | None = None

    def predict(self, data: Data) -> Labels:
        """The most probable cluster of each node, also of nodes that `fit` did not see; no edge is read."""
        return self._soft(self.transform(data)).argmax(1)

    def _module(self, data: Data, influence: Influence, *, reconstruct: bool) -> SCGCModule:
        settings = {**self._settings_for(SCGCModule), "influence": influence, "reconstruct": reconstruct}
        return SCGCModule(
            new_autoencoder(data, self.hidden_channels, self.out_channels),
            StudentHead(self.n_clusters, self.out_channels),
            judge=partial(Agreement, seed=self.seed, device=self.device) if self.select == "agreement" else None,
            walks=None if self.batch_size is None else self.positives or POSITIVES,
            global_target=self.target == "global",
            store=self.batch_size is not None and self.positive_rows != "current",
            **settings,
        )

    def _stages(self) -> list[Stage]:
        judged = Selection("agreement", self.select_every, SCGCModule.agreement)
        cluster = Stage(
            CLUSTER,
            self.epochs,
            adam(self.lr, self.weight_decay, parameters=SCGCModule.trained_parameters),
            batch_size=self.batch_size,
            selection=judged if self.select == "agreement" else None,
        )
        return [pretraining(self.pretrain_epochs, self.pretrain_lr, self.pretrain_batch_size), cluster]

    def _hops(self) -> int:
        return 0

    def _checked(self, data: Data | Graphs) -> Graphs:
        if self.positives is not None and self.batch_size is None:
            raise ValueError(
                f"positives are drawn with batch_size alone; got {self.positives}; set batch_size too"
            )
        for name in ("target", "positive_rows"):
            if getattr(self, name) is not None and self.batch_size is None:
                got = f"{getattr(self, name)!r}; set batch_size too, or leave it out"
                raise ValueError(f"{name} is read with batch_size alone; got {got}")
        return scale_features(super()._checked(data), self.feature_scale)

    def _cluster(self, z: Nodes) -> Labels:
        self.soft_labels_ = self._soft(z)
        return self.soft_labels_.argmax(1)

    @torch.no_grad()
    def _soft(self, z: Nodes) -> Tensor:
        head = cast("SCGCModule", self.module_).head
        soft: Tensor = head(z.to(head.centres.device)).exp().cpu()
        return soft


@dataclass(kw_only=True, eq=False, repr=False)
class SCGC(InfluenceClusterer):
    """SCGC: contrast with the ends of random walks, self-training, and reconstruction of the features.

    The reference has two switches; the paper's SCGC is `influence="last", reconstruct=True` (the default), its
    SCGC* the opposite of both (`SCGCStar`); the other two mixes say which of the two matters.

    Args:
        influence: positives are the ends of walks of `order` steps ("last") or all visits ("cumulative").
        reconstruct: whether the decoder is kept and the features are reconstructed during clustering.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = SCGC(n_clusters=2, hidden_channels=(16,), epochs=5, pretrain_epochs=2)
        >>> model.fit(karate.graph).history_[-1].keys()
        dict_keys(['stage', 'epoch', 'loss', 'contrast', 'divergence', 'reconstruction'])
    """

    name: ClassVar[str] = "scgc"

    influence: Influence = "last"
    reconstruct: Flag = True

    def _build(self, data: Data) -> SCGCModule:
        return self._module(data, self.influence, reconstruct=self.reconstruct)


@dataclass(kw_only=True, eq=False, repr=False)
class SCGCStar(InfluenceClusterer):
    """SCGC*: contrast with all nodes that random walks visit, and self-training; no decoder.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = SCGCStar(n_clusters=2, hidden_channels=(16,), epochs=5, pretrain_epochs=2)
        >>> model.fit(karate.graph).soft_labels_.shape
        torch.Size([34, 2])
    """

    name: ClassVar[str] = "scgc-star"

    def _build(self, data: Data) -> SCGCModule:
        return self._module(data, "cumulative", reconstruct=False)
