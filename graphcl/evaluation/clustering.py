"""External clustering scores against ground-truth classes: accuracy, NMI, ARI and macro-F1."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix
from torch import Tensor

from graphcl.typing import Integers


def clustering_scores(y: Integers, labels: Integers) -> dict[str, float]:
    """Clustering accuracy (ACC), NMI, ARI and macro-F1 against ground-truth classes.

    Accuracy and F1 use one one-to-one matching of clusters to classes (Hungarian algorithm): the one with the
    highest accuracy and, among these, the highest F1. With more clusters than classes, nodes in unmatched clusters
    count as errors; with fewer, an unmatched class has an F1 of 0. NMI (arithmetic mean) and ARI need no matching.

    Args:
        y: the class of each node; nodes with a negative class are unlabelled and ignored.
        labels: the cluster of each node; any integers.

    Returns:
        acc, nmi and f1 in [0, 1]; ari in [-0.5, 1], near 0 for random clusters.

    Raises:
        ValueError: inputs that are not integers or differ in length, or no labelled node.

    Example:
        >>> clustering_scores(y=[0, 0, 1, 1], labels=[5, 5, 3, 3])
        {'acc': 1.0, 'nmi': 1.0, 'ari': 1.0, 'f1': 1.0}
        >>> clustering_scores(y=[0, 0, 1, 1, -1], labels=[0, 0, 1, 2, 2])["acc"]
        0.75
    """
    classes, clusters = _labelled(y, labels)
    table = contingency(classes, clusters)
    sizes = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True)
    f1 = 2 * table / sizes  # of each class and cluster
    tie_breaker = f1 / (len(table) + 1)  # sums to less than one node over any matching
    matched = linear_sum_assignment(table + tie_breaker, maximize=True)
    return {
        "acc": float(table[matched].sum() / table.sum()),
        "nmi": float(normalized_mutual_info_score(classes, clusters)),
        "ari": float(adjusted_rand_score(classes, clusters)),
        "f1": float(f1[matched].sum() / len(table)),
    }


def contingency(y: Integers, labels: Integers) -> NDArray[np.int64]:
    """Contingency matrix: number of nodes of each class (row) in each cluster (column), in ascending order.

    Args:
        y: the class of each node; nodes with a negative class are ignored.
        labels: the cluster of each node.

    Example:
        >>> contingency(y=[0, 0, 1, 1], labels=[2, 7, 7, 7])
        array([[1, 1],
               [0, 2]])
    """
    table: NDArray[np.int64] = contingency_matrix(*_labelled(y, labels), dtype=np.int64)
    return table


def _labelled(y: Integers, labels: Integers) -> tuple[NDArray[Any], NDArray[Any]]:
    classes, clusters = _integers(y, "y"), _integers(labels, "labels")
    if len(classes) != len(clusters):
        raise ValueError(
            f"y and labels must have one entry per node each; got {len(classes)} and {len(clusters)} entries"
        )
    known = classes >= 0
    if not known.any():
        raise ValueError(f"y must label at least one node; got none among {len(y)}; use structure_scores instead")
    return classes[known], clusters[known]


def _integers(values: Integers, name: str) -> NDArray[Any]:
    array = values.detach().cpu().numpy() if isinstance(values, Tensor) else np.asarray(values)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise ValueError(
            f"{name} must be one integer per node; got shape {array.shape} of {array.dtype}; "
            "take the argmax of soft assignments"
        )
    return array
