"""Small real datasets that ship with scikit-learn and networkx, and need no download."""

import torch

from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.parameters import checked
from graphcl.datasets.sources.tabular_knn import NeighbourSimilarity, knn_graph
from graphcl.typing import Count


@checked
def digits(*, k: Count = 3, similarity: NeighbourSimilarity = "heat") -> GraphDataset:
    """k-nearest-neighbour graph of scikit-learn's 1,797 handwritten digits; features are pixels / 16.

    Args:
        k: Neighbours per image, in [1, 1796].
        similarity: "heat", "dot" or "ncos", as in `knn_graph`.

    Returns:
        The dataset `digits`: 64 features, 10 classes.

    Raises:
        ValueError: If an argument is out of range.

    Example:
        >>> digits(k=3)
        GraphDataset('digits': 1797 nodes, 3884 edges, 64 features, 10 classes)
    """
    from sklearn.datasets import load_digits  # here, as importing it takes as long as importing torch

    pixels, labels = load_digits(return_X_y=True)
    x = torch.from_numpy(pixels).float() / 16
    edge_index = knn_graph(x, k=k, similarity=similarity)
    y = torch.from_numpy(labels).long()
    return GraphDataset.from_parts("digits", x, edge_index, y, parameters={"k": k, "similarity": similarity})


def karate() -> GraphDataset:
    """Zachary's karate club graph; classes are the two clubs that its members joined after the split.

    The features are the identity matrix, so that they carry no label information. Edge weights are dropped.

    Returns:
        The dataset `karate`: 34 nodes, 2 classes (0: Mr. Hi's club, 1: the officer's).

    Example:
        >>> karate()
        GraphDataset('karate': 34 nodes, 78 edges, 34 features, 2 classes)
    """
    import networkx as nx

    club = nx.karate_club_graph()
    edge_index = torch.tensor(list(club.edges)).T
    y = torch.tensor([int(side == "Officer") for _, side in club.nodes(data="club")])
    return GraphDataset.from_parts("karate", torch.eye(len(y)), edge_index, y)
