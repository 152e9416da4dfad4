import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.utils import remove_self_loops, to_undirected

from graphcl.datasets.edges import undirected, undirected_by_type


@settings(max_examples=50, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30))
def test_it_agrees_with_pyg(pairs):
    edges = torch.tensor(pairs, dtype=torch.long).reshape(-1, 2).T
    before = edges.clone()
    expected = to_undirected(remove_self_loops(edges)[0], num_nodes=7)
    assert torch.equal(undirected(edges, 7), expected)
    assert torch.equal(edges, before)


def test_int32_edges_of_a_large_graph_do_not_overflow():
    last = 2_000_000_000
    edges = undirected(torch.tensor([[last], [last - 1]], dtype=torch.int32), last + 1)
    assert edges.tolist() == [[last - 1, last], [last, last - 1]]
    assert edges.dtype == torch.int64


def test_each_relation_by_itself():
    edges, kinds = torch.tensor([[0, 1, 0, 2], [1, 0, 1, 2]]), torch.tensor([2, 2, 0, 0])
    found, relation = undirected_by_type(edges, kinds, num_nodes=3, relations=3)
    assert found.tolist() == [[0, 1, 0, 1], [1, 0, 1, 0]]
    assert relation.tolist() == [0, 0, 2, 2]
