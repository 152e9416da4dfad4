"""Edges in both directions: those of PyG's to_undirected, in a graph and within each relation."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.utils import to_undirected

from graphcl.ops.graph_matrices import edges as edges_module
from graphcl.ops.graph_matrices.edges import both_ways_in_order, undirected_edges, undirected_relations

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30)
triples = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3)), max_size=30)


@settings(deadline=None, max_examples=200)
@given(pairs, st.integers(7, 9))
def test_it_is_to_undirected(edges, n):
    edge_index = torch.tensor(edges, dtype=torch.long).view(-1, 2).T.contiguous()
    before = edge_index.clone()
    ends = undirected_edges(edge_index, n)
    assert torch.equal(ends, to_undirected(edge_index, num_nodes=n))
    assert torch.equal(edge_index, before)
    assert undirected_edges(ends, n) is ends, "nothing is left to do"


@settings(deadline=None, max_examples=200)
@given(triples)
def test_relations_are_made_undirected_apart(edges):
    columns = torch.tensor(edges, dtype=torch.long).view(-1, 3).T.contiguous()
    edge_index, kind = columns[:2], columns[2]
    ends, relation = undirected_relations(edge_index, kind, 7)
    assert torch.equal(relation, relation.sort().values)
    for r in range(4):
        expected = to_undirected(edge_index[:, kind == r], num_nodes=7)
        assert torch.equal(ends[:, relation == r], expected)


def test_self_loops_stay_and_repeats_go():
    edge_index = torch.tensor([[2, 0, 0, 1], [2, 1, 1, 0]])
    assert undirected_edges(edge_index, 3).tolist() == [[0, 1, 2], [1, 0, 2]]
    assert undirected_edges(edge_index[:, :0], 3).shape == (2, 0)


def test_sorted_edges_of_one_direction_are_not_taken_for_both():
    path = torch.tensor([[0, 1], [1, 2]])
    assert undirected_edges(path, 3).tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    repeated = torch.tensor([[0, 0, 1, 1], [1, 1, 0, 0]])
    assert undirected_edges(repeated, 2).tolist() == [[0, 1], [1, 0]]
    unsorted = torch.tensor([[1, 0], [0, 1]])
    assert undirected_edges(unsorted, 2).tolist() == [[0, 1], [1, 0]]


@settings(deadline=None, max_examples=200)
@given(pairs, st.integers(1, 5))
def test_what_is_in_order_is_recognised_in_blocks_of_any_size(edges, block):
    edge_index = torch.tensor(edges, dtype=torch.long).view(-1, 2).T.contiguous()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edges_module, "EDGES_AT_ONCE", block)
        expected = torch.equal(edge_index, to_undirected(edge_index, num_nodes=7))
        assert both_ways_in_order(edge_index, 7) == expected
        ends = to_undirected(edge_index, num_nodes=7)
        assert both_ways_in_order(ends, 7)
        for i in range(ends.size(1)):
            left = torch.cat([ends[:, :i], ends[:, i + 1 :]], dim=1)
            assert both_ways_in_order(left, 7) == bool(ends[0, i] == ends[1, i]), "a self loop may go"
