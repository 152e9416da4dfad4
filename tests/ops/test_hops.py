"""Breadth-first search in batches against networkx, and whether a distance occurs at all."""

import networkx as nx
import pytest
import torch
from torch_geometric.data import Data

from graphcl.augment import draw_centres
from graphcl.ops.hops import any_at_distance, hop_distances
from tests.augment.candidates import random_batch


def as_networkx(batch: Data) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(len(batch.x)))
    graph.add_edges_from(batch.edge_index.T.tolist())
    return graph


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("limit", [0, 1, 3, 20])
def test_distances_are_those_of_networkx(seed, limit):
    batch = random_batch(seed, largest=20, share=0.15)
    starts = draw_centres(batch.ptr, generator=torch.Generator().manual_seed(seed))
    lengths = nx.multi_source_dijkstra_path_length(as_networkx(batch), starts.tolist())
    expected = [min(lengths.get(node, limit + 1), limit + 1) for node in range(len(batch.x))]
    assert hop_distances(starts, batch.edge_index, len(batch.x), limit).tolist() == expected


@pytest.mark.parametrize("seed", range(8))
def test_distances_that_occur_are_those_of_all_pairs(seed):
    batch = random_batch(seed, graphs=5, largest=16, share=0.2)
    lengths = dict(nx.all_pairs_shortest_path_length(as_networkx(batch)))
    occurring = {length for row in lengths.values() for length in row.values()}
    for hops in range(1, 9):
        assert any_at_distance(batch.ptr, batch.edge_index, hops) is (hops in occurring)


@pytest.mark.parametrize("n", [5, 8, 9])
def test_rings_of_which_no_search_bounds_the_others(n):
    ring = torch.stack([torch.arange(n), (torch.arange(n) + 1) % n])
    both = torch.cat([ring, ring.flip(0)], dim=1)
    longest = n // 2
    assert [any_at_distance(torch.tensor([0, n]), both, hops) for hops in (longest, longest + 1)] == [True, False]


def test_few_searches_are_enough_where_all_know_one(monkeypatch):
    """Of a star, a search from its centre bounds all distances by 2."""
    searches = []

    def counted(*args):
        searches.append(args)
        return hop_distances(*args)

    monkeypatch.setattr("graphcl.ops.hops.hop_distances", counted)
    spokes = torch.stack([torch.zeros(50).long(), torch.arange(1, 51)])
    assert not any_at_distance(torch.tensor([0, 51]), torch.cat([spokes, spokes.flip(0)], dim=1), 3)
    assert len(searches) == 1


def test_no_edges():
    assert not any_at_distance(torch.tensor([0, 1, 3]), torch.zeros(2, 0).long(), 1)
    assert hop_distances(torch.tensor([1]), torch.zeros(2, 0).long(), 2, 4).tolist() == [5, 0]
