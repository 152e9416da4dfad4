"""Candidates of TwoView: many clusterings of one graph, each refined and kept at its best round by J."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.agreement import Criterion, Refinement, Solution, two_views
from graphcl.agreement.refinement import RESTART
from graphcl.agreement.views import TermWeights
from graphcl.encoders import principal_axes
from graphcl.encoders.feature_maps.smoothing import normalize
from graphcl.heads import kmeans_on_sample
from graphcl.methods.bases.smoothed_copies import Embedding, embed, smoothed_copies
from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.training import Report, Runtime
from graphcl.training.loop import Callback
from graphcl.training.stopping import call_all
from graphcl.typing import Labels, Nodes

ChooseBy = Literal["both", "features", "edges"]
"""What compares clusterings: J, or one of its two parts alone."""


@dataclass(frozen=True)
class Search:
    """Search space of the candidates, and how they are compared.

    Args:
        strengths: restart probabilities of the smoothing walks.
        embeddings: of each smoothed copy of the features.
        axes: columns of the embedding "leading".
        starts: independent runs of k-means on each embedding.
        n_init: restarts within each.
        rounds: of refinement.
        choose_by: which round of a candidate stays.
    """

    strengths: Sequence[float]
    embeddings: Sequence[Embedding]
    axes: int
    starts: int
    n_init: int
    rounds: int
    choose_by: ChooseBy

    @property
    def pool_size(self) -> int:
        """How many candidates there are."""
        return len(set(self.strengths)) * len(self.embeddings) * self.starts


class Candidate(NamedTuple):
    """Candidate clustering at its best round, with its settings and scores.

    Args:
        origin: n_clusters, strength, embedding, start and round.
        score: J, and the means of its parts R2 and r over the clusters.
        found: clusters that are not empty.
        value: what `choose_by` makes of the score.
        labels: (n,).
        solution: the linear scores whose smoothing gave the labels; of round 0, the one fitted to the labels.
    """

    origin: dict[str, Any]
    score: dict[str, float]
    found: int
    value: float
    labels: Labels
    solution: Solution


class Workplace:
    """Features, smoothing matrix and criterion of a graph, shared by all candidates.

    Args:
        graph: from `check_graph`, on the device of the runtime.
        runtime: device and seed.
        components: columns of the features kept where x has more.
        idf: see `TermWeights`.
    """

    def __init__(self, graph: Data, runtime: Runtime, *, components: int, idf: TermWeights) -> None:
        self.runtime = runtime
        self.views = two_views(graph, runtime, components=components, idf=idf)
        self.smoother = from_scipy(normalize(self.views.adjacency), self.views.features.dtype, narrow=True)
        self.smoother = self.smoother.to(runtime.device)
        self.criterion = Criterion.of(self.views, runtime)
        self.refinement = Refinement(self.criterion.ridge, self.smoother)
        self._embedding: Nodes | None = None

    @property
    def embedding(self) -> Nodes:
        """The features smoothed at RESTART; kept on the way by a search that comes so far."""
        if self._embedding is None:
            [(_, self._embedding)] = smoothed_copies(self.views.features, self.smoother, [RESTART])
        return self._embedding

    def candidates(self, search: Search, n_clusters: Sequence[int]) -> Iterator[Candidate]:
        """All candidates for each number of clusters, strength by strength; keeps `embedding` on the way."""
        for strength, smooth in smoothed_copies(self.views.features, self.smoother, search.strengths):
            if strength == RESTART:
                self._embedding = smooth.clone()
            if strength in search.strengths:
                yield from self._of_strength(search, n_clusters, strength, smooth)
            del smooth  # or its group would stay while the next one is made

    def _of_strength(
        self, search: Search, n_clusters: Sequence[int], strength: float, smooth: Nodes
    ) -> Iterator[Candidate]:
        axes = principal_axes(smooth, max(search.axes, 2 * max(n_clusters)))
        for k in n_clusters:
            origins, labels = [], []
            for embedding in search.embeddings:
                z = embed(smooth, axes, embedding, 2 * k if embedding == "scaled" else search.axes)
                for start in range(search.starts):
                    origins.append({"n_clusters": k, "strength": strength, "embedding": embedding, "start": start})
                    seed = self.runtime.derive("k-means", k, repr(strength), embedding, start) % 2**31
                    labels.append(kmeans_on_sample(z, k, n_init=search.n_init, seed=seed))
            yield from refine(
                self.criterion,
                self.refinement,
                torch.stack(labels),
                origins,
                rounds=search.rounds,
                choose_by=search.choose_by,
            )


def refine(
    criterion: Criterion,
    refinement: Refinement,
    labels: Tensor,
    origins: Sequence[dict[str, Any]],
    *,
    rounds: int,
    choose_by: ChooseBy,
) -> list[Candidate]:
    """Refine several labelings side by side, and keep each at its best round: with most clusters, then by value.

    Args:
        criterion: which scores a round.
        refinement: which makes the next one.
        labels: (m, n), on the device of the criterion.
        origins: m descriptions, with n_clusters, the same in all.
        rounds: at most; fewer where no label changes any more.
        choose_by: see `ChooseBy`.
    """
    k = origins[0]["n_clusters"]
    paths: list[list[Candidate]] = [[] for _ in origins]
    made_by: Solution | None = None
    for number in range(rounds + 1):
        sums, sizes = criterion.ridge.sums(labels, k)
        found = (sizes.sum(1) > 0).sum(1).tolist()
        r2 = criterion.ridge.r2(sums, sizes).mean(1).tolist()
        r = criterion.edges.correlations(labels, k).mean(1).tolist()
        solution = refinement.solve(sums, sizes)
        for i, origin in enumerate(origins):
            score = {"J": r2[i] + r[i], "R2": r2[i], "r": r[i]}
            value = {"both": score["J"], "features": r2[i], "edges": r[i]}[choose_by]
            own = Solution(*(part[i : i + 1] for part in made_by or solution))
            paths[i].append(Candidate({**origin, "round": number}, score, found[i], value, labels[i], own))
        if number < rounds:
            before, labels = labels, refinement.labels(solution)
            made_by = solution
            if torch.equal(before, labels):
                break
    return [max(path, key=merit) for path in paths]  # the earlier of equals


def merit(candidate: Candidate) -> tuple[int, float]:
    """By what candidates are compared: the clusters that are not empty, then the value."""
    return candidate.found, candidate.value


def with_callbacks(found: Iterable[Candidate], total: int, callbacks: Sequence[Callback]) -> Iterator[Candidate]:
    """The same candidates, each reported to the callbacks as an epoch whose loss is minus what it is chosen by.

    A callback that stops the stage ends the search: the candidates so far are all there are.
    """
    for number, candidate in enumerate(found, start=1):
        report = Report("candidates", number, total, -candidate.value, candidate.score, number, total)
        asked = call_all(callbacks, report)
        yield candidate
        if asked:
            return
