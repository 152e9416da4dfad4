"""Encoders are called with what their forward takes, and with dense features unless they read sparse ones."""

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN, SAGEConv

from graphcl import GRACE
from graphcl.encoders import GNN
from graphcl.encoders.calling import encode

X = torch.eye(40)[:, :30].contiguous()
RING = torch.stack([torch.arange(40), (torch.arange(40) + 1) % 40])


def sparse_ring() -> Data:
    return Data(x=X.to_sparse_csr(), edge_index=RING)


@pytest.mark.parametrize("make", [lambda: SAGEConv(30, 8), lambda: GIN(30, 8, 2)], ids=["sage", "gin"])
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta state")
def test_encoders_of_pyg_read_sparse_features(make):
    torch.manual_seed(0)
    encoder = make()
    rows = encode(encoder, sparse_ring())
    assert torch.equal(rows, encoder(X, RING))
    for batch_size in (None, 16):
        model = GRACE(encoder=encoder, out_channels=8, epochs=1, batch_size=batch_size)
        assert model.fit(sparse_ring()).embedding_.shape == (40, 8)


def test_our_networks_read_them_as_they_are():
    seen = []
    network = GNN(30, 8, 4)
    network.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].layout))
    rows = encode(network, sparse_ring())
    assert seen == [torch.sparse_csr]
    torch.testing.assert_close(rows, network(X, RING))
