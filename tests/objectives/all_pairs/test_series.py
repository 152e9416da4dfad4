"""The series against dense sums in float64: within the tolerance for any rows, gradients within their bound."""

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import all_pairs_logsumexp
from graphcl.objectives.all_pairs import series
from graphcl.objectives.all_pairs.series import series_logsumexp, series_polynomial
from graphcl.ops.graph_matrices.sparse import unit_rows

TOLERANCE = 1e-4
SIZES = {0.25: 5000, 0.5: 3000, 1.0: 2000, 2.25: 600}
"""Rows for each scale."""


def random(n: int, d: int = 10, seed: int = 0, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.randn(n, d, dtype=dtype, generator=torch.Generator().manual_seed(seed))


EMBEDDINGS = {
    "random": random,
    "clustered": lambda n: 3 * random(6)[torch.arange(n) % 6] + random(n, seed=1),
    "one tight cluster": lambda n: random(1) + 1e-3 * random(n, seed=1),
    "all equal": lambda n: random(1).expand(n, 10).clone(),
    "two antipodal groups": lambda n: random(1) * (1 - 2 * (torch.arange(n) % 2))[:, None],
    "on an axis": lambda n: torch.eye(10)[torch.arange(n) % 2],
    "half zeros": lambda n: random(n) * (torch.arange(n) % 2)[:, None],
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("scale", SIZES)
@pytest.mark.parametrize("embedding", EMBEDDINGS)
def test_within_the_tolerance_for_any_embedding(embedding, scale, dtype):
    u = unit_rows(EMBEDDINGS[embedding](SIZES[scale])).to(dtype)
    exact = all_pairs_logsumexp(u.double(), scale=scale, method="dense")
    ours = all_pairs_logsumexp(u, scale=scale, method="series", tolerance=TOLERANCE)
    assert ours.dtype == torch.float32
    assert (ours - exact).abs().max() <= TOLERANCE


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("embedding", EMBEDDINGS)
def test_each_row_of_the_gradient_is_within_its_bound(embedding, scale):
    """(slope_error + |scale| error) / (1 - error) for a query, e^(2 scale) times that for a key."""
    n = 500
    u = unit_rows(EMBEDDINGS[embedding](n)).double().requires_grad_()
    p = series_polynomial(10, scale=scale, tolerance=TOLERANCE)
    bound = (p.slope_error + scale * p.error) / (1 - p.error)
    exact = torch.autograd.grad(all_pairs_logsumexp(u, scale=scale, method="dense").mean(), u)[0]
    ours = torch.autograd.grad(all_pairs_logsumexp(u, scale=scale, method="series").mean(), u)[0]
    error = torch.linalg.vector_norm(ours - exact, dim=1).max().item()
    assert error <= (1 + torch.tensor(2 * scale).exp().item()) * bound / n + 1e-12


def test_gradients():
    u, v = unit_rows(random(6, 3, dtype=torch.float64)), unit_rows(random(5, 3, seed=1, dtype=torch.float64))
    u[0] = 0
    u, v = u.requires_grad_(), v.requires_grad_()
    for scale in (0.5, 2.0):
        assert gradcheck(lambda u, v: series_logsumexp(u, v, scale, TOLERANCE), (u, v))  # noqa: B023
        assert gradcheck(lambda u: series_logsumexp(u, u, scale, TOLERANCE), (u,))  # noqa: B023


def test_a_side_without_gradient():
    u, v = unit_rows(random(6)), unit_rows(random(5, seed=1))
    for first, second in ((u.clone().requires_grad_(), v), (u, v.clone().requires_grad_())):
        side = first if first.requires_grad else second
        exact, ours = (
            torch.autograd.grad(all_pairs_logsumexp(first, second, scale=1.0, method=method).mean(), side)[0]
            for method in ("dense", "series")
        )
        torch.testing.assert_close(ours, exact, rtol=0, atol=2e-3)


@pytest.mark.parametrize(("n", "m", "d"), [(1, 1, 1), (1, 300, 2), (300, 1, 10), (257, 130, 4)])
def test_any_shape_and_chunks_that_do_not_divide_it(n, m, d, monkeypatch):
    monkeypatch.setitem(series.CHUNK, "cpu", 1)  # 128 rows at a time
    u, v = unit_rows(random(n, d)), unit_rows(random(m, d, seed=1))
    exact = all_pairs_logsumexp(u.double(), v.double(), scale=-0.7, method="dense")
    ours = all_pairs_logsumexp(u, v, scale=-0.7, method="series")
    torch.testing.assert_close(ours.double(), exact, rtol=0, atol=TOLERANCE)


def test_a_tighter_tolerance_is_kept_in_float64():
    u = unit_rows(random(200, dtype=torch.float64))
    exact = all_pairs_logsumexp(u, scale=0.5, method="dense")
    for tolerance in (1e-2, 1e-6, 1e-9):
        error = (all_pairs_logsumexp(u, scale=0.5, method="series", tolerance=tolerance) - exact).abs().max()
        assert tolerance / 1e4 < error <= tolerance


def test_many_rows_add_up():
    """Half a million equal rows: sums in float32 alone would drift."""
    u = unit_rows(random(1)).expand(500_000, 10)
    expected = torch.full((1,), 0.25 + torch.tensor(500_000.0).log().item())
    ours = all_pairs_logsumexp(u[:1], u, scale=0.25, method="series")
    torch.testing.assert_close(ours, expected, rtol=0, atol=TOLERANCE)


def test_what_the_series_refuses():
    u = random(5)
    with pytest.raises(ValueError, match=r"rows of length at most 1; the longest has 4\.\d+; scale them"):
        all_pairs_logsumexp(u, scale=1.0, method="series")
    with pytest.raises(
        ValueError, match=r"more than 50000 features for scale 5\.0, width 10 and tolerance 0\.0001"
    ):
        all_pairs_logsumexp(unit_rows(u), scale=5.0, method="series")
