"""What is particular to SCGC and SCGC*: the four mixes, weights, directions, unseen nodes, the shared start."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import SCGC, AutoencoderKMeans, SCGCStar
from graphcl.datasets import load
from graphcl.heads import kmeans
from graphcl.methods.bases import self_training
from graphcl.objectives.all_pairs import positives

SMALL = {"n_clusters": 3, "hidden_channels": (16,), "out_channels": 4, "pretrain_epochs": 3}


@pytest.fixture(scope="module")
def graph() -> Data:
    return load("planted-partition", nodes=90, blocks=3, signal=2.0).graph


def test_star_is_one_of_the_four_mixes(graph):
    star = SCGCStar(epochs=5, **SMALL).fit(graph)
    mixes = {
        (influence, reconstruct): SCGC(epochs=5, influence=influence, reconstruct=reconstruct, **SMALL).fit(graph)
        for influence in ("last", "cumulative")
        for reconstruct in (True, False)
    }
    assert torch.equal(mixes["cumulative", False].embedding_, star.embedding_)
    others = [mix.embedding_ for key, mix in mixes.items() if key != ("cumulative", False)]
    assert not any(torch.equal(z, star.embedding_) for z in others)


def test_the_decoder_learns_on_only_where_it_reconstructs(graph):
    before = AutoencoderKMeans(**SMALL).fit(graph).module_.autoencoder
    for reconstruct in (True, False):
        after = SCGC(epochs=3, reconstruct=reconstruct, **SMALL).fit(graph).module_.autoencoder
        unchanged = all(
            torch.equal(a, b) for a, b in zip(before.decoder.parameters(), after.decoder.parameters(), strict=True)
        )
        assert unchanged is not reconstruct


def test_edges_count_in_training_but_not_their_direction(graph):
    one_way = Data(x=graph.x, edge_index=graph.edge_index[:, graph.edge_index[0] < graph.edge_index[1]])
    none = Data(x=graph.x, edge_index=graph.edge_index[:, :0])
    both, half, without = (SCGCStar(epochs=5, **SMALL).fit(g).embedding_ for g in (graph, one_way, none))
    assert torch.equal(both, half)
    assert not torch.equal(both, without)


def test_centres_are_placed_by_some_of_very_many_nodes(graph, monkeypatch):
    """The rows that k-means is given are drawn without replacement, from the step's generator."""
    seen = []

    def recording(z, *args, **kwargs):
        seen.append(z.clone())
        return kmeans(z, *args, **kwargs)

    monkeypatch.setattr(self_training, "kmeans", recording)
    every = SCGCStar(epochs=1, **SMALL).fit(graph)
    monkeypatch.setattr(self_training, "CENTRE_ROWS", 40)
    runs = [SCGCStar(epochs=1, **SMALL).fit(graph).embedding_ for _ in range(2)]
    whole, some, again = seen
    assert whole.shape == (90, 4)
    assert some.shape == (40, 4)
    assert torch.equal(some, again)
    places = torch.cdist(some, whole).argmin(1)
    assert len(places.unique()) == 40
    assert torch.equal(whole[places], some)
    assert not torch.equal(places, torch.arange(40))
    assert torch.equal(*runs)
    assert not torch.equal(runs[0], every.embedding_)


def test_weights_are_honoured(graph):
    def fit(weight):
        weighted = Data(x=graph.x, edge_index=graph.edge_index, edge_weight=weight)
        return SCGCStar(epochs=5, **SMALL).fit(weighted).embedding_

    ones = torch.ones(graph.edge_index.size(1))
    assert torch.equal(fit(ones), SCGCStar(epochs=5, **SMALL).fit(graph).embedding_)
    assert not torch.equal(fit(ones), fit(3 * ones))


def test_feature_scale_is_a_scaled_x(graph):
    scaled = Data(x=2 * graph.x, edge_index=graph.edge_index)
    expected = SCGCStar(epochs=3, **SMALL).fit(scaled)
    method = SCGCStar(epochs=3, feature_scale=2.0, **SMALL).fit(graph)
    assert torch.equal(method.embedding_, expected.embedding_)
    assert torch.equal(method.transform(graph), method.embedding_)


def test_predict_on_unseen_nodes_needs_features_only(graph):
    method = SCGCStar(epochs=20, **SMALL).fit(graph)
    assert torch.equal(method.predict(graph), method.labels_)
    alone = Data(x=graph.x[10:12], edge_index=graph.edge_index[:, :0])
    assert torch.equal(method.predict(alone), method.labels_[10:12])
    torch.testing.assert_close(method.soft_labels_.sum(1), torch.ones(90))


def test_all_three_share_one_pretraining(graph, tmp_path):
    first = AutoencoderKMeans(**SMALL).fit(graph, cache=tmp_path)
    for method in (SCGC(epochs=2, **SMALL), SCGCStar(epochs=2, **SMALL)):
        cold = type(method)(**method.get_params()).fit(graph)
        warm = method.fit(graph, cache=tmp_path)
        assert [stage["name"] for stage in warm.stages_ if stage["cached"]] == ["pretrain"]
        assert torch.equal(warm.embedding_, cold.embedding_)
    assert len(list(tmp_path.iterdir())) == 1
    assert [stage["name"] for stage in first.stages_] == ["prepare", "pretrain", "embed", "assign"]


def test_the_record_names_the_partition_that_auto_chose(graph):
    def named(**settings):
        stages = SCGCStar(epochs=2, **settings, **SMALL).fit(graph).stages_
        return {stage["name"]: stage["summation"] for stage in stages if "summation" in stage}

    assert named() == {"cluster": "dense"}
    assert named(summation="series") == {"cluster": "series"}


def test_every_partition_trains(graph):
    def fit(summation):
        return SCGCStar(epochs=5, summation=summation, **SMALL).fit(graph).embedding_

    exact = fit("dense")
    for summation in ("blocked", "series"):
        torch.testing.assert_close(fit(summation), exact, rtol=0, atol=1e-2)
    assert torch.equal(fit("sampled"), fit("sampled"))


@pytest.mark.parametrize("cumulative", [False, True])
def test_positives_too_many_to_store_are_walked_to(graph, cumulative, monkeypatch):
    influence = "cumulative" if cumulative else "last"

    def fit(summation):
        model = SCGC(epochs=5, order=3, influence=influence, summation=summation, **SMALL).fit(graph)
        return model.embedding_, [stage["positives"] for stage in model.stages_ if "positives" in stage]

    exact, stored = fit("dense")
    monkeypatch.setattr(positives, "STORED", 0)
    close, products = fit("auto")
    sampled, walks = fit("sampled")
    assert [*stored, *products, *walks] == ["stored", "products", "walks"]
    torch.testing.assert_close(close, exact, rtol=0, atol=1e-2)
    assert not torch.equal(sampled, exact)
