"""Link prediction: frozen node rows, or a heuristic, scored on held-out edges and negatives."""

from collections.abc import Sequence

from torch import Tensor

from graphcl.evaluation.links.baselines import adamic_adar, common_neighbours
from graphcl.evaluation.links.decoders import PairScorer, dot_scorer, fit_decoder, link_rows_of
from graphcl.evaluation.links.hard_negatives import HardNegatives, hard_negatives
from graphcl.evaluation.links.negatives import uniform_negatives
from graphcl.evaluation.links.scores import link_scores, ranked_link_scores
from graphcl.evaluation.links.split import LinkSplit
from graphcl.typing import Rows

LINK_REVISION = 1
"""Increased whenever the scores of link prediction change, so that tables do not mix old and new ones."""

LINK_DECODERS = ("dot", "mlp")

LINK_HEURISTICS = {"common-neighbours": common_neighbours, "adamic-adar": adamic_adar}

PER_POSITIVE = 500
"""Hard negatives of each test edge, as in HeaRT."""


def link_prediction(
    z: Rows,
    split: LinkSplit,
    *,
    decoders: Sequence[str] = LINK_DECODERS,
    per_positive: int = PER_POSITIVE,
    seed: int = 0,
) -> dict[str, float]:
    """Scores of frozen node rows at predicting held-out edges.

    The rows must come from a method that was fitted on, and embedded with, `split.edge_index` alone.

    Args:
        z: (n, d), one row per node.
        split: from `split_links`, or `leaky_links` of it.
        decoders: "dot" (dot product) and "mlp" (Hadamard product and MLP, its setting chosen on validation).
        per_positive: hard negatives of each test edge.
        seed: of the uniform negatives and of the MLP.

    Returns:
        For each decoder ap, auc, mrr and hits@K on the test edges: against uniform negatives, pooled, as `dot/ap`;
        against each edge's own hard negatives, as `dot/hard/mrr`; and `mlp/setting`, the chosen penalty.
        Scores of a leaky split have the prefix `leaky/`.

    Raises:
        TypeError: a single name instead of a list.
        ValueError: an unknown decoder, or rows that do not fit the split.

    Example:
        >>> import torch
        >>> from graphcl.evaluation import random_projection_rows, split_links
        >>> ring = torch.stack([torch.arange(60), (torch.arange(60) + 1) % 60])
        >>> split = split_links(ring, 60)
        >>> z = random_projection_rows(split.edge_index, 60)
        >>> sorted(link_prediction(z, split, decoders=["dot"]))[:4]
        ['dot/ap', 'dot/auc', 'dot/hard/ap', 'dot/hard/auc']
    """
    if isinstance(decoders, str):
        raise TypeError(f"decoders must be a list of names; got {decoders!r}; give [{decoders!r}]")
    if unknown := [name for name in decoders if name not in LINK_DECODERS]:
        raise ValueError(f"no decoder is named {unknown[0]!r}; choose among {', '.join(LINK_DECODERS)}")
    rows = link_rows_of(z, split)
    uniform, hard = uniform_negatives(split, seed=seed), hard_negatives(split, per_positive=per_positive)
    scores: dict[str, float] = {}
    for name in decoders:
        if name == "dot":
            scorer = dot_scorer(rows)
        else:
            fitted = fit_decoder(rows, split, uniform, seed=seed)
            scorer, scores["mlp/setting"] = fitted.scorer, fitted.setting
        scores |= _scored(name, scorer, split, uniform["test"], hard)
    return _named(scores, split)


def heuristic_prediction(
    name: str, split: LinkSplit, *, per_positive: int = PER_POSITIVE, seed: int = 0
) -> dict[str, float]:
    """Scores of a heuristic at predicting the same held-out edges, against the same negatives.

    Args:
        name: "common-neighbours" or "adamic-adar".
        split: from `split_links`, or `leaky_links` of it.
        per_positive: hard negatives of each test edge.
        seed: of the uniform negatives.

    Returns:
        As `link_prediction`, under `heuristic/`.

    Raises:
        ValueError: an unknown name.

    Example:
        >>> import torch
        >>> from graphcl.evaluation import split_links
        >>> ring = torch.stack([torch.arange(60), (torch.arange(60) + 1) % 60])
        >>> heuristic_prediction("common-neighbours", split_links(ring, 60))["heuristic/auc"]
        0.5
    """
    if name not in LINK_HEURISTICS:
        raise ValueError(f"no heuristic is named {name!r}; choose among {', '.join(LINK_HEURISTICS)}")
    scorer = LINK_HEURISTICS[name](split.edge_index, split.num_nodes)
    uniform, hard = uniform_negatives(split, seed=seed), hard_negatives(split, per_positive=per_positive)
    return _named(_scored("heuristic", scorer, split, uniform["test"], hard), split)


def _scored(
    prefix: str, scorer: PairScorer, split: LinkSplit, uniform: Tensor, hard: HardNegatives
) -> dict[str, float]:
    positive = scorer(split.test)
    pooled = link_scores(positive, scorer(uniform))
    scores = {f"{prefix}/{name}": value for name, value in pooled.items()}
    if len(hard.owner):
        ranked = ranked_link_scores(positive, scorer(hard.pairs), hard.owner)
        scores |= {f"{prefix}/hard/{name}": value for name, value in ranked.items()}
    return scores


def _named(scores: dict[str, float], split: LinkSplit) -> dict[str, float]:
    return {f"leaky/{name}": value for name, value in scores.items()} if split.leaky else scores
