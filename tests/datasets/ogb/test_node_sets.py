"""OGB's sets of one graph with classes: what was written comes back, from files the second time."""

import gzip
import pickle
import warnings

import numpy as np
import pytest
import torch

from graphcl.datasets import MappedFeatures, load
from graphcl.datasets.ogb import one_graph
from tests.datasets.ogb.layouts import node_set, table, write_node_set

SMALL = {"counts": "any"}


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def undirected(made):
    pairs = {(a, b) for a, b in made.arcs.T.tolist() if a != b}
    return sorted(pairs | {(b, a) for a, b in pairs})


@pytest.mark.parametrize("name", ["ogbn-arxiv", "ogbn-products", "ogbn-papers100m"])
def test_a_graph_comes_back(root, name):
    made = node_set(name)
    if name == "ogbn-papers100m":
        made.y[[3, 7]] = -1
    write_node_set(root, name, made)
    found = load(name, root, **SMALL)
    assert found.graph.edge_index.T.tolist() == [list(pair) for pair in undirected(made)]
    torch.testing.assert_close(found.graph.x, torch.from_numpy(made.x))
    assert found.graph.y.tolist() == made.y.tolist()
    for ours, theirs in (("train", "train"), ("val", "valid"), ("test", "test")):
        assert found.splits[ours].nonzero()[:, 0].tolist() == sorted(made.parts[theirs].tolist())
    assert found.name == name
    assert found.num_classes == {"ogbn-arxiv": 40, "ogbn-products": 47, "ogbn-papers100m": 172}[name]
    assert len(found.checksum) == 64
    assert "raw/data.npz" in found.files or "raw/edge.csv.gz" in found.files


def test_what_was_read_is_read_from_the_cache(root, monkeypatch):
    made = node_set("ogbn-arxiv")
    place = write_node_set(root, "ogbn-arxiv", made)
    first = load("ogbn-arxiv", root, **SMALL)

    def fail(*args, **kwargs):
        raise AssertionError

    monkeypatch.setattr(one_graph, "read_table", fail)
    again = load("ogbn-arxiv", root, **SMALL)
    assert torch.equal(again.graph.edge_index, first.graph.edge_index)
    assert (again.checksum, again.files) == (first.checksum, first.files)
    table(place / "raw" / "node-label.csv.gz", made.y)  # a file that changed, if only in time
    with pytest.raises(AssertionError):
        load("ogbn-arxiv", root, **SMALL)


def test_large_features_stay_in_their_file(root, monkeypatch):
    made = node_set("ogbn-arxiv")
    write_node_set(root, "ogbn-arxiv", made)
    monkeypatch.setattr(one_graph, "MAPPED_BYTES", 1000)
    found = load("ogbn-arxiv", root, features="float16", **SMALL)
    assert isinstance(found.graph.x, MappedFeatures)
    assert found.graph.num_nodes == len(made.x)
    rows = found.graph.x.gather(torch.tensor([5, 2]))
    torch.testing.assert_close(rows, torch.from_numpy(made.x[[5, 2]].astype(np.float16)).float())


def test_a_folder_that_others_made_says_so(root):
    place = write_node_set(root, "ogbn-arxiv", node_set("ogbn-arxiv"))
    assert "made" not in load("ogbn-arxiv", root, **SMALL).parameters
    (place / "RELEASE_v1.txt").write_text("made by a test,\nnot by OGB\n")
    assert load("ogbn-arxiv", root, **SMALL).parameters["made"] == "made by a test, not by OGB"


def test_where_the_package_puts_it(root, tmp_path):
    write_node_set(root, "ogbn-arxiv", node_set("ogbn-arxiv"))
    (root / "ogb").rename(tmp_path / "dataset")
    assert load("ogbn-arxiv", root, **SMALL).graph.num_nodes == 60


def test_split_dict_of_tensors(root):
    made = node_set("ogbn-arxiv")
    place = write_node_set(root, "ogbn-arxiv", made)
    parts = {name: torch.from_numpy(index) for name, index in made.parts.items()}
    for content in (parts, {name: index.numpy() for name, index in parts.items()}):
        torch.save(content, place / "split" / "time" / "split_dict.pt")
        found = load("ogbn-arxiv", root, **SMALL)
        assert int(found.splits["val"].sum()) == len(made.parts["valid"])


class Hostile:
    def __reduce__(self):
        return warnings.warn, ("executed",)


@pytest.mark.parametrize("way", ["torch", "pickle"])
def test_a_hostile_pickle_is_refused(root, way):
    place = write_node_set(root, "ogbn-arxiv", node_set("ogbn-arxiv"))
    file = place / "split" / "time" / "split_dict.pt"
    if way == "torch":
        torch.save({"train": Hostile()}, file)
    else:
        file.write_bytes(pickle.dumps({"train": Hostile()}))
    with pytest.raises(ValueError, match=r"split_dict\.pt holds more than tensors"):
        load("ogbn-arxiv", root, **SMALL)


def test_published_counts_are_wanted_by_default(root):
    write_node_set(root, "ogbn-arxiv", node_set("ogbn-arxiv"))
    with pytest.raises(ValueError, match=r"ogbn-arxiv has 169,343 nodes; got 60; put OGB's files there again, or"):
        load("ogbn-arxiv", root)


def test_no_folder(root):
    with pytest.raises(
        FileNotFoundError, match=r"ogbn-arxiv: no folder .*ogbn_arxiv, nor .*0\.08 GB, licence ODC-BY"
    ):
        load("ogbn-arxiv", root)


def test_another_release(root):
    place = write_node_set(root, "ogbn-arxiv", node_set("ogbn-arxiv"))
    (place / "RELEASE_v1.txt").rename(place / "RELEASE_v2.txt")
    with pytest.raises(ValueError, match=r"has RELEASE_v2\.txt, and RELEASE_v1\.txt is read here"):
        load("ogbn-arxiv", root, **SMALL)


def cut(path):
    path.write_bytes(path.read_bytes()[:-12])


def plain(path):
    path.write_bytes(b"1,2\n3,4\n")


def words(path):
    with gzip.open(path, "wt") as file:
        file.write("a,b\nc,d\n")


@pytest.mark.parametrize("spoil", [cut, plain, words])
@pytest.mark.parametrize(
    "file", ["raw/edge.csv.gz", "raw/node-feat.csv.gz", "raw/node-label.csv.gz", "split/time/valid.csv.gz"]
)
def test_damaged_files(root, spoil, file):
    place = write_node_set(root, "ogbn-arxiv", node_set("ogbn-arxiv"))
    spoil(place / file)
    with pytest.raises(ValueError, match=r"damaged or cut off|no table of numbers") as told:
        load("ogbn-arxiv", root, **SMALL)
    assert file.rsplit("/", 1)[1] in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("file", ["raw/edge.csv.gz", "raw/num-node-list.csv.gz", "split/time/test.csv.gz"])
def test_a_missing_file_is_named(root, file):
    place = write_node_set(root, "ogbn-arxiv", node_set("ogbn-arxiv"))
    (place / file).unlink()
    with pytest.raises(
        FileNotFoundError, match=rf"{file.rsplit('/', 1)[1]} is missing; put OGB's whole folder there"
    ):
        load("ogbn-arxiv", root, **SMALL)


def test_damaged_npz(root):
    place = write_node_set(root, "ogbn-papers100m", node_set("ogbn-papers100m"))
    file = place / "raw" / "data.npz"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"data\.npz is damaged"):
        load("ogbn-papers100m", root, **SMALL)
    np.savez(file, edge_index=np.array([{"a": 1}]), num_nodes_list=np.array([3]))
    with pytest.raises(ValueError, match=r"data\.npz is damaged, or edge_index holds no numbers"):
        load("ogbn-papers100m", root, **SMALL)
    np.savez(file, num_nodes_list=np.array([3]))
    with pytest.raises(ValueError, match=r"data\.npz has no array 'edge_index'"):
        load("ogbn-papers100m", root, **SMALL)


def changed(made, what):
    if what == "overlap":
        made.parts["valid"] = np.append(made.parts["valid"], made.parts["train"][0])
    elif what == "outside":
        made.parts["test"] = np.append(made.parts["test"], 60)
    elif what == "empty":
        made.parts["valid"] = made.parts["valid"][:0]
    elif what == "edge":
        made.arcs[0, 3] = 60
    elif what == "rows":
        made.x = made.x[:-1]
    elif what == "class":
        made.y[0] = 40
    elif what == "infinite":
        made.x[4, 2] = np.inf
    return made


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("overlap", "the parts of a split must not overlap"),
        ("outside", r"test must lie in \[0, 59\]"),
        ("empty", "no part of a split may be empty"),
        ("edge", r"edges must lie in \[0, 59\]; got 0 to 60"),
        ("class", "60 classes below 40 are needed"),
        ("infinite", "features must be finite"),
    ],
)
def test_parts_that_do_not_belong_together(root, what, told):
    write_node_set(root, "ogbn-arxiv", changed(node_set("ogbn-arxiv"), what))
    with pytest.raises(ValueError, match=told):
        load("ogbn-arxiv", root, **SMALL)


def test_fewer_rows_than_nodes(root):
    made = node_set("ogbn-arxiv")
    place = write_node_set(root, "ogbn-arxiv", made)
    table(place / "raw" / "node-feat.csv.gz", made.x[:-1])
    with pytest.raises(ValueError, match="features must have 60 rows; got 59"):
        load("ogbn-arxiv", root, **SMALL)


def test_an_unknown_set_is_told_the_known_ones(root):
    with pytest.raises(ValueError, match=r"ogbn-proteins: this set of OGB is not read"):
        load("ogbn-proteins", root)
