"""The attention network and the decoder of some nodes, beside PyG's layer."""

import pytest
import torch
from torch_geometric.nn import GATConv

from graphcl.encoders.attention import AttentionDecoder, AttentionGNN, AttentionLayer
from graphcl.encoders.entry_dropout import entry_dropout
from graphcl.ops.graph_matrices.attention import AttentionEdges
from graphcl.ops.graph_matrices.sparse import compress

N = 9


def graph() -> tuple[torch.Tensor, torch.Tensor]:
    draws = torch.Generator().manual_seed(0)
    return torch.randn(N, 5, generator=draws).double(), torch.randint(N, (2, 25), generator=draws)


def test_a_layer_is_that_of_pyg():
    x, edges = graph()
    layer, theirs = AttentionLayer(5, 4, heads=3).double(), GATConv(5, 4, 3).double()
    theirs.load_state_dict(
        {"lin.weight": layer.weight, "att_src": layer.other, "att_dst": layer.own, "bias": layer.bias}
    )
    torch.testing.assert_close(layer(x, AttentionEdges.of(edges, N)), theirs(x, edges))


@pytest.mark.parametrize("norm", [None, "layer", "batch"])
def test_layer_by_layer_is_the_network(norm):
    x, edges = graph()
    network = AttentionGNN(5, 8, 4, 3, heads=2, norm=norm, residual=True, dropout=0.5).double().eval()
    rows = x
    for depth, (attention, activation) in enumerate(zip(network.attention, network.activation, strict=True)):
        out = attention(rows, AttentionEdges.of(edges, N))
        shortcut = network.shortcut[depth]
        rows = activation(network.norm[depth](out + shortcut(rows)))
    torch.testing.assert_close(network(x, edges), rows)
    torch.testing.assert_close(network(compress_all(x), edges), rows)


def compress_all(x: torch.Tensor) -> torch.Tensor:
    """The same in CSR, whatever its density."""
    return x.to_sparse_csr()


def test_dropout_is_for_training_alone():
    x, edges = graph()
    network = AttentionGNN(5, 8, 4, dropout=0.5, attention_dropout=0.5, heads=2).double()
    assert not torch.equal(network(x, edges), network(x, edges))
    network.eval()
    assert torch.equal(network(x, edges), network(x, edges))
    sparse = compress(torch.eye(100) * 2)
    dropped = entry_dropout(sparse, 0.5).to_dense()
    assert set(dropped.unique().tolist()) == {0.0, 4.0}
    assert entry_dropout(sparse, 0.0) is sparse


def test_the_decoder_has_the_rows_of_its_layer():
    x, edges = graph()
    decoder = AttentionDecoder(5, 11).double()
    whole = decoder.attention(x, AttentionEdges.of(edges, N))
    for targets in (torch.arange(N) % 2 == 1, torch.zeros(N, dtype=torch.bool)):
        rows = decoder(x, edges, targets)
        assert rows.shape == (int(targets.sum()), 11)
        torch.testing.assert_close(rows, whole[targets])


def test_refused():
    with pytest.raises(ValueError, match=r"heads must divide the widths 8 and 6; got 4; take heads=1 or other"):
        AttentionGNN(5, 8, 6, heads=4)
    with pytest.raises(ValueError, match="rows_of needs a layer with one head; got 2; take its forward"):
        AttentionLayer(5, 4, heads=2).rows_of(*one_node())


def one_node():
    return torch.ones(1, 5), AttentionEdges.of(torch.zeros(2, 0).long(), 1), torch.tensor([True])
