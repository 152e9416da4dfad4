"""Context prediction against a loop, closed forms, gradients, and degenerate input."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import context_prediction


def rows(graphs: int, d: int = 4, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(2, graphs, d, dtype=torch.float64, generator=generator).unbind())


@settings(max_examples=30, deadline=None)
@given(graphs=st.integers(2, 7), negatives=st.integers(1, 3), seed=st.integers(0, 99))
def test_a_loop_over_pairs_agrees(graphs, negatives, seed):
    u, c = rows(graphs, seed=seed)
    k = min(negatives, graphs - 1)
    score = [[sum(a * b for a, b in zip(x, y, strict=True)) for y in c.tolist()] for x in u.tolist()]
    own = [score[i][i] for i in range(graphs)]
    other = [score[i][(i + s) % graphs] for s in range(1, k + 1) for i in range(graphs)]
    terms = context_prediction(u, c, negatives=negatives)
    assert terms.own.item() == pytest.approx(sum(math.log1p(math.exp(-s)) for s in own) / graphs)
    assert terms.other.item() == pytest.approx(sum(math.log1p(math.exp(s)) for s in other) / graphs)
    right = sum(s > 0 for s in own) + sum(s <= 0 for s in other)
    assert terms.accuracy.item() == pytest.approx(right / (graphs + k * graphs))


def test_closed_forms():
    """Orthogonal rows as long as the square root of 9: own scores of 9, others of 0."""
    terms = context_prediction(3 * torch.eye(4), 3 * torch.eye(4), negatives=3)
    assert terms.own.item() == pytest.approx(math.log1p(math.exp(-9)), rel=1e-3)
    assert terms.other.item() == pytest.approx(3 * math.log(2))
    assert terms.accuracy == 1
    far = context_prediction(1e3 * torch.eye(2), -1e3 * torch.eye(2))
    assert far.own.item() == pytest.approx(1e6)


def test_gradient():
    u, c = (part.requires_grad_() for part in rows(4, 3))
    assert gradcheck(lambda u, c: sum(context_prediction(u, c, negatives=2)[:2]), (u, c))
    assert not context_prediction(u, c).accuracy.requires_grad


def test_one_graph_and_none_and_half_precision():
    for graphs in (0, 1):
        u, c = (part.requires_grad_() for part in rows(graphs))
        terms = context_prediction(u, c, negatives=3)
        (terms.own + terms.other).backward()
        assert terms.other == 0
        assert torch.isfinite(u.grad).all()
        assert bool(terms.own) is (graphs == 1)
    halves = (part.bfloat16() for part in rows(3))
    assert all(term.dtype == torch.float32 for term in context_prediction(*halves))


def test_what_is_refused():
    u, c = rows(3)
    with pytest.raises(ValueError, match="negatives must be at least 1; got 0"):
        context_prediction(u, c, negatives=0)
    with pytest.raises(ValueError, match=r"rows of the same graphs; got \(3, 4\) and \(2, 4\)"):
        context_prediction.__wrapped__(u, c[:2])
