"""Positives of MAGI: exact expectations against counts of many walks, in blocks, and in batches."""

import pytest
import torch

from graphcl.datasets import load
from graphcl.ops.random_walks import walk_positives
from graphcl.ops.random_walks.neighbor_walk import NeighborWalk
from graphcl.ops.random_walks.walk_paths import draw_walk_paths
from graphcl.ops.random_walks.walk_positives import (
    above_row_mean,
    counted_positives,
    expected_positives,
    frequent_visits,
    mean_of_positives,
)


@pytest.fixture(scope="module")
def edges() -> torch.Tensor:
    return load("planted-partition", nodes=40, blocks=3, degree_in=5.0).graph.edge_index


def naive(edge_index, n: int, length: int) -> list[tuple[int, int]]:
    a = torch.eye(n, dtype=torch.float64)
    a[edge_index[0], edge_index[1]] = a[edge_index[1], edge_index[0]] = 1.0
    p = a / a.sum(1, keepdim=True)
    visits = sum(torch.linalg.matrix_power(p, t) for t in range(1, length + 1))
    pairs = []
    for i in range(n):
        stored = [j for j in range(n) if visits[i, j] > 0 and j != i]
        mean = sum(float(visits[i, j]) for j in stored) / (len(stored) + 1)
        pairs += [
            (i, j) for j in range(n) if (j in stored and visits[i, j] >= mean - 1e-10) or (j == i and mean < 1e-10)
        ]
    return pairs


@pytest.mark.parametrize("length", [1, 2, 4])
def test_expected_positives_are_those_of_the_dense_matrix(edges, length):
    """Nodes 40 and 41 are isolated."""
    pairs = expected_positives(edges, 42, length=length)
    assert [tuple(pair) for pair in pairs.T.tolist()] == naive(edges, 42, length)


def test_blocks_of_rows_change_nothing(edges, monkeypatch):
    whole = expected_positives(edges, 42, length=3)
    monkeypatch.setattr(walk_positives, "BLOCK_ENTRIES", 200)
    assert torch.equal(expected_positives(edges, 42, length=3), whole)


def test_too_many_pairs_are_refused(edges, monkeypatch):
    monkeypatch.setattr(walk_positives, "MOST_POSITIVES", 10)
    with pytest.raises(ValueError, match="set batch_size, or take shorter walks"):
        expected_positives(edges, 42, length=2)
    with pytest.raises(ValueError, match="length must be at least 1; got 0"):
        expected_positives(edges, 42, length=0)


def test_counts_of_many_walks_agree_with_the_expectation(edges):
    """But for pairs near the threshold, which are few."""
    walk, nodes = NeighborWalk(edges, 42), torch.arange(42)
    paths = draw_walk_paths(walk, nodes, count=3000, steps=2, generator=torch.Generator().manual_seed(0))
    visits = paths.flatten(1)
    assert visits.shape == (42, 6000)
    counted, expected = (
        {tuple(pair) for pair in pairs.T.tolist()}
        for pairs in (counted_positives(nodes, visits, rule="mean"), expected_positives(edges, 42, length=2))
    )
    assert len(counted ^ expected) < 0.1 * len(expected)


def test_visits_outside_of_the_batch_do_not_count():
    visits = torch.tensor([[7, 7, 7, 3, 3], [2, 2, 9, 9, 9]])
    assert counted_positives(torch.tensor([2, 3]), visits).tolist() == [[0, 1], [1, 0]]
    assert counted_positives(torch.tensor([3, 2]), visits.flip(0)).tolist() == [[0, 1], [1, 0]]
    assert counted_positives(torch.tensor([5, 4]), visits).tolist() == [[0, 1], [0, 1]]  # themselves alone


def test_the_rounded_threshold_lets_single_visits_in():
    row, visits = torch.tensor([0, 0, 1, 1]), torch.tensor([1, 4, 1, 1])
    assert above_row_mean(row, visits, 2).entries.tolist() == [False, True, True, True]
    assert above_row_mean(row, visits, 2, rule="floor").entries.tolist() == [True, True, True, True]
    assert above_row_mean(row, visits, 2, rule="floor").itself.tolist() == [False, True]
    assert above_row_mean(row, visits, 2).itself.tolist() == [False, False]


def test_frequent_visits_are_strictly_above_the_average():
    assert frequent_visits(torch.tensor([[1, 1, 2, 2]])).tolist() == []
    assert frequent_visits(torch.tensor([[1, 1, 1, 2], [9, 9, 1, 9]])).tolist() == [1, 9]
    assert frequent_visits(torch.empty(0, 4, dtype=torch.long)).tolist() == []


def test_the_mean_of_positives():
    matrix = mean_of_positives(torch.tensor([[0, 2, 2], [1, 0, 2]]), 3).to_dense()
    assert torch.equal(matrix, torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.5, 0.0, 0.5]]))
