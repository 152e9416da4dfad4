"""Scores and losses of several tasks with missing labels: masked BCE and MSE, ROC-AUC, average precision, RMSE."""

import math
from statistics import fmean
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from sklearn.metrics import average_precision_score, roc_auc_score
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32

Metric = Literal["roc-auc", "ap", "rmse"]
"""ROC-AUC or average precision of binary tasks, root mean squared error of targets of regression."""

Tasks = Float[Tensor, "n tasks"]
"""One row per graph and one column per task; of labels, NaN where one is missing."""


def masked_bce(logits: Tasks, y: Tasks) -> Float[Tensor, ""]:
    """Binary cross-entropy with logits, the mean over the labels that are present; 0 where none is.

    Args:
        logits: (n, tasks).
        y: (n, tasks), 0, 1 or NaN.

    Example:
        >>> masked_bce(torch.zeros(2, 2), torch.tensor([[1.0, torch.nan], [torch.nan, torch.nan]])).item()
        0.6931471824645996
    """
    present = ~torch.isnan(y)
    logits = at_least_float32(logits)
    target = y.nan_to_num().to(logits.dtype)
    return _mean_of(F.binary_cross_entropy_with_logits(logits, target, reduction="none"), present)


def masked_mse(predicted: Tasks, y: Tasks) -> Float[Tensor, ""]:
    """Mean squared error over the targets that are present; 0 where none is.

    Args:
        predicted: (n, tasks).
        y: (n, tasks), NaN where a target is missing.

    Example:
        >>> masked_mse(torch.zeros(2, 1), torch.tensor([[2.0], [torch.nan]])).item()
        4.0
    """
    predicted = at_least_float32(predicted)
    return _mean_of((predicted - y.nan_to_num().to(predicted.dtype)) ** 2, ~torch.isnan(y))


def task_scores(predicted: Tasks, y: Tasks, metric: Metric) -> list[float]:
    """Score of each task over its present labels; NaN where there is none.

    Args:
        predicted: (n, tasks), logits or any other score for "roc-auc" and "ap", in the units of y for "rmse".
        y: (n, tasks), NaN where a label is missing.
        metric: "roc-auc" or "ap", which need both classes of a task, or "rmse".

    Example:
        >>> y = torch.tensor([[0.0, 1.0], [1.0, torch.nan], [1.0, 1.0]])
        >>> task_scores(torch.tensor([[0.1, 0.0], [0.4, 0.0], [0.3, 0.0]]), y, "roc-auc")
        [1.0, nan]
    """
    predicted, y = predicted.detach().cpu().double(), y.detach().cpu().double()
    score = SCORES[metric]
    present = ~torch.isnan(y)
    return [
        score(predicted[mask, task], y[mask, task])
        for task, mask in enumerate(present.unbind(1))  # some hundred columns at most
    ]


def mean_score(scores: list[float]) -> float:
    """Plain mean over the tasks that have a score; NaN where none has.

    Example:
        >>> mean_score([1.0, math.nan, 0.5])
        0.75
    """
    defined = [score for score in scores if not math.isnan(score)]
    return fmean(defined) if defined else math.nan


def scorable(y: Tasks, metric: Metric) -> Bool[Tensor, " tasks"]:
    """Which tasks have a score on these labels: with any target for "rmse", else those with both classes.

    Example:
        >>> scorable(torch.tensor([[0.0, 1.0], [1.0, torch.nan]]), "roc-auc").tolist()
        [True, False]
    """
    if metric == "rmse":
        return (~torch.isnan(y)).any(0)
    return (y == 0).any(0) & (y == 1).any(0)


def _mean_of(values: Tensor, present: Tensor) -> Tensor:
    return (values * present).sum() / present.sum().clamp(min=1)


def _auc(predicted: Tensor, y: Tensor) -> float:
    return float(roc_auc_score(y, predicted)) if len(y.unique()) == 2 else math.nan


def _average_precision(predicted: Tensor, y: Tensor) -> float:
    return float(average_precision_score(y, predicted)) if len(y.unique()) == 2 else math.nan


def _rmse(predicted: Tensor, y: Tensor) -> float:
    return float(((predicted - y) ** 2).mean().sqrt()) if len(y) else math.nan


SCORES = {"roc-auc": _auc, "ap": _average_precision, "rmse": _rmse}
"""By metric, the score of one task from its present labels; NaN where it has none."""
