"""Leiden: community detection by the Leiden algorithm; no features, no training."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, ClassVar, Literal

import numpy as np
import torch
import torch.nn.functional as F
from scipy.sparse import triu
from torch_geometric.data import Data

from graphcl.graph_collection import Graphs
from graphcl.methods.bases.untrained import UntrainedClusterer
from graphcl.ops.graph_matrices.adjacency import undirected_adjacency
from graphcl.ops.machine.meter import measured
from graphcl.ops.machine.runtime import dtype_of
from graphcl.training import Runtime
from graphcl.training.estimators.fitting import Fitting
from graphcl.training.stage_cache import fingerprint
from graphcl.typing import Count, Labels, Nodes, Positive

Objective = Literal["modularity", "cpm"]
"""What is maximised: modularity, or the constant Potts model."""

LARGE = 10_000
"""Beyond so many nodes there is one start of two passes, unless starts or passes are asked for."""

STARTS, PASSES = 5, 10


@dataclass(kw_only=True, eq=False, repr=False)
class Leiden(UntrainedClusterer):
    """Leiden algorithm: community detection by modularity or the constant Potts model; features are not read.

    "modularity" maximises sum_c (e_c - resolution K_c^2 / 4m), with e_c the weight inside community c, K_c the sum
    of its degrees and m that of all edges; "cpm" maximises sum_c (e_c - resolution n_c (n_c - 1) / 2), n_c its
    nodes. A directed graph is made undirected; `edge_weight` is honoured.

    With "auto" the algorithm finds the number of communities; every connected component has at least one. With a
    number it starts from that many random groups and opens no new one. In a graph of more than 10,000 nodes, where
    neither `n_iterations` nor `n_init` is given, there is one start, from single nodes: a pass, then, if there are
    too many communities, the same algorithm from random groups of them, and a pass that opens no new one.

    Args:
        n_clusters: the most clusters there may be, or "auto": as many as the objective asks for.
        resolution: higher is more and smaller communities; under "cpm" the density that a community must exceed.
        objective: "modularity" or "cpm".
        n_iterations: passes over the graph in each start; None for 10, and see above.
        n_init: starts, of which the one with the highest objective is kept; None for 5, and see above.

    Attributes:
        labels_: (n,), int64, the largest community is 0.
        embedding_: (n, communities), one-hot: nothing finer is learned.

    Raises:
        ImportError: leidenalg or igraph is missing.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> labels = Leiden().fit_predict(karate.graph)
        >>> round(graphcl.evaluation.modularity(karate.graph.edge_index, labels), 3)
        0.42

    Reference: [Traag, Waltman, van Eck, "From Louvain to Leiden", Scientific Reports 2019], by the authors'
    package leidenalg.
    """

    name: ClassVar[str] = "leiden"
    revision: ClassVar[int] = 2
    accepts_edge_weight: ClassVar[bool] = True
    needs_features: ClassVar[bool] = False
    row_attributes: ClassVar[tuple[str, ...]] = ()  # its clusters are all that it learns

    n_clusters: Count | Literal["auto"] = "auto"  # type: ignore[assignment]  # wider than the base: it can count
    resolution: Positive = 1.0
    objective: Objective = "modularity"
    n_iterations: Count | None = None
    n_init: Count | None = None

    def _learn(self, graphs: Graphs, fitting: Fitting) -> None:
        if fitting.out is not None:
            got = f"out={fitting.out}; write it by transform(graph, out=...)"
            raise ValueError(f"leiden makes its embedding when asked for; got {got}")
        super()._learn(graphs, fitting)

    def _solve(self, graph: Data, fitting: Fitting) -> None:
        leidenalg, igraph = _packages()
        with measured(fitting.costs, "cluster"):
            n = graph.x.size(0)
            edges = triu(undirected_adjacency(graph.edge_index, n, graph.get("edge_weight")), format="coo")
            edges.eliminate_zeros()
            network = igraph.Graph(n=n, edges=np.stack([edges.row, edges.col], axis=1))
            modularity = self.objective == "modularity"
            kind = leidenalg.RBConfigurationVertexPartition if modularity else leidenalg.CPMVertexPartition
            start = partial(kind, network, weights=edges.data.tolist(), resolution_parameter=self.resolution)
            if n > LARGE and self.n_iterations is None and self.n_init is None:
                best = self._from_single_nodes(leidenalg, start, fitting.runtime)
            else:
                found = self._partitions(leidenalg, start, n, fitting.runtime)
                best = max(found, key=lambda partition: float(partition.quality()))
            self.labels_: Labels = largest_first(torch.tensor(best.membership))
        self.fitted_on_ = fingerprint(graph)

    @property
    def embedding_(self) -> Nodes:  # type: ignore[override]  # made when asked for: it is wide
        """The communities as one-hot rows."""
        return F.one_hot(self.labels_).to(dtype_of(self.precision))

    def _fitted_names(self) -> tuple[str, ...]:
        return (*super()._fitted_names(), "fitted_on_")

    def _rows(self, graph: Data) -> Nodes:
        """The embedding of `fit`, if this is the graph that it was fitted on."""
        if fingerprint(graph) != self.fitted_on_:
            raise ValueError(
                "Leiden places only the nodes of the graph that it was fitted on; fit this one as well"
            )
        return self.embedding_

    def _partitions(
        self, leidenalg: ModuleType, start: Callable[..., Any], n: int, runtime: Runtime
    ) -> Iterator[Any]:
        """The partition that each start ends in."""
        optimiser = leidenalg.Optimiser()
        optimiser.consider_empty_community = self.n_clusters == "auto"
        for number in range(self.n_init or STARTS):
            draw = runtime.generator("leiden", number, device=torch.device("cpu"))
            optimiser.set_rng_seed(int(torch.randint(2**31 - 1, (), generator=draw)))
            groups = None if self.n_clusters == "auto" else random_groups(n, self.n_clusters, draw)
            partition = start(initial_membership=groups)
            optimiser.optimise_partition(partition, n_iterations=self.n_iterations or PASSES)
            yield partition

    def _from_single_nodes(self, leidenalg: ModuleType, start: Callable[..., Any], runtime: Runtime) -> Any:
        """The partition after a pass from single nodes, merging where there are too many, and another pass."""
        optimiser = leidenalg.Optimiser()
        draw = runtime.generator("leiden", 0, device=torch.device("cpu"))
        optimiser.set_rng_seed(int(torch.randint(2**31 - 1, (), generator=draw)))
        partition = start()
        optimiser.optimise_partition(partition, n_iterations=1)
        if self.n_clusters != "auto":
            optimiser.consider_empty_community = False
            if len(partition) > self.n_clusters:
                whole = partition.aggregate_partition()
                ends = []
                for _ in range(STARTS):
                    whole.set_membership(random_groups(whole.graph.vcount(), self.n_clusters, draw))
                    optimiser.optimise_partition(whole, n_iterations=PASSES)
                    ends.append((float(whole.quality()), list(whole.membership)))
                whole.set_membership(max(ends, key=lambda end: end[0])[1])
                partition.from_coarse_partition(whole)
        optimiser.optimise_partition(partition, n_iterations=1)
        return partition

    def _check_size(self, graphs: Graphs, n_clusters: int | str) -> None:
        if not isinstance(n_clusters, str):
            super()._check_size(graphs, n_clusters)


def random_groups(n: int, count: int, draw: torch.Generator) -> list[int]:
    """Random groups of nearly the same size, the group of each of n nodes.

    Example:
        >>> sorted(random_groups(5, 2, torch.Generator()))
        [0, 0, 0, 1, 1]
    """
    groups: list[int] = (torch.randperm(n, generator=draw) % count).tolist()
    return groups


def largest_first(labels: Labels) -> Labels:
    """The same clusters, numbered from 0 by falling size; of two of one size, the one that comes first is first.

    Example:
        >>> largest_first(torch.tensor([7, 3, 3, 5]))
        tensor([1, 0, 0, 2])
    """
    names, first, cluster, sizes = np.unique(
        labels.numpy(), return_index=True, return_inverse=True, return_counts=True
    )
    place = np.empty(len(names), dtype=np.int64)
    place[np.lexsort((first, -sizes))] = np.arange(len(names))
    return torch.from_numpy(place[cluster])


def _packages() -> tuple[ModuleType, ModuleType]:
    try:
        import igraph
        import leidenalg
    except ModuleNotFoundError as error:
        message = "Leiden needs leidenalg and igraph; pip install 'graphcl[community]'"
        raise ImportError(message) from error
    return leidenalg, igraph
