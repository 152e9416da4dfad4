"""Best, and no better than the runs can tell."""

import pytest

from graphcl.bench.report.marks import mark_best, spread


@pytest.mark.parametrize(
    ("samples", "marks"),
    [
        ([[80, 82, 84], [79, 80, 81], [70, 71, 72]], ["best", "tied", ""]),
        ([[80.0, 80.0], [60.0, 101.0]], ["tied", "best"]),  # the noisy winner
        ([[80.0, 80.0], [79.9, 79.9]], ["best", ""]),
        ([[80.0, 80.0], [70.0, 86.0]], ["best", "tied"]),  # the noisy loser
        ([[5.0], [5.0], [4.9]], ["best", "tied", ""]),
        ([[], [3.0], []], ["", "best", ""]),
        ([[], []], ["", ""]),
        ([], []),
    ],
)
def test_marks(samples, marks):
    assert mark_best(samples) == marks


def test_lower_is_better_where_it_is():
    assert mark_best([[0.3], [0.1], [0.2]], higher=False) == ["", "best", ""]


def test_spread_is_the_sample_deviation():
    assert spread([1.0, 2.0, 3.0]) == 1.0
    assert spread([4.0]) == spread([]) == 0.0
