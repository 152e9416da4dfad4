"""Evaluation of embeddings by linear, k-NN and k-means probes, averaged over splits."""

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
"""Increased whenever the scores of a probe change, so that tables do not mix old and new ones."""

PROBES = ("linear", "knn", "k-means")

_SUPERVISED = {"linear": ("probe", linear_probe), "knn": ("knn", knn_probe)}
"""Prefix of their scores, and function."""


def probe_scores(
    z: Rows, y: Integers, splits: Sequence[Split], *, probes: Sequence[str] = PROBES, seed: int = 0
) -> dict[str, float]:
    """Scores of an embedding by several probes, averaged over the splits.

    Args:
        z: (n, d), an embedding that no label had a part in.
        y: (n,), the class of each node; negative where unknown.
        splits: from `node_splits`; may be empty for k-means only.
        probes: which of "linear", "knn" and "k-means".
        seed: of the k-means initialisations.

    Returns:
        `probe/` and `knn/` with accuracy, micro_f1 and macro_f1; `kmeans/` with acc, nmi, ari and f1. Scores with
        the prefix `oracle/` are maxima of a test score over hyper-parameters: a diagnostic that uses test labels,
        and not a result.

    Raises:
        TypeError: a single name instead of a list.
        ValueError: an unknown probe, no split for a probe that needs one, or invalid input to a probe.

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
    """Whether any of these probes needs train, validation and test nodes.

    Example:
        >>> needs_split(["k-means"]), needs_split(["k-means", "knn"])
        (False, True)
    """
    return any(name in _SUPERVISED for name in probes)


def kmeans_probe(z: Rows, y: Integers, *, seed: int = 0) -> dict[str, float]:
    """k-means on L2-normalised embeddings, scored against the classes.

    The number of clusters is the number of classes; no other information about y enters the clustering. The best
    of ten initialisations by inertia is taken.

    Args:
        z: (n, d), an embedding.
        y: (n,), the class of each node; negative where unknown.
        seed: of the initialisations.

    Returns:
        acc, nmi, ari and f1, as `clustering_scores`.

    Raises:
        ValueError: an embedding and labels that do not match, or no labelled node.

    Example:
        >>> y = torch.tensor([0, 0, 1, 1])
        >>> kmeans_probe(torch.eye(2)[y], y)["nmi"]
        1.0
    """
    y = class_numbers(y)
    n_classes = len(y[y >= 0].unique())
    if not n_classes:
        raise ValueError("k-means needs the number of classes; got no labelled node; give y")
    labels, _ = kmeans(torch.from_numpy(probe_rows(z, y)), n_classes, n_init=10, seed=seed)
    return clustering_scores(y, labels)
