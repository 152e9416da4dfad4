"""One view of GRACE, GCA and gCooL: mask columns of features, then drop edges."""

from typing import ClassVar, get_args

import torch
from torch_geometric.data import Data

from graphcl.augment.adaptive_rates import ColumnRate, EdgeRate
from graphcl.augment.attributes import require, require_features
from graphcl.augment.augmenter import Augmenter
from graphcl.augment.centrality import Centrality, steps_for_columns
from graphcl.augment.changed_graph import without_edges
from graphcl.augment.checks import check_share
from graphcl.augment.draws import Probabilities
from graphcl.augment.edges import keep_edges
from graphcl.augment.features import mask_columns
from graphcl.augment.importance import FeatureRule


class Dropping(Augmenter):
    """Mask columns of x, then drop edges, each direction of an edge by itself: a view of GRACE, GCA and gCooL.

    On a prepared graph, and on samples of it, the probabilities are those of the whole graph, and a centrality is
    computed once for all views and for both edges and columns.

    Args:
        edge_rate: mean probability of dropping an edge, in [0, 1]; adaptive rates are capped at 0.7.
        feature_rate: mean probability of masking a column, in [0, 1].
        centrality: None for equal probabilities, as in GRACE; otherwise smaller ones for edges to central nodes
            and for their columns, see `edge_drop_probabilities` and `feature_drop_probabilities`. As in the
            published code, "lazy-walk" has 200 iterations for edges and 10 for columns.
        rule: the weight of an entry of x for a column: "binary" for sparse counts, "dense" for real numbers.
        generator: what the draws come from when a call names none.

    Raises:
        ValueError: a rate outside [0, 1], or an unknown rule.

    Example:
        >>> star = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]]))
        >>> view = Dropping(0.5, 0.5, centrality="degree")
        >>> view(view.prepare(star), torch.Generator().manual_seed(0)).edge_index
        tensor([[1, 2],
                [0, 0]])

    Reference: [Zhu et al., GRACE, 2020, arXiv 2006.04131], [Zhu et al., GCA, WWW 2021, arXiv 2010.14945], [Li,
    Jing, Tong, gCooL, WWW 2022, arXiv 2110.14863].
    """

    sparse_x: ClassVar[bool] = True

    def __init__(
        self,
        edge_rate: float,
        feature_rate: float,
        *,
        centrality: Centrality | None = None,
        rule: FeatureRule = "binary",
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(generator=generator)
        check_share("edge_rate", edge_rate)
        check_share("feature_rate", feature_rate)
        if rule not in get_args(FeatureRule):
            raise ValueError(f"rule must be one of {', '.join(get_args(FeatureRule))}; got {rule!r}")
        self.edge_rate, self.feature_rate, self.centrality, self.rule = edge_rate, feature_rate, centrality, rule

    def prepare(self, data: Data) -> Data:
        """A copy of the graph with the centralities and the probabilities; the graph itself for equal ones."""
        if self.centrality is None:
            return require(data, "edge_index")
        require_features(data, "edge_index")
        edges, columns = self._adaptive(self.centrality)
        return columns.attach(edges.attach(data))

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The graph with masked columns and without some of its edges."""
        require(data, "x", "edge_index")
        by_edge, by_column = self.probabilities(data)
        data.x = mask_columns(data.x, by_column, generator=generator)
        return without_edges(data, keep_edges(data.edge_index, by_edge, generator=generator))

    def probabilities(self, data: Data) -> tuple[Probabilities, Probabilities]:
        """Of dropping edges and of masking columns: a number, or one for each in float32."""
        ready = self.prepare(data)
        if self.centrality is None:
            return self.edge_rate, self.feature_rate
        edges, columns = self._adaptive(self.centrality)
        return ready[edges.name], ready[columns.name]

    def _adaptive(self, centrality: Centrality) -> tuple[EdgeRate, ColumnRate]:
        return (
            EdgeRate(self.edge_rate, centrality, dtype=torch.float32),
            ColumnRate(
                self.feature_rate,
                centrality,
                steps_for_columns(centrality),
                dtype=torch.float32,
                rule=self.rule,
            ),
        )
