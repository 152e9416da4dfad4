from collections import Counter

import networkx as nx
import pytest
import torch

from graphcl.evaluation import graph_codes, label_histogram, subtree_features, warn_of_equal_graphs
from tests.evaluation.graph_level.collections import disjoint


def labelled(seed: int) -> nx.Graph:
    graph = nx.gnp_random_graph(8, 0.3, seed=seed)
    nx.set_node_attributes(graph, {node: (node * seed) % 3 for node in graph}, "kind")
    return graph


def counted(graphs: list[nx.Graph], layers: int) -> list[Counter]:
    """Subtree patterns by their definition: nested tuples of a node's label and its sorted neighbours'."""
    found = []
    for graph in graphs:
        label = {node: (graph.nodes[node]["kind"],) for node in graph}
        count = Counter(label.values())
        for _ in range(layers):
            label = {node: (label[node], tuple(sorted(label[other] for other in graph[node]))) for node in graph}
            count += Counter(label.values())
        found.append(count)
    return found


def test_subtree_features_have_the_kernel_of_the_definition():
    graphs = [labelled(seed) for seed in range(6)]
    rows = subtree_features(*disjoint(graphs), num_layers=2)
    counts = counted(graphs, 2)
    kernel = torch.tensor([[float(sum(a[key] * b[key] for key in a)) for a in counts] for b in counts])
    norm = kernel.diagonal().sqrt()
    torch.testing.assert_close(torch.from_numpy((rows @ rows.T).toarray()).float(), kernel / norm / norm[:, None])


def test_the_histogram_reads_no_edges():
    graphs = [labelled(seed) for seed in range(6)]
    x, edges, batch = disjoint(graphs)
    histogram = label_histogram(x, batch).toarray()
    zeroth = subtree_features(x, edges, batch, num_layers=0).toarray()
    assert (histogram @ histogram.T == pytest.approx(zeroth @ zeroth.T)) is True
    one_hot = torch.nn.functional.one_hot(x[:, 0]).float()
    again = label_histogram(one_hot, batch).toarray()
    assert (histogram @ histogram.T == pytest.approx(again @ again.T)) is True


def test_codes_tell_graphs_apart_but_not_their_numbering():
    graph = labelled(4)
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0)).tolist()
    renumbered = nx.Graph()
    renumbered.add_nodes_from((order[node], graph.nodes[node]) for node in sorted(graph, reverse=True))
    renumbered.add_edges_from((order[u], order[v]) for u, v in graph.edges)
    other = graph.copy()
    other.nodes[0]["kind"] = 7
    codes = graph_codes(*disjoint([graph, renumbered, other, labelled(5)])).tolist()
    assert codes[0] == codes[1]
    assert len(set(codes)) == 3


def test_codes_see_what_colour_refinement_sees():
    six, triangles = nx.cycle_graph(6), nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3))
    codes = graph_codes(*disjoint([six, triangles, nx.path_graph(6)])).tolist()
    assert codes[0] == codes[1] != codes[2], "a ring of six is two of three to it"


def test_kinds_of_bonds_count():
    x, edges, batch = disjoint([nx.path_graph(3)] * 3)
    kinds = torch.tensor([[0], [0], [0], [0], [1], [1], [0], [0], [0], [0], [0], [0]])
    assert len(set(graph_codes(x, edges, batch).tolist())) == 1
    assert len(set(graph_codes(x, edges, batch, edge_attr=kinds).tolist())) == 2


@pytest.mark.parametrize(
    ("x", "batch", "message"),
    [
        (torch.full((3, 1), 0.5), torch.zeros(3), "x must hold categories or one-hot rows; got fractions"),
        (torch.zeros(3, 1), torch.tensor([0, 1, 0]), "in ascending order; sort the nodes"),
    ],
)
def test_bad_input_is_one_line(x, batch, message):
    with pytest.raises(ValueError, match=message):
        label_histogram(x, batch.long())


def test_equal_graphs_across_training_and_test_are_warned_of():
    codes = graph_codes(*disjoint([nx.path_graph(3), nx.cycle_graph(3), nx.path_graph(3), nx.path_graph(4)]))
    with pytest.warns(UserWarning, match="1 of 2 graphs have an equal one among the training graphs"):
        assert warn_of_equal_graphs(codes, train=torch.tensor([0, 1]), test=torch.tensor([2, 3])) == 0.5
    assert warn_of_equal_graphs(codes, train=[0, 2], test=[1, 3]) == 0.0
    assert warn_of_equal_graphs(codes, train=[0], test=[]) == 0.0
