"""`graphcl.load` reads what any method saved, and asks for the objects that a file does not hold."""

import pytest
import torch
from torch_geometric.nn import SAGEConv

import graphcl
from graphcl.ops.files.tensor_files import read_tensors, write_tensors
from tests.easy import planted


def test_a_model_with_an_encoder_of_ones_own(tmp_path):
    torch.manual_seed(0)
    graph = planted()
    model = graphcl.DGI(encoder=SAGEConv(32, 8), out_channels=8, epochs=2).fit(graph)
    model.save(tmp_path / "model.pt")
    with pytest.raises(ValueError, match=r"load it with load\(path, encoder=\.\.\.\)"):
        graphcl.load(tmp_path / "model.pt")
    again = graphcl.load(tmp_path / "model.pt", encoder=SAGEConv(32, 8))
    assert torch.equal(again.transform(graph), model.embedding_)
    with pytest.raises(ValueError, match="takes no lr on loading; it was trained with plain values there"):
        graphcl.load(tmp_path / "model.pt", encoder=SAGEConv(32, 8), lr=1.0)


def test_files_of_the_first_format_hold_the_rows_and_are_read(tmp_path):
    graph, path = planted(), tmp_path / "model.pt"
    model = graphcl.DGI(hidden_channels=4, out_channels=4, epochs=1, n_clusters=2).fit(graph)
    model.save(path, rows=True)
    old = ("method", "params", "fitted", "state")
    content = {name: value for name, value in read_tensors(path).items() if name in old}
    write_tensors(path, {"format": 1, **content})
    loaded = graphcl.load(path)
    assert torch.equal(loaded.embedding_, model.embedding_)
    assert torch.equal(loaded.predict(graph), model.labels_)
    write_tensors(path, {"format": [1], **content})
    with pytest.raises(ValueError, match=r"has format \[1\], this graphcl reads up to 2"):
        graphcl.load(path)
