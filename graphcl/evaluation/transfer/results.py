"""Results of a transfer experiment: one run per seed, and their mean and standard deviation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean, stdev
from typing import Any

import torch
from torch import Tensor

from graphcl.evaluation.splits import Split
from graphcl.evaluation.transfer.labelled import TaskLabels
from graphcl.evaluation.transfer.metrics import Metric, mean_score, task_scores


@dataclass(frozen=True, eq=False)
class TransferRun:
    """Scores of one seed.

    Args:
        seed: of initialisation, order and dropout.
        val: mean over tasks on the validation graphs, at the selected epoch or setting.
        test: the same on the test graphs.
        test_tasks: by task; NaN where the test graphs have no score of it.
        unscored: by part, the tasks that it has no score of, which are left out of the mean.
        chosen: what was selected on the validation graphs: the epoch, from 1, or C of a logistic regression.
        last_val: on the validation graphs after the last epoch; None where there are no epochs.
        last_test: on the test graphs after the last epoch. Neither it nor `test` chose anything.
        cpu_seconds: of training and prediction.
        predicted: (test graphs, tasks), logits or targets, at the selected epoch or setting.
        history: one dict per epoch, of a fine-tuning.
        predicted_val: (val graphs, tasks), as `predicted`, on validation graphs; None of a run from a file.
    """

    seed: int
    val: float
    test: float
    test_tasks: Mapping[str, float]
    unscored: Mapping[str, tuple[str, ...]]
    chosen: Mapping[str, int | float]
    cpu_seconds: float
    predicted: Tensor
    last_val: float | None = None
    last_test: float | None = None
    history: list[dict[str, Any]] = field(default_factory=list)
    predicted_val: Tensor | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without predictions and history."""
        names = ("seed", "val", "test", "last_val", "last_test", "chosen", "cpu_seconds")
        plain = {name: getattr(self, name) for name in names} | {"chosen": dict(self.chosen)}
        scores = {task: None if score != score else score for task, score in self.test_tasks.items()}
        return {**plain, "test_tasks": scores, "unscored": {part: list(v) for part, v in self.unscored.items()}}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "TransferRun":
        """The run that `to_dict` gave these values, without predictions and history."""
        scores = {task: math.nan if score is None else score for task, score in plain["test_tasks"].items()}
        unscored = {part: tuple(tasks) for part, tasks in plain["unscored"].items()}
        made = {"test_tasks": scores, "unscored": unscored, "predicted": torch.empty(0, len(scores))}
        return cls(**{**plain, **made})


@dataclass(frozen=True, eq=False)
class TransferScores:
    """Scores over seeds.

    Args:
        metric: "roc-auc" or "ap", higher is better, or "rmse", lower is better.
        runs: one per seed.
    """

    metric: Metric
    runs: tuple[TransferRun, ...]

    @property
    def mean(self) -> float:
        """Mean test score."""
        return fmean(run.test for run in self.runs)

    @property
    def std(self) -> float | None:
        """Sample standard deviation of the test score over seeds; None of a single one."""
        return stdev(run.test for run in self.runs) if len(self.runs) > 1 else None

    @property
    def by_seed(self) -> dict[int, float]:
        """Test score of each seed, for paired comparisons."""
        return {run.seed: run.test for run in self.runs}

    def __repr__(self) -> str:
        spread = "" if self.std is None else f" ± {self.std:.4f}"
        each = ", ".join(f"{run.test:.4f}" for run in self.runs)
        return f"{type(self).__name__}(test {self.metric} {self.mean:.4f}{spread}; seeds: {each})"


def scored_run(
    labels: TaskLabels,
    split: Split,
    seed: int,
    *,
    val: Tensor,
    test: Tensor,
    chosen: Mapping[str, int | float],
    cpu_seconds: float,
    history: list[dict[str, Any]] | None = None,
    last: tuple[Tensor, Tensor] | None = None,
) -> TransferRun:
    """Score predictions of one seed; the only place where test labels are read.

    Args:
        labels: of all graphs.
        split: val and test are scored.
        seed: of the run.
        val: (val graphs, tasks), predictions at the selected epoch or setting.
        test: (test graphs, tasks), the same.
        chosen: what was selected.
        cpu_seconds: of the run.
        history: one dict per epoch.
        last: predictions on val and test after the last epoch.
    """
    y_val, y_test = labels.y[split.val], labels.y[split.test]

    def score(predicted: Tensor, y: Tensor) -> float:
        return mean_score(task_scores(predicted, y, labels.metric))

    by_task = task_scores(test, y_test, labels.metric)
    return TransferRun(
        seed=seed,
        val=score(val, y_val),
        test=mean_score(by_task),
        test_tasks=dict(zip(labels.tasks, by_task, strict=True)),
        unscored={name: labels.unscored(part) for name, part in split.parts().items()},
        chosen=chosen,
        cpu_seconds=cpu_seconds,
        predicted=test,
        predicted_val=val,
        last_val=None if last is None else score(last[0], y_val),
        last_test=None if last is None else score(last[1], y_test),
        history=history or [],
    )
