"""What is particular to Prototypes: the loss of two views, slow copies, the centre, the read-out, a collapse."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import Prototypes
from graphcl.evaluation import clustering_scores
from graphcl.methods.embedders.prototypes import PrototypeModule, trained
from graphcl.objectives import next_centre, swapped_prediction
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.training import NodeBatches, Step
from graphcl.training.schedules import target_momentum
from tests.easy import planted, unlabelled
from tests.sizes import LargestTensor

SMALL = {"n_clusters": 3, "hidden_channels": 16, "out_channels": 8, "n_init": 2}


@pytest.fixture(scope="module")
def graph() -> Data:
    return planted()


def built(graph: Data, **settings) -> tuple[PrototypeModule, Data]:
    torch.manual_seed(0)
    module = Prototypes(**SMALL, **settings)._build(graph)
    return module, NodeBatches(module.prepare(unlabelled(graph))).whole


def step(epoch: int = 0, epochs: int = 10) -> Step:
    return Step("group", epoch, 0, torch.Generator().manual_seed(0), epochs=epochs)


def test_the_loss_is_that_of_the_scores_of_two_views(graph):
    module, batch = built(graph, n_prototypes=5)
    module.slow_prototypes.data.mul_(-1)  # so that the teacher is another
    module.centre += torch.linspace(0, 0.1, 5)
    before = module.centre.clone()
    values = module(batch, step())
    views = module.views(batch, step())
    p = unit_rows(module.prototypes)
    s1, s2 = (module.projected(view) @ p.T for view in views)
    expected = swapped_prediction(s1, s2, -s1, -s2, before)
    torch.testing.assert_close(values["prediction"], expected)
    assert 1 <= values["used"] <= 5
    module.after_step(step())
    torch.testing.assert_close(module.centre, next_centre(before, -s1, -s2))


def test_copies_follow_slowly_and_get_no_gradient(graph):
    module, batch = built(graph)
    module(batch, step())["prediction"].backward()
    slow = module._slow()
    assert not any(parameter.requires_grad or parameter.grad is not None for parameter in slow)
    before = [parameter.clone() for parameter in slow]
    with torch.no_grad():
        for parameter in trained(module):
            parameter.add_(1.0)
    module.after_step(step(5))
    rate = target_momentum(step(5).done, step(5).total_steps, 0.99)
    assert rate == pytest.approx(1 - 0.01 / 2)
    for was, parameter in zip(before, slow, strict=True):
        torch.testing.assert_close(parameter, was + (1 - rate))
    fitted = Prototypes(**SMALL, epochs=3).fit(graph).module_
    assert all(not torch.equal(a, b) for a, b in zip(fitted._slow(), trained(fitted), strict=True))


def test_prototypes_are_clusters_themselves(graph):
    model = Prototypes(**SMALL, epochs=60, lr=1e-2, seed=2).fit(graph)
    assert clustering_scores(graph.y, model.communities_)["nmi"] > 0.5
    assert clustering_scores(graph.y, model.labels_)["nmi"] > 0.8
    assert model.history_[0]["used"] < 2 < 2.5 < model.history_[-1]["used"], "the centre spreads the nodes"
    scores = model.module_.scores(model.module_.projector(model.embedding_))
    assert torch.equal(model.communities_, scores.argmax(1))
    alone = Prototypes(hidden_channels=16, out_channels=8, n_prototypes=6, epochs=2).fit(graph)
    assert alone.communities_.max() < 6


def test_a_collapse_is_an_error(graph):
    module, _ = built(graph)
    module.usage.copy_(torch.tensor([1.0, 0.0, 0.0]))
    module.refresh(step(10, 100), None)  # early: the centre has not settled
    with pytest.raises(RuntimeError, match=r"collapsed: 1\.00 of 3 are used after 60 steps; lower lr"):
        module.refresh(step(60, 100), None)
    module.usage.fill_(1 / 3)
    module.refresh(step(60, 100), None)


def test_no_tensor_of_pairs(graph):
    module, batch = built(graph)
    with LargestTensor() as largest:
        module(batch, step())["prediction"].backward()
    assert largest.numel < 150 * 150


def test_what_is_refused(graph):
    with pytest.raises(ValueError, match="n_prototypes must be at least 2; got None with n_clusters=None"):
        Prototypes(epochs=1).fit(graph)
    with pytest.raises(ValueError, match=r"teacher must be a lower temperature than student; got 0\.1 and 0\.1"):
        Prototypes(**SMALL, teacher=0.1).fit(graph)
