import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from graphcl.evaluation import GRAPH_PROBES, graph_folds, graph_scores, nested_cross_validation
from graphcl.evaluation.graph_level import nested_cv


def problem(n=90, noise=1.6, seed=0):
    draw = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % 3
    return torch.eye(3).repeat(1, 2)[y] + noise * torch.randn(n, 6, generator=draw), y.numpy()


@pytest.fixture(autouse=True)
def short_grid(monkeypatch):
    monkeypatch.setattr(nested_cv, "GRID", (0.001, 0.1, 10.0))


def test_c_is_chosen_by_inner_folds_of_the_training_graphs():
    z, y = problem()
    folds = graph_folds(y, folds=3, seed=1)
    result = nested_cross_validation(z, y, folds, seed=4)
    rows = z.double().numpy()
    for number, (train, test) in enumerate(folds):
        models = {
            c: make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=2000)) for c in nested_cv.GRID
        }
        inner = StratifiedKFold(5, shuffle=True, random_state=4)
        on_inner = {
            c: cross_val_score(model, rows[train], y[train], cv=inner).mean() for c, model in models.items()
        }
        best = max(models, key=lambda c: on_inner[c])
        on_test = {c: model.fit(rows[train], y[train]).score(rows[test], y[test]) for c, model in models.items()}
        assert result.chosen[number] == best
        assert result.accuracy[number] == pytest.approx(on_test[best])
        assert result.oracle[number] == pytest.approx(max(on_test.values()))
        assert result.correct[test].mean() == pytest.approx(on_test[best])


@pytest.mark.parametrize("classifier", ["logistic", "svm"])
def test_the_test_graphs_have_no_say_in_the_choice(classifier):
    z, y = problem()
    [fold, *_] = graph_folds(y, folds=3)
    first = nested_cross_validation(z, y, [fold], classifier=classifier)
    wrong = y.copy()
    wrong[fold[1]] = (wrong[fold[1]] + 1) % 3
    again = nested_cross_validation(z, wrong, [fold], classifier=classifier)
    assert again.chosen == first.chosen
    assert again.accuracy[0] < first.accuracy[0], "or nothing here is sensitive"
    far = z.clone()
    far[fold[1]] *= 1e6
    assert nested_cross_validation(far, y, [fold], classifier=classifier).chosen == first.chosen


def test_folds_are_stratified_and_cover_every_graph_once():
    y = np.repeat([0, 1], [60, 30])
    folds = graph_folds(y, folds=5, seed=2)
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(90))
    assert all(np.bincount(y[test]).tolist() == [12, 6] for _, test in folds)
    assert not any(set(train) & set(test) for train, test in folds)


def test_scores_and_their_names():
    z, y = problem(noise=0.3)
    scores = graph_scores(z, y, folds=3)
    assert set(scores) == {
        "logistic/accuracy",
        "logistic/fold_std",
        "oracle/logistic/accuracy",
        "svm/accuracy",
        "svm/fold_std",
        "oracle/svm/accuracy",
        "kmeans/acc",
        "kmeans/nmi",
        "kmeans/ari",
    }
    assert min(scores[f"{name}/accuracy"] for name in ("logistic", "svm")) > 0.95
    assert scores["kmeans/acc"] > 0.95
    assert GRAPH_PROBES == ("logistic", "svm", "k-means")


def test_scrambled_classes_are_at_chance_and_their_oracle_above():
    z, y = problem(n=150)
    wrong = np.random.default_rng(0).permutation(y)
    scores = graph_scores(z, wrong, probes=["logistic"], folds=5)
    assert abs(scores["logistic/accuracy"] - 1 / 3) < 0.1
    assert scores["oracle/logistic/accuracy"] > scores["logistic/accuracy"]


def test_duplicates_between_folds_are_counted_and_warned_of():
    """Rows that only remember: right on graphs that are in training too, at chance on others."""
    draw = torch.Generator().manual_seed(0)
    z = torch.randn(60, 10, generator=draw)
    z[30:] = z[:30]
    y = torch.randint(2, (30,), generator=draw).repeat(2).numpy()
    codes = np.r_[np.arange(30), np.arange(30)]
    codes[45:] += 100  # of a half the codes say that they are not equal
    with pytest.warns(UserWarning, match=r"graphs have an equal one in the training folds .*unseen/"):
        scores = graph_scores(z, y, codes=codes, probes=["logistic"], folds=4)
    folds = graph_folds(y, folds=4)
    seen = sum(int(code in codes[train]) for train, test in folds for code in codes[test])
    assert scores["duplicates/graphs"] == pytest.approx(seen / 60)
    assert 0 < seen < 60
    result = nested_cross_validation(z, y, folds)
    mask = np.zeros(60, dtype=bool)
    for train, test in folds:
        mask[test] = [code in codes[train] for code in codes[test]]
    assert scores["unseen/logistic/accuracy"] == pytest.approx(result.correct[~mask].mean())


def test_no_duplicates_no_warning():
    z, y = problem()
    scores = graph_scores(z, y, codes=np.arange(90), probes=["logistic"], folds=3)
    assert scores["duplicates/graphs"] == 0
    assert scores["unseen/logistic/accuracy"] == pytest.approx(scores["logistic/accuracy"])


def test_sparse_rows_are_taken_as_they_are():
    _, y = problem()
    rows = csr_array(np.eye(3)[y])
    rows.indices, rows.indptr = rows.indices.astype(np.int64), rows.indptr.astype(np.int64)
    scores = graph_scores(rows, y, folds=3)
    assert scores["logistic/accuracy"] == scores["svm/accuracy"] == scores["kmeans/acc"] == 1.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": np.zeros(90, dtype=int)}, "needs two classes; got class 0 alone; cluster the graphs"),
        ({"y": np.full(90, -1)}, "every graph needs a class; got 90 of 90 without"),
        ({"y": np.linspace(0, 1, 90)}, "y must be one class per graph; got float64 of"),
        (
            {"y": np.r_[np.zeros(85, dtype=int), np.ones(5, dtype=int)]},
            "got 5 of class 1 for 10 folds; take fewer",
        ),
        ({"z": torch.zeros(80, 2)}, r"one row for each of 90 graphs; got shape \[80, 2\]"),
        ({"z": torch.full((90, 2), torch.nan)}, "z must be finite; got NaN"),
        ({"codes": np.arange(3)}, "codes must have one entry for each of 90 graphs; got 3"),
        ({"probes": ["tree"]}, "no graph probe is named 'tree'; choose among logistic, svm, k-means"),
        ({"folds": 1}, "folds must be at least 2; got 1"),
    ],
)
def test_bad_input_is_one_line(changes, message):
    z, y = problem()
    with pytest.raises(ValueError, match=message):
        graph_scores(**{"z": z, "y": y, **changes})


def test_a_list_of_probes_is_a_list():
    z, y = problem()
    with pytest.raises(TypeError, match="probes must be a list of names; got 'svm'"):
        graph_scores(z, y, probes="svm")
    with pytest.raises(ValueError, match="no classifier is named 'tree'; choose among logistic, svm"):
        nested_cross_validation(z, y, graph_folds(y), classifier="tree")
