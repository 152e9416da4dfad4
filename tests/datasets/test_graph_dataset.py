import dataclasses

import pytest
import torch

from graphcl.datasets import GraphDataset

X = torch.eye(3)
EDGES = torch.tensor([[0, 1, 1], [1, 0, 1]])


def test_parts_are_brought_to_one_form():
    mask = torch.tensor([True, False, False])
    dataset = GraphDataset.from_parts(
        "mine", X.double(), EDGES.int(), torch.tensor([4, -1, 7]).int(), splits={"train": mask}, files={"f": "0"}
    )
    assert sorted(dataset.graph.keys()) == ["edge_index", "x", "y"]
    assert (dataset.graph.x.dtype, dataset.graph.y.dtype) == (torch.float32, torch.int64)
    assert dataset.graph.edge_index.tolist() == [[0, 1], [1, 0]]
    assert (dataset.num_classes, dataset.splits, dataset.files) == (2, {"train": mask}, {"f": "0"})
    assert repr(dataset) == "GraphDataset('mine': 3 nodes, 1 edges, 3 features, 2 classes)"


def test_no_labels_are_no_classes():
    assert GraphDataset.from_parts("mine", X, EDGES).num_classes is None
    assert GraphDataset.from_parts("mine", X, EDGES).graph.y is None
    assert GraphDataset.from_parts("mine", X, EDGES, torch.full((3,), -1)).num_classes is None
    assert repr(GraphDataset.from_parts("mine", X, EDGES)).endswith("no classes)")


def test_it_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        GraphDataset.from_parts("mine", X, EDGES).name = "other"


def test_the_checksum_is_of_the_content():
    y = torch.tensor([0, 1, 0])
    first = GraphDataset.from_parts("mine", X, EDGES, y).checksum
    assert GraphDataset.from_parts("another name", X, EDGES.flip(0, 1).contiguous(), y).checksum == first
    changed = [
        GraphDataset.from_parts("mine", X + 1, EDGES, y),
        GraphDataset.from_parts("mine", X, EDGES[:, :0], y),
        GraphDataset.from_parts("mine", X, EDGES, 1 - y),
        GraphDataset.from_parts("mine", X, EDGES),
    ]
    shapes = {GraphDataset.from_parts("mine", X.reshape(shape), EDGES).checksum for shape in ((3, 3), (9, 1))}
    assert len(shapes) == 2
    assert len({first, *(dataset.checksum for dataset in changed)}) == 5
