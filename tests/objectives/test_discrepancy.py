"""The three losses of D-SLA against loops, closed forms, gradients, and degenerate input."""

import math
from itertools import combinations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import (
    distances_to_original,
    edit_discrepancy,
    graph_discrimination,
    margin_discrepancy,
)


def example(graphs: int = 4, candidates: int = 5, channels: int = 3, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(graphs, candidates, channels, dtype=torch.float64, generator=generator)
    edits = torch.randint(0, 4, (graphs, candidates), generator=generator)
    scores = torch.randn(graphs, candidates, dtype=torch.float64, generator=generator)
    return z, edits, scores


def naive_edit(z, edits) -> float:
    values = []
    for rows, e in zip(z, edits.tolist(), strict=True):
        for i, j in combinations(range(1, len(rows)), 2):
            if e[i] and e[j]:
                d = [math.dist(rows[k].tolist(), rows[0].tolist()) for k in (i, j)]
                values.append((d[0] / e[i] - d[1] / e[j]) ** 2)
    return sum(values) / max(len(values), 1)


def naive_margin(z, margin: float, candidates: int | None = None) -> float:
    values = []
    for b, rows in enumerate(z):
        for other, others in enumerate(z):
            for row in rows[1:][:candidates]:
                if other != b:
                    near = math.dist(row.tolist(), rows[0].tolist())
                    far = math.dist(rows[0].tolist(), others[0].tolist())
                    values.append(max(0.0, margin + near - far))
    return sum(values) / max(len(values), 1)


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 1000), graphs=st.integers(1, 5), candidates=st.integers(2, 6))
def test_loops_agree(seed, graphs, candidates):
    z, edits, scores = example(graphs, candidates, seed=seed)
    logs = [math.log(sum(math.exp(s) for s in row)) - row[0] for row in scores.tolist()]
    assert graph_discrimination(scores).item() == pytest.approx(sum(logs) / graphs, abs=1e-12)
    assert edit_discrepancy(z, edits).item() == pytest.approx(naive_edit(z, edits), abs=1e-12)
    for k in (None, 1, candidates - 2):
        expected = naive_margin(z, 1.5, k)
        assert margin_discrepancy(z, margin=1.5, candidates=k).item() == pytest.approx(expected, abs=1e-12)


def test_gradients():
    z, edits, scores = example()
    z.requires_grad_()
    assert gradcheck(graph_discrimination, (scores.requires_grad_(),))
    assert gradcheck(lambda z: edit_discrepancy(z, edits), (z,))
    assert gradcheck(lambda z: margin_discrepancy(z, margin=1.5, candidates=3), (z,))


def test_closed_forms():
    """Distances in proportion to edits cost nothing; twice the edits, a quarter; equal scores, log C."""
    edits = torch.tensor([[0, 1, 2, 5]])
    z = (edits * 1.5)[:, :, None].double()
    assert edit_discrepancy(z, edits).item() == pytest.approx(0.0, abs=1e-15)
    other, counts, _ = example()
    assert edit_discrepancy(other, 2 * counts).item() == pytest.approx(edit_discrepancy(other, counts).item() / 4)
    assert graph_discrimination(torch.ones(3, 5)).item() == pytest.approx(math.log(5))
    same = torch.zeros(3, 4, 2, dtype=torch.float64)
    assert margin_discrepancy(same, margin=5.0).item() == 5.0
    same[:, :, 0] = torch.tensor([0.0, 100.0, 300.0])[:, None]
    assert margin_discrepancy(same, margin=5.0).item() == 0.0


def test_the_order_of_graphs_and_rotations_do_not_matter():
    z, edits, _ = example()
    order = torch.tensor([2, 0, 3, 1])
    turn = torch.linalg.qr(example(1, 3)[0][0])[0]
    moved, counts = z[order] @ turn + 7, edits[order]
    torch.testing.assert_close(edit_discrepancy(moved, counts), edit_discrepancy(z, edits))
    torch.testing.assert_close(margin_discrepancy(moved, margin=2.0), margin_discrepancy(z, margin=2.0))


@pytest.mark.parametrize("graphs", [1, 4])
def test_gradients_are_finite_where_everything_is_equal(graphs):
    z = torch.ones(graphs, 5, 3, requires_grad=True)
    edits = torch.tensor([[0, 1, 2, 3, 8]]).expand(graphs, -1)
    loss = edit_discrepancy(z, edits) + margin_discrepancy(z, margin=5.0)
    loss.backward()
    assert torch.isfinite(z.grad).all()
    assert not z.grad.any()
    assert loss.item() == (5.0 if graphs > 1 else 0.0)


def test_nothing_edited_and_one_candidate():
    z, edits, _ = example(2, 2)
    assert edit_discrepancy(z, edits).item() == 0.0
    assert edit_discrepancy(*example(3)[:1], torch.zeros(3, 5).long()).item() == 0.0
    assert distances_to_original(z).shape == (2, 1)
    assert distances_to_original(z[:, :1]).shape == (2, 0)


def test_candidates_without_an_edit_are_left_out():
    scores = torch.tensor([[1.0, 3.0, 2.0], [0.5, 9.0, 9.0], [2.0, 1.0, 0.0]], requires_grad=True)
    edits = torch.tensor([[0, 0, 2], [0, 0, 0], [0, 1, 2]])
    loss = graph_discrimination(scores, edits)
    first = torch.logsumexp(torch.tensor([1.0, 2.0]), 0) - 1
    last = torch.logsumexp(torch.tensor([2.0, 1.0, 0.0]), 0) - 2
    torch.testing.assert_close(loss, (first + last) / 2)
    loss.backward()
    assert torch.isfinite(scores.grad).all()
    assert not scores.grad[1].any()
    assert scores.grad[0, 1] == 0
    assert graph_discrimination(scores[1:2], edits[1:2]).item() == 0.0
    every = torch.tensor([[0, 1, 2]] * 3)
    torch.testing.assert_close(graph_discrimination(scores, every), graph_discrimination(scores))


def test_bfloat16_is_near():
    z, edits, scores = example(32, 5, 64)
    for half, exact in (
        (edit_discrepancy(z.bfloat16(), edits), edit_discrepancy(z, edits)),
        (margin_discrepancy(z.bfloat16(), margin=5.0), margin_discrepancy(z, margin=5.0)),
        (graph_discrimination(scores.bfloat16()), graph_discrimination(scores)),
    ):
        assert half.dtype == torch.float32
        assert half.item() == pytest.approx(exact.item(), rel=1e-2)


def test_graphs_of_one_group_are_no_others():
    """A loop without the pairs of one group; groups of their own change nothing; one group alone gives 0."""
    z, _, _ = example(5, 3)
    groups = torch.tensor([4, 1, 4, 2, 1])
    distance, original = distances_to_original(z), z[:, 0]
    values = [
        max(0.0, 1.5 + float(near) - float((original[i] - original[j]).norm()))
        for i in range(5)
        for j in range(5)
        if groups[i] != groups[j]
        for near in distance[i]
    ]
    loss = margin_discrepancy(z, margin=1.5, groups=groups)
    assert loss.item() == pytest.approx(sum(values) / len(values), abs=1e-12)
    plain = margin_discrepancy(z, margin=1.5)
    torch.testing.assert_close(margin_discrepancy(z, margin=1.5, groups=torch.arange(5)), plain)
    assert margin_discrepancy(z, margin=1.5, groups=torch.zeros(5, dtype=torch.long)).item() == 0
