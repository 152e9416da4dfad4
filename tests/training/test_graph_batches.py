"""Batches of many graphs are gathered like PyG gathers them."""

import torch
from torch_geometric.data import Batch, Data

from graphcl.datasets import GraphCollection
from graphcl.training import Batches, GraphBatches, Stage, adam
from graphcl.training.batching import graph_batches

THREE = Stage("three", 1, adam(0.1), batch_size=3)


def graph(n: int) -> Data:
    edge_index = torch.randint(n, (2, 3 * n), generator=torch.Generator().manual_seed(0))
    return Data(x=torch.arange(2.0 * n).view(n, 2), edge_index=edge_index, num_nodes=n)


def graphs() -> list[Data]:
    return [graph(n) for n in (3, 5, 2, 4)]


def test_graphs_are_gathered_as_pyg_does():
    batches = GraphBatches(graphs())
    assert isinstance(batches, Batches)
    [ordered] = batches.sweep()
    expected = Batch.from_data_list(graphs())
    assert torch.equal(ordered.x, expected.x)
    assert torch.equal(ordered.edge_index, expected.edge_index)
    assert torch.equal(ordered.batch, expected.batch)
    seen = []
    for batch in batches.epoch(THREE, torch.Generator().manual_seed(0)):
        expected = Batch.from_data_list([graphs()[i] for i in batch.n_id])
        assert torch.equal(batch.x, expected.x)
        assert torch.equal(batch.edge_index, expected.edge_index)
        assert batch.roles == {}
        seen += batch.n_id.tolist()
    assert sorted(seen) == [0, 1, 2, 3]
    assert batches.steps(THREE) == 2
    assert batches.steps(Stage("all", 1, adam(0.1))) == 1


def test_a_collection_gives_the_batches_of_its_graphs():
    one_by_one, flat = GraphBatches(graphs()), GraphBatches(GraphCollection.of(graphs()))
    orders = [batches.epoch(THREE, torch.Generator().manual_seed(0)) for batches in (one_by_one, flat)]
    for expected, batch in zip(*orders, strict=True):
        assert batch.seeds == expected.seeds == len(batch.n_id)
        assert batch.to_dict().keys() == expected.to_dict().keys()
        for name in ("x", "edge_index", "batch", "ptr", "n_id"):
            assert torch.equal(batch[name], expected[name])


def test_a_sweep_takes_fewer_graphs_where_they_are_large(monkeypatch):
    monkeypatch.setattr(graph_batches, "ITEMS", 20)
    several = [Data(x=torch.ones(n, 1), edge_index=torch.zeros(2, n).long()) for n in (3, 4, 30, 1, 9, 10)]
    sizes = [batch.n_id.tolist() for batch in GraphBatches(several).sweep()]
    assert sizes == [[0, 1], [2], [3, 4], [5]]
    monkeypatch.setattr(graph_batches, "GRAPHS", 1)
    assert [batch.n_id.tolist() for batch in GraphBatches(several).sweep()] == [[i] for i in range(6)]
