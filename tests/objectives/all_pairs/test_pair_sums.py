"""Sums of functions of inner products over all pairs: against the dense sum, its gradient, and drawn columns."""

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import pair_sum
from graphcl.objectives.all_pairs import pair_sums


def cubic(s, t):
    return s.pow(3) + s * t, [3 * s.square() + t, s]


def factors(n=11):
    draws = torch.Generator().manual_seed(0)
    return [torch.randn(n, d, dtype=torch.float64, generator=draws, requires_grad=True) for d in (3, 2)]


def dense(a, b):
    return cubic(a @ a.T, b @ b.T)[0].sum()


@pytest.mark.parametrize("block", [4, 512])
def test_values_and_gradients_are_those_of_the_dense_sum(block, monkeypatch):
    monkeypatch.setattr(pair_sums, "BLOCK", block)
    parts = factors()
    torch.testing.assert_close(pair_sum(cubic, parts), dense(*parts), rtol=1e-12, atol=1e-12)
    ours = torch.autograd.grad(3 * pair_sum(cubic, parts), parts)
    theirs = torch.autograd.grad(3 * dense(*parts), parts)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
    assert gradcheck(lambda a, b: pair_sum(cubic, [a, b]), parts)


def test_drawn_columns_estimate_the_sum_without_bias(monkeypatch):
    monkeypatch.setattr(pair_sums, "BLOCK", 4)
    parts = factors(6)
    draws = torch.Generator().manual_seed(0)
    sums = torch.stack([pair_sum(cubic, parts, columns=3, generator=draws).detach() for _ in range(400)])
    assert sums.std() > 0
    assert abs(sums.mean() - dense(*parts)) < 4 * sums.std() / 400**0.5
    assert pair_sum(cubic, parts, columns=6) == pair_sum(cubic, parts)
    draw = lambda *ab: pair_sum(cubic, ab, columns=3, generator=torch.Generator().manual_seed(1))  # noqa: E731
    assert gradcheck(draw, parts)


def test_without_gradients_none_is_computed():
    parts = factors()
    with torch.no_grad():
        assert not pair_sum(cubic, parts).requires_grad
    assert pair_sum(cubic, [part.detach().bfloat16() for part in parts]).dtype == torch.float32


def test_what_is_refused():
    parts = factors()
    with pytest.raises(ValueError, match="columns must be at least 1, or None for all pairs; got 0"):
        pair_sum(cubic, parts, columns=0, generator=torch.Generator())
    with pytest.raises(ValueError, match="drawn columns need a generator"):
        pair_sum(cubic, parts, columns=2)
    with pytest.raises(RuntimeError, match="no second derivative"):
        torch.autograd.grad(pair_sum(cubic, parts), parts, create_graph=True)
