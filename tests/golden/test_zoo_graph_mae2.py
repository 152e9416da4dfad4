"""GraphMAE2 as the authors' own code computes it, with a linear map of A x for their attention."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment.node_masking import NodeMasks
from graphcl.methods.embedders.graph_mae2 import GraphMAE2Module
from tests.golden.arrays import Arrays

NAMES = {
    "enc_mask_token": "token",
    "dec_mask_token": "code_token",
    "encoder_to_decoder": "enc_to_dec",
    "encoder_ema": "target",
    "projector_ema": "target_projector",
}


@pytest.fixture(scope="module")
def mae2(golden: Path) -> Arrays:
    file = np.load(golden / "zoo" / "ssl" / "graphmae2.npz")
    return Arrays({key: torch.from_numpy(value) for key, value in file.items()})


class Mean(nn.Module):
    """A x W' + b, of some nodes if they are given."""

    def __init__(self, A: Tensor, into: int, out: int) -> None:
        super().__init__()
        self.A, self.lin = A, nn.Linear(into, out)

    def forward(self, x: Tensor, edge_index: Tensor, targets: Tensor | None = None) -> Tensor:
        rows = self.lin(self.A @ x)
        return rows if targets is None else rows[targets]


def own_name(name: str) -> str:
    first, *rest = name.split(".")
    return ".".join([NAMES.get(first, first), *rest])


def module_of(mae2: Arrays, remask: str) -> GraphMAE2Module:
    module = GraphMAE2Module(
        Mean(mae2["A"], 7, 6),
        Mean(mae2["A"], 6, 7),
        7,
        6,
        mask=0.5,
        alpha=3.0,
        edge_rate=0.0,
        remask=remask,
        remask_views=3,
        remask_rate=0.5,
        latent_weight=0.7,
        momentum=0.9,
        momentum_delay=0,
        projector_channels=256,
    )
    prefix = f"{remask}_param."
    state = {own_name(key.removeprefix(prefix)): value for key, value in mae2.items() if key.startswith(prefix)}
    module.double().load_state_dict(state)
    return module


@pytest.mark.parametrize("remask", ["random", "fixed"])
def test_graph_mae2(mae2, remask):
    module, nodes = module_of(mae2, remask), mae2[f"{remask}_mask_nodes"]
    batch = Data(x=mae2["x"], edge_index=torch.empty(2, 0).long(), seeds=16)
    remasked = list(mae2["random_remask_nodes"]) if remask == "random" else []
    losses = module.reconstruct(batch, batch, batch, NodeMasks(nodes, len(nodes), nodes[:0]), remasked)
    loss = losses["reconstruction"] + losses["prediction"]
    loss.backward()
    mae2.near(loss, f"{remask}_loss")
    gradients = {name: p.grad for name, p in module.named_parameters() if p.grad is not None}
    for key in [key for key in mae2 if key.startswith(f"{remask}_grad.")]:
        mae2.near(gradients.pop(own_name(key.removeprefix(f"{remask}_grad."))), key)
    assert not gradients
    module.move_target()
    state = module.state_dict()
    for key in [key for key in mae2 if key.startswith(f"{remask}_after_ema.")]:
        mae2.near(state[own_name(key.removeprefix(f"{remask}_after_ema."))], key)
    assert set(map(id, module.trained())).isdisjoint(map(id, module.target.parameters()))


def test_no_array_is_left_out(mae2):
    for remask in ("random", "fixed"):
        test_graph_mae2(mae2, remask)
    given = {key for key in mae2 if "_param." in key or key.endswith("_nodes")}
    assert set(mae2) == mae2.compared | given | {"x", "A"}
