import networkx as nx
import torch
from sklearn.datasets import load_digits

from graphcl.datasets import digits, karate, knn_graph, load


def test_digits_are_scikit_learns_pixels_and_a_knn_graph():
    dataset = digits(k=5, similarity="ncos")
    pixels, labels = load_digits(return_X_y=True)
    assert torch.equal(dataset.graph.x, torch.from_numpy(pixels).float() / 16)
    assert dataset.graph.y.tolist() == labels.tolist()
    assert torch.equal(dataset.graph.edge_index, knn_graph(dataset.graph.x, k=5, similarity="ncos"))
    assert dataset.parameters == {"k": 5, "similarity": "ncos"}
    assert dataset.files == {}


def test_karate_is_networkx_graph_with_the_identity_as_features():
    dataset = karate()
    club = nx.karate_club_graph()
    assert {tuple(edge) for edge in dataset.graph.edge_index.T.tolist()} == set(club.to_directed().edges)
    assert [club.nodes[node]["club"] == "Officer" for node in club] == dataset.graph.y.bool().tolist()
    assert torch.equal(dataset.graph.x, torch.eye(34))


def test_checksums_do_not_drift_because_records_are_filed_under_them():
    assert load("karate").checksum == "fe65706ef80d1d8dfb117f2475332c5481b9a166ea94f17434692bceb65b6a74"
    assert load("digits").checksum.startswith("703132f3")
