"""Encoders of one's own: by object or by name, trained on a copy, described in records, asked for on loading."""

import importlib

import pytest
import torch
from sklearn.base import clone
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv

import graphcl
from graphcl import DGI, DSLA, GRACE, GraphCL
from graphcl.augment import DropEdges
from graphcl.encoders import GNN
from graphcl.encoders.calling import check_width, encode
from graphcl.ops.files.tensor_files import read_tensors, write_tensors
from graphcl.training.estimators.objects import described
from tests.easy import many, planted
from tests.own_objects import MLP, Weighted

OWN = "tests.own_objects"
SMALL = {"out_channels": 4, "epochs": 3, "lr": 1e-2}


@pytest.fixture(scope="module")
def graph() -> Data:
    return planted()


def mlp(seed: int = 0) -> MLP:
    torch.manual_seed(seed)
    return MLP(32, 4)


def gcn() -> GCNConv:
    torch.manual_seed(0)
    return GCNConv(32, 4)


@pytest.mark.parametrize("make", [gcn, mlp, lambda: Weighted(32, 4)], ids=["GCNConv", "MLP", "edge_weight"])
@pytest.mark.parametrize("options", [{}, {"batch_size": 50}], ids=["full", "sampled"])
def test_any_module_of_features_and_edges(graph, make, options):
    encoder = make()
    before = [parameter.clone() for parameter in encoder.parameters()]
    for kind in (DGI, GRACE):
        model = kind(encoder=encoder, **SMALL, **options).fit(graph)
        assert model.embedding_.shape == (150, 4)
        assert type(model.module_.encoder) is type(encoder)
        trained = list(model.module_.encoder.parameters())
        for ours, own, start in zip(trained, encoder.parameters(), before, strict=True):
            assert torch.equal(own, start), "the object that was given is not trained"
            assert not torch.equal(ours, start), "but its copy is"
        assert model.encoder is encoder


def test_a_fit_starts_from_the_weights_that_were_given(graph):
    encoder = mlp()
    model = DGI(encoder=encoder, out_channels=4, epochs=0, row_normalize=False).fit(graph)
    assert torch.equal(model.embedding_, encoder(graph.x, graph.edge_index).detach())
    again = DGI(encoder=encoder, **SMALL).fit(graph)
    assert torch.equal(again.embedding_, DGI(encoder=encoder, **SMALL).fit(graph).embedding_)


def test_weights_of_edges_go_to_encoders_that_take_them(graph):
    taking, other = Weighted(32, 4), mlp()
    weighted = Data(x=graph.x, edge_index=graph.edge_index, edge_weight=torch.ones(graph.num_edges))
    encode(taking, weighted)
    encode(taking, graph)
    assert taking.weighted == [True, False]
    with pytest.raises(
        ValueError, match=r"MLP takes no edge_weight; remove it first: del data.edge_weight, or give"
    ):
        encode(other, weighted)


def test_degrees_of_the_whole_graph_go_to_encoders_that_take_them(graph):
    seen = {}

    class Reading(MLP):
        def forward(self, x, edge_index, *, degree=None):
            seen["degree"] = degree
            return super().forward(x, edge_index)

    DGI(encoder=Reading(32, 4), batch_size=50, **SMALL).fit(graph)
    assert seen["degree"] is not None


@pytest.mark.parametrize(
    ("encoder", "error", "message"),
    [
        (
            GCNConv(32, 8),
            ValueError,
            r"encoder GCNConv gives rows of shape \(2, 8\) for 2 nodes; set out_channels=8",
        ),
        (GCNConv(31, 4), ValueError, r"encoder GCNConv cannot read x of 32 columns \(.*\); build it for them"),
        (nn.Linear(32, 4), TypeError, r"encoder Linear must take \(x, edge_index\) in forward: "),
        ("no_such_module_here:Mine", ValueError, "no_such_module_here cannot be imported .ModuleNotFoundError"),
        (f"{OWN}:Missing", ValueError, f"{OWN} has no 'Missing'; name something that it defines"),
    ],
    ids=["other width", "other features", "other inputs", "no module", "no name"],
)
def test_encoders_that_do_not_fit(graph, encoder, error, message):
    with pytest.raises(error, match=message) as caught:
        DGI(encoder=encoder, **SMALL).fit(graph)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoder", ["gcm", 3, None])
def test_what_is_no_encoder(graph, encoder):
    with pytest.raises(
        ValueError, match=r"encoder must be 'gcn', 'sage', 'gat', .* or 'root-skip' or a .* Module; got"
    ) as caught:
        DGI(encoder=encoder, **SMALL).fit(graph)
    assert "\n" not in str(caught.value)


class Normed(nn.Module):
    """Has running means, which a trial would move."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)

    def forward(self, x, edge_index):
        return self.norm(x)


def test_the_width_is_tried_without_a_trace():
    encoder = Normed().train()
    check_width(encoder, 3, 3)
    assert encoder.training
    assert encoder.norm.num_batches_tracked == 0
    with pytest.raises(ValueError, match=r"gives rows of shape \(2, 3\) for 2 nodes; set out_channels=3"):
        check_width(encoder, 3, 4)
    assert encoder.training


@pytest.mark.parametrize("name", ["MLP", "narrow"])
def test_by_name(graph, name):
    model = DGI(encoder=f"{OWN}:{name}", **SMALL).fit(graph)
    assert type(model.module_.encoder) is MLP
    assert model.params_["encoder"] == f"{OWN}:{name}"


def test_clone_and_parameters(graph):
    encoder = mlp()
    model = DGI(encoder=encoder, **SMALL)
    assert model.get_params()["encoder"] is encoder
    copy = clone(model)
    assert type(copy.encoder) is MLP
    assert torch.equal(copy.fit(graph).embedding_, model.fit(graph).embedding_)
    assert DGI().set_params(encoder=encoder).encoder is encoder


def test_a_record_has_the_name_and_a_digest_of_the_weights(graph):
    params = [DGI(encoder=mlp(seed), **SMALL).fit(graph).params_["encoder"] for seed in (0, 0, 1)]
    assert params[0] == params[1] != params[2]
    assert {description["object"] for description in params} == {f"{OWN}:MLP"}
    assert {len(description["digest"]) for description in params} == {16}
    changed = mlp()
    with torch.no_grad():
        changed.layers[0].weight[0, 0] += 1e-6
    assert described(changed) != described(mlp())
    assert described(nn.Dropout(0.1)) != described(nn.Dropout(0.2))
    assert described(DropEdges(0.1)) != described(DropEdges(0.2))


def test_save_and_load_ask_for_the_object(graph, tmp_path):
    path = tmp_path / "model.pt"
    model = DGI(encoder=mlp(), n_clusters=3, **SMALL).fit(graph)
    model.save(path)
    with pytest.raises(
        ValueError, match=r"was trained with encoder=.*:MLP, whose code it does not hold; load it w"
    ):
        graphcl.load(path)
    for loaded in (graphcl.load(path, encoder=mlp(5)), DGI.load(path, encoder=f"{OWN}:MLP")):
        assert torch.equal(loaded.transform(graph), model.embedding_), "the weights are those of the file"
        assert torch.equal(loaded.predict(graph), model.labels_)
    with pytest.raises(ValueError, match=r"takes no lr on loading; it was trained with plain values there"):
        graphcl.load(path, encoder=mlp(), lr=0.1)
    with pytest.raises(ValueError, match="does not fit dgi as it is here"):
        graphcl.load(path, encoder=gcn())


def test_code_that_a_file_names_is_never_imported(graph, tmp_path, monkeypatch):
    path = tmp_path / "model.pt"
    DGI(encoder=f"{OWN}:MLP", **SMALL).fit(graph).save(path)
    content = read_tensors(path)
    asked = []
    real = importlib.import_module

    def noted(name, *args):
        asked.append(name)
        return real(name, *args)

    monkeypatch.setattr(importlib, "import_module", noted)
    monkeypatch.setattr("graphcl.importing.import_module", noted)
    for name in ("os:system", "tests.own_objects:MLP"):
        content["params"]["encoder"] = name
        write_tensors(path, content)
        with pytest.raises(ValueError, match=f"was trained with encoder={name}, whose code it does not hold"):
            graphcl.load(path)
    assert not {"os", OWN} & set(asked)


class Means(nn.Module):
    """An encoder of molecules."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.table = nn.Embedding(130, channels)

    def forward(self, x, edge_index, edge_attr):
        return self.table(x[:, 0])


@pytest.mark.parametrize("kind", [DSLA, GraphCL])
def test_encoders_of_graphs(kind, tmp_path):
    graphs, encoder = many("molecule"), Means(8)
    before = encoder.table.weight.clone()
    model = kind(encoder=encoder, channels=8, epochs=2, n_clusters=2, device="cpu").fit(graphs)
    assert model.embedding_.shape == (24, 8)
    assert torch.equal(encoder.table.weight, before)
    assert not torch.equal(model.module_.encoder.table.weight, before)
    model.save(tmp_path / "model.pt")
    loaded = graphcl.load(tmp_path / "model.pt", encoder=Means(8))
    assert torch.equal(loaded.transform(graphs), model.embedding_)


def test_the_network_of_the_method_is_told_by_the_name_of_its_layer(graph):
    for name in ("gcn", "sage", "gat", "gin"):
        encoder = DGI(encoder=name, hidden_channels=8, **SMALL).fit(graph).module_.encoder
        assert isinstance(encoder, GNN)
        assert encoder.kind == name
