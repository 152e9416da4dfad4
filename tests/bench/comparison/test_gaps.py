"""Gaps to the first of the standings: in its order, paired over the seeds that both have."""

import pytest

from graphcl.bench.comparison.gaps import gaps_grid
from tests.bench.comparison.test_standings import RECORDS, runs


def test_differences_to_the_first():
    """On cora the pairs are -0.1 and 0.08: -1.0 +- 12.706 * 9.0; on acm -0.1 twice, an interval without width."""
    grid = gaps_grid(RECORDS)
    assert list(grid.headings) == ["NMI %, difference to two-view", "cora", "acm"]
    assert grid.rows == [
        ["scgc-star", "-1.0 ± 114.4", "**-10.0 ± 0.0**"],
        ["k-means", "**-41.0 ± 12.7**", "**-20.0 ± 0.0**"],
    ]


def test_seeds_of_one_alone_do_not_count():
    one = [record for record in RECORDS if record.method != "two-view" or record.seed == 0]
    assert gaps_grid(one).rows[0][1:] == ["-10.0", "-10.0"]


def test_records_without_standings_are_refused():
    with pytest.raises(ValueError, match="at least 2 methods on 2 datasets"):
        gaps_grid(runs("two-view", "cora", [0.6]))
