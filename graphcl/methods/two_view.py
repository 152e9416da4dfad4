"""TwoView: training-free clustering, chosen among many candidates by the agreement of features and edges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field
from torch import Tensor
from torch_geometric.data import Data

from graphcl.agreement.refinement import RESTART, STEPS
from graphcl.agreement.views import TermWeights
from graphcl.encoders import normalized_adjacency, personalized_pagerank, reduce_features
from graphcl.feature_source import whole_tensor
from graphcl.graph_collection import Graphs
from graphcl.methods.bases.candidates import (
    Candidate,
    ChooseBy,
    Embedding,
    Search,
    Workplace,
    smoothed_copies,
    with_callbacks,
)
from graphcl.methods.bases.untrained import UntrainedClusterer
from graphcl.ops.meter import measured
from graphcl.ops.sparse import from_scipy, unit_rows
from graphcl.training.estimators.fitting import Fitting
from graphcl.training.loop import Callback
from graphcl.typing import Count, CountOrZero, Labels, Nodes, Probability


@dataclass(kw_only=True, eq=False, repr=False)
class TwoView(UntrainedClusterer):
    """Training-free clustering: many k-means candidates, refined; the one on which features and edges agree best.

    1. Z: the rows of x at unit length, rare columns of counts weighted up, at most `components` singular vectors.
    2. For each strength a, F_a = sum_{t<20} a (1-a)^t S^t Z + (1-a)^20 S^20 Z with S = D^-1/2 (A + I) D^-1/2.
    3. Two embeddings of each F_a along its leading axes, rows of unit length; `starts` runs of k-means on each.
    4. `rounds` times: ridge regression of the clusters on the features, its prediction spread over the edges,
       labels anew by its largest entry. The best round by J stays, round 0 among them.
    5. The candidate with the highest J. J = mean over clusters of R2_c (features predict who is in c, on nodes not
       fitted on) plus mean over clusters of r_c (the correlation across an edge of being in c).

    Linear in nodes and edges. It needs a graph whose neighbours are alike. A directed graph is made undirected;
    `edge_weight` is honoured.

    Args:
        components: columns of Z where x has more.
        idf: weight of rare columns: "auto" where x holds integers alone, "always", "never".
        strengths: restart probabilities a of the smoothing, each in [0, 1].
        embeddings: "leading": the first `axes` axes as they are; "scaled": the first 2 n_clusters, their singular
            values to the power 0.75.
        axes: columns of the first.
        starts: runs of k-means on each embedding.
        n_init: restarts within each; k-means sees at most 5000 rows, then at most five rounds run on all.
        rounds: of refinement; 0 leaves the candidates as they are.
        choose_by: "both" parts of J, or one alone: "features" or "edges".

    Attributes:
        labels_: (n,), int64.
        soft_labels_: (n, n_clusters), the spread prediction at its end, rows of unit length; not probabilities.
            Its largest entries are the labels, except where the best round was round 0: it is then fitted to them.
        embedding_: (n, d), F_0.15.
        score_: J, and by cluster R2 and r, as of `graphcl.evaluation.agreement`.
        candidates_: a dict for each candidate, best first: J, R2, r (means over clusters), strength, embedding,
            start, round.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = TwoView(n_clusters=2).fit(karate.graph)
        >>> graphcl.evaluation.clustering_scores(karate.graph.y, model.labels_)["acc"] > 0.9
        True
        >>> len(model.candidates_), model.candidates_[0]["J"] == max(c["J"] for c in model.candidates_)
        (24, True)

    Reference: graphcl's own; the smoothing is that of [Gasteiger et al., ICLR 2019].
    """

    name: ClassVar[str] = "two-view"
    accepts_edge_weight: ClassVar[bool] = True

    components: Count = 256
    idf: TermWeights = "auto"
    strengths: Annotated[tuple[Probability, ...], Field(min_length=1)] = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
    embeddings: Annotated[tuple[Embedding, ...], Field(min_length=1)] = ("leading", "scaled")
    axes: Count = 64
    starts: Count = 2
    n_init: Count = 3
    rounds: CountOrZero = 3
    choose_by: ChooseBy = "both"

    @property
    def search(self) -> Search:
        """The part of the parameters that candidates are made by."""
        return Search(
            tuple(map(float, self.strengths)),
            self.embeddings,
            self.axes,
            self.starts,
            self.n_init,
            self.rounds,
            self.choose_by,
        )

    @property
    def pool_size(self) -> int:
        """How many candidates there are."""
        return len(set(self.strengths)) * len(self.embeddings) * self.starts

    def predict(self, data: Data) -> Labels:
        """The cluster with the highest spread prediction, also in a graph that `fit` did not see.

        On the graph fitted on these are `labels_`, except for a few nodes where the best round was round 0.
        """
        [graph] = self._checked_as_fitted(data)
        z, smoother = self._read(graph)
        prediction = unit_rows(z) @ self.slope_.to(z).T + self.offset_.to(z)
        spread = personalized_pagerank(prediction, smoother, restarts=[RESTART], steps=STEPS)[0]
        return spread.argmax(1).cpu()

    def _solve(self, graph: Data, fitting: Fitting) -> None:
        with measured(fitting.costs, "prepare"):
            place = Workplace(graph, fitting.runtime, components=self.components, idf=self.idf)
        with measured(fitting.costs, "candidates"):
            best = self._choose(place, fitting.callbacks)
        with measured(fitting.costs, "embed"):
            views = place.views
            self.term_weights_ = None if views.weights is None else views.weights.cpu()
            self.basis_ = None if views.basis is None else views.basis.cpu()
            self.labels_ = best.labels.cpu()
            self.score_: dict[str, Any] = place.criterion.score(best.labels, int(self.n_clusters))
            self.soft_labels_: Tensor = unit_rows(place.refinement.scores(best.solution)[0].T).cpu()
            self.embedding_: Nodes = place.embedding.cpu()
            self.slope_, self.offset_ = (part[0].to(self.embedding_) for part in best.solution)

    def _choose(self, place: Workplace, callbacks: Sequence[Callback]) -> Candidate:
        """The best of all candidates, of which no other is kept; notes of each go to `candidates_`."""
        notes = []

        def noted() -> Iterator[Candidate]:
            found = place.candidates(self.search, [int(self.n_clusters)])
            for candidate in with_callbacks(found, self.pool_size, callbacks):
                notes.append((candidate.value, {**candidate.score, **candidate.origin}))
                yield candidate

        best = max(noted(), key=lambda candidate: candidate.value)
        self.candidates_ = [note for _, note in sorted(notes, key=lambda pair: -pair[0])]
        return best

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
