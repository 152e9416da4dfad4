"""CCA-SSG: the loss of the seeds' rows, and a network that ends without activation."""

import torch
from torch_geometric.data import Data

from graphcl import CCASSG
from graphcl.datasets import load
from graphcl.methods.embedders.cca_ssg import CCASSGModule
from graphcl.objectives import cca_ssg
from graphcl.training import Step
from tests.fixed_views import Rows, given


def losses(h1, h2, weight: float, seeds: int) -> dict[str, torch.Tensor]:
    module = CCASSGModule(Rows(), [given(h1), given(h2)], decorrelation_weight=weight)
    batch = Data(x=h1, edge_index=torch.empty(2, 0).long(), seeds=seeds)
    return module(batch, Step("decorrelate", 0, 0, torch.Generator()))


def test_the_losses_add_up_to_the_objective_on_the_seeds():
    h1, h2 = torch.randn(2, 12, 4, generator=torch.Generator().manual_seed(0)).double()
    parts = losses(h1, h2, 0.5, 7)
    expected = cca_ssg(h1[:7], h2[:7], decorrelation_weight=0.5)
    torch.testing.assert_close(parts["invariance"] + parts["decorrelation"], expected)
    assert not torch.isclose(expected, cca_ssg(h1, h2, decorrelation_weight=0.5))


def test_no_activation_follows_the_last_layer():
    graph = load("karate").graph
    assert (CCASSG(hidden_channels=16, out_channels=8, epochs=2).fit(graph).embedding_ < 0).any()


def test_training_aligns_the_views_and_decorrelates_the_columns():
    graph = load("planted-partition", nodes=200, blocks=4).graph
    history = CCASSG(hidden_channels=32, out_channels=16, epochs=60, lr=1e-2).fit(graph).history_
    assert history[-1]["invariance"] < history[0]["invariance"] < 0
    assert history[-1]["loss"] < history[0]["loss"]
