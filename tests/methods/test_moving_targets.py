"""Targets that move after an encoder: GraphMAE2's before the optimisers, AFGRL's after them; MVGRL's settings."""

import pytest
import torch

from graphcl import AFGRL, MVGRL, GraphMAE2
from graphcl.datasets import load

MAE = {"hidden_channels": 8, "out_channels": 4, "heads": 2, "epochs": 3}


@pytest.fixture(scope="module")
def graph():
    return load("karate").graph


def test_the_momentum_of_graph_mae2(graph):
    frozen = GraphMAE2(momentum=1.0, **MAE).fit(graph)
    start = GraphMAE2(**{**MAE, "epochs": 0}).fit(graph).module_.target.state_dict()
    assert all(torch.equal(value, start[name]) for name, value in frozen.module_.target.state_dict().items())
    late = GraphMAE2(momentum=0.5, momentum_delay=3, **MAE).fit(graph).module_
    assert all(torch.equal(value, start[name]) for name, value in late.target.state_dict().items())
    moved = GraphMAE2(momentum=0.5, **MAE).fit(graph).module_
    pairs = zip(moved.target.parameters(), moved.encoder.parameters(), strict=True)
    assert not any(torch.equal(target, own) for target, own in pairs)
    assert not torch.equal(next(moved.target.parameters()), next(iter(start.values())))


def test_settings_of_graph_mae2_that_change_the_training(graph):
    base = GraphMAE2(**MAE).fit(graph).embedding_
    settings = [{"remask": "random"}, {"latent_weight": 2.0}, {"momentum": 1.0}, {"decoupled": True}]
    for change in settings:
        assert not torch.equal(GraphMAE2(**{**MAE, **change, "weight_decay": 0.5}).fit(graph).embedding_, base)
    views = [GraphMAE2(remask="random", remask_views=n, dropout=0.0, **MAE).fit(graph).history_[0] for n in (1, 4)]
    assert 2 < views[1]["reconstruction"] / views[0]["reconstruction"] < 8


def test_the_clusters_of_afgrl_are_renewed(graph):
    base = {"out_channels": 8, "epochs": 4, "clusters": 5, "runs": 2, "lr": 0.3}
    first = AFGRL(renewal=1, **base).fit(graph)
    assert first.module_.labels.rows.shape == (2, 34)
    assert int(first.module_.labels.rows.max()) == 4
    rare = AFGRL(renewal=4, **base).fit(graph)
    edges_alone = AFGRL(**{**base, "runs": 0}).fit(graph)
    assert not torch.equal(first.embedding_, edges_alone.embedding_)
    assert not torch.equal(first.module_.labels.rows, rare.module_.labels.rows)


def test_settings_of_mvgrl_that_change_the_training(graph):
    base = {"out_channels": 8, "epochs": 2}
    first = MVGRL(**base).fit(graph).embedding_
    for change in ({"alpha": 0.6}, {"top_k": 3}, {"loop_weight": 2.0}):
        assert not torch.equal(MVGRL(**base, **change).fit(graph).embedding_, first), change
    prepared = MVGRL(top_k=3, **base).fit(graph).module_.prepare(graph)
    assert torch.bincount(prepared.diffusion_edge_index[1]).tolist() == [3] * 34
    with pytest.raises(ValueError, match=r"alpha must lie in \(0, 1\]; got 0.0"):
        MVGRL(alpha=0.0, **base).fit(graph)
