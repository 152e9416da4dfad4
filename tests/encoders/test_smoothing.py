"""Normalised adjacency, SSGC and personalised PageRank against dense matrices."""

import numpy as np
import pytest
import torch
from torch_geometric.nn.conv.gcn_conv import gcn_norm

from graphcl.encoders import normalized_adjacency, personalized_pagerank, simple_spectral_convolution
from graphcl.ops.graph_matrices.sparse import from_scipy


def edges(n: int = 9) -> torch.Tensor:
    pairs = torch.randint(n, (2, 14), generator=torch.Generator().manual_seed(0))
    pairs = pairs[:, pairs[0] != pairs[1]]
    return torch.cat([pairs, pairs.flip(0)], dim=1).unique(dim=1)


def test_normalized_adjacency_is_that_of_gcn():
    edge_index, weight = gcn_norm(edges(), num_nodes=10, add_self_loops=True)
    expected = torch.zeros(10, 10)
    expected[edge_index[0], edge_index[1]] = weight
    np.testing.assert_allclose(normalized_adjacency(edges(), 10).toarray(), expected, atol=1e-6)


def test_convolution_by_dense_powers():
    S = torch.from_numpy(normalized_adjacency(edges(), 9).toarray())
    x = torch.randn(9, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    expected = 0.3 * x + sum(torch.linalg.matrix_power(S, k) @ x for k in (1, 2, 3)) / 3
    sparse = from_scipy(normalized_adjacency(edges(), 9), torch.float64)
    before = x.clone()
    torch.testing.assert_close(simple_spectral_convolution(x, sparse, hops=3, alpha=0.3), expected)
    assert torch.equal(x, before)
    assert simple_spectral_convolution(x, sparse, hops=0, alpha=0.3) is x


@pytest.mark.parametrize("width", [1, 16, 37])  # one block of columns, and several
def test_pagerank_by_its_recursion(width):
    S = torch.from_numpy(normalized_adjacency(edges(), 9).toarray())
    x = torch.randn(9, width, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    sparse = from_scipy(normalized_adjacency(edges(), 9), torch.float64, narrow=True)
    before, restarts = x.clone(), [0.0, 0.15, 0.5, 1.0]
    found = personalized_pagerank(x, sparse, restarts=restarts, steps=6)
    for a, smooth in zip(restarts, found, strict=True):
        expected = x
        for _ in range(6):
            expected = (1 - a) * S @ expected + a * x
        torch.testing.assert_close(smooth, expected)
    assert torch.equal(x, before)
    assert torch.equal(personalized_pagerank(x, sparse, restarts=[0.3], steps=0)[0], x)
