"""The edges' part of the criterion by loops over edges, and where it is not defined."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from graphcl.agreement import EdgeView
from graphcl.ops.graph_matrices.adjacency import undirected_adjacency


def correlations_by_loop(adjacency: csr_array, labels: list[int], n_clusters: int) -> list[float]:
    """(h - v) / (1 - v) with ends counted one by one."""
    result = []
    dense = adjacency.toarray()
    total = sum(dense[i][j] for i in range(len(dense)) for j in range(len(dense)))
    for c in range(n_clusters):
        volume = inside = 0.0
        for i in range(len(dense)):
            for j in range(len(dense)):
                if labels[i] == c:
                    volume += dense[i][j]
                    inside += dense[i][j] * (labels[j] == c)
        if volume == 0 or volume == total:
            result.append(0.0)
        else:
            result.append((inside / volume - volume / total) / (1 - volume / total))
    return result


@pytest.mark.parametrize("weighted", [False, True])
def test_by_loop(blocks, labelings, weighted):
    generator = torch.Generator().manual_seed(0)
    weight = torch.rand(blocks.edge_index.size(1), generator=generator) if weighted else None
    edges = torch.cat([blocks.edge_index[:, 1:], torch.tensor([[5], [5]])], dim=1)  # a self loop
    adjacency = undirected_adjacency(edges, 120, weight)
    found = EdgeView(adjacency).correlations(labelings, 4)
    for labels, row in zip(labelings, found, strict=True):
        np.testing.assert_allclose(row, correlations_by_loop(adjacency, labels.tolist(), 4), atol=1e-12)


def test_it_is_the_correlation_across_an_edge(blocks, labelings):
    """Of the indicator at one end with that at the other, over both directions of all edges."""
    found = EdgeView(undirected_adjacency(blocks.edge_index, 120)).correlation(labelings[1], 4)
    for c in range(4):
        inside = (labelings[1] == c).double()
        expected = np.corrcoef(inside[blocks.edge_index[0]], inside[blocks.edge_index[1]])[0, 1]
        assert found[c].item() == pytest.approx(expected)


def test_closed_forms():
    pairs = undirected_adjacency(torch.tensor([[0, 2], [1, 3]]), 5)  # two pairs and a node without edges
    view = EdgeView(pairs)
    assert view.correlation(torch.tensor([0, 0, 1, 1, 1]), 2).tolist() == [1, 1]
    assert view.correlation(torch.tensor([0, 1, 0, 1, 2]), 4).tolist() == [-1, -1, 0, 0]  # no ends; no nodes
    assert view.correlation(torch.zeros(5, dtype=torch.long), 1).tolist() == [0]  # all ends


def test_no_edges():
    view = EdgeView(csr_array((3, 3)))
    assert view.correlation(torch.tensor([0, 1, 1]), 2).tolist() == [0, 0]
