"""Inner products at edges, weighted sums over neighbours, sparse products at given entries, and proximity."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from torch.autograd import gradcheck

from graphcl.ops.graph_matrices import edge_products as module
from graphcl.ops.graph_matrices import sampled_product
from graphcl.ops.graph_matrices.edge_products import edge_products, weighted_neighbours
from graphcl.ops.graph_matrices.proximity import edge_proximity
from graphcl.ops.graph_matrices.sampled_product import product_at

EDGES = torch.tensor([[0, 0, 2, 3, 3], [1, 0, 1, 2, 0]])


def inputs():
    draws = torch.Generator().manual_seed(0)
    shapes = (4, 3), (3, 3), (5,)
    return [torch.randn(s, dtype=torch.float64, generator=draws, requires_grad=True) for s in shapes]


@pytest.mark.parametrize("block", [2, 100])
def test_edge_products_and_weighted_neighbours_against_loops(block, monkeypatch):
    monkeypatch.setattr(module, "EDGES_AT_ONCE", block)
    a, b, w = inputs()
    expected = torch.stack([a[i] @ b[j] for i, j in EDGES.T])
    torch.testing.assert_close(edge_products(EDGES, a, b), expected)
    rows = torch.zeros(4, 3, dtype=torch.float64)
    for (i, j), weight in zip(EDGES.T, w, strict=True):
        rows[i] = rows[i] + weight * b[j]
    torch.testing.assert_close(weighted_neighbours(EDGES, w, b, 4), rows)
    assert gradcheck(lambda a, b: edge_products(EDGES, a, b), [a, b])
    assert gradcheck(lambda a: edge_products(EDGES[:, :2], a, a), [a])
    assert gradcheck(lambda w, b: weighted_neighbours(EDGES, w, b, 4), [w, b])


def test_no_edges_and_half_precision():
    a, b, w = (part.detach().bfloat16() for part in inputs())
    none = torch.empty(2, 0, dtype=torch.long)
    assert edge_products(none, a, b).shape == (0,)
    assert torch.equal(weighted_neighbours(none, w[:0], b, 2), torch.zeros(2, 3))
    assert edge_products(EDGES, a, b).dtype == weighted_neighbours(EDGES, w, b, 4).dtype == torch.float32


@pytest.mark.parametrize("terms", [1, 20, 2**24])
def test_a_product_at_the_entries_of_a_pattern(terms, monkeypatch):
    monkeypatch.setattr(sampled_product, "TERMS", terms)
    draws = np.random.default_rng(0)
    a, b, mask = (draws.random(shape) * (draws.random(shape) < 0.3) for shape in ((9, 7), (7, 8), (9, 8)))
    pattern = csr_array(mask)
    row, column = mask.nonzero()
    np.testing.assert_allclose(product_at(csr_array(a), csr_array(b), pattern), (a @ b)[row, column])
    empty = csr_array((3, 3))
    assert len(product_at(empty, empty, empty)) == 0


def test_proximity_against_the_dense_formula():
    edges = torch.tensor([[0, 0, 1, 2, 3, 3], [1, 2, 2, 3, 4, 0]])
    adjacency = np.zeros((6, 6))
    adjacency[tuple(edges.numpy())] = 1
    adjacency = np.maximum(adjacency, adjacency.T) + np.eye(6)
    step = adjacency / adjacency.sum(1, keepdims=True)
    step /= step.sum(0)
    dense = (step + step @ step) / 2
    found = edge_proximity(edges, 6)
    np.testing.assert_allclose(found.toarray(), dense * (adjacency > 0), rtol=1e-12)
    assert found.nnz == (adjacency > 0).sum() < (dense > 0).sum()
    assert found.toarray()[5, 5] == 1
