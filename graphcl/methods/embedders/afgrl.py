"""AFGRL: a network predicts a slowly moving copy's rows of nearest nodes, without augmentation or negatives.

[Lee, Lee, Park, "Augmentation-Free Self-Supervised Learning on Graphs", AAAI 2022, arXiv 2112.02472]; the authors'
code is Namkyeong/AFGRL, read at 95095f4.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders.calling import encode
from graphcl.encoders.gnn import Norm
from graphcl.encoders.graph_level.graph_layers import SingleRowNorm
from graphcl.heads import kmeans
from graphcl.methods.bases.gnn import EncoderModule, GNNEmbedder
from graphcl.methods.bases.moving_target import move_towards
from graphcl.methods.bases.stored_rows import StoredRows
from graphcl.objectives import paired_bootstrap
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.neighbour_positives import agreeing_pairs, nearest_rows
from graphcl.training import Stage, Step
from graphcl.training.method import EmbedAll
from graphcl.training.optimizers import adamw
from graphcl.training.schedules import target_momentum
from graphcl.typing import Count, CountOrZero, Edges, Flag, Layers, Nodes, NonNegative, Positive, Probability

ITERATIONS = 20
"""Of each k-means."""


class AFGRLModule(EncoderModule):
    """Student, teacher and predictor; positives are nearest rows that are neighbours or share a cluster.

    Args:
        encoder: (x, edge_index) to one row per node; the student. The teacher is a copy that moves after it.
        channels: width of the rows.
        neighbours: k, the node itself included.
        clusters: of each k-means of the teacher's rows, at most the number of nodes.
        runs: of k-means.
        renewal: epochs between two of them.
        momentum: of the teacher in the first step; it rises to 1.
        seed: of k-means.
    """

    def __init__(
        self,
        encoder: nn.Module,
        channels: int,
        *,
        neighbours: int,
        clusters: int,
        runs: int,
        renewal: int,
        momentum: float,
        seed: int,
    ) -> None:
        super().__init__(encoder)
        self.neighbours, self.clusters, self.runs = neighbours, clusters, runs
        self.renewal, self.momentum, self.seed = renewal, momentum, seed
        self.teacher = deepcopy(encoder).requires_grad_(False)
        self.predictor = nn.Sequential(
            nn.Linear(channels, 2 * channels),
            SingleRowNorm(2 * channels),
            nn.PReLU(),
            nn.Linear(2 * channels, channels),
        )
        for part in self.predictor:
            if isinstance(part, nn.Linear):
                nn.init.xavier_uniform_(part.weight)
                nn.init.constant_(part.bias, 0.01)
        self.labels = StoredRows()

    def trained(self) -> Iterable[nn.Parameter]:
        """All parameters but those of the teacher."""
        return [*self.encoder.parameters(), *self.predictor.parameters()]

    def refresh(self, step: Step, embed_all: EmbedAll) -> bool:
        """Renew the clusters of the teacher's rows, at the start of an epoch."""
        if step.index or step.epoch % self.renewal:
            return False
        rows = unit_rows(embed_all(self.teacher_rows))
        k = min(self.clusters, len(rows))
        runs = [
            kmeans(rows, k, n_init=1, max_iter=ITERATIONS, seed=self.seed + run)[0] for run in range(self.runs)
        ]
        self.labels.rows = torch.stack(runs) if runs else torch.empty(0, len(rows), dtype=torch.long)
        return True

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """The distances of the seeds' predictions from the teacher's rows of their positives."""
        student = self.rows(batch)[: batch.seeds]
        teacher = self.teacher_rows(batch)
        return {"prediction": self.distance(student, teacher, self.positives(batch, student, teacher))}

    def positives(self, batch: Data, student: Nodes, teacher: Nodes) -> Edges:
        """Pairs of places among the seeds, see `agreeing_pairs`."""
        near = nearest_rows(unit_rows(student.detach()), unit_rows(teacher), self.neighbours)
        edges = batch.get("seed_edge_index")
        labels = self.labels.rows.to(near.device)[:, batch.n_id[: batch.seeds]]
        return agreeing_pairs(near, batch.edge_index if edges is None else edges, labels)

    def distance(self, student: Nodes, teacher: Nodes, pairs: Edges) -> Tensor:
        """The loss for given pairs, see `graphcl.objectives.paired_bootstrap`."""
        return paired_bootstrap(self.predictor(student), teacher, pairs)

    @torch.no_grad()
    def teacher_rows(self, batch: Data) -> Nodes:
        """The teacher's rows of the seeds."""
        return self.finish(encode(self.teacher, batch))[: batch.seeds]

    def after_step(self, step: Step) -> None:
        """Move the teacher: theta_t <- m theta_t + (1 - m) theta, parameters alone."""
        momentum = target_momentum(step.done, step.total_steps, self.momentum)
        move_towards(self.teacher.parameters(), self.encoder.parameters(), momentum)


@dataclass(kw_only=True, eq=False, repr=False)
class AFGRL(GNNEmbedder):
    """AFGRL: predictions of a teacher's rows of positives, without augmentation and without negatives.

    Positives of a node are those of its `neighbours` nearest rows (the student's against the teacher's, itself the
    first) that an edge joins to it, or that share a cluster with it in any of `runs` k-means of the teacher's
    rows. The teacher is a copy of the student that moves after it.

    The widths, the rate and the number of nearest rows are the authors' for Amazon-Photo; the epochs, 5,000 there,
    and the renewal of the clusters, in every step there, are ours. What else differs: batch normalisation works as
    in training, where their evaluation switches it off after the first step; the momentum rises with the steps,
    where theirs swings, counting every tensor; and the last state counts, where theirs is chosen by labels.

    Nearest rows take time quadratic in the nodes, in blocks of rows: beyond some 50,000 nodes set `batch_size`.
    Nearest rows and edges are then those among a batch's seeds, and `batches="clusters"` has more edges among
    them. The rows: see `GNNEmbedder`.

    Args:
        norm: before the activation of our own network, "batch", "layer" or None.
        norm_momentum: of "batch": the weight of a step's mean and variance in the running ones.
        neighbours: k, nearest rows of a node that may be positives, itself included.
        clusters: of each k-means, at most the number of nodes.
        runs: of k-means, from other starts; 0 leaves the edges alone.
        renewal: epochs between two times that the clusters are renewed.
        momentum: of the teacher in the first step; it rises to 1 at the end.
        epochs: passes over the nodes.
        lr: learning rate of AdamW.
        weight_decay: of AdamW, decoupled.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = AFGRL(n_clusters=2, out_channels=8, clusters=5, epochs=5).fit(karate.graph)
        >>> model.embedding_.shape, list(model.history_[-1])
        (torch.Size([34, 8]), ['stage', 'epoch', 'loss', 'prediction'])
    """

    name: ClassVar[str] = "afgrl"

    out_channels: Count = 512
    num_layers: Layers = 1
    row_normalize: Flag = False
    norm: Norm | None = "batch"
    norm_momentum: Probability = 0.01
    neighbours: Count = 4
    clusters: Count = 100
    runs: CountOrZero = 5
    renewal: Count = 10
    momentum: Probability = 0.9
    epochs: CountOrZero = 1000
    lr: Positive = 1e-3
    weight_decay: NonNegative = 1e-5

    def _network_settings(self) -> dict[str, Any]:
        return {"norm": self.norm, "norm_momentum": self.norm_momentum, "separate_activations": True}

    def _build(self, data: Data) -> AFGRLModule:
        return AFGRLModule(self._encoder(data), self.out_channels, **self._settings_for(AFGRLModule))

    def _stages(self) -> list[Stage]:
        sampling = self._sampling()
        trained = adamw(self.lr, self.weight_decay, AFGRLModule.trained)
        return [Stage("bootstrap", self.epochs, trained, induced=bool(sampling), **sampling)]
