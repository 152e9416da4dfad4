"""Features made from edges: each against its formula, deterministic, and in the order of the nodes."""

import networkx as nx
import numpy as np
import pytest
import torch

from graphcl.datasets import from_edge_list, from_networkx, make_features

GRAPH = nx.random_geometric_graph(60, 0.25, seed=3)
GRAPH.add_node("alone")
DATA = from_networkx(GRAPH).graph
N = DATA.num_nodes


def normalised():
    a = nx.to_numpy_array(GRAPH)
    scale = np.where(a.sum(1) > 0, a.sum(1), np.inf) ** -0.5
    return scale[:, None] * a * scale


def test_degree_is_the_logarithm():
    degrees = torch.tensor([degree for _, degree in GRAPH.degree])
    assert torch.equal(make_features("degree", DATA.edge_index, N).squeeze(), torch.log1p(degrees))
    pair = torch.tensor([[0, 1], [1, 0]])
    assert make_features("degree", pair, 2, torch.tensor([3.0, 3.0])).exp().sub(1).tolist() == [[3], [3]]


def test_a_random_projection_keeps_products_on_average_and_follows_its_seed():
    draws = torch.stack([make_features("random-projection", DATA.edge_index, N, seed=seed) for seed in range(200)])
    assert draws.shape[1:] == (N, N)
    gram = (draws @ draws.mT).mean(0)
    s = torch.from_numpy(normalised()).float()
    assert torch.allclose(gram, s @ s.T, atol=0.02)
    assert not torch.equal(draws[0], draws[1])
    assert torch.equal(draws[1], make_features("random-projection", DATA.edge_index, N, seed=1))


@pytest.mark.parametrize("dense_up_to", [500, 0])
def test_spectral_features_are_leading_eigenvectors_of_fixed_sign(dense_up_to, monkeypatch):
    monkeypatch.setattr("graphcl.datasets.own.made_features.DENSE_UP_TO", dense_up_to)
    x = make_features("spectral", DATA.edge_index, N).double().numpy()
    s = normalised()
    values = np.linalg.eigvalsh(s)[::-1][: x.shape[1]]
    assert x.shape == (N, 32)
    assert np.allclose(s @ x, x * values, atol=1e-4)
    assert np.allclose(x.T @ x / N, np.eye(32), atol=1e-4)
    first = (np.abs(x) > (1 - 1e-5) * np.abs(x).max(0)).argmax(0)
    assert (x[first, np.arange(32)] > 0).all()
    assert np.array_equal(x, make_features("spectral", DATA.edge_index, N).double().numpy())


@pytest.mark.parametrize("name", ["degree", "spectral"])
def test_rows_follow_the_order_of_the_nodes(name):
    order = torch.randperm(N, generator=torch.Generator().manual_seed(0))
    place = order.argsort()
    here, there = make_features(name, DATA.edge_index, N), make_features(name, place[DATA.edge_index], N)
    assert torch.allclose(here[order][:, :6], there[:, :6], atol=1e-4)


def test_one_hot_is_a_sparse_identity_for_graphs_that_are_not_too_large():
    dataset = from_edge_list([(0, 1), (1, 2)], features="one-hot")
    assert dataset.graph.x.layout == torch.sparse_csr
    assert torch.equal(dataset.graph.x.to_dense(), torch.eye(3))
    assert dataset.checksum != from_edge_list([(0, 1), (1, 2)]).checksum
    with pytest.raises(
        ValueError, match=r"one-hot is for at most 20,000 nodes.*got 20,001; take features=random-pro"
    ):
        make_features("one-hot", torch.zeros(2, 0).long(), 20_001)


def test_another_name_is_refused():
    with pytest.raises(
        ValueError, match="features must be one of degree, random-projection, spectral, one-hot; got 'x'"
    ):
        make_features("x", DATA.edge_index, N)
