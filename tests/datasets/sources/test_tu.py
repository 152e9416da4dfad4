"""The text files of TU Dortmund: small ones by hand, PyG's reading of the same files, damaged ones."""

import lzma
import warnings

import numpy as np
import pytest
import torch
from torch_geometric.io import read_tu_data

from graphcl.datasets import CATALOG, load
from graphcl.datasets.files.checksum import file_checksum

FILES = {  # a triangle with a tail, a pair in one direction with a self loop and twice, a node alone
    "A": "1, 2\n2, 1\n2, 3\n3, 2\n1, 3\n3, 1\n3, 4\n4, 3\n5, 6\n5, 6\n6, 6\n",
    "graph_indicator": "1\n1\n1\n1\n2\n2\n3\n",
    "graph_labels": "1\n-1\n1\n",
    "node_labels": "2\n2\n3\n5\n2\n2\n2\n",
    "node_attributes": "0.5, 1\n0, 2\n0, 3\n0, 4\n0, 5\n0, 6\n0, 7\n",
    "edge_labels": "1\n1\n2\n2\n3\n3\n1\n1\n3\n3\n1\n",
}
EDGES = [[0, 0, 1, 1, 2, 2, 2, 3, 0, 1], [1, 2, 0, 2, 0, 1, 3, 2, 1, 0]]


def write(root, name="MUTAG", **changes):
    folder = root / "tu" / name / "raw"
    folder.mkdir(parents=True)
    for part, text in ({**FILES, **changes}).items():
        if text is not None:
            (folder / f"{name}_{part}.txt").write_text(text)
    return folder


def read(root, name="mutag", **parameters):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*is no known copy of")
        return load(name, root, **parameters)


def test_a_set_by_hand(tmp_path):
    folder = write(tmp_path)
    dataset = read(tmp_path)
    graphs = dataset.graphs
    assert graphs.edge_index.tolist() == EDGES
    assert (graphs.node_ptr.tolist(), graphs.edge_ptr.tolist()) == ([0, 4, 6, 7], [0, 8, 10, 10])
    assert graphs.x[:4].tolist() == [[1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]
    assert graphs.y.tolist() == [1, 0, 1]
    assert graphs.edge_attr is None
    assert (dataset.num_classes, dataset.tasks, dataset.splits) == (2, (), {})
    assert dataset.parameters == {"features": "one-hot", "edge_labels": False, "split": "none", "split_seed": 0}
    assert dataset.files == {path.name: file_checksum(path) for path in folder.iterdir()}
    assert repr(dataset) == "GraphCollectionDataset('mutag': 3 graphs of 2.3 nodes and 1.7 edges, 2 classes)"


def test_features_are_chosen(tmp_path):
    write(tmp_path)
    assert read(tmp_path, features="label").graphs.x.tolist() == [[0], [0], [1], [3], [0], [0], [0]]
    assert read(tmp_path, features="degree").graphs.x.tolist() == [[2], [2], [3], [1], [1], [1], [0]]
    both = read(tmp_path, features="attributes").graphs.x
    assert both[0].tolist() == [0.5, 1, 1, 0, 0, 0]
    assert read(tmp_path, features="degree").graphs[0].x.dtype == torch.int64


@pytest.mark.parametrize(
    ("missing", "features"),
    [
        (["node_labels"], "attributes"),
        (["node_labels", "node_attributes"], "degree"),
        (["node_attributes"], "one-hot"),
    ],
)
def test_the_default_takes_what_there_is(tmp_path, missing, features):
    write(tmp_path, **dict.fromkeys(missing))
    assert read(tmp_path).parameters["features"] == features
    for part in missing:
        wanted = "attributes" if part == "node_attributes" else "label"
        with pytest.raises(ValueError, match=f"nodes have no {part[5:]} for features={wanted}; features=deg"):
            read(tmp_path, features=wanted)


def test_edge_labels_follow_their_edges(tmp_path):
    write(tmp_path)
    graphs = read(tmp_path, edge_labels=True).graphs
    assert graphs.edge_index.tolist() == EDGES
    assert graphs.edge_attr.T.tolist() == [[0, 2, 0, 1, 2, 1, 0, 0, 2, 2]]
    write(tmp_path / "other", edge_labels=None)
    with pytest.raises(ValueError, match="edges have no labels; leave edge_labels out"):
        read(tmp_path / "other", edge_labels=True)


def test_pyg_reads_the_same_from_symmetric_files(tmp_path):
    symmetric = FILES["A"].replace("5, 6\n5, 6\n", "5, 6\n6, 5\n")
    folder = write(tmp_path, A=symmetric)
    data, slices, _ = read_tu_data(str(folder), "MUTAG")
    graphs = read(tmp_path, features="attributes", edge_labels=True).graphs
    assert torch.equal(graphs.x, data.x)
    assert torch.equal(graphs.y, data.y)
    assert torch.equal(graphs.node_ptr, slices["x"])
    assert torch.equal(graphs.edge_ptr[:-1], slices["edge_index"])  # PyG loses the last graph, which has no edges
    assert torch.equal(graphs.edge_index.long(), data.edge_index)
    assert torch.equal(graphs.edge_attr[:, 0].long(), data.edge_attr.argmax(1))


def test_random_splits_and_files_of_splits(tmp_path):
    write(tmp_path)
    split = read(tmp_path, split="random", split_seed=1).splits
    assert sorted(torch.cat(list(split.values())).tolist()) == [0, 1, 2]
    np.savez(tmp_path / "split.npz", train=[2], val=[0], test=[1])
    assert read(tmp_path, split=str(tmp_path / "split.npz")).splits["train"].tolist() == [2]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"graph_indicator": "1\n1\n2\n1\n2\n2\n3\n"},
            "graph_indicator.txt: must rise from 1 to 3, the",
        ),
        ({"graph_indicator": "1\n1\n1\n1\n2\n2\n2\n"}, "graph_indicator.txt: must rise from 1 to 3"),
        ({"A": "1, 5\n"}, r"A.txt: the nodes \[1, 5\] lie in different graphs"),
        ({"A": "1, 8\n"}, "A.txt: must hold pairs of nodes from 1 to 7"),
        ({"A": "0, 1\n"}, "A.txt: must hold pairs of nodes from 1 to 7"),
        ({"A": "1\n2\n"}, "A.txt: must hold pairs of nodes"),
        ({"A": "1, x\n"}, "A.txt: the file is damaged .*x'"),
        ({"A": "1, 2\n3"}, "A.txt: the file is damaged"),
        ({"node_labels": "1\n2\n"}, "node_labels.txt: there must be a row per node; got 2 rows for 7 nodes"),
        ({"node_labels": None, "node_attributes": "nan\n" * 7}, "node_attributes.txt: must hold finite numbers"),
        ({"graph_labels": ""}, "there are no graphs; download the originals again"),
    ],
)
def test_damaged_files_are_refused_in_one_line(tmp_path, changes, message):
    write(tmp_path, **changes)
    with pytest.raises(ValueError, match=message) as caught:
        read(tmp_path)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_edge_labels_must_be_as_many_as_edges(tmp_path):
    write(tmp_path, edge_labels="1\n")
    with pytest.raises(ValueError, match="there must be a label per edge; got 1 for 11 edges"):
        read(tmp_path, edge_labels=True)


def test_no_edges_at_all(tmp_path):
    write(tmp_path, A="", edge_labels=None)
    graphs = read(tmp_path).graphs
    assert graphs.edge_index.shape == (2, 0)
    assert graphs.edge_ptr.tolist() == [0, 0, 0, 0]


def test_missing_files_are_named_and_unknown_ones_warned_about(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"collab: COLLAB_A.txt, .* are missing; looked in .*tu/COLLAB/"):
        load("collab", tmp_path)
    folder = write(tmp_path)
    with pytest.warns(UserWarning, match="is no known copy of mutag") as caught:
        load("mutag", tmp_path)
    assert sorted(str(warning.message).split()[0] for warning in caught) == sorted(map(str, folder.iterdir()))
    assert CATALOG["imdb-binary"].source.folder == "tu/IMDB-BINARY/raw"


SHORT = "2\n3 4\n0 1 1\n0 2 0 2\n0 1 1\n2 1\n0 0\n0 0\n"  # a path of three nodes, two nodes without an edge


def write_short(root, text=SHORT):
    path = root / "tu" / "COLLAB" / "COLLAB.dgcnn.txt.xz"
    path.parent.mkdir(parents=True)
    path.write_bytes(lzma.compress(text.encode()))
    return path


def test_the_short_form_is_the_same_set(tmp_path):
    path = write_short(tmp_path)
    short = read(tmp_path, "collab")
    assert short.files == {path.name: file_checksum(path)}
    texts = {"A": "1, 2\n2, 1\n2, 3\n3, 2\n", "graph_indicator": "1\n1\n1\n2\n2\n", "graph_labels": "4\n1\n"}
    write(tmp_path / "long", "COLLAB", **{**dict.fromkeys(FILES), **texts})
    assert read(tmp_path / "long", "collab").checksum == short.checksum
    assert short.graphs.x.tolist() == [[1], [2], [1], [0], [0]]
    assert short.graphs.y.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the number of lines does not match"),
        ("2\n3 4\n0 1 1\n", "the number of lines does not match"),
        (SHORT + "0 0\n", "the number of lines does not match"),
        (SHORT.replace("0 2 0 2", "0 1 0 2"), "the neighbours of a node do not match"),
        (SHORT.replace("0 2 0 2", "0 2 0 3"), "the neighbours of a node do not match"),
        (SHORT.replace("4", "x"), "the file is damaged"),
    ],
)
def test_a_damaged_short_form_is_refused(tmp_path, text, message):
    write_short(tmp_path, text)
    with pytest.raises(ValueError, match=rf"COLLAB.dgcnn.txt.xz: .*{message}.*; download the original again"):
        read(tmp_path, "collab")
    (tmp_path / "tu" / "COLLAB" / "COLLAB.dgcnn.txt.xz").write_bytes(b"no xz")
    with pytest.raises(ValueError, match=r"the file is damaged"):
        read(tmp_path, "collab")
