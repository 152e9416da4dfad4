"""Parts of a graph: of equal size, connected where they can be, and the same each time."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from graphcl.datasets import planted_partition
from graphcl.training import NeighborSampler
from graphcl.training.batching.communities import leiden_communities
from graphcl.training.batching.parts import connected_parts, part_size, parts_per_batch


def both_ways(edge_index: Tensor) -> Tensor:
    return torch.cat([edge_index, edge_index.flip(0)], dim=1)


def path(n: int) -> Tensor:
    return both_ways(torch.stack([torch.arange(n - 1), torch.arange(1, n)]))


def kept(parts, edge_index: Tensor) -> float:
    """The share of edges within a part."""
    part = torch.empty(sum(map(len, parts)), dtype=torch.long)
    for i, nodes in enumerate(parts):
        part[nodes] = i
    return (part[edge_index[0]] == part[edge_index[1]]).float().mean().item()


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 30), e=st.integers(0, 60), size=st.integers(1, 12), grouped=st.booleans())
def test_every_node_is_in_one_part_of_the_size(n, e, size, grouped):
    edge_index = torch.randint(n, (2, e), generator=torch.Generator().manual_seed(e))
    groups = torch.arange(n) % 3 if grouped else None
    parts = connected_parts(NeighborSampler(edge_index, n), size, groups)
    assert sorted(torch.cat(list(parts)).tolist()) == list(range(n))
    assert all(len(part) == size for part in parts[:-1])
    assert len(parts) == -(-n // size)


def test_parts_keep_many_more_edges_than_chance():
    n = 2000
    shuffle = torch.randperm(n, generator=torch.Generator().manual_seed(0))
    cliques = torch.ones(50, 50).fill_diagonal_(0).nonzero().T.repeat(1, 40)
    cliques = cliques + 50 * torch.arange(40).repeat_interleave(50 * 49)
    for edge_index in (shuffle[path(n)], shuffle[cliques]):
        assert kept(connected_parts(NeighborSampler(edge_index, n), 50), edge_index) > 0.5
        assert kept(torch.arange(n).split(50), edge_index) < 0.1


def test_the_same_graph_has_the_same_parts():
    edge_index = path(100)
    one, other = (connected_parts(NeighborSampler(edge_index, 100), 7) for _ in range(2))
    assert all(map(torch.equal, one, other))


def test_parts_stay_within_their_groups():
    groups = torch.arange(60) // 20
    parts = connected_parts(NeighborSampler(path(60), 60), 10, groups)
    assert all(len(groups[part].unique()) == 1 for part in parts)


def test_communities_of_planted_blocks():
    pytest.importorskip("leidenalg")
    blocks = planted_partition(nodes=300, blocks=3, degree_in=12.0, degree_out=1.0, features=1).graph
    found = leiden_communities(blocks.edge_index, 300)
    assert torch.equal(found, leiden_communities(blocks.edge_index.flip(1), 300))
    pairs = torch.unique(torch.stack([found, blocks.y]), dim=1)
    assert pairs.size(1) == 3, "one community for each block"


@pytest.mark.parametrize("batch_size", [1, 3, 8, 9, 100, 512])
def test_the_parts_of_a_batch_fit_into_it(batch_size):
    assert 0.5 * batch_size < part_size(batch_size) * parts_per_batch(batch_size) <= batch_size
