"""Subsets have their exact sizes, and every one has the same chance, however they are drawn."""

from itertools import combinations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from graphcl.augment import draw_subsets

METHODS = ["auto", "dense", "sparse"]
segments = st.lists(st.integers(0, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), max_size=6)


@settings(deadline=None, max_examples=50)
@given(segments=segments, method=st.sampled_from(METHODS), seed=st.integers(0, 100))
def test_sizes_are_exact_and_items_distinct(segments, method, seed):
    available, wanted = torch.tensor(segments, dtype=torch.long).reshape(-1, 2).T
    generator = torch.Generator().manual_seed(seed)
    segment, item = draw_subsets(available, wanted, method=method, generator=generator)
    assert torch.equal(torch.bincount(segment, minlength=len(wanted)), wanted)
    assert bool(((item >= 0) & (item < available[segment])).all())
    assert len({*zip(segment.tolist(), item.tolist(), strict=True)}) == len(item)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("size", "wanted"), [(6, 1), (6, 3), (9, 2), (5, 4)])
def test_every_subset_has_the_same_chance(method, size, wanted):
    draws = 20_000
    generator = torch.Generator().manual_seed(0)
    sizes = torch.full((draws,), size)
    segment, item = draw_subsets(sizes, torch.full_like(sizes, wanted), method=method, generator=generator)
    code = torch.zeros(draws, dtype=torch.long).index_add(0, segment, 2**item)
    expected = sorted(sum(2**i for i in subset) for subset in combinations(range(size), wanted))
    count = torch.bincount(code, minlength=2**size)
    assert int(count[expected].sum()) == draws
    assert chisquare(count[expected]).pvalue > 1e-3


def test_same_generator_same_draw_and_no_generator_another():
    sizes = torch.full((50,), 20)
    first, again = (draw_subsets(sizes, sizes // 2, generator=torch.Generator().manual_seed(1)) for _ in range(2))
    assert torch.equal(first[1], again[1])
    assert not torch.equal(draw_subsets(sizes, sizes // 2)[1], first[1])


def test_more_than_there_is_is_refused():
    with pytest.raises(ValueError, match=r"wanted must lie in \[0, available\]; got 4 of 3 in segment 1"):
        draw_subsets(torch.tensor([9, 3]), torch.tensor([2, 4]))


def test_an_unknown_method():
    with pytest.raises(ValueError, match="method must be one of auto, dense, sparse; got 'foo'"):
        draw_subsets.__wrapped__(torch.tensor([2]), torch.tensor([1]), method="foo")
