"""The hyper-parameters `loss` and `negatives`: defaults change nothing, names and objects do."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import DSLA, GCA, GRACE, JOAO, GCooL, GraphCL, SimGRACE, load
from graphcl.bench.runs.plan import expand
from graphcl.bench.runs.suite import Suite
from graphcl.datasets import GraphCollection
from graphcl.methods.bases.cluster_negatives import ClusterNegatives, leaving_share
from graphcl.methods.bases.contrast_groups import ContrastGroups, EqualGraphs, contrast_groups
from graphcl.objectives import decoupled_contrast, grouped_info_nce, info_nce, nt_xent
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.training import NodeBatches, Step
from tests.easy import many, planted, unlabelled

OWN = "tests.own_objects"
SMALL = {"n_clusters": 3, "hidden_channels": 8, "out_channels": 4, "epochs": 2, "n_init": 1}
NARROW = {"channels": 8, "epochs": 2, "batch_size": 8, "device": "cpu"}
NODES = {GRACE: "contrast", GCA: "contrast", GCooL: "nodes"}
GRAPHS = (GraphCL, SimGRACE, JOAO, DSLA)
every_of_nodes = pytest.mark.parametrize("kind", NODES, ids=lambda kind: kind.name)


def step() -> Step:
    return Step("contrast", 0, 0, torch.Generator().manual_seed(0))


def built(kind, **settings):
    torch.manual_seed(0)
    graph = unlabelled(planted())
    module = kind(**SMALL, **settings)._build(graph)
    return module, NodeBatches(module.prepare(graph)).whole


@every_of_nodes
def test_the_default_is_info_nce_to_the_last_bit(kind):
    module, batch = built(kind)
    h1, h2 = (module.projected(view) for view in module.views(batch, step()))
    form = {} if kind is GCooL else {"symmetric": True, "same_view": True}
    value = module(batch, step())[NODES[kind]]
    assert torch.equal(value, info_nce(h1, h2, temperature=0.4, **form))
    named, batch = built(kind, loss="info-nce", negatives="all")
    assert torch.equal(named(batch, step())[NODES[kind]], value)


@pytest.mark.parametrize(("kind", "loss"), [(GRACE, "dcl"), (GRACE, "dclw"), (GCA, "dcl"), (GCooL, "dclw")])
def test_decoupled_losses(kind, loss):
    module, batch = built(kind, loss=loss)
    h1, h2 = (module.projected(view) for view in module.views(batch, step()))
    form = {"symmetric": kind is not GCooL, "same_view": kind is not GCooL, "temperature": 0.4}
    weights = None if loss == "dcl" else 2 - len(h1) * torch.softmax((h1 * h2).sum(1).detach() / 0.5, 0)
    expected = decoupled_contrast(h1, h2, weights=weights, **form)
    torch.testing.assert_close(module(batch, step())[NODES[kind]], expected)
    assert abs(expected - built(kind)[0](batch, step())[NODES[kind]]) > 1e-3


@every_of_nodes
def test_negatives_by_cluster(kind):
    """The groups are those of the clusterer, of the nodes that a step chose, and the loss has them."""
    graph = unlabelled(planted())
    groups = ClusterNegatives(3)(graph).groups
    for name, weight in (("other-clusters", 0.0), ("weighted-clusters", leaving_share(graph.edge_index, groups))):
        module, batch = built(kind, negatives=name, contrast_nodes=20)
        replayed = step()
        chosen = module.contrasted(batch, replayed)
        h1, h2 = (module.projected(view)[chosen] for view in module.views(batch, replayed))
        form = {"symmetric": kind is not GCooL, "same_view": kind is not GCooL, "temperature": 0.4}
        expected = grouped_info_nce(h1, h2, groups[chosen], group_weight=weight, **form)
        torch.testing.assert_close(module(batch, step())[NODES[kind]], expected)
    assert 0 < weight < 1


def test_samples_carry_the_groups_of_their_seeds():
    module, _ = built(GRACE, negatives="other-clusters")
    seen = []
    module.loss = lambda u, v, groups, group_weight: seen.append(groups) or (u * v).sum()
    model = GRACE(**SMALL, negatives="other-clusters", batch_size=50, fanouts=(5, 5))
    [graph] = model._checked(planted())
    groups = ClusterNegatives(3)(graph).groups
    batches = NodeBatches(module.prepare(graph))
    for batch in batches.epoch(model._stages()[0], torch.Generator()):
        module(batch, step())
        assert torch.equal(seen[-1], groups[batch.n_id[: batch.seeds]])
    assert torch.isfinite(model.fit(planted()).embedding_).all()


def test_objects_and_names_of_them():
    def loss(h1, h2, groups=None, group_weight=None):
        assert (groups is None) == (group_weight is None)
        return info_nce(h1, h2, temperature=0.1)

    by_object = GRACE(**SMALL, loss=loss).fit(planted())
    by_name = GRACE(**SMALL, loss=f"{OWN}:cold_contrast").fit(planted())
    assert torch.equal(by_object.embedding_, by_name.embedding_)
    assert by_name.module_.joint == ()
    halves = GRACE(**SMALL, negatives=f"{OWN}:halves", loss=loss).fit(planted())
    assert torch.equal(halves.embedding_, by_object.embedding_)
    assert GRACE(**SMALL, negatives=f"{OWN}:halves").fit(planted()).history_ != by_object.history_
    with pytest.raises(ValueError, match=r"loss must be 'info-nce', 'dcl' or 'dclw' or .*; got 'dlc'"):
        GRACE(**SMALL, loss="dlc").fit(planted())


def test_a_saved_model_asks_for_its_objects(tmp_path):
    named = GRACE(**SMALL, loss="dcl", negatives="other-clusters").fit(planted())
    named.save(tmp_path / "named.pt")
    assert torch.equal(load(tmp_path / "named.pt").transform(planted()), named.embedding_)


def test_a_suite_runs_bases_with_ideas():
    suite = Suite(
        name="ideas",
        seeds=[0],
        methods=["grace"],
        datasets=["planted-partition"],
        variants={"grace": [{"loss": "dcl"}, {"negatives": "other-clusters"}]},
    )
    params = [task.run.params for task in expand(suite)]
    assert [(p["loss"], p["negatives"]) for p in params] == [(None, None), ("dcl", None), (None, "other-clusters")]


def test_what_is_refused():
    graph = unlabelled(planted())
    for count in (None, 1):
        with pytest.raises(
            ValueError, match=f"need two clusters at least; got n_clusters={count}; set n_clusters"
        ):
            GRACE(**{**SMALL, "n_clusters": count}, negatives="other-clusters").fit(graph)
    alike = Data(x=torch.ones(9, 2), edge_index=torch.zeros(2, 0).long())
    with pytest.raises(ValueError, match="must find two clusters at least, or no node has a negative"):
        ClusterNegatives(1)(alike)
    with pytest.raises(ValueError, match="negatives must give one integer for each of 3; got"):
        contrast_groups(lambda _: torch.zeros(2).long(), Data(), 3)
    with pytest.raises(ValueError, match="negatives must have a finite weight of at least 0; got -1"):
        contrast_groups(lambda _: ContrastGroups(torch.zeros(3).long(), -1.0), Data(), 3)


def test_nodes_without_a_group_are_groups_of_their_own():
    found = contrast_groups(lambda _: torch.tensor([-1, 2, -1, 2]), Data(), 4).groups
    assert found[1] == found[3]
    assert len(found.unique()) == 3


def twins() -> list[Data]:
    """Social graphs of which every second is the one before it, with its nodes in another order."""
    graphs = many("social")[:6]
    return [other for graph in graphs for other in (graph, reversed_nodes(graph))]


def reversed_nodes(graph: Data) -> Data:
    return Data(x=graph.x.flip(0), edge_index=graph.num_nodes - 1 - graph.edge_index)


@pytest.mark.parametrize("kind", GRAPHS, ids=lambda kind: kind.name)
def test_equal_graphs_are_no_negatives(kind):
    settings = {**NARROW, "domain": "social", "batch_size": 12}
    if kind is DSLA:  # no margin in social graphs unless one is set
        settings["margin"] = 2.0
    same = kind(**settings, negatives="distinct").fit([twins()[0]] * 3)
    assert all(abs(row.get("contrast", row.get("margin", 1.0))) == 0 for row in same.history_)
    assert torch.isfinite(same.embedding_).all()
    if kind is GraphCL:
        named, plain, distinct = (kind(**settings, negatives=n).fit(twins()) for n in ("all", None, "distinct"))
        assert named.history_ == plain.history_ != distinct.history_


def test_codes_of_equal_graphs_reach_the_loss():
    torch.manual_seed(0)
    batch = GraphCollection.of(twins()).batch(range(12))
    codes = EqualGraphs(3)(batch).groups
    assert torch.equal(codes[::2], codes[1::2])
    method = GraphCL(domain="social", negatives="distinct", **NARROW, augmentations=("identity", "drop-nodes"))
    method._infer(twins())
    for loss in ("nt-xent", "info-nce"):
        torch.manual_seed(0)
        module = method.set_params(loss=loss)._build(Data()).eval()
        value = module(batch, step())["contrast"]
        replayed = step()
        u, v = (unit_rows(module.compared(view(batch, replayed.generator))) for view in module.augmentations)
        function = grouped_info_nce if loss == "info-nce" else decoupled_contrast
        torch.testing.assert_close(value, function(u, v, groups=codes, temperature=0.1))
        plain = info_nce(u, v, temperature=0.1) if loss == "info-nce" else nt_xent(u, v, temperature=0.1)
        assert value < plain - 0.01
