"""Graphs of networkx, GraphML and GML: attributes become features or labels, and harmful files are refused."""

import networkx as nx
import numpy as np
import pytest
import torch

from graphcl.datasets import from_networkx, load, read_graph_file


@pytest.fixture
def graph():
    graph = nx.Graph()
    for name, age, side in (("ann lee", 40, "x"), ("bob", 50.5, "y"), ("çem", 60, "x")):
        graph.add_node(name, age=age, side=side)
    graph.add_edge("ann lee", "bob", weight=2.0)
    graph.add_edge("bob", "çem", weight=3.0)
    return graph


@pytest.mark.parametrize("suffix", ["graphml", "gml"])
def test_a_file_is_the_graph_that_was_written(graph, suffix, tmp_path):
    path = tmp_path / f"g.{suffix}"
    getattr(nx, f"write_{suffix}")(graph, path)
    dataset = load(path, features="age", labels="side")
    assert list(dataset.ids) == ["ann lee", "bob", "çem"]
    assert dataset.graph.x.flatten().tolist() == [40, 50.5, 60]
    assert dataset.graph.y.tolist() == [0, 1, 0]
    assert dataset.graph.edge_weight.tolist() == [2, 2, 3, 3]
    assert dataset.checksum == from_networkx(graph, features=["age"], labels="side").checksum
    assert load(path, weight=False).graph.get("edge_weight") is None
    with pytest.raises(ValueError, match="'side' must be a number for each node; got 'x' at node 'ann lee'"):
        load(path, features="side")
    with pytest.raises(ValueError, match=r"features must be degree, .*; got 'height'; its nodes have .*age"):
        load(path, features="height")


def test_objects_of_networkx():
    graph = nx.MultiDiGraph([(3, "b"), ("b", 3), (3, 3), ((1, 2), "b")])
    dataset = from_networkx(graph, features=np.eye(3))
    assert list(dataset.ids) == [3, "b", (1, 2)]
    assert dataset.graph.edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert torch.equal(dataset.graph.x, torch.eye(3))
    with pytest.raises(ValueError, match="there are 2 rows for 3 nodes"):
        from_networkx(graph, features=np.eye(2))
    with pytest.raises(ValueError, match="the graph has no nodes"):
        from_networkx(nx.Graph())
    with pytest.raises(TypeError, match="graph must be a graph of networkx; got list"):
        from_networkx([])
    graph.add_edge(3, "b", weight="heavy")
    with pytest.raises(ValueError, match="'weight' of an edge must be a number; got 'heavy'"):
        from_networkx(graph)


ENTITIES = '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>{}'
GRAPHML = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">{}</graph></graphml>'
)
HARMFUL = {
    "laughs.graphml": (ENTITIES.format(GRAPHML.format('<node id="&b;"/>')), "it declares an XML entity"),
    "deep.graphml": ("<a>" * 50_000, "elements nest more than 100 deep"),
    "cut.graphml": ("<graphml><graph>", "no GraphML, or damaged"),
    "other.graphml": ("<html></html>", "no GraphML, or damaged"),
    "deep.gml": ("graph " + "[ a " * 50_000, "lists nest more than 100 deep"),
    "cut.gml": ("graph [ node [ id 0 ", "no GML, or damaged"),
    "text.gml": ("hello", "no GML, or damaged"),
    "twice.gml": ("graph [ node [ id 0 ] node [ id 0 ] ]", "no GML, or damaged"),
}


@pytest.mark.parametrize(("name", "case"), HARMFUL.items(), ids=HARMFUL)
def test_harmful_files_are_one_line(name, case, tmp_path):
    text, message = case
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        read_graph_file(tmp_path / name)
    assert "\n" not in str(error.value)


def test_gml_with_repeated_edges_and_labels_that_are_not_unique(tmp_path):
    nodes = 'node [ id 4 label "a" ]\n node [ id 9 label "a" ]\n'
    path = tmp_path / "a.gml"
    path.write_text(
        f'Creator "me"\ngraph [\n {nodes} edge [ source 4 target 9 ]\n edge [ source 4 target 9 ]\n]\n'
    )
    dataset = load(path)
    assert list(dataset.ids) == [4, 9]
    assert dataset.graph.edge_index.tolist() == [[0, 1], [1, 0]]
