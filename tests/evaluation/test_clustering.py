import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from graphcl.evaluation import clustering_scores, contingency

integers = st.integers(0, 4)
pairs = st.lists(st.tuples(integers, integers), min_size=1, max_size=40)


def test_same_partition_scores_one_whatever_the_numbers():
    scores = clustering_scores([3, 3, 1, 1, 2], [0, 0, 9, 9, -4])
    assert scores == {"acc": 1.0, "nmi": 1.0, "ari": 1.0, "f1": 1.0}
    assert all(type(value) is float for value in scores.values())


def test_nodes_of_surplus_clusters_count_as_wrong():
    scores = clustering_scores([0, 0, 0, 1, 1, 1], [0, 0, 2, 1, 1, 1])
    assert scores["acc"] == pytest.approx(5 / 6)
    assert scores["f1"] == pytest.approx((2 * 2 / 5 + 1) / 2)  # class 0: precision 1, recall 2/3


def test_a_class_without_a_cluster_has_f1_zero():
    scores = clustering_scores([0, 0, 1, 1, 2], [0, 0, 1, 1, 1])
    assert scores["acc"] == pytest.approx(4 / 5)
    assert scores["f1"] == pytest.approx((1 + 2 * 2 / 5 + 0) / 3)


def test_unlabelled_nodes_are_left_out():
    scores = clustering_scores([0, -1, 1, -1, 1], [0, 3, 1, 1, 1])
    assert scores == clustering_scores([0, 1, 1], [0, 1, 1])


def test_against_scikit_learn_on_matched_labels():
    generator = np.random.default_rng(0)
    y = generator.integers(0, 4, 300)
    labels = np.where(generator.random(300) < 0.7, y, generator.integers(0, 4, 300))  # best match: the identity
    scores = clustering_scores(y, (labels + 1) % 4)
    assert scores["acc"] == pytest.approx(accuracy_score(y, labels))
    assert scores["f1"] == pytest.approx(f1_score(y, labels, average="macro"))


@given(pairs, st.permutations(range(5)), st.permutations(range(5)))
def test_renaming_classes_and_clusters_changes_nothing(pairs, classes, clusters):
    y, labels = (list(column) for column in zip(*pairs, strict=True))
    renamed = clustering_scores([classes[i] for i in y], [clusters[i] for i in labels])
    assert renamed == pytest.approx(clustering_scores(y, labels))


@given(pairs)
def test_scores_stay_in_range(pairs):
    scores = clustering_scores(*(list(column) for column in zip(*pairs, strict=True)))
    assert scores["ari"] <= 1
    for name in ("acc", "nmi", "f1"):
        assert 0 <= scores[name] <= 1 + 1e-12


def test_tensors_arrays_and_lists_are_alike_and_never_edited():
    y, labels = np.array([0, 0, 1, 1, 2]), np.array([2, 2, 0, 2, 0])
    y.setflags(write=False)
    labels.setflags(write=False)
    scores = clustering_scores(y, labels)
    assert scores == clustering_scores(torch.tensor(y.tolist()), torch.tensor(labels.tolist()))
    assert scores == clustering_scores(y.tolist(), labels.tolist())


def test_contingency_counts_pairs():
    assert contingency([1, 1, 5], [0, 3, 3]).tolist() == [[1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("y", "labels", "message"),
    [
        ([0, 1], [0], "got 2 and 1 entries"),
        ([-1, -1], [0, 1], "got none among 2"),
        ([], [], "got none among 0"),
        (np.array([0.5, 1.0]), [0, 1], "y must be one integer per node"),
        ([0, 1], np.eye(2, dtype=int), "take the argmax"),
    ],
)
def test_bad_input_says_what_is_wrong(y, labels, message):
    with pytest.raises(ValueError, match=message):
        clustering_scores(y, labels)
