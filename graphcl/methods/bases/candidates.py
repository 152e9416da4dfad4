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
from graphcl.encoders import Axes, personalized_pagerank, principal_axes
from graphcl.encoders.smoothing import normalize
from graphcl.heads import kmeans_on_sample
from graphcl.ops.sparse import from_scipy, unit_rows
from graphcl.training import Report, Runtime
from graphcl.training.loop import Callback
from graphcl.typing import Labels, Nodes

STEPS = 20
"""Length of the walks that smooth the features."""

ENTRIES_AT_ONCE = 2**28
"""Of smoothed features held at a time, 1 GiB: six strengths of 256 columns up to 174 thousand nodes."""

SCALE_POWER = -1 / 8
"""Of an axis's sum of squares, for the embedding "scaled": singular values to the power 0.75."""

Embedding = Literal["leading", "scaled"]
"""The leading axes of the smoothed features as they are, or twice as many as clusters, brought closer in scale."""

ChooseBy = Literal["both", "features", "edges"]
"""What chooses: J, or one of its two parts alone."""


@dataclass(frozen=True)
class Search:
    """Search space of the candidates, and the criterion that chooses among them.

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


class Candidate(NamedTuple):
    """Candidate clustering at its best round, with its settings and scores.

    Args:
        origin: n_clusters, strength, embedding, start and round.
        score: J, and the means of its parts R2 and r over the clusters.
        value: what `choose_by` makes of the score.
        labels: (n,).
        solution: the linear scores whose smoothing gave the labels; of round 0, the one fitted to the labels.
    """

    origin: dict[str, Any]
    score: dict[str, float]
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
        self.criterion = Criterion(self.views, runtime)
        self.refinement = Refinement(self.criterion.ridge, self.smoother)

    def candidates(self, search: Search, n_clusters: Sequence[int]) -> Iterator[Candidate]:
        """All candidates for each number of clusters, strength by strength; sets `embedding` on the way."""
        for strength, smooth in smoothed_copies(self.views.features, self.smoother, search.strengths):
            if strength == RESTART:
                self.embedding = smooth.clone()
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
            yield from self._refined(search, k, origins, torch.stack(labels))

    def _refined(
        self, search: Search, n_clusters: int, origins: list[dict[str, Any]], labels: Tensor
    ) -> Iterator[Candidate]:
        """Refine several labelings side by side, and keep each at its best round."""
        paths: list[list[Candidate]] = [[] for _ in origins]
        made_by: Solution | None = None
        for number in range(search.rounds + 1):
            sums, sizes = self.criterion.ridge.sums(labels, n_clusters)
            r2 = self.criterion.ridge.r2(sums, sizes).mean(1).tolist()
            r = self.criterion.edges.correlations(labels, n_clusters).mean(1).tolist()
            solution = self.refinement.solve(sums, sizes)
            for i, origin in enumerate(origins):
                score = {"J": r2[i] + r[i], "R2": r2[i], "r": r[i]}
                value = {"both": score["J"], "features": r2[i], "edges": r[i]}[search.choose_by]
                own = Solution(*(part[i : i + 1] for part in made_by or solution))
                paths[i].append(Candidate({**origin, "round": number}, score, value, labels[i], own))
            if number < search.rounds:
                made_by, labels = solution, self.refinement.labels(solution)
        for path in paths:
            yield max(path, key=lambda candidate: candidate.value)  # the earlier of equals


def with_callbacks(found: Iterable[Candidate], total: int, callbacks: Sequence[Callback]) -> Iterator[Candidate]:
    """The same candidates, each reported to the callbacks as an epoch whose loss is minus what it is chosen by."""
    for number, candidate in enumerate(found, start=1):
        report = Report("candidates", number, total, -candidate.value, candidate.score, number, total)
        for callback in callbacks:
            callback(report)
        yield candidate


def smoothed_copies(
    features: Nodes, smoother: Tensor, strengths: Sequence[float]
) -> Iterator[tuple[float, Nodes]]:
    """The features smoothed at each strength and at RESTART, in ascending order.

    One sweep of sparse products serves all strengths, or as many as their copies have memory for.
    """
    ascending = sorted({*strengths, RESTART})
    size = max(ENTRIES_AT_ONCE // features.numel(), 1)
    for i in range(0, len(ascending), size):
        group = ascending[i : i + size]
        yield from zip(group, personalized_pagerank(features, smoother, restarts=group, steps=STEPS), strict=True)


def embed(smooth: Nodes, axes: Axes, kind: Embedding, channels: int) -> Nodes:
    """Coordinates along the leading axes, scaled if asked for, rows to unit length."""
    vectors, weights = axes.vectors[:, :channels], axes.weights[:channels]
    if kind == "scaled":
        share = weights / weights[:1]
        vectors = vectors * torch.where(share > 1e-7, share**SCALE_POWER, 0)
    return unit_rows(smooth @ vectors)
