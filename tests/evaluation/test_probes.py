import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from graphcl.evaluation import (
    PROBES,
    ProbeResult,
    Split,
    classification_scores,
    clustering_scores,
    kmeans_probe,
    knn_probe,
    linear_probe,
    node_splits,
    probe_scores,
)
from graphcl.evaluation.linear_probe import STRENGTHS
from graphcl.heads import kmeans
from graphcl.ops.graph_matrices.sparse import unit_rows
from tests.evaluation.embeddings import noisy


def problem(**changes):
    z, y = noisy(**changes)
    return z, y, node_splits(y, {})[0]


def accuracy(y, predicted, part):
    return float((y[part] == predicted[part]).double().mean())


def fitted_by_hand(u, y, split, strength):
    """|W|^2 / 2 + C sum_i -log softmax(W u_i + b)_{y_i}, minimised by torch; for two classes at C / 2."""
    n = len(y.unique())
    strength = strength / 2 if n == 2 else strength
    weights, bias = torch.zeros(n, 8).double().requires_grad_(), torch.zeros(n).double().requires_grad_()
    search = torch.optim.LBFGS([weights, bias], max_iter=200, tolerance_grad=1e-9, line_search_fn="strong_wolfe")

    def loss():
        search.zero_grad()
        logits = u[split.train] @ weights.T + bias
        fit = torch.nn.functional.cross_entropy(logits, y[split.train], reduction="sum")
        total = weights.square().sum() / 2 + strength * fit
        total.backward()
        return total

    search.step(loss)
    return (u @ weights.T + bias).argmax(1)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_linear_probe_is_the_regression_that_its_docstring_names(classes):
    z, y, split = problem(classes=classes)
    result = linear_probe(z, y, split)
    u = unit_rows(z.double())
    by_hand = {strength: fitted_by_hand(u, y, split, strength) for strength in STRENGTHS}
    on_val = {strength: accuracy(y, predicted, split.val) for strength, predicted in by_hand.items()}
    assert isinstance(result, ProbeResult)
    assert result.setting == max(on_val, key=on_val.get)
    assert (by_hand[result.setting] == result.predicted).double().mean() > 0.99
    assert result.val_accuracy == pytest.approx(on_val[result.setting])
    assert result.scores["accuracy"] == pytest.approx(accuracy(y, result.predicted, split.test))
    assert 0.5 < result.scores["accuracy"] < 0.99, "or it would show little"


def test_two_classes_have_one_vector_with_the_loss_that_the_docstring_names():
    z, y, split = problem(classes=2)
    u, sign = unit_rows(z.double())[split.train], 2.0 * y[split.train] - 1
    model = LogisticRegression(tol=1e-10, max_iter=2000).fit(u, y[split.train])
    w = torch.from_numpy(model.coef_[0]).requires_grad_()
    b = torch.from_numpy(model.intercept_).requires_grad_()
    (w.square().sum() / 2 + torch.log1p(torch.exp(-sign * (u @ w + b))).sum()).backward()
    assert max(w.grad.abs().max(), b.grad.abs().max()) < 1e-5


def test_a_row_of_zeros_is_at_right_angles_to_all_others():
    def at(cosine):
        return [cosine, (1 - cosine**2) ** 0.5, 0.0]

    z = torch.tensor([[0.0, 0.0, 0.0], at(0.45), *[at(1.0)] * 6])
    y = torch.tensor([1, 0, 0, 0, 0, 0, 0, 0])
    split = Split(torch.tensor([0, 1]), torch.tensor([2, 3, 4]), torch.tensor([5, 6, 7]))
    assert knn_probe(z, y, split).scores["accuracy"] == 1.0


def test_the_kmeans_probe_needs_a_class():
    with pytest.raises(ValueError, match="got no labelled node; give y"):
        kmeans_probe(torch.rand(6, 2), torch.full((6,), -1))


def test_the_knn_probe_is_that_of_scikit_learn():
    z, y, split = problem()
    result = knn_probe(z, y, split)
    of = {}
    for k in (1, 3, 5, 10, 20):  # 50 are more than there are
        judge = KNeighborsClassifier(k, metric="cosine").fit(z[split.train].double(), y[split.train])
        of[k] = torch.from_numpy(judge.predict(z.double()))
    best = max(of, key=lambda k: accuracy(y, of[k], split.val))
    assert result.setting == best
    assert torch.equal(result.predicted, of[best])
    assert result.oracle["accuracy"] == pytest.approx(max(accuracy(y, p, split.test) for p in of.values()))


@pytest.mark.parametrize("probe", [linear_probe, knn_probe])
def test_the_test_nodes_have_no_say_in_the_choice(probe):
    z, y, split = problem()
    first = probe(z, y, split)
    for shift in (1, 2):
        wrong = y.clone()
        wrong[split.test] = (y[split.test] + shift) % 3
        smaller = Split(split.train, split.val, split.test[::5])
        for other in (probe(z, wrong, split), probe(z, y, smaller)):
            assert (other.setting, other.val_accuracy) == (first.setting, first.val_accuracy)
            assert torch.equal(other.predicted, first.predicted)
    val_decides = y.clone()
    val_decides[split.val] = (y[split.val] + 1) % 3
    assert probe(z, val_decides, split).val_accuracy < first.val_accuracy, "or nothing here is sensitive"


@pytest.mark.parametrize("probe", [linear_probe, knn_probe])
def test_scrambled_classes_are_found_at_chance(probe):
    z, y = noisy(n=2000)
    scrambled = y[torch.randperm(len(y), generator=torch.Generator().manual_seed(0))]
    score = probe(z, scrambled, node_splits(scrambled, {})[0]).scores["accuracy"]
    assert abs(score - 1 / 3) < 0.05
    assert probe(z, y, node_splits(y, {})[0]).scores["accuracy"] > 0.6


@pytest.mark.parametrize("probe", [linear_probe, knn_probe])
def test_degenerate_embeddings_score_what_the_largest_class_does(probe):
    _, y, split = problem()
    for z in (torch.zeros(300, 8), torch.ones(300, 1)):
        result = probe(z, y, split)
        assert len(result.predicted.unique()) == 1
        assert result.scores["macro_f1"] < result.scores["accuracy"] == result.scores["micro_f1"] < 0.5


def test_class_numbers_and_the_scale_of_rows_do_not_matter():
    z, y, split = problem()
    for probe in (linear_probe, knn_probe):
        renamed = probe(z * torch.linspace(0.5, 9, 300)[:, None], 10 + 5 * y, split)
        assert renamed.scores == pytest.approx(probe(z, y, split).scores)


def test_micro_f1_is_accuracy_and_macro_f1_the_mean_over_classes():
    y, predicted = torch.tensor([0, 0, 0, 1, 2]), torch.tensor([0, 0, 1, 1, 0])
    scores = classification_scores(y, predicted)
    assert scores == pytest.approx({"accuracy": 0.6, "micro_f1": 0.6, "macro_f1": (2 / 3 + 2 / 3 + 0) / 3})


def test_the_kmeans_probe_is_kmeans_on_unit_rows():
    z, y = noisy(noise=0.2)
    labels, _ = kmeans(unit_rows(z.double()), 3, n_init=10, seed=4)
    assert kmeans_probe(z, y, seed=4) == clustering_scores(y, labels)
    assert kmeans_probe(z, y)["acc"] > 0.9


def test_scores_are_means_over_splits_and_say_which_are_oracles():
    z, y = noisy()
    splits = [node_splits(y, {}, seed=seed)[0] for seed in (0, 1)]
    scores = probe_scores(z, y, splits)
    results = [linear_probe(z, y, split) for split in splits]
    for name in ("accuracy", "micro_f1", "macro_f1"):
        assert scores[f"probe/{name}"] == pytest.approx(sum(result.scores[name] for result in results) / 2)
        for kind in ("probe", "knn"):
            assert scores[f"oracle/{kind}/{name}"] >= scores[f"{kind}/{name}"]
    assert {key.split("/")[0] for key in scores} == {"probe", "knn", "kmeans", "oracle"}
    assert PROBES == ("linear", "knn", "k-means")
    assert set(probe_scores(z, y, splits, probes=["knn"])) == {key for key in scores if "knn/" in key}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"z": torch.full((300, 8), torch.nan)}, "z must be finite; got NaN"),
        ({"z": torch.zeros(299, 8)}, "one row per label"),
        ({"y": torch.zeros(300)}, "one integer per node"),
        ({"y": torch.zeros(300).long()}, "two classes in train; got class 0 alone"),
        ({"y": torch.full((300,), -1)}, "got an unlabelled node in train; use node_splits"),
        ({"split": Split(*torch.arange(300).split([150, 0, 150]))}, "got no node in val"),
    ],
)
@pytest.mark.parametrize("probe", [linear_probe, knn_probe])
def test_bad_input_says_what_is_wrong(probe, change, message):
    z, y, split = problem()
    with pytest.raises(ValueError, match=message):
        probe(**{"z": z, "y": y, "split": split, **change})


@pytest.mark.parametrize("probe", [linear_probe, knn_probe])
def test_a_split_is_three_sets_of_indices_without_a_node_in_common(probe):
    z, y, split = problem()
    train, val, test = split.parts().values()
    in_both = int(train[0])
    for parts, message in (
        ((train, train, train), f"parts without a node in common; got node {in_both} twice; use node_splits"),
        ((train, val, torch.cat([test, train[:1]])), f"got node {in_both} twice"),
        ((train, val, test - 300), r"a split must lie in \[0, 299\], the rows of z; got -300 to -1 in test"),
        ((train, val, test + 300), r"must lie in \[0, 299\]"),
    ):
        with pytest.raises(ValueError, match=message):
            probe(z, y, Split(*parts))
    for part in (torch.isin(torch.arange(300), val), val.double()):
        object.__setattr__(split, "val", part)  # as without the tests' check of types
        with pytest.raises(ValueError, match=f"needs indices of nodes; got {part.dtype} in val; use node_splits"):
            probe(z, y, split)


def test_kmeans_alone_needs_no_split():
    z, y, split = problem()
    assert probe_scores(z, y, [], probes=["k-means"]) == probe_scores(z, y, [split], probes=["k-means"])
    with pytest.raises(ValueError, match="splits must hold at least one"):
        probe_scores(z, y, [], probes=["k-means", "knn"])


def test_unknown_probes_and_no_splits_are_refused():
    z, y, split = problem()
    with pytest.raises(ValueError, match="no probe is named 'svm'; choose among linear, knn, k-means"):
        probe_scores(z, y, [split], probes=["svm"])
    with pytest.raises(TypeError, match=r"probes must be a list of names; got 'linear'; give \['linear'\]"):
        probe_scores(z, y, [split], probes="linear")
    with pytest.raises(ValueError, match="splits must hold at least one"):
        probe_scores(z, y, [])
