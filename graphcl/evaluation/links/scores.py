"""Scores of link prediction: pooled AP and AUC, Hits@K, and mean reciprocal rank."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from sklearn.metrics import average_precision_score, roc_auc_score
from torch import Tensor

HITS = (10, 50, 100)


def link_scores(
    positive: Float[Tensor, " p"], negative: Float[Tensor, " q"], *, hits: Sequence[int] = HITS
) -> dict[str, float]:
    """Scores of all positives against all negatives, pooled.

    Hits@K is the share of positives that score above the K-th highest negative, 1 where there are fewer than K.
    The rank of a positive counts the negatives above it, plus half of those that tie with it, plus 1.

    Args:
        positive: (p,), scores of edges.
        negative: (q,), scores of pairs that are not edges.
        hits: the values of K.

    Returns:
        ap, auc, mrr, and hits@K for each K.

    Raises:
        ValueError: no positive, no negative, or a score that is NaN.

    Example:
        >>> link_scores(torch.tensor([3.0, 1.0]), torch.tensor([2.0, 0.0]), hits=[1])
        {'ap': 0.8333333333333333, 'auc': 0.75, 'mrr': 0.75, 'hits@1': 0.5}
    """
    _check(positive, negative)
    ordered = negative.sort().values
    above = len(ordered) - torch.searchsorted(ordered, positive, right=True)
    ties = len(ordered) - torch.searchsorted(ordered, positive) - above
    scores = pooled_scores(positive, negative)
    scores["mrr"] = float((1 / (1 + above + ties / 2)).double().mean())
    for k in hits:
        hit = positive > ordered[-k] if k <= len(ordered) else torch.ones(1)
        scores[f"hits@{k}"] = float(hit.double().mean())
    return scores


def ranked_link_scores(
    positive: Float[Tensor, " p"],
    negative: Float[Tensor, " q"],
    owner: Int[Tensor, " q"],
    *,
    hits: Sequence[int] = HITS,
) -> dict[str, float]:
    """Scores of each positive against its own negatives, as in HeaRT; AP and AUC are pooled all the same.

    Hits@K is the share of positives of rank K or better; a rank counts the negatives above, plus half of those
    that tie, plus 1. Positives without negatives are left out.

    Args:
        positive: (p,), scores of edges.
        negative: (q,), scores of negatives.
        owner: (q,), the positive of each negative.
        hits: the values of K.

    Returns:
        ap, auc, mrr, and hits@K for each K.

    Raises:
        ValueError: no positive, no negative, or a score that is NaN.

    Example:
        >>> scores = ranked_link_scores(torch.tensor([3.0, 1.0]), torch.tensor([2.0, 2.0]), torch.tensor([0, 1]))
        >>> scores["mrr"]
        0.75
    """
    _check(positive, negative)
    p, own = len(positive), positive[owner]
    above = torch.bincount(owner, (negative > own).double(), p)
    ties = torch.bincount(owner, (negative == own).double(), p)
    there = torch.bincount(owner, minlength=p) > 0
    rank = (1 + above + ties / 2)[there]
    scores = pooled_scores(positive[there], negative)
    scores["mrr"] = float((1 / rank).mean())
    return scores | {f"hits@{k}": float((rank <= k).double().mean()) for k in hits}


def pooled_scores(positive: Float[Tensor, " p"], negative: Float[Tensor, " q"]) -> dict[str, float]:
    """Average precision and ROC-AUC of all pairs together, whichever batch or graph they come from.

    Raises:
        ValueError: no positive, no negative, or a score that is NaN.

    Example:
        >>> pooled_scores(torch.tensor([2.0]), torch.tensor([1.0]))
        {'ap': 1.0, 'auc': 1.0}
    """
    _check(positive, negative)
    truth = np.repeat([1, 0], [len(positive), len(negative)])
    value = torch.cat([positive, negative]).cpu().double().numpy()
    return {"ap": float(average_precision_score(truth, value)), "auc": float(roc_auc_score(truth, value))}


def _check(positive: Tensor, negative: Tensor) -> None:
    for name, values in (("positive", positive), ("negative", negative)):
        if not len(values):
            raise ValueError(f"link scores need at least one {name} pair; got none; hold out more edges")
        if values.isnan().any():
            raise ValueError(f"scores of {name} pairs must be numbers; got NaN; train with a lower learning rate")
