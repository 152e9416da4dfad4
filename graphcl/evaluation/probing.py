"""Shared parts of the probes: normalised embeddings, selection on validation nodes, scores on test nodes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score
from torch import Tensor

from graphcl.evaluation.splits import Split
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.typing import Labels, Rows


@dataclass(frozen=True, eq=False)
class ProbeResult:
    """Result of a probe on one split.

    Args:
        scores: accuracy, micro_f1 and macro_f1 on the test nodes, at the selected hyper-parameter.
        setting: the hyper-parameter (C or k) selected on the validation nodes.
        val_accuracy: accuracy on the validation nodes at that value.
        oracle: by score, the maximum over all hyper-parameters on the test nodes. It uses test labels for
            selection, so that it is a diagnostic and not a result.
        predicted: (n,), the predicted class of each node, at the selected hyper-parameter.
    """

    scores: dict[str, float]
    setting: float
    val_accuracy: float
    oracle: dict[str, float]
    predicted: Labels


def classification_scores(y: Tensor, predicted: Tensor) -> dict[str, float]:
    """Accuracy, micro-F1 and macro-F1 of predicted classes.

    With one class per node, micro-F1 equals accuracy. Macro-F1 is the mean over the classes in y or in the
    predictions.

    Args:
        y: (n,), the class of each node.
        predicted: (n,), the predicted class of each node.

    Example:
        >>> import torch
        >>> classification_scores(torch.tensor([0, 0, 0, 1]), torch.tensor([0, 0, 1, 1]))["accuracy"]
        0.75
    """
    return {
        "accuracy": float(accuracy_score(y, predicted)),
        "micro_f1": float(f1_score(y, predicted, average="micro")),
        "macro_f1": float(f1_score(y, predicted, average="macro", zero_division=0)),
    }


def probe_rows(z: Rows, y: Tensor) -> NDArray[np.float64]:
    """L2-normalised rows of an embedding, in float64; a row of zeros stays zero.

    Raises:
        ValueError: not a matrix, values that are not finite, or another number of rows than labels.
    """
    z = torch.as_tensor(z)
    if z.dim() != 2 or y.dim() != 1 or len(z) != len(y):
        raise ValueError(f"z must have one row per label; got {list(z.shape)} for labels of {list(y.shape)}")
    z = z.detach().cpu().to_dense()
    if not z.isfinite().all():
        raise ValueError("z must be finite; got NaN or infinity; train with a lower learning rate")
    rows: NDArray[np.float64] = unit_rows(z.double()).numpy()
    return rows


def best_on_validation(y: Tensor, split: Split, predictions: Mapping[float, Tensor]) -> ProbeResult:
    """Select the hyper-parameter with the highest validation accuracy (the first in a tie) and score it on test.

    Args:
        y: (n,), the class of each node.
        split: val is for selection, test for scores.
        predictions: by hyper-parameter, the class that a probe fitted on train predicts for each node.

    Example:
        >>> import torch
        >>> y, parts = torch.tensor([0, 1, 0, 1]), torch.arange(4).split([0, 2, 2])
        >>> result = best_on_validation(y, Split(*parts), {0.5: y.flip(0), 2.0: y})
        >>> result.setting, result.scores["accuracy"]
        (2.0, 1.0)
    """
    on_val = {s: float(accuracy_score(y[split.val], p[split.val])) for s, p in predictions.items()}
    setting = max(on_val, key=lambda s: on_val[s])
    on_test = {s: classification_scores(y[split.test], p[split.test]) for s, p in predictions.items()}
    return ProbeResult(
        scores=on_test[setting],
        setting=setting,
        val_accuracy=on_val[setting],
        oracle={name: max(scores[name] for scores in on_test.values()) for name in on_test[setting]},
        predicted=predictions[setting],
    )


def train_classes(y: Tensor, split: Split) -> Tensor:
    """Check a split for a probe, and return the classes of its training nodes.

    Raises:
        ValueError: parts that are not indices or overlap, unlabelled nodes, an empty part, or a single class in
            train.
    """
    for name, part in split.parts().items():
        if part.dtype not in (torch.int32, torch.int64):
            remedy = "use node_splits, or mask.nonzero().flatten()"
            raise ValueError(f"a split needs indices of nodes; got {part.dtype} in {name}; {remedy}")
        if len(part) and not 0 <= int(part.min()) <= int(part.max()) < len(y):
            got = f"{int(part.min())} to {int(part.max())} in {name}"
            raise ValueError(f"a split must lie in [0, {len(y) - 1}], the rows of z; got {got}; use node_splits")
        if not len(part) or (y[part] < 0).any():
            what = "an unlabelled node" if len(part) else "no node"
            raise ValueError(f"a split needs labelled nodes in every part; got {what} in {name}; use node_splits")
    if (node := split.repeated()) is not None:
        raise ValueError(f"a split needs parts without a node in common; got node {node} twice; use node_splits")
    classes: Tensor = y[split.train].unique()
    if len(classes) < 2:
        raise ValueError(f"a probe needs two classes in train; got class {int(classes[0])} alone; use node_splits")
    return classes
