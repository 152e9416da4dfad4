"""The target of SCGC's self-training on batches: frequencies of the batch, or of all nodes."""

from functools import partial

import pytest
import torch

import graphcl
from graphcl import SCGCStar
from graphcl.methods.deep_clusterers import scgc
from graphcl.objectives import target_distribution
from graphcl.training import NodeBatches, Runtime, embed_all
from graphcl.training.step import Step
from tests.easy import planted

SMALL = {"n_clusters": 3, "hidden_channels": (16,), "out_channels": 4, "pretrain_epochs": 2, "n_init": 2}
CPU = Runtime.launch("cpu")


def step(index=0, stage="cluster"):
    own, shared = torch.Generator(), torch.Generator()
    return Step(stage, 0, index, own, shared, 1, 5, 0, 1)


def unlabelled():
    graph = planted()
    del graph.y
    return graph


@pytest.fixture
def model():
    return SCGCStar(epochs=2, batch_size=40, target="global", **SMALL).fit(planted())


def test_the_frequencies_are_those_of_all_nodes_summed_in_blocks(model):
    """And a batch's target has the rows of the dense one, of all nodes at once."""
    module, graph = model.module_, unlabelled()
    log_q = module.head(torch.as_tensor(model.transform(graph))).detach()
    dense = target_distribution(log_q)
    for block in (7, 150):
        module.log_frequency.zero_()
        over_nodes = partial(embed_all, module, NodeBatches(graph, hops=0, block=block), CPU)
        assert module.refresh(step(), over_nodes)
        torch.testing.assert_close(module.log_frequency, torch.logsumexp(log_q, 0))
        rows = torch.arange(30, 45)
        torch.testing.assert_close(target_distribution(log_q[rows], module.log_frequency), dense[rows])
        assert not torch.allclose(target_distribution(log_q[rows]), dense[rows], atol=1e-3)
    assert not module.refresh(step(index=1), None), "once an epoch"
    assert not module.refresh(step(stage="pretrain"), None)


def test_all_nodes_in_one_batch_have_the_same_target_either_way():
    fits = [
        SCGCStar(epochs=3, batch_size=150, target=target, **SMALL).fit(planted()) for target in ("batch", "global")
    ]
    torch.testing.assert_close(fits[0].embedding_, fits[1].embedding_, rtol=1e-4, atol=1e-5)


def test_it_acts_on_batches_and_none_is_the_batch(model):
    given = {target: SCGCStar(epochs=2, batch_size=40, target=target, **SMALL) for target in (None, "batch")}
    plain, batch = (one.fit(planted()).embedding_ for one in given.values())
    assert torch.equal(plain, batch)
    assert not torch.equal(plain, model.embedding_)


def test_every_step_of_an_epoch_has_the_frequencies_of_its_start(monkeypatch):
    seen = []

    def spy(log_q, log_frequency=None):
        seen.append(log_frequency.clone())
        return target_distribution(log_q, log_frequency)

    monkeypatch.setattr(scgc, "target_distribution", spy)
    SCGCStar(epochs=2, batch_size=50, target="global", **SMALL).fit(planted())
    assert len(seen) == 6
    assert all(torch.equal(seen[0], other) for other in seen[1:3])
    assert all(torch.equal(seen[3], other) for other in seen[4:])
    assert not torch.equal(seen[0], seen[3])
    for log_frequency in seen:
        assert log_frequency.exp().sum().item() == pytest.approx(150, rel=1e-5)


def test_clusters_that_nobody_is_near_keep_a_finite_target(model):
    module = model.module_
    with torch.no_grad():
        module.head.centres[0] = 1e17
        module.refresh(step(), partial(embed_all, module, NodeBatches(unlabelled(), hops=0, block=60), CPU))
        log_p = target_distribution(module.head(model.embedding_), module.log_frequency)
    assert module.log_frequency[0] < -60
    assert torch.isfinite(log_p).all()


def test_a_model_is_saved_with_it_and_those_without_have_no_more_state(model, tmp_path):
    model.save(tmp_path / "model.pt")
    there = graphcl.load(tmp_path / "model.pt")
    assert torch.equal(there.module_.log_frequency, model.module_.log_frequency)
    plain = SCGCStar(epochs=0, batch_size=40, **SMALL).fit(planted())
    assert "log_frequency" not in plain.module_.state_dict(), "older files fit"


def test_it_is_refused_without_batches():
    with pytest.raises(ValueError, match="target is read with batch_size alone; got 'batch'; set batch_size too"):
        SCGCStar(epochs=1, target="batch", **SMALL).fit(planted())
