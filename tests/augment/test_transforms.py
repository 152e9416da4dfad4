"""Transforms: what travels with edges and nodes, batches that PyG can take apart again, input left as it was."""

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Batch, Data, HeteroData
from torch_geometric.transforms import Compose, RandomLinkSplit, ToUndirected

from graphcl.augment import (
    AdaptiveDropEdges,
    AdaptiveMaskColumns,
    AddEdges,
    AddNoise,
    DropEdges,
    DropEntries,
    DropNodes,
    HeatDiffusion,
    MaskColumns,
    MaskRows,
    PageRankDiffusion,
    RandomWalkSubgraph,
    ShuffleRows,
    eigenvector_centrality,
    feature_drop_probabilities,
    lazy_walk,
    mask_columns,
)
from graphcl.augment.attributes import edge_keys, node_keys, require
from tests.augment.graphs import batches, cycle, numbered, seeded, seldom, star

OF_EDGES = [
    lambda g: DropEdges(0.5, generator=g, undirected=True),
    lambda g: AdaptiveDropEdges(0.5, generator=g, centrality="pagerank"),
    lambda g: AddEdges(0.8, generator=g),
    lambda g: AddEdges(0.8, generator=g, undirected=True),
]
OF_NODES = [lambda g: DropNodes(0.5, generator=g), lambda g: RandomWalkSubgraph(1, 2, generator=g, restart=0.1)]
OF_FEATURES = [
    lambda g: MaskColumns(0.5, generator=g),
    lambda g: AdaptiveMaskColumns(0.5, generator=g, rule="dense"),
    lambda g: MaskRows(0.5, generator=g),
    lambda g: DropEntries(0.5, generator=g),
    lambda g: ShuffleRows(generator=g),
    lambda g: AddNoise(0.5, generator=g),
]
WITHOUT_DRAWS = [lambda g: PageRankDiffusion(top_k=3), lambda g: HeatDiffusion(2.0, threshold=0.01)]


def equal(a: Data, b: Data) -> bool:
    left, right = a.to_dict(), b.to_dict()
    return left.keys() == right.keys() and all(
        torch.equal(left[key], right[key]) if isinstance(left[key], torch.Tensor) else left[key] == right[key]
        for key in left
    )


@pytest.mark.parametrize("make", OF_EDGES + OF_NODES + OF_FEATURES)
@seldom
@given(batches(), st.integers(0, 99))
def test_the_input_stays_and_the_same_generator_gives_the_same(make, batch, seed):
    before = copy.deepcopy(batch)
    out = make(seeded(seed))(batch)
    assert equal(out, make(None)(batch, seeded(seed)))
    assert equal(batch, before)
    assert [equal(a, b) for a, b in zip(batch.to_data_list(), before.to_data_list(), strict=True)]
    assert out is not batch


@pytest.mark.parametrize("make", OF_EDGES)
@seldom
@given(batches(), st.integers(0, 99))
def test_attributes_of_edges_follow_them(make, batch, seed):
    out = make(seeded(seed))(batch)
    assert torch.equal(out.x, batch.x)
    assert torch.equal(out.y, batch.y)
    assert len(out.edge_attr) == len(out.edge_weight) == out.edge_index.size(1)
    assert torch.equal(out.edge_weight, out.edge_attr[:, 2].double())
    for i, graph in enumerate(out.to_data_list()):
        own = {tuple(row) for row in batch[i].edge_attr.tolist()}
        assert {tuple(row) for row in graph.edge_attr.tolist()} <= own
        assert graph.num_nodes == batch[i].num_nodes
        old = {tuple(row[:2]) for row in own}
        for (u, v), attr in zip(graph.edge_index.T.tolist(), graph.edge_attr.tolist(), strict=True):
            assert 0 <= u < graph.num_nodes
            assert 0 <= v < graph.num_nodes
            if (u, v) in old:
                assert attr[:2] == [u, v]


@pytest.mark.parametrize("make", OF_NODES)
@seldom
@given(batches(), st.integers(0, 99))
def test_attributes_of_nodes_and_edges_follow_the_nodes(make, batch, seed):
    out = make(seeded(seed))(batch)
    assert out.num_graphs == batch.num_graphs
    assert torch.equal(out.batch, out.x[:, 0].long())
    assert torch.equal(out.ptr, torch.cat([torch.zeros(1).long(), torch.bincount(out.batch).cumsum(0)]))
    assert torch.equal(out.y, batch.y)
    for i, graph in enumerate(out.to_data_list()):
        assert (graph.x[:, 0] == i).all()
        old = graph.x[:, 1]
        assert torch.equal(graph.train_mask, old % 2 == 0)
        assert torch.equal(old[graph.edge_index].T, graph.edge_attr[:, :2])
        assert graph.y.item() == i


@pytest.mark.parametrize("make", OF_EDGES + OF_NODES)
def test_a_circle_has_as_many_nodes_as_edges(make):
    """There PyG's guess takes attributes of one for those of the other."""
    circle = torch.tensor([[0, 1, 2, 3, 4], [1, 2, 3, 4, 0]])
    data = numbered(circle, 5)
    data.node_age = torch.arange(5)
    assert set(edge_keys(data)) == {"edge_attr", "edge_weight"}
    assert set(node_keys(data)) == {"x", "train_mask", "node_age"}
    out = make(seeded())(data)
    assert len(out.node_age) == len(out.x) == out.num_nodes
    assert torch.equal(out.node_age, out.x[:, 1].long())
    assert len(out.edge_attr) == out.edge_index.size(1)


def test_targets_of_graphs_are_not_taken_for_nodes():
    """Two graphs of 1 and 3 nodes with two targets each: four targets, four nodes."""
    parts = [Data(x=torch.rand(n, 2), edge_index=torch.empty(2, 0).long(), y=torch.arange(2.0)) for n in (1, 3)]
    batch = Batch.from_data_list(parts)
    assert batch.y.shape == (4,)
    assert "y" not in node_keys(batch)
    assert torch.equal(DropNodes(0.9, generator=seeded())(batch).y, batch.y)


def test_numbers_of_nodes_that_are_given_are_kept_right():
    parts = [Data(edge_index=cycle(4), num_nodes=5), Data(edge_index=cycle(3), num_nodes=3)]
    batch = Batch.from_data_list(parts)
    out = DropNodes(torch.tensor([0.0, 0, 0, 0, 1, 0, 0, 0]), generator=seeded())(batch)
    assert out.num_nodes == 7
    assert [graph.num_nodes for graph in out.to_data_list()] == [4, 3]
    assert torch.equal(out[1].edge_index, cycle(3))


@pytest.mark.parametrize("make", WITHOUT_DRAWS)
def test_diffusion_replaces_edges_within_each_graph(make):
    parts = [Data(x=torch.rand(n, 2), edge_index=cycle(n), y=torch.tensor([n])) for n in (4, 6)]
    batch = Batch.from_data_list(parts)
    out = make(None)(batch)
    for graph, part in zip(out.to_data_list(), parts, strict=True):
        alone = make(None)(part)
        assert torch.equal(graph.edge_index, alone.edge_index)
        torch.testing.assert_close(graph.edge_weight, alone.edge_weight)
        assert torch.equal(graph.x, part.x)
    weighted = Data(x=parts[0].x, edge_index=cycle(4), edge_weight=torch.arange(8.0) + 1)
    assert not torch.allclose(make(None)(weighted).edge_weight, make(None)(parts[0]).edge_weight)
    with pytest.raises(ValueError, match="edge_attr belongs to edges that are replaced; remove it first"):
        make(None)(numbered(cycle(4), 4))


@pytest.mark.parametrize("make", OF_FEATURES)
def test_only_features_change(make):
    data = numbered(star(6), 7)
    data.x = torch.rand(7, 40, generator=seeded()) + 1
    out = make(seeded())(data)
    assert not torch.equal(out.x, data.x)
    assert out.x.shape == data.x.shape
    out.x = data.x
    assert equal(out, data)


def test_they_compose_with_transforms_of_pyg():
    generator = seeded()
    view = Compose([ToUndirected(), DropEdges(0.3, generator=generator), MaskColumns(0.2, generator=generator)])
    one_way = Data(x=torch.ones(50, 30), edge_index=cycle(50)[:, cycle(50)[0] < cycle(50)[1]])
    first, second = view(one_way), view(one_way)
    assert first.edge_index.shape != second.edge_index.shape or not torch.equal(
        first.edge_index, second.edge_index
    )
    assert (first.x.sum(0) > 0).sum() < 30
    assert (one_way.x == 1).all()


def test_sparse_features_stay_sparse():
    data = Data(x=torch.eye(8).to_sparse_csr(), edge_index=cycle(8))
    for make in (*OF_FEATURES[:5], *OF_NODES):
        assert make(seeded())(data).x.layout == torch.sparse_csr


@pytest.mark.parametrize("make", OF_EDGES + OF_NODES + OF_FEATURES + WITHOUT_DRAWS)
def test_input_of_another_kind(make):
    transform = make(seeded())
    with pytest.raises(TypeError):
        transform(HeteroData())
    with pytest.raises(ValueError, match=r"data must have the tensor (x|edge_index); got"):
        transform(Data(pos=torch.rand(2, 2)))


def test_graphs_of_several_kinds_are_refused_by_name():
    with pytest.raises(TypeError, match="data must be a torch_geometric Data or Batch; got HeteroData"):
        require.__wrapped__(HeteroData(), "x")


def test_the_number_of_nodes_must_be_known():
    with pytest.raises(ValueError, match="data must say how many nodes it has; got \\['edge_index'\\]"):
        DropEdges(0.5, generator=seeded())(Data(edge_index=cycle(3)))


def test_node_numbers_among_the_attributes_are_refused():
    data = numbered(cycle(4), 4)
    data.edge_label_index = torch.tensor([[0], [2]])
    with pytest.raises(ValueError, match="edge_label_index holds node numbers, which change"):
        DropNodes(0.5, generator=seeded())(data)
    assert torch.equal(DropEdges(0.5, generator=seeded())(data).edge_label_index, data.edge_label_index)


@pytest.mark.parametrize("make", OF_EDGES)
def test_pairs_to_be_predicted_stay(make):
    """There are as many of them, with those that are no edges, as there are edges."""
    train = RandomLinkSplit(is_undirected=True)(numbered(cycle(40), 40))[0]
    assert len(train.edge_label) == train.edge_index.size(1)
    assert set(edge_keys(train)) == {"edge_attr", "edge_weight"}
    assert not {"edge_label", "edge_label_index"} & set(node_keys(train))
    batch = Batch.from_data_list([train, train])
    for data, out in ((train, make(seeded())(train)), (batch, make(seeded())(batch))):
        assert out.edge_index.shape != data.edge_index.shape
        assert torch.equal(out.edge_label, data.edge_label)
        assert torch.equal(out.edge_label_index, data.edge_label_index)
    assert torch.equal(out[1].edge_label_index, train.edge_label_index)
    assert torch.equal(out[1].edge_label, train.edge_label)


def test_pairs_to_be_predicted_of_two_edges():
    """There their index has as many rows as there are edges."""
    pairs = torch.tensor([[0, 1, 0], [1, 2, 2]])
    data = Data(edge_index=cycle(3)[:, :2], edge_label=torch.ones(3), edge_label_index=pairs, num_nodes=3)
    assert edge_keys(data) == []
    assert torch.equal(DropEdges(torch.tensor([0.0, 1.0]), generator=seeded())(data).edge_label_index, pairs)


def test_labels_of_the_edges_themselves_follow_them():
    data = Data(edge_index=cycle(3), edge_label=torch.arange(6), num_nodes=3)
    assert DropEdges((torch.arange(6) == 5).float(), generator=seeded())(data).edge_label.tolist() == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_columns_are_masked_by_converged_centralities_but_for_the_lazy_walk():
    path = torch.stack([torch.arange(11), torch.arange(1, 12)])
    x = (torch.rand(12, 2000, generator=seeded(1)) < 0.2).float()
    data = Data(x=x, edge_index=torch.cat([path, path.flip(0)], dim=1))
    A = torch.zeros(12, 12, dtype=torch.float64)
    A[data.edge_index[0], data.edge_index[1]] = 1
    converged = torch.linalg.eigh(A).eigenvectors[:, -1].abs()
    lazy, early = lazy_walk(data.edge_index, 12, steps=10), eigenvector_centrality(data.edge_index, 12, steps=10)
    expected = [
        mask_columns(x, feature_drop_probabilities(x, c, 0.3), generator=seeded())
        for c in (converged, lazy, early)
    ]
    for centrality, wanted in (("eigenvector", expected[0]), ("lazy-walk", expected[1])):
        assert torch.equal(AdaptiveMaskColumns(0.3, generator=seeded(), centrality=centrality)(data).x, wanted)
    ten = AdaptiveMaskColumns(0.3, generator=seeded(), centrality="eigenvector", steps=10)(data).x
    assert torch.equal(ten, expected[2])
    assert not torch.equal(ten, expected[0])
