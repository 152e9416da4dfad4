"""Targets of a probe: one class for each row, or a column of 0, 1 and NaN for each task."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from graphcl.evaluation.ogb.official import ogb_score


@dataclass(frozen=True, eq=False)
class Targets:
    """Labels of rows, with their loss and their official score.

    Args:
        name: of the dataset, for the evaluator.
        y: (n,) classes from 0, or (n, tasks) with NaN where a label is missing.
        outputs: number of logits: classes of the training rows, or tasks.
    """

    name: str
    y: Tensor
    outputs: int

    def summed_loss(self, logits: Tensor, y: Tensor) -> Tensor:
        """Cross-entropy of classes, or binary cross-entropy over the labels that are present; a sum."""
        if self.y.dim() == 1:
            return F.cross_entropy(logits, y, reduction="sum")
        present = ~torch.isnan(y)
        return F.binary_cross_entropy_with_logits(logits[present], y[present], reduction="sum")

    def count(self, part: Tensor) -> int:
        """Number of labels of some rows."""
        y = self.y[part]
        return len(y) if y.dim() == 1 else int((~torch.isnan(y)).sum())

    def score(self, logits: Tensor, part: Tensor) -> float:
        """Official score of the logits of some rows."""
        return ogb_score(self.name, self.y[part], logits.argmax(1) if self.y.dim() == 1 else logits)
