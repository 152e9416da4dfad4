"""Criteria: what they compute, what they read, and where they are refused."""

from dataclasses import replace

import pytest
import torch

from graphcl import DGI, DSLA, GRACE, FeatureKMeans, Leiden
from graphcl.datasets import load
from graphcl.evaluation import agreement, linear_probe, modularity, node_splits
from graphcl.search import CRITERIA
from graphcl.search.ranges import Interval, documented_ranges
from graphcl.search.scoring import scoring, searchable_by_loss
from tests.tiny_graphs import TinyGraphClusters, write_rings_and_stars

KARATE = load("karate")
BLOCKS = load("planted-partition", nodes=200, blocks=2, signal=3.0)


@pytest.fixture(scope="module")
def dgi():
    return DGI(n_clusters=2, epochs=2, out_channels=16).fit(BLOCKS.graph)


def test_label_free_criteria_are_those_of_evaluation(dgi):
    assert scoring("J", dgi, BLOCKS).score(dgi) == agreement(BLOCKS.graph, dgi.labels_, n_clusters=2)["J"]
    assert scoring("modularity", dgi, BLOCKS).score(dgi) == modularity(BLOCKS.graph.edge_index, dgi.labels_)
    assert scoring("loss", dgi, BLOCKS).score(dgi) == dgi.history_[-1]["loss"]
    assert [scoring(name, dgi, BLOCKS).maximise for name in ("J", "modularity", "loss")] == [True, True, False]
    assert all(scoring(name, dgi, BLOCKS).split is None for name in CRITERIA if name != "validation-labels")


def test_validation_labels_are_the_only_labels_read(dgi):
    [split] = node_splits(BLOCKS.graph.y, {}, seed=3)
    by_labels = scoring("validation-labels", dgi, BLOCKS, seed=3)
    assert by_labels.split == "random"
    assert by_labels.score(dgi) == linear_probe(dgi.embedding_, BLOCKS.graph.y, split).val_accuracy > 0.7
    other = BLOCKS.graph.clone()
    other.y = other.y.clone()
    other.y[split.test] = 1 - other.y[split.test]
    masks = {name: torch.zeros(200).bool().index_fill(0, part, True) for name, part in split.parts().items()}
    scrambled = replace(BLOCKS, graph=other, splits=masks)
    own = scoring("validation-labels", dgi, scrambled)
    assert own.split == "own"
    assert own.score(dgi) == by_labels.score(dgi), "labels of test nodes change nothing"
    other.y[split.val] = 1 - other.y[split.val]
    assert scoring("validation-labels", dgi, scrambled).score(dgi) != by_labels.score(dgi)


@pytest.mark.filterwarnings("ignore:.*is no known copy of imdb-binary")
def test_whole_graphs_are_judged_by_their_loss_or_by_labels(tmp_path):
    root = write_rings_and_stars(tmp_path, 40)
    dataset = load("imdb-binary", root)
    model = TinyGraphClusters(n_clusters=2, epochs=1)
    with pytest.raises(
        ValueError, match="J is of the clusters of one graph, and imdb-binary holds many; take the"
    ):
        scoring("J", model, dataset)
    model.fit(dataset.graphs)
    assert scoring("loss", model, dataset).score(model) == model.history_[-1]["loss"]
    assert 0 <= scoring("validation-labels", model, dataset).score(model) <= 1


@pytest.mark.parametrize(
    ("criterion", "estimator", "message"),
    [
        (
            "nmi",
            DGI(n_clusters=2),
            r"must be one of J, J\+consensus, modularity, loss, validation-labels; got 'nmi'",
        ),
        ("J", DGI(), "J compares clusterings into one number of clusters; give it by --set n_clusters=K"),
        ("J", Leiden(), "J compares clusterings into one number of clusters"),
        ("loss", FeatureKMeans(n_clusters=2), "k-means is not trained, so it has no loss"),
    ],
)
def test_criteria_that_do_not_fit(criterion, estimator, message):
    with pytest.raises(ValueError, match=message):
        scoring(criterion, estimator, KARATE)


def test_classes_are_needed_where_labels_are_read():
    without = replace(KARATE, num_classes=None)
    with pytest.raises(ValueError, match="karate has no classes to predict"):
        scoring("validation-labels", DGI(), without)


def test_a_loss_is_compared_only_where_it_is_the_same_loss():
    assert list(searchable_by_loss(documented_ranges("grace"), given=False)) == ["lr"]
    with pytest.raises(ValueError, match="losses of trials with another temperature cannot be compared"):
        searchable_by_loss({"lr": Interval(0.1, 1.0), "temperature": Interval(0.1, 1.0)}, given=True)
    with pytest.raises(ValueError, match="another resolution cannot be compared"):
        searchable_by_loss(documented_ranges("leiden"), given=False)
    untrained = GRACE(epochs=0).fit(KARATE.graph)
    with pytest.raises(ValueError, match="no epoch was trained, so there is no loss"):
        scoring("loss", untrained, KARATE).score(untrained)
    assert scoring("loss", DSLA(), KARATE).criterion == "loss"
