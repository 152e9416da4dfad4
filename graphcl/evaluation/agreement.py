"""Internal clustering criterion J, without labels: agreement of clusters with node features and edges."""

from typing import Any

from torch_geometric.data import Data

from graphcl.agreement import Agreement
from graphcl.agreement.views import TermWeights
from graphcl.typing import Integers


def agreement(
    graph: Data,
    labels: Integers,
    *,
    n_clusters: int | None = None,
    seed: int = 0,
    components: int = 256,
    idf: TermWeights = "auto",
    device: str = "auto",
) -> dict[str, Any]:
    """Internal clustering criterion J: how well features predict the clusters, and how assortative the edges are.

    J = mean_c R2_c + mean_c r_c, at most 2, and near 0 for a random partition. R2_c is the cross-validated
    coefficient of determination of a ridge regression of cluster c's indicator on the features (two folds). r_c =
    (h_c - v_c) / (1 - v_c) is the assortativity of the indicator, its correlation across an edge: h_c is the
    fraction of the edge ends in c whose other end is in c, and v_c the fraction of all edge ends that are in c.

    To score several clusterings of one graph, create one `Agreement` and call its `score`.

    Args:
        graph: with x and edge_index; `edge_weight` is used, edge directions and labels are ignored.
        labels: (n,), the cluster of each node; any integers.
        n_clusters: number of clusters; empty ones count as 0. By default, the number of distinct labels.
        seed: of the two folds, and of the random projection of wide features.
        components: number of columns to which wider features are reduced.
        idf: inverse document frequency weights of the columns of x: "auto" (if x holds integers only), "always" or
            "never".
        device: "auto" (a GPU if available), "cpu", "cuda" or "cuda:1".

    Returns:
        J; R2 and r, lists with one value per cluster, in ascending order of the labels.

    Raises:
        TypeError: features that are a feature source.
        ValueError: an invalid graph (see `graphcl.validation.check_graph`), or labels that do not match it.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> by_group, at_random = (agreement(karate, y) for y in (karate.y, karate.y.roll(9)))
        >>> by_group["J"] > at_random["J"], len(by_group["R2"]), len(by_group["r"])
        (True, 2, 2)
    """
    judge = Agreement(graph, seed=seed, components=components, idf=idf, device=device)
    return judge.score(labels, n_clusters)
