"""Whole-graph degrees on samples: exact where a sample holds all in-edges, otherwise in proportion."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Data
from torch_geometric.transforms import AddSelfLoops, NormalizeFeatures

from graphcl.attachments import attach
from graphcl.augment import (
    AddEdges,
    DropEdges,
    DropNodes,
    Dropping,
    HeatDiffusion,
    RandomWalkSubgraph,
    apply,
)
from graphcl.augment.degrees import scale_degree, scaled_degree
from tests.augment.graphs import cycle, graphs, seeded, seldom, star

CHANGES = [
    DropEdges(0.5),
    DropEdges(0.5, undirected=True),
    AddEdges(0.9),
    DropNodes(0.4),
    RandomWalkSubgraph(1, 3),
    Dropping(0.5, 0.5, centrality="pagerank"),
    AddSelfLoops(),
    HeatDiffusion(1.0, threshold=0.01),
]


def in_degrees(data: Data) -> torch.Tensor:
    return torch.bincount(data.edge_index[1], minlength=data.num_nodes).float()


@pytest.mark.parametrize("change", CHANGES, ids=repr)
@seldom
@given(graphs(undirected=False), st.integers(0, 99))
def test_a_sample_with_all_in_edges_has_the_degrees_of_the_changed_graph(change, part, seed):
    edge_index, n = part
    data = Data(x=torch.rand(n, 4, generator=seeded()), edge_index=edge_index)
    data = attach(data, "node", degree=in_degrees(data))
    before = data.degree.clone()
    out = apply(change, data, seeded(seed))
    assert torch.equal(out.degree, in_degrees(out))
    assert torch.equal(data.degree, before)
    assert out.axes["degree"] == "node"


@pytest.mark.parametrize("change", [DropEdges(0.5), AddEdges(0.9), DropNodes(0.4)], ids=repr)
@seldom
@given(graphs(undirected=False), st.integers(0, 99))
def test_of_each_relation_by_itself(change, part, seed):
    edge_index, n = part
    kind = torch.arange(edge_index.size(1)) % 3
    data = Data(x=torch.rand(n, 2), edge_index=edge_index, edge_type=kind)

    def degrees(data: Data) -> torch.Tensor:
        parts = [data.edge_index[1, data.edge_type == r] for r in range(3)]
        return torch.stack([torch.bincount(target, minlength=data.num_nodes) for target in parts], dim=1).float()

    data = attach(data, "node", degree=degrees(data))
    out = change(data, seeded(seed))
    assert torch.equal(out.degree, degrees(out))


def test_a_partial_sample_scales_in_proportion():
    """Node 0 has 100 in-edges, of which 4 are sampled; node 5 has 10, of which none is."""
    edges = torch.tensor([[1, 2, 3, 4], [0, 0, 0, 0]])
    degree = torch.tensor([100.0, 7.0, 0.0, 1.0, 1.0, 10.0])
    data = attach(Data(x=torch.eye(6), edge_index=edges), "node", degree=degree)
    out = DropEdges(torch.tensor([1.0, 0.0, 0.0, 0.0]))(data)
    assert out.degree.tolist() == [75.0, 5.25, 0.0, 0.75, 0.75, 7.5]


def test_over_many_draws_the_mean_is_that_of_the_whole_graph():
    data = attach(Data(x=torch.eye(41), edge_index=star(40)), "node", degree=torch.full((41,), 400.0))
    share = [DropEdges(0.3)(data, seeded(seed)).degree[0] / 400 for seed in range(60)]
    assert torch.stack(share).mean().item() == pytest.approx(0.7, abs=0.03)


def test_kept_nodes_of_a_sample_scale_by_their_own_edges():
    edges = torch.tensor([[1, 2, 0, 2], [0, 0, 1, 1]])
    data = attach(Data(x=torch.eye(3), edge_index=edges), "node", degree=torch.tensor([20.0, 8.0, 6.0]))
    out = DropNodes(torch.tensor([0.0, 0.0, 1.0]))(data)
    assert out.degree.tolist() == [10.0, 4.0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_precision_and_large_degrees(dtype):
    count = torch.tensor([123_457, 9_999_991])
    kept = torch.tensor([61_727, 3])
    out = scaled_degree(count.to(dtype), count, kept)
    assert out.dtype == dtype
    assert torch.equal(out, kept.to(dtype))


def test_a_degree_that_is_not_declared_stays_as_it_is():
    data = Data(x=torch.eye(5), edge_index=cycle(5), degree=torch.full((5,), 2.0))
    for change in (DropEdges(0.9), AddSelfLoops()):
        assert torch.equal(apply(change, data, seeded()).degree, data.degree)


def test_where_edges_stay_the_degree_is_the_same_tensor():
    data = attach(Data(x=torch.eye(5), edge_index=cycle(5)), "node", degree=torch.full((5,), 9.0))
    assert apply(NormalizeFeatures(), data).degree is data.degree
    assert scale_degree(data, data) is data


def test_relations_without_their_types():
    data = attach(Data(x=torch.eye(5), edge_index=cycle(5)), "node", degree=torch.ones(5, 2))
    with pytest.raises(ValueError, match=r"degree has 2 columns, one for each relation; .* must have edge_type"):
        DropEdges(0.5)(data)
