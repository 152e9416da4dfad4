"""Contrast among some nodes of each step: which they are, what their loss is, and that it teaches as well."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import GCA, GRACE, GCooL, GCooLMultiplex
from graphcl.datasets import load
from graphcl.objectives import info_nce
from graphcl.training import NodeBatches, Step
from tests.easy import unlabelled

SMALL = {"n_clusters": 3, "hidden_channels": 16, "out_channels": 8}
CONTRASTS = {GRACE: "contrast", GCA: "contrast", GCooL: "nodes", GCooLMultiplex: "nodes"}


@pytest.fixture(params=CONTRASTS, ids=lambda kind: kind.name)
def kind(request):
    return request.param


@pytest.fixture
def graph(kind) -> Data:
    name = "planted-multiplex" if kind is GCooLMultiplex else "planted-partition"
    return unlabelled(load(name, nodes=90, blocks=3, signal=2.0).graph)


def step(seed: int = 0) -> Step:
    return Step("contrast", 0, 0, torch.Generator().manual_seed(seed))


def build(kind, graph, **settings):
    torch.manual_seed(0)
    model = kind(**SMALL | settings)
    model._infer([graph])
    module = model._build(graph)
    return module, NodeBatches(module.prepare(graph)).whole


def test_more_nodes_than_there_are_is_all_of_them(kind, graph):
    module, batch = build(kind, graph)
    everything = module(batch, step())
    for count in (90, 1000):
        module, batch = build(kind, graph, contrast_nodes=count)
        for name, value in module(batch, step()).items():
            torch.testing.assert_close(value, everything[name], rtol=0, atol=0)


def test_every_node_is_as_likely_and_none_comes_twice(kind, graph):
    module, batch = build(kind, graph, contrast_nodes=30)
    draws = torch.stack([module.contrasted(batch, step(seed)) for seed in range(600)])
    assert draws.shape == (600, 30)
    assert all(len(row.unique()) == 30 for row in draws)
    share = draws.flatten().bincount(minlength=90) / 600
    assert (share - 1 / 3).abs().max() < 0.09  # 4.7 standard deviations


def test_the_chosen_alone_are_contrasted():
    graph = unlabelled(load("planted-partition", nodes=90, blocks=3).graph)
    module, batch = build(GRACE, graph, contrast_nodes=7)
    loss = module(batch, step())["contrast"]
    replayed = step()
    chosen = module.contrasted(batch, replayed)
    h1, h2 = map(module.projected, module.views(batch, replayed))
    expected = info_nce(h1[chosen], h2[chosen], temperature=0.4, symmetric=True, same_view=True)
    torch.testing.assert_close(loss, expected)


def test_communities_are_contrasted_over_all_nodes():
    graph = unlabelled(load("planted-partition", nodes=90, blocks=3).graph)
    module, batch = build(GCooL, graph)
    views = module.views(batch, step())
    rows, edges = [module.projected(view) for view in views], [view.edge_index for view in views]
    full, part = module.losses(rows, edges, 1), module.losses(rows, edges, 1, torch.arange(40))
    torch.testing.assert_close(part["nodes"], info_nce(rows[0][:40], rows[1][:40], temperature=0.4))
    for name in ("aggregation", "communities"):
        torch.testing.assert_close(part[name], full[name], rtol=0, atol=0)


def test_the_contrast_among_all_falls_too(kind, graph):
    settings = {"hidden_channels": 32, "out_channels": 16, "epochs": 30, "lr": 1e-2}
    model = kind(n_clusters=3, contrast_nodes=30, **settings).fit(graph)
    model.module_.contrast_nodes = None
    whole = NodeBatches(model.module_.prepare(model._checked(graph)[0])).whole
    after = model.module_(whole, step())[CONTRASTS[kind]].item()
    module, batch = build(kind, graph, **settings)
    assert after < module(batch, step())[CONTRASTS[kind]].item() - 0.3


def test_one_node_has_nothing_to_be_contrasted_with(kind, graph):
    with pytest.raises(ValueError, match="contrast_nodes"):
        kind(n_clusters=3, contrast_nodes=1).fit(graph)
