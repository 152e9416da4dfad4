"""Embeddings on disk: those of transform, mapped into memory, whole or not there."""

from typing import ClassVar

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl import DGI, METHODS, AutoencoderKMeans, FeatureKMeans, GCooLMultiplex, Leiden
from graphcl.feature_source import TensorFeatures
from graphcl.training import NodeBatches, embed_all, inference
from graphcl.training.batching import node_batches
from graphcl.training.row_store import RowStore
from tests.easy import many, planted, several
from tests.training.recorder import CPU, Recorder, data

SMALL = {"hidden_channels": 8, "out_channels": 4}
ROWS = {"n_clusters": 3, "hidden_channels": (8,), "out_channels": 4, "pretrain_epochs": 1}
MODELS = {
    "full batch": lambda: DGI(epochs=1, **SMALL),
    "layer by layer": lambda: DGI(epochs=1, batch_size=50, num_layers=2, **SMALL),
    "rows": lambda: AutoencoderKMeans(**ROWS),
    "relations in blocks": lambda: GCooLMultiplex(epochs=1, batch_size=50, n_clusters=3, **SMALL),
    "nothing trained": lambda: FeatureKMeans(n_clusters=3),
    "graphs": lambda: METHODS["graph-cl"](channels=4, epochs=1, device="cpu"),
}


@pytest.fixture
def blocks_of_16(monkeypatch):
    monkeypatch.setitem(node_batches.NodeBatches.__init__.__kwdefaults__, "block", 16)


@pytest.mark.parametrize("name", MODELS)
def test_the_file_holds_what_transform_returns(name, tmp_path, blocks_of_16):
    graph = {"relations in blocks": several, "graphs": lambda: many("molecule")}.get(name, planted)()
    model, path = MODELS[name]().fit(graph), tmp_path / "deep" / "z.npy"
    rows = model.transform(graph, out=path)
    assert torch.equal(rows, model.transform(graph))
    stored = np.load(path, mmap_mode="r")
    assert stored.dtype == np.float32
    assert np.array_equal(stored, rows.numpy())
    np.load(path, mmap_mode="r+")[3, 0] = 7.0
    assert rows[3, 0] == 7.0, "the result is mapped from the file"
    assert [file.name for file in path.parent.iterdir()] == ["z.npy"]
    again = model.transform(graph, out=str(path))
    assert again[3, 0] != 7.0, "an old file is replaced"


def test_the_method_keeps_its_mode_and_other_functions_can_be_embedded():
    method = Recorder().train()
    rows = embed_all(method, NodeBatches(data(5), hops=0, block=2), CPU, lambda batch: 2 * batch.x)
    assert torch.equal(rows, torch.full((5, 1), 2.0))
    assert method.training
    assert not rows.requires_grad
    assert not embed_all(method, NodeBatches(data(5)), CPU).requires_grad


class Failing(Recorder):
    """Fails in the second block, and leaves its mode alone."""

    def embed(self, batch):
        if 0 not in batch.n_id:
            raise FloatingPointError
        return batch.x


@pytest.mark.parametrize("old", [None, b"an old file"])
def test_an_error_leaves_no_file_and_no_part_of_one(tmp_path, old):
    path, method = tmp_path / "z.npy", Failing().train()
    if old:
        path.write_bytes(old)
    with pytest.raises(FloatingPointError):
        embed_all(method, NodeBatches(data(5), hops=0, block=2), CPU, out=path)
    assert [file.name for file in tmp_path.iterdir()] == (["z.npy"] if old else [])
    assert old is None or path.read_bytes() == old
    assert method.training


def test_places_where_no_file_can_be(tmp_path):
    model, graph = DGI(epochs=0, **SMALL).fit(planted()), planted()
    with pytest.raises(OSError, match="cannot be written: it is a folder; choose another place"):
        model.transform(graph, out=tmp_path)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="cannot be written: its folder is a file; choose another place"):
        model.transform(graph, out=tmp_path / "file" / "z.npy")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_features_in_a_file_lead_to_rows_in_a_file(tmp_path, blocks_of_16):
    """Neither is ever whole in memory."""
    graph = planted()
    model = DGI(epochs=1, batch_size=50, **SMALL).fit(graph)
    np.save(tmp_path / "x.npy", graph.x.numpy())
    mapped = torch.from_numpy(np.load(tmp_path / "x.npy", mmap_mode="r+"))
    given = Data(x=TensorFeatures(mapped), edge_index=graph.edge_index, num_nodes=150)
    assert torch.equal(model.transform(given, out=tmp_path / "z.npy"), model.transform(graph))


def test_rows_in_half_precision_are_stored_in_single(tmp_path):
    with RowStore(tmp_path / "z.npy", 3) as store:
        store.append(torch.ones(2, 3, dtype=torch.bfloat16))
        store.append(torch.zeros(1, 3, dtype=torch.float64))
        rows = store.rows()
    assert rows.dtype == torch.float32
    assert rows.tolist() == [[1.0] * 3] * 2 + [[0.0] * 3]
    with RowStore(None) as store:
        store.append(torch.ones(1, 1, dtype=torch.float64))
        assert store.rows().dtype == torch.float64


class Watched(RowStore):
    """Counts the files that lower layers have, and forgets none."""

    made: ClassVar[list["Watched"]] = []

    def beside(self):
        store = Watched(self.path, self.total)
        self.made.append(store)
        return store


@pytest.fixture
def watched(monkeypatch):
    monkeypatch.setattr(inference, "RowStore", Watched)
    monkeypatch.setattr(Watched, "made", [])
    return Watched.made


def folder(path):
    return sorted(file.name for file in path.iterdir())


def test_lower_layers_lie_in_files_two_at_a_time(tmp_path, blocks_of_16, watched, monkeypatch):
    """With three layers; what is gathered of them is a block with its neighbours, and never the whole."""
    graph = planted()
    model = DGI(epochs=1, batch_size=50, num_layers=3, **SMALL).fit(graph)
    expected, seen, asked = model.transform(graph), [], []
    gather = TensorFeatures.gather

    def spy(source, n_id):
        seen.append(len(folder(tmp_path)))
        asked.append(len(n_id))
        assert source.x.numpy().base is not None, "mapped"
        return gather(source, n_id)

    monkeypatch.setattr(TensorFeatures, "gather", spy)
    watched.clear()
    assert torch.equal(model.transform(graph, out=tmp_path / "z.npy"), expected)
    assert len(watched) == 2
    assert len(asked) == 2 * 10
    assert max(seen) == 2
    assert max(asked) < 150
    assert folder(tmp_path) == ["z.npy"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, FloatingPointError])
def test_nothing_is_left_of_lower_layers_after_a_stop(tmp_path, blocks_of_16, stop, monkeypatch):
    graph = planted()
    model = DGI(epochs=0, batch_size=50, num_layers=3, **SMALL).fit(graph)
    sample, calls = NodeBatches.sample, []

    def stopped(*given, **options):
        calls.append(folder(tmp_path))
        if len(calls) == 25:  # in the last layer
            raise stop
        return sample(*given, **options)

    monkeypatch.setattr(NodeBatches, "sample", stopped)
    with pytest.raises(stop):
        model.transform(graph, out=tmp_path / "z.npy")
    assert len(calls[-1]) == 2
    assert not folder(tmp_path)


def test_features_need_no_more_than_a_block_with_hubs(monkeypatch):
    """A hub of 120 neighbours is a block of its own; other blocks have 40 edges at most."""
    monkeypatch.setattr(node_batches, "BLOCK_EDGES", 40)
    star = torch.stack([torch.arange(1, 121), torch.zeros(120).long()])
    edges = torch.cat([star, star.flip(0)], dim=1)
    batches = NodeBatches(Data(x=torch.eye(121), edge_index=edges), hops=1, block=100)
    blocks = batches.blocks()
    assert torch.equal(torch.cat(list(blocks)), torch.arange(121))
    assert [len(block) for block in blocks] == [1, 40, 40, 40]
    rows = NodeBatches(Data(x=torch.eye(121), edge_index=edges), hops=0, block=100).blocks()
    assert [len(block) for block in rows] == [100, 21], "rows alone read no edges"


@pytest.mark.parametrize("name", MODELS)
def test_fit_maps_its_embedding_from_a_file(name, tmp_path, blocks_of_16):
    """The bits of a fit without a file, clusters included; a saved model has the embedding in it."""
    graph = {"relations in blocks": several, "graphs": lambda: many("molecule")}.get(name, planted)()
    plain, path = MODELS[name]().fit(graph), tmp_path / "z.npy"
    model = MODELS[name]().fit(graph, out=path)
    assert torch.equal(model.embedding_, plain.embedding_)
    assert not hasattr(plain, "labels_") or torch.equal(model.labels_, plain.labels_)
    np.load(path, mmap_mode="r+")[3, 0] = 7.0
    assert model.embedding_[3, 0] == 7.0
    model.save(tmp_path / "model.pt", rows=True)
    assert type(model).load(tmp_path / "model.pt").embedding_[3, 0] == 7.0
    assert folder(tmp_path) == ["model.card.md", "model.pt", "z.npy"]


def test_a_place_that_cannot_be_written_is_said_before_the_training(tmp_path):
    def fail(_report):
        raise AssertionError("trained")

    with pytest.raises(OSError, match="cannot be written: it is a folder; choose another place"):
        DGI(epochs=1, **SMALL).fit(planted(), callbacks=[fail], out=tmp_path)
    with pytest.raises(ValueError, match="leiden makes its embedding when asked for"):
        Leiden().fit(planted(), out=tmp_path / "z.npy")
    assert not folder(tmp_path)
