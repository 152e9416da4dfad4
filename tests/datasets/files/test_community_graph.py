"""Graphs with overlapping communities: the file layout, features made on demand, scores, and what is refused."""

import numpy as np
import pytest
import torch

from graphcl import Leiden
from graphcl.bench.runs.execution import _score
from graphcl.datasets.files.community_graph import read_community_graph
from graphcl.evaluation import overlap_scores


def write(folder, **changes):
    arrays = {
        "edge_index_undirected": np.array([[0, 1, 2, 0], [1, 2, 3, 2]], dtype=np.int32),
        "num_nodes": np.array(5),
        "community_indptr": np.array([0, 3, 5]),
        "community_members": np.array([0, 1, 2, 2, 3], dtype=np.int32),
    }
    path = folder / "five.npz"
    np.savez(path, **{key: value for key, value in (arrays | changes).items() if value is not None})
    return path


def test_a_file_is_read(tmp_path):
    dataset = read_community_graph(write(tmp_path))
    assert repr(dataset) == "GraphDataset('five.npz': 5 nodes, 4 edges, no features, no classes)"
    assert [part.tolist() for part in dataset.communities] == [[0, 3, 5], [0, 1, 2, 2, 3]]
    assert dataset.parameters == {}
    with_features = read_community_graph(write(tmp_path), features="degree")
    assert with_features.parameters == {"features": "degree"}
    assert torch.allclose(with_features.graph.x.expm1().flatten(), torch.tensor([2.0, 2.0, 3.0, 1.0, 0.0]))


def test_clusters_are_scored_against_the_communities(tmp_path):
    dataset = read_community_graph(write(tmp_path))
    labels = Leiden().fit(dataset.graph).labels_
    expected = overlap_scores(labels, *dataset.communities)
    scores = _score(dataset, labels, None)
    assert {name: scores[f"overlap/{name}"] for name in expected} == expected
    assert "acc" not in scores


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_nodes": None}, "num_nodes is missing"),
        ({"num_nodes": np.array(0)}, "num_nodes must be one number, at least 1; got 0"),
        ({"num_nodes": np.array(3)}, r"edge_index_undirected must be \(2, e\) in \[0, 2\]"),
        ({"community_members": np.array([0, 1, 2, 2, 5])}, r"community_members must lie in \[0, 4\]"),
        ({"community_indptr": np.array([0, 3, 4])}, "community_indptr must rise from 0 to the 5 members"),
        ({"community_indptr": np.array([0, 6, 5])}, "community_indptr must rise"),
        ({"community_indptr": np.array([0.0, 5.0])}, "community_indptr must be integers; got float64"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_community_graph(write(tmp_path, **changes))
    assert "\n" not in str(caught.value)
