"""What is particular to multiplex gCooL: relations as views, fusions, own encoders, one relation too few."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import GCooL, GCooLMultiplex, load
from graphcl.datasets import load as load_data
from graphcl.training import NodeBatches, Step
from tests.easy import unlabelled

SMALL = {"n_clusters": 3, "hidden_channels": 16, "out_channels": 8}


@pytest.fixture(scope="module")
def graph() -> Data:
    return load_data("planted-multiplex", nodes=90, blocks=3, relations=3, signal=2.0).graph


def twice(data: Data) -> Data:
    """A plain graph as a multiplex one of two equal relations."""
    count = data.edge_index.size(1)
    kinds = torch.arange(2).repeat_interleave(count)
    return Data(x=data.x, edge_index=data.edge_index.repeat(1, 2), edge_type=kinds, num_nodes=len(data.x))


def losses(estimator, data: Data, epoch: int) -> tuple[dict[str, torch.Tensor], torch.nn.Module]:
    torch.manual_seed(0)
    data = unlabelled(data)
    estimator._infer([data])
    module = estimator._build(data)
    batch = NodeBatches(module.prepare(data)).whole
    return module(batch, Step("contrast", epoch, 0, torch.Generator().manual_seed(0))), module


@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_two_copies_of_a_graph_are_gcool_with_both_directions(rate):
    single = load_data("planted-partition", nodes=60, blocks=3).graph
    plain = GCooL(symmetric=True, edge_rates=(rate, rate), feature_rates=(rate, rate), **SMALL)
    several = GCooLMultiplex(edge_rate=rate, feature_rate=rate, **SMALL)
    for epoch in (0, 20, 600):
        expected, first = losses(plain, single, epoch)
        found, second = losses(several, twice(single), epoch)
        assert set(found) == set(expected)
        for name in expected:
            torch.testing.assert_close(found[name], expected[name])
        sum(expected.values()).backward()
        sum(found.values()).backward()
        for a, b in zip(first.parameters(), second.parameters(), strict=True):
            torch.testing.assert_close(a.grad, b.grad)


def test_losses_are_means_over_pairs_and_relations(graph):
    estimator = GCooLMultiplex(**SMALL)
    found, module = losses(estimator, graph, 20)
    edges = [graph.edge_index[:, graph.edge_type == r] for r in range(3)]
    h = [module.projector(module.encoder(graph.x, e)) for e in edges]
    pairs = [(0, 1), (0, 2), (1, 2)]
    parts = [module.losses([h[a], h[b]], [edges[a], edges[b]], 20) for a, b in pairs]
    for name in ("nodes", "aggregation", "communities"):
        torch.testing.assert_close(found[name], torch.stack([part[name] for part in parts]).mean())


def test_renumbering_the_relations_changes_nothing(graph):
    turned = Data(x=graph.x, edge_index=graph.edge_index, edge_type=2 - graph.edge_type)
    found, _ = losses(GCooLMultiplex(**SMALL), graph, 20)
    for name, value in losses(GCooLMultiplex(**SMALL), turned, 20)[0].items():
        torch.testing.assert_close(value, found[name])


@pytest.mark.parametrize(("fusion", "width"), [("mean", 8), ("concat", 24), ("attention", 8)])
def test_fusions(graph, fusion, width):
    model = GCooLMultiplex(epochs=5, fusion=fusion, **SMALL).fit(graph)
    assert model.embedding_.shape == (90, width)
    assert ("fusion" in model.history_[-1]) is (fusion == "attention")


def test_attention_learns(graph):
    before = GCooLMultiplex(epochs=0, fusion="attention", **SMALL).fit(graph).module_.fusion
    after = GCooLMultiplex(epochs=5, fusion="attention", **SMALL).fit(graph).module_.fusion
    for a, b in zip(before.parameters(), after.parameters(), strict=True):
        assert not torch.equal(a, b)


def test_own_encoders(graph):
    shared = GCooLMultiplex(epochs=2, **SMALL).fit(graph).module_
    own = GCooLMultiplex(epochs=2, shared_encoder=False, **SMALL).fit(graph).module_
    assert len(own.encoder) == 3
    assert len(list(own.encoder.parameters())) == 3 * len(list(shared.encoder.parameters()))
    assert not torch.equal(own.encoder[0].conv[0].lin.weight, own.encoder[1].conv[0].lin.weight)


def test_communities_are_averaged_over_relations(graph):
    model = GCooLMultiplex(epochs=3, **SMALL).fit(graph)
    module = model.module_
    x = model._checked(graph)[0].x
    parts = []
    for relation in range(3):
        z = module.encoder(x, graph.edge_index[:, graph.edge_type == relation])
        parts.append(module.head(module.projector(z)).exp())
    torch.testing.assert_close(model.soft_communities_, torch.stack(parts).mean(0).detach())


def test_fewer_than_two_relations_or_more_than_were_fitted(graph):
    one = Data(x=graph.x, edge_index=graph.edge_index, edge_type=torch.zeros_like(graph.edge_type))
    with pytest.raises(ValueError, match="edge_type must name at least two relations; got 1; gcool"):
        GCooLMultiplex(**SMALL).fit(one)
    model = GCooLMultiplex(epochs=1, **SMALL).fit(graph)
    before = model.transform(graph)
    with pytest.raises(ValueError, match="at least two relations; got 1"):
        model.fit(one)
    assert torch.equal(model.transform(graph), before)  # a fit that fails leaves the model as it was
    assert torch.isfinite(model.transform(one)).all()  # the others are empty
    more = Data(x=graph.x, edge_index=graph.edge_index, edge_type=graph.edge_type + 1)
    with pytest.raises(ValueError, match="edge_type must name the 3 relations that fit saw; got 4"):
        model.transform(more)


def test_edges_count_in_both_directions_within_their_relation(graph):
    one_way = graph.edge_index[0] < graph.edge_index[1]
    half = Data(x=graph.x, edge_index=graph.edge_index[:, one_way], edge_type=graph.edge_type[one_way])
    model = GCooLMultiplex(epochs=1, **SMALL).fit(graph)
    assert torch.equal(model.transform(half), model.embedding_)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"edge_type": None},
            r"edge_type must name the relation of each edge, \(\d+,\); got NoneType; number them",
        ),
        ({"edge_type": torch.zeros(3).long()}, r"edge_type must name .*; got \(3,\) of torch.int64; number them"),
        ({"edge_type": 0.5}, "edge_type must hold integers from 0; got torch.float32 or negative ones; renumber"),
        (
            {"edge_type": -1},
            "edge_type must hold integers from 0; got torch.int64 or negative ones; renumber them",
        ),
        ({"x": torch.ones(80, 32)}, r"edge_index must lie in \[0, 80\), the rows of x; got values from 0 to 89"),
    ],
    ids=str,
)
def test_relations_that_do_not_fit(graph, changes, message):
    kind = changes.get("edge_type", 0)
    if isinstance(kind, int | float):
        changes = {**changes, "edge_type": torch.full((graph.edge_index.size(1),), kind)}
    with pytest.raises(ValueError, match=message) as caught:
        GCooLMultiplex(**SMALL).fit(Data(**{**graph.to_dict(), **changes}))
    assert "\n" not in str(caught.value)


def test_a_relation_without_edges(graph):
    kinds = torch.where(graph.edge_type == 1, 2, graph.edge_type)
    model = GCooLMultiplex(epochs=3, edge_rate=0.2, **SMALL)
    model.fit(Data(x=graph.x, edge_index=graph.edge_index, edge_type=kinds))
    assert torch.isfinite(model.embedding_).all()


@pytest.mark.parametrize("settings", [{"fusion": "attention"}, {"shared_encoder": False}], ids=str)
def test_save_and_load_know_the_relations(graph, tmp_path, settings):
    model = GCooLMultiplex(epochs=2, **settings, **SMALL).fit(graph)
    model.save(tmp_path / "model.pt")
    loaded = load(tmp_path / "model.pt")
    assert loaded.n_relations_ == 3
    assert torch.equal(loaded.transform(graph), model.embedding_)
