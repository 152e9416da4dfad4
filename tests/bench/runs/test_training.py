"""A training as the shell asks for it: the method of a name, the recipe's settings, the right kind of data."""

import pytest
import torch

from graphcl import DSLA, SCGCStar
from graphcl.bench import PlannedTraining, expand, load_for, plan_training
from graphcl.bench.runs.suite import Suite
from graphcl.datasets import GraphCollection


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "mine.smi").write_text("CCO\nC1CCCCC1\nC\n")
    return str(tmp_path / "mine.smi")


def test_a_clusterer_is_planned_as_in_a_suite():
    params, data = {"epochs": 3}, {"nodes": 60}
    training = plan_training("scgc-star@cite", "planted-partition", seed=2, params=params, data=data)
    suite = Suite(
        name="a",
        seeds=[2],
        methods=["scgc-star@cite"],
        datasets=["planted-partition"],
        params={"scgc-star": params},
        data={"planted-partition": data},
    )
    [task] = expand(suite)
    assert isinstance(training, PlannedTraining)
    assert training.run == task.run
    assert type(training.estimator) is SCGCStar
    assert (training.estimator.seed, training.estimator.epochs) == (2, 3)
    assert training.estimator.alpha == SCGCStar.from_recipe("cite", n_clusters=2).alpha
    assert training.data.num_nodes == 60


def test_a_pretrainer_gets_graphs_and_its_recipe(mine):
    training = plan_training("dsla", mine, seed=2, params={"channels": 8}, data={"first": 2})
    assert isinstance(training.data, GraphCollection)
    assert (len(training.data), training.run.data["first"]) == (2, 2)
    plain = {**training.estimator.get_params()}
    assert plain.pop("seed") == 2
    assert training.run.params == plain
    assert (training.run.method, training.run.seed, training.estimator.seed) == ("dsla", 2, 2)
    assert (training.estimator.channels, training.estimator.domain) == (8, "molecule")
    for asked in ({"entry": "dsla@collab"}, {"entry": "dsla", "recipe": "collab"}):
        social = plan_training(source=mine, **asked).estimator
        assert (social.domain, social.rate, social.batch_size) == ("social", 0.001, None)


def test_each_kind_of_estimator_gets_its_kind_of_data(mine):
    assert torch.equal(load_for(DSLA(), mine, None, {"first": 1}).graphs.x, torch.tensor([[5, 0], [5, 0], [7, 0]]))
    assert load_for(SCGCStar(n_clusters=2), "karate", None, {}).graph.num_nodes == 34
    with pytest.raises(ValueError, match="karate is one graph, where many are needed"):
        load_for(DSLA(), "karate", None, {})
    with pytest.raises(ValueError, match=r"mine.smi holds 3 graphs, where one graph is needed"):
        load_for(SCGCStar(n_clusters=2), mine, None, {})


def test_settings_are_checked_before_anything_is_read():
    with pytest.raises(ValueError, match="channels must be greater than or equal to 1; got 0"):
        plan_training("dsla", "nowhere.smi", params={"channels": 0})
    with pytest.raises(FileNotFoundError, match=r"nowhere.smi: no such file"):
        plan_training("dsla", "nowhere.smi")
