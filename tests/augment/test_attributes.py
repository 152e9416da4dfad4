"""Declared attachments follow their declaration, also where there are as many nodes as edges."""

import copy

import pytest
import torch
from torch_geometric.data import Batch, Data

from graphcl.attachments import attach, attach_edges
from graphcl.augment import AddEdges, DropEdges, DropNodes, PageRankDiffusion, RandomWalkSubgraph
from graphcl.augment.attributes import (
    edge_attachments,
    edge_keys,
    node_keys,
    node_numbers,
    without,
    without_stale,
)
from tests.augment.graphs import cycle, seeded

CIRCLE = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])


def declared() -> Data:
    """Six nodes and six edges, with attachments whose names say the opposite of their axes."""
    data = Data(x=torch.eye(6), edge_index=CIRCLE, edge_attr=torch.arange(6), depth=torch.arange(6))
    data = attach(data, "edge", drop=torch.arange(6.0), node_like=torch.arange(6.0)[:, None])
    data = attach(data, "node", edge_like=torch.arange(6.0), class_index=torch.arange(6))
    return attach(attach(data, "row", target=torch.arange(6.0)), "whole", edge_scale=torch.arange(6.0))


def test_as_many_nodes_as_edges():
    data = declared()
    assert set(edge_keys(data)) == {"edge_attr", "drop", "node_like"}
    assert set(node_keys(data)) == {"x", "depth", "edge_like", "class_index"}
    assert set(edge_attachments(data)) == {"drop", "node_like"}


@pytest.mark.parametrize("change", [DropEdges(0.5), AddEdges(0.9)], ids=repr)
def test_edges_take_their_attachments_along(change):
    data = declared()
    before = copy.deepcopy(data)
    out = change(data, seeded())
    origin = out.edge_attr
    assert 0 < len(origin) != 6
    assert torch.equal(out.drop, origin.float())
    assert torch.equal(out.node_like, origin.float()[:, None])
    for name in ("edge_like", "class_index", "target", "edge_scale", "depth"):
        assert out[name] is data[name]
    assert out.axes == data.axes == before.axes
    assert torch.equal(data.drop, before.drop)


@pytest.mark.parametrize("change", [DropNodes(0.5), RandomWalkSubgraph(1, 2)], ids=repr)
def test_nodes_take_their_attachments_along(change):
    data = declared()
    out = change(data, seeded())
    kept = out.depth
    assert 0 < len(kept) < 6
    assert torch.equal(out.edge_like, kept.float())
    assert torch.equal(out.class_index, kept)
    assert torch.equal(out.drop, out.edge_attr.float())
    for name in ("target", "edge_scale"):
        assert out[name] is data[name]


def test_a_second_set_of_edges_stays_when_edges_are_dropped_and_forbids_dropping_nodes():
    far = torch.tensor([[0, 1, 2, 3, 4, 5], [3, 4, 5, 0, 1, 2]])
    data = attach_edges(declared(), "diffusion", far, weight=torch.arange(6.0))
    out = DropEdges(0.5)(data, seeded())
    assert out.diffusion_edge_index is data.diffusion_edge_index
    assert out.diffusion_weight is data.diffusion_weight
    assert node_numbers(data) == ("diffusion_edge_index", "attach this set of edges after dropping nodes")
    for change in (DropNodes(0.5), RandomWalkSubgraph(1, 2)):
        with pytest.raises(ValueError, match="diffusion_edge_index holds node numbers, which change; attach this"):
            change(data)


def test_node_numbers_by_name():
    assert node_numbers(declared()) is None
    mesh = Data(x=torch.eye(3), edge_index=CIRCLE[:, :2], face=torch.tensor([[0], [1], [2]]))
    assert node_numbers(mesh) == ("face", "remove it first: del data.face")


def test_replaced_edges_take_their_attachments_away():
    data = attach(Data(x=torch.eye(6), edge_index=CIRCLE), "edge", drop=torch.arange(6.0))
    out = PageRankDiffusion(top_k=2)(data)
    assert "drop" not in out
    assert out.axes == {}
    assert "drop" in data


def test_attachments_of_another_length_are_named():
    data = declared()
    data.drop = data.drop[:4]
    with pytest.raises(ValueError, match="drop must have 6 rows, one for each along 'edge_index'; got 4"):
        edge_keys(data)
    data = declared()
    data.edge_like = torch.tensor(1.0)
    with pytest.raises(ValueError, match="edge_like must have 6 rows, one for each along 'node'; got -1"):
        node_keys(data)


def test_stale_attachments_are_those_that_did_not_change_with_the_edges():
    before = attach(
        attach(Data(x=torch.eye(6), edge_index=CIRCLE), "edge", a=torch.ones(6)), "edge", b=torch.ones(6)
    )
    assert without_stale(copy.copy(before), before).axes == before.axes
    out = copy.copy(before)
    out.edge_index = CIRCLE.clone()
    assert "a" in without_stale(out, before)  # equal edges
    out.edge_index, out.a = CIRCLE.flip(1), torch.zeros(6)
    without_stale(out, before)
    assert "a" in out
    assert "b" not in out
    assert "b" in before
    assert "b" in before.axes
    assert without(out, ["a"]).axes == {}


def test_batches_of_prepared_graphs():
    """PyG puts the declarations of all graphs into lists."""
    parts = [
        attach(Data(x=torch.rand(n, 2), edge_index=cycle(n)), "edge", drop=torch.arange(2 * n)) for n in (3, 4)
    ]
    batch = Batch.from_data_list(parts)
    assert edge_keys(batch) == ["drop"]
    out = DropEdges(0.5)(batch, seeded())
    again = out.to_data_list()
    for part, got in zip(parts, again, strict=True):
        assert torch.equal(part.edge_index[:, got.drop], got.edge_index)
        assert got.axes == {"drop": "edge_index"}
    assert sum(got.edge_index.size(1) for got in again) == out.edge_index.size(1) < 14
