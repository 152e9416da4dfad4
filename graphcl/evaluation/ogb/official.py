"""Official evaluators of OGB, of the package ogb, which is kept from asking the network when it is imported."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from graphcl.ogb_package import import_ogb

ROOMS = {"ogbn": "nodeproppred", "ogbg": "graphproppred", "ogbl": "linkproppred"}
"""Subpackages of ogb, by the prefix of a dataset's name."""


def ogb_version() -> str:
    """Version of the package ogb, whose evaluators are used.

    Raises:
        ModuleNotFoundError: ogb is not installed.

    Example:
        >>> ogb_version().count(".")
        2
    """
    import_ogb("ogb")
    return version("ogb")


def ogb_metric(name: str) -> str:
    """The metric of a dataset's official evaluator: "acc", "rocauc", "ap" or "hits@50".

    Args:
        name: of the dataset, as "ogbn-arxiv".

    Raises:
        ModuleNotFoundError: ogb is not installed.
        ValueError: no dataset of OGB.

    Example:
        >>> ogb_metric("ogbl-collab")
        'hits@50'
    """
    return str(_evaluator(name).eval_metric)


def ogb_score(name: str, y_true: Tensor, y_pred: Tensor) -> float:
    """Score of predictions for nodes or graphs by the official evaluator, between 0 and 1.

    Args:
        name: of the dataset, as "ogbn-arxiv" or "ogbg-molpcba".
        y_true: (n,) or (n, tasks): classes from 0 where the metric is accuracy; 0, 1 or NaN for ROC-AUC and AP.
        y_pred: of the same shape: predicted classes, or scores that are higher for 1.

    Returns:
        Accuracy, or the mean ROC-AUC or AP over the tasks that have both classes.

    Raises:
        ModuleNotFoundError: ogb is not installed.
        ValueError: another shape or number of tasks, an unlabelled row, scores that are not finite, or no task
            with both classes.

    Example:
        >>> ogb_score("ogbn-arxiv", torch.tensor([0, 3, 1]), torch.tensor([0, 3, 2]))
        0.6666666666666666
    """
    if name.partition("-")[0].lower() == "ogbl":
        raise ValueError(f"{name} is scored by pairs of nodes; use ogb_link_score")
    evaluator = _evaluator(name)
    y_true, y_pred = (torch.as_tensor(y).detach().cpu() for y in (y_true, y_pred))
    if y_true.shape != y_pred.shape or y_true.dim() not in {1, 2}:
        got = f"{list(y_true.shape)} and {list(y_pred.shape)}"
        raise ValueError(f"{name}: y_true and y_pred must both be (n, {evaluator.num_tasks}); got {got}")
    if not len(y_true):
        raise ValueError(f"{name}: there must be at least one prediction; got none; check the split")
    if evaluator.eval_metric == "acc" and bool((y_true < 0).any()):
        raise ValueError(
            f"{name}: y_true must be classes from 0; got {int(y_true.min())}; leave unlabelled nodes out"
        )
    if y_pred.is_floating_point() and not bool(y_pred.isfinite().all()):
        raise ValueError(f"{name}: y_pred must be finite; got NaN or infinity; lower the learning rate")
    rows = {"y_true": y_true.reshape(len(y_true), -1), "y_pred": y_pred.reshape(len(y_pred), -1)}
    return _official(evaluator, name, rows)


def ogb_link_score(name: str, y_pred_pos: Tensor, y_pred_neg: Tensor) -> float:
    """Hits@K of predictions for links by the official evaluator: the share of positives above the K-th negative.

    Args:
        name: of the dataset, as "ogbl-collab", whose K is 50.
        y_pred_pos: (p,), scores of edges.
        y_pred_neg: (q,), scores of pairs that are not edges.

    Returns:
        A share between 0 and 1; 1 where there are fewer than K negatives, as OGB has it.

    Raises:
        ModuleNotFoundError: ogb is not installed.
        ValueError: scores that are no vectors or not finite, no positive, or a dataset with another metric.

    Example:
        >>> ogb_link_score("ogbl-collab", torch.tensor([2.0, 0.5]), torch.ones(50))
        0.5
    """
    evaluator = _evaluator(name)
    if not evaluator.eval_metric.startswith("hits@"):
        raise ValueError(f"{name} is scored by {evaluator.eval_metric}, not by Hits@K; use ogb_score")
    scores = {"y_pred_pos": y_pred_pos, "y_pred_neg": y_pred_neg}
    for part, values in scores.items():
        if values.dim() != 1 or not len(values):
            raise ValueError(f"{name}: {part} must be a vector of at least one score; got {list(values.shape)}")
        if not bool(values.isfinite().all()):
            raise ValueError(f"{name}: {part} must be finite; got NaN or infinity; lower the learning rate")
    return _official(evaluator, name, {part: values.detach().cpu() for part, values in scores.items()})


@cache
def _evaluator(name: str) -> Any:
    room = ROOMS.get(name.partition("-")[0].lower())
    if room is None:
        raise ValueError(f"{name!r} is no dataset of OGB; give a name as ogbn-arxiv, ogbg-molhiv or ogbl-collab")
    module = import_ogb(f"ogb.{room}")
    if name not in (known := _names(module)):
        raise ValueError(f"OGB has no dataset {name!r}; choose among {', '.join(known)}")
    return module.Evaluator(name)


def _names(module: Any) -> list[str]:
    """Datasets in the table that a subpackage of ogb brings."""
    with (Path(module.__file__).parent / "master.csv").open(encoding="utf-8") as table:
        return table.readline().strip().split(",")[1:]


def _official(evaluator: Any, name: str, values: Mapping[str, Tensor]) -> float:
    try:
        return float(evaluator.eval(dict(values))[evaluator.eval_metric])
    except (RuntimeError, ValueError) as error:
        raise ValueError(f"{name}: {' '.join(str(error).split())}") from error
