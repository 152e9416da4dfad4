"""Core-tuning: the mixtures, the loss of a step, what it learns and what it refuses."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from graphcl.evaluation import FineTuning, finetune
from graphcl.evaluation.transfer.core_tuning import LEAST, CoreTuneModule, hard_mixtures
from graphcl.evaluation.transfer.metrics import masked_bce
from graphcl.objectives import supervised_contrast
from graphcl.training import Step
from tests.evaluation.transfer.test_finetune import QUICK, fresh
from tests.labelled_molecules import labelled


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def weight_of(mixed, first, second):
    """a of a mixture a * first + (1 - a) * second."""
    return ((mixed - second) @ (first - second)) / (first - second).square().sum()


def test_mixtures_are_of_the_hardest_pairs():
    """On a circle: cosines tell which rows are hard."""
    angle = torch.tensor([0.0, 0.1, 1.0, 0.2, 2.0, 3.0], dtype=torch.float64)
    rows = torch.stack([angle.cos(), angle.sin()], 1)
    y = torch.tensor([[0.0], [0.0], [0.0], [1.0], [1.0], [1.0]], dtype=torch.float64)
    mixed = hard_mixtures(rows, y, generator=generator())
    assert torch.equal(mixed.rows[:6], rows)
    assert torch.equal(mixed.y[:6], y)
    hard = [(2, 3), (2, 3), (0, 3), (5, 1), (3, 2), (3, 2)]  # farthest of the own label, nearest of the other
    for place, (p, q) in enumerate(hard):
        b = weight_of(mixed.rows[12 + place], rows[p], rows[q])
        assert 0 <= b <= 1
        torch.testing.assert_close(mixed.rows[12 + place], b * rows[p] + (1 - b) * rows[q])
        torch.testing.assert_close(mixed.y[12 + place], b * y[p] + (1 - b) * y[q])


def test_shuffled_mixtures_take_most_of_the_other_row():
    rows = torch.eye(50, dtype=torch.float64)
    mixed = hard_mixtures(rows, torch.zeros(50, 1), generator=generator()).rows[50:100]
    own = mixed.diagonal()
    others = mixed - torch.diag(own)
    assert (others.amax(1)[others.amax(1) > 0] >= LEAST).all()
    assert len(others.argmax(1).unique()) > 40
    assert (others.amax(1) > LEAST).any()


@pytest.mark.parametrize("labels", [[], [1.0], [1.0, 1.0], [0.0, 1.0]], ids=str)
def test_few_rows_or_one_class(labels):
    y = torch.tensor(labels)[:, None]
    rows = torch.randn(len(y), 3, generator=generator()).requires_grad_()
    mixed = hard_mixtures(rows, y, generator=generator())
    assert mixed.rows.shape == (3 * len(y), 3)
    assert mixed.rows.isfinite().all()
    mixed.rows.sum().backward()
    assert rows.grad.isfinite().all()


class Means(nn.Module):
    def forward(self, x, edge_index, edge_attr):
        return x.float()


def test_the_step_is_cross_entropy_and_contrast_of_the_labelled_graphs():
    dataset = labelled()
    graphs = dataset.graphs.select(torch.arange(6))
    batch = graphs.batch(list(range(6)))
    batch.seeds = 6
    batch.y = torch.tensor([[0.0], [1.0], [torch.nan], [0.0], [1.0], [1.0]])
    module = CoreTuneModule(Means(), 2, 0.5)
    losses = module(batch, Step("finetune", 0, 0, generator()))
    means = torch.stack([graph.x.float().mean(0) for graph in graphs])
    known = torch.tensor([0, 1, 3, 4, 5])
    mixed = hard_mixtures(means[known], batch.y[known], generator=generator())
    torch.testing.assert_close(losses["bce"], masked_bce(module.head(mixed.rows), mixed.y))
    contrast = supervised_contrast(module.project(mixed.rows), mixed.y)
    torch.testing.assert_close(losses["contrast"], 0.5 * contrast)
    assert losses["contrast"] > 0


def test_it_learns_and_the_contrast_stands_in_the_history():
    [run] = finetune(fresh, labelled(), seeds=[0], settings=replace(QUICK, contrast_weight=0.1)).runs
    assert run.test == 1.0
    assert run.history[-1]["contrast"] < run.history[0]["contrast"]


def test_what_has_no_two_classes_is_refused():
    tuning = FineTuning(epochs=1, contrast_weight=0.1, device="cpu")
    y = torch.randn(40, 1, generator=generator())
    with pytest.raises(ValueError, match=r"needs one task of two classes; got targets of regression; leave"):
        finetune(fresh, labelled(y=y), settings=tuning)
    two = labelled(y=torch.randint(2, (40, 2), generator=generator()).float())
    with pytest.raises(ValueError, match=r"got 2 tasks; leave contrast_weight at 0, or name one column"):
        finetune(fresh, two, settings=tuning)
    with pytest.raises(ValueError, match=r"contrast_weight must not be negative; got -1"):
        FineTuning(contrast_weight=-1.0)
