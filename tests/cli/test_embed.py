"""`graphcl embed`: models of files and names, rows of nodes and of graphs, and what does not fit."""

from pathlib import Path

import numpy as np
import pytest

import graphcl
from tests.easy import many

SMALL = {"channels": 8, "num_layers": 1, "epochs": 1, "device": "cpu"}


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("mine.csv").write_text("name,molecule\nalcohol,CCO\nring,c1ccccc1\nacid,CC(=O)O\n")
    Path("edges.tsv").write_text("ann\tbob\nbob\tcid\ncid\tann\ncid\tdan\n")


def test_molecules_by_weights_that_come_with_graphcl(call):
    command = ("embed", "dsla-moses-50k", "mine.csv", "--data", "column=molecule", "--out", "z.npy")
    assert call(*command) == (0, "", "")
    z = np.load("z.npy")
    assert z.shape == (3, 300)
    graphs = graphcl.datasets.load("mine.csv", column="molecule").graphs
    np.testing.assert_array_equal(z, graphcl.load("dsla-moses-50k").transform(graphs).numpy())
    Path("mine.csv").write_text("name,molecule\nring,c1ccccc1\nacid,CC(=O)O\nalcohol,CCO\n")
    assert call(*command, "--overwrite")[0] == 0
    np.testing.assert_allclose(np.load("z.npy"), z[[1, 2, 0]], rtol=1e-4, atol=1e-5)


def test_nodes_by_a_model_in_safetensors(call):
    made = ("--data", "features=degree")
    command = ("train", "grace", "edges.tsv", *made, "--out", "m.safetensors", "--set", "epochs=1")
    assert call(*command)[0] == 0
    assert {path.name for path in Path().glob("m.*")} == {"m.safetensors", "m.card.md"}
    assert "- name: `edges.tsv`" in Path("m.card.md").read_text()
    assert call("embed", "m.safetensors", "edges.tsv", *made, "--out", "z.npy") == (0, "", "")
    assert Path("z.index.csv").read_text().split() == ["id", "ann", "bob", "cid", "dan"]
    assert len(np.load("z.npy")) == 4


WRONG = {
    "embed dsla-moses mine.csv --out z.npy": "no weights are named 'dsla-moses' (did you mean dsla-moses-50k?)",
    "embed nowhere.safetensors mine.csv --out z.npy": "no file nowhere.safetensors; give the path of a file",
    "embed dsla-moses-50k nowhere.csv --out z.npy": "nowhere.csv: no such file; name an existing file of SMILES",
    "embed dsla-moses-50k mine.csv --data column=smiles --out z.npy": "no column 'smiles'; the columns are name,",
    "embed dsla-moses-50k karate --out z.npy": "karate is one graph, where many are needed",
    "embed dsla-moses-50k edges.tsv --out z.npy": "edges.tsv is one graph, where many are needed",
    "embed social.pt mine.csv --data column=molecule --out z.npy": "holds molecules, and this attr-masking is",
    "embed nodes.pt mine.csv --data column=molecule --out z.npy": "mine.csv holds 3 graphs, where one",
    "embed mine.csv mine.csv --out z.npy": "mine.csv is not a file written by graphcl, or it is broken",
    "embed broken.safetensors karate --out z.npy": "broken.safetensors is not a file written by graphcl, or it is",
    "evaluate finetune dsla-moses mine.csv": "no method is named 'dsla-moses'",
}


@pytest.mark.parametrize(("line", "message"), WRONG.items())
def test_what_does_not_fit_is_one_line(line, message, call):
    if "social.pt" in line:
        graphcl.AttrMasking(domain="social", **SMALL).fit(many("social")).save("social.pt")
    if "nodes.pt" in line:
        graphcl.FeatureKMeans(n_clusters=2).fit(graphcl.datasets.load("karate").graph).save("nodes.pt")
    Path("broken.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{}")
    status, out, err = call(*line.split())
    assert (status, out, Path("z.npy").exists()) == (2, "", False)
    assert message in err
    assert (err[:7], err.count("\n")) == ("error: ", 1)
