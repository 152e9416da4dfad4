"""The neighbour sampler: complete where asked, uniform where not, and equal to the full batch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data

from graphcl.training import NeighborSampler, NodeBatches, Stage, adam
from tests.tiny import NeighboursModule


def edges_of(n: int, e: int, seed: int) -> torch.Tensor:
    return torch.randint(n, (2, e), generator=torch.Generator().manual_seed(seed))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 12), e=st.integers(0, 40), hops=st.integers(0, 3), seed=st.integers(0, 99))
def test_all_neighbours_by_breadth_first_search(n, e, hops, seed):
    edge_index = edges_of(n, e, seed)
    seeds = torch.randperm(n, generator=generator(seed))[: 1 + n // 3]
    n_id, local, e_id = NeighborSampler(edge_index, n).sample(seeds, [-1] * hops, generator())

    reached, expected, frontier = set(seeds.tolist()), set(), set(seeds.tolist())
    for _ in range(hops):
        found = {k for k, (i, j) in enumerate(edge_index.T.tolist()) if j in frontier}
        expected |= found
        frontier = {int(edge_index[0, k]) for k in found} - reached
        reached |= frontier
    assert sorted(e_id.tolist()) == sorted(expected)
    assert sorted(n_id.tolist()) == sorted(reached)
    assert torch.equal(n_id[: len(seeds)], seeds)
    assert torch.equal(n_id[local], edge_index[:, e_id])


def test_fanout_is_a_cap_without_replacement():
    edge_index = edges_of(30, 300, 0)
    degree = torch.bincount(edge_index[1], minlength=30)
    _, _, e_id = NeighborSampler(edge_index, 30).sample(torch.arange(30), [4], generator())
    assert len(e_id.unique()) == len(e_id)
    assert torch.equal(torch.bincount(edge_index[1, e_id], minlength=30), degree.clamp(max=4))


def test_every_neighbour_is_drawn_equally_often():
    """Six in-neighbours, two kept: each with probability 1/3; 3,000 fixed draws, within 4.5 standard errors."""
    sampler = NeighborSampler(torch.stack([torch.arange(1, 7), torch.zeros(6, dtype=torch.long)]), 7)
    draw, counts, draws = generator(1), torch.zeros(6), 3000
    for _ in range(draws):
        counts[sampler.sample(torch.tensor([0]), [2], draw)[2]] += 1
    error = (2 / 9 / draws) ** 0.5
    assert (counts / draws - 1 / 3).abs().max() < 4.5 * error


def test_a_sampler_leaves_no_trace_between_draws():
    edge_index = edges_of(20, 80, 3)
    sampler = NeighborSampler(edge_index, 20)
    first = sampler.sample(torch.tensor([3, 5]), [2, 2], generator(7))
    sampler.sample(torch.arange(20), [-1], generator())
    again = sampler.sample(torch.tensor([3, 5]), [2, 2], generator(7))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize("batch_size", [1, 7, 30])
def test_full_fanout_equals_full_batch(batch_size):
    torch.manual_seed(0)
    graph = Data(x=torch.randn(30, 4), edge_index=edges_of(30, 90, 0), num_nodes=30)
    module = NeighboursModule(4, 3)
    batches, stage = (
        NodeBatches(module.prepare(graph)),
        Stage("all", 1, adam(0.1), batch_size=batch_size, fanouts=(-1, -1)),
    )
    [whole] = batches.sweep()
    expected = module.embed(whole)
    for batch in batches.epoch(stage, generator()):
        torch.testing.assert_close(module.embed(batch), expected[batch.n_id[: batch.seeds]])
