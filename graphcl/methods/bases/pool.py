"""TwoView's choice among its candidates, and what becomes of the chosen one."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import torch

from graphcl.agreement import Refinement
from graphcl.agreement.consensus import CONSENSUS_WEIGHT, consensus
from graphcl.encoders import NystromMap
from graphcl.methods.bases.candidates import Candidate, Search, Workplace
from graphcl.methods.bases.kernel_stage import Kernel, kernel_stage

ChoiceRule = Literal["agreement", "agreement+consensus"]
"""How one candidate is chosen: by J, or by J and a quarter of the consensus with the other candidates."""


class Chosen(NamedTuple):
    """The candidate that was chosen.

    Args:
        candidate: as it was at its end.
        refinement: where its scores are smoothed.
        mapping: of the features, if it was refined in a map of them.
        notes: J, R2, r, consensus and origin of each candidate, best first.
    """

    candidate: Candidate
    refinement: Refinement
    mapping: NystromMap | None
    notes: list[dict[str, Any]]


def choose(
    place: Workplace, pool: Sequence[Candidate], search: Search, rule: ChoiceRule, kernel: Kernel
) -> Chosen:
    """Choose among the candidates for one number of clusters, after a kernel stage where there is one.

    Args:
        place: of the candidates.
        pool: all of them, in the order in which they were made.
        search: by which they were made.
        rule: see `ChoiceRule`.
        kernel: see `Kernel`; without rounds of refinement there is no such stage.
    """
    stage = kernel_stage(place, pool, kernel) if search.rounds else None
    if stage is None:
        best, notes = _best(pool, rule)
        return Chosen(pool[best], place.refinement, None, notes)
    refined = stage.refined(pool, search)
    best, notes = _best(refined, rule)
    return Chosen(stage.finished(refined[best], search), stage.refinement, stage.mapping, notes)


def _best(pool: Sequence[Candidate], rule: ChoiceRule) -> tuple[int, list[dict[str, Any]]]:
    """The place of the best candidate, the first of equals, and notes on all, best first."""
    shared = consensus(torch.stack([candidate.labels for candidate in pool])).tolist()
    weight = CONSENSUS_WEIGHT if rule == "agreement+consensus" else 0.0
    values = [(one.found, one.value + weight * cn) for one, cn in zip(pool, shared, strict=True)]
    order = sorted(range(len(pool)), key=lambda i: values[i], reverse=True)
    notes = [{**pool[i].score, "consensus": shared[i], **pool[i].origin} for i in order]
    return order[0], notes
