"""Minimax polynomials for the exponential: error bounds hold, errors alternate, and fall with the degree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import Polynomial

from graphcl.objectives.all_pairs.minimax import REACH, exponential_polynomial, polynomial_within


def relative_error(p, scale: float, points: int = 100_001) -> np.ndarray:
    t = np.linspace(-REACH, REACH, points)
    return Polynomial(p.coefficients)(t) * np.exp(-scale * t) - 1


@settings(max_examples=50, deadline=None)
@given(scale=st.floats(-4, 4), degree=st.integers(1, 8))
def test_the_stated_errors_hold_between_the_points_of_the_grid(scale, degree):
    p = exponential_polynomial(scale, degree)
    assert p.degree == degree
    assert np.abs(relative_error(p, scale)).max() <= p.error + 1e-14
    t = np.linspace(-REACH, REACH, 100_001)
    slope = Polynomial(p.coefficients).deriv()(t) * np.exp(-scale * t) - scale
    assert np.abs(slope).max() <= p.slope_error + 1e-12


@pytest.mark.parametrize(("scale", "degree"), [(0.25, 3), (1.0, 5), (2.25, 8), (-1.0, 4)])
def test_the_error_alternates_so_that_no_polynomial_is_closer(scale, degree):
    """Chebyshev's criterion: degree + 2 extremes of equal size and alternating sign."""
    p = exponential_polynomial(scale, degree)
    error = relative_error(p, scale)
    runs = np.split(error, np.flatnonzero(np.diff(np.signbit(error))) + 1)
    peaks = [run[np.abs(run).argmax()] for run in runs]
    assert len(peaks) == degree + 2
    np.testing.assert_allclose(np.abs(peaks), p.error, rtol=2e-3)


def test_the_exponential_of_zero_is_one():
    p = exponential_polynomial(0.0, 2)
    np.testing.assert_allclose(p.coefficients, [1, 0, 0], atol=1e-14)
    assert p.error < 1e-14


@pytest.mark.parametrize(("scale", "degree"), [(0.25, 3), (0.5, 4), (1.0, 5), (2.25, 8)])
def test_lowest_degree_for_the_published_settings(scale, degree):
    assert polynomial_within(scale, 1e-4).degree == degree
    assert exponential_polynomial(scale, degree - 1).error > 1e-4


def test_what_no_degree_reaches():
    assert polynomial_within(11.0, 1e-4) is None
    assert polynomial_within(1e6, 1e-4) is None
    assert polynomial_within(1.0, 0.0) is None
