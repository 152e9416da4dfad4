"""Decoders of masked nodes against the layer on all nodes, of which the masked rows are 0."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from graphcl.encoders.graph_level.masked_decoder import MaskedDecoder, MoleculeDecoder, SocialDecoder
from tests.encoders.test_graph_encoders import EDGES, NODES, inputs

MASKS = {
    "some": torch.tensor([True, False, True, False, False, True]),
    "none": torch.zeros(NODES).bool(),
    "all": torch.ones(NODES).bool(),
}


def decoder(kind: str) -> MaskedDecoder:
    torch.manual_seed(0)
    return {"molecule": MoleculeDecoder, "social": SocialDecoder}[kind](5, 7).double()


def hidden(model: MaskedDecoder, z: Tensor, masked: Tensor) -> list[Tensor]:
    code = F.linear(torch.where(z > 0, z, model.activation.weight * z), model.enc_to_dec.weight)
    return [code[v] * (not masked[v]) for v in range(NODES)]


def naive_molecule(model: MoleculeDecoder, z: Tensor, masked: Tensor, attr: Tensor) -> Tensor:
    code, type_, way = (
        hidden(model, z, masked),
        model.conv.edge_embedding1.weight,
        model.conv.edge_embedding2.weight,
    )
    sums = [row + type_[4] + way[0] for row in code]
    for (u, v), (t, d) in zip(EDGES.T.tolist(), attr.tolist(), strict=True):
        sums[v] = sums[v] + code[u] + type_[t] + way[d]
    return model.conv.mlp(torch.stack(sums))


def naive_social(model: SocialDecoder, z: Tensor, masked: Tensor, _: None) -> Tensor:
    code = hidden(model, z, masked)
    degree = [1 + sum(u == v for u in EDGES[0].tolist()) for v in range(NODES)]
    rows = [model.conv(code[v]) / degree[v] for v in range(NODES)]
    for u, v in EDGES.T.tolist():
        rows[v] = rows[v] + model.conv(code[u]) / (degree[u] * degree[v]) ** 0.5
    return torch.stack(rows)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("kind", ["molecule", "social"])
def test_a_loop_over_all_nodes_agrees_with_its_gradients(kind, mask):
    model, masked = decoder(kind), MASKS[mask]
    _, edge_index, edge_attr = inputs(kind)
    z = torch.randn(NODES, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    expected = {"molecule": naive_molecule, "social": naive_social}[kind](model, z, masked, edge_attr)[masked]
    rows = model(z, edge_index, edge_attr, masked)
    torch.testing.assert_close(rows, expected)
    probe = torch.randn(rows.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    trained = [z, *model.parameters()]
    ours, theirs = (
        torch.autograd.grad((out * probe).sum(), trained, allow_unused=True) for out in (rows, expected)
    )
    for name, our, their in zip(["z", *dict(model.named_parameters())], ours, theirs, strict=True):
        assert our is not None, f"{name} must have a gradient on every process"
        torch.testing.assert_close(our, torch.zeros_like(our) if their is None else their)
    assert not ours[0][masked].any()


def test_molecules_without_bonds_to_read_are_refused():
    with pytest.raises(ValueError, match="molecules must have edge_attr; got none"):
        decoder("molecule")(torch.zeros(NODES, 5).double(), EDGES, None, MASKS["some"])
