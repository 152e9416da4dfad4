"""Base class of modules that contrast two augmented views of a graph."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.augment import Dropping
from graphcl.augment.augmenter import apply, prepare
from graphcl.augment.centrality import Centrality
from graphcl.augment.half_hop import SLOW
from graphcl.augment.importance import FeatureRule
from graphcl.methods.bases.contrast_groups import ContrastGroups, Grouping, as_settings, contrast_groups
from graphcl.methods.bases.gnn import EncoderModule
from graphcl.training import Step
from graphcl.training.estimators.objects import ObjectName, made
from graphcl.typing import Nodes, Probability

Rates = tuple[Probability, Probability]
"""Shares of edges, or of columns, for the first and the second view."""

Augment = Callable[..., Any] | ObjectName
"""From a graph to a changed copy with the same nodes: an `Augmenter`, a transform of PyG, or the name of one."""

Augmentation = Augment | tuple[Augment, Augment] | None
"""One for both views, one for each, or None for the method's own."""

ALL = slice(None)
"""Every seed."""


class ViewsModule(EncoderModule):
    """Base class of contrastive modules: encoder, projection and augmentations; `embed` reads the plain graph.

    Args:
        encoder: (x, edge_index) to one row per node.
        projector: embeddings to the rows that are compared.
        augmentations: one for each view, see `graphcl.augment.augmenter.apply`; each keeps the nodes, to which
            `graphcl.augment.HalfHop` may append others.
        contrast_nodes: how many of a batch's seeds a step contrasts with one another; None takes all.
        negatives: from a graph to groups of its nodes that are no full negatives of one another; None for none.
    """

    reads_view_edges: ClassVar[bool] = False
    """Whether the losses read the edges of views, to which no node may be appended then."""

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        augmentations: Sequence[Callable[..., Any]],
        *,
        contrast_nodes: int | None = None,
        negatives: Grouping | None = None,
    ) -> None:
        super().__init__(encoder)
        self.projector, self.augmentations, self.contrast_nodes = projector, tuple(augmentations), contrast_nodes
        self.grouping = negatives

    def prepare(self, data: Data) -> Data:
        """Attach what the draws of the views depend on, and the groups of the nodes, for training alone."""
        if self.training:
            for augmentation in self.augmentations:
                data = prepare(augmentation, data)
        if self.training and self.grouping is not None:
            groups, weight = contrast_groups(self.grouping, data, data.x.size(0))
            data = attach(data, "row", contrast_group=groups)
            data = attach(data, "whole", contrast_group_weight=torch.tensor(weight))
        return data

    def views(self, batch: Data, step: Step) -> list[Data]:
        """The views of a batch, drawn anew.

        Raises:
            ValueError: an augmentation that changed the number of nodes.
        """
        views = [apply(augmentation, batch, step.generator) for augmentation in self.augmentations]
        for augmentation, view in zip(self.augmentations, views, strict=True):
            if not self._keeps_nodes(view, batch.x.size(0)):
                shown = " ".join(repr(augmentation).split())  # in one line; that of PyG's Compose has several
                raise ValueError(
                    f"augmentation must keep the nodes, which are compared one by one; {shown} made "
                    f"{view.x.size(0)} of {batch.x.size(0)}; drop edges or mask features instead"
                )
        return views

    def _keeps_nodes(self, view: Data, n: int) -> bool:
        """Whether a view's first n nodes are the batch's, and all others are slow ones."""
        slow = view.get(SLOW)
        if slow is None or self.reads_view_edges:
            return bool(view.x.size(0) == n)
        return bool(len(slow) == view.x.size(0) >= n and slow[n:].all() and not slow[:n].any())

    def projected(self, view: Data) -> Nodes:
        """The projected rows of a view's seeds."""
        h: Nodes = self.projector(self.rows(view)[: view.seeds])
        return h

    def contrasted(self, batch: Data, step: Step) -> Tensor | slice:
        """Which seeds this step contrasts: a uniform draw without repetition, or all. Processes share it."""
        count = batch.seeds if self.contrast_nodes is None else -(-self.contrast_nodes // step.world)
        if count >= batch.seeds:
            return ALL
        return torch.randperm(batch.seeds, generator=step.generator, device=batch.x.device)[:count]

    def grouped(self, batch: Data, chosen: Tensor | slice) -> Mapping[str, Any]:
        """The groups of the seeds that a step contrasts, and their weight, as a loss takes them."""
        if self.grouping is None:
            return {}
        weight = float(batch.contrast_group_weight)
        return as_settings(ContrastGroups(batch.contrast_group[: batch.seeds][chosen], weight))


def droppings(
    edge_rates: Rates,
    feature_rates: Rates,
    *,
    centrality: Centrality | None = None,
    rule: FeatureRule = "binary",
) -> list[Dropping]:
    """The own augmentations of GRACE, GCA and gCooL: a `Dropping` for each view, at the view's rates.

    Example:
        >>> [one.edge_rate for one in droppings((0.2, 0.4), (0.3, 0.4))]
        [0.2, 0.4]
    """
    return [
        Dropping(*rates, centrality=centrality, rule=rule) for rates in zip(edge_rates, feature_rates, strict=True)
    ]


def augmentations_of(given: Augmentation, own: Sequence[Callable[..., Any]]) -> Sequence[Callable[..., Any]]:
    """One augmentation for each view: those given, where names are imported, or the method's own.

    Example:
        >>> augmentations_of(abs, [len, len]), augmentations_of(None, [len, len])
        ([<built-in function abs>, <built-in function abs>], [<built-in function len>, <built-in function len>])
    """
    if given is None:
        return own
    pair = given if isinstance(given, tuple | list) else (given, given)
    return [made(one) for one in pair]
