"""Embeddings on disk: those of transform, mapped into memory, whole or not there."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl import DGI, METHODS, AutoencoderKMeans, FeatureKMeans, GCooLMultiplex
from graphcl.feature_source import TensorFeatures
from graphcl.training import NodeBatches, embed_all, node_batches
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
