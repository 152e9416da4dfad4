"""The probes by name, and their scores over the splits of a graph."""

from collections.abc import Sequence
from statistics import fmean

import torch

from graphcl.evaluation.clustering import clustering_scores
from graphcl.evaluation.knn_probe import knn_probe
from graphcl.evaluation.linear_probe import linear_probe
from graphcl.evaluation.probing import probe_rows
from graphcl.evaluation.splits import Split, class_numbers
from graphcl.heads import kmeans
from graphcl.typing import Integers, Rows

REVISION = 1
"""Raised whenever the numbers of a probe change, so that no table mixes old and new."""

PROBES = ("linear", "knn", "k-means")

_SUPERVISED = {"linear": ("probe", linear_probe), "knn": ("knn", knn_probe)}
"""Their names in records, and what they compute."""


def probe_scores(
    z: Rows, y: Integers, splits: Sequence[Split], *, probes: Sequence[str] = PROBES, seed: int = 0
) -> dict[str, float]:
    """Scores of an embedding, the mean over the splits.

    Args:
        z: (n, d), an embedding that no label had a part in.
        y: (n,), the class of each node; negative where unknown.
        splits: from `node_splits`; k-means alone needs none.
        probes: which of "linear", "knn" and "k-means".
        seed: of the k-means starts.

    Returns:
        `probe/` and `knn/` with accuracy, micro_f1 and macro_f1; `kmeans/` with acc, nmi, ari and f1. What begins
        with `oracle/` is the maximum over settings of a score on test, each by itself: a diagnostic, which no
        table takes.

    Raises:
        TypeError: one name in place of a list.
        ValueError: an unknown probe, no split for a probe that reads one, or what the probes refuse.

    Example:
        >>> y = torch.arange(100) % 2
        >>> probe_scores(torch.eye(2)[y], y, [], probes=["k-means"])
        {'kmeans/acc': 1.0, 'kmeans/nmi': 1.0, 'kmeans/ari': 1.0, 'kmeans/f1': 1.0}
    """
    if isinstance(probes, str):
        raise TypeError(f"probes must be a list of names; got {probes!r}; give [{probes!r}]")
    if unknown := [name for name in probes if name not in PROBES]:
        raise ValueError(f"no probe is named {unknown[0]!r}; choose among {', '.join(PROBES)}")
    if not splits and needs_split(probes):
        raise ValueError("splits must hold at least one; got none; use node_splits")
    scores: dict[str, float] = {}
    for name in probes:
        if name == "k-means":
            scores |= {f"kmeans/{score}": value for score, value in kmeans_probe(z, y, seed=seed).items()}
            continue
        prefix, probe = _SUPERVISED[name]
        results = [probe(z, y, split) for split in splits]
        for score in results[0].scores:
            scores[f"{prefix}/{score}"] = fmean(result.scores[score] for result in results)
        for score in results[0].oracle:
            scores[f"oracle/{prefix}/{score}"] = fmean(result.oracle[score] for result in results)
    return scores


def needs_split(probes: Sequence[str]) -> bool:
    """Whether any of these probes reads a split.

    Example:
        >>> needs_split(["k-means"]), needs_split(["k-means", "knn"])
        (False, True)
    """
    return any(name in _SUPERVISED for name in probes)


def kmeans_probe(z: Rows, y: Integers, *, seed: int = 0) -> dict[str, float]:
    """k-means on the rows of z at unit length, against the classes.

    The number of clusters is that of the classes; the best of ten starts by inertia is taken. No class is read
    before the clusters are there, but their number.

    Args:
        z: (n, d), an embedding.
        y: (n,), the class of each node; negative where unknown.
        seed: of the starts.

    Returns:
        acc, nmi, ari and f1 as `clustering_scores` has them.

    Raises:
        ValueError: an embedding or labels that do not fit, or no labelled node.

    Example:
        >>> y = torch.tensor([0, 0, 1, 1])
        >>> kmeans_probe(torch.eye(2)[y], y)["nmi"]
        1.0
    """
    y = class_numbers(y)
    n_classes = len(y[y >= 0].unique())
    if not n_classes:
        raise ValueError("k-means needs to know how many classes there are; got no labelled node; give y")
    labels, _ = kmeans(torch.from_numpy(probe_rows(z, y)), n_classes, n_init=10, seed=seed)
    return clustering_scores(y, labels)
