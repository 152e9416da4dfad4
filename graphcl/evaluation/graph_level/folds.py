"""Stratified folds of graphs for cross-validation, and the equal graphs that they share."""

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold
from torch import Tensor

from graphcl.typing import Integers

Fold = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The training and the test graphs of one fold."""


FEWEST_OF_A_CLASS = 4
"""So that training folds have two of each class, for inner folds."""


def graph_folds(y: Integers, *, folds: int = 10, seed: int = 0) -> list[Fold]:
    """Stratified folds: each graph is in the test part of one of them.

    Args:
        y: (graphs,), the class of each graph.
        folds: how many, at least 2.
        seed: of the shuffle.

    Raises:
        ValueError: labels that are not one known class per graph, one class alone, or a class with fewer graphs
            than folds, or fewer than four.

    Example:
        >>> [len(test) for _, test in graph_folds([0, 1] * 6, folds=3)]
        [4, 4, 4]
    """
    classes = known_classes(y)
    if folds < 2:
        raise ValueError(f"folds must be at least 2; got {folds}")
    number, size = np.unique(classes, return_counts=True)
    if len(number) < 2:
        raise ValueError(f"classification needs two classes; got class {number[0]} alone; cluster the graphs")
    if size.min() < max(folds, FEWEST_OF_A_CLASS):
        got = f"{size.min()} of class {number[size.argmin()]} for {folds} folds"
        raise ValueError(
            f"each class needs as many graphs as there are folds, and {FEWEST_OF_A_CLASS}; got {got}; take fewer "
            "folds or merge classes"
        )
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return list(splitter.split(np.zeros(len(classes)), classes))


def known_classes(y: Integers) -> NDArray[np.int64]:
    """Classes as an array, one for each graph.

    Raises:
        ValueError: no graph, real-valued targets, several tasks, or a graph without a class.

    Example:
        >>> known_classes([0, 1])
        array([0, 1])
    """
    classes = y.detach().cpu().numpy() if isinstance(y, Tensor) else np.asarray(y)
    if classes.ndim != 1 or classes.dtype.kind not in "iu" or not len(classes):
        raise ValueError(
            f"y must be one class per graph; got {classes.dtype} of {list(classes.shape)}; tasks with missing "
            "labels and real targets are for fine-tuning"
        )
    if int(classes.min()) < 0:
        none = int((classes < 0).sum())
        raise ValueError(f"every graph needs a class; got {none} of {len(classes)} without; leave them out")
    return classes.astype(np.int64)


def seen_in_training(codes: Integers, fold: Fold) -> NDArray[np.bool_]:
    """Which test graphs of a fold have an equal one among its training graphs.

    Args:
        codes: (graphs,), from `graph_codes`.
        fold: from `graph_folds`.

    Example:
        >>> seen_in_training([7, 8, 7], (np.array([0]), np.array([1, 2])))
        array([False,  True])
    """
    values = codes.cpu().numpy() if isinstance(codes, Tensor) else np.asarray(codes)
    return np.isin(values[fold[1]], values[fold[0]])


def warn_of_duplicates(
    seen: int,
    graphs: int,
    place: str = "in the training folds",
    remedy: str = "see the scores under unseen/ for the others",
) -> None:
    """Warn that some graphs are tested with an equal one in training, if there are any.

    Args:
        seen: how many.
        graphs: of how many.
        place: where the equal ones are.
        remedy: what to do.
    """
    if seen:
        warnings.warn(
            f"{seen} of {graphs} graphs have an equal one {place} (by colour refinement); {remedy}", stacklevel=3
        )


def warn_of_equal_graphs(codes: Integers, *, train: Integers, test: Integers) -> float:
    """The share of test graphs that have an equal one among the training graphs; warns if it is above 0.

    Args:
        codes: (graphs,), from `graph_codes`, of all graphs in one call.
        train: numbers of the training graphs.
        test: numbers of the test graphs.

    Example:
        >>> warn_of_equal_graphs([7, 8, 9], train=[0], test=[1, 2])
        0.0
    """
    seen = seen_in_training(codes, (_numbers(train), _numbers(test)))
    warn_of_duplicates(int(seen.sum()), len(seen), "among the training graphs", "score the others apart")
    return float(seen.mean()) if len(seen) else 0.0


def _numbers(part: Integers) -> NDArray[np.int64]:
    return (part.cpu().numpy() if isinstance(part, Tensor) else np.asarray(part)).astype(np.int64)
