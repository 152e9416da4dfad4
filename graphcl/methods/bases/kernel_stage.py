"""The kernel stage of TwoView: candidates refined in a Nystrom map of the features, where that predicts better."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from graphcl.agreement import Criterion, CrossFittedRidge, Refinement
from graphcl.encoders import NystromMap, draw_landmarks, mean_squared_distance
from graphcl.methods.bases.candidates import Candidate, Search, Workplace, refine
from graphcl.typing import Nodes

Kernel = bool | Literal["auto"]
"""Whether there is a kernel stage; "auto": where the map predicts the candidates better than the features do."""

WIDTHS = (0.25, 0.5, 1.0)
"""Squared bandwidths of the Gaussian kernel, relative to the mean squared distance of two landmarks."""

MARGIN = 0.05
"""By how much the map's mean held-out R2 has to exceed that of the features."""

EVERY = 5
"""Of every fifth candidate the R2 are compared."""

ROWS = 20_000
"""Most rows, drawn at random, on which they are compared."""

FINISH = 16
"""Most rounds that the chosen candidate is refined further in the map."""


class KernelStage(NamedTuple):
    """A map of the features, and the criterion and the refinement in it."""

    mapping: NystromMap
    criterion: Criterion
    refinement: Refinement

    def refined(self, pool: Sequence[Candidate], search: Search) -> list[Candidate]:
        """Each candidate at its best of some rounds in the map."""
        labels = torch.stack([candidate.labels for candidate in pool])
        return self._refine(labels, pool, search, search.rounds)

    def finished(self, chosen: Candidate, search: Search) -> Candidate:
        """The candidate at its best of some more rounds."""
        return self._refine(chosen.labels[None], [chosen], search, FINISH)[0]

    def _refine(self, labels: Tensor, pool: Sequence[Candidate], search: Search, rounds: int) -> list[Candidate]:
        origins = [candidate.origin for candidate in pool]
        return refine(self.criterion, self.refinement, labels, origins, rounds=rounds, choose_by=search.choose_by)


def kernel_stage(place: Workplace, pool: Sequence[Candidate], kernel: Kernel) -> KernelStage | None:
    """The stage in the map of the best width, or None where there is to be none.

    Width and gate go by the mean held-out R2 of every fifth candidate, on the same folds of at most 20,000 rows.

    Args:
        place: of the candidates.
        pool: all of them, in the order in which they were made.
        kernel: see `Kernel`.
    """
    z = place.criterion.ridge.z
    landmarks = draw_landmarks(z, place.runtime.generator("landmarks", device=torch.device("cpu")))
    spread = mean_squared_distance(landmarks)
    if kernel is False or spread == 0:
        return None
    rows: slice | Tensor = slice(None)
    if len(z) > ROWS:
        order = torch.randperm(len(z), generator=place.runtime.generator("rows", device=torch.device("cpu")))
        rows = order[:ROWS].to(z.device)
    some = pool[::EVERY]
    labels = torch.stack([candidate.labels[rows] for candidate in some])
    k = some[0].origin["n_clusters"]
    maps = [NystromMap.of(landmarks, 2 * width * spread) for width in WIDTHS]
    linear, *found = (_held_out(place, part, labels, k) for part in (z[rows], *(one(z[rows]) for one in maps)))
    if kernel == "auto" and max(found) < linear + MARGIN:
        return None
    mapping = maps[found.index(max(found))]
    ridge = CrossFittedRidge(mapping(z), _halves(place))
    return KernelStage(mapping, Criterion(ridge, place.criterion.edges), Refinement(ridge, place.smoother))


def _held_out(place: Workplace, features: Nodes, labels: Tensor, k: int) -> float:
    """Mean R2 of clusterings on nodes not fitted on."""
    ridge = CrossFittedRidge(features, _halves(place))
    return float(ridge.r2(*ridge.sums(labels, k)).mean())


def _halves(place: Workplace) -> torch.Generator:
    return place.runtime.generator("halves", device=torch.device("cpu"))
