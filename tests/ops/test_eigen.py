"""Eigenvectors of Gram matrices on which float32 does not converge."""

import networkx as nx
import pytest
import torch
from torch_geometric.utils import from_networkx

from graphcl.encoders import principal_axes, right_singular_vectors
from graphcl.ops import eigen
from graphcl.ops.eigen import symmetric_eigen


def rebuilt(found: eigen.Eigen) -> torch.Tensor:
    return found.vectors * found.values @ found.vectors.T


def gram(rank: int, width: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    factor = torch.randn(width, rank, dtype=dtype, generator=torch.Generator().manual_seed(0))
    return factor @ factor.T


def test_it_is_eigh_where_that_converges():
    matrix = gram(5, 5)
    assert all(map(torch.equal, symmetric_eigen(matrix), torch.linalg.eigh(matrix)))


@pytest.mark.parametrize("failure", ["error", "nan"])
@pytest.mark.parametrize("scale", [1.0, 1e-30, 1e30])
def test_the_second_attempt_has_the_same_values_and_orthonormal_vectors(failure, scale, monkeypatch):
    matrix = scale * gram(3, 6)

    def fail(values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        if failure == "error":
            raise torch.linalg.LinAlgError
        return values[0], values * torch.nan

    monkeypatch.setattr(torch.linalg, "eigh", fail)
    found = symmetric_eigen(matrix)
    assert found.values.dtype == torch.float32
    assert (found.values.diff() >= 0).all()
    torch.testing.assert_close(rebuilt(found), matrix, atol=1e-5 * scale, rtol=1e-4)
    torch.testing.assert_close(found.vectors.T @ found.vectors, torch.eye(6), atol=1e-5, rtol=0)


def test_zeros():
    found = symmetric_eigen(torch.zeros(3, 3))
    assert found.values.tolist() == [0.0, 0.0, 0.0]
    assert torch.equal(found.vectors @ found.vectors.T, torch.eye(3))


def test_axes_of_degrees_in_one_hot_columns_of_which_most_are_unused():
    edge_index = from_networkx(nx.barabasi_albert_graph(200, 6, seed=0)).edge_index
    x = torch.nn.functional.one_hot(torch.bincount(edge_index[0]), 300).float()
    rank = int(torch.linalg.matrix_rank(x))
    basis = right_singular_vectors(x, 256, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(x @ basis @ basis.T, x, atol=1e-5, rtol=0)
    weights = principal_axes(x @ basis, 256).weights
    assert (weights[:rank] > 0.5).all()
    assert (weights[rank:] < 1e-4).all()
