"""GraphMAE on nodes: which nodes are scored, what the decoder cannot see, and its settings."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import GraphMAE
from graphcl.augment.node_masking import NodeMasks
from graphcl.datasets import load
from graphcl.encoders.attention import AttentionDecoder, AttentionGNN
from graphcl.methods.embedders.graph_mae import GraphMAEModule
from graphcl.training import Step

WIDTHS = {"hidden_channels": 8, "out_channels": 4, "heads": 2, "epochs": 2}


def module(edge_rate: float = 0.0) -> GraphMAEModule:
    torch.manual_seed(0)
    networks = AttentionGNN(3, 4, 4, 1, heads=2), AttentionDecoder(4, 3)
    return GraphMAEModule(*networks, 3, 4, mask=0.5, replace_rate=0.0, alpha=2.0, edge_rate=edge_rate)


def path(n: int, seeds: int) -> Data:
    ends = torch.stack([torch.arange(n - 1), torch.arange(1, n)])
    x = torch.rand(n, 3, generator=torch.Generator().manual_seed(0))
    return Data(x=x, edge_index=torch.cat([ends, ends.flip(0)], dim=1), seeds=seeds)


def masked(*nodes: int) -> NodeMasks:
    return NodeMasks(torch.tensor(nodes, dtype=torch.long), len(nodes), torch.empty(0, dtype=torch.long))


def test_masked_seeds_alone_are_scored():
    whole, masks = path(6, 6), masked(1, 4)
    net = module()
    both = net.reconstruct(whole, whole, masks)["reconstruction"]
    first, none = (net.reconstruct(part, part, masks)["reconstruction"] for part in (path(6, 2), path(6, 0)))
    hidden = torch.tensor([False, True, False, False, True, False])
    decoded = net.decoder(net.code_of(net.masked_rows(whole, masks), hidden), whole.edge_index, hidden)
    errors = (1 - torch.cosine_similarity(decoded, whole.x[hidden])) ** 2
    torch.testing.assert_close(torch.stack([both, first]), torch.stack([errors.mean(), errors[0]]))
    assert none == 0
    assert net.reconstruct(whole, whole, masked())["reconstruction"] == 0


def test_the_decoder_does_not_see_the_row_of_a_masked_node():
    net, whole = module(), path(6, 6)
    rows = torch.rand(6, 4)
    hidden = torch.tensor([False, True, False, False, False, False])
    code = net.code_of(rows, hidden)
    assert torch.equal(code[1], torch.zeros(4))
    torch.testing.assert_close(code[2], net.enc_to_dec(rows[2]))
    rows[1] += 1
    assert torch.equal(net.code_of(rows, hidden), code)
    assert net.error(code, whole, hidden) > 0


def test_the_encoder_loses_edges_and_the_decoder_none():
    whole, step = path(200, 200), Step("reconstruct", 0, 0, torch.Generator().manual_seed(0))
    assert module().view(whole, step) is whole
    view = module(0.5).view(whole, step)
    assert 120 < view.edge_index.size(1) < 280
    assert whole.edge_index.size(1) == 398


def test_fan_outs_have_one_number_for_the_decoder():
    graph = load("karate").graph
    with pytest.raises(ValueError, match=r"num_layers=2, and the decoder's; got \(3, 3\); take \(3, 3, 3\)"):
        GraphMAE(batch_size=8, fanouts=(3, 3), **WIDTHS).fit(graph)
    assert GraphMAE(batch_size=8, fanouts=(3, 3, 3), **WIDTHS).fit(graph).embedding_.isfinite().all()


def test_settings_that_change_the_training():
    graph = load("karate").graph
    base = GraphMAE(**WIDTHS).fit(graph).embedding_
    settings = [{"cosine": False}, {"alpha": 1.0}, {"replace_rate": 0.5}, {"edge_rate": 0.5}, {"encoder": "gcn"}]
    settings += [
        {"norm": "layer"},
        {"residual": True},
        {"dropout": 0.0},
        {"attention_dropout": 0.0},
        {"mask": 0.9},
    ]
    for change in settings:
        other = GraphMAE(**{**WIDTHS, **change}).fit(graph).embedding_
        assert other.isfinite().all()
        assert not torch.equal(other, base), change
    with pytest.raises(ValueError, match="heads must divide the widths 8 and 4; got 3"):
        GraphMAE(**{**WIDTHS, "heads": 3}).fit(graph)
