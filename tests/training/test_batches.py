"""Every seed once, attachments sliced by their prefix, many graphs gathered like PyG gathers them."""

import torch
from torch_geometric.data import Batch, Data

from graphcl.datasets import GraphCollection
from graphcl.ops.sparse import compress
from graphcl.training import Batches, GraphBatches, NodeBatches, batches


def graph(n: int = 10) -> Data:
    edge_index = torch.randint(n, (2, 3 * n), generator=torch.Generator().manual_seed(0))
    data = Data(x=torch.arange(2.0 * n).view(n, 2), edge_index=edge_index, num_nodes=n)
    data.node_rank = torch.arange(n) * 10
    data.edge_rank = torch.arange(3 * n) * 100
    data.row_identity = compress(torch.eye(n) * torch.arange(1.0, n + 1))
    return data


def test_full_batch_is_the_graph_itself():
    data = graph()
    batches = NodeBatches(data)
    assert isinstance(batches, Batches)
    [batch] = batches.epoch(None, torch.Generator())
    assert batch.x is data.x
    assert batch.edge_index is data.edge_index
    assert batch.seeds == 10
    assert "n_id" not in data
    [large] = batches.epoch(10, torch.Generator())
    assert large is batch


def test_samples_cover_all_seeds_and_slice_what_prepare_attached():
    data = graph()
    seen = []
    for batch in NodeBatches(data, (2,)).epoch(4, torch.Generator().manual_seed(1)):
        seeds = batch.n_id[: batch.seeds]
        seen += seeds.tolist()
        assert torch.equal(batch.x, data.x[batch.n_id])
        assert torch.equal(batch.node_rank, batch.n_id * 10)
        assert torch.equal(batch.edge_rank, batch.e_id * 100)
        assert torch.equal(batch.n_id[batch.edge_index], data.edge_index[:, batch.e_id])
        assert torch.equal(batch.row_identity.to_dense(), data.row_identity.to_dense()[seeds])
    assert sorted(seen) == list(range(10))
    assert seen != list(range(10))


def test_rows_alone_need_no_edges():
    for batch in NodeBatches(graph()).epoch(3, torch.Generator()):
        assert batch.edge_index.shape == (2, 0)
        assert len(batch.x) == batch.seeds == len(batch.n_id)


def test_as_many_edges_as_nodes_does_not_confuse_the_slices():
    """PyG guesses edge attributes by length; ours go by name."""
    data = Data(x=torch.arange(4.0)[:, None], edge_index=torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]]))
    data.node_rank, data.edge_rank = torch.arange(4), torch.arange(4)
    for batch in NodeBatches(data, (-1,)).epoch(2, torch.Generator().manual_seed(0)):
        assert torch.equal(batch.node_rank, batch.n_id)
        assert torch.equal(batch.edge_rank, batch.e_id)


def test_sweep_in_chunks_is_in_order(monkeypatch):
    monkeypatch.setattr("graphcl.training.batches.SWEEP", 4)
    ids = [batch.n_id.tolist() for batch in NodeBatches(graph()).sweep()]
    assert ids == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_graphs_are_gathered_as_pyg_does():
    graphs = [graph(n) for n in (3, 5, 2, 4)]
    for one in graphs:
        del one.node_rank, one.edge_rank, one.row_identity
    batches = GraphBatches(graphs)
    [ordered] = batches.sweep()
    expected = Batch.from_data_list(graphs)
    assert torch.equal(ordered.x, expected.x)
    assert torch.equal(ordered.edge_index, expected.edge_index)
    assert torch.equal(ordered.batch, expected.batch)
    seen = []
    for batch in batches.epoch(3, torch.Generator().manual_seed(0)):
        expected = Batch.from_data_list([graphs[i] for i in batch.n_id])
        assert torch.equal(batch.x, expected.x)
        assert torch.equal(batch.edge_index, expected.edge_index)
        seen += batch.n_id.tolist()
    assert sorted(seen) == [0, 1, 2, 3]


def test_a_collection_gives_the_batches_of_its_graphs():
    graphs = [graph(n) for n in (3, 5, 2, 4)]
    for one in graphs:
        del one.node_rank, one.edge_rank, one.row_identity
    one_by_one, flat = GraphBatches(graphs), GraphBatches(GraphCollection.of(graphs))
    orders = [batches.epoch(3, torch.Generator().manual_seed(0)) for batches in (one_by_one, flat)]
    for expected, batch in zip(*orders, strict=True):
        assert batch.seeds == expected.seeds == len(batch.n_id)
        assert batch.to_dict().keys() == expected.to_dict().keys()
        for name in ("x", "edge_index", "batch", "ptr", "n_id"):
            assert torch.equal(batch[name], expected[name])


def test_a_sweep_takes_fewer_graphs_where_they_are_large(monkeypatch):
    monkeypatch.setattr(batches, "ITEMS", 20)
    graphs = [Data(x=torch.ones(n, 1), edge_index=torch.zeros(2, n).long()) for n in (3, 4, 30, 1, 9, 10)]
    sizes = [batch.n_id.tolist() for batch in GraphBatches(graphs).sweep()]
    assert sizes == [[0, 1], [2], [3, 4], [5]]
    monkeypatch.setattr(batches, "GRAPHS", 1)
    assert [batch.n_id.tolist() for batch in GraphBatches(graphs).sweep()] == [[i] for i in range(6)]
