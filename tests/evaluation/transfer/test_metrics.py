import math

import pytest
import torch

from graphcl.evaluation import masked_bce, masked_mse, mean_score, task_scores
from graphcl.evaluation.transfer.metrics import scorable

NAN = math.nan


@pytest.mark.parametrize("loss", [masked_bce, masked_mse])
def test_missing_labels_count_in_neither_sum_nor_number(loss):
    generator = torch.Generator().manual_seed(0)
    predicted = torch.randn(6, 3, generator=generator, requires_grad=True)
    y = torch.randint(2, (6, 3), generator=generator).float()
    hidden = y.clone()
    hidden[::2, 1] = NAN
    present = ~hidden.isnan()
    by_hand = torch.stack(
        [loss(predicted[i : i + 1, j : j + 1], y[i : i + 1, j : j + 1]) for i, j in present.nonzero().tolist()]
    )
    assert torch.allclose(loss(predicted, hidden), by_hand.mean())
    loss(predicted, hidden).backward()
    assert bool((predicted.grad[~present] == 0).all())
    assert bool((predicted.grad[present] != 0).all())


@pytest.mark.parametrize("loss", [masked_bce, masked_mse])
def test_a_batch_without_labels_has_loss_and_gradient_0(loss):
    predicted = torch.ones(2, 1, requires_grad=True)
    value = loss(predicted, torch.full((2, 1), NAN))
    value.backward()
    assert value.item() == 0
    assert predicted.grad.tolist() == [[0.0], [0.0]]


def test_rmse_of_each_task():
    y = torch.tensor([[1.0, NAN, NAN], [3.0, 2.0, NAN]])
    predicted = torch.tensor([[2.0, 9.0, 1.0], [2.0, 5.0, 1.0]])
    scores = task_scores(predicted, y, "rmse")
    assert scores[:2] == [1.0, 3.0]
    assert math.isnan(scores[2])
    assert mean_score(scores) == 2.0
    assert scorable(y, "rmse").tolist() == [True, True, False]


def test_auc_counts_ties_by_half_and_no_missing_label():
    y = torch.tensor([[0.0], [0.0], [1.0], [NAN], [1.0]])
    predicted = torch.tensor([[0.1], [0.5], [0.5], [-9.0], [0.7]])
    assert task_scores(predicted, y, "roc-auc") == [0.875]


def test_average_precision_is_the_mean_precision_at_the_positives():
    predicted = torch.randn(30, 1, generator=torch.Generator().manual_seed(0))
    y = (torch.arange(30) % 3 == 0).float()[:, None]
    y[4] = NAN
    kept = [(float(p), float(t)) for p, t in zip(predicted, y, strict=True) if not t.isnan()]
    kept.sort(reverse=True)
    found, precisions = 0, []
    for place, (_, positive) in enumerate(kept, start=1):
        if positive:
            found += 1
            precisions.append(found / place)
    assert task_scores(predicted, y, "ap") == [pytest.approx(sum(precisions) / len(precisions), abs=1e-12)]
    assert math.isnan(task_scores(predicted, y * 0, "ap")[0])


def test_no_score_is_nan():
    assert math.isnan(mean_score([NAN]))
