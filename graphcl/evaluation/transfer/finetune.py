"""Fine-tuning of a pre-trained graph encoder on labelled graphs, or its training from scratch."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from graphcl.evaluation.splits import Split
from graphcl.evaluation.transfer.encoders import EncoderSource, encoder_from, encoder_width, set_dropout
from graphcl.evaluation.transfer.labelled import LabelledGraphs, TaskLabels, checked_split, task_labels
from graphcl.evaluation.transfer.metrics import Metric, mean_score, task_scores
from graphcl.evaluation.transfer.readout import READOUTS
from graphcl.evaluation.transfer.results import TransferRun, TransferScores, scored_run
from graphcl.ops.machine.runtime import Precision, Runtime

REVISION = 1
"""Increased whenever the scores of fine-tuning change, so that tables do not mix old and new ones."""


@dataclass(frozen=True, kw_only=True)
class FineTuning:
    """Settings of fine-tuning; the defaults are those of pretrain-gnns and D-SLA on molecules.

    Args:
        epochs: passes over the training graphs, at least 1.
        lr: learning rate of Adam, of encoder and head.
        batch_size: graphs per step.
        dropout: of the encoder, in [0, 1); None leaves it as it is.
        contrast_weight: of a supervised contrast on mixtures of hard pairs, see `CoreTuneModule`; 0 is plain
            fine-tuning. It takes one task of two classes.
        device: as for estimators.
        precision: as for estimators.
        readout: what the head reads of a graph: "mean" of its rows; or "mean+ego", with the row of node 0 beside
            it, as the published code has it for ego networks of proteins.

    Raises:
        ValueError: a setting out of range.

    Example:
        >>> FineTuning(epochs=20).dropout
        0.5
    """

    epochs: int = 100
    lr: float = 1e-3
    batch_size: int = 32
    dropout: float | None = 0.5
    contrast_weight: float = 0.0
    device: str = "auto"
    precision: Precision = "fp32"
    readout: str = "mean"

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1; got {getattr(self, name)}")
        if not (self.lr > 0 and math.isfinite(self.lr)):
            raise ValueError(f"lr must be positive; got {self.lr}")
        if self.dropout is not None and not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1), or be None; got {self.dropout}")
        if not (self.contrast_weight >= 0 and math.isfinite(self.contrast_weight)):
            raise ValueError(f"contrast_weight must not be negative; got {self.contrast_weight}")
        if self.readout not in READOUTS:
            raise ValueError(f"readout must be one of {', '.join(READOUTS)}; got {self.readout!r}")


def finetune(
    model: EncoderSource,
    dataset: LabelledGraphs,
    *,
    seeds: Sequence[int] = (0, 1, 2),
    splits: Sequence[Mapping[str, Tensor]] | None = None,
    metric: Metric | None = None,
    settings: FineTuning | None = None,
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> TransferScores:
    """Fine-tune an encoder on labelled graphs; score it on test graphs at the epoch of the best validation score.

    Encoder and a new linear head on the mean of its rows are trained together by Adam, through the same loop as
    every pre-training: binary cross-entropy, or squared error of targets standardised on the training graphs, over
    the labels that are present. After every epoch the validation graphs are scored; the first epoch with the best
    score is selected. Test labels are read once, after the last epoch. The score is the mean over tasks, of
    ROC-AUC over those with both classes.

    Args:
        model: a fitted pre-trainer, an encoder, or a function of the seed that gives either (from scratch:
            `lambda seed: MoleculeGIN(300)`). It is not changed.
        dataset: labelled graphs, with a split.
        seeds: of head, order and dropout, a run each; different ones.
        splits: one for each seed; None takes that of the dataset for all.
        metric: "roc-auc", "ap" or "rmse"; None takes "roc-auc" for binary tasks, else "rmse".
        settings: of the training.
        callbacks: called with a `graphcl.training.Report` after each epoch; they do not see scores.

    Returns:
        Scores by seed, their mean and standard deviation, and, apart, those after the last epoch.

    Raises:
        TypeError: a model that has no encoder.
        ValueError: labels, a split or a model that do not fit, see `task_labels`, `checked_split`, `encoder_from`.

    Example:
        >>> from graphcl.datasets import GraphCollection, GraphCollectionDataset
        >>> from torch_geometric.data import Data
        >>> edge = torch.tensor([[0, 1], [1, 0]])
        >>> pairs = [Data(x=torch.tensor([[5, 0], [k, 0]]), edge_index=edge) for k in (5, 7) * 8]
        >>> for graph in pairs:
        ...     graph.edge_attr = torch.zeros(2, 2).long()
        >>> from dataclasses import replace
        >>> graphs = replace(GraphCollection.of(pairs), y=torch.tensor([[0.0], [1.0]] * 8))
        >>> split = dict(zip(("train", "val", "test"), torch.arange(16).split([8, 4, 4])))
        >>> dataset = GraphCollectionDataset("pairs", graphs, tasks=("oxygen",), splits=split)
        >>> from graphcl.encoders import MoleculeGIN
        >>> settings = FineTuning(epochs=9, lr=0.02, dropout=0.0, device="cpu")
        >>> finetune(lambda seed: MoleculeGIN(8, 2), dataset, seeds=[0, 1], settings=settings).mean
        1.0

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020, arXiv:1905.12265], whose
    code writes the scores at both epochs.
    """
    labels = task_labels(dataset, metric)
    parts = splits_of_seeds(labels, seeds, [dataset.splits] * len(seeds) if splits is None else splits)
    chosen = settings or FineTuning()
    _check_contrast(chosen, labels)
    runs = [
        _run(model, dataset, labels, split, seed, chosen, callbacks)
        for seed, split in zip(seeds, parts, strict=True)
    ]
    return TransferScores(labels.metric, tuple(runs))


def splits_of_seeds(
    labels: TaskLabels, seeds: Sequence[int], splits: Sequence[Mapping[str, Tensor]]
) -> list[Split]:
    """The checked split of every seed.

    Raises:
        ValueError: no seed, equal ones, another number of splits, or as for `checked_split`.
    """
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be one or more, all different; got {list(seeds)}")
    if len(splits) != len(seeds):
        raise ValueError(f"splits must be one for each seed; got {len(splits)} for {len(seeds)} seeds")
    return [checked_split(labels, split) for split in splits]


@dataclass
class _ValidationScore:
    """Scores validation predictions after every epoch, and keeps predictions of the best epoch and the last."""

    y: Tensor
    metric: Metric
    mean: Tensor
    scale: Tensor
    best: float = -math.inf
    epoch: int = 0
    kept: Tensor = field(default_factory=lambda: torch.empty(0))
    last: Tensor = field(default_factory=lambda: torch.empty(0))
    scores: list[float] = field(default_factory=list)

    def __call__(self, module: Any, predicted: Tensor) -> float:  # noqa: ARG002  (signature of `Selection.score`)
        """Higher is better; of RMSE the negative."""
        self.last = predicted.cpu() * self.scale + self.mean
        score = mean_score(task_scores(self.last[: len(self.y)], self.y, self.metric))
        self.scores.append(score)
        higher = -score if self.metric == "rmse" else score
        if higher > self.best:
            self.best, self.epoch, self.kept = higher, len(self.scores), self.last
        return higher


def _run(
    model: EncoderSource,
    dataset: LabelledGraphs,
    labels: TaskLabels,
    split: Split,
    seed: int,
    settings: FineTuning,
    callbacks: Sequence[Callable[[Any], None]],
) -> TransferRun:
    """One seed."""
    from graphcl.evaluation.transfer.core_tuning import CoreTuneModule
    from graphcl.evaluation.transfer.task_module import FineTuneBatches, FineTuneModule
    from graphcl.training import Selection, Stage, adam, train

    runtime = Runtime.launch(settings.device, settings.precision, seed)
    mean, scale = _standardisation(labels, split)
    score = _ValidationScore(labels.y[split.val], labels.metric, mean, scale)
    with runtime.seeded():
        encoder = encoder_from(model, seed, dataset).to("cpu", runtime.dtype)
        if settings.dropout is not None:
            set_dropout(encoder, settings.dropout)
        width = encoder_width(encoder, dataset.graphs, labels.name)
        if settings.contrast_weight:
            module: FineTuneModule = CoreTuneModule(encoder, width, settings.contrast_weight, settings.readout)
        else:
            module = FineTuneModule(encoder, width, len(labels.tasks), labels.metric, settings.readout)
        module = module.to(runtime.device, runtime.dtype)
        batches = FineTuneBatches(dataset.graphs, (labels.y - mean) / scale, split, runtime.device)
        stage = Stage(
            "finetune",
            settings.epochs,
            adam(settings.lr),
            batch_size=settings.batch_size,
            selection=Selection("validation", 1, score),
        )
        training = train(module, batches, [stage], runtime, callbacks=callbacks)
    val = len(split.val)
    return scored_run(
        labels,
        split,
        seed,
        val=score.kept[:val],
        test=score.kept[val:],
        chosen={"epoch": score.epoch},
        cpu_seconds=sum(cost["cpu_seconds"] for cost in training.stages),
        history=[{**row, "validation": value} for row, value in zip(training.history, score.scores, strict=True)],
        last=(score.last[:val], score.last[val:]),
    )


def _check_contrast(settings: FineTuning, labels: TaskLabels) -> None:
    """Refuse a contrast of classes where graphs have none, or several of each kind."""
    if settings.contrast_weight and (labels.metric == "rmse" or len(labels.tasks) > 1):
        got = "targets of regression" if labels.metric == "rmse" else f"{len(labels.tasks)} tasks"
        raise ValueError(
            f"{labels.name}: contrast_weight needs one task of two classes; got {got}; "
            "leave contrast_weight at 0, or name one column of labels"
        )


def _standardisation(labels: TaskLabels, split: Split) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each target on the training graphs; 0 and 1 of binary tasks."""
    y = labels.y[split.train]
    if labels.metric != "rmse":
        return y.new_zeros(y.size(1)), y.new_ones(y.size(1))
    mean = y.nanmean(0).nan_to_num()
    deviation = ((y - mean) ** 2).nanmean(0).sqrt().nan_to_num()
    return mean, torch.where(deviation > 0, deviation, torch.ones_like(deviation))
