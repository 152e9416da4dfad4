"""ContextPred's cut-outs, losses and gradients, as the authors' own code computes them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch_geometric.data import Data

from graphcl.augment import induced_subgraph
from graphcl.encoders import MoleculeGIN
from graphcl.graph_collection import GraphCollection
from graphcl.methods.pretrainers.context_pred import ContextPredModule, cut_contexts, places
from tests.golden.arrays import Arrays


@pytest.fixture(scope="module")
def gnns(golden: Path) -> Arrays:
    """`infomax_*` of the file belongs to another method."""
    file = np.load(golden / "zoo" / "ssl" / "pretrain_gnns.npz")
    return Arrays(
        {name: torch.from_numpy(value) for name, value in file.items() if not name.startswith("infomax")}
    )


def batch_of(gnns: Arrays) -> tuple[Data, torch.Tensor]:
    """The three molecules, and their roots numbered over the batch."""
    names = ("x", "edge_index", "edge_attr")
    graphs = [Data(**{name: gnns[f"mol{i}_{name}"] for name in names}) for i in range(3)]
    batch = GraphCollection.of(graphs).batch(range(3))
    return batch, batch.ptr[:-1] + torch.stack([gnns[f"mol{i}_root"] for i in range(3)])


def encoder(gnns: Arrays, prefix: str, layers: int) -> nn.Module:
    model = MoleculeGIN(8, layers).double().train()
    state = {name.removeprefix(prefix): value for name, value in gnns.items() if name.startswith(prefix)}
    assert set(state) == {name for name, _ in model.named_parameters()}
    model.load_state_dict(state, strict=False)
    return model


def module_of(gnns: Arrays, negatives: int) -> ContextPredModule:
    return ContextPredModule(
        encoder(gnns, "substruct.", 5),
        encoder(gnns, "context.", 3),
        radius=5,
        context_size=3,
        negatives=negatives,
    )


def edges_of(edge_index: torch.Tensor, edge_attr: torch.Tensor) -> list[list[int]]:
    return sorted(torch.cat([edge_index, edge_attr.T]).T.tolist())


def test_the_cut_outs(gnns):
    batch, roots = batch_of(gnns)
    cut = cut_contexts(batch, roots, 5, 3)
    assert cut.present.all()
    for kind, nodes in (("substruct", cut.substructure), ("context", cut.context)):
        for i, count in enumerate(torch.bincount(batch.batch[nodes])):
            gnns.near(count, f"mol{i}_n_{kind}")
        part = induced_subgraph(batch.edge_index, nodes)
        gnns.near(batch.x[nodes], f"x_{kind}")
        theirs = (gnns[f"edge_index_{kind}"], gnns[f"edge_attr_{kind}"])
        assert edges_of(part.edge_index, batch.edge_attr[part.edges]) == edges_of(*theirs)
        gnns.compared |= {f"edge_index_{kind}", f"edge_attr_{kind}"}
    gnns.near(places(cut.substructure)[roots], "center_substruct_idx")
    anchors = places(cut.context)[cut.anchors]
    gnns.near(anchors, "overlap_context_substruct_idx")
    gnns.near(batch.batch[cut.anchors], "batch_overlapped_context")
    gnns.near(torch.bincount(batch.batch[cut.anchors]), "overlapped_context_size")
    first = 0
    for i in range(3):
        own = anchors[batch.batch[cut.anchors] == i]
        gnns.near(own - first, f"mol{i}_overlap")
        first += int(gnns[f"mol{i}_n_context"])


def test_the_losses_and_the_gradients(gnns):
    batch, roots = batch_of(gnns)
    for negatives in (1, 2):
        module = module_of(gnns, negatives)
        values = module.compare(batch, roots)
        loss = values["own_context"] + values["other_context"]
        gnns.near(loss, f"contextpred_loss_cbow_neg{negatives}")
        if negatives == 1:
            loss.backward()
            for part, kind in zip(module.parts(), ("substruct", "context"), strict=True):
                for name, parameter in part.named_parameters():
                    gnns.near(parameter.grad, f"contextpred_grad_{kind}.{name}")


def test_no_array_is_left_out(gnns):
    """Mode "skipgram" is not implemented here."""
    test_the_cut_outs(gnns)
    test_the_losses_and_the_gradients(gnns)
    given = {name for name in gnns if name.startswith(("substruct.", "context."))}
    given |= {f"mol{i}_{name}" for i in range(3) for name in ("x", "edge_index", "edge_attr", "root")}
    assert set(gnns) == gnns.compared | given | {"contextpred_loss_skipgram_neg1"}
