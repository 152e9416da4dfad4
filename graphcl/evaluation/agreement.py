"""Agreement of a clustering with the features and the edges of its graph: a score that needs no classes."""

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
    """J of a clustering: how well the features predict it, and how well the edges respect it.

    J = mean_c R2_c + mean_c r_c, at most 2; a partition without meaning is near 0. R2_c is the share of the
    variance of cluster c's indicator that a ridge regression on the features explains, on the half of the nodes
    that it was not fitted on. r_c = (h_c - v_c) / (1 - v_c) is the indicator's correlation across an edge, with
    h_c the share of the edge ends of c whose other end is in c, and v_c the share of all edge ends that c holds.

    To score several clusterings of one graph, make one `Agreement` and call its `score`.

    Args:
        graph: with x and edge_index; `edge_weight` is honoured, directions and labels are not read.
        labels: (n,), the cluster of each node; any integers, whose numbers do not matter.
        n_clusters: how many clusters there were to be; those without nodes count 0. By default those that occur.
        seed: of the halves, and of the projection of features wider than `components`.
        components: columns of the features kept where x has more.
        idf: whether rare columns count for more: "auto" where x holds integers alone, "always" or "never".
        device: "auto" (a GPU where there is one), "cpu", "cuda" or "cuda:1".

    Returns:
        J; R2 and r, lists with one number for each cluster, in ascending order of the labels.

    Raises:
        ValueError: a graph that cannot be worked on, as one without features, or labels that do not fit it.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> by_group, at_random = (agreement(karate, y) for y in (karate.y, karate.y.roll(9)))
        >>> by_group["J"] > at_random["J"], len(by_group["R2"]), len(by_group["r"])
        (True, 2, 2)
    """
    judge = Agreement(graph, seed=seed, components=components, idf=idf, device=device)
    return judge.score(labels, n_clusters)
