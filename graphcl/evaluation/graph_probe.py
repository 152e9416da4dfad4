"""Graph-level evaluation of frozen embeddings: nested cross-validation, and k-means against the classes."""

from collections.abc import Sequence
from statistics import fmean, pstdev

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.decomposition import TruncatedSVD

from graphcl.evaluation.graph_level.folds import (
    Fold,
    graph_folds,
    known_classes,
    seen_in_training,
    warn_of_duplicates,
)
from graphcl.evaluation.graph_level.nested_cv import CLASSIFIERS, GraphRows, graph_rows, nested_cross_validation
from graphcl.evaluation.probes import kmeans_probe
from graphcl.typing import Integers

GRAPH_REVISION = 2
"""Increased whenever the scores of graph-level evaluation change, so that tables do not mix old and new ones."""

GRAPH_PROBES = (*CLASSIFIERS, "k-means")

AXES = 64
"""Sparse rows are reduced to so many singular directions before k-means."""


def graph_scores(
    z: GraphRows,
    y: Integers,
    *,
    codes: Integers | None = None,
    probes: Sequence[str] = GRAPH_PROBES,
    folds: int = 10,
    seed: int = 0,
) -> dict[str, float]:
    """Scores of frozen embeddings of graphs.

    Args:
        z: (graphs, d), embeddings that no label had a part in, dense or sparse.
        y: (graphs,), the class of each graph.
        codes: (graphs,), from `graph_codes`; equal graphs in training and test are then counted and warned of.
        probes: which of "logistic", "svm" and "k-means".
        folds: outer folds; C is chosen by inner folds of their training graphs.
        seed: of the folds, and of k-means.

    Returns:
        `logistic/accuracy` and `svm/accuracy`, means over the outer folds, with `.../fold_std`; `kmeans/` with
        acc, nmi and ari. With codes, `duplicates/graphs`: the share of graphs with an equal one in training when
        they are tested; and `unseen/logistic/accuracy`: the accuracy on the others. `oracle/logistic/accuracy` is
        the usual "best C on the test fold": it uses test labels for selection, and is no result.

    Raises:
        TypeError: a single name instead of a list.
        ValueError: an unknown probe, or rows, labels, codes or folds that do not fit.

    Example:
        >>> y = np.arange(40) % 2
        >>> graph_scores(np.eye(2)[y], y, probes=["k-means"])
        {'kmeans/acc': 1.0, 'kmeans/nmi': 1.0, 'kmeans/ari': 1.0}
    """
    if isinstance(probes, str):
        raise TypeError(f"probes must be a list of names; got {probes!r}; give [{probes!r}]")
    if unknown := [name for name in probes if name not in GRAPH_PROBES]:
        raise ValueError(f"no graph probe is named {unknown[0]!r}; choose among {', '.join(GRAPH_PROBES)}")
    classes = known_classes(y)
    rows = graph_rows(z, len(classes))
    scores: dict[str, float] = {}
    names = [name for name in CLASSIFIERS if name in probes]
    if names:
        outer = graph_folds(classes, folds=folds, seed=seed)
        seen = None if codes is None else _seen(codes, outer, len(classes))
        if seen is not None:
            scores["duplicates/graphs"] = float(seen.mean())
            warn_of_duplicates(int(seen.sum()), len(seen))
        for name in names:
            result = nested_cross_validation(rows, classes, outer, classifier=name, seed=seed)
            scores[f"{name}/accuracy"] = fmean(result.accuracy)
            scores[f"{name}/fold_std"] = pstdev(result.accuracy)
            scores[f"oracle/{name}/accuracy"] = fmean(result.oracle)
            if seen is not None and not seen.all():
                scores[f"unseen/{name}/accuracy"] = float(result.correct[~seen].mean())
    if "k-means" in probes:
        scores |= _kmeans(rows, classes, seed)
    return scores


def _seen(codes: Integers, folds: Sequence[Fold], graphs: int) -> NDArray[np.bool_]:
    """(graphs,), whether an equal graph is in training when a graph is tested."""
    if len(codes) != graphs:
        raise ValueError(f"codes must have one entry for each of {graphs} graphs; got {len(codes)}")
    seen = np.zeros(graphs, dtype=bool)
    for fold in folds:
        seen[fold[1]] = seen_in_training(codes, fold)
    return seen


def _kmeans(rows: NDArray[np.float64] | csr_array, classes: NDArray[np.int64], seed: int) -> dict[str, float]:
    """ACC, NMI and ARI of k-means on L2-normalised rows."""
    if isinstance(rows, csr_array):
        axes = min(AXES, min(rows.shape) - 1)
        rows = TruncatedSVD(axes, random_state=seed).fit_transform(rows) if axes >= 1 else rows.toarray()
    found = kmeans_probe(torch.from_numpy(rows), torch.from_numpy(classes), seed=seed)
    return {f"kmeans/{name}": found[name] for name in ("acc", "nmi", "ari")}
