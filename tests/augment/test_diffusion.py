"""Diffusion against inverses and exponentials of dense matrices."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphcl.augment import diffusion, heat_diffusion, pagerank_diffusion
from tests.augment.graphs import NO_EDGES, cycle, graphs, seldom, star

BOTH = [pagerank_diffusion, heat_diffusion]
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def transition(edge_index: torch.Tensor, n: int, normalization: str) -> torch.Tensor:
    A = torch.zeros(n, n, dtype=torch.float64)
    A[edge_index[0], edge_index[1]] = 1
    A = torch.maximum(A, A.T).fill_diagonal_(1)
    degree = A.sum(1)
    return A / degree[:, None] if normalization == "walk" else A / (degree[:, None] * degree).sqrt()


def exact(diffuse, edge_index: torch.Tensor, n: int, normalization: str, value: float) -> torch.Tensor:
    T, eye = transition(edge_index, n, normalization), torch.eye(n, dtype=torch.float64)
    if diffuse is pagerank_diffusion:
        return (value * torch.linalg.inv(eye - (1 - value) * T)).float()
    return torch.linalg.matrix_exp(-value * (eye - T)).float()


def dense(edge_index: torch.Tensor, weight: torch.Tensor, n: int) -> torch.Tensor:
    """S with S_ij at the edge j -> i."""
    S = torch.zeros(n, n)
    S[edge_index[1], edge_index[0]] = weight
    return S


def strength(diffuse, value: float) -> dict[str, float]:
    return {"alpha": value} if diffuse is pagerank_diffusion else {"time": value}


@pytest.mark.parametrize("diffuse", BOTH)
@seldom
@given(graphs(), st.sampled_from(["symmetric", "walk"]), st.sampled_from([0.1, 0.6, 1.0]))
def test_nothing_cut_is_the_closed_form(diffuse, graph, normalization, value):
    edge_index, n = graph
    edges, weight = diffuse(
        edge_index, n, **strength(diffuse, value), threshold=0.0, normalization=normalization, tolerance=1e-7
    )
    torch.testing.assert_close(
        dense(edges, weight, n), exact(diffuse, edge_index, n, normalization, value), **CLOSE
    )
    if normalization == "walk":
        torch.testing.assert_close(dense(edges, weight, n).sum(1), torch.ones(n), **CLOSE)


@pytest.mark.parametrize("diffuse", BOTH)
@seldom
@given(graphs(), st.integers(1, 4))
def test_the_largest_of_each_row_stay(diffuse, graph, top_k):
    edge_index, n = graph
    value = strength(diffuse, 0.4)
    edges, weight = diffuse(edge_index, n, **value, top_k=top_k)
    full = dense(*diffuse(edge_index, n, **value, threshold=0.0), n)
    kept = dense(edges, weight, n)
    assert ((kept > 0).sum(1) == (full > 0).sum(1).clamp(max=top_k)).all()
    torch.testing.assert_close(kept.sum(1), full.topk(min(top_k, n), dim=1).values.sum(1))
    assert (edges[1].diff() >= 0).all()


@pytest.mark.parametrize("diffuse", BOTH)
def test_small_entries_go(diffuse):
    edges, weight = diffuse(cycle(30), 30, threshold=0.05)
    full = dense(*diffuse(cycle(30), 30, threshold=0.0), 30)
    torch.testing.assert_close(dense(edges, weight, 30), torch.where(full >= 0.05, full, 0))
    assert 30 < len(weight) < 900
    both = diffuse(cycle(30), 30, threshold=0.05, top_k=2)
    assert len(both[1]) == 60


@pytest.mark.parametrize("diffuse", BOTH)
def test_the_size_of_a_block_changes_nothing(diffuse, monkeypatch):
    expected = diffuse(star(20), 21, top_k=3)
    monkeypatch.setattr(diffusion, "BLOCK", 50)
    blocks = diffuse(star(20), 21, top_k=3)
    assert torch.equal(blocks[0], expected[0])
    torch.testing.assert_close(blocks[1], expected[1])


@pytest.mark.parametrize("diffuse", BOTH)
def test_weights_and_directions(diffuse):
    """A directed edge is an edge; twice the edge is twice the weight."""
    one_way = torch.tensor([[0, 1], [1, 2]])
    both_ways = torch.cat([one_way, one_way.flip(0)], dim=1)
    for got, expected in zip(diffuse(one_way, 3, top_k=3), diffuse(both_ways, 3, top_k=3), strict=True):
        torch.testing.assert_close(got, expected)
    heavy = diffuse(one_way, 3, top_k=3, edge_weight=torch.tensor([1.0, 5.0]))
    S = dense(*heavy, 3)
    assert S[1, 2] > S[1, 0]


@pytest.mark.parametrize("diffuse", BOTH)
def test_nodes_without_edges_keep_themselves(diffuse):
    edges, weight = diffuse(NO_EDGES, 3, top_k=2)
    assert edges.tolist() == [[0, 1, 2], [0, 1, 2]]
    torch.testing.assert_close(weight, torch.ones(3), atol=1e-3, rtol=0)


def test_no_time_and_sure_restart_leave_every_node_alone():
    for edges, weight in (
        heat_diffusion(cycle(4), 4, time=0.0, top_k=3),
        pagerank_diffusion(cycle(4), 4, alpha=1.0, top_k=3),
    ):
        assert edges.tolist() == [[0, 1, 2, 3]] * 2
        assert weight.tolist() == [1.0] * 4


def test_a_long_time_makes_a_component_even():
    edges, weight = heat_diffusion(cycle(8), 8, time=800.0, threshold=0.0)
    torch.testing.assert_close(dense(edges, weight, 8), torch.full((8, 8), 1 / 8), rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pagerank_diffusion(cycle(3), 3), "give top_k or threshold"),
        (lambda: pagerank_diffusion(cycle(3), 3, alpha=0.0, top_k=1), r"alpha must lie in \(0, 1\]; got 0.0"),
        (lambda: heat_diffusion(cycle(3), 3, time=-1.0, top_k=1), "time must be finite and at least 0; got -1.0"),
        (lambda: heat_diffusion(cycle(3), 2, top_k=1), "num_nodes must exceed .*; got 2 nodes and node 2"),
        (
            lambda: pagerank_diffusion(cycle(3), 3, top_k=1, edge_weight=-torch.ones(6)),
            "edge_weight must be finite and not negative; got -1",
        ),
        (lambda: heat_diffusion(cycle(3), 3, top_k=0), "top_k must be at least 1; got 0"),
        (lambda: heat_diffusion(cycle(3), 3, threshold=-0.1), "threshold must be at least 0; got -0.1"),
        (lambda: pagerank_diffusion(cycle(3), 3, top_k=1, tolerance=0.0), r"tolerance must lie in \(0, 1\)"),
    ],
)
def test_bad_input_says_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()
