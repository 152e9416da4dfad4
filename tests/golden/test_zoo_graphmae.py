"""GraphMAE's loss, and its pre-training of molecules, as the authors' own code computes them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl.encoders import MoleculeGIN
from graphcl.encoders.graph_level.masked_decoder import MoleculeDecoder
from graphcl.methods.pretrainers.graph_mae_graphs import GraphMAEGraphsModule
from graphcl.objectives import scaled_cosine_error
from tests.golden.arrays import Arrays


def arrays(golden: Path, name: str) -> Arrays:
    file = np.load(golden / "zoo" / "ssl" / f"{name}.npz")
    return Arrays({key: torch.from_numpy(value) for key, value in file.items()})


@pytest.fixture(scope="module")
def chem(golden: Path) -> Arrays:
    chem = arrays(golden, "graphmae_chem")
    chem["pred_masked"] = chem["pred"][chem["mask_nodes"]]  # other rows are never computed here
    return chem


@pytest.fixture(scope="module")
def sce(golden: Path) -> Arrays:
    return arrays(golden, "graphmae")


def test_the_scaled_cosine_error_and_its_gradients(sce):
    """`sce_*` alone: the rest of the file belongs to networks of nodes."""
    for alpha in (1, 2, 3):
        prediction = sce["sce_pred"].clone().requires_grad_()
        loss = scaled_cosine_error(prediction, sce["sce_target"], alpha=float(alpha))
        loss.backward()
        sce.near(loss, f"sce_alpha{alpha}")
        sce.near(prediction.grad, f"sce_grad_alpha{alpha}")
    assert {name for name in sce if name.startswith("sce")} == sce.compared | {"sce_pred", "sce_target"}


def module_of(chem: Arrays, alpha: float) -> GraphMAEGraphsModule:
    """The authors' weights; `decoder.dec_token` is a parameter of theirs that no computation reads."""
    encoder, decoder = MoleculeGIN(8, 2), MoleculeDecoder(8, 119)
    for part, prefix in ((encoder, "gnn."), (decoder, "decoder.")):
        state = {name.removeprefix(prefix): value for name, value in chem.items() if name.startswith(prefix)}
        state.pop("dec_token", None)
        expected = {name for name, value in part.state_dict().items() if "running" not in name and value.dim()}
        assert set(state) == expected
        part.double().load_state_dict(state, strict=False)
    return GraphMAEGraphsModule(encoder, decoder, (119, 0), mask=0.25, alpha=alpha).double().train()


def test_the_pretraining_of_molecules(chem):
    batch = Data(**{name: chem[name] for name in ("x", "edge_index", "edge_attr", "batch")})
    batch.ptr = torch.tensor([0, 6, 11])
    masked = torch.zeros(len(batch.x), dtype=torch.bool)
    masked[chem["mask_nodes"]] = True
    module = module_of(chem, 1.0)
    x = torch.where(masked[:, None], torch.tensor(module.token), batch.x)
    chem.near(x, "x_masked")
    rows = module_of(chem, 1.0).rows(batch, x)
    chem.near(rows, "node_rep")
    chem.near(module.decoder(rows, batch.edge_index, batch.edge_attr, masked), "pred_masked")
    loss = module.reconstruct(batch, masked)["reconstruction"]
    loss.backward()
    chem.near(loss, "loss_alpha1")
    chem.near(module_of(chem, 2.0).reconstruct(batch, masked)["reconstruction"], "loss_alpha2")
    for part, prefix in ((module.encoder, "grad_gnn."), (module.decoder, "grad_decoder.")):
        for name, parameter in part.named_parameters():
            chem.near(parameter.grad, prefix + name)


def test_no_array_of_molecules_is_left_out(chem):
    test_the_pretraining_of_molecules(chem)
    inputs = {"x", "edge_index", "edge_attr", "batch", "mask_nodes", "pred"}
    inputs |= {name for name in chem if name.startswith(("gnn.", "decoder."))}
    assert set(chem) == chem.compared | inputs
