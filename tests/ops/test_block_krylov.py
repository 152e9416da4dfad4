"""Leading eigenpairs by block Krylov restarts against LAPACK."""

import pytest
import torch

from graphcl.ops.block_krylov import leading_eigenpairs


def symmetric(values: torch.Tensor, seed: int = 0) -> torch.Tensor:
    draws = torch.Generator().manual_seed(seed)
    basis = torch.linalg.qr(torch.randn(len(values), len(values), dtype=torch.double, generator=draws)).Q
    return basis * values @ basis.T


@pytest.mark.parametrize(
    "values",
    [
        torch.linspace(1, 0, 120, dtype=torch.double),
        torch.linspace(1, -3, 120, dtype=torch.double),  # the largest in magnitude are not wanted
        torch.cat([torch.ones(3), torch.full((117,), 0.99)]).double(),
        torch.cat([torch.ones(2), torch.zeros(118)]).double(),
        torch.zeros(120, dtype=torch.double),
    ],
    ids=["linear", "negative", "narrow gap", "rank 2", "zero"],
)
def test_leading_pairs_of_every_spectrum(values):
    matrix = symmetric(values)
    found = leading_eigenpairs(lambda v: matrix @ v, 120, 3, generator=torch.Generator().manual_seed(1), dense=0)
    torch.testing.assert_close(found.values, values.sort(descending=True).values[:3], atol=1e-9, rtol=0)
    torch.testing.assert_close(found.vectors.T @ found.vectors, torch.eye(3, dtype=torch.double))
    torch.testing.assert_close(matrix @ found.vectors, found.vectors * found.values, atol=1e-9, rtol=0)


def test_small_operators_are_solved_as_matrices():
    matrix, calls = symmetric(torch.arange(6, dtype=torch.double)), []

    def apply(v: torch.Tensor) -> torch.Tensor:
        calls.append(v)
        return matrix @ v

    found = leading_eigenpairs(apply, 6, 9)
    assert len(calls) == 1
    torch.testing.assert_close(found.values, torch.arange(5, -1, -1, dtype=torch.double), atol=1e-12, rtol=0)
    assert found.vectors.shape == (6, 6)
