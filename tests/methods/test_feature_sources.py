"""Methods on a feature source: the fit is that on the tensor bit for bit, and the whole is never asked for."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import (
    DGI,
    GCA,
    GRACE,
    METHODS,
    SCGC,
    AutoencoderKMeans,
    DGCluster,
    DMoN,
    GCooL,
    MinCut,
    Neuromap,
    RandomGNN,
    SCGCStar,
)
from graphcl.augment import importance
from graphcl.datasets import load
from graphcl.feature_source import TensorFeatures
from graphcl.training import Checkpoint
from graphcl.training.batching import node_batches
from graphcl.validation import features, numbers

N = 60
GNN = {"hidden_channels": 8, "out_channels": 4}
SHORT = {"pretrain_epochs": 2, "pretrain_batch_size": 16}
ROWS = {"n_clusters": 3, "hidden_channels": (8,), "out_channels": 4, **SHORT}
SAMPLED = {
    "dgi": lambda: DGI(batch_size=16, fanouts=(3,), epochs=2, **GNN),
    "grace": lambda: GRACE(batch_size=16, fanouts=(3, 3), epochs=2, **GNN),
    "grace/all neighbours": lambda: GRACE(batch_size=16, epochs=2, row_normalize=False, **GNN),
    "gca": lambda: GCA(batch_size=16, epochs=2, feature_rule="dense", feature_rates=(0.3, 0.4), **GNN),
    "gcool": lambda: GCooL(batch_size=16, epochs=2, n_clusters=3, **GNN),
    "dgi/no layers": lambda: DGI(batch_size=16, epochs=2, encoder=NoLayers(), num_layers=1, **GNN),
    "dmon": lambda: DMoN(n_clusters=3, batch_size=16, epochs=2, **GNN),
    "mincut": lambda: MinCut(n_clusters=3, batch_size=16, epochs=2, **GNN),
    "neuromap": lambda: Neuromap(n_clusters=3, batch_size=16, epochs=2, **GNN),
    "dgcluster": lambda: DGCluster(batch_size=16, epochs=2, **GNN),
    "random-gnn": lambda: RandomGNN(batch_size=16, **GNN),
    "scgc-star": lambda: SCGCStar(epochs=2, batch_size=16, **ROWS),
    "scgc": lambda: SCGC(epochs=2, batch_size=16, **ROWS),
    "autoencoder-k-means": lambda: AutoencoderKMeans(feature_scale=2.0, **ROWS),
}


class NoLayers(torch.nn.Module):
    """An encoder that does not show its layers, so that inference takes samples."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.linear = torch.nn.Linear(32, 4)

    def forward(self, x, edge_index):
        h = self.linear(x)
        return h.index_add(0, edge_index[1], h[edge_index[0]])


class Spy(TensorFeatures):
    """Notes how many rows it is asked for at a time."""

    def __init__(self, x):
        super().__init__(x)
        self.asked: list[int] = []

    def gather(self, n_id):
        self.asked.append(len(n_id))
        return super().gather(n_id)


@pytest.fixture
def graph() -> Data:
    blocks = load("planted-partition", nodes=N, blocks=3, degree_in=2.0, degree_out=0.2).graph
    return Data(x=blocks.x, edge_index=blocks.edge_index)


@pytest.fixture
def small_blocks(monkeypatch):
    """Features are checked, and rows weighted and embedded, 8 at a time."""
    monkeypatch.setitem(node_batches.NodeBatches.__init__.__kwdefaults__, "block", 8)
    monkeypatch.setattr(features, "BLOCK_ROWS", 8)
    monkeypatch.setattr(numbers, "BLOCK_ROWS", 8)
    monkeypatch.setattr(importance, "GATHERED", 8)


@pytest.mark.parametrize("name", SAMPLED)
def test_the_fit_is_that_on_the_tensor(name, graph, small_blocks):
    expected = SAMPLED[name]().fit(graph)
    source = Spy(graph.x)
    given = Data(x=source, edge_index=graph.edge_index, num_nodes=N)
    model = SAMPLED[name]().fit(given)
    assert torch.equal(model.embedding_, expected.embedding_)
    assert model.history_ == expected.history_
    assert torch.equal(model.transform(given), expected.embedding_)
    assert torch.equal(model.transform(graph), expected.embedding_)
    if "n_clusters" in expected.get_params() and expected.n_clusters:
        assert torch.equal(model.labels_, expected.labels_)
        assert torch.equal(model.predict(given), expected.labels_)
    assert given.x is source, "the input is not changed"
    assert len(source.asked) > 8
    assert max(source.asked) < N


def test_a_full_batch_needs_a_tensor(graph):
    given = Data(x=TensorFeatures(graph.x), edge_index=graph.edge_index, num_nodes=N)
    message = "features from a source are not read as a whole; set batch_size"
    for model in (DGI(epochs=2, **GNN), RandomGNN(**GNN), SCGCStar(epochs=2, **ROWS)):
        with pytest.raises(ValueError, match=message) as e:
            model.fit(given)
        assert "\n" not in str(e.value)
        assert not hasattr(model, "n_features_in_")


@pytest.mark.parametrize("name", ["k-means", "smooth-k-means", "ssgc", "sagsc", "ms2cag", "two-view"])
def test_methods_that_train_nothing_need_a_tensor(name, graph):
    given = Data(x=TensorFeatures(graph.x), edge_index=graph.edge_index, num_nodes=N)
    with pytest.raises(ValueError, match=rf"{name} reads x as a whole, not from a source; give it a tensor"):
        METHODS[name](n_clusters=3).fit(given)


def test_columns_by_centrality_are_read_in_blocks(graph):
    given = Data(x=TensorFeatures(graph.x), edge_index=graph.edge_index, num_nodes=N)
    settings = {"batch_size": 16, "epochs": 1, **GNN}
    assert torch.equal(GCA(**settings).fit(given).embedding_, GCA(**settings).fit(graph).embedding_)


def test_a_pretraining_on_other_features_is_not_reused(graph, tmp_path):
    def fit(x):
        return AutoencoderKMeans(**ROWS).fit(Data(x=x, edge_index=graph.edge_index, num_nodes=N), cache=tmp_path)

    def cached(model):
        return next(stage["cached"] for stage in model.stages_ if stage["name"] == "pretrain")

    first, again, other = (fit(TensorFeatures(x)) for x in (graph.x, graph.x.clone(), graph.x + 1))
    assert [cached(model) for model in (first, again, other)] == [False, True, False]
    assert cached(fit(graph.x)), "the tensor itself has the same digest"
    assert torch.equal(again.embedding_, first.embedding_)


def test_a_checkpoint_on_other_features_is_refused(graph, tmp_path):
    def fit(x):
        given = Data(x=TensorFeatures(x), edge_index=graph.edge_index, num_nodes=N)
        return SAMPLED["grace"]().fit(given, checkpoint=Checkpoint(tmp_path / "state", every=0))

    fit(graph.x)
    with pytest.raises(ValueError, match="belongs to a training that differs in data"):
        fit(graph.x + 1)
