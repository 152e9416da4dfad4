"""Nested cross-validation of frozen graph embeddings: C is chosen inside the training folds only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.model_selection import StratifiedKFold
from torch import Tensor

from graphcl.evaluation.graph_level.classifiers import predictions_at
from graphcl.evaluation.graph_level.folds import Fold

GraphRows = Tensor | NDArray[Any] | csr_array
"""(graphs, d), one row per graph, dense or sparse."""

CLASSIFIERS = ("logistic", "svm")

GRID = tuple(10.0**exponent for exponent in range(-3, 4))
"""Candidate values of C, the inverse regularisation strength, for both classifiers."""

INNER = 5
"""Inner folds."""


@dataclass(frozen=True, eq=False)
class NestedResult:
    """Result of nested cross-validation.

    Args:
        accuracy: of each outer fold on its test graphs, at the C that its inner folds chose.
        chosen: that C of each outer fold.
        correct: (graphs,), whether each graph was classified correctly, when it was in a test part.
        oracle: of each outer fold, the highest test accuracy over all C. It is chosen by test labels: a diagnostic
            that shows what "best C on the test fold" flatters by, and not a result.
    """

    accuracy: list[float]
    chosen: list[float]
    correct: NDArray[np.bool_]
    oracle: list[float]


def nested_cross_validation(
    z: GraphRows, y: NDArray[np.int64], folds: Sequence[Fold], *, classifier: str = "logistic", seed: int = 0
) -> NestedResult:
    """Logistic regression or SVM (Gaussian kernel) on frozen rows, with C chosen inside the training folds.

    For each outer fold, five stratified inner folds of its training graphs give a mean accuracy for each C of
    10^-3, ..., 10^3; the best (the smallest in a tie) is fitted on all its training graphs and scored on its test
    graphs. Dense rows are standardised by the graphs that a classifier is fitted on; sparse rows are taken as they
    are.

    Args:
        z: (graphs, d), embeddings that no label had a part in.
        y: (graphs,), the class of each graph.
        folds: from `graph_folds`.
        classifier: "logistic" or "svm".
        seed: of the inner folds.

    Raises:
        ValueError: an unknown classifier, or rows that are not finite or not one for each graph.

    Example:
        >>> from graphcl.evaluation import graph_folds
        >>> y = np.arange(40) % 2
        >>> result = nested_cross_validation(np.eye(2)[y], y, graph_folds(y, folds=4))
        >>> result.accuracy
        [1.0, 1.0, 1.0, 1.0]
    """
    rows = graph_rows(z, len(y))
    if classifier not in CLASSIFIERS:
        raise ValueError(f"no classifier is named {classifier!r}; choose among {', '.join(CLASSIFIERS)}")
    accuracy, chosen, oracle = [], [], []
    correct = np.zeros(len(y), dtype=bool)
    for train, test in folds:
        fewest = int(np.unique(y[train], return_counts=True)[1].min())
        inner = StratifiedKFold(min(INNER, fewest), shuffle=True, random_state=seed)
        on_inner = dict.fromkeys(GRID, 0.0)
        for some, others in inner.split(train, y[train]):
            found = predictions_at(classifier, GRID, rows[train[some]], y[train[some]], rows[train[others]])
            for strength, predicted in found.items():
                on_inner[strength] += float((predicted == y[train[others]]).mean())
        found = predictions_at(classifier, GRID, rows[train], y[train], rows[test])
        hits = {strength: predicted == y[test] for strength, predicted in found.items()}
        on_test = {strength: float(hit.mean()) for strength, hit in hits.items()}
        best = max(GRID, key=lambda strength: on_inner[strength])
        accuracy.append(on_test[best])
        chosen.append(best)
        correct[test] = hits[best]
        oracle.append(max(on_test.values()))
    return NestedResult(accuracy, chosen, correct, oracle)


def graph_rows(z: GraphRows, graphs: int) -> NDArray[np.float64] | csr_array:
    """Rows of graphs in float64, dense or sparse.

    Raises:
        ValueError: rows that are not finite, or not one for each graph.

    Example:
        >>> graph_rows(np.ones((2, 3)), 2).shape
        (2, 3)
    """
    rows: Any
    if isinstance(z, csr_array):  # scikit-learn's SVM takes 32-bit indices only
        parts = z.data.astype(np.float64), z.indices.astype(np.int32), z.indptr.astype(np.int32)
        rows = csr_array(parts, shape=z.shape)
    else:
        rows = np.asarray(z.detach().cpu().to_dense() if isinstance(z, Tensor) else z, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[0] != graphs:
        raise ValueError(f"z must have one row for each of {graphs} graphs; got shape {list(rows.shape)}")
    if not np.isfinite(rows.data if isinstance(rows, csr_array) else rows).all():
        raise ValueError("z must be finite; got NaN or infinity; train with a lower learning rate")
    checked: NDArray[np.float64] | csr_array = rows
    return checked
