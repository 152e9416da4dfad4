"""Dropping for each relation of a multiplex graph: the draws of one Dropping after the other."""

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.transforms import Compose

from graphcl.attachments import attach
from graphcl.augment import (
    DropEdges,
    Dropping,
    RelationDropping,
    apply,
    node_centrality,
    prepare,
    relation_dropping,
    relation_graphs,
)
from graphcl.datasets import load
from graphcl.ops.graph_matrices.sparse import compress
from tests.augment.graphs import seeded

CENTRALITIES = [None, "degree", "lazy-walk", "eigenvector"]


@pytest.fixture(scope="module")
def graph() -> Data:
    blocks = load("planted-multiplex", nodes=60, blocks=3, relations=3).graph
    return Data(x=(blocks.x > 0).float(), edge_index=blocks.edge_index, edge_type=blocks.edge_type)


def alone(graph: Data, relation: int) -> Data:
    return Data(x=graph.x, edge_index=graph.edge_index[:, graph.edge_type == relation])


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("centrality", CENTRALITIES)
def test_each_relation_is_drawn_as_by_dropping_in_ascending_order(graph, centrality, sparse):
    if sparse:
        graph = Data(
            x=compress(graph.x * (torch.rand(graph.x.shape, generator=seeded()) < 0.02)),
            **{name: graph[name] for name in ("edge_index", "edge_type")},
        )
    dropping = RelationDropping(3, 0.4, 0.3, centrality=centrality)
    one, expected = Dropping(0.4, 0.3, centrality=centrality), seeded(3)
    ready = prepare(dropping, graph)
    drawn = [dropping.views(ready, generator := seeded(3)), dropping.views(graph, seeded(3))]
    for relation in range(3):
        view = one(alone(graph, relation), expected)
        for views in drawn:
            assert torch.equal(views[relation].x.to_dense(), view.x.to_dense())
            assert torch.equal(views[relation].edge_index, view.edge_index)
            assert views[relation].x.layout == graph.x.layout
    assert torch.equal(generator.get_state(), expected.get_state())


def test_one_graph_carries_all_relations(graph):
    dropping = RelationDropping(3, 0.4, 0.3, centrality="degree", generator=seeded(1))
    weighted = Data(edge_weight=torch.arange(graph.num_edges).float(), **graph.to_dict())
    out = dropping(weighted)
    assert torch.equal(out.x, graph.x)
    kept = out.edge_weight.long()
    assert 0 < len(kept) < graph.num_edges
    assert torch.equal(out.edge_index, graph.edge_index[:, kept])
    assert torch.equal(out.edge_type, graph.edge_type[kept])
    assert out.kept_columns.shape == (3, graph.x.size(1))
    assert out.axes == {"kept_columns": "whole"}
    for relation, part in enumerate(relation_graphs(out, 3)):
        assert torch.equal(part.x, graph.x * out.kept_columns[relation])
        assert (part.edge_type == relation).all()
        assert torch.equal(part.edge_index, out.edge_index[:, out.edge_type == relation])
        assert len(part.edge_weight) == part.edge_index.size(1)
        assert "kept_columns" not in part
    assert "kept_columns" in out


def test_composed_with_itself_the_columns_of_both_are_masked(graph):
    first, second = RelationDropping(3, 0.0, 0.5), RelationDropping(3, 0.2, 0.5)
    generator = seeded(2)
    one = first(graph, generator)
    two = second(graph, generator)
    both = apply(Compose([first, second]), graph, seeded(2))
    assert torch.equal(both.kept_columns, one.kept_columns & two.kept_columns)
    assert torch.equal(both.edge_index, two.edge_index)


def test_any_augmenter_gives_relations(graph):
    parts = relation_graphs(DropEdges(0.5)(graph, seeded()), 4)
    assert sum(part.num_edges for part in parts) < graph.num_edges
    assert parts[3].num_edges == 0
    assert all(part.x is graph.x for part in parts)


def test_centralities_are_computed_once_for_all_views(graph, monkeypatch):
    calls = []

    def counted(*args, **kwargs):
        calls.append(args[2])
        return node_centrality(*args, **kwargs)

    monkeypatch.setattr(relation_dropping, "node_centrality", counted)
    monkeypatch.setattr("graphcl.augment.adaptive_rates.node_centrality", counted)
    views = [RelationDropping(3, rate, 0.1, centrality="degree") for rate in (0.1, 0.2)]
    ready = views[1].prepare(views[0].prepare(graph))
    assert len(calls) == 3
    for view in views:
        view.views(ready)
        assert view.prepare(ready) is ready
    assert len(calls) == 3
    assert sorted(ready.axes.values()) == ["edge_index", "edge_index", "node", "whole"]
    assert "axes" not in graph
    assert RelationDropping(3, 0.1, 0.1).prepare(graph) is graph


def test_degrees_of_relations(graph):
    degree = torch.stack(
        [torch.bincount(alone(graph, r).edge_index[1], minlength=60) for r in range(3)], dim=1
    ).float()
    data = attach(graph, "node", degree=degree)
    for relation, part in enumerate(relation_graphs(data, 3)):
        assert torch.equal(part.degree, degree[:, relation])
    for part in RelationDropping(3, 0.5, 0.5).views(data, seeded()):
        assert torch.equal(part.degree, torch.bincount(part.edge_index[1], minlength=60).float())
    total = attach(graph, "node", degree=degree.sum(1))
    for relation, part in enumerate(relation_graphs(total, 3)):
        assert torch.equal(part.degree, degree[:, relation])


@pytest.mark.parametrize("centrality", [None, "degree"])
def test_a_relation_without_edges(graph, centrality):
    views = RelationDropping(5, 0.5, 0.5, centrality=centrality).views(graph, seeded())
    assert [view.num_edges > 0 for view in views] == [True, True, True, False, False]
    empty = Data(x=graph.x, edge_index=graph.edge_index[:, :0], edge_type=graph.edge_type[:0])
    assert [view.num_edges for view in RelationDropping(2, 0.5, 0.5, centrality=centrality).views(empty)] == [0, 0]


def test_what_is_refused(graph):
    with pytest.raises(ValueError, match="edge_type must be below n_relations, 2; got 2"):
        RelationDropping(2, 0.5, 0.5, centrality="degree")(graph)
    with pytest.raises(ValueError, match="n_relations must be at least 1; got 0"):
        RelationDropping(0, 0.5, 0.5)
    with pytest.raises(ValueError, match=r"edge_rate must lie in \[0, 1\]; got 2"):
        RelationDropping(2, 2.0, 0.5)
    with pytest.raises(ValueError, match="data must have the tensor edge_type; got"):
        RelationDropping(2, 0.5, 0.5)(alone(graph, 0))
