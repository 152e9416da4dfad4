"""Graph-level methods of the zoo, as the authors' own code computes them: losses and all their gradients."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GINConv

from graphcl.augment import parameters, perturb_parameters
from graphcl.methods.simgrace import SimGRACEModule
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
