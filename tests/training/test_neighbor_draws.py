"""Draws of neighbours: uniform over subsets by a chi-square test, distinct, and in range."""

from itertools import combinations
from math import comb

import pytest
import torch
from scipy.stats import chi2

from graphcl.training.batching import neighbor_draws
from graphcl.training.batching.neighbor_draws import distinct_draws, repeated_draws

ALMOST_SURE = 1 - 1e-5


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(params=["floyd", "shuffle"])
def both_ways(request, monkeypatch):
    if request.param == "shuffle":
        monkeypatch.setattr(neighbor_draws, "FLOYD_UP_TO", 0)


@pytest.mark.parametrize(("degree", "count"), [(5, 2), (6, 3), (4, 1), (7, 6)])
def test_every_subset_is_as_likely(both_ways, degree, count):
    """20,000 fixed draws against a uniform distribution over the subsets."""
    draws = distinct_draws(torch.full((20_000,), degree), count, generator(1)).sort(0).values
    index = {subset: i for i, subset in enumerate(combinations(range(degree), count))}
    counts = torch.zeros(len(index))
    for subset, times in subsets(draws):
        counts[index[subset]] += times
    expected = 20_000 / comb(degree, count)
    statistic = float(((counts - expected) ** 2 / expected).sum())
    assert statistic < chi2.ppf(ALMOST_SURE, len(index) - 1)


def subsets(draws: torch.Tensor) -> list[tuple[tuple[int, ...], int]]:
    """The subsets in sorted columns, and how often each comes."""
    columns, times = torch.unique(draws.T, dim=0, return_counts=True)
    return list(zip(map(tuple, columns.tolist()), times.tolist(), strict=True))


def test_draws_are_distinct_and_below_each_degree(both_ways):
    degree = torch.randint(9, 2000, (500,), generator=generator(2))
    draws = distinct_draws(degree, 8, generator(3))
    assert draws.shape == (8, 500)
    assert (draws >= 0).all()
    assert (draws < degree).all()
    assert (draws.sort(0).values.diff(dim=0) > 0).all()


def test_many_draws_are_distinct_too():
    count = neighbor_draws.FLOYD_UP_TO + 1
    draws = distinct_draws(torch.tensor([count + 1, 5000]), count, generator())
    assert (draws.sort(0).values.diff(dim=0) > 0).all()
    assert draws[:, 1].max() > 1000


def test_repeated_draws_are_uniform_and_independent():
    draws = repeated_draws(torch.full((20_000,), 3), 2, generator(4))
    pairs = torch.bincount(3 * draws[0] + draws[1], minlength=9)
    expected = 20_000 / 9
    assert float(((pairs - expected) ** 2 / expected).sum()) < chi2.ppf(ALMOST_SURE, 8)


def test_the_same_generator_gives_the_same_draws(both_ways):
    degree = torch.full((50,), 9)
    for draw in (distinct_draws, repeated_draws):
        assert torch.equal(draw(degree, 3, generator(5)), draw(degree, 3, generator(5)))
        assert not torch.equal(draw(degree, 3, generator(5)), draw(degree, 3, generator(6)))
