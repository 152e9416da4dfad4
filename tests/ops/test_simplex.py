"""The projection onto the simplex: what characterises it, closed forms, and input of any kind."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcl.ops.simplex import project_onto_simplex


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=9))
def test_it_is_the_nearest_point_of_the_simplex(values):
    """Of the simplex, and at an obtuse angle to each of its corners: (v - p) . (corner - p) <= 0."""
    v = torch.tensor(values, dtype=torch.float64)
    p = project_onto_simplex(v)
    assert float(p.min()) >= 0
    assert float(p.sum()) == pytest.approx(1, abs=1e-12)
    assert float((v - p).max() - (v - p) @ p) <= 1e-12
    torch.testing.assert_close(project_onto_simplex(v + 3.0), p)
    torch.testing.assert_close(project_onto_simplex(v.flip(0)), p.flip(0))


def test_closed_forms():
    for values, expected in (
        ([0.25, 0.75], [0.25, 0.75]),
        ([-7.0], [1.0]),
        ([3.0, 1.0, 2.5], [0.75, 0.0, 0.25]),
        ([1e6, 0.0, -1e6], [1.0, 0.0, 0.0]),
        ([2.0] * 4, [0.25] * 4),
    ):
        torch.testing.assert_close(project_onto_simplex(torch.tensor(values)), torch.tensor(expected))


def test_half_precision_and_what_is_refused():
    assert project_onto_simplex(torch.ones(3, dtype=torch.bfloat16)).dtype == torch.float32
    for values in (torch.zeros(0), torch.tensor([0.0, torch.nan])):
        with pytest.raises(ValueError, match="values must be finite and at least one; got"):
            project_onto_simplex(values)
