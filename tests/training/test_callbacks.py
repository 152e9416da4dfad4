"""Callbacks are checked before anything is trained."""

from functools import partial

import pytest

from graphcl import FeatureKMeans, RandomGNN, SCGCStar, choose_k
from graphcl.datasets import load

KARATE = load("karate").graph


@pytest.mark.parametrize(
    "run",
    [
        FeatureKMeans(n_clusters=2).fit,
        RandomGNN(n_clusters=2).fit,
        SCGCStar(n_clusters=2).fit,
        partial(choose_k, n_clusters=[2]),
    ],
    ids=["untrained", "without epochs", "trained", "choose_k"],
)
def test_they_are_functions_in_a_list(run):
    with pytest.raises(TypeError, match=r"must be a list of functions; got one .*; put it into \[ \]"):
        run(KARATE, callbacks=print)
    with pytest.raises(TypeError, match="must be a list of functions; got 'print' among them"):
        run(KARATE, callbacks=["print"])
