"""The matching of clusters to classes, and the order and colours in which they are shown."""

from dataclasses import dataclass
from typing import Self

from scipy.optimize import linear_sum_assignment

from graphcl.bench.runs.details import Details


@dataclass(frozen=True)
class Matching:
    """How the clusters of a run are shown.

    Args:
        order: indices of clusters: those matched to a class in the order of the classes, then the others by size.
        class_of: by index of a cluster, the index of its class; clusters without one are missing.
        colours: by index of a cluster; class j and the cluster matched to it have colour j.

    Example:
        >>> import numpy as np
        >>> labels, y = np.array([8, 8, 5, 6]), np.array([0, 0, 1, 1])
        >>> Matching.of(Details.of([], labels, y, None))
        Matching(order=[2, 0, 1], class_of={0: 1, 2: 0}, colours=[1, 2, 0])
    """

    order: list[int]
    class_of: dict[int, int]
    colours: list[int]

    @classmethod
    def of(cls, details: Details) -> Self:
        """Match so that the most nodes lie in the cluster of their class, as accuracy counts."""
        clusters, classes = linear_sum_assignment(details.contingency, maximize=True)
        class_of = dict(zip(clusters.tolist(), classes.tolist(), strict=True))
        others = [index for index in range(len(details.clusters)) if index not in class_of]
        if class_of:
            others.sort(key=lambda index: -details.sizes[index])
        order = [*sorted(class_of, key=lambda index: class_of[index]), *others]
        colours = {**class_of, **{index: len(details.classes) + i for i, index in enumerate(others)}}
        return cls(order, class_of, [colours[index] for index in range(len(details.clusters))])
