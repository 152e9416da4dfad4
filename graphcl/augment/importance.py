"""Adaptive augmentation: drop unimportant edges and columns more often, at a given mean rate.

The scheme of GCA [Zhu et al., "Graph Contrastive Learning with Adaptive Augmentation", WWW 2021] as the published
code of gCooL [Li, Jing, Tong, WWW 2022, arXiv 2110.14863] has it. With l the log of an importance,

    w = (max l - l) / (max l - mean l),    probability = min(rate * w / mean w, cap)

The most important is never dropped, and the cap makes the realised rate at most `rate`. The published code divides
0 by 0, and then drops everything at the cap, where all importances are equal or one is 0. Here the weight is 1 in
these cases; max and mean are over the positive importances. A centrality below the rounding error of the greatest
counts as 0: the lazy walk leaves 1e-165 on a node that nothing leads to, which the published code, in float32, has
as 0, and whose log would outweigh those of all other edges.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.augment.centrality import STEPS, Centrality, node_centrality
from graphcl.augment.checks import check_not_negative, check_num_nodes, check_share
from graphcl.feature_source import FeatureSource
from graphcl.typing import Edges, Nodes

CAP = 0.7
"""The greatest probability of dropping an edge or a column; the published constant."""

FLOOR = 1e-8
"""What the published code adds to eigenvector centralities before the log."""

FLAT = 1e-9
"""Logs of importance that differ by less count as equal: iterations leave differences of this size."""

NEGLIGIBLE = torch.finfo(torch.float64).eps
"""Centralities below this share of the greatest count as 0."""

GATHERED = 65_536
"""Rows that a feature source is asked for at a time."""

ROWS = 1024
"""Rows of dense features that are converted to float64 at a time."""

Ends = Literal["target", "source", "mean"]
"""Whose centrality is the importance of an edge; the published methods take the target's."""

FeatureRule = Literal["binary", "dense"]
"""The weight of an entry of x: 1 where it is not 0 ("binary"), or its absolute value ("dense")."""


def edge_drop_probabilities(
    edge_index: Edges,
    num_nodes: int,
    rate: float,
    *,
    centrality: Centrality | Float[Tensor, " n"] = "degree",
    cap: float = CAP,
    steps: int = STEPS,
) -> Float[Tensor, " e"]:
    """Probability of dropping each edge, smaller for edges to central nodes.

    Args:
        edge_index: (2, e); both directions of an undirected edge have probabilities of their own.
        num_nodes: n, isolated nodes included.
        rate: the mean probability asked for, in [0, 1].
        centrality: "degree", "pagerank", "lazy-walk" (what the published code calls PageRank) or "eigenvector"; or
            a tensor, (n,), non-negative, which is used as it is, see `positive_centrality`. On a connected
            undirected graph the probabilities of "lazy-walk" tend to those of "degree" as the steps grow.
        cap: the greatest probability, in [0, 1].
        steps: iterations for a centrality given by name.

    Returns:
        (e,), float64, in [0, cap], with a mean of at most `rate`.

    Raises:
        ValueError: a rate or cap outside [0, 1], an unknown centrality, one that has not a value for each node, or
            too few nodes for the edges.

    Example:
        >>> star = torch.tensor([[0, 0, 0, 1, 2, 3], [1, 2, 3, 0, 0, 0]])
        >>> edge_drop_probabilities(star, 4, 0.3)  # edges to the hub stay
        tensor([0.6000, 0.6000, 0.6000, 0.0000, 0.0000, 0.0000], dtype=torch.float64)
    """
    if isinstance(centrality, Tensor):
        check_num_nodes(edge_index, num_nodes)
        if len(centrality) != num_nodes:
            raise ValueError(f"centrality must have a value for each of {num_nodes} nodes; got {len(centrality)}")
        c = centrality
    else:
        c = positive_centrality(node_centrality(edge_index, num_nodes, centrality, steps=steps), centrality)
    return _capped(edge_drop_weights(edge_index, c), rate, cap)


def positive_centrality(c: Float[Tensor, " *n"], centrality: Centrality) -> Float[Tensor, " *n"]:
    """What the published code takes the log of for edges: c + 1e-8 for "eigenvector", else c itself.

    Args:
        c: values of `node_centrality`.
        centrality: its name.

    Example:
        >>> positive_centrality(torch.zeros(1), "eigenvector"), positive_centrality(torch.zeros(1), "degree")
        (tensor([1.0000e-08]), tensor([0.]))
    """
    return c + FLOOR if centrality == "eigenvector" else c


def feature_drop_probabilities(
    x: Nodes | FeatureSource,
    centrality: Float[Tensor, " n"],
    rate: float,
    *,
    rule: FeatureRule = "binary",
    cap: float = CAP,
) -> Float[Tensor, " d"]:
    """Probability of masking each column, smaller for columns of central nodes.

    Args:
        x: features, (n, d), dense or CSR.
        centrality: (n,), non-negative, see `node_centrality`; the published code takes the degree, or the lazy
            walk after 10 steps.
        rate: the mean probability asked for, in [0, 1].
        rule: "binary" for sparse counts, "dense" for real numbers.
        cap: the greatest probability, in [0, 1].

    Returns:
        (d,), float64, in [0, cap], with a mean of at most `rate`.

    Raises:
        ValueError: a rate or cap outside [0, 1], an unknown rule, or negative or infinite centralities, or NaN.

    Example:
        >>> x = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
        >>> feature_drop_probabilities(x, torch.tensor([4.0, 1.0]), 0.2)
        tensor([0.0731, 0.5269, 0.0000], dtype=torch.float64)
    """
    return _capped(feature_drop_weights(x, centrality, rule=rule), rate, cap)


def edge_drop_weights(
    edge_index: Edges, centrality: Float[Tensor, " n"], *, ends: Ends = "target"
) -> Float[Tensor, " e"]:
    """Weight w of each edge, of mean 1; 0 for edges of the greatest importance.

    Args:
        edge_index: (2, e).
        centrality: (n,), non-negative.
        ends: whether the log centrality of the target, the source or the mean of both is an edge's importance.

    Returns:
        (e,), float64.

    Raises:
        ValueError: an unknown `ends`, or negative or infinite centralities, or NaN.

    Example:
        >>> star = torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]])
        >>> edge_drop_weights(star, torch.tensor([2.0, 1.0, 1.0]))
        tensor([2., 2., 0., 0.], dtype=torch.float64)
    """
    check_not_negative("centrality", centrality)
    source, target = _without_negligible(centrality).log()[edge_index]
    importance = {"target": target, "source": source, "mean": (source + target) / 2}
    if ends not in importance:
        raise ValueError(f"ends must be one of {', '.join(importance)}; got {ends!r}")
    return _weights(importance[ends])


def feature_drop_weights(
    x: Nodes | FeatureSource, centrality: Float[Tensor, " n"], *, rule: FeatureRule = "binary"
) -> Float[Tensor, " d"]:
    """Weight w of each column, of mean 1; the importance is t_f = sum_i m_if c_i.

    Args:
        x: (n, d), dense or CSR, or a feature source, which is read in blocks of rows.
        centrality: c, (n,), non-negative.
        rule: "binary": m_if is 1 where x_if is not 0; "dense": m_if = |x_if|.

    Returns:
        (d,), float64. A column with t_f = 0 (unused, or used by nodes of centrality 0 alone) has weight 1.

    Raises:
        ValueError: an unknown rule, or negative or infinite centralities, or NaN.

    Example:
        >>> feature_drop_weights(torch.tensor([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]]), torch.ones(2))
        tensor([2., 0., 1.], dtype=torch.float64)
    """
    if rule not in ("binary", "dense"):
        raise ValueError(f"rule must be one of binary, dense; got {rule!r}")
    if len(centrality) != x.size(0):
        raise ValueError(f"centrality must have a value for each of {x.size(0)} nodes; got {len(centrality)}")
    check_not_negative("centrality", centrality)
    c = _without_negligible(centrality)
    if isinstance(x, Tensor):
        return _weights(_column_sums(x, c, rule).log())
    total = torch.zeros(x.size(1), dtype=torch.float64, device=c.device)
    for nodes in torch.arange(x.size(0), device=c.device).split(GATHERED):
        total += _column_sums(x.gather(nodes), c[nodes], rule)
    return _weights(total.log())


def _without_negligible(centrality: Tensor) -> Tensor:
    """Centralities in float64, those that rounding hides beside the greatest as 0."""
    c = centrality.double()
    return torch.where(c < NEGLIGIBLE * c.amax(), 0, c) if len(c) else c


def _column_sums(x: Tensor, c: Tensor, rule: FeatureRule) -> Tensor:
    """sum_i m_if c_i of some rows."""
    total = torch.zeros(x.size(1), dtype=torch.float64, device=x.device)
    if x.layout == torch.sparse_csr:
        weight = torch.repeat_interleave(c, x.crow_indices().diff())
        return total.index_add(0, x.col_indices(), weight * _entries(x.values(), rule))
    for rows, weight in zip(x.split(ROWS), c.split(ROWS), strict=True):
        total += weight @ _entries(rows, rule)
    return total


def _entries(x: Tensor, rule: FeatureRule) -> Tensor:
    return (x != 0 if rule == "binary" else x.abs()).double()


def _weights(log: Tensor) -> Tensor:
    """(max l - l) / (max l - mean l) over the finite l; 1 for the others, and for all where they are equal."""
    finite = torch.isfinite(log)
    if not finite.any():
        return torch.ones_like(log)
    top, mean = log[finite].max(), log[finite].mean()
    if top - mean < FLAT:
        return torch.ones_like(log)
    return torch.where(finite, (top - log) / (top - mean), 1.0)


def _capped(weight: Tensor, rate: float, cap: float) -> Tensor:
    """min(rate * w / mean w, cap)."""
    check_share("rate", rate)
    check_share("cap", cap)
    if not len(weight):
        return weight
    return (rate * weight / weight.mean()).clamp(max=cap)
