"""The hyper-parameters `loss` and `negatives` of methods that contrast views: names, and objects."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal, get_args

from torch import Tensor

from graphcl.methods.bases.cluster_negatives import ClusterNegatives
from graphcl.methods.bases.contrast_groups import EqualGraphs, Grouping
from graphcl.objectives import decoupled_contrast, grouped_info_nce, info_nce, nt_xent, positive_weights
from graphcl.objectives.infonce import ViewSummation
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.precision import full_precision
from graphcl.training.estimators.objects import ObjectName, made
from graphcl.typing import Labels, Nodes

NodeLossName = Literal["info-nce", "dcl", "dclw"]
NodeLoss = NodeLossName | ObjectName | Callable[..., Any]
"""A loss of two views of nodes: by name, or from their projected rows, (n, d) each, to a scalar.

One's own is called as `loss(h1, h2)`; where `negatives` are given, also with `groups`, (n,), and `group_weight`.
"""

NodeNegativesName = Literal["all", "other-clusters", "weighted-clusters"]
NodeNegatives = NodeNegativesName | ObjectName | Callable[..., Any]
"""Which nodes are negatives: by name, or from the graph to groups, see `graphcl.methods.bases.contrast_groups`."""

GraphLossName = Literal["nt-xent", "info-nce"]
GraphLoss = GraphLossName | ObjectName | Callable[..., Any]
"""The same of two views of graphs, whose rows have any length."""

GraphNegativesName = Literal["all", "distinct"]
GraphNegatives = GraphNegativesName | ObjectName | Callable[..., Any]
"""Which graphs of a batch are negatives: by name, or from the batch to groups of its graphs."""


@dataclass(frozen=True, kw_only=True)
class NodeContrast:
    """A registered loss between the projected rows of two views of the same nodes.

    Args:
        name: "info-nce", "dcl" (without the own pair in the sum) or "dclw" (positive pairs weighted, too).
        temperature: divides the cosines.
        symmetric: whether both views are anchors in turn.
        same_view: whether the other nodes of an anchor's own view are negatives too.
        summation: how the sums over all pairs are computed, see `info_nce`.
        across_ranks: whether negatives are those of all processes.

    Example:
        >>> import torch
        >>> NodeContrast(name="dcl", temperature=0.5)(torch.eye(3), torch.eye(3))  # log 2 - 2
        tensor(-1.3069)
    """

    name: NodeLossName
    temperature: float
    symmetric: bool = False
    same_view: bool = False
    summation: ViewSummation = "auto"
    across_ranks: bool = False

    def __call__(self, u: Nodes, v: Nodes, *, groups: Labels | None = None, group_weight: float = 0.0) -> Tensor:
        """The loss; `groups` and `group_weight` are those of `grouped_info_nce`."""
        form: dict[str, Any] = {name: getattr(self, name) for name in _FORM}
        if self.name != "info-nce":
            weights = positive_weights(u, v, across_ranks=self.across_ranks) if self.name == "dclw" else None
            return decoupled_contrast(u, v, weights=weights, groups=groups, group_weight=group_weight, **form)
        if groups is None:
            return info_nce(u, v, **form)
        return grouped_info_nce(u, v, groups, group_weight=group_weight, **form)


_FORM = ("temperature", "symmetric", "same_view", "summation", "across_ranks")


@dataclass(frozen=True)
class GraphContrast:
    """A registered loss between the projections of two views of the same graphs.

    Args:
        name: "nt-xent", without the own pair in the sum, or "info-nce", with it.
        temperature: divides the cosines.

    Example:
        >>> import torch
        >>> u = torch.eye(3)
        >>> GraphContrast("nt-xent", 0.5)(u, u), GraphContrast("info-nce", 0.5)(u, u)
        (tensor(-1.3069), tensor(0.2395))
    """

    name: GraphLossName
    temperature: float

    def __call__(self, u: Nodes, v: Nodes, *, groups: Labels | None = None, group_weight: float = 0.0) -> Tensor:
        """The loss; with groups it is that of `decoupled_contrast` or `grouped_info_nce`, on the cosines."""
        if groups is None and self.name == "nt-xent":
            return nt_xent(u, v, temperature=self.temperature)
        with full_precision(u):
            u, v = unit_rows(u), unit_rows(v)
        if groups is None:
            return info_nce(u, v, temperature=self.temperature)
        settings: dict[str, Any] = {"temperature": self.temperature, "group_weight": group_weight}
        if self.name == "nt-xent":
            return decoupled_contrast(u, v, groups=groups, **settings)
        return grouped_info_nce(u, v, groups, **settings)


def node_contrast(given: NodeLoss | None, **form: Any) -> Callable[..., Tensor]:
    """The loss that a hyper-parameter stands for; None is InfoNCE.

    Args:
        given: a name, an object, or where one is found; an object has its own temperature and form.
        form: of a registered loss, the arguments of `NodeContrast`.

    Example:
        >>> node_contrast(None, temperature=0.5).name, node_contrast(max, temperature=0.5)
        ('info-nce', <built-in function max>)
    """
    if given is None or given in get_args(NodeLossName):
        return NodeContrast(name=given or "info-nce", **form)  # type: ignore[arg-type]
    return _own(given)


def graph_contrast(given: GraphLoss | None, temperature: float) -> Callable[..., Tensor]:
    """The same of graphs; None is NT-Xent.

    Example:
        >>> graph_contrast("info-nce", 0.1)
        GraphContrast(name='info-nce', temperature=0.1)
    """
    if given is None or given in get_args(GraphLossName):
        return GraphContrast(given or "nt-xent", temperature)  # type: ignore[arg-type]
    return _own(given)


def node_grouping(given: NodeNegatives | None, *, n_clusters: int | None, seed: int) -> Grouping | None:
    """What groups the nodes; None where all others are negatives.

    Args:
        given: "all" or None; "other-clusters", where nodes of one cluster of SmoothKMeans are no negatives of one
            another; "weighted-clusters", where they weigh as much as the share of edges that leave a cluster; an
            object, or where one is found.
        n_clusters: of the named ones.
        seed: of their clusterer.

    Raises:
        ValueError: negatives by cluster without at least two clusters.

    Example:
        >>> node_grouping("other-clusters", n_clusters=3, seed=0).weight
        0.0
    """
    if given is None or given == "all":
        return None
    if given not in get_args(NodeNegativesName):
        return _grouping(given)
    if n_clusters is None or n_clusters < 2:
        got = f"n_clusters={n_clusters}; set n_clusters, or give graphcl.methods.bases.cluster_negatives' object"
        raise ValueError(f"negatives={given!r} need two clusters at least; got {got}")
    weight = 0.0 if given == "other-clusters" else None
    return ClusterNegatives(n_clusters, weight=weight, seed=seed)


def graph_grouping(given: GraphNegatives | None, num_layers: int) -> Grouping | None:
    """What groups the graphs of a batch; None where all others are negatives.

    Args:
        given: "all" or None; "distinct", where equal graphs are no negatives of one another, see `EqualGraphs`; an
            object, or where one is found.
        num_layers: of the encoder.

    Example:
        >>> graph_grouping("distinct", 5).num_layers
        5
    """
    if given is None or given == "all":
        return None
    return EqualGraphs(num_layers) if given == "distinct" else _grouping(given)


def _own(given: Any) -> Callable[..., Tensor]:
    """A loss of one's own; of one with weights, a copy is trained."""
    loss: Callable[..., Tensor] = deepcopy(made(given))
    return loss


def _grouping(given: Any) -> Grouping:
    found: Grouping = made(given)
    return found
