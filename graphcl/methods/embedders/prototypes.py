"""Prototypes: the assignment of a node by one view, by a slow teacher, predicted from the other view.

The grouping loss of SlotCon [Wen, Zhao, Zheng, Zhang, Tai, Qi, "Self-Supervised Visual Representation Learning
with Semantic Grouping", NeurIPS 2022, arXiv 2205.15288] on nodes of a graph; that it is used on graphs is ours.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders import Projector
from graphcl.encoders.calling import encode
from graphcl.graph_collection import Graphs
from graphcl.methods.bases.gnn import GNNEmbedder
from graphcl.methods.bases.moving_target import move_towards, share_matrix
from graphcl.methods.bases.views import Augmentation, Rates, ViewsModule, augmentations_of, droppings
from graphcl.objectives.prototypes import next_centre, swapped_prediction, teacher_assignments, used_prototypes
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.distributed import sum_over_ranks, world
from graphcl.ops.machine.precision import full_precision
from graphcl.training import Batches, Runtime, Stage, Step, adam, embed_all
from graphcl.training.method import EmbedAll
from graphcl.training.schedules import target_momentum
from graphcl.typing import Count, CountFromTwo, CountOrZero, Labels, Nodes, NonNegative, Positive, Probability

CENTRE_MOMENTUM = 0.9
SETTLED, COLLAPSED = 50, 1.1
"""After so many steps, fewer prototypes in use than this are a collapse: one of them has taken all nodes."""


class PrototypeModule(ViewsModule):
    """Encoder, projection and prototypes, and slow copies of the three that make the targets.

    Args:
        encoder: (x, edge_index) to one row per node.
        projector: embeddings to unit rows.
        prototypes: (k, d), rows of any length.
        augmentations: one for each view.
        student: temperature of the assignments that predict.
        teacher: temperature of those that are predicted.
        momentum: of the copies at the start; it rises to 1 along a half cosine.

    Attributes:
        centre: (k,), the moving average of the teacher's mean scores.
        usage: (k,), that of its mean assignments.
    """

    figures: ClassVar[tuple[str, ...]] = ("used", "confidence")
    centre: Tensor
    usage: Tensor

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        prototypes: Tensor,
        augmentations: Sequence[Callable[..., Any]],
        *,
        student: float,
        teacher: float,
        momentum: float,
    ) -> None:
        super().__init__(encoder, projector, augmentations)
        self.prototypes = nn.Parameter(prototypes)
        self.student, self.teacher, self.momentum = student, teacher, momentum
        self.slow_encoder = deepcopy(encoder).requires_grad_(False)
        self.slow_projector = deepcopy(projector).requires_grad_(False)
        share_matrix(encoder, self.slow_encoder)
        self.slow_prototypes = nn.Parameter(prototypes.clone(), requires_grad=False)
        self.register_buffer("centre", torch.zeros(len(prototypes)))
        self.register_buffer("usage", torch.full((len(prototypes),), 1 / len(prototypes)))

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The loss of the seeds' scores, see `swapped_prediction`, and how many prototypes are used how surely."""
        pairs = [(self.scores(self.projected(view)), self.targets(view)) for view in self.views(batch, step)]
        (s1, t1), (s2, t2) = pairs
        form = {"student": self.student, "teacher": self.teacher}
        loss = swapped_prediction(s1, s2, t1, t2, self.centre, **form)
        assign = torch.cat([teacher_assignments(t, self.centre, temperature=self.teacher) for t in (t1, t2)])
        if self.training:
            self.follow(t1, t2, assign)
        return {"prediction": loss, "used": used_prototypes(assign), "confidence": assign.amax(1).mean()}

    def scores(self, h: Nodes) -> Tensor:
        """Cosines of unit rows with the prototypes, (n, k)."""
        with full_precision(h):
            return h @ unit_rows(self.prototypes).T

    @torch.no_grad()
    def targets(self, view: Data) -> Tensor:
        """The same of a view's seeds by the slow copies."""
        h = self.slow_projector(self.finish(encode(self.slow_encoder, view))[: view.seeds])
        with full_precision(h):
            slow: Tensor = h @ unit_rows(self.slow_prototypes).T
        return slow

    @torch.no_grad()
    def follow(self, t1: Tensor, t2: Tensor, assign: Tensor) -> None:
        """Keep what centre and usage become after this step; the mean over processes."""
        moved = next_centre(self.centre, t1, t2, momentum=CENTRE_MOMENTUM)
        usage = CENTRE_MOMENTUM * self.usage + (1 - CENTRE_MOMENTUM) * assign.mean(0)
        self._next = tuple(sum_over_ranks(value) / world() for value in (moved, usage))

    def after_step(self, step: Step) -> None:
        """Move the copies towards the trained ones, and the centre towards the mean scores."""
        momentum = target_momentum(step.done, step.total_steps, self.momentum)
        move_towards(self._slow(), trained(self), momentum)
        for buffer, value in zip((self.centre, self.usage), self._next, strict=True):
            buffer.copy_(value)

    def refresh(self, step: Step, embed_all: EmbedAll) -> None:  # noqa: ARG002
        """At the start of an epoch: see that not all nodes have gone to one prototype.

        Raises:
            RuntimeError: they have, after 50 steps or more.
        """
        if step.index or step.done < SETTLED:
            return
        used = float(used_prototypes(self.usage[None]))
        if used < COLLAPSED:
            raise RuntimeError(
                f"the prototypes have collapsed: {used:.2f} of {len(self.usage)} are used after {step.done} "
                "steps; lower lr, or drop fewer edges and columns"
            )

    def read_out(self, batch: Data) -> Tensor:
        """The student's soft assignments of the seeds on the graph as it is, (seeds, k)."""
        return torch.softmax(self.scores(self.projector(self.embed(batch))) / self.student, dim=1)

    def _slow(self) -> list[nn.Parameter]:
        return [*self.slow_encoder.parameters(), *self.slow_projector.parameters(), self.slow_prototypes]


@dataclass(kw_only=True, eq=False, repr=False)
class Prototypes(GNNEmbedder):
    """Swapped prediction of learned prototypes between two views: a contrast in O(n k), without pairs of nodes.

    Each node of either view is assigned to k prototypes by the cosine of its projected row. The assignments of one
    view by a teacher, a slow copy of encoder, projection and prototypes, are predicted from the other view:

        q = softmax(S / 0.1),  r = softmax((T - m) / 0.07),  L = mean over nodes and both directions of H(r, q)

    The centre m, a moving average of the teacher's mean scores, keeps one prototype from taking all nodes. The
    prototypes are clusters themselves, `communities_`; `labels_` are those of k-means on the embedding, as
    elsewhere. Augmentations, widths and optimiser are those of GRACE: no setting is published for graphs.

    With `batch_size` only the rows are approximated, see `GNNEmbedder`: the loss is a mean over nodes, and the
    centre averages over batches. In batches of fewer than 32 it is noise.

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns of x that they lose.
        augmentation: how views are drawn instead: one object for both, or two, each from a graph to a changed copy
            with the same nodes, as those of `graphcl.augment` or PyG's transforms; or "my_module:MyAugmenter".
        projector_channels: width inside the projection; None takes `out_channels`.
        n_prototypes: k, at least 2; None takes n_clusters.
        student: temperature of the assignments that predict.
        teacher: temperature of those that are predicted, below that of the student.
        momentum: of the slow copies at the start; it rises to 1 along a half cosine.
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Attributes:
        embedding_: (n, out_channels).
        labels_: (n,), int64, by k-means on the embeddings, if `n_clusters` is given.
        communities_: (n,), the prototype of each node.
        history_: one dict per epoch, with how many prototypes are used and how surely; stages_: what each cost.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = Prototypes(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.embedding_.shape, model.communities_.shape
        (torch.Size([34, 8]), torch.Size([34]))
    """

    name: ClassVar[str] = "prototypes"
    read_outs: ClassVar[tuple[str, ...]] = ("communities_",)
    row_attributes: ClassVar[tuple[str, ...]] = (*("embedding_", "labels_", "communities_"),)

    hidden_channels: Count = 256
    out_channels: Count = 128
    edge_rates: Rates = (0.2, 0.4)
    feature_rates: Rates = (0.3, 0.4)
    augmentation: Augmentation = None
    projector_channels: Count | None = None
    n_prototypes: CountFromTwo | None = None
    student: Positive = 0.1
    teacher: Positive = 0.07
    momentum: Probability = 0.99
    epochs: CountOrZero = 200
    lr: Positive = 5e-4
    weight_decay: NonNegative = 1e-5

    def _build(self, data: Data) -> PrototypeModule:
        views = augmentations_of(self.augmentation, droppings(self.edge_rates, self.feature_rates))
        encoder, projector = self._encoder(data), Projector(self.out_channels, self.projector_channels)
        count = number_of_prototypes(self.n_prototypes, self.n_clusters)
        prototypes = unit_rows(torch.randn(count, self.out_channels))
        return PrototypeModule(encoder, projector, prototypes, views, **self._settings_for(PrototypeModule))

    def _stages(self) -> list[Stage]:
        optimizers = adam(self.lr, self.weight_decay, parameters=trained)
        return [Stage("group", self.epochs, optimizers, **self._sampling())]

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        super()._read_out(batches, runtime)
        module = cast("PrototypeModule", self.module_)
        self.communities_: Labels = embed_all(module, batches, runtime, module.read_out).argmax(1).cpu()

    def _checked(self, data: Data | Graphs) -> Graphs:
        number_of_prototypes(self.n_prototypes, self.n_clusters)
        if self.teacher >= self.student:
            got = f"{self.teacher} and {self.student}"
            raise ValueError(f"teacher must be a lower temperature than student; got {got}; lower teacher")
        return super()._checked(data)


def trained(module: PrototypeModule) -> Iterable[nn.Parameter]:
    """All parameters but those of the slow copies, in the order of these."""
    return [*module.encoder.parameters(), *module.projector.parameters(), module.prototypes]


def number_of_prototypes(n_prototypes: int | None, n_clusters: int | None) -> int:
    """As given, or as many as clusters; two for one cluster, for a single one could tell nothing apart.

    Raises:
        ValueError: neither is given, or fewer than two prototypes.

    Example:
        >>> number_of_prototypes(None, 7), number_of_prototypes(None, 1)
        (7, 2)
    """
    count = max(n_clusters, 2) if n_prototypes is None and n_clusters is not None else n_prototypes
    if count is None or count < 2:
        got = f"{n_prototypes} with n_clusters={n_clusters}"
        raise ValueError(f"n_prototypes must be at least 2; got {got}; set n_prototypes")
    return count
