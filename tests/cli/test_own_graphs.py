"""Graphs of one's own from the shell: clusters come back under the user's ids, and rows stay with their file."""

import csv
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:.*have no graph and are left out")

BLOCKS = "".join(f"{side} {i}\t{side} {j}\n" for side in ("left, in", "right") for i in range(5) for j in range(i))


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch, runs_in_this_process):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("edges.tsv").write_text(BLOCKS + "left, in 0\tright 0\n")


def table(path):
    with Path(path).open(newline="") as file:
        return list(csv.reader(file))


def test_clusters_are_written_under_the_ids_of_the_file(call):
    status, out, _ = call("cluster", "leiden", "edges.tsv", "--clusters", 2, "--labels", "labels.csv")
    assert status == 0
    assert "modularity" in out
    heading, *rows = table("labels.csv")
    assert heading == ["id", "label"]
    assert rows[0][0] == "left, in 1"
    assert len(rows) == 10
    found = {node.rstrip("0123456789 "): set() for node, _ in rows}
    for node, label in rows:
        found[node.rstrip("0123456789 ")].add(label)
    assert sorted(map(len, found.values())) == [1, 1]
    assert found["left, in"] != found["right"]


def test_known_classes_and_features_come_from_tables(call):
    sides = [f"{node},{node.split(',')[0].split()[0]}" for node in ("right 0", "right 1")]
    Path("known.csv").write_text("id,label\n" + "\n".join(sides) + '\n"left, in 0",left\n')
    arguments = (
        "cluster",
        "smooth-k-means",
        "edges.tsv",
        "--data",
        "features=spectral",
        "--data",
        "labels=known.csv",
    )
    status, out, _ = call(*arguments, "--labels", "labels.npy", "--json")
    assert status == 0
    assert '"acc": 1.0' in out
    assert np.load("labels.npy").shape == (10,)
    assert table("labels.index.csv")[:2] == [["id"], ["left, in 1"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            "cluster smooth-k-means edges.tsv --clusters 2",
            "edges.tsv has no features, and smooth-k-means reads some",
        ),
        (
            "cluster dgi weights.csv --clusters 2 --data features=degree",
            "by --data weight=false, or take",
        ),
        ("cluster auto edges.tsv --clusters 2", "x is missing, and this method reads features"),
        ("cluster leiden edges.tsv --out labels.csv", "the clusters go to --labels labels.csv"),
        ("cluster leiden edges.tsv --labels labels.xls", "clusters are written to .csv (with ids) or .npy"),
        ("cluster leiden edges.tsv --labels a.csv --seeds 2", "the clusters of one run; got --seeds 2"),
        ("cluster leiden edges.tsv --labels a.csv --out a.jsonl", "give one of them"),
        ("cluster leiden edges.tsv --labels edges.tsv", "edges.tsv: clusters are written to .csv"),
        (
            "cluster leiden edges.tsv --labels weights.csv --data nodes=weights.csv",
            "weights.csv is read by this command",
        ),
        ("cluster leiden edges.tsv --clusters 2 --set n_clusters=3", "the setting 'n_clusters' comes twice"),
        ("cluster leiden nowhere.tsv", "nowhere.tsv: no such file; name an existing edge list"),
        ("cluster leiden graph.xls", "what a file holds is known by its suffix; got .xls; rename it: .npz holds"),
        ("cluster leiden ogbn-mag", "ogbn-mag: this set of OGB is not read"),
    ],
)
def test_what_does_not_fit_is_one_line(call, arguments, message):
    Path("weights.csv").write_text("0,1,2.5\n1,2,1\n")
    Path("graph.xls").write_text("0,1\n")
    status, _, err = call(*arguments.split())
    assert status == 2
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err


def test_embeddings_of_molecules_stay_with_their_file(call):
    Path("mine.csv").write_text("smiles\nCCO\nC1CC\nc1ccccc1\n")
    model = ("train", "dsla", "mine.csv", "--out", "m.pt", "--set", "epochs=1", "--set", "channels=4")
    assert call(*model)[0] == 0
    for source in (("mine.csv",), ("molecules", "--data", "smiles=mine.csv")):
        status, _, err = call("embed", "m.pt", *source, "--out", "z.npy")
        assert (status, Path("z.npy").exists()) == (2, False)
        assert err == (
            "error: mine.csv: 1 of 3 molecules have no graph (1 unparsable), counted from 0 without the header: "
            "row 1 ('C1CC'); --keep-rows writes rows of NaN for them; or correct the file\n"
        )
    Path("sound.csv").write_text("name,SMILES\nalcohol,CCO\nring,c1ccccc1\n")
    assert call("embed", "m.pt", "sound.csv", "--data", "column=SMILES", "--out", "z.npy") == (0, "", "")
    z = np.load("z.npy")
    assert table("z.index.csv") == [["row", "smiles"], ["0", "CCO"], ["1", "c1ccccc1"]]
    status, _, err = call("embed", "m.pt", "mine.csv", "--out", "all.npy", "--keep-rows")
    assert status == 0
    assert err.startswith("warning: mine.csv: 1 of 3 molecules have no graph (1 unparsable)")
    assert err.endswith("row 1 ('C1CC'): NaN in all.npy\n")
    rows = np.load("all.npy")
    assert np.isnan(rows[1]).all()
    assert np.array_equal(rows[[0, 2]], z)
    assert not Path("all.index.csv").exists()
    assert call("train", "k-means", "karate", "--out", "k.pt")[0] == 0
    status, _, err = call("embed", "k.pt", "karate", "--out", "k.npy", "--keep-rows")
    assert (status, "is for molecules of a file" in err) == (2, True)
