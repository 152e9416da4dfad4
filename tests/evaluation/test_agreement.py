"""The score as a function."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl.datasets import load
from graphcl.evaluation import Agreement, agreement

KARATE = load("karate").graph


def test_it_is_the_score_of_an_agreement_with_the_same_settings():
    settings = {"seed": 3, "components": 8, "idf": "never"}
    assert agreement(KARATE, KARATE.y, **settings) == Agreement(KARATE, **settings).score(KARATE.y)
    assert agreement(KARATE, KARATE.y) != agreement(KARATE, KARATE.y, seed=1)
    assert len(agreement(KARATE, KARATE.y, n_clusters=4)["R2"]) == 4


def test_bad_input_says_what_is_wrong():
    with pytest.raises(ValueError, match="one integer for each of the 34 nodes; got shape"):
        agreement(KARATE, torch.zeros(33, dtype=torch.long))
    with pytest.raises(ValueError, match="edge_weight must have one value per edge"):
        agreement(Data(x=KARATE.x, edge_index=KARATE.edge_index, edge_weight=torch.ones(3)), KARATE.y)
