"""Edit schemes: how many edges of each candidate are exchanged, and how many of its nodes are masked."""

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.augment.checks import check_share

Mode = Literal["exact", "reference"]
"""Whether deleted edges may be drawn again as new ones: never ("exact"), or as in the published code."""

Rounding = Literal["each", "first"]
"""Of s edges candidate i loses max(1, floor(i rate s)) ("each"), or i times as many as the first ("first")."""

TINY = 1e-9
"""Added before the floor: a product such as 0.2 * 15 may lie just below the integer that it stands for."""


@dataclass(frozen=True)
class EditScheme:
    """The candidates of a graph: the graph itself, then copies with increasing numbers of exchanged edges.

    Candidate 0 is the graph; candidates 1 to `candidates` exchange floor(i * rate * s) of the s edges among the
    nodes within `hops` of a random centre for as many new ones there; a further one, the strong candidate,
    exchanges a share `strong` of all its edges. A share of those nodes is masked in all of them, the graph itself
    included.

    Args:
        candidates: number of changed candidates, the strong one not counted.
        rate: the share of edges that the first one exchanges, in [0, 1].
        rounding: see `Rounding`.
        hops: around the centre; None for the whole graph.
        strong: the share that the strong candidate exchanges; None for no such candidate.
        mask: share of nodes that are masked.
        mode: see `Mode`. In mode "reference" edges of a scheme without `hops` are changed one direction at a time.
        counted: edits counted for each exchanged edge: two are made; the published code counts one for molecules.

    Raises:
        ValueError: an unknown mode or rounding, or a number out of range.

    Reference: [Kim, Baek, Hwang, "Graph Self-supervised Learning with Accurate Discrepancy Learning", NeurIPS
    2022, arXiv 2202.02989], and github.com/DongkiKim95/D-SLA at 6f4734c.
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
        """Check names and ranges."""
        for name, words in (("mode", get_args(Mode)), ("rounding", get_args(Rounding))):
            if getattr(self, name) not in words:
                raise ValueError(f"{name} must be {' or '.join(words)}; got {getattr(self, name)!r}")
        for name in ("rate", "strong", "mask"):
            value = getattr(self, name)
            if value is not None:
                check_share(name, value)
        for name, least in (("candidates", 0), ("hops", 0), ("counted", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise ValueError(f"{name} must be at least {least}; got {value}")

    @property
    def total(self) -> int:
        """Number of candidates of a graph, itself included."""
        return 1 + self.candidates + (self.strong is not None)

    @property
    def directed(self) -> bool:
        """Whether each direction of an edge is exchanged by itself."""
        return self.mode == "reference" and self.hops is None


def edit_budgets(edges: Int[Tensor, " graphs"], scheme: EditScheme) -> Int[Tensor, "graphs candidates"]:
    """Number of edges that candidates 1, 2, ... exchange: at least 1, or 0 of 0 edges. The strong one is left out.

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
