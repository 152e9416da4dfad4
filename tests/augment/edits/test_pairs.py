"""Numbers of pairs are a bijection, and free pairs are drawn exactly and uniformly."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from graphcl.augment import count_pairs, draw_free_pairs, pair_number, pair_of_number


@pytest.mark.parametrize("ordered", [False, True])
@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_numbers_and_pairs_are_inverse(n, ordered):
    total = int(count_pairs(torch.tensor([n]), ordered=ordered))
    number = torch.arange(total)
    nodes = torch.full_like(number, n) if ordered else None
    a, b = pair_of_number(number, nodes)
    assert bool((a != b).all())
    assert total == 0 or max(int(a.max()), int(b.max())) == n - 1
    assert torch.equal(pair_number(a, b, nodes), number)
    if not ordered:
        assert bool((a > b).all())
        assert torch.equal(pair_number(b, a), number)


def test_large_numbers_survive_the_square_root():
    a = torch.tensor([2, 3, 94_906_267, 1_000_000_007])
    for b in (torch.zeros_like(a), a - 1):
        assert torch.equal(pair_of_number(pair_number(a, b))[0], a)
        assert torch.equal(pair_of_number(pair_number(a, b))[1], b)


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), method=st.sampled_from(["auto", "dense", "sparse"]))
def test_free_pairs_are_free_distinct_and_as_many_as_wanted(seed, method):
    generator = torch.Generator().manual_seed(seed)
    pairs = torch.randint(0, 12, (4,), generator=generator)
    masks = [torch.rand(int(p), generator=generator) < 0.5 for p in pairs]
    graph = torch.cat([torch.full((int(mask.sum()),), i) for i, mask in enumerate(masks)])
    taken = torch.cat([mask.nonzero()[:, 0] for mask in masks])
    order = torch.randperm(len(taken), generator=generator)
    free = pairs - torch.bincount(graph, minlength=4)
    wanted = (torch.rand(4, generator=generator) * (free + 1)).long()
    drawn = draw_free_pairs(pairs, graph[order], taken[order], wanted, method=method, generator=generator)
    assert torch.equal(torch.bincount(drawn[0], minlength=4), wanted)
    found = {*zip(drawn[0].tolist(), drawn[1].tolist(), strict=True)}
    assert len(found) == int(wanted.sum())
    assert not found & {*zip(graph.tolist(), taken.tolist(), strict=True)}
    assert all(0 <= number < pairs[i] for i, number in found)


@pytest.mark.parametrize("method", ["dense", "sparse"])
def test_free_pairs_are_uniform(method):
    draws = 20_000
    pairs = torch.full((draws,), 10)
    taken = torch.tensor([0, 3, 4, 9])
    graph = torch.arange(draws).repeat_interleave(4)
    wanted = torch.full((draws,), 2)
    generator = torch.Generator().manual_seed(0)
    _, number = draw_free_pairs(pairs, graph, taken.repeat(draws), wanted, method=method, generator=generator)
    count = torch.bincount(number, minlength=10)
    assert int(count[taken].sum()) == 0
    assert chisquare(count[count > 0]).pvalue > 1e-3
    assert int((count > 0).sum()) == 6
