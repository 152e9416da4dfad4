"""Edge lists: ids are kept, columns and headers are told apart by documented rules, nothing is lost in silence."""

import gzip

import numpy as np
import pytest
import torch

from graphcl.datasets import from_edge_list, load, read_edge_list


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Write files into an empty folder, and go there."""
    monkeypatch.chdir(tmp_path)

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / name.replace("__", ".")).write_bytes(text if isinstance(text, bytes) else text.encode())

    return write


def pairs(dataset):
    """The edges under the user's ids, each once."""
    return {frozenset(dataset.ids[end] for end in edge) for edge in dataset.graph.edge_index.T.tolist()}


@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("a.tsv", "ann lee\tbob\nbob\tçem\n", ["ann lee", "bob", "çem"]),
        ("a.csv", '\ufeff"b, c",1e20\r\n1e20,007\r\n', ["b, c", "1e20", "007"]),
        ("a.txt", "# of a crawl\n%\n 7   5 \n\n5\t-3\n", [7, 5, -3]),
        ("a.csv", "weight,Target,Source\n2,x,y\n1,y,z\n", ["y", "x", "z"]),
        ("a.edges", "2 0\n0 1\n", [0, 1, 2]),
    ],
)
def test_ids_are_kept_in_order_of_appearance_unless_they_are_row_numbers(put, name, text, ids):
    put(**{name.replace(".", "__"): text})
    dataset = load(name)
    assert list(dataset.ids) == ids
    assert dataset.graph.x is None
    assert dataset.graph.num_nodes == len(ids)
    assert len(pairs(dataset)) == 2


def test_a_compressed_list_is_the_same(put):
    put(a__tsv="a\tb\n", b__tsv__gz=gzip.compress(b"a\tb\n"))
    assert load("a.tsv").checksum == load("b.tsv.gz").checksum


def test_repeats_loops_and_directions_are_one_edge_whose_weight_is_documented(put):
    put(a__csv="a,b,2\na,b,3\nb,a,4\nb,b,9\nb,c,0\nc,a,1\n")
    graph = load("a.csv").graph
    assert graph.edge_index.tolist() == [[0, 0, 1, 2], [1, 2, 0, 0]]
    assert graph.edge_weight.tolist() == [5, 1, 5, 1]
    assert load("a.csv", weight=False).graph.get("edge_weight") is None
    put(b__csv="source,target,time,cost\na,b,9,2\n")
    assert load("b.csv", weight="cost").graph.edge_weight.tolist() == [2, 2]
    assert load("b.csv", weight=3).graph.edge_weight.tolist() == [9, 9]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2\n3,4,5\n", "a.csv, line 2: there are 3 cells, and 2 in the first row"),
        ("1,2\n\n3,\n", "a.csv, line 3: an end of the edge is empty"),
        ("1,2,x\n", "line 1: 'x' is no weight; say weight=false .* or header=true"),
        ("1,2,1\n1,3,-1\n", "line 2: a weight must be finite and at least 0; got -1"),
        ("1,2,nan\n", "a weight must be finite and at least 0; got nan"),
        (
            "1,2,3,4\n",
            "there are 4 columns, and column 3 is neither an end nor known as a weight; weight=3 reads it",
        ),
        ("source,target,time\n1,2,3\n", "column 'time' is neither an end .*weight=time .*weight=false"),
        ("u,v\n1,2\n2,3\n", "the first row is u, v and all others are integers; say header=true"),
        ("#a,#b\n", "line 1: '#a,#b' may be an edge or a comment; say comments=true"),
        ("1;2\n", "the first row has one cell, '1;2'; .* delimiter=;"),
        ("", "the file has no edges"),
        ("source,target\n", "there are no edges below the header"),
        (b"\xff,1\n", "not in UTF-8"),
        ('a,"b\n', "the file is not a table"),
    ],
)
def test_what_is_no_edge_list_is_one_line(put, text, message):
    put(a__csv=text)
    with pytest.raises(ValueError, match=message):
        load("a.csv")


def test_options_settle_what_is_unclear(put):
    put(a__csv="u,v\n1,2\n2,3\n", b__csv="#a,#b\n", c__csv="1;2\n")
    assert list(load("a.csv", header=True).ids) == [1, 2, 3]
    assert list(load("a.csv", header=False).ids) == ["u", "v", "1", "2", "3"]
    assert list(load("b.csv", comments=False).ids) == ["#a", "#b"]
    assert list(load("c.csv", delimiter=";").ids) == [1, 2]
    with pytest.raises(ValueError, match="no edges"):
        load("b.csv", comments=True)
    with pytest.raises(ValueError, match="delimiter must be one character"):
        read_edge_list("c.csv", delimiter="::")


def test_features_are_matched_by_id_or_by_row_number(put):
    put(a__csv="c,a\na,b\n", x__csv="age,node\n1,a\n2,b\n3,c\n4,alone\n", n__csv="2,0\n0,1\n")
    named = load("a.csv", features="x.csv")
    assert list(named.ids) == ["c", "a", "b", "alone"]
    assert named.graph.x.tolist() == [[3], [1], [2], [4]]
    assert set(named.files) == {"a.csv", "x.csv"}
    np.save("x.npy", np.arange(4.0))
    numbered = load("n.csv", features="x.npy")
    assert list(numbered.ids) == [0, 1, 2, 3]
    assert numbered.graph.x.tolist() == [[0], [1], [2], [3]]
    assert pairs(numbered) == {frozenset({2, 0}), frozenset({0, 1})}
    with pytest.raises(ValueError, match=r"x.npy: its rows name no nodes, and those of a.csv have ids .*'c'"):
        load("a.csv", features="x.npy")
    np.save("x.npy", np.eye(2))
    with pytest.raises(ValueError, match=r"x.npy: there are 2 rows for 3 nodes"):
        load("n.csv", features="x.npy")


def test_isolated_nodes_come_from_a_file_or_a_number(put):
    put(a__csv="c,a\n", nodes__txt="id\nz\na\n", n__csv="2,0\n")
    assert list(load("a.csv", nodes="nodes.txt").ids) == ["c", "a", "z"]
    assert list(load("n.csv", nodes=4).ids) == [0, 1, 2, 3]


def test_labels_are_matched_by_id_and_may_be_missing(put):
    put(a__csv="c,a\na,b\n", l__csv="b,dog\nc,cat\n", m__csv="id,label\nb,4\nq,5\n", t__csv="id,p,q\na,1,2\n")
    dataset = load("a.csv", labels="l.csv")
    assert dataset.graph.y.tolist() == [0, -1, 1]
    assert dataset.num_classes == 2
    with pytest.raises(ValueError, match=r"m.csv: the node 'q' is not in the graph; add it \(nodes=\)"):
        load("a.csv", labels="m.csv")
    assert load("a.csv", labels="m.csv", nodes="m.csv").graph.y.tolist() == [-1, -1, 4, 5]
    with pytest.raises(ValueError, match="which of 3 columns holds the labels is unclear; name it label"):
        load("a.csv", labels="t.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,x\na,1\na,2\n", "x.csv, line 3: the id 'a' is there already"),
        ("id,x\na,1\nb,two\n", "x.csv, line 3: 'two' is no number; encode it"),
        ("id,x\na,1\n", "x.csv: 2 of 3 nodes have no row, as 'c'"),
        ("id,x\na,1\nb,2,3\n", "x.csv, line 3: there are 3 cells, and 2 in the first row"),
        ("id,x\na,inf\nb,1\nc,1\n", "must be finite"),
        ("", "x.csv: the file is empty"),
    ],
)
def test_tables_that_do_not_fit_are_one_line(put, text, message):
    put(a__csv="c,a\na,b\n", x__csv=text)
    with pytest.raises(ValueError, match=message):
        load("a.csv", features="x.csv")


def test_pairs_in_memory():
    dataset = from_edge_list([("a", 1), (1, (2, 3))], labels={"a": "x", 1: "y"}, weight=[1, 2.5])
    assert list(dataset.ids) == ["a", 1, (2, 3)]
    assert dataset.graph.y.tolist() == [0, 1, -1]
    assert dataset.graph.edge_weight.tolist() == [1, 1, 2.5, 2.5]
    rows = from_edge_list(torch.tensor([[2, 0], [0, 1]]), features=torch.eye(4), labels=[1, 0, 1, 0])
    assert rows.ids == [0, 1, 2, 3]
    assert torch.equal(rows.graph.x, torch.eye(4))
    assert rows.graph.y.tolist() == [1, 0, 1, 0]
    assert from_edge_list(np.array([[10.0, 7.0]])).ids == [10, 7]
    for wrong in (torch.zeros(2, 3).long(), [("a", "b", 3)], ["ab"], np.array([[0.5, 1.0]])):
        with pytest.raises(TypeError, match="edges must be pairs of ids"):
            from_edge_list(wrong)
    with pytest.raises(ValueError, match="weight must have one value for each of 1 edges; got 2"):
        from_edge_list([(0, 1)], weight=[1, 2])
    with pytest.raises(ValueError, match="its rows name no nodes, and those of edges have ids of their own"):
        from_edge_list([(5, 7)], features=np.eye(2))


def test_a_list_that_inflates_is_refused_while_it_is_read(put, monkeypatch):
    monkeypatch.setattr("graphcl.datasets.files.inflation.CEILING", 1 << 16)
    put(a__csv__gz=gzip.compress(b"0,1\n" * 100_000))
    with pytest.raises(ValueError, match=r"a.csv.gz: .* over 100 times as much; store it plain or sparse"):
        load("a.csv.gz")
    monkeypatch.setattr("graphcl.datasets.files.text_lines.LONGEST", 100)
    put(b__csv="0" * 1000)
    with pytest.raises(ValueError, match=r"b.csv, line 1: more than 100 characters"):
        load("b.csv")
