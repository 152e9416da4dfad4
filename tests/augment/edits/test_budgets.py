"""Edit budgets of D-SLA: rounded down, at least one edge, at most all edges."""

import pytest
import torch

from graphcl.augment import EditScheme, edit_budgets, share_of


def test_each_is_rounded_by_itself_and_at_least_one():
    edges = torch.arange(0, 401)
    budget = edit_budgets(edges, EditScheme())
    for i in (1, 2, 3):
        expected = [0, *[max(1, s * i // 5) for s in range(1, 401)]]
        assert budget[:, i - 1].tolist() == expected


def test_multiples_of_the_first_never_above_what_there_is():
    scheme = EditScheme(rate=0.1, rounding="first", hops=None, strong=None)
    assert edit_budgets(torch.tensor([0, 2, 9, 40]), scheme).tolist() == [
        [0, 0, 0],
        [1, 2, 2],
        [1, 2, 3],
        [4, 8, 12],
    ]


def test_shares_are_not_lost_to_rounding():
    assert share_of(torch.arange(0, 50, 5), 0.2).tolist() == list(range(10))


def test_what_a_scheme_has():
    molecule, social = EditScheme(mode="reference"), EditScheme(mode="reference", hops=None, strong=None)
    assert (molecule.total, molecule.directed) == (5, False)
    assert (social.total, social.directed) == (4, True)
    assert EditScheme(hops=None).directed is False


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"mode": "refrence"}, "mode must be exact or reference; got 'refrence'"),
        ({"rounding": "up"}, "rounding must be each or first; got 'up'"),
        ({"rate": -1.0}, r"rate must lie in \[0, 1\]; got -1.0"),
        ({"strong": 2.0}, r"strong must lie in \[0, 1\]; got 2.0"),
        ({"mask": 1.5}, r"mask must lie in \[0, 1\]; got 1.5"),
        ({"hops": -1}, "hops must be at least 0; got -1"),
        ({"candidates": -1}, "candidates must be at least 0; got -1"),
        ({"counted": 0}, "counted must be at least 1; got 0"),
    ],
)
def test_what_is_no_scheme(bad, message):
    with pytest.raises(ValueError, match=message):
        raw(EditScheme(), **bad).__post_init__()


def raw(scheme, **changes):
    """Fields set past the checks of types, which the tests have and users have not."""
    for name, value in changes.items():
        object.__setattr__(scheme, name, value)
    return scheme
