"""The one-pass mean log-sum-exp against `all_pairs_logsumexp`, gradients, and memory."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives import all_pairs_logsumexp
from graphcl.objectives.all_pairs import mean
from graphcl.objectives.all_pairs.mean import mean_logsumexp
from tests.sizes import LargestTensor


def rows(n: int, m: int, d: int = 3, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(k, d, dtype=torch.float64, generator=generator).requires_grad_() for k in (n, m))


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(mean, "ROWS", 4)
    monkeypatch.setattr(mean, "COLUMNS", 3)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 9), m=st.integers(1, 9), scale=st.floats(-3, 3), seed=st.integers(0, 99))
def test_it_is_the_mean_of_all_pairs_logsumexp(n, m, scale, seed):
    results = []
    for ours in (True, False):
        u, v = rows(n, m, seed=seed)
        mean = mean_logsumexp(u, v, scale=scale)
        if not ours:
            mean = all_pairs_logsumexp(u, v, scale=scale, method="dense").mean()
        (2 * mean).backward()
        results.append((mean.detach(), u.grad, v.grad))
    torch.testing.assert_close(*results)


def test_a_loop_over_pairs_agrees():
    u, v = (t.detach() for t in rows(3, 5))
    logs = [math.log(sum(math.exp(0.7 * float(a @ b)) for b in v)) for a in u]
    assert mean_logsumexp(u, v, scale=0.7).item() == pytest.approx(sum(logs) / 3, abs=1e-12)


def test_gradient():
    assert gradcheck(lambda u, v: mean_logsumexp(u, v, scale=0.8), rows(6, 5))


def test_only_one_side_requires_a_gradient():
    u, v = rows(5, 6)
    mean_logsumexp(u.detach(), v, scale=1.0).backward()
    assert u.grad is None
    both = rows(5, 6)
    mean_logsumexp(*both, scale=1.0).backward()
    torch.testing.assert_close(v.grad, both[1].grad)


def test_large_exponents_stay_finite():
    u = torch.full((3, 1), 30.0)
    mean = mean_logsumexp(u, u, scale=1.0)
    assert mean.item() == pytest.approx(900 + math.log(3), rel=1e-6)


def test_no_more_pairs_are_held_than_allowed(monkeypatch):
    monkeypatch.setattr(mean, "ENTRIES", 60)
    u, v = rows(50, 30)
    with LargestTensor() as largest:
        mean_logsumexp(u, v, scale=1.0).backward()
    assert largest.numel <= u.numel()


def test_nothing_is_kept_where_no_gradient_is_asked():
    u, v = (t.detach() for t in rows(4, 4))
    assert mean_logsumexp(u, v, scale=1.0).grad_fn is None
    torch.testing.assert_close(u, rows(4, 4)[0].detach())
