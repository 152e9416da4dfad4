"""Weighted sums over positives: stored, by products of walks, by samples of walks."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import choose_positives, influence_contrast
from graphcl.objectives.all_pairs.positive_entries import stored_log_positives, stored_log_positives_among
from graphcl.objectives.all_pairs.positive_products import product_log_positives
from graphcl.objectives.all_pairs.positive_walks import sample_walks
from graphcl.ops.graph_matrices.sparse import csr, select_rows, unit_rows
from graphcl.ops.random_walks.walk_operator import Walks
from tests.objectives.walking import positives

ORDERS = pytest.mark.parametrize(
    ("order", "cumulative"), [(1, True), (2, True), (3, False), (4, True), (4, False)]
)


def rows(n: int = 12, d: int = 4, dtype: torch.dtype = torch.float64, seed: int = 0) -> torch.Tensor:
    return unit_rows(torch.randn(n, d, dtype=dtype, generator=torch.Generator().manual_seed(seed)))


def naive(u, matrix, tau: float) -> torch.Tensor:
    total = [
        sum(weight * math.exp(0.0 if i == j else tau * float(u[i] @ u[j])) for j, weight in enumerate(row))
        for i, row in enumerate(matrix.to_dense().tolist())
    ]
    return torch.tensor(total, dtype=torch.float64).log()


@ORDERS
def test_a_loop_over_pairs_agrees(order, cumulative):
    matrix, walks = positives(order=order, cumulative=cumulative)
    u = rows()
    u[0] = 0
    expected = naive(u, matrix, 1.5)
    torch.testing.assert_close(stored_log_positives(u, matrix, 1.5), expected)
    torch.testing.assert_close(stored_log_positives(u, matrix, 1.5, walks.volume), expected)
    torch.testing.assert_close(product_log_positives(u, walks, 1.5, 1e-8), expected, rtol=0, atol=1e-8)


@ORDERS
def test_gradients(order, cumulative):
    matrix, walks = positives(6, order, cumulative=cumulative)
    u = rows(6, 3)
    u[0] = 0
    u.requires_grad_()
    assert gradcheck(lambda u: stored_log_positives(u, matrix, 0.8), (u,))
    assert gradcheck(lambda u: stored_log_positives(u, matrix, 0.8, walks.volume), (u,))
    assert gradcheck(lambda u: product_log_positives(u, walks, 0.8), (u,))


@pytest.mark.parametrize(("n", "start"), [(12, 0), (5, 0), (4, 8), (1, 3)])
def test_some_rows_among_all(n, start):
    """The rows of one rank: the same sums as for all rows, and gradients to both sides."""
    matrix, _ = positives()
    every = rows()
    every[0] = 0
    every.requires_grad_()
    part, own = every[start : start + n], select_rows(matrix, torch.arange(start, start + n))
    sums = stored_log_positives_among(part, every, own, 0.8, start)
    expected = stored_log_positives(every, matrix, 0.8)[start : start + n]
    torch.testing.assert_close(sums, expected)
    weights = torch.randn(n, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    gradients = [torch.autograd.grad((weights * logs).sum(), every)[0] for logs in (sums, expected)]
    torch.testing.assert_close(*gradients)


@ORDERS
def test_walks_multiply_like_their_matrix(order, cumulative):
    matrix, walks = positives(order=order, cumulative=cumulative)
    x = rows(12, 5)
    torch.testing.assert_close(walks.reach(x), matrix @ x)
    torch.testing.assert_close(walks.reach_back(x), matrix.to_dense().T @ x)
    torch.testing.assert_close(walks.returns, matrix.to_dense().diagonal())


@ORDERS
def test_sampled_walks_have_the_matrix_as_their_mean(order, cumulative):
    matrix, walks = positives(order=order, cumulative=cumulative)
    count = 20_000
    sampled = sample_walks(walks, count, torch.Generator().manual_seed(0)).to_dense()
    spread = order if cumulative else 1
    error = (sampled - matrix.to_dense()).abs()
    assert error.max() < 5 * spread / math.sqrt(4 * count)
    assert error.max() > 0 or order == 0
    assert (sampled[matrix.to_dense() == 0] == 0).all()
    torch.testing.assert_close(sampled.sum(1), torch.full((12,), float(spread), dtype=torch.float64))


def test_walks_of_late_nodes_follow_their_own_rows():
    """Rounded rows that sum to 0.98 shift the cumulative sums of all rows after them."""
    n, order = 100, 2
    columns = (torch.arange(n)[:, None] + torch.tensor([1, 2])).flatten() % n
    step = csr(2 * torch.arange(n + 1), columns, torch.full((2 * n,), 0.49), (n, n))
    walks = Walks(step, torch.ones(n), torch.zeros(n), order=order, cumulative=False)
    sampled = sample_walks(walks, 2000, torch.Generator().manual_seed(0)).to_dense()
    shares = torch.stack([sampled[i, (i + torch.tensor([2, 3, 4])) % n] for i in (0, n // 2, n - 1)])
    torch.testing.assert_close(shares, torch.tensor([[0.25, 0.5, 0.25]]).expand(3, -1), atol=0.05, rtol=0)


def test_the_contrast_takes_both_forms():
    matrix, walks = positives(200, 2)
    z = torch.randn(200, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    exact = influence_contrast(z, matrix, tau=0.25, summation="dense").item()
    assert influence_contrast(z, walks, tau=0.25).item() == pytest.approx(exact, abs=2e-4)

    def sampled(positives, seed: int) -> float:
        generator = torch.Generator().manual_seed(seed)
        return influence_contrast(z, positives, tau=0.25, summation="sampled", generator=generator).item()

    values = [sampled(walks, seed) for seed in range(20)]
    assert len(set(values)) == 20
    assert sum(values) / 20 == pytest.approx(exact, abs=2e-3)
    assert sampled(matrix, 0) != sampled(walks, 0)


@pytest.mark.parametrize("autocast", [False, True])
def test_float32_and_autocast(autocast):
    matrix, walks = positives(500, 3, dtype=torch.float32)
    u = rows(500, 10, torch.float32)
    exact = stored_log_positives(u.double(), matrix.double(), 0.5)
    torch.testing.assert_close(stored_log_positives(u, matrix, 0.5).double(), exact, rtol=0, atol=1e-5)
    torch.testing.assert_close(product_log_positives(u, walks, 0.5).double(), exact, rtol=0, atol=1e-4)
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        inside = influence_contrast(u, matrix, tau=0.5), influence_contrast(u, walks, tau=0.5)
    assert inside[0].item() == influence_contrast(u, matrix, tau=0.5).item()
    assert inside[1].item() == influence_contrast(u, walks, tau=0.5).item()


@pytest.mark.parametrize(
    ("entries", "n", "tau", "summation", "expected"),
    [
        (10**6, 10**4, 0.25, "auto", "stored"),
        (4 * 10**7, 10**4, 0.25, "auto", "products"),
        (4 * 10**7, 10**4, 0.25, "series", "products"),
        (4 * 10**7, 10**4, 0.25, "sampled", "walks"),
        (4 * 10**7, 10**4, 0.25, "blocked", "stored"),
        (4 * 10**7, 10**4, 2.25, "auto", "stored"),
        (4 * 10**7, 10**6, 0.25, "auto", "stored"),
    ],
)
def test_what_is_chosen(entries, n, tau, summation, expected):
    assert choose_positives(entries, n, 10, tau=tau, summation=summation) == expected


def test_too_many_to_store_is_said():
    with pytest.raises(ValueError, match=r"about 1e\+09 non-zeros, more than fit; lower the order, or use"):
        choose_positives(10**9, 10**6, 10, tau=0.25, summation="auto")
