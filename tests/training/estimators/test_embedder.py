"""Embedders: an embedding without a number of clusters, k-means as a read-out, and one clear line in between."""

import pytest
import torch
from sklearn.exceptions import NotFittedError
from torch_geometric.data import Data

import graphcl
from graphcl import DGI, DSLA, GCA, GRACE, METHODS, GCooL, GraphCL, RandomGNN, heads
from graphcl.methods import of_kind
from graphcl.training import GraphEmbedder
from tests.easy import many, planted
from tests.tiny import TinyNeighbours

SMALL = {"hidden_channels": 8, "out_channels": 4}
ADVICE = r"{0} has no clusters, because n_clusters is None; set {0}\(n_clusters=...\), or cluster its r"
CLUSTERS = ("labels_", "cluster_centers_")


@pytest.fixture(scope="module")
def graph() -> Data:
    return planted()


def test_an_embedding_needs_no_number_of_clusters(graph):
    for model in (
        DGI(epochs=1, **SMALL),
        GRACE(epochs=1, **SMALL),
        GCA(epochs=1, **SMALL),
        GCooL(epochs=1, n_communities=3, **SMALL),
        RandomGNN(**SMALL),
        TinyNeighbours(epochs=1),
    ):
        z = model.fit(graph).embedding_
        assert z.shape == (150, 4)
        assert torch.equal(model.transform(graph), z)
        assert not set(CLUSTERS) & set(vars(model))
        assert not hasattr(model, "labels_"), "as scikit-learn asks"
    assert all(
        METHODS[name](**({"n_communities": 2} if name.startswith("gcool") else {})) for name in of_kind("embedder")
    )


@pytest.mark.parametrize("name", CLUSTERS)
def test_clusters_that_nobody_asked_for_are_one_clear_line(graph, name):
    model = DGI(epochs=0, **SMALL)
    with pytest.raises(NotFittedError, match=f"DGI instance is not fitted yet; call fit before {name}"):
        getattr(model, name)
    model.fit(graph)
    with pytest.raises(AttributeError, match=ADVICE.format("DGI") + r"ows: graphcl\.heads\.KMeans\(7\)") as caught:
        getattr(model, name)
    assert "\n" not in str(caught.value)


def test_predictions_that_nobody_asked_for_are_the_same_line(graph):
    model = DGI(epochs=0, **SMALL)
    with pytest.raises(NotFittedError):
        model.predict(graph)
    with pytest.raises(ValueError, match=ADVICE.format("DGI")):
        model.fit_predict(graph)
    assert "embedding_" not in vars(model), "refused before the training"
    model.fit(graph)
    with pytest.raises(ValueError, match=ADVICE.format("DGI")):
        model.predict(graph)
    with pytest.raises(AttributeError, match="'DGI' object has no attribute 'no_such_thing'"):
        _ = model.no_such_thing


def test_a_head_after_the_fact_gives_the_clusters_of_the_read_out(graph):
    model = DGI(epochs=5, seed=3, **SMALL).fit(graph)
    told = DGI(epochs=5, seed=3, n_clusters=3, **SMALL).fit(graph)
    assert torch.equal(model.embedding_, told.embedding_)
    head = heads.KMeans(3, normalize=True, seed=3)
    assert torch.equal(head.fit_predict(model.embedding_), told.labels_)
    assert torch.equal(head.cluster_centers_, told.cluster_centers_)
    assert torch.equal(told.predict(graph), told.labels_)
    assert len(told.labels_.unique()) == 3


def test_a_refit_without_a_number_drops_the_old_clusters(graph):
    model = DGI(epochs=1, n_clusters=3, **SMALL).fit(graph)
    assert set(CLUSTERS) <= set(vars(model))
    model.set_params(n_clusters=None).fit(graph)
    assert not set(CLUSTERS) & set(vars(model))
    with pytest.raises(ValueError, match=ADVICE.format("DGI")):
        model.predict(graph)
    model.set_params(n_clusters=2).fit(graph)
    assert len(model.cluster_centers_) == 2


def test_the_centres_that_were_fitted_count_until_the_next_fit(graph):
    model = DGI(epochs=1, n_clusters=3, **SMALL).fit(graph)
    labels = model.labels_
    model.set_params(n_clusters=None)
    assert torch.equal(model.predict(graph), labels)


def test_other_graphs_may_be_smaller_than_the_number_of_clusters(graph):
    model = DGI(epochs=1, n_clusters=3, **SMALL).fit(graph)
    two = Data(x=graph.x[:2], edge_index=graph.edge_index[:, :0])
    assert model.transform(two).shape == (2, 4)
    assert len(model.predict(two)) == 2
    with pytest.raises(ValueError, match="n_clusters must be at most the number of nodes; got 3 for 2 nodes"):
        model.fit(two)


def test_a_model_without_clusters_is_saved_as_one(graph, tmp_path):
    model = DGI(epochs=1, **SMALL).fit(graph)
    model.save(tmp_path / "model.pt")
    loaded = graphcl.load(tmp_path / "model.pt")
    assert torch.equal(loaded.transform(graph), model.embedding_)
    with pytest.raises(AttributeError, match=ADVICE.format("DGI")):
        _ = loaded.labels_


@pytest.mark.parametrize("kind", [DSLA, GraphCL])
def test_whole_graphs_are_clustered_alike(kind, tmp_path):
    graphs = many("molecule")
    settings = {"channels": 8, "epochs": 2, "device": "cpu"}
    plain = kind(**settings).fit(graphs)
    with pytest.raises(AttributeError, match=ADVICE.format(kind.__name__)):
        _ = plain.labels_
    model = kind(n_clusters=3, **settings).fit(graphs)
    assert torch.equal(model.embedding_, plain.embedding_)
    assert model.labels_.shape == (len(graphs),)
    assert torch.equal(model.predict(graphs), model.labels_)
    assert torch.equal(kind(n_clusters=3, **settings).fit_predict(graphs), model.labels_)
    assert torch.equal(model.predict(graphs[:4]), model.labels_[:4])
    head = heads.KMeans(3, normalize=kind.unit_rows)
    assert torch.equal(head.fit_predict(plain.embedding_), model.labels_)
    model.save(tmp_path / "model.pt", rows=True)
    loaded = graphcl.load(tmp_path / "model.pt")
    assert torch.equal(loaded.predict(graphs), model.labels_)
    assert torch.equal(loaded.labels_, model.labels_)
    with pytest.raises(ValueError, match="n_clusters must be at most the number of graphs; got 3 for 2 graphs"):
        kind(n_clusters=3, **settings).fit(graphs[:2])


def test_an_error_within_a_property_is_its_own():
    class Odd(TinyNeighbours):
        @property
        def width(self):
            return self.embeding_.size(1)

    with pytest.raises(AttributeError, match="'Odd' object has no attribute 'embeding_'"):
        _ = Odd().width
    assert isinstance(Odd(), GraphEmbedder)
