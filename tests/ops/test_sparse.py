"""Sparse CSR tensors: conversion, row selection, and scaling of rows and columns."""

import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graphcl.ops.graph_matrices.sparse import (
    compress,
    csr_from_edges,
    divide_rows,
    from_scipy,
    scale_columns,
    select_rows,
    stored_entries,
    unit_rows,
)


def table(n: int, d: int, density: float, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(n, d, generator=generator) * (torch.rand(n, d, generator=generator) < density)


@pytest.mark.parametrize(("density", "layout"), [(0.01, torch.sparse_csr), (0.3, torch.strided)])
def test_layout_follows_density(density, layout):
    x = table(50, 60, density)
    assert compress(x).layout == layout
    assert torch.equal(compress(x).to_dense(), x)
    assert compress(compress(x)) is not None


@given(index=st.lists(st.integers(0, 19), max_size=40), seed=st.integers(0, 20))
def test_select_rows_is_indexing(index, seed):
    x = table(20, 30, 0.04, seed)
    rows = torch.tensor(index, dtype=torch.long)
    assert torch.equal(select_rows(compress(x), rows).to_dense(), x[rows])


def test_from_scipy_and_no_beta_warning():
    x = table(5, 6, 0.3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert torch.equal(from_scipy(csr_array(x.numpy())).to_dense(), x)
    assert from_scipy(csr_array(x.numpy())).col_indices().dtype == torch.int64
    assert from_scipy(csr_array(x.numpy()), narrow=True).col_indices().dtype == torch.int32


def test_stored_entries_are_those_of_the_dense_matrix():
    x = table(5, 6, 0.3)
    ends, values = stored_entries(csr_array(x.double().numpy()), torch.float64)
    assert ends.T.tolist() == x.nonzero().tolist()
    assert values.dtype == torch.float64
    assert torch.equal(values, x.double()[tuple(ends)])


@pytest.mark.parametrize("density", [0.02, 0.6])
def test_scale_columns_in_both_layouts(density):
    x, weights = table(30, 40, density), torch.arange(40.0)
    assert torch.equal(scale_columns(x, weights), x * weights)
    for narrow in (False, True):
        sparse = from_scipy(csr_array(x.numpy()), narrow=narrow)
        assert torch.equal(scale_columns(sparse, weights).to_dense(), x * weights)


@pytest.mark.parametrize("density", [0.02, 0.6])
def test_unit_rows_in_both_layouts(density):
    x = table(30, 40, density)
    x[3] = 0
    rows = unit_rows(x)
    expected = (x.count_nonzero(1) > 0).float()
    torch.testing.assert_close(rows.norm(dim=1), expected)
    torch.testing.assert_close(unit_rows(7 * x), rows)
    torch.testing.assert_close(unit_rows(from_scipy(csr_array(x.numpy()))).to_dense(), rows)


def test_the_gradient_at_a_row_of_zeros_is_finite():
    x = torch.zeros(2, 3, requires_grad=True)
    unit_rows(x).sum().backward()
    assert torch.isfinite(x.grad).all()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), max_size=30))
def test_entries_in_any_order_and_duplicates_are_summed(entries):
    row, column = torch.tensor(entries, dtype=torch.long).reshape(-1, 2).T
    values = torch.arange(len(entries), dtype=torch.float64) + 1
    expected = torch.zeros(5, 7, dtype=torch.float64).index_put((row, column), values, accumulate=True)
    other = table(7, 3, 1.0).double().requires_grad_()
    product = csr_from_edges(row, column, values, (5, 7)) @ other
    torch.testing.assert_close(product, expected @ other)
    grad = torch.autograd.grad(product.sum(), other)[0]
    torch.testing.assert_close(grad, expected.T @ torch.ones(5, 3, dtype=torch.float64))


@given(n=st.integers(1, 6), d=st.integers(1, 6), density=st.floats(0, 1), seed=st.integers(0, 99))
def test_rows_divided_by_their_sums(n, d, density, seed):
    x = table(n, d, density, seed).abs() * 3
    expected = torch.stack([row / max(float(row.sum()), 1.0) for row in x])
    torch.testing.assert_close(divide_rows(x), expected)
    torch.testing.assert_close(divide_rows(from_scipy(csr_array(x.numpy()))).to_dense(), expected)


def test_rows_with_negative_entries_keep_their_signs():
    x = torch.tensor([[3.0, -1.0], [-4.0, 1.0]])
    torch.testing.assert_close(divide_rows(x), torch.tensor([[1.5, -0.5], [-4.0, 1.0]]))
