"""TwoView: training-free clustering, chosen among many candidates by the agreement of features and edges."""

import warnings
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor
from torch_geometric.data import Data

from graphcl.agreement.refinement import RESTART, STEPS
from graphcl.agreement.views import TermWeights
from graphcl.encoders import NystromMap, normalized_adjacency, personalized_pagerank, reduce_features
from graphcl.feature_source import whole_tensor
from graphcl.graph_collection import Graphs
from graphcl.methods.bases.candidates import ChooseBy, Search, Workplace, with_callbacks
from graphcl.methods.bases.kernel_stage import Kernel
from graphcl.methods.bases.pool import ChoiceRule, choose
from graphcl.methods.bases.smoothed_copies import Embedding, smoothed_copies
from graphcl.methods.bases.untrained import UntrainedClusterer
from graphcl.ops.graph_matrices.sparse import from_scipy, unit_rows
from graphcl.ops.machine.meter import measured
from graphcl.training.estimators.fitting import Fitting
from graphcl.typing import Count, CountOrZero, Labels, Nodes, Probability

STARTS, STARTS_NODES = 10, 100_000
"""Runs of k-means on each embedding, for graphs of at most so many nodes."""


@dataclass(kw_only=True, eq=False, repr=False)
class TwoView(UntrainedClusterer):
    """Training-free clustering: many k-means candidates, refined; the one on which features and edges agree best.

    1. Z: the rows of x at unit length, rare columns of counts weighted up, at most `components` singular vectors.
    2. For each strength a, F_a = sum_{t<20} a (1-a)^t S^t Z + (1-a)^20 S^20 Z with S = D^-1/2 (A + I) D^-1/2.
    3. Two embeddings of each F_a along its leading axes, rows of unit length; `starts` runs of k-means on each.
    4. `rounds` times: ridge regression of the clusters on the features, its prediction spread over the edges,
       labels anew by its largest entry, an empty cluster filled with the worst-fitted nodes. The best round by J
       stays, round 0 among them.
    5. The candidate with the highest J + consensus / 4. J = mean over clusters of R2_c (features predict who is in
       c, on nodes not fitted on) plus mean over clusters of r_c (the correlation across an edge of being in c);
       consensus = mean NMI with the other candidates: a lone maximum of J loses to one that many starts reach.
    6. Where features predict the candidates better through a Gaussian kernel, as in graphs made of their features:
       step 4 again for all, on a Nystrom map of Z by 512 landmarks (above half a million nodes 2^28 / n), then
       step 5, and 16 more rounds of the chosen.

    Linear in nodes and edges. It needs a graph whose neighbours are alike. A directed graph is made undirected;
    `edge_weight` is honoured.

    Args:
        components: columns of Z where x has more.
        idf: weight of rare columns: "auto" where x holds integers alone, "always", "never".
        strengths: restart probabilities a of the smoothing, each in [0, 1].
        embeddings: "leading": the first `axes` axes as they are; "scaled": the first 2 n_clusters, their singular
            values to the power 0.75.
        axes: columns of the first.
        starts: runs of k-means on each embedding; "auto" is 10 for up to 100,000 nodes, and fewer, down to 2, for
            more (see `starts_for`).
        n_init: restarts within each; k-means sees at most 5000 rows, then at most five rounds run on all.
        rounds: of refinement; 0 leaves the candidates as they are.
        choose_by: "both" parts of J, or one alone: "features" or "edges".
        choice: among the candidates, by "agreement+consensus", or by "agreement", J, alone.
        kernel: whether there is step 6; "auto" where the mean held-out R2 of every fifth candidate, on at most
            20,000 nodes, is higher by .05 in the map. The map takes 4 KiB a node, 2 GiB at most.

    Attributes:
        labels_: (n,), int64.
        soft_labels_: (n, n_clusters), the spread prediction at its end, rows of unit length; not probabilities.
            Its largest entries are the labels, except where the best round was round 0: it is then fitted to them.
        embedding_: (n, d), F_0.15.
        score_: J, and by cluster R2 and r, as of `graphcl.evaluation.agreement`.
        candidates_: a dict for each candidate, best first: J, R2, r (means over clusters; in the map if there is
            one), consensus, strength, embedding, start, round.
        landmarks_, whitening_, width_: of the `graphcl.encoders.NystromMap` of step 6; None, None, 0 without it.

    Warns:
        ConvergenceWarning: no candidate has `n_clusters` clusters, as where x has fewer distinct rows.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = TwoView(n_clusters=2).fit(karate.graph)
        >>> graphcl.evaluation.clustering_scores(karate.graph.y, model.labels_)["acc"] > 0.9
        True
        >>> len(model.candidates_)
        120

    Reference: graphcl's own; the smoothing is that of [Gasteiger et al., ICLR 2019].
    """

    name: ClassVar[str] = "two-view"
    revision: ClassVar[int] = 2
    accepts_edge_weight: ClassVar[bool] = True

    components: Count = 256
    idf: TermWeights = "auto"
    strengths: Annotated[tuple[Probability, ...], Field(min_length=1)] = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
    embeddings: Annotated[tuple[Embedding, ...], Field(min_length=1)] = ("leading", "scaled")
    axes: Count = 64
    starts: Count | Literal["auto"] = "auto"
    n_init: Count = 3
    rounds: CountOrZero = 3
    choose_by: ChooseBy = "both"
    choice: ChoiceRule = "agreement+consensus"
    kernel: Kernel = "auto"

    def search(self, nodes: int) -> Search:
        """The part of the parameters that candidates are made by, for a graph of so many nodes."""
        starts = starts_for(nodes) if self.starts == "auto" else int(self.starts)
        return Search(
            tuple(map(float, self.strengths)),
            self.embeddings,
            self.axes,
            starts,
            self.n_init,
            self.rounds,
            self.choose_by,
        )

    def predict(self, data: Data) -> Labels:
        """The cluster with the highest spread prediction, also in a graph that `fit` did not see.

        On the graph fitted on these are `labels_`, except for a few nodes where the best round was round 0.
        """
        [graph] = self._checked_as_fitted(data)
        z, smoother = self._read(graph)
        rows = unit_rows(z)
        if self.landmarks_ is not None and self.whitening_ is not None:
            rows = NystromMap(self.landmarks_.to(z), self.whitening_.to(z), self.width_)(rows)
        prediction = rows @ self.slope_.to(z).T + self.offset_.to(z)
        spread = personalized_pagerank(prediction, smoother, restarts=[RESTART], steps=STEPS)[0]
        return spread.argmax(1).cpu()

    def _check_restored(self) -> None:
        self._try_prediction()

    def _solve(self, graph: Data, fitting: Fitting) -> None:
        with measured(fitting.costs, "prepare"):
            place = Workplace(graph, fitting.runtime, components=self.components, idf=self.idf)
        search = self.search(len(place.views.features))
        with measured(fitting.costs, "candidates"):
            found = place.candidates(search, [int(self.n_clusters)])
            pool = list(with_callbacks(found, search.pool_size, fitting.callbacks))
            chosen = choose(place, pool, search, self.choice, self.kernel)
        if len(pool) < search.pool_size:
            fitting.costs[-1]["stopped_epoch"] = len(pool)
        with measured(fitting.costs, "embed"):
            views, best = place.views, chosen.candidate
            self.term_weights_ = None if views.weights is None else views.weights.cpu()
            self.basis_ = None if views.basis is None else views.basis.cpu()
            self.labels_ = best.labels.cpu()
            self.score_: dict[str, Any] = place.criterion.score(best.labels, int(self.n_clusters))
            self.soft_labels_: Tensor = unit_rows(chosen.refinement.scores(best.solution)[0].T).cpu()
            self.embedding_: Nodes = place.embedding.cpu()
            self.slope_, self.offset_ = (part[0].to(self.embedding_) for part in best.solution)
            kernel = chosen.mapping
            self.landmarks_ = None if kernel is None else kernel.landmarks.cpu()
            self.whitening_ = None if kernel is None else kernel.whitening.cpu()
            self.width_ = 0.0 if kernel is None else kernel.width
            self.candidates_ = chosen.notes
        if best.found < int(self.n_clusters):
            warnings.warn(
                f"only {best.found} of {self.n_clusters} clusters were found: no candidate has more; the rows of x"
                " may have fewer distinct values; ask for fewer clusters",
                ConvergenceWarning,
                stacklevel=2,
            )

    def _checked(self, data: Data | Graphs) -> Graphs:
        graphs = super()._checked(data)
        whole_tensor(graphs[0].x, self.name)
        return graphs

    def _rows(self, graph: Data) -> Nodes:
        copies = smoothed_copies(*self._read(graph), self.strengths)
        return next(smooth for strength, smooth in copies if strength == RESTART).cpu()

    def _read(self, graph: Data) -> tuple[Nodes, Tensor]:
        """Reduced features and the smoothing matrix of a graph, by what `fit` learned."""
        device = self._device()
        graph = graph.to(device)
        basis, weights = (None if part is None else part.to(device) for part in (self.basis_, self.term_weights_))
        z = reduce_features(graph.x, basis, weights)
        matrix = normalized_adjacency(graph.edge_index, len(z), graph.get("edge_weight"))
        return z, from_scipy(matrix, z.dtype, narrow=True).to(device)


def starts_for(nodes: int) -> int:
    """The number of k-means runs on each embedding: 10 up to 100,000 nodes, then fewer, down to 2.

    Example:
        >>> starts_for(2708), starts_for(250_000), starts_for(1_000_000)
        (10, 4, 2)
    """
    return min(max(round(STARTS * STARTS_NODES / nodes), 2), STARTS)
