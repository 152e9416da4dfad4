"""Grown parts: connected, of their size, never across graphs, and as probable as one step at a time makes them."""

from collections import Counter
from itertools import combinations

import networkx as nx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from graphcl.augment import grow_subgraphs
from graphcl.graph_collection import GraphCollection
from tests.augment.candidates import random_batch, random_graph
from tests.augment.graphs import NO_EDGES, cycle, seeded
from tests.frequencies import assert_frequencies


def step_by_step(neighbours: dict[int, set[int]], start: int, size: int) -> Counter:
    """The probability of each set, one uniform neighbour after the other."""
    chances = Counter({frozenset([start]): 1.0})
    for _ in range(size - 1):
        grown: Counter = Counter()
        for inside, chance in chances.items():
            border = set().union(*(neighbours[v] for v in inside)) - inside
            for v in border:
                grown[inside | {v}] += chance / len(border)
            if not border:
                grown[inside] += chance
        chances = grown
    return chances


@pytest.mark.parametrize(("seed", "size"), [(0, 2), (1, 3), (2, 4), (3, 5)])
def test_sets_are_as_probable_as_step_by_step(seed, size):
    graph = random_graph(seeded(seed), 7, 0.4)
    draws = 20_000
    batch = GraphCollection.of([graph] * draws).batch(range(draws))
    starts = batch.ptr[:-1]
    wanted = torch.full((draws,), size)
    inside = grow_subgraphs(batch.ptr, batch.edge_index, wanted, centres=starts, generator=seeded(seed))
    found = Counter(frozenset(row.nonzero()[:, 0].tolist()) for row in inside.view(draws, 7))
    neighbours: dict[int, set[int]] = {v: set() for v in range(7)}
    for u, v in graph.edge_index.T.tolist():
        neighbours[u].add(v)
    chances = step_by_step(neighbours, 0, size)
    sets = [frozenset(s) for k in range(1, size + 1) for s in combinations(range(7), k)]
    assert set(found) <= set(sets)
    assert_frequencies([found[s] for s in sets], draws, [chances[s] for s in sets])


def component(batch, start: int) -> set[int]:
    graph = nx.Graph(batch.edge_index.T.tolist())
    graph.add_node(start)
    return nx.node_connected_component(graph, start)


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.15, 0.4, 1.0]), data=st.data())
def test_sets_are_connected_and_have_their_size(seed, share, data):
    batch = random_batch(seed, share=share)
    size = batch.ptr.diff()
    wanted = torch.tensor([data.draw(st.integers(1, n + 2)) for n in size.tolist()])
    starts = batch.ptr[:-1] + torch.tensor([data.draw(st.integers(0, n - 1)) for n in size.tolist()])
    before = batch.edge_index.clone()
    inside, again = (
        grow_subgraphs(batch.ptr, batch.edge_index, wanted, centres=starts, generator=seeded(seed)) for _ in "ab"
    )
    assert torch.equal(inside, again)
    assert torch.equal(batch.edge_index, before)
    part = nx.Graph(batch.edge_index.T.tolist())
    part.add_nodes_from(range(len(batch.x)))
    part = part.subgraph(inside.nonzero()[:, 0].tolist())
    for graph, start in enumerate(starts.tolist()):
        chosen = (inside & (batch.batch == graph)).nonzero()[:, 0].tolist()
        assert len(chosen) == min(int(wanted[graph]), len(component(batch, start)))
        assert start in chosen
        assert nx.is_connected(part.subgraph(chosen))


def test_starts_are_uniform():
    draws = 5000
    ptr = torch.arange(draws + 1) * 4
    edges = (cycle(4)[:, None] + ptr[:-1, None]).flatten(1)
    inside = grow_subgraphs(ptr, edges, torch.ones(draws, dtype=torch.long), generator=seeded())
    assert inside.view(draws, 4).sum(1).eq(1).all()
    assert_frequencies(inside.view(draws, 4).sum(0), draws, [0.25] * 4)


def test_no_edges_and_a_single_node():
    def grown(ptr: list[int], wanted: list[int]) -> Tensor:
        return grow_subgraphs(torch.tensor(ptr), NO_EDGES, torch.tensor(wanted), generator=seeded())

    assert grown([0, 1], [3]).tolist() == [True]
    assert grown([0, 3, 5], [3, 1]).view(-1).sum() == 2
