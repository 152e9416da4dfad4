"""Prediction of tasks from fixed rows (fingerprints, frozen embeddings): linear models and random forests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from graphcl.evaluation.splits import Split
from graphcl.evaluation.transfer.finetune import splits_of_seeds
from graphcl.evaluation.transfer.labelled import LabelledGraphs, TaskLabels, task_labels
from graphcl.evaluation.transfer.metrics import Metric, mean_score, task_scores
from graphcl.evaluation.transfer.results import TransferRun, TransferScores, scored_run
from graphcl.ops.machine.meter import Meter
from graphcl.typing import Rows

PREDICTORS = ("linear", "random-forest")

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""Candidate values of C, the inverse of the regularisation strength, of the linear model."""

TREES = 100
"""Trees of the random forest, as many as by default in scikit-learn; nothing of it is tuned."""


def predict_tasks(
    rows: Rows | Callable[[int], Rows],
    dataset: LabelledGraphs,
    *,
    predictor: str = "linear",
    seeds: Sequence[int] = (0, 1, 2),
    splits: Sequence[Mapping[str, Tensor]] | None = None,
    metric: Metric | None = None,
) -> TransferScores:
    """Predict each task from one fixed row per graph, on the split and by the scores of `finetune`.

    Args:
        rows: (n, d), one row per graph, such as Morgan fingerprints or embeddings of a frozen encoder, in which no
            label had a part; or a function of the seed. Columns are standardised on the training graphs, unless
            all entries are 0 or 1.
        dataset: labelled graphs, with a split.
        predictor: "linear", a logistic regression (or ridge regression) per task whose C is selected on the
            validation graphs by the mean score over tasks; or "random-forest" with scikit-learn's
            defaults, not tuned.
        seeds: of the forest, and of `rows` where it is a function. A linear model has no random draw: seeds that
            share rows and split share their scores.
        splits: one for each seed; None takes that of the dataset for all.
        metric: as for `finetune`.

    Raises:
        ValueError: labels or splits that do not fit as in `finetune`, or another number of rows than graphs.

    Example:
        >>> from types import SimpleNamespace
        >>> from graphcl.datasets import GraphCollection
        >>> ptr = torch.arange(21)
        >>> y = (torch.arange(20) % 2)[:, None].float()
        >>> graphs = GraphCollection(torch.ones(20, 1), torch.zeros(2, 0).long(), ptr, ptr * 0, y=y)
        >>> split = dict(zip(("train", "val", "test"), torch.arange(20).split([12, 4, 4])))
        >>> dataset = SimpleNamespace(name="toy", graphs=graphs, tasks=("odd",), splits=split)
        >>> predict_tasks(y, dataset, seeds=[0, 1])
        TransferScores(test roc-auc 1.0000 ± 0.0000; seeds: 1.0000, 1.0000)
    """
    if predictor not in PREDICTORS:
        raise ValueError(f"predictor must be {' or '.join(PREDICTORS)}; got {predictor!r}")
    labels = task_labels(dataset, metric)
    parts = splits_of_seeds(labels, seeds, [dataset.splits] * len(seeds) if splits is None else splits)
    varies = predictor == "random-forest" or callable(rows)
    runs: list[TransferRun] = []
    for seed, split in zip(seeds, parts, strict=True):
        equal = [] if varies else [run for run, done in zip(runs, parts, strict=False) if _same(done, split)]
        if equal:
            runs.append(replace(equal[0], seed=seed, cpu_seconds=0.0))
            continue
        own = rows(seed) if callable(rows) else rows
        run = _linear if predictor == "linear" else _forest
        runs.append(run(_matrix(own, len(labels.y)), labels, split, seed))
    return TransferScores(labels.metric, tuple(runs))


def _linear(x: NDArray[Any], labels: TaskLabels, split: Split, seed: int) -> TransferRun:
    """Linear models at every strength; the first of the best on the validation graphs."""
    meter = Meter()
    x = _standardised(x, split)
    y_val = labels.y[split.val]
    sign = -1 if labels.metric == "rmse" else 1
    found: list[tuple[float, float, Tensor]] = []
    for strength in STRENGTHS:
        predicted = _predictions(x, labels, split, partial(_linear_model, labels.metric, strength))
        score = mean_score(task_scores(predicted[: len(y_val)], y_val, labels.metric))
        found.append((sign * score, strength, predicted))
    _, strength, predicted = max(found, key=lambda one: one[0])
    return _scored(labels, split, seed, predicted, {"C": strength}, meter)


def _forest(x: NDArray[Any], labels: TaskLabels, split: Split, seed: int) -> TransferRun:
    meter = Meter()
    forest = RandomForestRegressor if labels.metric == "rmse" else RandomForestClassifier
    predicted = _predictions(x, labels, split, lambda: forest(TREES, random_state=seed))
    return _scored(labels, split, seed, predicted, {}, meter)


def _linear_model(metric: Metric, strength: float) -> Any:
    return Ridge(alpha=1 / strength) if metric == "rmse" else LogisticRegression(C=strength, max_iter=1000)


def _predictions(x: NDArray[Any], labels: TaskLabels, split: Split, make: Callable[[], Any]) -> Tensor:
    """(val and test graphs, tasks): scores of the positive class, or targets, by a model for each task."""
    held_out = x[torch.cat([split.val, split.test]).numpy()]
    columns = []
    for column in range(len(labels.tasks)):
        y = labels.y[split.train, column]
        known = ~torch.isnan(y)
        values = y[known].numpy()
        if len(np.unique(values)) < 2:  # nothing to learn: a constant, of AUC one half
            columns.append(torch.full((len(held_out),), float(values.mean()) if len(values) else 0.0).double())
            continue
        model = make().fit(x[split.train[known].numpy()], values)
        predicted = model.predict(held_out) if labels.metric == "rmse" else model.predict_proba(held_out)[:, 1]
        columns.append(torch.from_numpy(np.asarray(predicted, dtype=np.float64)))
    return torch.stack(columns, dim=1)


def _scored(
    labels: TaskLabels, split: Split, seed: int, predicted: Tensor, chosen: Mapping[str, int | float], meter: Meter
) -> TransferRun:
    val, test = predicted.split([len(split.val), len(split.test)])
    seconds = meter.seconds()["cpu_seconds"]
    return scored_run(labels, split, seed, val=val, test=test, chosen=chosen, cpu_seconds=seconds)


def _same(one: Split, other: Split) -> bool:
    return all(a.equal(b) for a, b in zip(one.parts().values(), other.parts().values(), strict=True))


def _matrix(rows: Rows, n: int) -> NDArray[Any]:
    x = torch.as_tensor(rows).detach().cpu().to_dense().numpy()
    if x.ndim != 2 or len(x) != n:
        raise ValueError(f"rows must be one per graph, ({n}, d); got {list(x.shape)}")
    if not np.isfinite(x).all():
        raise ValueError("rows must be finite; got NaN or infinity")
    return x


def _standardised(x: NDArray[Any], split: Split) -> NDArray[Any]:
    if ((x == 0) | (x == 1)).all():
        return x.astype(np.float64)
    fitted: NDArray[Any] = StandardScaler().fit(x[split.train.numpy()]).transform(x.astype(np.float64))
    return fitted
