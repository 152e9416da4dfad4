"""Views of a multiplex graph: each relation by itself loses edges, and columns of features."""

from copy import copy
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.augment.adaptive_rates import centrality_name
from graphcl.augment.attributes import require, require_features, without
from graphcl.augment.augmenter import Augmenter
from graphcl.augment.centrality import STEPS, Centrality, node_centrality, steps_for_columns
from graphcl.augment.changed_graph import without_edges
from graphcl.augment.draws import Probabilities
from graphcl.augment.dropping import Dropping
from graphcl.augment.edges import keep_edges
from graphcl.augment.features import keep_columns, zero_other_columns
from graphcl.augment.importance import FeatureRule

KEPT_COLUMNS = "kept_columns"
"""The attachment, (relations, d), that says which columns of x a relation keeps; see `relation_graphs`."""

OF_SAMPLES = ("degree", "added_loop")
"""What a sample of a multiplex graph says of the in-edges in the whole graph, with a column for each relation."""


class RelationDropping(Augmenter):
    """`Dropping` for each relation of a multiplex graph, by the centralities of the relation's own graph.

    The relations, numbered by `edge_type`, are drawn for in ascending order, for each first its columns, then its
    edges. One `Data` has one x, so that masked columns, which differ between relations, are attached as
    `kept_columns`, (relations, d), and x stays; `relation_graphs` takes the result apart into one graph for each
    relation, with its columns masked, and `views` does both.

    Args:
        n_relations: number of relations, at least 1.
        edge_rate: mean probability of dropping an edge, see `Dropping`.
        feature_rate: mean probability of masking a column.
        centrality: None for equal probabilities.
        rule: the weight of an entry of x.
        generator: what the draws come from when a call names none.

    Raises:
        ValueError: fewer than 1 relation, a rate outside [0, 1], or an unknown rule.

    Example:
        >>> edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> graph = Data(x=torch.eye(3), edge_index=edges, edge_type=torch.tensor([0, 0, 1, 1]))
        >>> [view.edge_index.tolist() for view in RelationDropping(2, 0.0, 0.5).views(graph)]
        [[[0, 1], [1, 0]], [[1, 2], [2, 1]]]
    """

    sparse_x: ClassVar[bool] = True

    def __init__(
        self,
        n_relations: int,
        edge_rate: float,
        feature_rate: float,
        *,
        centrality: Centrality | None = None,
        rule: FeatureRule = "binary",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(generator=generator)
        if n_relations < 1:
            raise ValueError(f"n_relations must be at least 1; got {n_relations}")
        self.n_relations = n_relations
        self.one = Dropping(edge_rate, feature_rate, centrality=centrality, rule=rule)

    def prepare(self, data: Data) -> Data:
        """A copy of the graph with the centralities and probabilities of each relation; itself for equal ones.

        Raises:
            ValueError: an `edge_type` of n_relations or more.
        """
        require(data, "edge_index", "edge_type")
        if self.one.centrality is None or (self._name("edges") in data and self._name("columns") in data):
            return data
        require_features(data)
        greatest = int(data.edge_type.max()) if len(data.edge_type) else 0
        if greatest >= self.n_relations:
            raise ValueError(f"edge_type must be below n_relations, {self.n_relations}; got {greatest}")
        for steps in {STEPS, steps_for_columns(self.one.centrality)}:
            data = self._with_centralities(data, self.one.centrality, steps)
        by_edge = torch.empty(data.edge_index.size(1), device=data.edge_index.device)
        by_column = torch.empty(self.n_relations, data.x.size(1), device=data.edge_index.device)
        for relation in range(self.n_relations):
            chosen, part = self._part(data, relation)
            by_edge[chosen], by_column[relation] = self.one.probabilities(part)
        data = attach(data, "edge", **{self._name("edges"): by_edge})
        return attach(data, "whole", **{self._name("columns"): by_column})

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The graph without some of the edges of each relation, and with the columns that each relation keeps."""
        ready = self.prepare(require(data, "x"))
        kept = torch.ones(self.n_relations, data.x.size(1), dtype=torch.bool, device=data.x.device)
        stays = torch.zeros(data.edge_index.size(1), dtype=torch.bool, device=data.edge_index.device)
        for relation in range(self.n_relations):
            chosen = data.edge_type == relation
            by_edge: Probabilities = self.one.edge_rate
            by_column: Probabilities = self.one.feature_rate
            if self.one.centrality is not None:
                by_edge, by_column = ready[self._name("edges")][chosen], ready[self._name("columns")][relation]
            kept[relation] = keep_columns(data.x, by_column, generator=generator)
            stays[chosen] = keep_edges(data.edge_index[:, chosen], by_edge, generator=generator)
        if KEPT_COLUMNS in data:
            kept &= data[KEPT_COLUMNS]
        return attach(without_edges(data, stays), "whole", **{KEPT_COLUMNS: kept})

    def views(self, data: Data, generator: torch.Generator | None = None) -> list[Data]:
        """One view of each relation: `relation_graphs` of a call."""
        return relation_graphs(self(data, generator), self.n_relations)

    def _name(self, kind: Literal["edges", "columns"]) -> str:
        """The name of the attached probabilities, which equal settings share."""
        one = self.one
        rates = [one.edge_rate] if kind == "edges" else [one.feature_rate, one.rule]
        return "_".join(["relation", kind, "drop", *map(str, [self.n_relations, one.centrality, *rates])])

    def _with_centralities(self, data: Data, centrality: Centrality, steps: int) -> Data:
        """The graph with the centralities of each relation's own graph, (n, relations)."""
        name = self._centralities_name(centrality, steps)
        if name in data:
            return data
        n, types = int(data.num_nodes), range(self.n_relations)
        columns = [
            node_centrality(data.edge_index[:, data.edge_type == relation], n, centrality, steps=steps)
            for relation in types
        ]
        return attach(data, "node", **{name: torch.stack(columns, dim=1)})

    def _centralities_name(self, centrality: Centrality, steps: int) -> str:
        return f"relation_{centrality_name(centrality, steps)}_{self.n_relations}"

    def _part(self, data: Data, relation: int) -> tuple[Tensor, Data]:
        """Which edges are of a relation, and its graph with its centralities."""
        chosen = data.edge_type == relation
        part = Data(x=data.x, edge_index=data.edge_index[:, chosen])
        if (centrality := self.one.centrality) is not None:
            for steps in {STEPS, steps_for_columns(centrality)}:
                c = data[self._centralities_name(centrality, steps)][:, relation].contiguous()
                part = attach(part, "node", **{centrality_name(centrality, steps): c})
        return chosen, part


def relation_graphs(data: Data, n_relations: int) -> list[Data]:
    """Take a multiplex graph apart: one graph for each relation, with all nodes and the relation's edges.

    Where `RelationDropping` attached `kept_columns`, the other columns of x are 0 in the relation's graph. Of the
    `degree` and `added_loop` of a sample, which have a column for each relation, a graph gets its own.

    Args:
        data: a graph with x and `edge_type`.
        n_relations: number of relations.

    Example:
        >>> edges = torch.tensor([[0, 1, 1], [1, 0, 2]])
        >>> graph = Data(x=torch.eye(3), edge_index=edges, edge_type=torch.tensor([0, 0, 1]))
        >>> [part.edge_index.tolist() for part in relation_graphs(graph, 3)]
        [[[0, 1], [1, 0]], [[1], [2]], [[], []]]
    """
    require(data, "x", "edge_index", "edge_type")
    axes = data.get("axes") or {}
    by_relation = [name for name in OF_SAMPLES if axes.get(name) == "node" and data[name].dim() == 2]
    masked = [KEPT_COLUMNS] if KEPT_COLUMNS in data else []
    plain, parts = without(copy(data), [*by_relation, *masked]), []
    for relation in range(n_relations):
        part = without_edges(plain, data.edge_type == relation)
        if masked:
            part.x = zero_other_columns(data.x, data[KEPT_COLUMNS][relation])
        parts.append(attach(part, "node", **{name: data[name][:, relation] for name in by_relation}))
    return parts
