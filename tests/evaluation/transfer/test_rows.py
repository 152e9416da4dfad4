import re

import pytest
import torch

from graphcl.evaluation import TransferRun, TransferScores, mean_node_features, predict_tasks
from tests.labelled_molecules import labelled


def test_shares_of_elements_are_counted_by_hand_and_predict_the_label():
    graphs = labelled().graphs
    rows = mean_node_features(graphs)
    assert rows.shape == (40, 3)  # carbon, oxygen, one kind of chirality
    by_hand = torch.stack([torch.tensor([(g.x[:, 0] == kind).float().mean() for kind in (5, 7)]) for g in graphs])
    assert torch.allclose(rows[:, :2], by_hand)
    for predictor in ("linear", "random-forest"):
        assert predict_tasks(rows, labelled(), predictor=predictor, seeds=[0]).mean == 1.0


def test_numbers_are_averaged():
    graphs = labelled(4).graphs
    numbers = type(graphs)(graphs.x.float(), graphs.edge_index, graphs.node_ptr, graphs.edge_ptr)
    assert torch.allclose(mean_node_features(numbers)[1], graphs[1].x.float().mean(0))


def test_noise_predicts_nothing_and_the_strength_is_chosen_on_validation():
    rows = torch.randn(400, 30, generator=torch.Generator().manual_seed(0))
    scores = predict_tasks(rows, labelled(400), seeds=[0])
    assert abs(scores.mean - 0.5) < 0.2
    assert set(scores.runs[0].chosen) == {"C"}


def test_linear_models_are_fitted_once_for_equal_splits_and_forests_for_every_seed():
    rows = torch.randn(40, 5, generator=torch.Generator().manual_seed(0))
    linear = predict_tasks(rows, labelled(), seeds=[0, 1])
    assert (linear.std, linear.runs[1].seed, linear.runs[1].cpu_seconds) == (0.0, 1, 0.0)
    forest = predict_tasks(rows, labelled(), seeds=[0, 1], predictor="random-forest")
    assert not torch.equal(*(run.predicted for run in forest.runs))
    turned = {"train": torch.arange(20, 40), "val": torch.arange(10), "test": torch.arange(10, 20)}
    both = predict_tasks(rows, labelled(), seeds=[0, 1], splits=[labelled().splits, turned])
    assert not torch.equal(*(run.predicted for run in both.runs))


def test_rows_may_depend_on_the_seed():
    def rows(seed):
        return torch.randn(40, 5, generator=torch.Generator().manual_seed(seed))

    by_seed = predict_tasks(rows, labelled(), seeds=[0, 1]).by_seed
    assert by_seed[1] == predict_tasks(rows(1), labelled(), seeds=[1]).mean


def test_regression_and_a_task_of_one_class_in_train():
    x = torch.linspace(-1, 1, 40)[torch.randperm(40, generator=torch.Generator().manual_seed(0))][:, None]
    scores = predict_tasks(x, labelled(y=7 * x + 50), seeds=[0])
    assert scores.metric == "rmse"
    assert scores.mean < 0.5
    y = (torch.arange(40) % 2)[:, None].float().repeat(1, 2)
    y[:20, 1] = 1.0
    run = predict_tasks(y[:, :1], labelled(y=y), seeds=[0]).runs[0]
    assert run.test_tasks == {"task 0": 1.0, "task 1": 0.5}
    assert run.unscored["train"] == ("task 1",)


def test_bad_rows():
    for rows, message in (
        (torch.ones(3, 2), "rows must be one per graph, (40, d); got [3, 2]"),
        (torch.full((40, 2), torch.nan), "rows must be finite"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            predict_tasks(rows, labelled())
    with pytest.raises(ValueError, match="predictor must be linear or random-forest; got 'svm'"):
        predict_tasks(torch.ones(40, 1), labelled(), predictor="svm")


def test_spread_over_seeds():
    def run(seed, test):
        return TransferRun(seed, 0.5, test, {}, {}, {}, 1.0, torch.zeros(0, 1))

    scores = TransferScores("roc-auc", (run(0, 0.6), run(1, 0.8)))
    assert (scores.mean, scores.by_seed) == (pytest.approx(0.7), {0: 0.6, 1: 0.8})
    assert scores.std == pytest.approx(0.02**0.5)
    assert TransferScores("roc-auc", (run(0, 0.6),)).std is None


def test_a_run_as_plain_values_and_back():
    run = TransferRun(
        3, 0.5, 0.6, {"a": 0.6, "b": float("nan")}, {"test": ("b",)}, {"C": 1.0}, 2.0, torch.ones(1, 2)
    )
    plain = run.to_dict()
    assert plain["test_tasks"] == {"a": 0.6, "b": None}
    again = TransferRun.from_dict(plain)
    assert again.to_dict() == plain
    assert again.unscored == {"test": ("b",)}
    assert torch.isnan(torch.tensor(again.test_tasks["b"]))
