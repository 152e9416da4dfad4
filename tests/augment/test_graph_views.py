"""Views of many graphs: exact counts in every graph, the rest untouched, nothing mutated, no graph empty."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data

from graphcl.augment import graph_views
from graphcl.augment.graph_views import AUGMENTATIONS, GraphAugmentation
from graphcl.graph_collection import GraphCollection
from tests.augment.candidates import edge_sets, presence, random_batch, random_graph
from tests.augment.graphs import cycle, seeded
from tests.frequencies import assert_frequencies

TOKEN = (99, 98)
SHARES = [0.0, 0.1, 0.2, 0.35, 0.8, 1.0]

every_batch = given(
    seed=st.integers(0, 10_000), share=st.sampled_from([0.0, 0.2, 0.6, 1.0]), s=st.sampled_from(SHARES)
)
often = settings(deadline=None, max_examples=50)


def named(seed: int, share: float = 0.3) -> Data:
    """A batch whose x says which node each is, and whose edge_attr which edge."""
    batch = random_batch(seed, share=share)
    batch.x = torch.stack([torch.arange(len(batch.x)), batch.batch], dim=1)
    batch.edge_attr = batch.edge_index.sort(0).values.T.contiguous()
    return batch


def view_of(batch: Data, *among: GraphAugmentation, s: float = 0.2, seed: int = 0) -> Data:
    return graph_views(batch, among, strength=s, mask_token=TOKEN, generator=seeded(seed))


def check_sound(batch: Data, view: Data) -> None:
    """A view is made of what was there: ptr and batch agree, and every edge has its own attributes, both ways."""
    graphs = len(batch.ptr) - 1
    assert len(view.ptr) - 1 == graphs
    assert torch.equal(view.batch, torch.repeat_interleave(torch.arange(graphs), view.ptr.diff()))
    assert bool((view.ptr.diff() >= 1).all())
    for edges in edge_sets(view):
        assert {(v, u) for u, v in edges} == edges
    assert len(view.edge_attr) == view.edge_index.size(1)


def origin(view: Data) -> torch.Tensor:
    """The node of old that each node of a view is; views that mask do not say."""
    return view.x[:, 0]


@often
@every_batch
def test_nodes_dropped_are_as_many_as_said(seed, share, s):
    batch = named(seed, share)
    view = view_of(batch, "drop-nodes", s=s, seed=seed)
    check_sound(batch, view)
    size = batch.ptr.diff().tolist()
    assert view.ptr.diff().tolist() == [n - min(int(n * s + 1e-9), n - 1) for n in size]
    check_induced(batch, view)


@often
@every_batch
def test_subgraphs_are_induced_and_of_their_size(seed, share, s):
    batch = named(seed, share)
    view = view_of(batch, "subgraph", s=s, seed=seed)
    check_sound(batch, view)
    check_induced(batch, view)
    wanted = [min(int(n * s + 1e-9) + 1, n) for n in batch.ptr.diff().tolist()]
    kept = view.ptr.diff().tolist()
    assert all(a <= b for a, b in zip(kept, wanted, strict=True))
    if share == 1.0:
        assert kept == wanted


def check_induced(batch: Data, view: Data) -> None:
    """Nodes keep their order and graph, and an edge stays exactly if both its ends do."""
    old = origin(view)
    assert bool((old.diff() > 0).all())
    assert torch.equal(batch.batch[old], view.batch)
    stays = torch.isin(batch.edge_index, old).all(0)
    assert set(map(tuple, old[view.edge_index].T.tolist())) == set(
        map(tuple, batch.edge_index[:, stays].T.tolist())
    )
    assert torch.equal(old[view.edge_index].sort(0).values.T, view.edge_attr)


@often
@every_batch
def test_edges_lost_are_as_many_as_said(seed, share, s):
    batch = named(seed, share)
    view = view_of(batch, "perturb-edges", s=s, seed=seed)
    check_sound(batch, view)
    assert torch.equal(view.x, batch.x)
    for before, after in zip(edge_sets(batch), edge_sets(view), strict=True):
        assert after <= before
        assert len(after) == len(before) - 2 * int(len(before) / 2 * s + 1e-9)
    assert torch.equal(view.edge_index.sort(0).values.T, view.edge_attr)


@often
@every_batch
def test_masks_are_as_many_as_said_and_nothing_else_changes(seed, share, s):
    batch = named(seed, share)
    view = view_of(batch, "mask-nodes", s=s, seed=seed)
    check_sound(batch, view)
    masked = (view.x == torch.tensor(TOKEN)).all(1)
    assert torch.equal(view.x[~masked], batch.x[~masked])
    count = torch.zeros(len(batch.ptr) - 1, dtype=torch.long).index_add(0, batch.batch, masked.long())
    assert count.tolist() == [int(n * s + 1e-9) for n in batch.ptr.diff().tolist()]
    assert edge_sets(view) == edge_sets(batch)


@often
@every_batch
def test_nothing_is_mutated_and_the_generator_decides(seed, share, s):
    batch = named(seed, share)
    kept = {name: value.clone() for name, value in batch.to_dict().items() if torch.is_tensor(value)}
    first, again = (view_of(batch, *AUGMENTATIONS, s=s, seed=seed) for _ in range(2))
    assert all(torch.equal(batch[name], value) for name, value in kept.items())
    assert all(torch.equal(first[name], again[name]) for name in first.keys())  # noqa: SIM118 (of a Data)
    check_sound(batch, first)
    same = view_of(batch, "identity", s=s)
    assert torch.equal(same.x, batch.x)
    assert edge_sets(same) == edge_sets(batch)


def test_another_seed_draws_something_else():
    batch = named(0, 0.6)
    for name in ("drop-nodes", "perturb-edges", "mask-nodes", "subgraph"):
        views = [view_of(batch, name, s=0.5, seed=seed) for seed in range(8)]
        assert len({(str(view.x.tolist()), str(view.edge_index.tolist())) for view in views}) > 4, name


def test_each_graph_gets_one_of_those_named_all_equally_often():
    draws = 4000
    ring = Data(x=torch.zeros(10, 2).long(), edge_index=cycle(10), edge_attr=torch.zeros(20, 2).long())
    batch = GraphCollection.of([ring] * draws).batch(range(draws))
    view = view_of(batch, *AUGMENTATIONS, s=0.3)
    nodes = view.ptr.diff()
    edges = torch.bincount(view.batch[view.edge_index[0]], minlength=draws)
    masks = torch.zeros(draws, dtype=torch.long).index_add(0, view.batch, (view.x[:, 0] == 99).long())
    dropped, cut = nodes == 7, nodes == 4
    lost, masked = edges == 14, masks == 3
    alone = torch.stack([dropped, cut, lost & (nodes == 10), masked & (nodes == 10) & (edges == 20)])
    plain = (nodes == 10) & (edges == 20) & (masks == 0)
    assert bool((alone.sum(0) + plain == 1).all())
    assert_frequencies([*alone.sum(1), plain.sum()], draws, [0.2] * 5)
    twice = view_of(batch, "drop-nodes", "drop-nodes", "identity", s=0.3)
    count = int((twice.ptr.diff() == 7).sum())
    assert_frequencies([count, draws - count], draws, [2 / 3, 1 / 3])


def test_every_node_and_edge_is_equally_likely_to_go():
    draws = 4000
    graph = random_graph(seeded(5), 8, 0.5)
    graph.x = torch.stack([torch.arange(8), torch.arange(8)], dim=1)
    batch = GraphCollection.of([graph] * draws).batch(range(draws))
    stays = torch.bincount(view_of(batch, "drop-nodes", s=0.3).x[:, 0], minlength=8)
    assert_frequencies(stays, draws, [6 / 8] * 8)
    edges = graph.edge_index.size(1) // 2
    found = presence(view_of(batch, "perturb-edges", s=0.3), 8)
    chance = torch.zeros(8, 8, dtype=torch.float64)
    chance[graph.edge_index[0], graph.edge_index[1]] = 1 - int(0.3 * edges) / edges
    assert_frequencies(found.triu(), draws, chance.triu())


def test_single_nodes_no_attributes_and_self_loops():
    dot = Data(x=torch.ones(1, 1).long(), edge_index=torch.zeros(2, 0).long())
    batch = GraphCollection.of([dot, dot]).batch([0, 1])
    for name in AUGMENTATIONS:
        view = graph_views(batch, [name], strength=1.0, mask_token=(7,), generator=seeded())
        assert view.ptr.tolist() == [0, 1, 2]
        assert view.get("edge_attr") is None
        assert view.edge_index.shape == (2, 0)
        assert view.x.flatten().tolist() == ([7, 7] if name == "mask-nodes" else [1, 1])
    looped = Data(
        x=torch.ones(2, 1).long(), edge_index=torch.tensor([[0, 0, 1], [0, 1, 0]]), ptr=torch.tensor([0, 2])
    )
    assert edge_sets(graph_views(looped, ["identity"], generator=seeded())) == [{(0, 1), (1, 0)}]


@pytest.mark.parametrize(
    ("among", "settings", "message"),
    [
        ([], {}, "among must name an augmentation; got none; choose among drop-nodes, perturb-edges"),
        (["mask-nodes"], {"mask_token": None}, "mask-nodes needs a row of x .*; got none; give mask_token"),
        (["drop-nodes"], {"strength": 1.5}, r"strength must lie in \[0, 1\]; got 1.5"),
        (["drop-nodes"], {"strength": float("nan")}, r"strength must lie in \[0, 1\]; got nan"),
    ],
)
def test_what_is_refused(among, settings, message):
    with pytest.raises(ValueError, match=message):
        graph_views(random_batch(0), among, **{"mask_token": TOKEN, **settings})


@pytest.mark.gpu
def test_on_a_gpu_counts_are_exact_too():
    batch = named(3, 0.6)
    there = batch.clone().to("cuda")
    generator = torch.Generator("cuda").manual_seed(0)
    for name in AUGMENTATIONS:
        view = graph_views(there, [name], strength=0.4, mask_token=TOKEN, generator=generator)
        assert view.edge_index.is_cuda
        check_sound(batch, view.cpu())
