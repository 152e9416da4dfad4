"""What is particular to GCA: GRACE's loss on views that spare what is central."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import GCA, GRACE
from graphcl.datasets import load
from graphcl.training import NodeBatches, Step
from tests.easy import unlabelled

SMALL = {"n_clusters": 3, "hidden_channels": 16, "out_channels": 8}


@pytest.fixture(scope="module")
def graph() -> Data:
    return unlabelled(load("planted-partition", nodes=90, blocks=3, signal=2.0).graph)


def loss_of(estimator, graph: Data) -> torch.Tensor:
    torch.manual_seed(0)
    module = estimator._build(graph)
    batch = NodeBatches(module.prepare(graph)).whole
    return module(batch, Step("contrast", 0, 0, torch.Generator().manual_seed(0)))["contrast"]


def test_where_nothing_is_dropped_it_is_grace(graph):
    same = {"feature_rates": (0.0, 0.0), "activation": "relu", "projector_channels": 8, **SMALL}
    none, some = {"edge_rates": (0.0, 0.0)}, {"edge_rates": (0.3, 0.3)}
    torch.testing.assert_close(loss_of(GCA(**none, **same), graph), loss_of(GRACE(**none, **same), graph))
    assert loss_of(GCA(**some, **same), graph) != loss_of(GRACE(**some, **same), graph)


@pytest.mark.parametrize("centrality", ["degree", "pagerank", "lazy-walk", "eigenvector"])
def test_edges_into_central_nodes_stay(graph, centrality):
    module = GCA(centrality=centrality, **SMALL)._build(graph)
    prepared = module.prepare(graph)
    edge_drop = torch.stack([view.probabilities(prepared)[0] for view in module.augmentations], dim=1)
    degree = torch.bincount(graph.edge_index[1])
    into_hub = graph.edge_index[1] == degree.argmax()
    assert edge_drop[into_hub].mean() < 0.5 * edge_drop.mean()
    assert edge_drop.mean(0).tolist() == pytest.approx([0.3, 0.4], abs=0.05)


@pytest.mark.parametrize("encoder", ["sage", "gat", "gin"])
def test_other_layers(graph, encoder):
    assert torch.isfinite(GCA(epochs=2, encoder=encoder, **SMALL).fit(graph).embedding_).all()
