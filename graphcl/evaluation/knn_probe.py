"""k-nearest-neighbour probe (k-NN classifier) of an embedding."""

import torch
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from graphcl.evaluation.probing import ProbeResult, best_on_validation, probe_rows, train_classes
from graphcl.evaluation.splits import Split, class_numbers
from graphcl.typing import Integers, Rows

NEIGHBOURS = (1, 3, 5, 10, 20, 50)
"""Candidate values of k, up to the number of training nodes."""


def knn_probe(z: Rows, y: Integers, split: Split) -> ProbeResult:
    """k-NN classification of nodes by cosine similarity, with k selected on the validation nodes.

    The class is the majority among the k nearest training nodes; ties go to the lowest class. Distances are
    computed once for all k, in chunks, by scikit-learn. The k with the highest validation accuracy is selected,
    the smallest one in a tie.

    Args:
        z: (n, d), an embedding that no label had a part in.
        y: (n,), the class of each node; negative where unknown.
        split: from `node_splits`.

    Raises:
        ValueError: an embedding or labels that do not fit, one class alone in train, an empty part, or
            parts with a node in common.

    Example:
        >>> from graphcl.evaluation import node_splits
        >>> y = torch.arange(100) % 2
        >>> knn_probe(torch.eye(2)[y], y, node_splits(y, {})[0]).scores["accuracy"]
        1.0
    """
    y = class_numbers(y)
    rows = probe_rows(z, y)
    classes = train_classes(y, split)
    numbers = [k for k in NEIGHBOURS if k <= len(split.train)]
    search = NearestNeighbors(n_neighbors=numbers[-1], metric="cosine").fit(rows[split.train.numpy()])
    near = torch.from_numpy(search.kneighbors(rows, return_distance=False)).long()
    votes = torch.searchsorted(classes, y[split.train])[near]
    predictions = {float(k): classes[_majority(votes[:, :k], len(classes))] for k in numbers}
    return best_on_validation(y, split, predictions)


def _majority(votes: Tensor, n_classes: int) -> Tensor:
    counts = torch.zeros(len(votes), n_classes, dtype=torch.long)
    return counts.scatter_add(1, votes, torch.ones_like(votes)).argmax(1)
