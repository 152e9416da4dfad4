"""Attachments: what is put on a graph has a declared axis, and the graph that it is put on does not change."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl.attachments import attach, attach_edges, axis_of, edge_sets


def path() -> Data:
    """Three nodes and three edges: PyG cannot tell their attributes apart."""
    return Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1, 2], [1, 2, 0]]))


def test_what_a_graph_has_by_itself_has_its_axis():
    data = path()
    data.edge_weight, data.edge_attr, data.edge_type = torch.ones(3), torch.ones(3, 2), torch.zeros(3).long()
    assert [axis_of(data, name) for name in ("x", "edge_index", "num_nodes")] == ["node", "edge_set", "size"]
    assert {axis_of(data, name) for name in ("edge_weight", "edge_attr", "edge_type")} == {"edge_index"}
    assert edge_sets(data) == ["edge_index"]


@pytest.mark.parametrize(
    ("axis", "stored"), [("node", "node"), ("row", "row"), ("edge", "edge_index"), ("whole", "whole")]
)
def test_the_axis_is_the_declared_one(axis, stored):
    data, value = path(), torch.arange(3)
    out = attach(data, axis, value=value)
    assert out.value is value
    assert axis_of(out, "value") == stored
    assert set(data.keys()) == {"x", "edge_index"}, "the input is not changed"
    assert out.x is data.x


def test_several_at_once_and_one_after_another():
    first = attach(path(), "node", a=torch.ones(3), b=torch.ones(3, 2))
    second = attach(first, "whole", c=torch.ones(7))
    assert [axis_of(second, name) for name in "abc"] == ["node", "node", "whole"]
    assert "c" not in first
    assert "c" not in first.axes, "declarations are copied too"
    again = attach(second, "node", a=torch.zeros(3))
    assert torch.equal(again.a, torch.zeros(3))
    assert torch.equal(second.a, torch.ones(3))


def test_a_second_set_of_edges_and_what_describes_it():
    data = path()
    far = attach_edges(
        data, "diffusion", torch.tensor([[0, 2], [2, 1]]), weight=torch.ones(2), kind=torch.arange(2)
    )
    assert edge_sets(far) == ["edge_index", "diffusion_edge_index"]
    assert axis_of(far, "diffusion_edge_index") == "edge_set"
    assert axis_of(far, "diffusion_weight") == axis_of(far, "diffusion_kind") == "diffusion_edge_index"
    assert set(data.keys()) == {"x", "edge_index"}
    third = attach_edges(far, "knn", torch.tensor([[0], [1]]))
    assert edge_sets(third) == ["edge_index", "diffusion_edge_index", "knn_edge_index"]


def test_attachments_go_with_copies_and_devices():
    data = attach(path(), "node", rank=torch.arange(3))
    for copied in (data.clone(), data.to("cpu")):
        assert axis_of(copied, "rank") == "node"


@pytest.mark.parametrize(
    ("axis", "values", "message"),
    [
        ("nodes", {"a": torch.ones(3)}, r"axis must be one of node, row, edge, whole; got 'nodes'"),
        ("node", {"a": torch.ones(4)}, r"a must have 3 rows, one for each along 'node'; got 4"),
        ("row", {"a": torch.ones(2)}, r"a must have 3 rows, one for each along 'row'; got 2"),
        ("edge", {"a": torch.ones(1)}, r"a must have 3 rows, one for each along 'edge_index'; got 1"),
        ("whole", {"x": torch.ones(3)}, r"x has the axis 'node' already; choose another name"),
        ("node", {"edge_weight": torch.ones(3)}, r"edge_weight has the axis 'edge_index' already"),
        ("edge", {"known": torch.ones(3)}, r"known has the axis 'node' already; choose another name"),
    ],
)
def test_what_cannot_be_attached(axis, values, message):
    with pytest.raises(ValueError, match=message):
        attach(attach(path(), "node", known=torch.ones(3)), axis, **values)


def test_what_cannot_describe_a_second_set():
    with pytest.raises(ValueError, match=r"far_weight must have 1 rows, .* along 'far_edge_index'; got 2"):
        attach_edges(path(), "far", torch.tensor([[0], [1]]), weight=torch.ones(2))
    with pytest.raises(ValueError, match="far_edge_index has the axis 'node' already"):
        attach_edges(attach(path(), "node", far_edge_index=torch.ones(3)), "far", torch.tensor([[0], [1]]))


def test_an_attribute_that_nobody_declared():
    data = path()
    data.depth = torch.ones(3)
    with pytest.raises(
        ValueError, match=r"depth is on the graph without an axis; put it there by attach\(data"
    ) as e:
        axis_of(data, "depth")
    assert "\n" not in str(e.value)
