"""What is particular to GRACE: its cross-entropy over both views, drawn evenly."""

import pytest
import torch
import torch.nn.functional as F
from torch_geometric.data import Data

from graphcl import GRACE
from graphcl.datasets import load
from graphcl.training import NodeBatches, Step
from tests.easy import unlabelled

SMALL = {"n_clusters": 3, "hidden_channels": 16, "out_channels": 8}


@pytest.fixture(scope="module")
def graph() -> Data:
    return unlabelled(load("planted-partition", nodes=90, blocks=3, signal=2.0).graph)


def test_it_is_the_cross_entropy_over_both_views(graph):
    module = GRACE(**SMALL)._build(graph)
    batch = NodeBatches(module.prepare(graph)).whole
    loss = module(batch, Step("contrast", 0, 0, torch.Generator().manual_seed(0)))["contrast"]
    again = Step("contrast", 0, 0, torch.Generator().manual_seed(0))
    h1, h2 = map(module.projected, module.views(batch, again))
    total = 0
    for a, b in ((h1, h2), (h2, h1)):
        across, within = a @ b.T / 0.4, (a @ a.T / 0.4).fill_diagonal_(-torch.inf)
        total += F.cross_entropy(torch.cat([across, within], dim=1), torch.arange(90)) / 2
    torch.testing.assert_close(loss, total)


def test_all_edges_and_columns_are_lost_alike(graph):
    module = GRACE(**SMALL)._build(graph)
    assert module.prepare(graph) is graph
    assert [view.probabilities(graph) for view in module.augmentations] == [(0.2, 0.3), (0.4, 0.4)]
