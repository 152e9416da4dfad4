"""Random attributes of new edges: bonds of molecules, evidence of interactions between proteins."""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Int
from torch import Tensor

BONDS = (0.375, 0.296, 0.011, 0.318)
"""Probabilities that a new bond is single, double, triple, aromatic."""

DIRECTIONS = ((0.8723, 0.0867, 0.0410), (1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.9893, 0.0092, 0.0015))
"""Probabilities that a new bond of each type has no direction, points up, points down."""

EVIDENCE = (0.0322, 0.0559, 0.0827, 0.0752, 0.0406, 0.7208, 0.0428, 0.0, 0.0)
"""Probability of each of the nine kinds of evidence for a new interaction."""

DEFAULT_EVIDENCE = 5
"""The kind of evidence for a new interaction that would have none."""


@runtime_checkable
class NewAttributes(Protocol):
    """Draws the attributes of new edges, one row for each direction of each edge."""

    def __call__(
        self, count: int, *, generator: torch.Generator | None = None, device: torch.device | str = "cpu"
    ) -> Int[Tensor, "2 edges kinds"]:
        """Rows of `edge_attr` for `count` new edges: [0] from the first end to the second, [1] back."""


def draw_bonds(
    count: int, *, generator: torch.Generator | None = None, device: torch.device | str = "cpu"
) -> Int[Tensor, "2 edges 2"]:
    """Type and direction of new bonds, one draw for each bond.

    Example:
        >>> there, back = draw_bonds(5)
        >>> torch.equal(there, back), there.shape
        (True, torch.Size([5, 2]))
    """
    kind = _categories(torch.tensor(BONDS, dtype=torch.float64, device=device).expand(count, -1), generator)
    bond = torch.stack([kind, _directions(kind, generator)], dim=1)
    return torch.stack([bond, bond])


def draw_bonds_per_direction(
    count: int, *, generator: torch.Generator | None = None, device: torch.device | str = "cpu"
) -> Int[Tensor, "2 edges 2"]:
    """As `draw_bonds`, but with the direction drawn anew for the way back, as in the published code of D-SLA.

    Example:
        >>> there, back = draw_bonds_per_direction(500, generator=torch.Generator().manual_seed(0))
        >>> torch.equal(there[:, 0], back[:, 0]), torch.equal(there[:, 1], back[:, 1])
        (True, False)
    """
    there, back = draw_bonds(count, generator=generator, device=device)
    return torch.stack([there, torch.stack([back[:, 0], _directions(back[:, 0], generator)], dim=1)])


def draw_evidence(
    count: int, *, generator: torch.Generator | None = None, device: torch.device | str = "cpu"
) -> Int[Tensor, "2 edges 9"]:
    """Nine kinds of evidence for new interactions, drawn independently; one that would have none gets the sixth.

    Example:
        >>> there, back = draw_evidence(5)
        >>> torch.equal(there, back), bool((there.sum(1) > 0).all())
        (True, True)
    """
    chance = torch.tensor(EVIDENCE, dtype=torch.float64, device=device)
    draw = torch.rand(count, len(EVIDENCE), dtype=torch.float64, device=device, generator=generator)
    marks = (draw < chance).long()
    marks[:, DEFAULT_EVIDENCE] |= (marks.sum(1) == 0).long()
    return torch.stack([marks, marks])


def _directions(kind: Tensor, generator: torch.Generator | None) -> Tensor:
    table = torch.tensor(DIRECTIONS, dtype=torch.float64, device=kind.device)
    return _categories(table[kind], generator)


def _categories(chance: Tensor, generator: torch.Generator | None) -> Tensor:
    """One draw from each row of probabilities, which sum to 1."""
    draw = torch.rand(len(chance), 1, dtype=torch.float64, device=chance.device, generator=generator)
    return (draw >= torch.cumsum(chance, 1)[:, :-1]).sum(1)
