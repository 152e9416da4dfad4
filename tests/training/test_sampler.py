"""The neighbour sampler: complete where asked, uniform where not, and equal to the full batch."""

from concurrent.futures import ThreadPoolExecutor

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


MESSY = torch.tensor([[1, 1, 1, 2, 0, 3, 3, 4], [0, 0, 0, 0, 0, 3, 2, 2]])
"""Multi-edges 1 -> 0, self loops at 0 and 3, node 1 and 4 without in-edges, node 5 without any."""


@pytest.mark.parametrize("replace", [False, True])
def test_samples_of_multi_edges_and_self_loops_are_edges_of_the_graph(replace):
    sampler = NeighborSampler(MESSY, 6)
    for seed in range(20):
        n_id, local, e_id = sampler.sample(torch.tensor([0, 5, 3]), [2, 3], generator(seed), replace=replace)
        assert torch.equal(n_id[local], MESSY[:, e_id])
        assert n_id[:3].tolist() == [0, 5, 3]
        assert len(n_id.unique()) == len(n_id)
        kept = torch.bincount(local[1, : 4 if replace else 3], minlength=3)
        assert kept[:3].tolist() == ([2, 0, 2] if replace else [2, 0, 1])
        assert replace or len(e_id.unique()) == len(e_id)


def test_replacement_draws_each_in_edge_equally_often_and_repeats():
    sampler = NeighborSampler(MESSY, 6)
    _, local, e_id = sampler.sample(torch.tensor([0]), [5000], generator(2), replace=True)
    assert local.shape == (2, 5000)
    counts = torch.bincount(e_id, minlength=8).float() / 5000
    assert (counts[:5] - 1 / 5).abs().max() < 4.5 * (0.16 / 5000) ** 0.5
    assert counts[5:].sum() == 0


def test_a_fanout_at_least_the_degrees_is_the_full_neighbourhood():
    edge_index = edges_of(30, 200, 4)
    most = int(torch.bincount(edge_index[1]).max())
    sampler = NeighborSampler(edge_index, 30)
    expected = sampler.sample(torch.tensor([3, 9]), [-1, -1])
    for fanouts in ([most, most], [most + 5, -1], [-1, most]):
        assert all(map(torch.equal, sampler.sample(torch.tensor([3, 9]), fanouts, generator()), expected))


def test_all_neighbours_at_some_hops_alone():
    edge_index = edges_of(40, 400, 5)
    degree = torch.bincount(edge_index[1], minlength=40)
    n_id, local, _ = NeighborSampler(edge_index, 40).sample(torch.tensor([0, 1]), [-1, 2], generator())
    kept = torch.bincount(local[1], minlength=len(n_id))
    assert torch.equal(kept[:2], degree[:2])
    ring = 2 + int((n_id[2:, None] == edge_index[0, torch.isin(edge_index[1], n_id[:2])]).any(1).sum())
    assert torch.equal(kept[2:ring], degree[n_id[2:ring]].clamp(max=2))
    assert kept[ring:].sum() == 0


def test_draws_follow_the_generator():
    sampler = NeighborSampler(edges_of(50, 900, 6), 50)
    one, same, other = (sampler.sample(torch.arange(9), [3, 3], generator(seed))[2] for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


@pytest.mark.parametrize(
    ("seeds", "fanouts", "message"),
    [
        ([0, 3], [1], r"nodes must lie in \[0, 3\), the nodes of the graph; got numbers from 0 to 3"),
        ([-1], [1], "got numbers from -1 to -1"),
        ([1, 1], [1], "seeds must be distinct; got repeated ones; take"),
        ([0.5], [1], r"nodes must be int64 of shape \(b,\); got \(1,\) of torch.float32"),
        ([[0]], [1], r"got \(1, 1\) of torch.int64"),
        ([0], [2, 0], "fanouts must be at least 1, or -1 for all neighbours; got 0 at hop 2"),
        ([0], [-2], "got -2 at hop 1"),
    ],
)
def test_bad_seeds_and_fanouts_are_one_clear_line(seeds, fanouts, message):
    sampler = NeighborSampler(torch.tensor([[0, 1, 2], [1, 2, 0]]), 3)
    with pytest.raises(ValueError, match=message) as error:
        sampler.sample(torch.tensor(seeds), fanouts, generator())
    assert "\n" not in str(error.value)
    assert len(sampler.sample(torch.tensor([0]), [1], generator())[0]) == 2, "it can be used afterwards"


def test_edges_among_nodes_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"nodes must lie in \[0, 3\)"):
        NeighborSampler(torch.tensor([[0], [1]]), 3).induced(torch.tensor([5]))


def test_in_neighbours_stand_by_their_targets():
    edge_index = edges_of(12, 40, 8)
    nodes = torch.tensor([7, 2, 11])
    source, target = NeighborSampler(edge_index, 12).in_neighbors(nodes)
    expected = [(i, j) for i, j in edge_index.T.tolist() if j in nodes.tolist()]
    assert sorted(zip(source.tolist(), nodes[target].tolist(), strict=True)) == sorted(expected)


def test_two_threads_may_share_a_sampler():
    sampler = NeighborSampler(edges_of(300, 4000, 7), 300)

    def draws(first: int) -> list[torch.Tensor]:
        return [sampler.sample(torch.arange(first, first + 50), [4, 4], generator(i))[2] for i in range(30)]

    alone = [draws(0), draws(100)]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(draws, (0, 100)))
    for one, other in zip(alone, together, strict=True):
        assert all(map(torch.equal, one, other))
