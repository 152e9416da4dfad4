"""Core-tuning: fine-tuning with a supervised contrast on mixtures of hard pairs."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.evaluation.transfer.metrics import masked_bce
from graphcl.evaluation.transfer.task_module import FineTuneModule
from graphcl.objectives.supervised_contrast import supervised_contrast
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.training.step import Step

LEAST = 0.8
"""The least share of the row that a shuffled mixture takes."""


class Mixtures(NamedTuple):
    """Rows with their labels, the hard mixtures of them, and other mixtures: 3 n rows.

    Args:
        rows: (3 n, d).
        y: (3 n, 1), in [0, 1].
    """

    rows: Tensor
    y: Tensor


def hard_mixtures(rows: Tensor, y: Tensor, *, generator: torch.Generator) -> Mixtures:
    """Mix each row with another, and its hardest positive with its hardest negative; labels mix alike.

    With a, b ~ U(0, 1), one for each row, and a clamped below at 0.8:

        row n + i:   a x_s(i) + (1 - a) x_i       s a random order of the rows
        row 2n + i:  b x_p + (1 - b) x_q          p the least similar row of i's label, q the most similar other

    Similarity is the cosine. A row whose label is alone takes itself for p; without another label, for q.

    Args:
        rows: (n, d).
        y: (n, 1), 0 or 1.
        generator: on the device of the rows.

    Example:
        >>> rows, y = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[0.0], [1.0]])
        >>> mixed = hard_mixtures(rows, y, generator=torch.Generator().manual_seed(0))
        >>> mixed.rows.shape, bool(mixed.y[2:].sub(mixed.rows[2:, 1:]).abs().max() < 1e-6)
        (torch.Size([6, 2]), True)
    """
    n = len(rows)
    if not n:
        return Mixtures(rows, y.to(rows.dtype))
    first, second = torch.rand(2, n, 1, generator=generator, device=rows.device, dtype=rows.dtype)
    order = torch.randperm(n, generator=generator, device=rows.device)
    with torch.no_grad():
        unit = unit_rows(rows)
        cosine = unit @ unit.T
        same = y == y.T
        itself = torch.eye(n, dtype=torch.bool, device=rows.device)
        positive = cosine.masked_fill(~same | itself, torch.inf).argmin(1)
        negative = cosine.masked_fill(same, -torch.inf).argmax(1)
        number = torch.arange(n, device=rows.device)
        positive = torch.where((same & ~itself).any(1), positive, number)
        negative = torch.where((~same).any(1), negative, number)
    share = first.clamp(min=LEAST)
    pairs = ((share, order, number), (second, positive, negative))
    mixed = [
        tuple(a * part.index_select(0, i) + (1 - a) * part.index_select(0, j) for part in (rows, y.to(rows.dtype)))
        for a, i, j in pairs
    ]
    return Mixtures(
        torch.cat([rows, *(one[0] for one in mixed)]), torch.cat([y.to(rows.dtype), *(one[1] for one in mixed)])
    )


class CoreTuneModule(FineTuneModule):
    """Fine-tuning on rows and their hard mixtures, with a supervised contrast of the projected rows beside it.

    The loss is bce(3 n rows) + weight * `supervised_contrast`(3 n projected rows). It needs one task of two
    classes. The projection, two linear layers with a ReLU, is left out afterwards.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node; it is trained too.
        channels: width of these rows.
        weight: eta, of the contrast.
        readout: as for `FineTuneModule`.

    Reference: [Zhang et al., NeurIPS 2021, arXiv 2102.06605], with a = 1, where Beta(a, a) is uniform. Two defects
    of its code are left out: row 0 taken for "no positive", and similarities multiplied by masks before the search
    for the hardest.
    """

    def __init__(self, encoder: nn.Module, channels: int, weight: float, readout: str = "mean") -> None:
        super().__init__(encoder, channels, 1, "roc-auc", readout)
        width = self.head.in_features
        self.project = nn.Sequential(nn.Linear(width, channels), nn.ReLU(), nn.Linear(channels, channels))
        self.weight = weight

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """Cross-entropy and contrast over the graphs that have a label."""
        encoded = self.read(batch)
        labelled = (~torch.isnan(batch.y[:, 0])).nonzero()[:, 0]
        rows, y = hard_mixtures(encoded[labelled], batch.y[labelled], generator=step.generator)
        contrast = supervised_contrast(self.project(rows), y)
        return {"bce": masked_bce(self.head(rows), y), "contrast": self.weight * contrast}
