"""Graph-level methods of the zoo, as the authors' own code computes them: losses and all their gradients."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GINConv

from graphcl.augment import parameters, perturb_parameters
from graphcl.encoders import MoleculeGIN, mean_nodes, sum_nodes
from graphcl.methods.pretrainers.infograph import InfoGraphModule
from graphcl.methods.pretrainers.infomax import InfomaxModule
from graphcl.methods.pretrainers.simgrace import SimGRACEModule
from graphcl.objectives import local_global_jsd, next_summary_bce
from graphcl.training import Step
from tests.golden.arrays import Arrays


def read(golden: Path, name: str) -> Arrays:
    file = np.load(golden / "zoo" / "ssl" / f"{name}.npz")
    return Arrays({key: torch.from_numpy(value) for key, value in file.items()})


def under(arrays: Arrays, prefix: str) -> dict[str, Tensor]:
    """The arrays whose names begin with a prefix, without it."""
    return {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}


class GIN(nn.Module):
    """The authors' encoder of TU sets: all layers side by side, each GIN, ReLU, then batch normalisation.

    Rows are multiplied by the number of nodes of their graph if `summed`, so that means over nodes are sums.
    """

    def __init__(self, layers: int, width: int, batch: Tensor, *, summed: bool) -> None:
        super().__init__()
        widths = [3] + [width] * layers
        self.convs = nn.ModuleList(
            GINConv(nn.Sequential(nn.Linear(a, width), nn.ReLU(), nn.Linear(width, width))) for a in widths[:-1]
        )
        self.bns = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(layers))
        self.times = batch.bincount()[batch] if summed else torch.ones_like(batch)

    def forward(self, x: Tensor, edge_index: Tensor, edge_attr: None = None) -> Tensor:
        rows = []
        for conv, norm in zip(self.convs, self.bns, strict=True):
            x = norm(conv(x, edge_index).relu())
            rows.append(x)
        return torch.cat(rows, 1) * self.times[:, None]


def batch_of(arrays: Arrays) -> Data:
    sizes = arrays["batch"].bincount()
    return Data(
        x=arrays["x"],
        edge_index=arrays["edge_index"],
        batch=arrays["batch"],
        ptr=torch.cat([torch.zeros(1).long(), sizes.cumsum(0)]),
    )


@pytest.fixture(scope="module")
def simgrace(golden: Path) -> Arrays:
    return read(golden, "simgrace")


def simgrace_module(arrays: Arrays, anchors: str) -> SimGRACEModule:
    encoder = GIN(2, 4, arrays["batch"], summed=True)
    module = SimGRACEModule(encoder, 8, eta=1.0, temperature=0.2, anchors=anchors).double()
    names = [name for name, _ in module.named_parameters()]
    assert {authors_name(name) for name in names} == set(under(arrays, "param."))
    module.load_state_dict({name: arrays[f"param.{authors_name(name)}"] for name in names}, strict=False)
    return module


def authors_name(name: str) -> str:
    return name.replace("project.", "proj_head.")


def given_noise(arrays: Arrays, module: SimGRACEModule, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authors' draws in place of the generator's, tensor by tensor."""
    noise = iter([arrays[f"noise_over_std.encoder.{name}"] for name, _ in module.encoder.named_parameters()])
    monkeypatch.setattr(parameters, "_normal", lambda *_: next(noise))


def compare_simgrace(arrays: Arrays, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, step = batch_of(arrays), Step("pretrain", 0, 0, torch.Generator())
    for anchors, loss in (("perturbed", "loss_T0p2_rows_perturbed"), ("clean", "loss_rows_clean")):
        module = simgrace_module(arrays, anchors)
        given_noise(arrays, module, monkeypatch)
        values = module(batch, step)
        arrays.near(values["contrast"], loss)
    module = simgrace_module(arrays, "perturbed")
    given_noise(arrays, module, monkeypatch)
    module(batch, step)["contrast"].backward()
    for name, parameter in module.named_parameters():
        arrays.near(parameter.grad, f"grad.{authors_name(name)}")
    given_noise(arrays, module, monkeypatch)
    arrays.near(module.compared(module.perturbed_rows(batch, step.generator), batch), "z_perturbed")
    arrays.near(module.compared(module.rows(batch), batch), "z")
    given_noise(arrays, module, monkeypatch)
    noisy = perturb_parameters(dict(module.encoder.named_parameters()), 1.0)
    for name, value in noisy.items():
        arrays.near(value, f"perturbed.encoder.{name}")
    for name, parameter in module.project.named_parameters():  # which is not perturbed, as theirs
        arrays.near(parameter, f"perturbed.proj_head.{name}")


def test_simgrace_its_noisy_copy_and_its_gradients(simgrace, monkeypatch):
    compare_simgrace(simgrace, monkeypatch)


def test_no_array_of_simgrace_is_left_out(simgrace, monkeypatch):
    """`projection_head_storage_shared` says in one integer what the unperturbed head above shows."""
    compare_simgrace(simgrace, monkeypatch)
    inputs = {name for name in simgrace if name.startswith(("param.", "noise_over_std."))}
    inputs |= {"x", "edge_index", "batch"}
    assert set(simgrace) == simgrace.compared | inputs | {"projection_head_storage_shared"}
    assert simgrace["projection_head_storage_shared"] == 1


@pytest.fixture(scope="module")
def infograph(golden: Path) -> Arrays:
    return read(golden, "infograph")


def compare_infograph(arrays: Arrays) -> None:
    """Of the authors' network the heads are ours; nodes are summed into graphs, where the method has means."""
    batch = batch_of(arrays)
    module = InfoGraphModule(GIN(3, 4, batch.batch, summed=False), 12).double()
    theirs = {name: name.replace(".shortcut", ".linear_shortcut") for name, _ in module.named_parameters()}
    module.load_state_dict({name: arrays[place] for name, place in theirs.items()}, strict=False)
    rows = module.rows(batch)
    pooled = sum_nodes(rows, batch.batch, 4)
    local, summary = module.local_head(rows), module.global_head(pooled)
    loss = local_global_jsd(local, summary, batch.batch).loss
    loss.backward()
    arrays.near(rows, "local")
    arrays.near(pooled, "pooled")
    arrays.near(local, "local_enc")
    arrays.near(summary, "global_enc")
    arrays.near(loss, "loss")
    for name, parameter in module.named_parameters():
        arrays.near(parameter.grad, f"grad_{theirs[name]}")
    arrays.near(sum_nodes(module.eval().rows(batch), batch.batch, 4), "pooled_eval_after")


def test_infograph_its_heads_and_its_gradients(infograph):
    compare_infograph(infograph)


def test_no_array_of_infograph_is_left_out(infograph):
    """Not compared: the prior on summaries, off by default there and left out here."""
    compare_infograph(infograph)
    inputs = {name for name in infograph if name.startswith(("encoder.", "local_head.", "global_head."))}
    prior = {name for name in infograph if name.startswith("prior")}
    assert {"prior_uniform", "prior_term_gamma_0p1"} < prior
    assert set(infograph) == infograph.compared | inputs | prior | {"x", "edge_index", "batch"}


def test_infograph_as_a_method_has_the_loss_of_its_parts(infograph):
    batch = batch_of(infograph)
    module = InfoGraphModule(GIN(3, 4, batch.batch, summed=False), 12).double()
    rows = module.rows(batch)
    summary = module.global_head(mean_nodes(rows, batch.batch, 4))
    values = module(batch, Step("pretrain", 0, 0, torch.Generator()))
    expected = local_global_jsd(module.local_head(rows), summary, batch.batch)
    torch.testing.assert_close(values["own"] + values["other"], expected.loss)


@pytest.fixture(scope="module")
def infomax(golden: Path) -> Arrays:
    return Arrays(
        under(read(golden, "pretrain_gnns"), "infomax_") | under(read(golden, "pretrain_gnns"), "infomax.")
    )


def compare_infomax(arrays: Arrays) -> None:
    batch = batch_of(arrays)
    batch.edge_attr = arrays["edge_attr"]
    module = InfomaxModule(MoleculeGIN(8, 2), 8).double()
    theirs = {name: infomax_name(name) for name, _ in module.named_parameters()}
    module.load_state_dict({name: arrays[place] for name, place in theirs.items()}, strict=False)
    rows = module.rows(batch)
    summary = module.summaries(rows, batch)
    projected = summary @ module.weight
    arrays.near(rows, "node_emb")
    arrays.near(summary, "summary")
    arrays.near((rows * projected[batch.batch]).sum(1), "pos")
    arrays.near((rows * projected.roll(-1, 0)[batch.batch]).sum(1), "neg")
    arrays.near(next_summary_bce(rows, projected, batch.batch).loss, "loss")
    values = module(batch, Step("pretrain", 0, 0, torch.Generator()))
    loss = values["own"] + values["other"]
    arrays.near(loss, "loss")
    loss.backward()
    for name, parameter in module.named_parameters():
        arrays.near(parameter.grad, f"grad.{theirs[name]}")


def infomax_name(name: str) -> str:
    return "discriminator.weight" if name == "weight" else f"gnn.{name.removeprefix('encoder.')}"


def test_infomax_its_scores_and_its_gradients(infomax):
    compare_infomax(infomax)


def test_no_array_of_infomax_is_left_out(infomax):
    """The other arrays of this file are ContextPred's, which is not here."""
    compare_infomax(infomax)
    inputs = {name for name in infomax if name.startswith(("gnn.", "discriminator."))}
    assert set(infomax) == infomax.compared | inputs | {"x", "edge_index", "edge_attr", "batch"}
