"""GraphMAE on nodes, as the authors' own code computes it: masks, rows, reconstructions, losses, all gradients."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment.node_masking import NodeMasks
from graphcl.encoders.attention import AttentionDecoder, AttentionGNN
from graphcl.methods.embedders.graph_mae import GraphMAEModule
from tests.golden.arrays import Arrays

ATTENTION = {"att_src": "other", "att_dst": "own", "lin_src.weight": "weight", "bias": "bias"}


@pytest.fixture(scope="module")
def mae(golden: Path) -> Arrays:
    file = np.load(golden / "zoo" / "ssl" / "graphmae.npz")
    return Arrays({key: torch.from_numpy(value) for key, value in file.items()})


def mlp(into: int, width: int, out: int) -> nn.ModuleDict:
    parts = {
        "linears": nn.ModuleList([nn.Linear(into, width), nn.Linear(width, out)]),
        "norms": nn.ModuleList([nn.BatchNorm1d(width)]),
        "activations": nn.ModuleList([nn.PReLU()]),
    }
    return nn.ModuleDict(parts)


def through(part: nn.ModuleDict, x: Tensor) -> Tensor:
    first, second = part["linears"]
    return second(part["activations"][0](part["norms"][0](first(x))))


class GIN(nn.Module):
    """The authors' GIN layers of TU sets: the sum over neighbours and the node itself, an MLP, norm, PReLU."""

    def __init__(self, widths: tuple[int, ...], *, decodes: bool) -> None:
        super().__init__()
        self.decodes = decodes
        parts = []
        for into, out in pairwise(widths):
            inner = mlp(into, into if decodes else out, out)
            whole = {"mlp": inner, "norm": nn.BatchNorm1d(out), "act": nn.PReLU()}
            parts.append(nn.ModuleDict({"nn": inner if decodes else nn.ModuleDict(whole)}))
        self.layers = nn.ModuleList(parts)

    def forward(self, x: Tensor, edge_index: Tensor, targets: Tensor | None = None) -> Tensor:
        for layer in self.layers:
            part = layer["nn"]
            x = x + torch.zeros_like(x).index_add(0, edge_index[1], x.index_select(0, edge_index[0]))
            x = through(part, x) if self.decodes else part["act"](part["norm"](through(part["mlp"], x)))
        return x if targets is None else x[targets]


def own_name(name: str) -> str:
    """Our name of a parameter of the authors'."""
    name = name.replace("enc_mask_token", "token").replace("encoder_to_decoder", "enc_to_dec")
    found = re.fullmatch(r"(encoder|decoder)\.gat_layers\.(\d)\.(.+)", name)
    if not found:
        return name
    part, depth, rest = found.groups()
    if rest in ATTENTION:
        place = f"attention.{depth}" if part == "encoder" else "attention"
        return f"{part}.{place}.{ATTENTION[rest]}"
    return f"{part}.{rest.replace('activation', f'activation.{depth}').replace('norm', f'norm.{depth}')}"


def module_of(mae: Arrays, name: str) -> GraphMAEModule:
    """Their whole model; of GAT, `encoder.activation` and `decoder.activation` are read by nothing."""
    if name == "gin":
        encoder, decoder = GIN((7, 8, 8), decodes=False), GIN((8, 7), decodes=True)
    else:
        layers, norm = (3, "layer") if name == "gat_norm" else (2, None)
        encoder, decoder = AttentionGNN(7, 8, 8, layers, heads=2, norm=norm), AttentionDecoder(8, 7)
    alpha = 1.0 if name == "gin" else 3.0
    module = GraphMAEModule(encoder, decoder, 7, 8, mask=0.75, replace_rate=0.1, alpha=alpha, edge_rate=0.0)
    state = {
        own_name(key.removeprefix(f"{name}_param.")): value
        for key, value in mae.items()
        if key.startswith(f"{name}_param.")
    }
    state = {key: value for key, value in state.items() if not re.fullmatch(r"..coder\.activation\.weight", key)}
    assert set(state) == {key for key, _ in module.named_parameters()}
    module.double().load_state_dict(state, strict=False)
    return module.train()


def masks_of(mae: Arrays, name: str) -> NodeMasks:
    """Theirs, in our order: nodes with the token first, those with a donor's features last."""
    nodes, tokens = mae[f"{name}_mask_nodes"], mae[f"{name}_token_nodes"]
    others = nodes[~torch.isin(nodes, tokens)]
    given = mae[f"{name}_x_masked"][others]
    changed = (given != mae["x"][others]).any(1)
    donors = (mae["x"][None] == given[changed][:, None]).all(2).int().argmax(1)
    return NodeMasks(torch.cat([tokens, others[~changed], others[changed]]), len(tokens), donors)


def beyond(mae: Arrays, name: str, masks: NodeMasks, alpha: float) -> Tensor:
    """What the authors' gradient of the decoder's bias has more than ours: they divide by 1e-12 at rows of zeros.

    A masked node all of whose neighbours are masked is decoded to the bias, which is 0: its cosine has the
    derivative target / 1e-12 in their `F.normalize`, and in ours, where such a row is divided by 1, the target.
    """
    empty = masks.nodes[(mae[f"{name}_recon"][masks.nodes] == 0).all(1)]
    assert len(empty)
    target = mae["x"][empty] / mae["x"][empty].norm(dim=1, keepdim=True)
    return -(alpha / len(masks.nodes)) * target.sum(0) * (1e12 - 1)


@pytest.mark.parametrize("name", ["gat", "gat_norm", "gin"])
def test_graph_mae(mae, name):
    module, masks = module_of(mae, name), masks_of(mae, name)
    edges = mae["edge_index_self_loops" if name == "gin" else "edge_index"]
    batch = Data(x=mae["x"], edge_index=edges, seeds=len(mae["x"]))
    assert len(masks.nodes) == int(0.75 * len(batch.x))
    mae.near(masks.apply(batch.x, module.token), f"{name}_x_masked")
    rows = module.masked_rows(batch, masks)
    mae.near(rows, f"{name}_encoded")
    hidden = torch.zeros(len(batch.x), dtype=torch.bool).index_fill(0, masks.nodes, True)
    everything = torch.ones(len(batch.x), dtype=torch.bool)
    mae.near(module_of(mae, name).decoder(module.code_of(rows, hidden), edges, everything), f"{name}_recon")
    module = module_of(mae, name)
    loss = module.reconstruct(batch, batch, masks)["reconstruction"]
    loss.backward()
    mae.near(loss, f"{name}_loss")
    gradients = {key: parameter.grad for key, parameter in module.named_parameters()}
    if name != "gin":
        gradients["decoder.attention.bias"] += beyond(mae, name, masks, module.alpha)
    for key in [key for key in mae if key.startswith(f"{name}_grad.")]:
        mae.near(gradients.pop(own_name(key.removeprefix(f"{name}_grad."))), key)
    assert not gradients
    mae.near(module.eval().embed(batch), f"{name}_embedding_eval")


def test_no_array_is_left_out(mae):
    """`sce*` are those of the loss alone, in test_zoo_graphmae.py."""
    for name in ("gat", "gat_norm", "gin"):
        test_graph_mae(mae, name)
    given = {key for key in mae if key.startswith("sce") or "_param." in key}
    given |= {key for key in mae if key.endswith(("_mask_nodes", "_token_nodes"))}
    assert set(mae) == mae.compared | given | {"x", "edge_index", "edge_index_self_loops"}
