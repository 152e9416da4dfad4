import json

import numpy as np
import pytest

from graphcl.datasets import CATALOG, describe, load, statistics
from graphcl.datasets.description import rows
from graphcl.datasets.files.checksum import file_checksum
from tests.datasets.raw_files import write_raw


def test_a_dataset_is_described_by_its_entry_its_files_and_its_statistics():
    found = describe("Karate")
    assert (found["name"], found["origin"], found["licence"]) == (
        "karate", "Zachary 1977, in networkx", "none stated",
    )  # fmt: skip
    assert found["files"] == []
    assert found["checksum"] == load("karate").checksum
    assert {key: found[key] for key in statistics(load("karate"))} == statistics(load("karate"))
    assert json.loads(json.dumps(found)) == found


def test_parameters_are_in_force():
    found = describe("planted-partition", nodes=60, blocks=3)
    assert (found["nodes"], found["classes"], found["parameters"]["blocks"]) == (60, 3, 3)
    with pytest.raises(ValueError, match="unknown parameter 'size'"):
        describe("karate", size=3)


@pytest.mark.filterwarnings("ignore:.*is no known copy of")
def test_files_are_known_unknown_or_compared_with_nothing(tmp_path, monkeypatch):
    folder = write_raw(tmp_path, "texas")
    digests = {file: file_checksum(folder / file) for file in CATALOG["texas"].source.digests}
    first, *_ = digests
    monkeypatch.setitem(CATALOG["texas"].source.digests, first, frozenset({digests[first]}))
    found = describe("texas", tmp_path)
    assert {file["name"]: file["sha256"] for file in found["files"]} == digests
    assert [file["known"] for file in found["files"]] == [True, *[False] * 11]
    np.savez(tmp_path / "my.npz", x=np.eye(3), edge_index=np.array([[0], [1]]), y=np.array([0, 0, -1]))
    mine = describe(tmp_path / "my.npz")
    assert (mine["name"], mine["origin"], mine["licence"]) == ("my.npz", str(tmp_path / "my.npz"), None)
    assert [file["known"] for file in mine["files"]] == [None]
    texts = dict(rows(mine))
    assert texts["file my.npz"].endswith("compared with nothing")
    assert texts["classes"] == "1: 2 nodes; 1 nodes have none"
    assert texts["licence"] == "-"


@pytest.mark.filterwarnings("ignore:.*is no known copy of")
def test_the_rows_say_it_in_words(tmp_path):
    write_raw(tmp_path, "minesweeper")
    texts = dict(rows(describe("minesweeper", tmp_path)))
    assert texts["edges"] == "3 undirected, no self loops"
    assert texts["features"] == "3, 40 % of the entries are not 0"
    assert texts["classes"] == "3: 2, 2, 1 nodes"
    assert texts["homophily"] == "0.333 of the edges join nodes of one class"
    assert (texts["components"], texts["isolated nodes"]) == ("2", "1")
    assert texts["degree"] == "mean 1.2, largest 3"
    assert texts["split train"] == "10 splits of 1 to 2 nodes"
    assert texts["file minesweeper.npz"].endswith("not known")
    assert "parameters" not in texts
    assert dict(rows(describe("digits")))["parameters"] == "k=3, similarity=heat"


def test_a_graph_without_labels_is_described(tmp_path):
    np.savez(tmp_path / "my.npz", x=np.eye(3), edge_index=np.array([[0], [1]]))
    texts = dict(rows(describe(tmp_path / "my.npz")))
    assert (texts["classes"], texts["homophily"]) == ("0; 3 nodes have none", "-")
