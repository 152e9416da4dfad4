"""Sparse-dense products with CSR matrices: values and gradients against dense products, in strips and whole."""

from weakref import ref

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphcl.ops.graph_matrices.sparse import compress, csr, csr_from_edges
from graphcl.ops.graph_matrices.sparse_product import CROWDED, STRIP, kept_transpose, multiply, transpose


def matrix(rows: int, columns: int, entries: int, seed: int = 0) -> torch.Tensor:
    """Random entries, some of them duplicates."""
    generator = torch.Generator().manual_seed(seed)
    row, column = (torch.randint(n, (entries,), generator=generator) for n in (rows, columns))
    values = torch.randn(entries, generator=generator, dtype=torch.float64)
    return csr_from_edges(row, column, values, (rows, columns))


@given(
    rows=st.integers(1, 9),
    columns=st.integers(1, 9),
    width=st.integers(1, 3 * STRIP),
    entries=st.integers(0, 12 * CROWDED),
)
def test_values_and_gradients_are_those_of_dense_products(rows, columns, width, entries):
    m = matrix(rows, columns, entries)
    x = torch.randn(columns, width, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(rows, width, dtype=torch.float64)
    product, expected = multiply(m, x), m.to_dense() @ x
    torch.testing.assert_close(product, expected)
    gradients = [torch.autograd.grad((weights * value).sum(), x)[0] for value in (product, expected)]
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("width", [1, STRIP + 1])
def test_first_and_second_gradients(width):
    m = matrix(3, 2, 3 * CROWDED)
    x = torch.randn(2, width, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: multiply(m, x).square(), x)
    assert torch.autograd.gradgradcheck(lambda x: multiply(m, x).square(), x)


@given(rows=st.integers(1, 9), columns=st.integers(1, 9), entries=st.integers(0, 40))
def test_the_transpose(rows, columns, entries):
    m = matrix(rows, columns, entries)
    assert torch.equal(transpose(m).to_dense(), m.to_dense().T)
    assert transpose(m).layout == torch.sparse_csr


def test_a_transpose_is_kept_as_long_as_its_matrix_and_no_longer():
    matrix, other = compress(torch.tensor([[0.0, 2.0], [0.0, 0.0]])), compress(torch.eye(2))
    dense = torch.ones(2, 1, requires_grad=True)
    for _ in range(2):
        multiply(matrix, dense).sum().backward()
    kept = kept_transpose(matrix)
    assert torch.equal(kept.to_dense(), matrix.to_dense().T)
    assert kept_transpose(matrix) is kept
    assert torch.equal(kept_transpose(other).to_dense(), torch.eye(2))
    gone = ref(kept)
    del kept, matrix
    assert gone() is None


def test_narrow_indices_stay_narrow():
    m = matrix(5, 4, 9)
    narrow = csr(m.crow_indices().int(), m.col_indices().int(), m.values(), (5, 4))
    assert transpose(narrow).col_indices().dtype == torch.int32
    torch.testing.assert_close(multiply(transpose(narrow), torch.eye(5).double()), m.to_dense().T)


def test_a_product_is_in_float32_under_autocast():
    x, dense = torch.eye(40)[:30], torch.rand(40, 3)
    with torch.autocast("cpu", torch.bfloat16):
        product = multiply(compress(x), dense.bfloat16())
    torch.testing.assert_close(product, x @ dense.bfloat16().float())


def test_inputs_without_a_gradient_are_refused():
    weights = torch.ones(1, requires_grad=True)
    ends = torch.tensor([0]), torch.tensor([0])
    with pytest.raises(ValueError, match="values must be constants"):
        csr_from_edges(*ends, weights, (1, 1))
    with pytest.raises(ValueError, match="matrix must be a constant"):
        multiply(csr_from_edges(*ends, weights.detach(), (1, 1)).requires_grad_(), torch.ones(1, 1))
