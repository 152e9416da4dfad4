"""All-pairs log-sum-exp against a loop over pairs, closed forms, and gradients."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import all_pairs_logsumexp, choose_summation
from graphcl.objectives.all_pairs import blocks, logsumexp
from graphcl.ops.graph_matrices.sparse import unit_rows

METHODS = ["dense", "blocked"]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    """Blocks that do not divide the sizes below."""
    monkeypatch.setattr(blocks, "ROWS", 4)
    monkeypatch.setattr(blocks, "COLUMNS", 3)


def rows(n: int, d: int = 5, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def naive(u, v, scale: float) -> torch.Tensor:
    result = []
    for a in u.tolist():
        total = 0.0
        for b in v.tolist():
            total += math.exp(scale * sum(x * y for x, y in zip(a, b, strict=True)))
        result.append(math.log(total))
    return torch.tensor(result, dtype=torch.float64)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("n", "m"), [(1, 1), (7, 10), (10, 7), (4, 3)])
def test_a_loop_over_pairs_agrees(method, n, m):
    u, v = rows(n), rows(m, seed=1)
    torch.testing.assert_close(all_pairs_logsumexp(u, v, scale=0.7, method=method), naive(u, v, 0.7))
    torch.testing.assert_close(all_pairs_logsumexp(u, scale=2.25, method=method), naive(u, u, 2.25))


@pytest.mark.parametrize("method", METHODS)
def test_closed_forms(method):
    same = torch.ones(6, 1, dtype=torch.float64)
    expected = torch.full((6,), math.log(6) + 0.5, dtype=torch.float64)
    torch.testing.assert_close(all_pairs_logsumexp(same, scale=0.5, method=method), expected)
    poles = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    expected = torch.full((2,), math.log(2 * math.cosh(3)), dtype=torch.float64)
    torch.testing.assert_close(all_pairs_logsumexp(poles, scale=3.0, method=method), expected)


@pytest.mark.parametrize("method", METHODS)
def test_gradients(method):
    u, v = rows(6).requires_grad_(), rows(5, seed=1).requires_grad_()
    assert gradcheck(lambda u, v: all_pairs_logsumexp(u, v, scale=0.8, method=method), (u, v))
    assert gradcheck(lambda u: all_pairs_logsumexp(u, scale=0.8, method=method), (u,))


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 12), m=st.integers(1, 12), scale=st.floats(-3, 3), seed=st.integers(0, 99))
def test_blocked_is_dense_and_order_does_not_matter(n, m, scale, seed):
    u, v = rows(n, seed=seed), rows(m, seed=seed + 1)
    dense = all_pairs_logsumexp(u, v, scale=scale, method="dense")
    torch.testing.assert_close(all_pairs_logsumexp(u, v, scale=scale, method="blocked"), dense)
    torch.testing.assert_close(all_pairs_logsumexp(u, v.flip(0), scale=scale, method="blocked"), dense)
    torch.testing.assert_close(all_pairs_logsumexp(u.flip(0), v, scale=scale, method="blocked"), dense.flip(0))


@pytest.mark.parametrize("method", METHODS)
def test_large_scales_stay_finite(method):
    u = torch.nn.functional.normalize(rows(9).float())
    exact = all_pairs_logsumexp(u.double(), scale=500.0, method="dense")
    torch.testing.assert_close(
        all_pairs_logsumexp(u, scale=500.0, method=method).double(), exact, rtol=1e-5, atol=1e-3
    )


@pytest.mark.parametrize("method", METHODS)
def test_half_precision_is_summed_in_float32(method):
    u = torch.nn.functional.normalize(rows(50).float())
    half = all_pairs_logsumexp(u.bfloat16(), scale=1.0, method=method)
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, all_pairs_logsumexp(u, scale=1.0, method=method), rtol=0, atol=0.02)


@pytest.mark.parametrize("method", ["auto", *METHODS, "series", "sampled"])
def test_autocast_changes_nothing(method):
    u = unit_rows(rows(50).float())

    def total():
        return all_pairs_logsumexp(
            u, scale=1.0, method=method, samples=9, generator=torch.Generator().manual_seed(0)
        )

    with torch.autocast("cpu", torch.bfloat16):
        inside = total()
    assert torch.equal(inside, total())


@pytest.mark.parametrize("chosen", ["dense", "blocked", "series"])
def test_auto_does_what_it_chooses(chosen, monkeypatch):
    u = unit_rows(rows(8))
    monkeypatch.setattr(logsumexp, "choose_summation", lambda *sizes, **settings: chosen)
    assert torch.equal(all_pairs_logsumexp(u, scale=1.0), all_pairs_logsumexp(u, scale=1.0, method=chosen))


def test_auto_stays_exact_for_long_rows(monkeypatch):
    monkeypatch.setattr(blocks, "ROWS", 512)
    monkeypatch.setattr(blocks, "COLUMNS", 512)
    short, long = unit_rows(rows(4000).float()), rows(4000).float()
    assert choose_summation(4000, 4000, 5, scale=0.25, device=short.device) == "series"
    exact = all_pairs_logsumexp(long, scale=0.25, method="blocked")
    torch.testing.assert_close(all_pairs_logsumexp(long, scale=0.25), exact)
    assert not torch.equal(
        all_pairs_logsumexp(short, scale=0.25), all_pairs_logsumexp(short, scale=0.25, method="blocked")
    )


def test_bad_input():
    u = rows(3)
    with pytest.raises(
        ValueError, match="method must be one of auto, dense, blocked, series, sampled; got 'exact'"
    ):
        logsumexp.all_pairs_logsumexp.__wrapped__(u, scale=1.0, method="exact")
    with pytest.raises(ValueError, match=r"equal width and v a row; got \(3, 5\) and \(0, 5\)"):
        all_pairs_logsumexp(u, u[:0], scale=1.0)
