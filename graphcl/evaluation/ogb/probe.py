"""Frozen embeddings under OGB's evaluators: a linear or MLP probe whose setting is chosen on validation rows."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from graphcl.evaluation.ogb.linear_models import PENALTIES, linear_models
from graphcl.evaluation.ogb.mlp_models import RATES, mlp_models
from graphcl.evaluation.ogb.official import ogb_metric
from graphcl.evaluation.ogb.result import OgbResult, Setting
from graphcl.evaluation.ogb.scaled_rows import ScaledRows
from graphcl.evaluation.ogb.targets import Targets
from graphcl.evaluation.probing import train_classes
from graphcl.evaluation.splits import PARTS, Split

OGB_PROBES: dict[str, dict[str, tuple[Setting, ...]]] = {
    "linear": {"probe_weight_decay": PENALTIES},
    "mlp": {"probe_lr": RATES},
}
"""Kinds of probes, and the settings of each that are tried."""


def ogb_probe(
    name: str,
    z: Tensor,
    y: Tensor,
    splits: Mapping[str, Tensor],
    *,
    probe: str = "linear",
    seed: int = 0,
    device: str | torch.device = "cpu",
) -> OgbResult:
    """Probe of frozen rows of nodes or graphs, scored by OGB's evaluator.

    Columns of z are standardised on the training rows. "linear": logistic regression by L-BFGS (of all tasks at
    once where there are several), at five L2 penalties. "mlp": one hidden layer of 256 units, Adam, at two
    learning rates, with the epoch of the best validation score. The setting with the best official score on the
    validation rows is taken, the first in a tie; validation labels do nothing else. Test labels are read once, for
    that setting. Memory grows with the training rows; others are read in blocks.

    Args:
        name: of the dataset, as "ogbn-arxiv" or "ogbg-molhiv".
        z: (n, d), one row for each node or graph, in which no label had a part.
        y: (n,), classes, negative where unknown; or (n, tasks), 0, 1 or NaN.
        splits: "train", "val" and "test" as boolean masks [n] or as indices.
        probe: "linear" or "mlp".
        seed: of the MLP; a linear probe has no random draw.
        device: where the probe is fitted.

    Raises:
        ModuleNotFoundError: ogb is not installed.
        ValueError: an unknown probe, rows that do not fit the labels or are not finite, or a split that lacks a
            part, overlaps or has unlabelled rows.

    Example:
        >>> y = torch.arange(90) % 3
        >>> splits = {part: torch.arange(90) // 30 == i for i, part in enumerate(("train", "val", "test"))}
        >>> result = ogb_probe("ogbn-arxiv", torch.eye(3)[y], y, splits)
        >>> result.val, result.test, result.parameters
        (1.0, 1.0, 12)
    """
    if probe not in OGB_PROBES:
        raise ValueError(f"no probe of OGB entries is named {probe!r}; choose among {', '.join(OGB_PROBES)}")
    if z.dim() != 2 or len(z) != len(y):
        raise ValueError(f"z must have one row for each of {len(y)} labels; got {list(z.shape)}")
    split = ogb_split(name, y, splits)
    outputs = int(y[split.train].max()) + 1 if y.dim() == 1 else y.size(1)
    targets = Targets(name, y.cpu(), outputs)
    rows = ScaledRows(z, split.train, torch.device(device))
    best: tuple[float, dict[str, Setting], nn.Module] | None = None
    for chosen, model in _candidates(probe, rows, targets, split, seed):
        val = targets.score(_logits(model, rows, split.val), split.val)
        if best is None or val > best[0]:
            best = val, chosen, model
    assert best is not None  # noqa: S101  (there are candidates)
    val, chosen, model = best
    test = targets.score(_logits(model, rows, split.test), split.test)
    return OgbResult(ogb_metric(name), val, test, chosen, sum(p.numel() for p in model.parameters()))


def ogb_split(name: str, y: Tensor, splits: Mapping[str, Tensor]) -> Split:
    """The official split as indices, checked against the labels.

    Args:
        name: of the dataset, for messages.
        y: as for `ogb_probe`.
        splits: boolean masks [n], or indices.

    Raises:
        ValueError: a part that is missing or empty, a row in two parts, a class that is unknown, or one class
            alone in train.

    Example:
        >>> masks = {"train": [1, 1, 0, 0], "val": [0, 0, 1, 0], "test": [0, 0, 0, 1]}
        >>> y, parts = torch.arange(4), {part: torch.tensor(mask).bool() for part, mask in masks.items()}
        >>> ogb_split("ogbn-arxiv", y, parts).train
        tensor([0, 1])
    """
    if missing := [part for part in PARTS if part not in splits]:
        raise ValueError(f"{name} has no {missing[0]} part of a split; load it with its official split")
    given = {part: splits[part].cpu() for part in PARTS}
    found = Split(*(p.nonzero().flatten() if p.dtype == torch.bool else p for p in given.values()))
    if y.dim() == 1:
        train_classes(y.cpu(), found)
    elif (row := found.repeated()) is not None:
        raise ValueError(f"{name}: a split needs parts without a graph in common; got graph {row} twice")
    elif empty := [part for part, index in found.parts().items() if not len(index)]:
        raise ValueError(f"{name}: a split needs graphs in every part; got none in {empty[0]}")
    return found


def _candidates(
    probe: str, rows: ScaledRows, targets: Targets, split: Split, seed: int
) -> Iterator[tuple[dict[str, Setting], nn.Module]]:
    if probe == "linear":
        for penalty, linear in linear_models(rows, targets, split.train):
            yield {"probe_weight_decay": penalty}, linear
        return

    def validate(model: nn.Module) -> float:
        return targets.score(_logits(model, rows, split.val), split.val)

    for rate, epoch, model in mlp_models(rows, targets, split.train, validate, seed):
        yield {"probe_lr": rate, "probe_epoch": float(epoch)}, model


@torch.no_grad()
def _logits(model: nn.Module, rows: ScaledRows, part: Tensor) -> Tensor:
    """(m, outputs), on the CPU."""
    return torch.cat([model(block).cpu() for block in rows.blocks(part)])
