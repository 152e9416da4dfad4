"""Small real datasets that come with scikit-learn and networkx, and so need no file and no network."""

import networkx as nx
import torch
from sklearn.datasets import load_digits

from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.parameters import checked
from graphcl.datasets.sources.tabular_knn import NeighbourSimilarity, knn_graph
from graphcl.typing import Count


@checked
def digits(*, k: Count = 3, similarity: NeighbourSimilarity = "heat") -> GraphDataset:
    """scikit-learn's 1,797 handwritten digits, pixels divided by 16, joined to their nearest neighbours.

    Args:
        k: Neighbours per image, in [1, 1796].
        similarity: "heat", "dot" or "ncos", as in `knn_graph`.

    Returns:
        The dataset `digits`: 64 features, 10 classes.

    Raises:
        ValueError: If an argument lies outside its range.

    Example:
        >>> digits(k=3)
        GraphDataset('digits': 1797 nodes, 3884 edges, 64 features, 10 classes)
    """
    pixels, labels = load_digits(return_X_y=True)
    x = torch.from_numpy(pixels).float() / 16
    edge_index = knn_graph(x, k=k, similarity=similarity)
    y = torch.from_numpy(labels).long()
    return GraphDataset.from_parts("digits", x, edge_index, y, parameters={"k": k, "similarity": similarity})


def karate() -> GraphDataset:
    """Zachary's karate club: who met whom outside the club, and which of the two clubs each joined later.

    The features are the identity matrix (a node knows only which one it is): they hold no label. Edge weights are
    left out.

    Returns:
        The dataset `karate`: 34 nodes, 2 classes (0: Mr. Hi's club, 1: the officer's).

    Example:
        >>> karate()
        GraphDataset('karate': 34 nodes, 78 edges, 34 features, 2 classes)
    """
    club = nx.karate_club_graph()
    edge_index = torch.tensor(list(club.edges)).T
    y = torch.tensor([int(side == "Officer") for _, side in club.nodes(data="club")])
    return GraphDataset.from_parts("karate", torch.eye(len(y)), edge_index, y)
