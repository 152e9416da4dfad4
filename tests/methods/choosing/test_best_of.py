"""The best of several clusterings, without a look at the classes."""

import pytest
import torch

from graphcl import DSLA, FeatureKMeans, SmoothKMeans, TwoView, best_of
from graphcl.datasets import load
from graphcl.evaluation import agreement
from graphcl.methods import Contest

BLOCKS = load("planted-partition", nodes=200, blocks=4, degree_in=6.0, degree_out=4.0, signal=1.0).graph


def entrants() -> list:
    return [FeatureKMeans(n_clusters=4), TwoView(n_clusters=4, starts=1), SmoothKMeans(n_clusters=4)]


def test_the_highest_j_wins():
    begun = []
    contest = best_of(BLOCKS, entrants(), seed=2, started=begun.append)
    assert isinstance(contest, Contest)
    assert [type(estimator) for estimator in begun] == [FeatureKMeans, TwoView, SmoothKMeans]
    values = [score["J"] for score in contest.scores]
    assert values == [agreement(BLOCKS, e.labels_, seed=2)["J"] for e in contest.estimators]
    assert contest.best == values.index(max(values)) != 0
    assert contest.winner is contest.estimators[contest.best]


def test_classes_do_not_matter():
    scrambled = BLOCKS.clone()
    scrambled.y = torch.zeros(9)
    first, second = best_of(BLOCKS, entrants()), best_of(scrambled, entrants())
    assert first.scores == second.scores
    assert torch.equal(first.winner.labels_, second.winner.labels_)


def test_the_best_of_several_seeds():
    reports = []
    models = [TwoView(n_clusters=4, rounds=0, starts=1, strengths=(0.5,), seed=seed) for seed in range(3)]
    contest = best_of(BLOCKS, models, callbacks=[reports.append])
    assert contest.winner.seed == contest.best
    assert len(reports) == 3 * 2


def test_bad_input():
    with pytest.raises(ValueError, match="same n_clusters; got no estimator"):
        best_of(BLOCKS, [])
    with pytest.raises(ValueError, match="same n_clusters; got 2 and 3; see choose_k"):
        best_of(BLOCKS, [TwoView(n_clusters=2), TwoView(n_clusters=3)])
    for wrong, got in ((DSLA(), "DSLA"), (TwoView, "TwoView, a class")):
        with pytest.raises(TypeError, match=rf"estimators must cluster, .*; got {got}$"):
            best_of(BLOCKS, [TwoView(n_clusters=2), wrong])
