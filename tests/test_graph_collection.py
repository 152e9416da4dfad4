"""Batches are those of PyG, whatever is asked for in whatever order; views, copies, small types, bad input."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Batch, Data

from graphcl import GraphCL
from graphcl.datasets import GraphCollection
from graphcl.graph_collection import bounds

SIZES = [(3, 4), (1, 0), (5, 6), (2, 2)]  # nodes, directed edges


def graph(nodes, edges, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return Data(
        x=torch.randint(9, (nodes, 2), generator=draw),
        edge_index=torch.randint(nodes, (2, edges), generator=draw),
        edge_attr=torch.randint(4, (edges, 2), generator=draw),
    )


def some(sizes=SIZES):
    return [graph(nodes, edges, seed) for seed, (nodes, edges) in enumerate(sizes)]


def same(found, expected):
    for name in ("x", "edge_index", "edge_attr", "batch", "ptr"):
        assert torch.equal(found[name], expected[name]), name
        assert found[name].dtype == torch.int64


@settings(max_examples=50)
@given(data=st.data())
def test_any_batch_is_the_one_that_pyg_makes(data):
    sizes = data.draw(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5)), min_size=1, max_size=6))
    graphs = some(sizes)
    index = data.draw(st.lists(st.integers(0, len(sizes) - 1), min_size=1, max_size=8))
    collection = GraphCollection.of(graphs)
    same(collection.batch(index), Batch.from_data_list([graphs[i] for i in index]))
    same(collection.batch(torch.tensor(index)), Batch.from_data_list([graphs[i] for i in index]))


def test_one_graph_a_view_and_a_choice():
    graphs = some()
    collection = GraphCollection.of(graphs)
    assert len(collection) == 4
    for i, expected in enumerate(graphs):
        for one in (collection[i], collection[i - 4], collection[torch.tensor(i)]):
            assert one.to_dict().keys() == expected.to_dict().keys()
            assert all(torch.equal(one[name], expected[name]) for name in ("x", "edge_index", "edge_attr"))
    same(collection[1:3].batch([1, 0]), collection.batch([2, 1]))
    same(collection[::-1].batch([0]), collection.batch([3]))
    same(collection.select([2, 0]).batch([1, 0]), collection.batch([0, 2]))
    assert collection[1:3].x.data_ptr() == collection.x[3:].data_ptr()
    assert len(collection[2:2]) == len(collection[3:1]) == 0
    assert [one.num_nodes for one in collection] == [3, 1, 5, 2]


def test_small_types_stay_small_until_they_are_handed_out():
    whole = GraphCollection.of(some())
    small = replace(
        whole,
        x=whole.x.to(torch.uint8),
        edge_index=whole.edge_index.to(torch.int16),
        edge_attr=whole.edge_attr.int(),
    )
    same(small.batch([3, 0, 3]), whole.batch([3, 0, 3]))
    assert small.select([0, 2]).x.dtype == small[1:].x.dtype == torch.uint8
    assert small[0].edge_index.dtype == torch.int64


def test_a_batch_may_exceed_what_the_stored_type_can_number():
    path = Data(x=torch.zeros(200, 1), edge_index=torch.tensor([[0], [199]]))
    small = GraphCollection.of([path])
    small = replace(small, edge_index=small.edge_index.to(torch.uint8))
    assert small.batch([0, 0, 0]).edge_index.tolist() == [[0, 200, 400], [199, 399, 599]]


def test_floating_features_stay_as_they_are():
    graphs = [Data(x=torch.rand(2, 3), edge_index=torch.zeros(2, 0).long()) for _ in range(2)]
    batch = GraphCollection.of(graphs).batch([1])
    assert torch.equal(batch.x, graphs[1].x)
    assert "edge_attr" not in batch
    assert "y" not in batch


def test_labels_come_along_and_the_missing_ones_are_known():
    classes = replace(GraphCollection.of(some()), y=torch.tensor([1, 0, -1, 1]))
    assert classes.batch([3, 2]).y.tolist() == [1, -1]
    assert classes[1:3].y.tolist() == [0, -1]
    assert classes[1].y.tolist() == [0]
    assert classes.labelled.tolist() == [True, True, False, True]
    tasks = replace(classes, y=torch.tensor([[0.0, torch.nan]]).repeat(4, 1))
    assert tasks.select([1]).labelled.tolist() == [[True, False]]
    assert tasks.batch([0, 1]).y.shape == (2, 2)
    with pytest.raises(ValueError, match="these graphs have no labels y"):
        _ = GraphCollection.of(some()).labelled


def test_arrays_may_be_files_that_are_mapped_into_memory(tmp_path):
    whole = GraphCollection.of(some())
    arrays = {}
    for name, value in whole.to_dict().items():
        np.save(tmp_path / f"{name}.npy", value.numpy())
        arrays[name] = torch.from_numpy(np.load(tmp_path / f"{name}.npy", mmap_mode="c"))
    same(GraphCollection(**arrays).batch([2, 2, 1]), whole.batch([2, 2, 1]))


def test_to_a_device_and_repr():
    collection = GraphCollection.of(some())
    assert collection.to("cpu").x is collection.x
    assert list(collection.to_dict()) == ["x", "edge_index", "node_ptr", "edge_ptr", "edge_attr"]
    assert repr(collection) == "GraphCollection(4 graphs, 11 nodes, 12 edges)"
    assert bounds(torch.tensor([], dtype=torch.long)).tolist() == [0]


@pytest.mark.parametrize(
    ("graphs", "error", "message"),
    [
        ([], ValueError, "at least one graph; got none"),
        ([Data(x=torch.eye(2))], ValueError, r"edge_index of every graph must be .* \(2, e\); got NoneType"),
        ([Data(edge_index=torch.zeros(2, 0).long())], ValueError, r"x of every graph must be .*; got NoneType"),
        ([Data(x=torch.ones(2), edge_index=torch.zeros(2, 0).long())], ValueError, r"\(n, d\); got \(2,\)"),
        ([Data(x=torch.eye(2), edge_index=torch.zeros(3, 0).long())], ValueError, r"\(2, e\); got \(3, 0\)"),
        ([Data(x=torch.eye(2), edge_index=torch.zeros(2, 1))], TypeError, "must hold integers; got torch.float32"),
        (
            [Data(x=torch.eye(n), edge_index=torch.zeros(2, 0).long()) for n in (2, 3)],
            ValueError,
            r"x must have the same number of columns in all graphs; got \(2,\) and \(3,\)",
        ),
        (
            [graph(2, 2), Data(x=graph(2, 2).x, edge_index=graph(2, 2).edge_index)],
            ValueError,
            r"edge_attr .* none",
        ),
    ],
)
def test_what_cannot_be_put_together_is_refused(graphs, error, message):
    with pytest.raises(error, match=message):
        GraphCollection.of(graphs)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"node_ptr": torch.tensor([0, 3, 4, 9, 10])}, "node_ptr must rise from 0 to 11, the rows of x"),
        ({"node_ptr": torch.tensor([1, 3, 4, 9, 11])}, "node_ptr must rise from 0 to 11"),
        (
            {"edge_ptr": torch.tensor([0, 6, 4, 10, 12])},
            "edge_ptr must rise from 0 to 12, the columns of edge_index",
        ),
        ({"edge_ptr": torch.tensor([0, 12])}, "must have the same length; got 5 and 2 entries"),
        ({"edge_attr": torch.zeros(3, 1)}, "edge_attr must have 12 rows; got 3"),
        ({"y": torch.zeros(3, 1)}, "y must have 4 rows; got 3"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(GraphCollection.of(some()), **change)


@pytest.mark.parametrize("index", [[4], [0, -1]])
def test_a_graph_that_is_not_there(index):
    with pytest.raises(IndexError, match=r"graphs must lie in \[0, 4\)"):
        GraphCollection.of(some()).batch(index)
    with pytest.raises(IndexError, match="there are 4 graphs; got index 4"):
        GraphCollection.of(some())[4]


def test_a_mask_chooses_graphs():
    graphs = GraphCollection.of(
        [Data(x=torch.full((n, 1), n), edge_index=torch.zeros(2, 0).long()) for n in (1, 2, 3)]
    )
    mask = torch.tensor([False, True, True])
    assert graphs.select(mask).x[:, 0].tolist() == [2, 2, 3, 3, 3]
    assert graphs.batch([False, False, True]).ptr.tolist() == [0, 3]
    with pytest.raises(IndexError, match=r"a mask must have a value for each of 3 graphs; got \[2\]"):
        graphs.select(mask[:2])
    with pytest.raises(TypeError, match=r"chosen by integers or a mask; got torch.float32; convert it"):
        graphs.batch(torch.tensor([0.7]))
    assert len(graphs.select([])) == 0


def test_a_graph_without_edges_need_not_have_edge_attr():
    atom = Data(x=torch.tensor([[5, 0]]), edge_index=torch.zeros(2, 0).long())
    for graphs in ([atom, graph(3, 4)], [graph(3, 4), atom]):
        assert GraphCollection.of(graphs).edge_attr.shape == (4, 2)
    assert GraphCollection.of([atom]).edge_attr is None
    pair = Data(x=torch.zeros(2, 2).long(), edge_index=torch.tensor([[0, 1], [1, 0]]))
    with pytest.raises(
        ValueError, match=r"edge_attr must have the same number of columns in all graphs; got .* and none"
    ):
        GraphCollection.of([pair, graph(3, 4)])


def test_single_atoms_are_molecules():
    atom = Data(x=torch.tensor([[5, 0]]), edge_index=torch.zeros(2, 0).long())
    model = GraphCL(epochs=1, channels=4, domain="molecule").fit([atom, atom])
    assert model.embedding_.shape == (2, 4)
