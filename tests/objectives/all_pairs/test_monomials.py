"""Tables of monomials against products written out, and the multinomial theorem."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcl.objectives.all_pairs.monomials import Monomials, MonomialTable, monomials


@pytest.mark.parametrize(("width", "degree"), [(1, 0), (1, 3), (2, 1), (3, 4), (10, 2)])
def test_every_monomial_once(width, degree):
    """At primes, monomials have different values."""
    primes = torch.tensor([[2, 3, 5, 7, 11, 13, 17, 19, 23, 29][:width]], dtype=torch.float64)
    basis = Monomials(width, degree)
    table = MonomialTable(basis, 1, primes).fill(primes)[:, 0]
    expected = [
        math.prod(combination)
        for q in range(degree + 1)
        for combination in itertools.combinations_with_replacement(primes[0].tolist(), q)
    ]
    assert basis.count == math.comb(width + degree, degree)
    assert sorted(table.tolist()) == sorted(expected)
    assert basis.degrees.tolist() == sorted(basis.degrees.tolist())
    assert [int((basis.degrees < q).sum()) for q in range(degree + 2)] == basis.first


@settings(max_examples=30, deadline=None)
@given(width=st.integers(1, 5), degree=st.integers(0, 5), seed=st.integers(0, 99))
def test_powers_of_inner_products(width, degree, seed):
    """(a . b)^q is the sum over monomials of degree q of multiplicity times both values."""
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.randn(2, 3, width, dtype=torch.float64, generator=generator)
    basis = monomials(width, degree)
    both = MonomialTable(basis, 3, a).fill(a) * MonomialTable(basis, 3, b).fill(b)
    for q in range(degree + 1):
        terms = (basis.multiplicities[:, None] * both)[basis.degrees == q]
        torch.testing.assert_close(terms.sum(0), (a * b).sum(1) ** q)


def test_a_shorter_chunk_does_not_see_the_one_before():
    table = MonomialTable(Monomials(2, 2), 4, torch.empty(0))
    table.fill(torch.full((4, 2), 7.0))
    assert table.fill(torch.tensor([[2.0, 3.0]])).T.tolist() == [[1, 2, 3, 4, 6, 9]]
