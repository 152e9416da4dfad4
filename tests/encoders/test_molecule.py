"""MoleculeGIN on D-SLA candidates: both orders of linear map and sum, float32, permutations, published weights."""

from copy import deepcopy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.parameter import Parameter

from graphcl.encoders import MoleculeGIN, mean_nodes
from graphcl.encoders.graph_level import molecule
from graphcl.ops.colour_refinement import DistinctRows
from tests.ops.test_colour_refinement import candidates


def results(model, batch, probe):
    """Embeddings, gradients and running statistics of a step."""
    model.zero_grad()
    z = model(batch.x, batch.edge_index, batch.edge_attr)
    (z * probe.to(z.dtype)).sum().backward()
    gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
    return [z.detach(), *gradients.values(), *model.buffers()]


@pytest.fixture(params=[0.0, 1e9], ids=["linear first", "sums first"])
def order(request, monkeypatch):
    """Whether linear map or sum comes first in each layer."""
    monkeypatch.setattr(molecule, "LINEAR_FIRST", request.param)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("training", [False, True])
def test_distinct_rows_give_what_all_nodes_give_in_either_order(order, seed, training):
    batch = candidates(seed)
    torch.manual_seed(seed)
    distinct = MoleculeGIN(6, 3).double().train(training)
    plain = deepcopy(distinct)
    every = DistinctRows.all_nodes(batch.edge_index, len(batch.x))
    plain._distinct = lambda *_: (every, [every] * 3)
    probe = torch.randn(len(batch.x), 6, dtype=torch.float64)
    for ours, theirs in zip(results(distinct, batch, probe), results(plain, batch, probe), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)


def test_single_precision_agrees_with_double(order):
    """float32 takes other kernels than float64."""
    batch = candidates(0)
    torch.manual_seed(0)
    single = MoleculeGIN(8, 3).train()
    double = deepcopy(single).double()
    probe = torch.rand(len(batch.x), 8)
    for ours, theirs in zip(results(single, batch, probe), results(double, batch, probe), strict=True):
        scale = float(theirs.abs().max()) + 1
        torch.testing.assert_close(ours.double(), theirs.double(), rtol=0, atol=1e-4 * scale)


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 1000))
def test_permutation_equivariance_on_candidates(seed):
    batch = candidates(seed)
    torch.manual_seed(seed)
    model = MoleculeGIN(6, 3).double()
    order = torch.randperm(len(batch.x))
    edges = torch.argsort(order)[batch.edge_index]
    moved = deepcopy(model)(batch.x[order], edges, batch.edge_attr)
    torch.testing.assert_close(moved, model(batch.x, batch.edge_index, batch.edge_attr)[order])


def test_the_same_bits_on_every_run(order):
    batch = candidates(0)
    model = MoleculeGIN(8, 3)
    probe = torch.rand(len(batch.x), 8)
    first, second = (results(deepcopy(model), batch, probe) for _ in range(2))
    assert all(map(torch.equal, first, second))


def test_half_precision(order):
    batch = candidates(0)
    model = MoleculeGIN(8, 2)
    exact = deepcopy(model)(batch.x, batch.edge_index, batch.edge_attr)
    with torch.autocast("cpu", torch.bfloat16):
        rows = model(batch.x, batch.edge_index, batch.edge_attr)
    rows.float().sum().backward()
    assert rows.dtype == torch.bfloat16
    assert float((rows.float() - exact).detach().abs().mean()) < 0.05
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters())


def published(channels: int, num_layers: int) -> dict[str, torch.Tensor]:
    """A state dict with the names and shapes of chem/model_gin/*.pth of pretrain-gnns."""
    shapes: dict[str, tuple[int, ...]] = {
        "x_embedding1.weight": (120, channels),
        "x_embedding2.weight": (3, channels),
    }
    for i in range(num_layers):
        shapes |= {
            f"gnns.{i}.mlp.0.weight": (2 * channels, channels),
            f"gnns.{i}.mlp.0.bias": (2 * channels,),
            f"gnns.{i}.mlp.2.weight": (channels, 2 * channels),
            f"gnns.{i}.mlp.2.bias": (channels,),
            f"gnns.{i}.edge_embedding1.weight": (6, channels),
            f"gnns.{i}.edge_embedding2.weight": (3, channels),
        }
    for i in range(num_layers):
        names = ("weight", "bias", "running_mean", "running_var")
        shapes |= {f"batch_norms.{i}.{name}": (channels,) for name in names}
    weights = {name: torch.rand(shape) for name, shape in shapes.items()}
    count = {f"batch_norms.{i}.num_batches_tracked": torch.tensor(7) for i in range(num_layers)}
    return {**weights, **count}


def test_a_published_file_of_weights_loads(tmp_path):
    weights = published(300, 5)
    kept = {name: Parameter(value) if "gnns" in name else value for name, value in weights.items()}
    torch.save(kept, tmp_path / "contextpred.pth")
    model = MoleculeGIN()
    model.load_state_dict(torch.load(tmp_path / "contextpred.pth", weights_only=True))
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    batch = candidates(0)
    z = model.eval()(batch.x, batch.edge_index, batch.edge_attr)
    assert mean_nodes(z, batch.batch, len(batch.ptr) - 1).shape == (len(batch.ptr) - 1, 300)


def test_weights_of_other_names_are_refused():
    weights = published(4, 1)
    weights["gnns.0.mlp.1.weight"] = weights.pop("gnns.0.mlp.2.weight")
    with pytest.raises(RuntimeError, match=r"gnns\.0\.mlp\.2\.weight"):
        MoleculeGIN(4, 1).load_state_dict(weights)
