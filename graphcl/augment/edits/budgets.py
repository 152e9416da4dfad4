"""How many edges a candidate has changed, and how many of its nodes are masked."""

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from jaxtyping import Int
from torch import Tensor

Mode = Literal["exact", "reference"]
"""No edge that is deleted comes back, so that all edits count; or the published code's way, in which one may."""

Rounding = Literal["each", "first"]
"""Candidate i loses max(1, floor(i rate s)) of s edges, or i times as many as the first one."""

TINY = 1e-9
"""Added before the floor: a product such as 0.2 * 15 may lie just below the integer that it stands for."""


@dataclass(frozen=True)
class EditScheme:
    """What the candidates of a graph are: the graph itself, then graphs with ever more of their edges changed.

    Candidate 0 is the graph; candidates 1 to `candidates` lose floor(i * rate * s) of the s edges among the nodes
    within `hops` of a random centre, and get as many new ones there; one more, the strong candidate, loses a share
    `strong` of all its edges. All of them, the graph itself too, have a share of those nodes masked.

    Args:
        candidates: how many are changed, the strong one not counted.
        rate: the share of edges that the first one loses, in [0, 1].
        rounding: see `Rounding`.
        hops: around the centre; None for the whole graph.
        strong: the share that the strong candidate loses, or None for none.
        mask: share of nodes that are masked.
        mode: see `Mode`. In mode "reference" edges of a scheme without `hops` are changed one direction at a time.
        counted: edits that are counted for each edge exchanged: two are made, and the published code counts one
            for molecules.

    Raises:
        ValueError: an unknown word, or a number out of range.

    Reference: [Kim, Baek, Hwang, "Graph Self-supervised Learning with Accurate Discrepancy Learning", NeurIPS
    2022, arXiv 2202.02989]; the sheet's sections 2 and 12.
    """

    candidates: int = 3
    rate: float = 0.2
    rounding: Rounding = "each"
    hops: int | None = 3
    strong: float | None = 0.8
    mask: float = 0.8
    mode: Mode = "exact"
    counted: int = 2

    def __post_init__(self) -> None:
        """Refuse what is no scheme."""
        for name, words in (("mode", get_args(Mode)), ("rounding", get_args(Rounding))):
            if getattr(self, name) not in words:
                raise ValueError(f"{name} must be {' or '.join(words)}; got {getattr(self, name)!r}")
        for name in ("rate", "strong", "mask"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"{name} must lie in [0, 1]; got {value}")
        for name, least in (("candidates", 0), ("hops", 0), ("counted", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ValueError(f"{name} must be at least {least}; got {value}")

    @property
    def total(self) -> int:
        """Candidates of a graph, itself included."""
        return 1 + self.candidates + (self.strong is not None)

    @property
    def directed(self) -> bool:
        """Whether single directions of edges are changed."""
        return self.mode == "reference" and self.hops is None


def edit_budgets(edges: Int[Tensor, " graphs"], scheme: EditScheme) -> Int[Tensor, "graphs candidates"]:
    """How many of so many edges candidates 1, 2, ... lose, the strong one left out: at least 1, 0 of none.

    Example:
        >>> edit_budgets(torch.tensor([0, 3, 15]), EditScheme()).tolist()
        [[0, 0, 0], [1, 1, 1], [3, 6, 9]]
    """
    times = torch.arange(1, scheme.candidates + 1, device=edges.device)
    if scheme.rounding == "first":
        budget = share_of(edges, scheme.rate).clamp(min=1)[:, None] * times
    else:
        budget = torch.floor(edges[:, None].double() * scheme.rate * times + TINY).long().clamp(min=1)
    return torch.minimum(budget, edges[:, None])


def share_of(count: Int[Tensor, "..."], share: float) -> Int[Tensor, "..."]:
    """The integer part of a share of each count.

    Example:
        >>> share_of(torch.tensor([5, 21]), 0.8).tolist()
        [4, 16]
    """
    return torch.floor(count.double() * share + TINY).long()
