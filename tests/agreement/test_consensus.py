"""NMI of all pairs of clusterings against scikit-learn, and the consensus among them."""

import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import normalized_mutual_info_score

from graphcl.agreement import consensus, pairwise_nmi


def draw(m: int, n: int, k: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(k, (m, n), generator=torch.Generator().manual_seed(seed))


@settings(deadline=None)
@given(m=st.integers(1, 5), n=st.integers(1, 12), k=st.integers(1, 4), seed=st.integers(0, 99))
def test_nmi_is_that_of_scikit_learn(m, n, k, seed):
    labels = draw(m, n, k, seed)
    expected = [[normalized_mutual_info_score(a, b) for b in labels.numpy()] for a in labels.numpy()]
    assert pairwise_nmi(labels).numpy() == pytest.approx(np.array(expected), abs=1e-9)


def test_blocks_make_no_difference(monkeypatch):
    labels = draw(9, 40, 5)
    whole = pairwise_nmi(labels)
    monkeypatch.setattr(sys.modules["graphcl.agreement.consensus"], "ENTRIES", 50)
    torch.testing.assert_close(pairwise_nmi(labels), whole)


def test_other_names_of_clusters_and_another_order_of_nodes():
    labels = draw(4, 30, 3)
    moved = labels[:, torch.randperm(30, generator=torch.Generator().manual_seed(1))]
    renamed = torch.tensor([2, 0, 1])[labels]
    torch.testing.assert_close(pairwise_nmi(moved), pairwise_nmi(labels))
    torch.testing.assert_close(pairwise_nmi(renamed), pairwise_nmi(labels))


def test_consensus_is_the_mean_with_the_others_and_prefers_what_many_reach():
    common, lone = draw(1, 60, 3).repeat(5, 1), draw(1, 60, 3, seed=5)
    shared = consensus(torch.cat([common, lone]))
    matrix = pairwise_nmi(torch.cat([common, lone]))
    torch.testing.assert_close(shared, (matrix.sum(1) - 1) / 5)
    assert shared[:5].min() > 0.8 > 0.2 > shared[5]
    assert consensus(lone).tolist() == [0.0]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (torch.zeros(0, 4).long(), r"labelings must be \(m, n\), a clustering per row; got shape \(0, 4\)"),
        (torch.tensor([[0, -1]]), "labels must not be negative; got -1"),
    ],
)
def test_bad_labelings(labels, message):
    with pytest.raises(ValueError, match=message):
        pairwise_nmi(labels)
