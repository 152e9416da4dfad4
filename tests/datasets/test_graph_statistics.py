import json
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcl.datasets import GraphDataset, karate, statistics


def by_networkx(dataset):
    """The same numbers, from a networkx graph."""
    graph = nx.Graph(dataset.graph.edge_index.T.tolist())
    n = len(dataset.graph.x)
    graph.add_nodes_from(range(n))
    y = dataset.graph.y.tolist()
    ends = [(y[i], y[j]) for i, j in graph.edges if y[i] >= 0 and y[j] >= 0]
    degrees = [degree for _, degree in graph.degree]
    return {
        "nodes": n,
        "edges": graph.number_of_edges(),
        "classes": len({label for label in y if label >= 0}),
        "unlabelled": sum(label < 0 for label in y),
        "homophily": pytest.approx(sum(a == b for a, b in ends) / len(ends)) if ends else None,
        "components": nx.number_connected_components(graph),
        "isolated": nx.number_of_isolates(graph),
        "mean_degree": pytest.approx(sum(degrees) / n),
        "max_degree": max(degrees),
    }


def agrees(dataset):
    found, expected = statistics(dataset), by_networkx(dataset)
    assert {key: found[key] for key in expected} == expected
    assert json.loads(json.dumps(found)) == found


def test_karate_agrees_with_networkx():
    agrees(karate())
    found = statistics(karate())
    assert (found["features"], found["feature_density"]) == (34, 1 / 34)
    assert found["class_sizes"] == {"0": 17, "1": 17}
    assert found["splits"] == {}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_graph_agrees_with_networkx(data):
    n = data.draw(st.integers(1, 9))
    node = st.integers(0, n - 1)
    edges = data.draw(st.lists(st.tuples(node, node), max_size=12))
    y = data.draw(st.lists(st.integers(-2, 2), min_size=n, max_size=n))
    agrees(
        GraphDataset.from_parts(
            "any", torch.eye(n), torch.tensor(edges, dtype=torch.long).reshape(-1, 2).T, torch.tensor(y)
        )
    )


def test_components_of_a_long_path_and_isolated_nodes():
    path = torch.tensor(list(pairwise(range(2000)))).T
    found = statistics(GraphDataset.from_parts("path", torch.ones(2005, 1), path))
    assert (found["components"], found["isolated"], found["max_degree"]) == (6, 5, 2)
    assert (found["classes"], found["class_sizes"], found["unlabelled"]) == (0, {}, 2005)
    assert found["homophily"] is None


def test_density_and_splits():
    x = torch.from_numpy(np.diag([1.0, -2.0, 0.0]))
    one, three = torch.tensor([True, False, True]), torch.ones(3, 4, dtype=torch.bool)
    dataset = GraphDataset.from_parts(
        "mine", x, torch.zeros(2, 0, dtype=torch.long), splits={"train": one, "test": three}
    )
    found = statistics(dataset)
    assert found["feature_density"] == pytest.approx(2 / 9)
    assert found["splits"] == {"train": [2], "test": [3, 3, 3, 3]}
