"""`graphcl.load` reads what any method saved, and asks for the objects that a file does not hold."""

import pytest
import torch
from torch_geometric.nn import SAGEConv

import graphcl
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
