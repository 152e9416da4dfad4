"""Randomised SVD and principal axes against full decompositions."""

import torch

from graphcl.encoders import Axes, principal_axes, reduce_features, right_singular_vectors
from graphcl.ops.graph_matrices.sparse import compress


def low_rank(n: int = 60, d: int = 40, rank: int = 5) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(n, rank, generator=generator) @ torch.randn(rank, d, generator=generator)


def test_singular_vectors_span_a_low_rank_table():
    x = low_rank()
    torch.manual_seed(0)
    basis = right_singular_vectors(x, 5)
    torch.testing.assert_close(basis.T @ basis, torch.eye(5), atol=1e-5, rtol=0)
    torch.testing.assert_close(x @ basis @ basis.T, x, atol=1e-3, rtol=1e-3)


def test_singular_vectors_of_sparse_rows_and_of_few_columns():
    x = torch.eye(50) * torch.arange(50.0, 0, -1)
    torch.manual_seed(0)
    basis = right_singular_vectors(compress(x), 3)
    kept = (x @ basis).square().sum(0).sqrt()
    torch.testing.assert_close(
        kept, torch.tensor([50.0, 49.0, 48.0]), rtol=5e-3, atol=0
    )  # slowly decaying singular values
    assert right_singular_vectors(x[:, :2], 10).shape == (2, 2)


def test_axes_are_eigenvectors_largest_first():
    z = low_rank()
    axes = principal_axes(z, 4)
    assert isinstance(axes, Axes)
    torch.testing.assert_close(z.T @ z @ axes.vectors, axes.vectors * axes.weights, atol=1e-2, rtol=1e-3)
    torch.testing.assert_close(axes.weights, torch.linalg.svdvals(z)[:4].square(), rtol=1e-4, atol=1e-3)


def test_reduced_features_are_coordinates_of_unit_rows():
    x = low_rank()
    basis = torch.linalg.qr(low_rank(40, 3)).Q
    expected = x / x.norm(dim=1, keepdim=True)
    torch.testing.assert_close(reduce_features(x, None), expected)
    torch.testing.assert_close(reduce_features(x, basis), expected @ basis)
    sparse = compress(torch.eye(50))
    assert torch.equal(reduce_features(sparse, None), torch.eye(50))
