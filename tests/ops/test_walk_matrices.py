"""Random-walk matrices against dense powers, and their reversibility."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcl.ops.random_walks.walk_matrices import (
    count_influence,
    cumulative_influence,
    transition_matrix,
    walk_power,
    walk_returns,
    walk_volumes,
)


def random_edges(n: int, e: int, seed: int) -> torch.Tensor:
    return torch.randint(n, (2, e), generator=torch.Generator().manual_seed(seed))


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 12), e=st.integers(0, 30), seed=st.integers(0, 99), order=st.integers(1, 4))
def test_dense_powers_agree(n, e, seed, order):
    edges = random_edges(n, e, seed)
    A = np.zeros((n, n))
    for i, j in edges.T.tolist():
        if i != j:
            A[i, j] = A[j, i] = 1
    P = (A + np.eye(n)) / (A + np.eye(n)).sum(1, keepdims=True)
    walk = transition_matrix(edges, n)
    powers = [np.linalg.matrix_power(P, r) for r in range(1, order + 1)]
    np.testing.assert_allclose(walk.toarray(), P)
    np.testing.assert_allclose(walk_power(walk, order).toarray(), powers[-1])
    np.testing.assert_allclose(cumulative_influence(walk, order).toarray(), sum(powers))
    np.testing.assert_allclose(cumulative_influence(walk, order).sum(1), order)
    assert (cumulative_influence(walk, order).diagonal() > 0).all()


def test_direction_and_repetition_do_not_matter():
    edges = random_edges(10, 20, 0)
    twice = torch.cat([edges, edges.flip(0), edges], dim=1)
    np.testing.assert_array_equal(transition_matrix(edges, 10).toarray(), transition_matrix(twice, 10).toarray())


def test_weights_are_honoured():
    edges = torch.tensor([[0, 1, 1], [1, 0, 2]])
    walk = transition_matrix(edges, 3, torch.tensor([1.0, 3.0, 2.0]))
    np.testing.assert_allclose(walk.toarray(), [[1 / 4, 3 / 4, 0], [3 / 6, 1 / 6, 2 / 6], [0, 2 / 3, 1 / 3]])


def test_an_isolated_node_has_a_self_transition():
    walk = transition_matrix(torch.empty(2, 0, dtype=torch.long), 2)
    np.testing.assert_array_equal(cumulative_influence(walk, 3).toarray(), 3 * np.eye(2))


def test_bad_order():
    with pytest.raises(ValueError, match="order must be at least 1; got 0"):
        walk_power(transition_matrix(torch.tensor([[0], [1]]), 2), 0)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 12), e=st.integers(0, 30), seed=st.integers(0, 99), order=st.integers(1, 5))
def test_returns_and_volumes(n, e, seed, order):
    edges = random_edges(n, e, seed)
    weight = torch.rand(e, generator=torch.Generator().manual_seed(seed))
    walk, volume = transition_matrix(edges, n, weight), walk_volumes(edges, n, weight)
    for cumulative, power in ((False, walk_power), (True, cumulative_influence)):
        matrix = power(walk, order)
        returns = walk_returns(walk, volume, order, cumulative=cumulative)
        np.testing.assert_allclose(returns, matrix.diagonal())
        flow = volume[:, None] * matrix.toarray()
        np.testing.assert_allclose(flow, flow.T)


def test_the_count_of_entries():
    walk = transition_matrix(random_edges(200, 400, 0), 200)
    for order in (1, 2, 3):
        assert count_influence(walk, order) == walk_power(walk, order).nnz
        assert count_influence(walk, order, rows=100) == pytest.approx(walk_power(walk, order).nnz, rel=0.2)
