"""Augmentations of one's own: augmenters, transforms of PyG, functions, names, and pairs of them."""

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.transforms import AddSelfLoops, BaseTransform, Compose

from graphcl import BGRL, CCASSG, GBT, GRACE, NS4GC, GCooL, VICReg
from graphcl.augment import DropEdges, Dropping, HalfHop, MaskColumns
from tests.easy import planted
from tests.own_objects import halve

OWN = "tests.own_objects"
SMALL = {"hidden_channels": 8, "out_channels": 4, "epochs": 3, "lr": 1e-2}


@pytest.fixture(scope="module")
def graph() -> Data:
    return planted()


class Halve(BaseTransform):
    """A transform of PyG's kind that leaves out every other edge."""

    def forward(self, data):
        return halve(data)


AUGMENTATIONS = {
    "ours": DropEdges(0.3),
    "composed": Compose([AddSelfLoops(), DropEdges(0.3), MaskColumns(0.2)]),
    "of PyG's kind": Compose([Halve(), MaskColumns(0.2)]),
    "function": halve,
    "name": f"{OWN}:halve",
    "appended nodes": Compose([Dropping(0.2, 0.2), HalfHop()]),
    "appended nodes by name": "graphcl.augment:HalfHop",
    "pair": (DropEdges(0.3), Compose([Halve()])),
    "pair of names": (f"{OWN}:halve", DropEdges(0.1)),
}


@pytest.mark.parametrize("options", [{}, {"batch_size": 50, "fanouts": (5, 5)}], ids=["full", "sampled"])
@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_augmentations(graph, name, options):
    settings = {"augmentation": AUGMENTATIONS[name], **SMALL, **options}
    model = GRACE(**settings).fit(graph)
    assert torch.isfinite(model.embedding_).all()
    assert torch.equal(GRACE(**settings).fit(graph).embedding_, model.embedding_), "drawn from the seed"
    default = GRACE(**{**settings, "augmentation": None}).fit(graph)
    assert model.history_ != default.history_
    assert torch.equal(graph.edge_index, planted().edge_index)


def test_the_two_of_a_pair_draw_the_two_views(graph):
    seen = []

    def first(data):
        seen.append("first")
        return data

    def second(data):
        seen.append("second")
        return data

    model = GRACE(augmentation=(first, second), **SMALL).fit(graph)
    assert seen == ["first", "second"] * 3
    assert "first" in model.params_["augmentation"][0]["object"]


def test_an_augmentation_that_changes_the_number_of_nodes_is_refused(graph):
    def smaller(data):
        return data.subgraph(torch.arange(data.num_nodes - 1))

    with pytest.raises(
        ValueError, match="augmentation must keep the nodes, which are compared one by one"
    ) as caught:
        GRACE(augmentation=smaller, **SMALL).fit(graph)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="augmentation must be"):
        GRACE(augmentation=3, **SMALL).fit(graph)
    with pytest.raises(
        TypeError, match=r"an augmentation must return a torch_geometric Data; .* returned NoneType"
    ):
        GRACE(augmentation=lambda data: None, **SMALL).fit(graph)


@pytest.mark.parametrize("options", [{}, {"batch_size": 50, "fanouts": (5, 5)}], ids=["full", "sampled"])
@pytest.mark.parametrize("method", [BGRL, CCASSG, GBT, NS4GC, VICReg])
def test_methods_of_two_views_take_views_with_appended_nodes(graph, method, options):
    models = [
        method(augmentation=HalfHop(0.5, p), **{**SMALL, "epochs": 1}, **options).fit(graph) for p in (0.0, 0.5)
    ]
    assert models[0].embedding_.shape == models[1].embedding_.shape == (150, 4)
    assert torch.isfinite(models[1].embedding_).all()
    assert models[0].history_[0]["loss"] != models[1].history_[0]["loss"]


def test_what_reads_the_edges_of_views_refuses_appended_nodes(graph):
    with pytest.raises(ValueError, match=r"must keep the nodes.*HalfHop\(alpha=0.5, p=0.5\) made"):
        GCooL(n_communities=3, augmentation=HalfHop(), **SMALL).fit(graph)


def test_nodes_taken_away_from_a_view_with_appended_nodes_are_seen(graph):
    def without_the_first(data):
        return data.subgraph(torch.arange(1, data.num_nodes))

    for then in (without_the_first, Compose([without_the_first, HalfHop()])):
        with pytest.raises(ValueError, match="augmentation must keep the nodes"):
            GRACE(augmentation=Compose([HalfHop(), then]), **SMALL).fit(graph)
