"""A file of molecules as a dataset: prepared once, found again, made anew where it must be; splits, bad files."""

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch

from graphcl.datasets import GraphCollectionDataset, describe, featurise, load, read_molecules, write_split
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.molecules import files

ROWS = ["CCO,1,0.5", "C(,1,1", "[Na+].[Cl-],,2", "C,0,", "*CC,1,3", "c1ccccc1C,1,4", "Oc1ccccc1,0,5"]
KEPT = [0, 2, 3, 5, 6]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("smiles,active,log\n" + "\n".join(ROWS) + "\n")
    return path


def read(path, **options):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "mine.csv: 2 of the 7 molecules")
        return read_molecules(path, **options)


def test_a_table_becomes_graphs_with_labels(path):
    dataset = read(path, labels=("active", "log"))
    assert isinstance(dataset, GraphCollectionDataset)
    for i, row in enumerate(KEPT):
        alone, graph = featurise(ROWS[row].split(",")[0]), dataset.graphs[i]
        assert torch.equal(graph.x, torch.from_numpy(alone.x))
        assert torch.equal(graph.edge_index, torch.from_numpy(alone.edge_index.copy()))
        assert torch.equal(graph.edge_attr, torch.from_numpy(alone.edge_attr))
    assert dataset.rows.tolist() == KEPT
    assert [dataset.smiles[row] for row in dataset.rows] == [ROWS[row].split(",")[0] for row in KEPT]
    np.testing.assert_array_equal(dataset.graphs.y.numpy(), [[1, 0.5], [np.nan, 2], [0, np.nan], [1, 4], [0, 5]])
    assert (dataset.tasks, dataset.num_classes, dataset.binary) == (("active", "log"), None, False)
    assert dataset.skipped == {"unparsable": 1, "unknown element": 1}
    assert dataset.files == {"mine.csv": file_checksum(path)}
    assert repr(dataset) == "GraphCollectionDataset('mine.csv': 5 graphs of 4.0 nodes and 3.2 edges, 2 tasks)"


def test_what_is_left_out_is_said_once(path):
    with pytest.warns(
        UserWarning,
        match=r"2 of the 7 .* left out \(1 unparsable, 1 unknown element\): counted from 0, \d, \d$",
    ):
        read_molecules(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_molecules(path)


def count_calls(monkeypatch, name):
    calls = []
    original = getattr(files, name)
    monkeypatch.setattr(files, name, lambda *args, **options: calls.append(name) or original(*args, **options))
    return calls


def prepared(cache):
    """The folders of arrays; beside each lies a lock."""
    return [path for path in (cache / "prepared").iterdir() if path.is_dir()]


def test_it_is_prepared_once(path, monkeypatch, own_cache):
    calls = count_calls(monkeypatch, "featurise_all")
    first, again = read(path, labels=("active",)), read(path, labels=("active",))
    assert calls == ["featurise_all"]
    assert first.checksum == again.checksum
    for one, other in zip(first.graphs.to_dict().values(), again.graphs.to_dict().values(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0, equal_nan=True)
    assert list(again.smiles) == list(first.smiles)
    assert [folder.name[:9] for folder in prepared(own_cache)] == ["mine.csv-"]
    other = read(path, labels=("log",))
    assert len(calls) == 2
    assert other.checksum != first.checksum


def test_the_first_molecules_alone_are_prepared(path, own_cache):
    whole = read(path)
    with pytest.warns(UserWarning, match=r"mine.csv: 2 of the first 6 molecules .* \(1 unparsable, 1 unknown"):
        some = read_molecules(path, first=6, split="scaffold")
    assert some.rows.tolist() == KEPT[:4]
    assert (len(some.smiles), some.parameters["first"]) == (6, 6)
    assert torch.equal(some.graphs.x, whole.graphs[:4].x)
    assert sum(map(len, some.splits.values())) == 4
    assert len(prepared(own_cache)) == 2
    assert read(path).checksum == whole.checksum != some.checksum
    with pytest.raises(ValueError, match="first should be greater than or equal to 1; got 0"):
        read_molecules(path, first=0)


def test_another_content_is_another_dataset(path, monkeypatch):
    calls, first = count_calls(monkeypatch, "featurise_all"), read(path)
    path.write_text(path.read_text().replace("CCO,", "CCN,"))
    assert read(path).checksum != first.checksum
    assert len(calls) == 2


@pytest.mark.parametrize("how", ["version", "cut off", "broken"])
def test_it_is_prepared_anew_where_it_must_be(path, monkeypatch, own_cache, how):
    before = read(path, split="scaffold")
    [folder] = prepared(own_cache)
    if how == "version":
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["identity"]["rdkit"] = "2001.01.1"
        (folder / "manifest.json").write_text(json.dumps(manifest))
    elif how == "cut off":
        (folder / "x.npy").write_bytes((folder / "x.npy").read_bytes()[:-1])
    else:
        (folder / "manifest.json").write_text("{")
    calls, groups = count_calls(monkeypatch, "featurise_all"), count_calls(monkeypatch, "scaffold_groups")
    after = read(path, split="scaffold")
    assert (calls, groups) == (["featurise_all"], ["scaffold_groups"])
    assert after.checksum == before.checksum
    assert len(prepared(own_cache)) == 1


def test_what_is_prepared_needs_no_rdkit(path, monkeypatch):
    before = read(path, split="scaffold")
    monkeypatch.setitem(sys.modules, "rdkit", None)
    after = read(path, split="scaffold")
    assert after.checksum == before.checksum
    assert after.splits["train"].tolist() == before.splits["train"].tolist()
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'graphcl\[mol\]'"):
        read(path, labels=("active",))


def test_molecules_without_a_graph_move_no_other(path):
    """The split is over all that RDKit parses; of three acyclic molecules and one ring twice, one has no graph."""
    split = read(path, split="scaffold").splits
    assert {part: index.tolist() for part, index in split.items()} == {
        "train": [0, 1, 2], "val": [], "test": [3, 4],
    }  # fmt: skip


def test_scaffolds_are_computed_once(path, monkeypatch):
    calls = count_calls(monkeypatch, "scaffold_groups")
    for _ in range(2):
        read(path, split="scaffold")
    assert calls == ["scaffold_groups"]
    read(path, split="none")
    assert len(calls) == 1


def test_random_splits_and_files_of_splits(path, tmp_path):
    dataset = read(path, split="random", split_seed=3)
    assert sorted(torch.cat(list(dataset.splits.values())).tolist()) == [0, 1, 2, 3, 4]
    assert dataset.parameters["split_seed"] == 3
    write_split(tmp_path / "split.npz", dataset)
    assert np.load(tmp_path / "split.npz")["train"].tolist() == [KEPT[i] for i in dataset.splits["train"]]
    again = read(path, split=str(tmp_path / "split.npz"))
    assert all(torch.equal(again.splits[part], dataset.splits[part]) for part in dataset.splits)
    np.savez(tmp_path / "rows.npz", train=[0, 1, 2], val=[4], test=[6])
    rows = read(path, split=str(tmp_path / "rows.npz")).splits
    assert {part: index.tolist() for part, index in rows.items()} == {"train": [0, 1], "val": [], "test": [4]}
    with pytest.raises(
        ValueError,
        match=r"split must be none, scaffold, scaffold-balanced, random, or the path .*; got 'skaffold'",
    ):
        read(path, split="skaffold")


def test_a_path_and_the_name_molecules_are_the_same(path, tmp_path):
    (tmp_path / "list.smi").write_text("CCO a\nC b\n")
    assert [graph.num_nodes for graph in load(tmp_path / "list.smi").graphs] == [3, 1]
    options = {"labels": ["active"], "split": "scaffold"}
    with pytest.warns(UserWarning, match="2 of the 7 molecules"):
        one, other = load(str(path), **options), load("molecules", smiles=str(path), **options)
    assert one.checksum == other.checksum
    asked = {"labels": ["active"], "split": "scaffold"}
    assert one.parameters == {"column": None, "first": None, "split_seed": 0, **asked}
    with pytest.raises(ValueError, match=r"molecules: smiles must name a file of molecules, as smiles=my.csv"):
        load("molecules")
    with pytest.raises(ValueError, match="unknown parameter 'colum'"):
        load(path, colum="a")


def test_a_file_is_described(path):
    with pytest.warns(UserWarning, match="2 of the 7 molecules"):
        found = describe("molecules", smiles=str(path), labels=["active"], split="scaffold")
    assert (found["graphs"], found["skipped"]) == (5, {"unparsable": 1, "unknown element": 1})
    assert found["nodes"] == {"smallest": 1, "mean": 4.0, "largest": 7}
    assert found["tasks"] == {"active": {"positive": 2, "negative": 2, "missing": 1}}
    assert (found["isolated"], found["single"], found["unlabelled"]) == (3, 1, 1)
    assert found["splits"] == {"train": 3, "val": 0, "test": 2}
    assert json.loads(json.dumps(found)) == found


def test_a_file_without_any_graph_is_refused(tmp_path):
    (tmp_path / "bad.csv").write_text("smiles\nC(\n*\n")
    message = r"bad.csv: none of the 2 molecules has a graph \(1 unparsable, 1 unknown element\)"
    with pytest.raises(ValueError, match=message):
        read_molecules(tmp_path / "bad.csv")
    with pytest.raises(FileNotFoundError, match=r"none\.csv: no such file"):
        load("none.csv")


@pytest.mark.parametrize("rows", ["CCO", "CCO\nno molecule"])
def test_a_scaffold_split_of_a_single_molecule(tmp_path, rows):
    path = tmp_path / "one.csv"
    path.write_text(f"smiles\n{rows}\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        splits = read_molecules(path, split="scaffold").splits
    assert sum(len(index) for index in splits.values()) == 1


def test_a_damaged_cache_is_named(path, own_cache):
    read(path)
    [folder] = prepared(own_cache)
    bounds = np.load(folder / "node_ptr.npy")
    np.save(folder / "node_ptr.npy", np.zeros_like(bounds))
    with pytest.raises(ValueError, match=r"is damaged .node_ptr must rise from 0 to .*; remove it and load again"):
        read(path)


LOAD = """
import sys, warnings
warnings.simplefilter("ignore")
from graphcl.datasets.molecules.files import read_molecules
for path in sys.argv[1:]:
    print(len(read_molecules(path, split="scaffold").graphs))
"""


def test_processes_that_load_at_once_all_get_it(tmp_path, own_cache):
    paths = []
    for number in range(12):
        paths.append(tmp_path / f"{number}.csv")
        paths[-1].write_text("smiles\n" + "\n".join("C" * (i + 2) for i in range(40)) + "\n")
    command = [sys.executable, "-c", LOAD, *map(str, paths)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for process in started:
        out, err = process.communicate(timeout=300)
        assert (process.returncode, out.split()) == (0, ["40"] * 12), err
    assert len(prepared(own_cache)) == 12
