"""What is particular to GRACE: its cross-entropy over both views, drawn evenly."""

import pytest
import torch
import torch.nn.functional as F
from torch_geometric.data import Data

from graphcl import GRACE
from graphcl.datasets import load
from graphcl.training import NodeBatches, Step

SMALL = {"n_clusters": 3, "hidden_channels": 16, "out_channels": 8}


@pytest.fixture(scope="module")
def graph() -> Data:
    return load("planted-partition", nodes=90, blocks=3, signal=2.0).graph


def test_it_is_the_cross_entropy_over_both_views(graph):
    module = GRACE(**SMALL)._build(graph)
    batch = NodeBatches(module.prepare(graph)).whole
    loss = module(batch, Step("contrast", 0, 0, torch.Generator().manual_seed(0)))["contrast"]
    (h1, _), (h2, _) = module.views(batch, Step("contrast", 0, 0, torch.Generator().manual_seed(0)))
    total = 0
    for a, b in ((h1, h2), (h2, h1)):
        across, within = a @ b.T / 0.4, (a @ a.T / 0.4).fill_diagonal_(-torch.inf)
        total += F.cross_entropy(torch.cat([across, within], dim=1), torch.arange(90)) / 2
    torch.testing.assert_close(loss, total)


def test_all_edges_and_columns_are_lost_alike(graph):
    prepared = GRACE(**SMALL)._build(graph).prepare(graph)
    torch.testing.assert_close(prepared.edge_drop[0], torch.tensor([0.2, 0.4]))
    assert len(prepared.edge_drop.unique(dim=0)) == 1
    assert len(prepared.feature_drop.unique(dim=1).T) == 1
