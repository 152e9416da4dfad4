"""Candidates have exactly the edits they claim, in every mode, on graphs of any shape; frequencies are exact."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data

from graphcl.augment import (
    EditScheme,
    Exchange,
    Region,
    count_pairs,
    draw_bonds,
    edit_budgets,
    edit_candidates,
    exchange_edges,
    within_hops,
)
from graphcl.graph_collection import GraphCollection
from tests.augment.candidates import edge_sets, presence, random_batch
from tests.frequencies import assert_frequencies

SCHEMES = {
    "molecule": EditScheme(),
    "social": EditScheme(rate=0.1, rounding="first", hops=None, strong=None, mask=0.2),
    "reference": EditScheme(mode="reference", counted=1),
    "social-reference": EditScheme(rate=0.1, rounding="first", hops=None, strong=None, mask=0.2, mode="reference"),
}
TOKEN = (99, 98)


def candidates_of(batch: Data, scheme: EditScheme, seed: int = 0, **settings) -> Data:
    generator = torch.Generator().manual_seed(seed)
    settings = {"mask_token": TOKEN, **settings}
    return edit_candidates(batch, scheme, new_attributes=draw_bonds, generator=generator, **settings)


@settings(deadline=None, max_examples=50)
@given(
    seed=st.integers(0, 10_000),
    name=st.sampled_from(list(SCHEMES)),
    share=st.sampled_from([0.0, 0.2, 0.6, 1.0]),
    draw=st.sampled_from(["auto", "dense", "sparse"]),
)
def test_edits_are_as_many_as_they_claim(seed, name, share, draw):
    scheme = SCHEMES[name]
    batch = random_batch(seed, share=share)
    out = candidates_of(batch, scheme, seed, draw=draw)
    graphs = len(batch.ptr) - 1
    assert out.edits.shape == (graphs, scheme.total)
    assert torch.equal(out.ptr.diff(), batch.ptr.diff().repeat_interleave(scheme.total))
    assert out.edge_index.shape[1] == scheme.total * batch.edge_index.shape[1]
    before, after = edge_sets(batch), edge_sets(out)
    for graph in range(graphs):
        for i in range(scheme.total):
            found, edits = after[graph * scheme.total + i], int(out.edits[graph, i])
            changed = len(before[graph] ^ found)
            assert len(found) == len(before[graph])
            if not scheme.directed:
                assert {(v, u) for u, v in found} == found
                changed //= 2
            if scheme.mode == "exact" or scheme.directed:
                assert changed == edits
            else:
                assert changed <= 2 * edits
                assert edits > 0 or not changed
    assert bool((out.edits[:, 0] == 0).all())


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000))
def test_what_is_not_edited_stays(seed):
    batch = random_batch(seed)
    out = candidates_of(batch, SCHEMES["molecule"], seed)
    total = SCHEMES["molecule"].total
    kinds, seen = (
        dict(zip(zip(*part.edge_index.tolist(), strict=True), part.edge_attr.tolist(), strict=True))
        for part in (batch, out)
    )
    for (u, v), attr in seen.items():
        assert seen[v, u] == attr
        graph = int(out.batch[u])
        shift = int(batch.ptr[graph // total]) - int(out.ptr[graph])
        assert kinds.get((u + shift, v + shift), attr) == attr
    shown = out.x[~out.masked]
    repeated = torch.cat([part.x.repeat(total, 1) for part in GraphCollection.of(split(batch))])
    assert torch.equal(shown, repeated[~out.masked])
    assert bool((out.x[out.masked] == torch.tensor(TOKEN)).all())


def split(batch: Data) -> list[Data]:
    ends = zip(batch.ptr[:-1].tolist(), batch.ptr[1:].tolist(), strict=True)
    return [Data(x=batch.x[a:b], edge_index=torch.zeros(2, 0).long()) for a, b in ends]


def test_edits_and_masks_stay_near_the_centre_and_have_their_number():
    batch = random_batch(1, graphs=8, largest=30, share=0.1)
    scheme = SCHEMES["molecule"]
    centres = batch.ptr[:-1]
    out = candidates_of(batch, scheme, centres=centres)
    inside = within_hops(centres, batch.edge_index, len(batch.x), 3)
    near = torch.zeros(len(batch.ptr) - 1, dtype=torch.long).index_add(0, batch.batch, inside.long())
    masked = torch.zeros(out.edits.numel(), dtype=torch.long).index_add(0, out.batch, out.masked.long())
    masked = masked.view_as(out.edits)
    for i in range(4):
        assert torch.equal(masked[:, i], near * 8 // 10)
    assert torch.equal(masked[:, 4], batch.ptr.diff() * 8 // 10)
    before, after = edge_sets(batch), edge_sets(out)
    for graph, start in enumerate(batch.ptr[:-1].tolist()):
        for i in range(4):
            for u, v in before[graph] ^ after[graph * 5 + i]:
                assert inside[start + u]
                assert inside[start + v]


def test_the_graph_itself_is_masked_and_not_edited_and_the_input_is_left_alone():
    batch = random_batch(2)
    kept = {name: value.clone() for name, value in batch.to_dict().items() if torch.is_tensor(value)}
    out = candidates_of(batch, SCHEMES["molecule"])
    assert all(torch.equal(batch[name], value) for name, value in kept.items())
    assert edge_sets(out)[:: SCHEMES["molecule"].total] == edge_sets(batch)
    assert bool(out.masked[out.batch % 5 == 0].any())
    assert not candidates_of(batch, SCHEMES["molecule"], mask_token=None).masked.any()


@pytest.mark.parametrize("mode", ["exact", "reference"])
def test_salts_single_atoms_and_two_atoms(mode):
    """An isolated centre has nothing to edit in mode "reference" and is not chosen in mode "exact"."""
    bond = torch.tensor([[1, 2, 2, 3], [2, 1, 3, 2]])
    salt = Data(x=torch.zeros(4, 2).long(), edge_index=bond, edge_attr=torch.zeros(4, 2).long())
    atom = Data(x=torch.zeros(1, 2).long(), edge_index=bond[:, :0], edge_attr=torch.zeros(0, 2).long())
    two = Data(x=torch.zeros(2, 2).long(), edge_index=bond[:, :2] - 1, edge_attr=torch.zeros(2, 2).long())
    batch = GraphCollection.of([salt, atom, two]).batch([0, 1, 2])
    scheme = EditScheme(mode=mode, counted=2 if mode == "exact" else 1)
    isolated = {"centres": batch.ptr[:-1]} if mode == "reference" else {}
    out = candidates_of(batch, scheme, **isolated)
    expected = {"exact": [0, 2, 2, 2, 2], "reference": [0, 0, 0, 0, 1]}[mode]
    assert out.edits[0].tolist() == expected
    assert out.edits[1].tolist() == [0] * 5
    assert out.edits[2].tolist() == ([0] * 5 if mode == "exact" else [0, 1, 1, 1, 1])


def test_draws_follow_the_generator():
    batch = random_batch(4)
    first, again, other = (candidates_of(batch, EditScheme(), seed) for seed in (1, 1, 2))
    assert torch.equal(first.edge_index, again.edge_index)
    assert torch.equal(first.x, again.x)
    assert edge_sets(first) != edge_sets(other)


def test_attributes_and_their_draw_go_together():
    batch = random_batch(0)
    with pytest.raises(ValueError, match="needs new_attributes; got edge_attr but no new_attributes"):
        edit_candidates(batch, EditScheme())
    del batch.edge_attr
    with pytest.raises(ValueError, match="got new_attributes but no edge_attr"):
        edit_candidates(batch, EditScheme(), new_attributes=draw_bonds)


@pytest.mark.parametrize("draw", ["dense", "sparse"])
@pytest.mark.parametrize("name", ["molecule", "social", "social-reference"])
def test_presence_without_return_has_its_closed_form(name, draw):
    """An edge stays with 1 - p / s, a free pair becomes one with p / (M - s)."""
    scheme, copies = SCHEMES[name], 20_000
    ring = torch.stack([torch.arange(7), (torch.arange(7) + 1) % 7])
    graph = Data(x=torch.zeros(7, 1).long(), edge_index=torch.cat([ring, ring.flip(0)], dim=1))
    batch = GraphCollection.of([graph]).batch(torch.zeros(copies, dtype=torch.long))
    generator = torch.Generator().manual_seed(5)
    out = edit_candidates(batch, scheme, draw=draw, generator=generator, centres=batch.ptr[:-1])
    dense = torch.zeros(7, 7, dtype=torch.bool)
    dense[tuple(graph.edge_index)] = True
    counts, chances = [], []
    for i in range(1, scheme.total):
        factor = 2 if scheme.directed else 1
        p = int(out.edits[0, i]) // 2
        s = 7 * factor
        pairs = int(count_pairs(torch.tensor([7]))) * factor
        chance = torch.full((7, 7), p / (pairs - s), dtype=torch.float64)
        chance[dense] = 1 - p / s
        chances.append(chance.fill_diagonal_(0))
        mine = out.batch[out.edge_index[0]] % scheme.total == i
        counts.append(presence(Data(edge_index=out.edge_index[:, mine]), 7))
    assert_frequencies(torch.stack(counts), copies, torch.stack(chances))


def test_an_exchange_alone():
    region = Region.of(torch.tensor([0, 4]), torch.tensor([[0, 1, 2], [1, 2, 3]]))
    exchange = exchange_edges(region, edit_budgets(region.edge_count, EditScheme()), EditScheme())
    assert isinstance(exchange, Exchange)
    assert exchange.budget.tolist() == [[1, 1, 1]]
    assert len(exchange.lost) == exchange.new.shape[1] == 3


@pytest.mark.gpu
@pytest.mark.parametrize("name", SCHEMES)
def test_on_a_gpu_edits_are_as_many_as_they_claim(name):
    scheme, batch = SCHEMES[name], random_batch(3, graphs=50, largest=30)
    generator = torch.Generator("cuda").manual_seed(0)
    out = edit_candidates(
        batch.to("cuda"), scheme, new_attributes=draw_bonds, mask_token=TOKEN, generator=generator
    )
    assert out.edge_index.is_cuda
    before, after = edge_sets(batch), edge_sets(out.cpu())
    for place, found in enumerate(after):
        graph, i = divmod(place, scheme.total)
        changed = len(before[graph] ^ found) // (1 if scheme.directed else 2)
        edits = int(out.edits[graph, i])
        assert changed == edits if scheme.mode == "exact" or scheme.directed else changed <= 2 * edits
