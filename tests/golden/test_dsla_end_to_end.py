"""One step of D-SLA on molecules: losses, all gradients and Adam, with the authors' candidates and weights."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl.augment import (
    EditScheme,
    draw_bonds_per_direction,
    edit_budgets,
    edit_candidates,
    share_of,
    within_hops,
)
from graphcl.encoders import MoleculeGIN
from graphcl.graph_collection import GraphCollection, bounds
from graphcl.methods.bases.dsla_module import DiscrepancyModule
from graphcl.training import Runtime, Stage, adam, train
from tests.golden.dsla_arrays import EXACT, Arrays, load_weights, part, read, tensor

SCHEME = EditScheme(mode="reference", counted=1)
MARGIN, EDIT_WEIGHT, MARGIN_WEIGHT, LR = 5.0, 0.7, 0.5, 1e-3


@pytest.fixture
def arrays(golden) -> Arrays:
    return read(golden / "dsla", "end_to_end")


def candidates_of(arrays: Arrays) -> Data:
    names = ("x", "edge_index", "edge_attr", "batch")
    return Data(**{name: tensor(arrays, name) for name in names}, edits=tensor(arrays, "dist"))


def module_of(arrays: Arrays) -> DiscrepancyModule:
    weights = {name.replace("gnn.", "encoder.", 1): value for name, value in part(arrays, "w.gnn.").items()}
    channels = weights["x_embedding1.weight"].size(1)
    layers = sum(name.startswith("batch_norms.") and name.endswith(".bias") for name in weights)
    module = DiscrepancyModule(
        MoleculeGIN(channels, layers),
        channels,
        lambda batch: candidates_of(arrays),
        edit_weight=EDIT_WEIGHT,
        margin_weight=MARGIN_WEIGHT,
        margin=MARGIN,
        margin_candidates=SCHEME.candidates,
    ).double()
    load_weights(module.encoder, weights)
    load_weights(module.score, part(arrays, "w.score_func."))
    return module


def ours(name: str) -> str:
    """The reference's name of a parameter as the module has it."""
    return name.replace("score_func.", "score.", 1).replace("gnn.", "encoder.", 1)


class OneBatch:
    """The graphs that the authors' candidates were made of; the module makes the same candidates of them."""

    def __init__(self, seeds: int) -> None:
        self.seeds = seeds

    def steps(self, stage):
        return 1

    def epoch(self, stage, generator, companions):
        yield Data(seeds=self.seeds)

    def sweep(self):
        raise AssertionError("nothing is embedded here")


def test_losses_scores_and_representations(arrays):
    module = module_of(arrays).train()
    values = module.compare(candidates_of(arrays))
    names = {"discrimination": "L_GD", "edits": "L_edit_weighted", "margin": "L_margin_weighted"}
    for mine, theirs in names.items():
        np.testing.assert_allclose(values[mine].item(), arrays[theirs], **EXACT)
    total = sum(values[name] for name in names).item()
    np.testing.assert_allclose(total, arrays["L_total"], **EXACT)
    with torch.no_grad():
        z = module._pool(candidates_of(arrays), arrays["dist"].size)
        scores = module.score(z).view(arrays["dist"].shape)
    np.testing.assert_allclose(z.view(arrays["graph_rep"].shape), arrays["graph_rep"], **EXACT)
    np.testing.assert_allclose(scores, arrays["scores"], **EXACT)
    accuracy = (arrays["scores"].argmax(1) == 0).mean()
    assert values["accuracy"].item() == pytest.approx(accuracy)


def test_all_gradients_and_an_adam_step_through_the_loop(arrays):
    module = module_of(arrays)
    gradients, after = part(arrays, "grad."), part(arrays, "after_adam.")
    assert gradients
    assert after
    training = train(
        module, OneBatch(len(arrays["dist"])), [Stage("edits", 1, adam(LR))], Runtime(torch.device("cpu"))
    )
    np.testing.assert_allclose(training.history[0]["loss"], arrays["L_total"], **EXACT)
    parameters = dict(module.named_parameters())
    assert {ours(name) for name in gradients} == set(parameters)
    for name, expected in gradients.items():
        np.testing.assert_allclose(parameters[ours(name)].grad, expected, err_msg=name, **EXACT)
    for name, expected in after.items():
        np.testing.assert_allclose(parameters[ours(name)].detach(), expected, err_msg=name, **EXACT)


def test_the_authors_candidates_are_such_as_ours(arrays):
    """Of the same originals: as many nodes and edges, budgets that some centre has, the same masks."""
    sizes, counts = tensor(arrays, "orig_nodes"), tensor(arrays, "orig_directed_edges")
    names = ("x", "edge_index", "edge_attr")
    x, edge_index, edge_attr = (tensor(arrays, f"orig_{name}") for name in names)
    originals = GraphCollection(x, edge_index, bounds(sizes), bounds(counts), edge_attr)
    batch = originals.batch(range(len(sizes)))
    theirs = candidates_of(arrays)
    mine = edit_candidates(
        batch,
        SCHEME,
        new_attributes=draw_bonds_per_direction,
        mask_token=(119, 0),
        generator=torch.Generator().manual_seed(0),
    )
    assert torch.equal(mine.batch, theirs.batch)
    assert mine.edge_index.shape == theirs.edge_index.shape
    assert torch.equal(mine.edits[:, [0, -1]], theirs.edits[:, [0, -1]])
    assert torch.equal(share_of(counts // 2, SCHEME.strong).clamp(min=1), theirs.edits[:, -1])
    masked = (theirs.x == torch.tensor([119, 0])).all(1)
    assert torch.equal(theirs.x[~masked], batch.x[mine_source(mine, batch)][~masked])
    for graph, edits in enumerate(theirs.edits):
        one = originals[graph]
        edges = one.edge_index[:, one.edge_index[0] < one.edge_index[1]]
        budgets = []
        for centre in range(one.num_nodes):
            inside = within_hops(torch.tensor([centre]), edges, one.num_nodes, SCHEME.hops)
            count = (inside[edges[0]] & inside[edges[1]]).sum()
            budgets.append(edit_budgets(count[None], SCHEME)[0].tolist())
        assert edits[1:-1].tolist() in budgets


def mine_source(mine: Data, batch: Data) -> torch.Tensor:
    """The node of the batch that each node of the candidates is a copy of."""
    return torch.arange(len(mine.batch)) - mine.shift.flatten()[mine.batch]
