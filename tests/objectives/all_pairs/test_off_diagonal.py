"""Log-sum-exp over all other rows, by one triangle of blocks, against a loop and against the whole matrix."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck

from graphcl.objectives.all_pairs import blocks, off_diagonal
from graphcl.objectives.all_pairs.off_diagonal import dense_off_diagonal_logsumexp, off_diagonal_logsumexp
from tests.sizes import LargestTensor

both = pytest.mark.parametrize("log_sums", [off_diagonal_logsumexp, dense_off_diagonal_logsumexp])


def rows(n: int, d: int = 3, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, dtype=torch.float64, generator=generator).requires_grad_()


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(off_diagonal, "SIZE", 3)
    monkeypatch.setattr(blocks, "ROWS", 4)
    monkeypatch.setattr(blocks, "COLUMNS", 3)


@both
@pytest.mark.parametrize("n", [2, 3, 7])
def test_a_loop_over_pairs_agrees(n, log_sums):
    u = rows(n).detach()
    expected = [math.log(sum(math.exp(0.6 * float(u[i] @ u[j])) for j in range(n) if j != i)) for i in range(n)]
    assert log_sums(u, scale=0.6).tolist() == pytest.approx(expected, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(2, 11), scale=st.floats(-3, 3), seed=st.integers(0, 99))
def test_values_and_gradients_under_any_weights(n, scale, seed):
    weights = torch.randn(n, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    results = []
    for log_sums in (off_diagonal_logsumexp, dense_off_diagonal_logsumexp):
        u = rows(n, seed=seed)
        logs = log_sums(u, scale=scale)
        (weights * logs).sum().backward()
        results.append((logs.detach(), u.grad))
    torch.testing.assert_close(*results)


@both
@pytest.mark.parametrize("n", [2, 7])
def test_gradient(n, log_sums):
    assert gradcheck(lambda u: log_sums(u, scale=0.8), rows(n))


@both
def test_a_row_without_others(log_sums):
    u = torch.ones(1, 2, requires_grad=True)
    logs = log_sums(u, scale=1.0)
    logs.sum().backward()
    assert logs.item() == torch.finfo(torch.float32).min
    assert torch.equal(u.grad, torch.zeros(1, 2))


@both
def test_a_row_whose_own_term_dwarfs_the_others(log_sums):
    """The first row's own term is exp(10,000), the others' are 1."""
    u = torch.tensor([[100.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    assert log_sums(u, scale=1.0)[0].item() == pytest.approx(math.log(2), rel=1e-6)


@both
@pytest.mark.parametrize(("n", "start", "m"), [(7, 0, 7), (5, 6, 11), (3, 4, 11), (1, 0, 9), (9, 1, 10)])
def test_some_rows_among_all(n, start, m, log_sums):
    """The rows of one rank among those of all: the same sums as for all rows, and gradients to both sides."""
    every = rows(m)
    part = every[start : start + n]
    expected = off_diagonal_logsumexp(every, scale=0.6)[start : start + n]
    torch.testing.assert_close(log_sums(part, every, scale=0.6, start=start), expected)
    weights = torch.randn(n, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    gradients = [
        torch.autograd.grad((weights * sums).sum(), every, retain_graph=True)[0]
        for sums in (log_sums(part, every, scale=0.6, start=start), expected)
    ]
    torch.testing.assert_close(*gradients)


@both
def test_a_row_among_all_without_others(log_sums):
    u = torch.ones(1, 2, requires_grad=True)
    logs = log_sums(u, u, scale=1.0)
    logs.sum().backward()
    assert logs.item() == torch.finfo(torch.float32).min
    assert torch.equal(u.grad, torch.zeros(1, 2))


def test_exchanging_rows_exchanges_sums():
    u, order = rows(8).detach(), torch.tensor([3, 1, 7, 0, 5, 2, 6, 4])
    torch.testing.assert_close(
        off_diagonal_logsumexp(u[order], scale=1.3), off_diagonal_logsumexp(u, scale=1.3)[order]
    )


def test_memory_is_linear_in_the_rows():
    u = rows(60)
    with LargestTensor() as largest:
        off_diagonal_logsumexp(u, scale=1.0).sum().backward()
        off_diagonal_logsumexp(u[20:50], u, scale=1.0, start=20).sum().backward()
    assert largest.numel <= u.numel()
