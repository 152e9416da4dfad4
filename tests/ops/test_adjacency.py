"""Adjacency matrices of undirected graphs."""

import torch

from graphcl.ops.graph_matrices.adjacency import undirected_adjacency


def test_adjacency_is_symmetric_and_merges_unless_weighted():
    edges = torch.tensor([[0, 0, 1, 2, 2], [1, 1, 0, 2, 0]])
    plain = undirected_adjacency(edges, 4).toarray()
    assert plain.tolist() == [[0, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
    weighted = undirected_adjacency(edges, 4, torch.ones(5)).toarray()
    assert weighted.tolist() == [[0, 2, 1, 0], [2, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]
