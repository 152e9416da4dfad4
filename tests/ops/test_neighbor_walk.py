"""The walk on an edge list is that of the transition matrix, draw by draw, whatever the edges look like."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.ops.random_walks.neighbor_walk import NeighborWalk
from graphcl.ops.random_walks.walk_ends import MatrixWalk, draw_walk_ends
from graphcl.ops.random_walks.walk_matrices import transition_matrix

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30)


@settings(deadline=None, max_examples=100)
@given(pairs, st.integers(0, 100))
def test_it_goes_where_the_matrix_leads(edges, seed):
    edge_index = torch.tensor(edges, dtype=torch.long).view(-1, 2).T.contiguous()
    matrix = MatrixWalk(from_scipy(transition_matrix(edge_index, 8), torch.float64))
    options = {"count": 50, "order": 3, "cumulative": True}
    ends = [
        draw_walk_ends(walk, torch.arange(8), generator=torch.Generator().manual_seed(seed), **options)
        for walk in (NeighborWalk(edge_index, 8), matrix)
    ]
    assert torch.equal(*ends)


def test_each_neighbour_and_the_node_itself_are_equally_likely():
    star = torch.tensor([[0, 0, 0], [1, 2, 3]])
    walk = NeighborWalk(star, 5)
    draw = (torch.arange(4000) + 0.5) / 4000
    assert walk.step(torch.zeros(4000, dtype=torch.long), draw).bincount().tolist() == [1000] * 4
    assert walk.step(torch.full((10,), 4), draw[:10]).tolist() == [4] * 10, "no neighbours"
    assert walk.step(torch.full((4000,), 3), draw).bincount().tolist() == [2000, 0, 0, 2000]


@pytest.mark.parametrize("draw", [0.0, 1.0])
def test_the_ends_of_the_range_lead_to_the_first_and_the_last(draw):
    walk = NeighborWalk(torch.tensor([[0, 1], [2, 2]]), 3)
    assert walk.step(torch.tensor([2]), torch.tensor([draw])).item() == (2 if draw else 0)


def test_a_graph_without_edges_stays():
    walk = NeighborWalk(torch.zeros(2, 0, dtype=torch.long), 2)
    assert walk.step(torch.tensor([1, 0]), torch.tensor([0.3, 0.9])).tolist() == [1, 0]
