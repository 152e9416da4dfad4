"""Power series of a matrix against dense powers, and the weights of published ones against their formulas."""

import math

import pytest
import torch

from graphcl.encoders import (
    geometric_weights,
    heat_weights,
    normalized_adjacency,
    pagerank_weights,
    power_series,
    released_geometric_weights,
    row_normalized_adjacency,
    ssgc_weights,
)
from graphcl.ops.graph_matrices.sparse import compress, from_scipy

EDGES = torch.tensor([[0, 1, 2, 3, 4, 0], [1, 2, 3, 4, 5, 3]])


@pytest.mark.parametrize("width", [1, 16, 37])  # one block of columns, and several
@pytest.mark.parametrize("sparse", [False, True])
def test_by_dense_powers(width, sparse):
    matrix = row_normalized_adjacency(EDGES, 7)
    x = torch.randn(7, width, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    if sparse:
        x = torch.cat([x, torch.zeros(7, 25 * width, dtype=torch.double)], dim=1)
    given = compress(x)
    assert (given.layout == torch.sparse_csr) is sparse
    weights = [0.5, -1.0, 0.0, 2.0]
    P = torch.from_numpy(matrix.toarray())
    expected = sum(w * torch.linalg.matrix_power(P, t) @ x for t, w in enumerate(weights))
    before = given.to_dense().clone()
    torch.testing.assert_close(power_series(given, from_scipy(matrix, torch.double), weights), expected)
    assert torch.equal(given.to_dense(), before)
    with pytest.raises(ValueError, match="weights must hold at least one number"):
        power_series(given, from_scipy(matrix, torch.double), [])


def test_the_matrix_has_loops_twice_and_rows_that_sum_to_one():
    S = torch.from_numpy(normalized_adjacency(EDGES, 7).toarray())
    P = torch.from_numpy(row_normalized_adjacency(EDGES, 7).toarray())
    torch.testing.assert_close(P, (S + torch.eye(7)) / (S.sum(1, keepdim=True) + 1))
    assert P[6, 6] == 1  # a node without edges


@pytest.mark.parametrize("alpha", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("order", [0, 1, 6])
def test_geometric_weights(alpha, order):
    factor = 1 / (order + 1) if alpha == 1 else (1 - alpha) / (1 - alpha ** (order + 1))
    assert geometric_weights(alpha, order) == pytest.approx([factor * alpha**t for t in range(order + 1)])
    z = x = torch.ones(3, 1)
    for _ in range(order):  # of the authors' loop, with P = 1
        z = alpha * (z + x)
    assert sum(released_geometric_weights(alpha, order)) == pytest.approx(factor * z[0, 0].item(), rel=1e-5)


def test_weights_do_not_overflow():
    weights = geometric_weights(10.0, 1000)
    assert math.isfinite(sum(weights))
    assert weights[-1] == pytest.approx(0.9)
    assert heat_weights(50.0, 400)[-1] >= 0


def test_other_weights():
    assert ssgc_weights(0.1, 4) == pytest.approx([0.1, *[0.225] * 4])
    assert ssgc_weights(0.1, 0) == [1.0]
    assert sum(pagerank_weights(0.2, 200)) == pytest.approx(1)
    assert sum(heat_weights(5.0, 60)) == pytest.approx(1)
