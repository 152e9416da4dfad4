"""Choice of the number of clusters: TwoView for each number, sharing what does not depend on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any

from torch_geometric.data import Data

from graphcl.feature_source import whole_tensor
from graphcl.methods.bases.candidates import Candidate, Workplace, with_callbacks
from graphcl.methods.bases.pool import choose
from graphcl.methods.shallow_clusterers.two_view import TwoView
from graphcl.ops.graph_matrices.sparse import compress
from graphcl.ops.machine.runtime import dtype_of
from graphcl.training import Runtime
from graphcl.training.loop import Callback
from graphcl.typing import Labels
from graphcl.validation import check_callbacks, check_graph, check_parameters
from graphcl.validation.numbers import Numbers


@dataclass(frozen=True)
class Choice:
    """Result of `choose_k`: TwoView's clusters and scores for several numbers of clusters.

    Args:
        scores: by number of clusters, ascending: J, and by cluster R2 and r.
        labels: by number of clusters, (n,), those of `TwoView` with this number.
    """

    scores: dict[int, dict[str, Any]]
    labels: dict[int, Labels]

    @property
    def explained(self) -> dict[int, float]:
        """By number of clusters: sum_c p_c (1 - p_c) (R2_c + r_c), with p_c the share of the nodes in c.

        The variance of an indicator is p (1 - p); R2 is the share of it that the features explain on nodes not
        fitted on, r the share that neighbours agree on. More clusters have more variance, of which less is
        explained.
        """
        found = {}
        for k, score in self.scores.items():
            share = self.labels[k].bincount(minlength=k).double() / len(self.labels[k])
            parts = share.new_tensor(score["R2"]) + share.new_tensor(score["r"])
            found[k] = float((share * (1 - share) * parts).sum())
        return found

    @property
    def best(self) -> int:
        """The number of clusters that features and edges explain most; the smallest among equals."""
        explained = self.explained
        return max(explained, key=lambda k: explained[k])


def choose_k(
    data: Data,
    n_clusters: Iterable[int],
    *,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    **settings: Any,
) -> Choice:
    """Choose the number of clusters: cluster with `TwoView` for each number, and compare the results.

    Features, singular vectors, smoothing, axes and the inverses of the regression are shared by all numbers: each
    further one costs its k-means and its refinement.

    J itself falls as the number grows, since few broad clusters are easier to predict and to respect: it compares
    partitions into one number. The explained variance of `Choice` has its top between one cluster and many, and is
    what `best` goes by. Look at the whole curve, and at other seeds, before you believe it.

    Args:
        data: with x and edge_index; labels are not read.
        n_clusters: the numbers to try, each from 1 to the number of nodes.
        seed: as of `TwoView`; 0 is a seed.
        callbacks: each is called with a `Report` after every candidate; one that raises `StopStage` ends the
            search, and the numbers tried so far are compared.
        settings: other parameters of `TwoView`.

    Raises:
        TypeError: a number that is no integer, or callbacks that are no functions.
        ValueError: no number, one out of range, a setting that TwoView does not have, or a graph that cannot be
            worked on.

    Example:
        >>> import graphcl
        >>> blocks = graphcl.datasets.load("planted-partition", nodes=200, blocks=4, signal=3.0).graph
        >>> graphcl.choose_k(blocks, range(2, 8)).best
        4
    """
    check_callbacks(callbacks)
    numbers = sorted({index(k) for k in n_clusters})
    if not numbers:
        raise ValueError("n_clusters must name at least one number of clusters; got none")
    models = [TwoView.from_recipe("default", n_clusters=k, seed=seed, **settings) for k in numbers]
    for model in models:
        check_parameters(model)
    graph = check_graph(data, accepts_edge_weight=True, numbers=Numbers(dtype_of(models[0].precision)))
    if numbers[-1] > graph.x.size(0):
        got = f"{numbers[-1]} for {graph.x.size(0)} nodes"
        raise ValueError(f"n_clusters must be at most the number of nodes; got {got}")
    graph.x = compress(whole_tensor(graph.x, "choose_k"))
    first = models[0]
    runtime = Runtime.launch(first.device, first.precision, seed)
    place = Workplace(graph.to(runtime.device), runtime, components=first.components, idf=first.idf)
    search = first.search(graph.x.size(0))
    pools: dict[int, list[Candidate]] = {k: [] for k in numbers}
    found = place.candidates(search, numbers)
    for candidate in with_callbacks(found, search.pool_size * len(numbers), callbacks):
        pools[candidate.origin["n_clusters"]].append(candidate)
    labels = {
        k: choose(place, pool, search, first.choice, first.kernel).candidate.labels
        for k, pool in pools.items()
        if pool
    }
    scores = {k: place.criterion.score(row, k) for k, row in labels.items()}
    return Choice(scores, {k: row.cpu() for k, row in labels.items()})
