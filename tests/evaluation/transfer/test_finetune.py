"""Fine-tuning: what it learns, what it chooses by, what it must not read, and what it refuses."""

import re
from dataclasses import replace

import pytest
import torch

import graphcl
from graphcl.encoders import MoleculeGIN, SocialGCN
from graphcl.evaluation import FineTuning, finetune, mean_score, task_scores
from tests.labelled_molecules import labelled

QUICK = FineTuning(epochs=6, lr=0.02, dropout=0.0, batch_size=10, device="cpu")


def fresh(seed: int) -> MoleculeGIN:
    return MoleculeGIN(8, 1)


@pytest.fixture(scope="module")
def pretrained():
    return graphcl.AttrMasking(channels=8, num_layers=1, epochs=1, device="cpu").fit(labelled().graphs)


def test_it_learns_the_label_and_scores_what_it_predicts():
    dataset = labelled()
    scores = finetune(fresh, dataset, seeds=[0, 1], settings=QUICK)
    assert scores.mean == 1.0
    assert scores.by_seed == {0: 1.0, 1: 1.0}
    for run in scores.runs:
        test = dataset.graphs.y[dataset.splits["test"]]
        assert run.test == mean_score(task_scores(run.predicted, test, "roc-auc"))
        assert run.history[-1]["bce"] < run.history[0]["bce"]
    assert "1.0000 ± 0.0000; seeds: 1.0000, 1.0000" in repr(scores)


def test_the_first_of_the_best_validation_epochs_is_chosen_and_the_last_stands_apart():
    y = torch.randint(2, (40, 1), generator=torch.Generator().manual_seed(1)).float()
    for run in finetune(fresh, labelled(y=y), seeds=range(3), settings=replace(QUICK, epochs=12)).runs:
        seen = [row["validation"] for row in run.history]
        assert run.val == max(seen)
        assert run.chosen == {"epoch": seen.index(max(seen)) + 1}
        assert run.last_val == seen[-1]
        assert run.chosen["epoch"] < 12 or run.test == run.last_test


def test_test_labels_are_read_by_nothing_but_the_test_score():
    dataset = labelled()
    y = dataset.graphs.y.clone()
    y[dataset.splits["test"]] = 1 - y[dataset.splits["test"]]
    other = replace(dataset, graphs=replace(dataset.graphs, y=y))
    [run], [flipped] = (finetune(fresh, given, seeds=[3], settings=QUICK).runs for given in (dataset, other))
    assert torch.equal(run.predicted, flipped.predicted)
    assert run.history == flipped.history
    assert run.test == pytest.approx(1 - flipped.test)


def test_the_same_seed_gives_the_same_run_and_the_global_state_stays():
    settings = replace(QUICK, dropout=0.5)
    state = torch.get_rng_state()
    one, two = (finetune(fresh, labelled(), seeds=[0, 1], settings=settings) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(one.runs[0].predicted, two.runs[0].predicted)
    assert not torch.equal(one.runs[0].predicted, one.runs[1].predicted)
    plain = finetune(fresh, labelled(), seeds=[0], settings=QUICK)
    assert not torch.equal(one.runs[0].predicted, plain.runs[0].predicted), "dropout does nothing"


def test_a_pretrained_model_is_where_it_starts_and_is_not_changed(pretrained):
    before = {name: value.clone() for name, value in pretrained.module_.state_dict().items()}
    slow = replace(QUICK, epochs=1, lr=1e-12)
    given, by_function, encoder, scratch = (
        finetune(model, labelled(), seeds=[0], settings=slow).runs[0].predicted
        for model in (pretrained, lambda seed: pretrained, pretrained.module_.encoder, fresh)
    )
    assert torch.equal(given, by_function)
    assert torch.equal(given, encoder)
    assert not torch.allclose(given, scratch)
    finetune(pretrained, labelled(), seeds=[0], settings=QUICK)
    assert all(torch.equal(value, before[name]) for name, value in pretrained.module_.state_dict().items())
    assert pretrained.module_.encoder.dropout == 0.0


def test_targets_of_regression_are_learned_in_their_own_units():
    y = 100 + 5 * (torch.arange(40) % 2)[:, None].float()
    y[1] = torch.nan
    settings = replace(QUICK, epochs=20)
    scores = finetune(fresh, labelled(y=y), seeds=[0], settings=settings)
    assert scores.metric == "rmse"
    assert scores.mean < 2.0  # 2.5 by a constant
    assert scores.runs[0].val == min(row["validation"] for row in scores.runs[0].history)
    assert float(scores.runs[0].predicted.mean()) == pytest.approx(102.5, abs=1.0)


def test_several_tasks_with_missing_labels():
    y = (torch.arange(40) % 2)[:, None].float().repeat(1, 3)
    y[::3, 1] = torch.nan
    y[30:, 2] = 1.0  # no negatives in test
    run = finetune(fresh, labelled(y=y), seeds=[0], settings=QUICK).runs[0]
    assert run.unscored == {"train": (), "val": (), "test": ("task 2",)}
    assert run.test_tasks["task 0"] == 1.0
    assert run.to_dict()["test_tasks"]["task 2"] is None
    assert run.test == (run.test_tasks["task 0"] + run.test_tasks["task 1"]) / 2


def test_a_split_of_each_seed():
    dataset = labelled()
    turned = {"train": torch.arange(20, 40), "val": torch.arange(10), "test": torch.arange(10, 20)}
    two = finetune(fresh, dataset, seeds=[0, 1], splits=[dataset.splits, turned], settings=QUICK)
    alone = finetune(fresh, replace(dataset, splits=turned), seeds=[1], settings=QUICK)
    assert torch.equal(two.runs[1].predicted, alone.runs[0].predicted)


def ones(columns):
    return torch.ones(40, columns)


HALF = (torch.arange(40) % 2)[:, None].float()
PARTS = labelled().splits
BAD = {
    "no labels": (lambda: replace(labelled(), graphs=replace(labelled().graphs, y=None)), "has no labels"),
    "classes": (lambda: labelled(y=torch.zeros(40, dtype=torch.long)), "has one class for each graph"),
    "all missing": (lambda: labelled(y=ones(1) * torch.nan), "has no label: all 40 are missing"),
    "a task missing": (
        lambda: labelled(y=torch.cat([HALF, ones(1) * torch.nan], 1)),
        "the task 'task 1' has no label; leave it out",
    ),
    "no positives": (
        lambda: labelled(y=torch.cat([HALF, 0 * ones(1)], 1)),
        "the task 'task 1' has no positives in its 40 labels; leave it out",
    ),
    "no negatives": (lambda: labelled(y=ones(1)), "the task 'task 0' has no negatives in its 40 labels"),
    "infinite": (lambda: labelled(y=HALF / (1 - HALF)), "the task 'task 0' has an infinite target"),
    "one class in val": (
        lambda: labelled(y=torch.cat([HALF[:20], ones(1)[:10], HALF[:10]])),
        "no task has both classes in val; take another split",
    ),
    "one class in train": (
        lambda: labelled(y=torch.cat([ones(1)[:20], HALF[:20]])),
        "no task has both classes in train",
    ),
    "no split": (
        lambda: labelled(splits={}),
        "has no train part of a split; load the dataset with split=scaffold",
    ),
    "empty": (
        lambda: labelled(splits=PARTS | {"val": torch.arange(0)}),
        "needs indices of graphs in val; got none",
    ),
    "mask": (lambda: labelled(splits=PARTS | {"val": torch.ones(40).bool()}), "got torch.bool of shape [40]"),
    "out of range": (
        lambda: labelled(splits=PARTS | {"test": torch.tensor([30, 40])}),
        "a split must lie in [0, 39], the graphs of the dataset; got 30 to 40 in test",
    ),
    "negative": (lambda: labelled(splits=PARTS | {"test": torch.tensor([-1, 30])}), "got -1 to 30 in test"),
    "twice": (lambda: labelled(splits=PARTS | {"test": torch.tensor([0, 31])}), "got graph 0 twice"),
}


@pytest.mark.parametrize(("make", "message"), BAD.values(), ids=BAD)
def test_labels_and_splits_that_do_not_fit_are_refused_before_any_training(make, message):
    def never(seed):
        raise AssertionError("trained")

    with pytest.raises(ValueError, match=f"^chains.*{re.escape(message)}") as caught:
        finetune(never, make(), settings=QUICK)
    assert "\n" not in str(caught.value)


def test_the_epoch_is_chosen_by_the_metric_asked_for():
    scores = finetune(fresh, labelled(), seeds=[0], metric="ap", settings=QUICK)
    assert (scores.metric, len(scores.runs[0].history)) == ("ap", QUICK.epochs)
    assert scores.runs[0].val == max(row["validation"] for row in scores.runs[0].history)
    assert "bce" in scores.runs[0].history[0]


def test_a_metric_that_the_labels_do_not_have():
    with pytest.raises(ValueError, match="chains has targets of regression, which have no average precision"):
        finetune(fresh, labelled(y=HALF + 0.5), metric="ap", settings=QUICK)
    with pytest.raises(ValueError, match="chains has targets of regression, which have no ROC-AUC"):
        finetune(fresh, labelled(y=HALF + 0.5), metric="roc-auc", settings=QUICK)
    with pytest.raises(ValueError, match="chains has binary tasks, for which rmse is no score"):
        finetune(fresh, labelled(), metric="rmse", settings=QUICK)


def test_models_of_something_else():
    karate = graphcl.datasets.load("karate").graph
    ring = graphcl.GraphCL(domain="social", channels=4, epochs=0, device="cpu")
    ring.fit([torch_data_without_bonds(graph) for graph in labelled(4).graphs])
    for model, error, message in (
        (ring, ValueError, "the model graph-cl does not read the graphs of chains: edge_attr is not used"),
        (graphcl.AttrMasking(), ValueError, "attr-masking is not fitted; call fit first"),
        (graphcl.DGI(epochs=1, device="cpu").fit(karate), ValueError, "dgi learns from one graph"),
        (SocialGCN(3, 4), ValueError, "SocialGCN does not read the graphs of chains"),
        (torch.nn.Linear(2, 2), TypeError, "Linear has no attribute dropout to set to 0; give dropout=None"),
        (3, TypeError, "model must be a fitted pre-trainer, an encoder, or a function of the seed; got int"),
        (lambda seed: "x", TypeError, "the function must give a pre-trainer or an encoder; got str"),
    ):
        with pytest.raises(error, match=re.escape(message)) as caught:
            finetune(model, labelled(), settings=QUICK)
        assert "\n" not in str(caught.value)


def torch_data_without_bonds(graph):
    graph.x, graph.edge_attr = graph.x[:, :1], None
    return graph


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1; got 0"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"lr": 0.0}, "lr must be positive"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\), or be None; got 1.0"),
    ],
)
def test_settings_out_of_range(wrong, message):
    with pytest.raises(ValueError, match=message):
        FineTuning(**wrong)


def test_seeds_and_splits_that_do_not_match():
    for seeds in ([], [1, 1]):
        with pytest.raises(ValueError, match="seeds must be one or more, all different"):
            finetune(fresh, labelled(), seeds=seeds, settings=QUICK)
    with pytest.raises(ValueError, match="splits must be one for each seed; got 1 for 2 seeds"):
        finetune(fresh, labelled(), seeds=[0, 1], splits=[PARTS], settings=QUICK)
