"""What the ranks run: one step of a small network under DistributedDataParallel, on their part of a batch."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from graphcl.objectives import (
    barlow_twins,
    cca_ssg,
    decoupled_contrast,
    grouped_info_nce,
    influence_contrast,
    info_nce,
    positive_weights,
    sampled_influence_contrast,
    vicreg,
)
from graphcl.ops.graph_matrices.sparse import select_rows, unit_rows
from graphcl.ops.machine.distributed import rank
from tests.objectives.walking import positives

ROWS = 12
"""Nodes of the joint batch."""


class Model(nn.Module):
    """A network with fixed weights and a loss of its outputs for some views."""

    def __init__(self, loss: Callable[..., Tensor]) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(3)
        self.network = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 4)).double()
        for parameter in self.parameters():
            parameter.data = torch.randn(parameter.shape, dtype=torch.float64, generator=generator)
        self.loss = loss

    def forward(self, *views: Tensor) -> Tensor:
        return self.loss(*map(self.network, views))


def views() -> list[Tensor]:
    generator = torch.Generator().manual_seed(4)
    return [torch.randn(ROWS, 6, dtype=torch.float64, generator=generator) for _ in range(2)]


def grace(rows: slice, **settings: Any) -> tuple[list[Tensor], Callable[..., Tensor]]:
    """The rows of both views, and the loss of their embeddings."""
    return [view[rows] for view in views()], lambda h1, h2: info_nce(unit_rows(h1), unit_rows(h2), **settings)


def grouped(rows: slice, *, decoupled: bool, **settings: Any) -> tuple[list[Tensor], Callable[..., Tensor]]:
    """The same with groups of nodes, of which the ranks share some."""
    groups = (torch.arange(ROWS) % 3)[rows]

    def loss(h1: Tensor, h2: Tensor) -> Tensor:
        u, v = unit_rows(h1), unit_rows(h2)
        if not decoupled:
            return grouped_info_nce(u, v, groups, group_weight=0.3, **settings)
        weights = positive_weights(u, v, across_ranks=settings.get("across_ranks", False))
        return decoupled_contrast(u, v, weights=weights, groups=groups, **settings)

    return [view[rows] for view in views()], loss


def cca(rows: slice, **settings: Any) -> tuple[list[Tensor], Callable[..., Tensor]]:
    return [view[rows] for view in views()], partial(cca_ssg, **settings)


def barlow(rows: slice, **settings: Any) -> tuple[list[Tensor], Callable[..., Tensor]]:
    return [view[rows] for view in views()], partial(barlow_twins, **settings)


def variances(rows: slice, **settings: Any) -> tuple[list[Tensor], Callable[..., Tensor]]:
    return [view[rows] for view in views()], partial(vicreg, **settings)


def scgc(rows: slice, *, stored: bool, **settings: Any) -> tuple[list[Tensor], Callable[..., Tensor]]:
    matrix, walks = positives(ROWS, 2)
    own = select_rows(matrix, torch.arange(ROWS)[rows])
    given = {"positives": own if stored else walks, "volume": walks.volume}
    return [views()[0][rows]], partial(influence_contrast, **given, **settings)


def sampled(rows: slice, **settings: Any) -> tuple[list[Tensor], Callable[..., Tensor]]:
    """SCGC's on samples: of every seed two walks, whose ends are on the rank of the seed, one of them the seed."""
    ends = views()[1][torch.tensor([[i, (5 * i + 1) % ROWS] for i in range(ROWS)])[rows]]
    own = torch.tensor([[False, i % 3 == 0] for i in range(ROWS)])[rows]

    def loss(z: Tensor, walked: Tensor) -> Tensor:
        given = {"tau": 0.7, "visits": 2.0, "num_nodes": 40, **settings}
        return sampled_influence_contrast(z, walked, own, **given)

    return [views()[0][rows], ends], loss


LOSSES = {
    "grace": grace,
    "grouped": grouped,
    "cca": cca,
    "barlow": barlow,
    "vicreg": variances,
    "scgc": scgc,
    "sampled": sampled,
}


def gradients(model: nn.Module, inputs: Sequence[Tensor]) -> tuple[float, list[Tensor]]:
    loss = model(*inputs)
    loss.backward()
    return loss.item(), [parameter.grad.clone() for parameter in model.parameters()]


def joint(name: str, settings: dict[str, Any]) -> tuple[float, list[Tensor]]:
    """Loss and gradients of one process that has all rows."""
    inputs, loss = LOSSES[name](slice(None), **settings)
    return gradients(Model(loss), inputs)


def distributed(name: str, settings: dict[str, Any], first: int) -> tuple[float, list[Tensor]]:
    """This rank's loss, and the gradients after DDP; `first` rows are on rank 0 and the rest on rank 1."""
    rows = slice(first) if rank() == 0 else slice(first, None)
    inputs, loss = LOSSES[name](rows, across_ranks=True, **settings)
    return gradients(DistributedDataParallel(Model(loss)), inputs)
