"""Encoders of whole graphs from the shell: trained, resumed, used; and what does not fit is refused."""

import os
import signal

import numpy as np
import pytest
import torch

import graphcl
from graphcl.methods import of_kind
from graphcl.training import Checkpoint

SMILES = ["CCO", "c1ccccc1O", "CC(=O)Nc1ccccc1", "C1CCCCC1N", "C", "CCOC(=O)C", "c1ccncc1", "CC(C)CC"]
SMALL = ["--set", "channels=8", "--set", "batch_size=3", "--set", "device=cpu"]


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "mine.smi"
    path.write_text("\n".join(SMILES) + "\n")
    return path


@pytest.mark.parametrize("method", of_kind("graphs"))
def test_train_and_embed(method, call, mine, tmp_path):
    model, z, losses = tmp_path / "model.pt", tmp_path / "z.npy", tmp_path / "losses.csv"
    command = ("train", method, mine, "--out", model, "--history", losses, "--data", "first=6", "--rows", *SMALL)
    status, out, err = call(*command, "--set", "epochs=2", "--seed", "4")
    assert (status, out) == (0, "")
    assert f"{method} on mine.smi, seed 4: saved {model}" in err
    lines = losses.read_text().splitlines()
    assert [line.split(",")[:2] for line in lines] == [["stage", "epoch"], ["pretrain", "1"], ["pretrain", "2"]]
    estimator = graphcl.load(model)
    assert estimator.embedding_.shape == (6, 8)
    graphs = graphcl.datasets.load(mine, first=6).graphs
    same = type(estimator)(channels=8, batch_size=3, epochs=2, seed=4, device="cpu").fit(graphs)
    assert torch.equal(same.embedding_, estimator.embedding_)
    assert call("embed", model, mine, "--out", z) == (0, "", "")
    rows = np.load(z, allow_pickle=False)
    assert rows.shape == (8, 8)
    np.testing.assert_allclose(rows[:6], estimator.embedding_.numpy(), rtol=1e-5, atol=1e-6)


def test_ctrl_c_and_resume(call, mine, tmp_path, monkeypatch):
    model, whole = tmp_path / "model.pt", tmp_path / "whole.pt"
    command = ("train", "dsla", mine, *SMALL, "--set", "epochs=3", "--every", "0", "--rows")
    assert call(*command, "--out", whole)[0] == 0
    save, saved = Checkpoint.save, []

    def save_and_press(checkpoint, state):
        saved.append(state)
        if len(saved) == 4:  # within the second of three epochs, of three steps each
            os.kill(os.getpid(), signal.SIGINT)
        save(checkpoint, state)

    monkeypatch.setattr(Checkpoint, "save", save_and_press)
    status, _, err = call(*command, "--out", model)
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert (status, model.exists()) == (130, False)
    assert "run the same command with --resume" in " ".join(err.split())
    status, _, err = call(*command, "--out", model, "--resume", "--set", "mode=reference")
    assert "belongs to a training that differs in params" in err
    status, _, err = call(*command, "--out", model, "--resume", "--data", "first=7")
    assert "belongs to a training that differs in data" in err
    assert call(*command, "--out", model, "--resume")[0] == 0
    resumed, straight = graphcl.load(model), graphcl.load(whole)
    assert torch.equal(resumed.embedding_, straight.embedding_)
    assert resumed.history_ == straight.history_


@pytest.mark.filterwarnings("ignore:.* is no known copy of imdb-binary")
def test_social_graphs_by_their_recipe(call, tmp_path, social_root):
    model = tmp_path / "model.pt"
    command = ("train", "dsla@default", "imdb-binary", "--root", social_root, "--out", model, *SMALL)
    status, _, err = call(*command)
    assert (status, model.exists()) == (2, False)
    assert "imdb-binary as it is read here does not fit dsla" in err
    assert err.endswith("; add --set domain=social\n")
    assert call(*command, "--set", "domain=social", "--set", "epochs=1")[0] == 0
    assert graphcl.load(model).rate is None
    assert call(command[0], "dsla", *command[2:], "--set", "epochs=1", "--overwrite")[0] == 0
    assert (graphcl.load(model).domain, graphcl.load(model).rate) == ("social", 0.01)


@pytest.fixture
def social_root(tmp_path):
    """Four rings of five nodes, two of them with a chord, in the layout of IMDB-BINARY."""
    folder = tmp_path / "root" / "tu" / "IMDB-BINARY" / "raw"
    folder.mkdir(parents=True)
    edges = [(5 * g + i, 5 * g + (i + step) % 5) for g in range(4) for i in range(5) for step in (1, -1)]
    edges += [(5 * g + a, 5 * g + b) for g in (1, 3) for a, b in ((0, 2), (2, 0))]
    texts = {
        "A": [f"{a + 1}, {b + 1}" for a, b in edges],
        "graph_indicator": [str(g + 1) for g in range(4) for _ in range(5)],
        "graph_labels": ["1", "2", "1", "2"],
    }
    for part, lines in texts.items():
        (folder / f"IMDB-BINARY_{part}.txt").write_text("\n".join(lines) + "\n")
    return tmp_path / "root"


WRONG = {
    "train k-means mine.smi --out a.pt": "mine.smi holds 8 graphs, which k-means does not take; choose among dsla",
    "train dsla karate --out a.pt": "karate is one graph, which dsla does not take; choose among two-view",
    "train dlsa mine.smi --out a.pt": "no method is named 'dlsa' (did you mean dsla",
    "train dsla mine.smi --out a.pt --set seed=1": "dsla: the seed is no parameter here; use --seed, --seeds",
    "train dsla nowhere.smi --out a.pt --set chanels=1": "dsla has no parameter 'chanels' (did you mean channels",
    "train dsla mine.smi --out a.pt --recipe colab": "no method here has a recipe 'colab' (did you mean collab",
    "train dsla mine.smi --out a.pt --data first=0": "first should be greater than or equal to 1; got 0",
    "cluster tests.embedding_only:GraphsOnly mine.smi": "graphs-only finds no clusters: it has no n_clusters; use "
    "graphcl train tests.embedding_only:GraphsOnly DATASET --out model.pt",
    "evaluate probe edge-pred karate": "karate is one graph, which edge-pred does not take; choose among two-view",
    "evaluate probe edge-pred mine.smi": "mine.smi holds many graphs, and probes are for nodes; use",
    "train graph-cl mine.smi --out a.pt --set domain=protein": "must have 1 columns in the domain 'protein'",
    "bench run suite.toml": "graphs-only finds no clusters",
}


@pytest.mark.parametrize(("line", "message"), WRONG.items())
def test_what_does_not_fit_is_refused_in_one_line(line, message, call, mine, monkeypatch):
    monkeypatch.chdir(mine.parent)
    suite = 'name = "a"\nseeds = 1\nmethods = ["tests.embedding_only:GraphsOnly@default"]\ndatasets = ["karate"]\n'
    (mine.parent / "suite.toml").write_text(suite)
    status, out, err = call(*line.split())
    assert (status, out) == (2, "")
    assert message in err
    assert (err[:7], err.count("\n")) == ("error: ", 1)
    assert not list(mine.parent.glob("a.pt*"))


def test_the_embedding_of_another_kind_of_data_is_refused(call, mine, tmp_path):
    model, z = tmp_path / "model.pt", tmp_path / "z.npy"
    assert call("train", "edge-pred", mine, "--out", model, *SMALL, "--set", "epochs=1")[0] == 0
    status, _, err = call("embed", model, "karate", "--out", z)
    assert (status, z.exists()) == (2, False)
    assert "karate is one graph, where many are needed" in err


def test_help_says_what_takes_many_graphs(call):
    assert "zinc-moses" in call("train", "--help")[1]
    rows = {line.split()[0]: line for line in call("methods")[1].splitlines()}
    assert "many graphs" in rows["dsla"]
    assert "one graph of several relations" in rows["gcool-multiplex"]
    for kind, takes in (("embedder", "one graph"), ("clusterer", "one graph"), ("graphs", "many graphs")):
        assert all(f" {kind} " in rows[name] and takes in rows[name] for name in of_kind(kind))
