"""Masked BCE with its gradient, and ROC-AUC of several tasks, as the authors' fine-tuning computes them."""

import numpy as np
import torch

from graphcl.evaluation import masked_bce, mean_score, task_scores
from graphcl.evaluation.transfer.metrics import scorable
from tests.golden.dsla_arrays import EXACT, read, tensor


def labels(signs: torch.Tensor) -> torch.Tensor:
    """-1, 0 (missing) and 1 of the authors as 0, NaN and 1."""
    return torch.where(signs == 0, torch.nan, (signs.double() + 1) / 2)


def test_masked_bce_and_its_gradient(golden):
    arrays = read(golden / "dsla", "metrics")
    logits = tensor(arrays, "bce_logits").requires_grad_()
    loss = masked_bce(logits, labels(tensor(arrays, "bce_y")))
    loss.backward()
    np.testing.assert_allclose(loss.item(), arrays["bce_loss"], **EXACT)
    np.testing.assert_allclose(logits.grad, arrays["bce_grad"], **EXACT)


def test_auc_over_the_tasks_with_both_classes(golden):
    arrays = read(golden / "dsla", "metrics")
    y = labels(tensor(arrays, "y_true"))
    scores = task_scores(tensor(arrays, "scores"), y, "roc-auc")
    np.testing.assert_allclose(scores, arrays["per_task_auc"], **EXACT)
    np.testing.assert_allclose(mean_score(scores), arrays["mean_auc"], **EXACT)
    assert scorable(y, "roc-auc").tolist() == (~np.isnan(arrays["per_task_auc"])).tolist()
    assert not all(scorable(y, "roc-auc"))
